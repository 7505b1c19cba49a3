"""What the loader hands out: documents with long forms, the project, and everything wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from posixpath import dirname
from typing import Any

from reconciler.documents.shorthand import as_written
from reconciler.documents.source import Source
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.marks import Mark
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One checked document.

    `body` holds everything but kind, name and account, in long forms: JSON's own types, with Decimal for
    decimals. `account` is None for a shared object that holds for all accounts. `folder` is that of the file,
    empty for the project's own.
    """

    kind: str
    name: str
    account: str | None
    body: Mapping[str, Any]
    source: Source
    index: int
    folder: str

    def mark(self, *path: str | int) -> Mark:
        """Return the place of the value at `path`, or of the nearest ancestor that was written."""
        return self.source.mark(self.index, as_written(self.body, path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One seller login. `sync` is what the account says; `guards` are the project's with its own on top.

    `credentials` maps what is needed (token, client_id …) to names of environment variables. `protect` is None
    where the account does not say whether its resources are protected. `project` is the name of the project that
    declares it.
    """

    name: str
    marketplace: str
    environment: str | Mapping[str, Any]
    login: str
    sync: Mapping[Module, Mode] = field(default_factory=dict)
    guards: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    protect: bool | None = None
    mark: Mark | None = None
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What `reconcile.yaml` says. `document` is None when there is none that could be read.

    `name` tells projects on one ledger apart; without one the ledger must be its own. `plans_expire` is how old a
    saved plan may be when it is applied, None for any age.
    """

    name: str = ""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    sync: Mapping[Module, Mode] = field(default_factory=dict)
    protect: bool | None = None
    guards: Mapping[str, Any] = field(default_factory=dict)
    plans_expire: timedelta | None = timedelta(days=7)
    ledger: str = ".reconcile/ledger.db"
    document: Document | None = None

    def levels(self, account: str) -> Mapping[Module, Mode]:
        """Return the toggles that the project and the account say themselves; the account wins."""
        return {**self.sync, **self.accounts[account].sync}

    def protection(self, account: str) -> Origin | None:
        """Return where the account or the project says that nothing of the account is ended, or None."""
        own = self.accounts[account].protect
        if own is not None:
            return self._protected(f"account {account}", "accounts", account, "protect") if own else None
        return self._protected("project", "protect") if self.protect else None

    def _protected(self, level: str, *path: str) -> Origin:
        return Origin(level, self.document.mark(*path) if self.document else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """All documents of a project, in the order of files, and every finding, in reading order."""

    project: Project
    documents: tuple[Document, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def of(self, kind: str) -> tuple[Document, ...]:
        """Return the documents of one kind."""
        return tuple(document for document in self.documents if document.kind == kind)


def folders_up(folder: str) -> list[str]:
    """Return a folder and all above it, the nearest first: `a/b` -> `a/b`, `a`, the root (empty)."""
    out = [folder]
    while folder:
        folder = dirname(folder)
        out.append(folder)
    return out
