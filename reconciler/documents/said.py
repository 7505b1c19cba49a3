"""Who says something about a field or a toggle of one document, level by level, the farthest first."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from reconciler.documents.document import Document, Documents, Project
from reconciler.documents.effective import WINDOWS, Effective, Layer
from reconciler.documents.kinds import TEMPLATE, named_kinds
from reconciler.documents.layers import effective
from reconciler.documents.toggles import toggleable_of
from reconciler.model.explained import Said
from reconciler.model.modules import Module

#: The path of a field that is a section of its own in documents.
_WHOLE_SECTIONS = {"bundle.items": "bundle"}


def effective_of(documents: Documents, kind: str, name: str) -> list[Effective]:
    """Return one resource with all that it inherits, for each account that has it. No template is run."""
    kept = tuple(
        each
        for each in documents.documents
        if each.kind not in named_kinds() or each.kind == TEMPLATE or _is_it(each, kind, name)
    )
    found, _ = effective(replace(documents, documents=kept), render=None)
    return [each for each in found if _is_it(each.document, kind, name)]


def _is_it(document: Document, kind: str, name: str) -> bool:
    """Tell whether a document is called so, or known as that on its account."""
    return document.kind == kind and name in (document.name, document.known_as)


def in_documents(path: str) -> str:
    """Return a field's path as documents spell it."""
    return _WHOLE_SECTIONS.get(path, path)


def values_said(of: Effective, path: str) -> tuple[Said, ...]:
    """Return every value that is written for a field; the nearest one wins."""
    return _nearest_wins(_values(of, in_documents(path)))


def toggles_said(of: Effective, project: Project, module: Module) -> tuple[Said, ...]:
    """Return every toggle of a module that concerns a document; the nearest one wins."""
    return _nearest_wins(_toggles(of, project, module))


def _values(of: Effective, path: str) -> Iterator[Said]:
    for layer in reversed(of.layers):
        found = layer.find(path)
        if found is not None:
            yield _said(layer, found)
    place = of.window.place(path) if of.window else path
    nearest = next((each for each in of.layers if each.find(WINDOWS) is not None), None)
    found = nearest.find(place) if nearest and place != path else None
    if nearest and found:
        yield replace(_said(nearest, found), level=f"{nearest.level}, {of.window_of(path)}")


def _said(layer: Layer, found: tuple[str | int, ...]) -> Said:
    return Said(level=layer.level, value=_at(layer.document.body, found), mark=layer.document.mark(*found))


def _at(body: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        body = body[step]
    return body


def _toggles(of: Effective, project: Project, module: Module) -> Iterator[Said]:
    for place in reversed(toggleable_of(of, project).places):
        mode = place.said(module)
        if mode is not None:
            yield Said(level=place.name, value=mode.value, mark=place.mark(module))


def _nearest_wins(said: Iterator[Said]) -> tuple[Said, ...]:
    found = list(said)
    return (*found[:-1], replace(found[-1], wins=True)) if found else ()
