"""Changes one value in the text of a document, and nothing else: comments, order and quoting stay as they are.

What is replaced is the span of the value alone, or of those of its parts that differ. Whoever writes the result
reads it again first: a text that means something else than was wanted is never kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.documents.builder import Builder
from reconciler.documents.kinds import OFFER
from reconciler.documents.loader import compose
from reconciler.documents.shorthand import text as as_text
from reconciler.documents.writing import flow_text, key_text, quoted_like, value_lines

#: What the short form of a section says.
_SHORT = {"price": "base", "stock": "quantity", "delivery": "prices", "settings": "template"}
#: How else a stock number may be written.
_FORMS = ("count", "always")
_COLON = re.compile(r"[ \t]*:")
_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_BREAK = re.compile(r"\r?\n")


class NotEditable(Exception):  # noqa: N818 - a finding, told of the field
    """The value stands where it cannot be replaced."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value stands: the node, its key in a mapping, and whether brackets are around it."""

    node: Node
    key: Node | None
    flow: bool


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def with_field(text: str, index: int, kind: str, path: str, value: Any) -> str:
    """Return the text with a field of document `index` set to a value in the form that a person writes."""
    root = _root(text, index)
    section, _, key = path.partition(".")
    if kind != OFFER or path == "bundle.items":
        return _set(text, root, root, section if kind == OFFER else path, value)
    found = _slot(root, section, text)
    if found is None:
        return _applied(text, root, [_inserted(text, root, section, {key: value})])
    if isinstance(found.node, MappingNode):
        forms = (key, *_FORMS) if path == "stock.quantity" else (key,)
        name = next((form for form in forms if _slot(found.node, form, text)), key)
        return _set(text, root, found.node, name, value)
    if key == _SHORT.get(section) and isinstance(found.node, ScalarNode):
        return _applied(text, root, list(_edits(text, found, value)))
    said = _built(found.node)
    whole = {key: value} if said is None else {_SHORT[section]: said, key: value}
    return _applied(text, root, [_replaced(text, found, whole)])


def with_key(text: str, index: int, key: str, value: Any, *, after: str) -> str:
    """Return the text with a key of document `index` itself; a new one comes right after another one."""
    root = _root(text, index)
    if _slot(root, key, text) is not None:
        return _set(text, root, root, key, value)
    return _applied(text, root, [_inserted(text, root, key, value, after=after)])


def _root(text: str, index: int) -> Node:
    root = list(compose(text))[index]
    if not isinstance(root, MappingNode) or not root.value:
        raise NotEditable("the document is no mapping")
    return root


def _set(text: str, root: Node, mapping: Node, key: str, value: Any) -> str:
    found = _slot(mapping, key, text)
    edits = [_inserted(text, mapping, key, value)] if found is None else list(_edits(text, found, value))
    return _applied(text, root, edits)


def _applied(text: str, root: Node, edits: list[_Edit]) -> str:
    for start, end in _aliased(root) if "&" in text else ():
        if any(edit.start < end and start < edit.end for edit in edits):
            raise NotEditable("an alias (`*name`) stands for it in other places")
    newline = "\r\n" if "\r\n" in text else "\n"
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        text = text[: edit.start] + _BREAK.sub(newline, edit.text) + text[edit.end :]
    return text


# --- finding ---------------------------------------------------------------------------------------------------


def _slot(mapping: Node, key: str, text: str) -> _Slot | None:
    flow = _is_flow(mapping, text)
    return next((_Slot(value, name, flow) for name, value in mapping.value if name.value == key), None)


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


def _is_flow(node: Node, text: str) -> bool:
    return text[node.start_mark.index : node.start_mark.index + 1] in ("{", "[")


def _built(node: Node) -> Any:
    return Builder("").build(node)


def _end(node: Node, text: str) -> int:
    """Return where a value ends: before the comments and blank lines that follow it."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, ScalarNode) or _is_flow(node, text):
        return start + len(text[start:end].rstrip()) if end > start else end
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last, text)


# --- changing --------------------------------------------------------------------------------------------------


def _edits(text: str, slot: _Slot, new: Any) -> Iterator[_Edit]:
    """Yield the smallest changes that make a value another one."""
    node, old = slot.node, _built(slot.node)
    if _same(old, new):
        return
    flow = slot.flow or _is_flow(node, text)
    if isinstance(node, MappingNode) and isinstance(new, Mapping) and list(old) and set(old) == set(new):
        for key, value in node.value:
            yield from _edits(text, _Slot(value, key, flow), new[key.value])
    elif isinstance(node, SequenceNode) and isinstance(new, list) and len(new) == len(old) > 0:
        for value, wanted in zip(node.value, new, strict=True):
            yield from _edits(text, _Slot(value, None, flow), wanted)
    else:
        yield _replaced(text, slot, new)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, bool) or isinstance(new, bool) or isinstance(old, dict | list) or old is None:
        return type(old) is type(new) and bool(old == new)
    return bool(as_text(old) == as_text(new)) if not isinstance(new, Mapping | list) else False


def _replaced(text: str, slot: _Slot, new: Any) -> _Edit:
    node = slot.node
    start, end = int(node.start_mark.index), _end(node, text)
    single = not (isinstance(new, str) and "\n" in new) and not (isinstance(new, Mapping | list) and new)
    if start == end:  # nothing stands after the colon
        _insist(slot.key is not None)
        return _Edit(start, end, f" {flow_text(new)}") if single or slot.flow else _after_colon(text, slot, new)
    if slot.flow:
        return _Edit(start, end, quoted_like(new, _style(node)) if single and _is_plain(node) else flow_text(new))
    if single and _is_plain(node):
        return _Edit(start, end, quoted_like(new, _style(node), block=True))
    return _Edit(start, end, flow_text(new)) if slot.key is None else _after_colon(text, slot, new)


def _is_plain(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style not in ("|", ">")


def _style(node: Node) -> str | None:
    return node.style if isinstance(node, ScalarNode) else None


def _after_colon(text: str, slot: _Slot, new: Any) -> _Edit:
    """Replace all that follows a key; a comment on its line stays there."""
    key, end = slot.key, _end(slot.node, text)
    _insist(key is not None)
    assert key is not None, "as was just said"
    colon = _COLON.match(text, key.end_mark.index)
    _insist(colon is not None)
    assert colon is not None, "as was just said"
    first, *rest = value_lines(new, " " * key.start_mark.column)
    before = _COMMENT.match(text, colon.end())
    behind = _COMMENT.match(text, end) if rest else None
    comment = "".join(each.group() for each in (before, behind) if each)
    return _Edit(colon.end(), behind.end() if behind else end, "\n".join([first + comment, *rest]))


def _inserted(text: str, mapping: Node, key: str, value: Any, *, after: str = "") -> _Edit:
    """Add a key after another one, or at the end."""
    pairs = mapping.value
    if _is_flow(mapping, text):
        if not pairs:
            return _Edit(mapping.start_mark.index + 1, mapping.start_mark.index + 1, f"{key}: {flow_text(value)}")
        quoted = bool(pairs[0][0].style)
        at = _end(next((v for k, v in pairs if k.value == after), pairs[-1][1]), text)
        name = f'"{key}"' if quoted else key_text(key)
        return _Edit(at, at, f", {name}: {flow_text(value, quoted=quoted)}")
    last = next((pair for pair in pairs if pair[0].value == after), pairs[-1])
    at = _end(last[1], text)
    line_end = text.find("\n", at)
    at = len(text) if line_end < 0 else line_end - (text[line_end - 1] == "\r")
    indent = " " * pairs[0][0].start_mark.column
    first, *rest = value_lines(value, indent)
    return _Edit(at, at, "\n".join([f"\n{indent}{key_text(key)}:{first}", *rest]))


def _insist(possible: bool) -> None:
    if not possible:
        raise NotEditable("it is written in a way that only a person can change")
