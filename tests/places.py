"""Where the accounts of a project are, as the ledger calls it."""

from __future__ import annotations

from pathlib import Path

from reconciler.runtime.connection.environment import slot_of
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.project.accounts import account_of, spec_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.workspace import Workspace


def place(root: Path, name: str = "main") -> Place:
    """The place of an account of the project in a folder."""
    account = account_of(Workspace(root), name)
    return place_of(account, spec_of(account))


def slot(root: Path, client: str, name: str = "main") -> str:
    """Where the ledger keeps the tokens of an application."""
    return slot_of(place(root, name), client)
