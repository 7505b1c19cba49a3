"""Where values stand in the text of a document, and the smallest changes that make them others."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.documents.builder import Builder
from reconciler.documents.shorthand import text as as_text
from reconciler.documents.writing import flow_text, key_text, quoted_like, value_lines
from reconciler.model.texts import nfc

_COLON = re.compile(r"[ \t]*:")
_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_BREAK = re.compile(r"\r?\n")


class NotEditable(Exception):  # noqa: N818 - a finding, told of the field
    """The value stands where it cannot be replaced."""


class ValueSlot(Struct, frozen=True):
    """Where a value stands: the node, its key in a mapping, and whether brackets are around it."""

    node: Node
    key: Node | None
    flow: bool


class Edit(Struct, frozen=True):
    """A span of a text, and what comes to stand there."""

    start: int
    end: int
    text: str


# --- finding ---------------------------------------------------------------------------------------------------


def slot_of(mapping: Node, key: str) -> ValueSlot | None:
    """Return where the value of a key of a mapping stands, or None where the mapping has no such key."""
    flow = _is_flow(mapping)
    return next((ValueSlot(value, name, flow) for name, value in mapping.value if nfc(name.value) == key), None)


def _aliased(root: Node) -> list[tuple[int, int]]:
    """Return the spans of the values that stand in several places."""
    seen: dict[int, Node] = {}
    spans = []
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            spans.append((int(node.start_mark.index), int(node.end_mark.index)))
            continue
        seen[id(node)] = node
        parts = node.value if isinstance(node, MappingNode | SequenceNode) else ()
        stack.extend(inner for part in parts for inner in (part if isinstance(part, tuple) else (part,)))
    return spans


def _is_flow(node: Node) -> bool:
    """Tell whether brackets are around a node; where it has an anchor, its text does not begin with them."""
    return isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style)


def built(node: Node) -> Any:
    """Return the value that a node stands for."""
    return Builder("").build(node)


def _end(node: Node, text: str) -> int:
    """Return where a value ends: before the comments and blank lines that follow it."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, ScalarNode) or _is_flow(node):
        return start + len(text[start:end].rstrip()) if end > start else end
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last, text)


# --- changing --------------------------------------------------------------------------------------------------


def edits_of(text: str, slot: ValueSlot, new: Any) -> Iterator[Edit]:
    """Yield the smallest changes that make a value another one."""
    node, old = slot.node, built(slot.node)
    if _same(old, new):
        return
    flow = slot.flow or _is_flow(node)
    if isinstance(node, MappingNode) and isinstance(new, Mapping) and list(old) and set(old) == set(new):
        for key, value in node.value:
            yield from edits_of(text, ValueSlot(value, key, flow), new[key.value])
    elif isinstance(node, SequenceNode) and isinstance(new, list) and len(new) == len(old) > 0:
        for value, wanted in zip(node.value, new, strict=True):
            yield from edits_of(text, ValueSlot(value, None, flow), wanted)
    else:
        yield replaced(text, slot, new)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, bool) or isinstance(new, bool) or isinstance(old, dict | list) or old is None:
        return type(old) is type(new) and bool(old == new)
    return bool(as_text(old) == as_text(new)) if not isinstance(new, Mapping | list) else False


def replaced(text: str, slot: ValueSlot, new: Any) -> Edit:
    """Put another value in the place of a whole one."""
    node = slot.node
    start, end = int(node.start_mark.index), _end(node, text)
    single = not (isinstance(new, str) and "\n" in new) and not (isinstance(new, Mapping | list) and new)
    if start == end:  # nothing stands after the colon
        insist(slot.key is not None)
        return Edit(start, end, f" {flow_text(new)}") if single or slot.flow else _after_colon(text, slot, new)
    if slot.flow:
        return Edit(start, end, quoted_like(new, _style(node)) if single and _is_plain(node) else flow_text(new))
    if single and _is_plain(node):
        return Edit(start, end, quoted_like(new, _style(node), block=True))
    return Edit(start, end, flow_text(new)) if slot.key is None else _after_colon(text, slot, new)


def _is_plain(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style not in ("|", ">")


def _style(node: Node) -> str | None:
    return node.style if isinstance(node, ScalarNode) else None


def _after_colon(text: str, slot: ValueSlot, new: Any) -> Edit:
    """Replace all that follows a key; a comment on its line stays there."""
    key, end = slot.key, _end(slot.node, text)
    insist(key is not None)
    assert key is not None, "as was just said"
    colon = _COLON.match(text, key.end_mark.index)
    insist(colon is not None)
    assert colon is not None, "as was just said"
    first, *rest = value_lines(new, " " * key.start_mark.column)
    before = _COMMENT.match(text, colon.end())
    behind = _COMMENT.match(text, end) if rest else None
    comment = "".join(each.group() for each in (before, behind) if each)
    return Edit(colon.end(), behind.end() if behind else end, "\n".join([first + comment, *rest]))


def inserted(text: str, mapping: Node, key: str, value: Any, *, after: Collection[str] = ()) -> Edit:
    """Add a key after the last of other ones, or at the end."""
    pairs = mapping.value
    if _is_flow(mapping):
        if not pairs:
            return Edit(mapping.start_mark.index + 1, mapping.start_mark.index + 1, f"{key}: {flow_text(value)}")
        quoted = bool(pairs[0][0].style)
        at = _end(_last(pairs, after)[1], text)
        name = f'"{key}"' if quoted else key_text(key)
        return Edit(at, at, f", {name}: {flow_text(value, quoted=quoted)}")
    at = _end(_last(pairs, after)[1], text)
    line_end = text.find("\n", at)
    at = len(text) if line_end < 0 else line_end - (text[line_end - 1] == "\r")
    indent = " " * pairs[0][0].start_mark.column
    first, *rest = value_lines(value, indent)
    return Edit(at, at, "\n".join([f"\n{indent}{key_text(key)}:{first}", *rest]))


def _last(pairs: list[tuple[Node, Node]], after: Collection[str]) -> tuple[Node, Node]:
    return next((pair for pair in reversed(pairs) if pair[0].value in after), pairs[-1])


def insist(possible: bool) -> None:
    """Raise NotEditable where something is not written as it must be."""
    if not possible:
        raise NotEditable("it is written in a way that only a person can change")


def insist_on_one_place(text: str, root: Node, edits: list[Edit]) -> None:
    """Raise NotEditable where a change would change what an alias says elsewhere, too."""
    for start, end in _aliased(root) if "&" in text else ():
        if any(edit.start < end and start < edit.end for edit in edits):
            raise NotEditable("an alias (`*name`) stands for it in other places")


def spliced(text: str, edits: list[Edit]) -> str:
    """Return the text with changes made. Of several at one place the first comes first."""
    newline = "\r\n" if "\r\n" in text else "\n"
    parts, at = [], 0
    for edit in sorted(edits, key=lambda each: each.start):
        parts += [text[at : edit.start], _BREAK.sub(newline, edit.text)]
        at = edit.end
    return "".join([*parts, text[at:]])
