"""Where values stand in the text of a document, and the smallest changes that make them others."""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import SequenceMatcher
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
#: What stands in a line before an entry of a block, and what may follow it.
_INDENT, _DASH = re.compile(" *"), re.compile(" *- +")
_REST = re.compile(r"(?:[ \t]+#[^\r\n]*)?[ \t]*(?:\r?\n|\Z)")


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
    elif not flow and (pieces := _in_pieces(text, node, new)) is not None:
        yield from pieces
    elif isinstance(node, SequenceNode) and isinstance(new, list) and len(new) == len(old) > 0:
        for value, wanted in zip(node.value, new, strict=True):
            yield from edits_of(text, ValueSlot(value, None, flow), wanted)
    else:
        yield replaced(text, slot, new)


def _in_pieces(text: str, node: Node, new: Any) -> list[Edit] | None:
    """Return how entries of a block come and go, so that others keep their comments; None where they cannot."""
    try:
        if isinstance(node, MappingNode) and isinstance(new, Mapping):
            return list(_keys_changed(text, node, new))
        if isinstance(node, SequenceNode) and isinstance(new, list):
            return list(_entries_changed(text, node, new))
    except NotEditable:
        pass
    return None


def _keys_changed(text: str, node: MappingNode, new: Mapping[str, Any]) -> Iterator[Edit]:
    kept = {name.value for name, _ in node.value if nfc(name.value) in new}
    insist(bool(kept))
    for name, value in node.value:
        if name.value in kept:
            yield from edits_of(text, ValueSlot(value, name, flow=False), new[nfc(name.value)])
        else:
            yield _without_lines(text, name, value, _INDENT)
    known = {nfc(name) for name in kept}
    for key, value in new.items():
        if key not in known:
            yield inserted(text, node, key, value, after=kept)


def _entries_changed(text: str, node: SequenceNode, new: list[Any]) -> Iterator[Edit]:
    before, after = [_alike(built(each)) for each in node.value], [_alike(each) for each in new]
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    insist(any(step[0] == "equal" for step in steps))
    for tag, start, end, first, last in steps:
        if tag == "equal":
            continue
        both = min(end - start, last - first)
        for value, wanted in zip(node.value[start : start + both], new[first : first + both], strict=True):
            yield from edits_of(text, ValueSlot(value, None, flow=False), wanted)
        for value in node.value[start + both : end]:
            yield _without_lines(text, value, value, _DASH)
        yield from _entries_added(text, node, start + both, new[first + both : last])


def _entries_added(text: str, node: SequenceNode, place: int, added: list[Any]) -> Iterator[Edit]:
    """Add entries after others, or before the first one."""
    insist(not any(isinstance(each, Mapping | list) for each in added))
    beside = node.value[max(place - 1, 0)]
    start, end = _lines(text, beside, beside, _DASH)
    dash = text[start : int(beside.start_mark.index)]
    lines = [dash + quoted_like(each, _style(beside), block=True) for each in added]
    if place == 0:
        yield from (Edit(start, start, f"{line}\n") for line in lines)
    else:
        at = start + len(text[start:end].rstrip("\r\n"))
        yield from (Edit(at, at, f"\n{line}") for line in lines)


def _alike(value: Any) -> str:
    return repr(value) if isinstance(value, Mapping | list | bool) or value is None else as_text(value)


def _without_lines(text: str, first: Node, last: Node, before: re.Pattern[str]) -> Edit:
    """Take away the lines of one entry, with the comment at their end."""
    start, end = _lines(text, first, last, before)
    if end == len(text) and not text.endswith("\n"):
        start = max(start - 1, 0)
        start -= text[start - 1 : start] == "\r"
    return Edit(start, end, "")


def _lines(text: str, first: Node, last: Node, before: re.Pattern[str]) -> tuple[int, int]:
    """Return where the lines of one entry begin and end. NotEditable where they hold anything else."""
    begin = int(first.start_mark.index)
    start = text.rfind("\n", 0, begin) + 1
    rest = _REST.match(text, _end(last, text))
    insist(before.fullmatch(text, start, begin) is not None and rest is not None)
    assert rest is not None, "as was just said"
    return start, rest.end()


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
