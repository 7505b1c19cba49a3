"""A file read with the parser of all of YAML: what is not of the plain subset, what is wrong, and places in trees.

The parser is not loaded where every document of a project is plain, as most are.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.documents.builder import Builder, check_aliases, mark_of
from reconciler.documents.loader import TooDeep, compose
from reconciler.documents.slips import slip_in
from reconciler.model.bounds import LEVELS
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark, NodePath
from reconciler.model.texts import nfc

#: Pairs from which on a mapping gets an index.
_LONG = 50


class Whole(Struct, frozen=True, kw_only=True):
    """A document as the parser has it: its number in the file, its value, and what is wrong with it."""

    number: int
    value: Any
    faults: tuple[Diagnostic, ...]
    respelled: bool


def read_in_full(path: str, text: str) -> tuple[list[Whole], list[Diagnostic]]:
    """Read a text with the parser of all of YAML, which also knows what is wrong in it. Never raises."""
    found: list[Whole] = []
    builder = Builder(path)
    may_alias = "&" in text
    try:
        for number, root in enumerate(compose(text)):
            if _is_empty(root):
                continue
            bad = check_aliases(path, root) if may_alias else None
            if bad:
                builder.faults.append(bad)
            else:
                before = len(builder.faults)
                builder.respelled = False
                value = builder.build(root)
                faults = tuple(builder.faults[before:])
                found.append(Whole(number=number, value=value, faults=faults, respelled=builder.respelled))
    except (yaml.YAMLError, TooDeep) as wrong:
        builder.faults.append(_syntax(path, text, wrong))
    return found, builder.faults


def root_of(data: bytes, index: int) -> Node | None:
    """Return the topmost node of document `index`; None where the file breaks off before it."""
    roots = _roots(data)
    return roots[index] if index < len(roots) else None


def place_of(path: str, root: Node | None, place: NodePath, *, key: bool) -> Mark:
    """Return the place of the value (or of its key) at a place of a document, or of the nearest above it."""
    return Mark(path) if root is None else mark_of(path, _find(root, place, key=key))


def place_within(path: str, root: Node | None, place: NodePath, offset: int) -> Mark | None:
    """Return the place of a character of a text in one line; None where it is none."""
    node = None if root is None else _find(root, place, key=False)
    if node is None or node.start_mark.line != node.end_mark.line:
        return None
    quotes = 1 if getattr(node, "style", None) in ("'", '"') else 0
    begin = mark_of(path, node)
    return Mark(begin.file, begin.line, begin.column + quotes + offset)


def place_inside(
    path: str, text: str, root: Node | None, place: NodePath, find: Callable[[str], int | None]
) -> Mark | None:
    """Return the place of what is found in a text as it stands in the file, else of the text; None for no text."""
    node = None if root is None else _find(root, place, key=False)
    if not isinstance(node, ScalarNode):
        return None
    begin, end = _offset(text, node.start_mark), _offset(text, node.end_mark)
    begin += _before_text(text[begin:end], node.style)
    found = find(text[begin:end])
    if found is None:
        return mark_of(path, node)
    line = text.count("\n", 0, begin + found) + 1
    return Mark(path, line, begin + found - text.rfind("\n", 0, begin + found))


@lru_cache(maxsize=8)
def _roots(data: bytes) -> tuple[Node, ...]:
    roots: list[Node] = []
    try:
        roots.extend(compose(data.decode("utf-8-sig")))
    except (yaml.YAMLError, TooDeep):
        return tuple(roots)
    return tuple(roots)


def _before_text(scalar: str, style: str | None) -> int:
    """Return how much of a scalar stands before its text: a quote, or the line of the `|`."""
    if style in ("|", ">"):
        return scalar.find("\n") + 1
    return 1 if style in ("'", '"') else 0


def _find(node: Node, path: NodePath, *, key: bool) -> Node:
    """Walk down as far as the path goes; the last step may ask for the key instead of the value."""
    place = node
    for position, step in enumerate(path):
        if isinstance(node, MappingNode):
            pair = _pair(node, step)
            if pair is None and step == 0:  # a list of one, written as the one
                continue
            if pair is None:
                return place
            node = pair[1]
            place = pair[0] if key and position == len(path) - 1 else node
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            place = node = node.value[step]
        else:
            return place
    return place


def _pair(node: MappingNode, key: str | int) -> tuple[Node, Node] | None:
    """Return the last pair with this key; a long mapping is gone through once, however often it is asked."""
    if len(node.value) > _LONG:
        return _pairs(node).get(key)
    return next(((k, v) for k, v in reversed(node.value) if _is_key(k, key)), None)


@lru_cache(maxsize=8)
def _pairs(node: MappingNode) -> dict[Any, tuple[Node, Node]]:
    return {nfc(k.value): (k, v) for k, v in node.value if isinstance(k, ScalarNode)}


def _is_key(node: Node, key: str | int) -> bool:
    return isinstance(node, ScalarNode) and nfc(node.value) == key


def _is_empty(root: Node) -> bool:
    return isinstance(root, ScalarNode) and not root.style and root.value == ""


def _syntax(path: str, text: str, wrong: yaml.YAMLError | TooDeep) -> Diagnostic:
    if isinstance(wrong, TooDeep):
        return _too_deep(Mark(path, wrong.line, wrong.column))
    place = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
    problem = getattr(wrong, "problem", None)
    if place is None:  # libyaml's reader: it knows an offset in characters only
        offset = getattr(wrong, "position", 0)
        mark = Mark(path, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
        return error("D107", "the file holds a control character", mark=mark, hint="Remove it.")
    if problem == _SCANNED_TOO_DEEP:
        return _too_deep(Mark(path, place.line + 1, place.column + 1))
    if problem == "found undefined alias":
        mark = Mark(path, place.line + 1, place.column + 1)
        hint = "Quote a text that starts with `*`. An anchor holds within its own document only."
        return error("D108", "the alias has no anchor", mark=mark, hint=hint)
    why = f"{problem} {getattr(wrong, 'context', None) or ''}".strip()
    return _unreadable(path, text, why, wrong)


def _too_deep(mark: Mark) -> Diagnostic:
    hint = "Check for a bracket that is never closed."
    return error("D106", f"values nest deeper than {LEVELS} levels", mark=mark, hint=hint)


def _unreadable(path: str, text: str, why: str, wrong: Any) -> Diagnostic:
    place, began = wrong.problem_mark or wrong.context_mark, wrong.context_mark
    detail = f"The YAML parser says: {why}."
    if "could not find expected ':'" in why and began is not None:
        detail = "It is neither `key: value` nor the rest of a text that began above."
        hint = _slip(text, began) or _HINT_KEY
        return _no_yaml(Mark(path, began.line + 1, began.column + 1), detail, hint)
    if not text[_offset(text, place) :].strip():
        if began is not None:
            detail = f"What is not closed began in line {began.line + 1}, column {began.column + 1}."
        read = text.rstrip()
        mark = Mark(path, read.count("\n") + 1, len(read) - read.rfind("\n"))
        return error("D105", "the file ends in the middle of a value", mark=mark, detail=detail, hint=_HINT_END)
    hint = next((hint for words, hint in _HINTS.items() if words in why), _HINT_ELSE)
    if "cannot start any token" in why and (sign := text[_offset(text, place)]) != "\t":
        hint = f"A text that starts with {sign} needs quotes."
    return _no_yaml(Mark(path, place.line + 1, place.column + 1), detail, _slip(text, place) or hint)


def _no_yaml(mark: Mark, detail: str, hint: str) -> Diagnostic:
    return error("D105", "this is not valid YAML", mark=mark, detail=detail, hint=hint)


def _slip(text: str, place: Any) -> str:
    """Return what to do about the line where the parser stopped, or the one before that it took to go on."""
    *before, line = text.split("\n")[: place.line + 1]
    above = next((each for each in reversed(before) if each.strip()), "")
    return slip_in(line) or (slip_in(above) if _indent(above) == _indent(line) else "")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


#: libyaml from 0.2.6 on looks ahead for a key, and refuses at a thousand levels before the composer has seen 64.
_SCANNED_TOO_DEEP = "exceeded maximum nesting depth"
_HINT_END = "It seems to be cut off: look for a missing bracket or quote, or an incomplete upload."
_HINT_KEY = "Write `key: value`, with a space after the colon. Where the file ends here, it may be cut off."
_HINT_ELSE = "Check quotes, brackets and indentation here."
_HINTS = {
    "mapping values are not allowed": "A text with `: ` in it needs quotes; otherwise check the indentation.",
    "found character that cannot start any token": "Indent with spaces, not tabs.",
    "did not find expected ',' or": "A bracket or brace is not closed, a comma is missing, "
    "or a text with `: ` needs quotes.",
    "did not find expected key": "The indentation does not match the lines above, or a quote is missing: "
    "in single quotes `'` is written twice.",
    "found unexpected end of stream": "A quote is never closed.",
    "did not find expected <document start>": "A document after `...` begins with a line `---`.",
    "block sequence entries are not allowed": "A list begins in a line of its own, below its key.",
}


def _offset(text: str, place: Any) -> int:
    """Return the index in `text` of a mark's line and column (libyaml's own index counts bytes)."""
    start = 0
    for _ in range(place.line):
        start = text.find("\n", start) + 1
        if start == 0:
            return len(text)
    return min(start + int(place.column), len(text))
