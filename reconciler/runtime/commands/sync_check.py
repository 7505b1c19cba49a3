"""Texts with other toggles are read again: they say these toggles, and nothing else of them has changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.document import Document
from reconciler.documents.shorthand import sync
from reconciler.documents.toggles import TogglePlace
from reconciler.model.diagnostics import Diagnostic, Severity, error, has_errors, in_reading_order
from reconciler.model.modules import Mode, Module
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.project.resolve import Resolved, resolve_project
from reconciler.runtime.project.workspace import Workspace


class Switched(Struct, frozen=True, kw_only=True):
    """A toggle that is to be said at a place."""

    place: TogglePlace
    module: Module
    mode: Mode


def verified(
    workspace: Workspace, before: Resolved, files: Mapping[str, tuple[bytes, bytes]], said: Iterable[Switched]
) -> dict[tuple[str, int], Document]:
    """Return the documents as they become, by file and number in it.

    BadDocuments where these would have errors, or say anything else than they do, but for the toggles.
    """
    after = resolve_project(
        Workspace(workspace.root, {path: new for path, (_, new) in files.items()}),
        asked=[each.account.name for each in before.wanted],
    )
    if has_errors(after.diagnostics):
        raise BadDocuments(tuple(_with_it(in_reading_order(after.diagnostics))))
    toggles: dict[tuple[str, int], list[Switched]] = {}
    for each in said:
        toggles.setdefault((each.place.file, each.place.index), []).append(each)
    new = _by_place(after.documents.documents)
    wrong = [
        _elsewhere(old)
        for at, old in _by_place(before.documents.documents).items()
        if old.source.path in files and not _says(old, new.get(at), toggles.get(at, ()))
    ]
    if wrong:
        raise BadDocuments(tuple(wrong))
    return new


def _by_place(documents: Iterable[Document]) -> dict[tuple[str, int], Document]:
    return {(each.source.path, each.index): each for each in documents}


def _says(before: Document, after: Document | None, toggles: Iterable[Switched]) -> bool:
    """Tell whether a document says these toggles, and all else that it said before."""
    if after is None:
        return False
    body: Any = before.body
    for each in toggles:
        body = _with(body, each.place.above, each.module.value, each.mode.value)
    head = (before.kind, before.name, before.account)
    return head == (after.kind, after.name, after.account) and _plain(body) == _plain(after.body)


def _with(body: Mapping[str, Any], above: tuple[str, ...], key: str, value: str) -> dict[str, Any]:
    if not above:
        return {**body, key: value}
    return {**body, above[0]: _with(body.get(above[0], {}), above[1:], key, value)}


def _plain(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Toggles of accounts are read in long form elsewhere; here they stand as they are written."""
    accounts = body.get("accounts")
    if not isinstance(accounts, Mapping):
        return body
    told = {
        name: {**each, "sync": sync(each["sync"])} if "sync" in each else each for name, each in accounts.items()
    }
    return {**body, "accounts": told}


def _with_it(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Say of mistakes that they would come with the toggles: the documents as they are have none."""
    for each in found:
        if each.severity is Severity.ERROR:
            yield replace(each, code="D645", summary=f"with these toggles: {each.summary}")


def _elsewhere(document: Document) -> Diagnostic:
    return error(
        "D644",
        "toggles cannot be changed here so that nothing else changes",
        mark=document.mark(),
        hint="Change them by hand.",
    )
