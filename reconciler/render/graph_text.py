"""The graph of documents as text, for Graphviz (DOT), and for Mermaid."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from reconciler.model.graph import DocumentGraph, Vertex
from reconciler.model.offers import OFFER
from reconciler.render.style import Style
from reconciler.render.words import counted, listed

#: So many offers are named; more are counted by folder. And so many users stand in one line.
_SHOWN, _LISTED = 3, 8
_SHAPES = {"Offer": "box", "Defaults": "folder", "Source": "cylinder", "Template": "note"}
#: What Mermaid reads as something else, also within quotes.
_MERMAID = re.compile(r"[^\w .,/()+@':-]")


def graph_text(graph: DocumentGraph, style: Style) -> Iterator[str]:
    """Yield each thing that is used, the most used of its kind first, with its users; then what has none."""
    name = _namer(graph)
    reach = {key: graph.followers(key, OFFER) for key in graph.users}
    used = sorted((graph.vertices[key] for key in graph.users), key=lambda v: (v.kind, -reach[v.id], v.id))
    for each in used:
        place = style("dim", f"  {each.mark}") if each.mark else ""
        missing = "" if _is_there(each) else style("warning", "  not in the documents")
        offers = f"  {counted(reach[each.id], 'offer')} in all" if each.kind != OFFER else ""
        yield f"{style('strong', name(each))}{place}{missing}{offers}"
        yield from _users(graph, each.id, name)
    idle = [each for each in graph.vertices.values() if each.id not in graph.users and _is_to_be_used(each)]
    if idle:
        yield style("strong", "used by nothing")
        yield from (f"    {name(each)}{style('dim', f'  {each.mark}')}" for each in idle)
    documents = sum(each.count for each in graph.vertices.values() if each.mark)
    yield f"{counted(documents, 'document')} in the graph."


def _users(graph: DocumentGraph, used: str, name: Callable[[Vertex], str]) -> Iterator[str]:
    """Yield a line for each word that refers to something: offers by folder where they are many."""
    words: dict[str, list[Vertex]] = {}
    for tie in graph.users[used]:
        words.setdefault(", ".join(tie.by), []).append(graph.vertices[tie.user])
    for word, users in words.items():
        offers = [each for each in users if each.kind == OFFER]
        folders: Counter[str] = Counter()
        for each in offers:
            folders[each.folder or "."] += each.count
        told = [name(each) for each in users if each.kind != OFFER]
        if sum(folders.values()) <= _SHOWN:
            told += [one for each in offers for one in each.names]
        else:
            told += [f"{counted(count, 'offer')} in {folder}" for folder, count in folders.most_common()]
        yield f"    {word}: {listed(told, _LISTED)}"


def graph_dot(graph: DocumentGraph) -> Iterator[str]:
    """Yield the graph in the language of Graphviz."""
    name = _namer(graph)
    ids = {key: f"n{number}" for number, key in enumerate(graph.vertices, 1)}
    yield "digraph documents {"
    yield "  rankdir=LR;"
    yield '  node [fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];'
    for key, each in graph.vertices.items():
        dashed = "" if _is_there(each) else ", style=dashed"
        yield f"  {ids[key]} [label={_dot(name(each))}, shape={_SHAPES.get(each.kind, 'ellipse')}{dashed}];"
    for tie in graph.ties:
        yield f"  {ids[tie.user]} -> {ids[tie.used]} [label={_dot(', '.join(tie.by))}];"
    yield "}"


def graph_mermaid(graph: DocumentGraph) -> Iterator[str]:
    """Yield the graph in the language of Mermaid, as GitHub and GitLab draw it in Markdown."""
    name = _namer(graph)
    ids = {key: f"n{number}" for number, key in enumerate(graph.vertices, 1)}
    yield "flowchart LR"
    for key, each in graph.vertices.items():
        yield f'  {ids[key]}["{_mermaid(name(each))}"]'
    for tie in graph.ties:
        yield f'  {ids[tie.user]} -->|"{_mermaid(", ".join(tie.by))}"| {ids[tie.used]}'


def _namer(graph: DocumentGraph) -> Callable[[Vertex], str]:
    """Return what a vertex is called: with its account where there are several."""
    several = len({each.account for each in graph.vertices.values() if each.account}) > 1

    def name(each: Vertex) -> str:
        many = f"{counted(each.count, 'offer')} in {each.folder or '.'}"
        account = f" ({each.account})" if several and each.account else ""
        return (f"{each.kind} {each.names[0]}" if each.count == 1 else many) + account

    return name


def _is_there(each: Vertex) -> bool:
    """Tell whether the project has it; a content template is a file, of which `validate` tells."""
    return each.mark is not None or each.kind == "Template"


def _is_to_be_used(each: Vertex) -> bool:
    return each.mark is not None and each.kind not in (OFFER, "Bundle")


def _dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _mermaid(text: str) -> str:
    """Write a text in the way of Mermaid: what may be read as something else by its number."""
    return _MERMAID.sub(lambda found: f"#{ord(found[0])};", text)
