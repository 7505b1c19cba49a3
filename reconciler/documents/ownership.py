"""What documents say of whose things are: released and moved names, logins, names of projects."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from reconciler.documents.document import Account, Document, Documents, Project
from reconciler.documents.kinds import RELEASED, named_kinds
from reconciler.documents.markets import on_site
from reconciler.documents.sites import site_of
from reconciler.documents.skus import skus_of
from reconciler.documents.specs import load_spec
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.model.memory import Site
from reconciler.model.offers import Key

#: Kind and name -> the documents that have them, one for each account at most.
_Index = Mapping[tuple[str, str], list[Document]]


def released(documents: Documents, account: str) -> dict[Key, Mark]:
    """Return the keys of an account that Released documents let go, each with the place where it stands."""
    return {
        Key(account, document.body["of"], name): document.mark("names", index)
        for document in documents.of(RELEASED)
        if document.account in {None, account}
        for index, name in enumerate(document.body["names"])
    }


def check_ownership(documents: Iterable[Document], project: Project) -> Iterator[Diagnostic]:
    """Yield contradictions: a name that is released or moved and still declared, a login under two names."""
    named: dict[tuple[str, str], list[Document]] = {}
    told = tuple(documents)
    for document in told:
        if document.kind in named_kinds():
            named.setdefault((document.kind, document.known_as), []).append(document)
    yield from _released_and_declared(told, named)
    yield from _moved(told, named)
    yield from _logins(project)
    yield from _nameless(project)


def _released_and_declared(documents: Iterable[Document], named: _Index) -> Iterator[Diagnostic]:
    for document in documents:
        if document.kind != RELEASED:
            continue
        kind = document.body["of"]
        for index, name in enumerate(document.body["names"]):
            other = _of_account(named.get((kind, name), ()), document)
            if other is not None:
                yield error(
                    "D309",
                    f"`{name}` is released, and {kind} `{name}` has a document",
                    mark=document.mark("names", index),
                    detail=f"It is declared at {other.mark('name')}.",
                    hint="Remove that document to let it go, or take the name from this list to keep it.",
                    about=other.key,
                )


def _moved(documents: Iterable[Document], named: _Index) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str, str | None], Document] = {}
    for document in documents:
        old = document.body.get("moved", {}).get("from") if document.kind in named_kinds() else None
        if old is None:
            continue
        other = _of_account(named.get((document.kind, old), ()), document)
        before = first.setdefault((document.kind, old, document.account), document)
        if other is not None and not _is_itself(other, document):
            yield error(
                "D310",
                f"`{document.name}` moved from `{old}`, which is declared still",
                mark=document.mark("moved", "from"),
                detail=f"{document.kind} `{old}` stands at {other.mark('name')}.",
                hint="Remove the document of the old name, or take `moved` away.",
                about=document.key,
            )
        elif before is not document:
            yield _both_moved(before, document, old)
            yield _both_moved(document, before, old)


def _is_itself(other: Document, document: Document) -> bool:
    """Tell whether a document of several skus moved from the one that it has on another account still."""
    return (other.source.path, other.index) == (document.source.path, document.index) and bool(
        skus_of(document.body)
    )


def _both_moved(document: Document, other: Document, old: str) -> Diagnostic:
    """Say it of either: nobody knows which of them is meant, so both wait."""
    return error(
        "D311",
        f"`{document.name}` and `{other.name}` both moved from `{old}`",
        mark=document.mark("moved", "from"),
        detail=f"The other one is at {other.mark('moved', 'from')}.",
        hint="One live resource gets one name: take `moved` from one of them.",
        about=document.key,
    )


def _of_account(documents: Iterable[Document], near: Document) -> Document | None:
    """Return the one of these that may be in the same account. One without account is in every account."""
    return next((each for each in documents if _meet(each.account, near.account)), None)


def _meet(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _nameless(project: Project) -> Iterator[Diagnostic]:
    """Two projects without a name would be one, and each would end what the other one declares."""
    if project.document is not None and not project.name and _may_be_shared(project.ledger):
        yield error(
            "D313",
            "a ledger that other projects may use, and the project has no name",
            mark=project.document.mark("ledger"),
            detail="Projects on one ledger are told apart by name; without, each ends what the other declares.",
            hint="Write `name: …` in reconcile.yaml, another one for each project, and keep it for good.",
        )


def _may_be_shared(ledger: str) -> bool:
    """A database may be, and so may a file that lies outside of the project's folder."""
    path = PurePath(ledger)
    return "://" in ledger or ledger.partition(":")[0] == "git" or path.is_absolute() or ".." in path.parts


def _logins(project: Project) -> Iterator[Diagnostic]:
    """A login under two names would be planned twice, each plan ending what the other one declares."""
    first: dict[Site, Account] = {}
    for name, account in project.accounts.items():
        try:
            site = site_of(account, on_site(load_spec(account.marketplace), account))
        except LookupError:
            continue  # there is no such marketplace, which is said of the account
        other = first.setdefault(site, account)
        if other is not account and project.document is not None:
            yield error(
                "D312",
                f"the login {account.login} has two accounts, `{other.name}` and `{name}`",
                mark=project.document.mark("accounts", name, "login"),
                detail="Both mean the same offers, which one account can have only.",
                hint="Remove one of them, or correct its `login` or `environment`.",
            )
