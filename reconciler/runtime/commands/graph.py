"""`graph`: who refers to whom among the documents, or the part around some of them."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from reconciler.documents.effective import Effective
from reconciler.documents.layers import effective
from reconciler.engine.graphing import gathered, graph_of
from reconciler.model.graph import DocumentGraph, Vertex
from reconciler.model.offers import Key
from reconciler.runtime.collector import collector_off
from reconciler.runtime.commands.looking import nothing_named
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.project.workspace import Workspace


def make_graph(
    workspace: Workspace, select: Mapping[str, str], targets: Sequence[str] = (), *, apart: bool = False
) -> DocumentGraph:
    """Return the graph of a project, offers of a folder that refer to the same in one vertex unless `apart`.

    With labels or targets it is what these documents refer to and what refers to them, directly or not.
    BadDocuments where the project cannot be read, or nothing is named so; RunStopped where nothing has the labels.
    """
    with collector_off():
        documents = workspace.load()
        if documents.fatal:
            raise BadDocuments(documents.fatal)
        layered, _ = effective(documents, render=None)
        graph = graph_of(documents, layered)
        if select or targets:
            start = _chosen(graph, layered, select, targets)
            graph = graph.part(graph.reached(start) | graph.reaching(start))
        return graph if apart else gathered(graph)


def _chosen(
    graph: DocumentGraph,
    layered: Iterable[Effective],
    select: Mapping[str, str],
    targets: Sequence[str],
) -> list[str]:
    found = list(graph.vertices.values())
    labels: dict[tuple[str, str], Mapping[str, str]] = {}
    skus: dict[tuple[str, str, str], str] = {}
    for each in layered:
        labels[each.document.kind, each.document.name] = each.labels
        if each.document.sku:
            skus[each.document.kind, each.document.name, each.account] = each.document.sku

    def is_meant(target: str, vertex: Vertex) -> bool:
        name = vertex.names[0]
        sku = skus.get((vertex.kind, name, vertex.account))
        return _means(target, vertex.kind, name) or (sku is not None and _means(target, vertex.kind, sku))

    for target in targets:
        if not any(is_meant(target, each) for each in found):
            raise nothing_named(target, (Key("", each.kind, each.names[0]) for each in found), " in the documents")
    chosen = [
        each.id
        for each in found
        if (not targets or any(is_meant(target, each) for target in targets))
        and select.items() <= labels.get((each.kind, each.names[0]), {}).items()
    ]
    if not chosen:
        raise RunStopped(
            "no document has these labels", "`reconcile list --select LABEL=VALUE` shows what has one."
        )
    return chosen


def _means(target: str, kind: str, name: str) -> bool:
    return fnmatchcase(name, target) or fnmatchcase(f"{kind}/{name}", target)
