"""Changes one value in the text of a document, and nothing else: comments, order and quoting stay as they are.

What is replaced is the span of the value alone, or of those of its parts that differ. Whoever writes the result
reads it again first: a text that means something else than was wanted is never kept.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode

from reconciler.documents.edits import (
    Edit,
    NotEditable,
    built,
    edits_of,
    inserted,
    insist,
    insist_on_one_place,
    replaced,
    slot_of,
    spliced,
)
from reconciler.documents.kinds import OFFER
from reconciler.documents.loader import compose
from reconciler.documents.writing import flow_text

#: What the short form of a section says.
_SHORT = {"price": "base", "stock": "quantity", "delivery": "prices", "settings": "template"}
#: How else a stock number may be written.
_FORMS = ("count", "always")


def with_field(text: str, index: int, kind: str, path: str, value: Any) -> str:
    """Return the text with a field of document `index` set to a value in the form that a person writes."""
    root = _root(text, index)
    section, _, key = path.partition(".")
    if kind != OFFER or path == "bundle.items":
        return _set(text, root, root, section if kind == OFFER else path, value)
    found = slot_of(root, section)
    if found is None:
        return _applied(text, root, [inserted(text, root, section, {key: value})])
    if isinstance(found.node, MappingNode):
        forms = (key, *_FORMS) if path == "stock.quantity" else (key,)
        name = next((form for form in forms if slot_of(found.node, form)), key)
        return _set(text, root, found.node, name, value)
    if key == _SHORT.get(section) and isinstance(found.node, ScalarNode):
        return _applied(text, root, list(edits_of(text, found, value)))
    said = built(found.node)
    whole = {key: value} if said is None else {_SHORT[section]: said, key: value}
    return _applied(text, root, [replaced(text, found, whole)])


def with_key(text: str, index: int, key: str, value: Any, *, after: str) -> str:
    """Return the text with a key of document `index` itself; a new one comes right after another one."""
    root = _root(text, index)
    if slot_of(root, key) is not None:
        return _set(text, root, root, key, value)
    return _applied(text, root, [inserted(text, root, key, value, after=(after,))])


class Setting(Struct, frozen=True):
    """Values for keys of one mapping of a document: `above` are the keys that lead to it."""

    index: int
    above: tuple[str, ...]
    values: Mapping[str, Any]


def with_settings(text: str, settings: Iterable[Setting], *, after: Collection[str]) -> tuple[str, dict[int, str]]:
    """Return the text with keys of several mappings set; and which cannot be, by their numbers, with the reasons.

    The text is parsed once, however many there are. A mapping that is missing is made; in the document itself it
    comes after the last of the keys in `after` that is there.
    """
    roots = list(compose(text))
    edits: list[Edit] = []
    refused: dict[int, str] = {}
    for number, each in enumerate(settings):
        try:
            root = roots[each.index]
            found = list(_set_keys(text, root, each, after))
            insist_on_one_place(text, root, found)
            edits += found
        except NotEditable as why:
            refused[number] = str(why)
    return spliced(text, edits), refused


def _set_keys(text: str, root: Node, setting: Setting, after: Collection[str]) -> Iterator[Edit]:
    mapping, values = root, setting.values
    for depth, step in enumerate(setting.above):
        found = slot_of(mapping, step)
        if found is None:
            for missing in reversed(setting.above[depth + 1 :]):
                values = {missing: values}
            yield inserted(text, mapping, step, values, after=after)
            return
        mapping = found.node
        insist(isinstance(mapping, MappingNode))
    if not mapping.value:
        start, end = int(mapping.start_mark.index), int(mapping.end_mark.index)
        yield Edit(start, end, flow_text(values, quoted=bool(root.value[0][0].style)))
        return
    for key, value in values.items():
        slot = slot_of(mapping, key)
        yield from [inserted(text, mapping, key, value)] if slot is None else edits_of(text, slot, value)


def _root(text: str, index: int) -> Node:
    root = list(compose(text))[index]
    if not isinstance(root, MappingNode) or not root.value:
        raise NotEditable("the document is no mapping")
    return root


def _set(text: str, root: Node, mapping: Node, key: str, value: Any) -> str:
    found = slot_of(mapping, key)
    edits = [inserted(text, mapping, key, value)] if found is None else list(edits_of(text, found, value))
    return _applied(text, root, edits)


def _applied(text: str, root: Node, edits: list[Edit]) -> str:
    insist_on_one_place(text, root, edits)
    return spliced(text, edits)
