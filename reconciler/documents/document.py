"""What the loader hands out: documents with long forms, the project, and everything wrong with them."""

from collections.abc import Callable, Container, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from posixpath import dirname
from typing import Any

from msgspec import Struct, field

from reconciler.documents.kinds import PROJECT_FILE
from reconciler.documents.shorthand import as_written
from reconciler.documents.source import FileText
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.marks import Mark
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Key, Origin

#: Half a set of documents, and a project within another one: nothing can be concluded from such a folder.
_OF_ALL = frozenset({"D120", "D307"})


class Document(Struct, frozen=True, kw_only=True):
    """One checked document.

    `body` holds everything but kind, name and account, in long forms: JSON's own types, with Decimal for
    decimals. `account` is None for a shared object that holds for all accounts. One that names several accounts is
    as many documents, each of which is `shared`. `folder` is that of the file, empty for the project's own.
    `sku` is what it is known by on its account, empty where that is its name.
    """

    kind: str
    name: str
    account: str | None
    body: Mapping[str, Any]
    source: FileText
    index: int
    folder: str
    shared: bool = False
    sku: str = ""

    @property
    def known_as(self) -> str:
        """What it is known by on its account: the name of its key. Documents refer to each other by `name`."""
        return self.sku or self.name

    @property
    def key(self) -> Key:
        """The key of what it stands for; of what is in every account without one."""
        return Key(self.account or "", self.kind, self.sku or self.name)

    def key_mark(self) -> Mark:
        """Return the place of what it is known by: of its sku, or of its name."""
        if not self.sku:
            return self.mark("name")
        said = self.body.get("for", {})
        places = (each for each in (self.account, *said) if said.get(each, {}).get("sku") == self.sku)
        place = next(places, None)
        return self.mark("sku") if place is None else self.mark("for", place, "sku")

    def mark(self, *path: str | int) -> Mark:
        """Return the place of the value at `path`, or of the nearest ancestor that was written."""
        return self.source.mark(self.index, as_written(self.body, path))

    def within(self, *path: str | int, offset: int) -> Mark:
        """Return the place of a character of the text at `path`; where the text begins if it has many lines."""
        return self.source.within(self.index, path, offset)

    def inside(self, *path: str | int, find: Callable[[str], int | None]) -> Mark:
        """Return the place of what is found in the text at `path`, as it was written; else that of the text."""
        return self.source.inside(self.index, as_written(self.body, path), find)


class Account(Struct, frozen=True, kw_only=True):
    """One seller login. `sync` is what the account says; `guards` are the project's with its own on top.

    `credentials` maps what is needed (token, client_id …) to names of environment variables. `protect` is None
    where the account does not say whether its resources are protected. `project` is the name of the project that
    declares it. `timezone` is empty where the account does not say one: then it is the marketplace's.
    `market` is the site on which it sells, empty for the marketplace's usual one. `zero` is what nothing in stock
    comes to where the seller has a preference: `hides`, or `ends`; empty where the account does not say.
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
    timezone: str = ""
    market: str = ""
    zero: str = ""


class Project(Struct, frozen=True, kw_only=True):
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


class Unusable(Struct, frozen=True, kw_only=True):
    """A document that is there and cannot be used: what it stands for is neither planned nor taken for removed.

    `account` is empty where it holds for all accounts, or nobody can say for which. `adopt` and `moved_from` are
    what it says, as far as that can be read. `why` is a sentence without its subject. `skus` are all that it says,
    by what they are said for (an account, a marketplace, empty for all), and `sku` is the one of the account.
    """

    account: str
    kind: str
    name: str
    why: str
    adopt: str = ""
    moved_from: str = ""
    mark: Mark | None = None
    skus: Mapping[str, str] = field(default_factory=dict)
    sku: str = ""

    @property
    def known_as(self) -> str:
        """What it is known by on its account, as far as that can be read."""
        return self.sku or self.name

    @property
    def names(self) -> frozenset[str]:
        """All that it may be known by: whatever is wrong with it, nothing of these has lost its document."""
        if not self.skus and not self.sku:
            return frozenset((self.name, self.moved_from)) - {""}
        return frozenset((self.name, self.sku, *self.skus.values(), self.moved_from)) - {""}


class Documents(Struct, frozen=True, kw_only=True):
    """All documents of a project, in the order of files, and every finding, in reading order.

    `unusable` are the documents with a name that are there and left out, and `broken_sources` the names of Sources
    that are. `homes` maps folders to the accounts that their Defaults name. `numbers_only` are the files of offers
    of which price and stock were read alone (`documents/numbers.py`).
    """

    project: Project
    documents: tuple[Document, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    broken_sources: frozenset[str] = frozenset()
    homes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers_only: frozenset[str] = frozenset()

    @property
    def fatal(self) -> tuple[Diagnostic, ...]:
        """The errors that stop everything: those of reconcile.yaml, and of the project as a whole."""
        return tuple(each for each in self._errors() if self._stops(each))

    def unread(self, account: str) -> tuple[Mark, ...]:
        """Return the places of what cannot be read and may declare anything of an account, one for each file."""
        found: dict[str, Mark] = {}
        for each in self._errors():
            if each.mark and not self._stops(each) and self.home(each.mark.file) in (account, ""):
                found.setdefault(each.mark.file, each.mark)
        return tuple(found.values())

    def concerns(self, each: Diagnostic, accounts: Container[str]) -> bool:
        """Tell whether a finding may be about one of these accounts: what belongs to others only is not."""
        if each.about is not None:
            home = each.about.account
        else:
            home = self.home(each.mark.file) if each.mark and not self._stops(each) else ""
        return not home or home in accounts

    def home(self, path: str) -> str:
        """Return the account that a file belongs to, as its folder says; empty where none or several are said."""
        return home_of(self.homes, self.project, dirname(path))

    def _errors(self) -> Iterator[Diagnostic]:
        return (each for each in self.diagnostics if each.severity is Severity.ERROR and each.about is None)

    def _stops(self, each: Diagnostic) -> bool:
        return each.mark is None or each.mark.file == PROJECT_FILE or each.code in _OF_ALL

    @property
    def written(self) -> tuple[Document, ...]:
        """The documents as they are written: one that names several accounts is one."""
        return tuple({(each.source.path, each.index): each for each in self.documents}.values())

    def of(self, kind: str) -> tuple[Document, ...]:
        """Return the documents of one kind."""
        return tuple(document for document in self.documents if document.kind == kind)


def homes_of(homes: Mapping[str, tuple[str, ...]], project: Project, folder: str) -> tuple[str, ...]:
    """Return the accounts of what lies in a folder: of the nearest Defaults that names any, or the only one."""
    near = next((homes[each] for each in folders_up(folder) if each in homes), None)
    only = tuple(project.accounts) if len(project.accounts) == 1 else ()
    return only if near is None else near


def home_of(homes: Mapping[str, tuple[str, ...]], project: Project, folder: str) -> str:
    """Return the one account of what lies in a folder; empty where it has none, or several."""
    found = homes_of(homes, project, folder)
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=1024)
def folders_up(folder: str) -> tuple[str, ...]:
    """Return a folder and all above it, the nearest first: `a/b` -> `a/b`, `a`, the root (empty)."""
    out = [folder]
    while folder:
        folder = dirname(folder)
        out.append(folder)
    return tuple(out)
