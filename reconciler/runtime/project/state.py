"""Where a project keeps what it remembers: `.reconcile/`, or the ledger that `reconcile.yaml` names."""

from pathlib import Path

from reconciler.documents.load import load
from reconciler.runtime.ledger import Ledger

STATE = ".reconcile"
PROJECT = "reconcile.yaml"


def open_ledger(root: Path) -> Ledger:
    """Open the ledger of a project: a file below its folder, or a PostgreSQL database."""
    where = ledger_address(root)
    return Ledger(where if "://" in where else root / where)


def ledger_address(root: Path) -> str:
    """Return what `ledger:` says, else the default. A broken project file has other errors to show."""
    try:
        data = (root / PROJECT).read_bytes()
    except OSError:
        data = b""
    return load([(PROJECT, data)]).project.ledger
