"""What a document says for one of its accounts: `for` by marketplace or, nearer, by account, and `without`."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reconciler.documents.document import Account, Document, Project
from reconciler.documents.kinds import DEFAULTS, named_kinds
from reconciler.documents.near import did_you_mean
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.offers import Key

FOR, WITHOUT = "for", "without"
_NOTHING: Mapping[str, Any] = {}


def parts_for(body: Mapping[str, Any], account: Account) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what a body says for an account, by the name that it is said under: the nearest last."""
    said = body.get(FOR, _NOTHING)
    if said:
        for name in dict.fromkeys((account.marketplace, account.name)):
            if name in said:
                yield name, said[name]


def left_out(body: Mapping[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """Return a body without these fields; what it never had is no mistake here."""
    out = dict(body)
    for path in paths:
        out = _removed(out, path)
    return out


def has(body: Mapping[str, Any], path: str) -> bool:
    """Tell whether a body has a value at a dotted path. A key may hold dots itself."""
    return any(
        key in body and (not rest or (isinstance(body[key], Mapping) and has(body[key], rest)))
        for key, rest in _splits(path)
    )


def _removed(body: Mapping[str, Any], path: str) -> dict[str, Any]:
    for key, rest in _splits(path):
        if key in body and not rest:
            return {name: value for name, value in body.items() if name != key}
        if key in body and isinstance(body[key], Mapping) and has(body[key], rest):
            return {**body, key: _removed(body[key], rest)}
    return dict(body)


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """Yield each way to take the first key off a path, the longest key first."""
    steps = path.split(".")
    return ((".".join(steps[:count]), ".".join(steps[count:])) for count in range(len(steps), 0, -1))


def check_adapted(
    documents: tuple[Document, ...], project: Project, marketplaces: Collection[str]
) -> Iterator[Diagnostic]:
    """Yield names after `for` that are neither an account nor a marketplace, each place once."""
    known = {*project.accounts, *marketplaces}
    seen: set[tuple[str, int]] = set()
    for document in documents:
        place = document.source.path, document.index
        if place in seen or project.document is None:
            continue
        seen.add(place)
        for above, said in _said_in(document):
            for name in said:
                if name not in known:
                    yield error(
                        "D320",
                        f"there is no account and no marketplace `{name}`",
                        mark=document.mark(*above, FOR, name),
                        hint=did_you_mean(name, known, otherwise=f"There are {', '.join(sorted(known))}."),
                        about=about(document),
                    )


def _said_in(document: Document) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if document.kind == DEFAULTS:
        for kind, part in document.body.items():
            if kind in named_kinds() and FOR in part:
                yield (kind,), part[FOR]
    elif FOR in document.body:
        yield (), document.body[FOR]


def about(document: Document) -> Key | None:
    """Return what a finding about a document of several accounts is about: the resource in any of them."""
    if document.kind not in named_kinds():
        return None
    return Key("", document.kind, document.name) if document.shared else document.key


def nothing_left_out(document: Document, account: str, name: str, number: int, path: str) -> Diagnostic:
    """Return the finding that `without` names what is not inherited."""
    return warning(
        "D322",
        f"`{path}` is left out for {name}, and nothing says it",
        mark=document.mark(FOR, name, WITHOUT, number),
        hint="Correct the path, such as `content.title`, or take it away.",
        about=document.key._replace(account=account),
    )
