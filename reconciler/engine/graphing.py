"""Documents -> the graph of who refers to whom, as it is written: no layer is merged, nothing is resolved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.documents.document import Document, Documents
from reconciler.documents.effective import Effective
from reconciler.documents.kinds import (
    BUNDLE,
    DEFAULTS,
    OFFER,
    PRICE_LIST,
    PROJECT,
    RELEASED,
    SOURCE,
    TEMPLATE,
    named_kinds,
    references,
)
from reconciler.documents.sources import sources_of
from reconciler.documents.written import templates_in
from reconciler.engine.rules.given import sources_named
from reconciler.model.graph import DocumentGraph, Tie, Vertex
from reconciler.model.modules import Module
from reconciler.model.tables import Source

#: The kind of a vertex that is a file with a content template.
CONTENT_TEMPLATE = "Template"


def graph_of(documents: Documents, effective: Iterable[Effective]) -> DocumentGraph:
    """Return the graph of a project. `effective` are its documents with their layers: what they inherit from."""
    drawn = [each for each in documents.documents if each.kind not in (PROJECT, RELEASED)]
    graph = _Graph(drawn, sources_of(documents.of(SOURCE))[0])
    for document in drawn:
        graph.add(document)
    for each in effective:
        graph.inherit(each)
    return graph.done()


def gathered(graph: DocumentGraph) -> DocumentGraph:
    """Return the graph with one vertex for the offers of a folder that refer to the same things; none is used."""
    alike: dict[tuple[object, ...], list[Vertex]] = {}
    for each in graph.vertices.values():
        if each.kind == OFFER and each.id not in graph.users and each.mark is not None:
            uses = tuple((tie.used, tie.by) for tie in graph.uses.get(each.id, ()))
            alike.setdefault((each.folder, each.account, uses), []).append(each)
    instead: dict[str, Vertex] = {}
    for many in alike.values():
        if len(many) > 1:
            instead |= dict.fromkeys((each.id for each in many), _together(many))
    vertices = {(new := instead.get(key, each)).id: new for key, each in graph.vertices.items()}
    ties = {Tie(instead[tie.user].id if tie.user in instead else tie.user, tie.used, tie.by) for tie in graph.ties}
    return DocumentGraph(vertices=vertices, ties=tuple(sorted(ties)), whole=graph.whole or graph)


def _together(many: Sequence[Vertex]) -> Vertex:
    first = many[0]
    names = tuple(each.names[0] for each in many)
    return Vertex(
        id=first.id, kind=OFFER, names=names, account=first.account, folder=first.folder, mark=first.mark
    )


class _Graph:
    def __init__(self, documents: Iterable[Document], sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._vertices: dict[str, Vertex] = {}
        self._ties: dict[tuple[str, str], set[str]] = {}
        self._ids: dict[int, str] = {}
        self._places: dict[tuple[str, str], dict[str | None, str]] = {}
        for document in documents:
            self._add(document)

    def done(self) -> DocumentGraph:
        ties = sorted(Tie(user, used, tuple(sorted(by))) for (user, used), by in self._ties.items())
        return DocumentGraph(vertices=self._vertices, ties=tuple(ties))

    def add(self, document: Document) -> None:
        """Add what a document refers to by its own words."""
        user = self._ids[id(document)]
        if document.kind == DEFAULTS:
            for kind in named_kinds():
                self._say(user, document.account, kind, document.body.get(kind) or {})
        else:
            self._say(user, document.account, document.kind, document.body)

    def inherit(self, each: Effective) -> None:
        """Add which Defaults a document inherits from; those of Source, Project and the like have none."""
        user = self._ids[id(each.document)]
        for layer in each.layers:
            if layer.document.kind == DEFAULTS and layer.says_anything():
                self._tie(user, self._ids[id(layer.document)], "inherits")

    def _say(self, user: str, account: str | None, kind: str, body: Mapping[str, Any]) -> None:
        for by, used_kind, name in _named(kind, body):
            for used in self._found(used_kind, name, account):
                if used != user:
                    self._tie(user, used, by)
        if kind == OFFER and (body.get("stock") or body.get("price")):
            for name in sorted(sources_named([body], self._sources)):
                for used in self._found(SOURCE, name, None):
                    self._tie(user, used, "rules")

    def _add(self, document: Document) -> None:
        folder, account = document.folder, document.account
        name = (folder or ".") if document.kind == DEFAULTS else document.name
        key = f"{document.kind}/{name}" + (f"@{account}" if account else "")
        while key in self._vertices:  # Defaults of one folder that ask for different labels
            key += "'"
        mark = document.mark("name") if document.kind != DEFAULTS else document.mark()
        self._vertices[key] = Vertex(
            id=key,
            kind=document.kind,
            names=(name,),
            account=account or "",
            folder=folder,
            mark=mark,
            binds=document.kind != DEFAULTS,
        )
        self._ids[id(document)] = key
        self._places.setdefault((document.kind, name), {})[account] = key

    def _found(self, kind: str, name: str, account: str | None) -> list[str]:
        """Return the document of this account, else the shared one, else a vertex for what is not there.

        What Defaults of no account say is meant in each: these name the documents of all accounts.
        """
        named = self._places.get((kind, name), {})
        if account is None and named:
            return list(named.values())
        key = named.get(account) or named.get(None) or f"{kind}/{name}"
        if key not in self._vertices:
            self._vertices[key] = Vertex(id=key, kind=kind, names=(name,))
        return [key]

    def _tie(self, user: str, used: str, by: str) -> None:
        self._ties.setdefault((user, used), set()).add(by)


def _named(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what a body names: by which word, the kind and the name."""
    settings = body if kind == TEMPLATE else (body.get("settings") or {}) if kind == OFFER else {}
    if isinstance(name := settings.get("template"), str):
        yield "settings", TEMPLATE, name
    sections = {**(body if kind == OFFER else {}), Module.SETTINGS: settings}
    for path, refers in references():
        section, field = path.split(".")
        said = (sections.get(section) or {}).get(field)
        for name in said if isinstance(said, list) else (said,):
            if isinstance(name, str):
                yield ("delivery" if refers == PRICE_LIST else field), refers, name
    if kind == OFFER and (content := body.get("content")):
        for field, path in templates_in(content).items():
            yield field.split(".")[1], CONTENT_TEMPLATE, path
    if kind == BUNDLE:
        for slot in body.get("slots") or ():
            for name in slot["offers"]:
                yield "slots", OFFER, name
