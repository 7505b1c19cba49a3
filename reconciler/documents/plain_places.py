"""Where a value stands in a text of the plain subset: looked for along its path, without building anything.

Only for a text that `read_plain` took. That says what may be relied on: a key is written once in its mapping and
in one line, whatever is below it is indented further (or is a list in its column), and brackets close in theirs.
A test holds the places to those of the parser of all of YAML (`tests/documents/test_plain_places.py`).
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from reconciler.documents.plain import BEFORE, line_in_parts, piece, unquoted

#: What begins brackets, a text of many lines, a comment, or nothing at all.
_NO_SCALAR = frozenset("[{|>#\n")
_DIVIDER = re.compile(r"^---\n", re.MULTILINE)


class _Block(Struct, frozen=True, gc=False):
    """A mapping or list of many lines: where it and the line it begins on begin, its column, and where it ends."""

    at: int
    line: int
    column: int
    end: int
    listed: bool


class _Value(Struct, frozen=True, gc=False):
    """What stands at a place: a block; else brackets or a scalar of one line, or nothing."""

    at: int
    block: _Block | None = None


def place_in_plain(text: str, index: int, path: tuple[str | int, ...], *, key: bool = False) -> int | None:
    """Return the offset of the value (or its key) at `path` in document `index`, or of the nearest ancestor.

    None where the file has no such document, or nothing in it.
    """
    if path and not key and index == 0 and (quick := _at_the_top(text, path[0])) is not None:
        return quick
    begin, end = _document(text, index)
    first = BEFORE.match(text, begin, end)
    if first is None or first.end() >= end:
        return None
    at = place = first.end()
    value = _Value(at, _Block(at, at, 0, end, listed=False))
    for position, step in enumerate(path):
        last = key and position == len(path) - 1
        block = value.block
        if block is None:
            return _in_brackets(text, value.at, path[position:], key=key) if text[value.at] in "[{" else place
        if block.listed:
            row = _row(text, block, step)
            if row is None:
                return place
            value = row
            place = value.at
            continue
        pair = _pair(text, block, step)
        if pair is None and step == 0:  # a list of one, written as the one
            continue
        if pair is None:
            return place
        value = pair[1]
        place = pair[0] if last else value.at
    return place


def _at_the_top(text: str, key: str | int) -> int | None:
    """Return where a scalar begins that stands behind a key at the top of the only document: as most do."""
    line = text.find(f"\n{key}: ")
    if line < 0 or "---\n" in text:
        return None
    at = line + len(f"\n{key}: ")
    while text[at] == " ":
        at += 1
    return at if text[at] not in _NO_SCALAR else None


def _document(text: str, index: int) -> tuple[int, int]:
    """Return where a document begins and ends; nothing before the first divider is no document."""
    if "---\n" not in text:
        return (0, len(text)) if index == 0 else (0, 0)
    dividers = [(found.start(), found.end()) for found in _DIVIDER.finditer(text)]
    begins = [0, *(end for _, end in dividers)]
    ends = [*(start for start, _ in dividers), len(text)]
    first = BEFORE.match(text, 0, ends[0])
    if first is not None and first.end() == ends[0]:
        index += 1
    return (begins[index], ends[index]) if index < len(begins) else (0, 0)


def _pair(text: str, block: _Block, key: str | int) -> tuple[int, _Value] | None:
    """Return where a key of a mapping stands, and its value."""
    if isinstance(key, int):
        return None
    found = _line(text, block, key)
    if found is None:  # most are written as they are
        found = _line(text, block, f'"{key}"') or _line(text, block, "'{}'".format(key.replace("'", "''")))
    return None if found is None else (found.start(2), _below(text, found, block))


def _line(text: str, block: _Block, raw: str) -> re.Match[str] | None:
    """Return the line of a mapping that begins with a key, as it is written."""
    at, line = block.at, block.line
    if not text.startswith(f"{raw}:", at):
        line = text.find(f"\n{' ' * block.column}{raw}:", at, block.end) + 1
        if not line:
            return None
        at = line + block.column
    found = line_in_parts().match(text, line)
    return found if found is not None and found[2] == raw and found.start(2) == at else None


def _below(text: str, found: re.Match[str], block: _Block) -> _Value:
    """Return the value of a key: in its line, or in those below it that are indented further or begin a list."""
    for group in (3, 4):
        if found[group]:
            return _Value(found.start(group))
    line = found.end()
    column = _indent(text, line)
    at = line + column
    listed = text.startswith("- ", at)
    if at < block.end and (column > block.column or (listed and column == block.column)):
        return _Value(at, _block(text, at, line, column, block.end, listed=listed))
    return _Value(found.end(2) + 1)


def _row(text: str, block: _Block, number: str | int) -> _Value | None:
    """Return a value of a list."""
    if not isinstance(number, int):
        return None
    at, line = block.at, block.line
    dash = f"\n{' ' * block.column}- "
    for _ in range(number):
        line = text.find(dash, at, block.end) + 1
        if not line:
            return None
        at = line + block.column
    at += 1 + _indent(text, at + 1)
    column = at - line
    if text.startswith("- ", at):
        return _Value(at, _block(text, at, line, column, block.end, listed=True))
    found = line_in_parts().match(text, line)
    if found is not None and found[2]:
        return _Value(at, _block(text, at, line, column, block.end, listed=False))
    return _Value(at)


def _block(text: str, at: int, line: int, column: int, end: int, *, listed: bool) -> _Block:
    outside = _outside(column, listed).search(text, at, end)
    return _Block(at, line, column, outside.start() + 1 if outside else end, listed)


@lru_cache(maxsize=100)
def _outside(column: int, listed: bool) -> re.Pattern[str]:
    """Return what finds the first line that is not of a block in this column any more."""
    less = rf"\ {{0,{column - 1}}}+(?![\ \n\#])" if column else r"(?!)"
    other = rf"\ {{{column}}}(?!-\ |[\ \n\#])" if listed else r"(?!)"
    return re.compile(rf"\n(?:{less}|{other})", re.VERBOSE)


def _indent(text: str, at: int) -> int:
    begin = at
    while text.startswith(" ", at):
        at += 1
    return at - begin


def _in_brackets(text: str, at: int, path: tuple[str | int, ...], *, key: bool) -> int:
    """Return the place of what is at the path within the value that stands here."""
    place = at
    for position, step in enumerate(path):
        bracket = text[at]
        if bracket == "{":
            pair = next((each for each in _pairs(text, at) if _key_at(text, each[0]) == step), None)
            if pair is None and step == 0:
                continue
        elif bracket == "[":
            pair = next((each for number, each in enumerate(_pairs(text, at)) if number == step), None)
        else:
            pair = None
        if pair is None:
            return place
        at = pair[1]
        place = pair[0] if key and position == len(path) - 1 else at
    return place


def _key_at(text: str, at: int) -> str:
    """Return the key that stands here."""
    found = piece().match(text, at)
    assert found is not None, "it was read"
    return unquoted(found[2]) if found[2][0] in "\"'" else found[2]


def _pairs(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Yield where each key and its value in a pair of brackets stand: in a list both are the value."""
    key, level, fresh = -1, 0, False
    while found := piece().match(text, at):
        bracket, at = found[1], found.end()
        start = found.start(1) if bracket else found.start(2)
        if fresh and bracket not in ("]", "}", ","):
            if found[3]:
                key = start
                continue
            yield (start if key < 0 else key), start
            key, fresh = -1, False
        if bracket in ("[", "{"):
            level, fresh = level + 1, level == 0
        elif bracket in ("]", "}"):
            level -= 1
            if not level:
                return
        elif bracket == "," and level == 1:
            fresh = True
