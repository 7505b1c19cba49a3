"""The plain subset of YAML that people write, read line by line: faster than by a parser of all of YAML.

Block mappings and lists, scalars of one line, `|` and `>` in their simple forms, brackets of one line, comments.
It gives what the parser and `Builder` give, or gives up: on whatever is anything else, and on every mistake, so
that nobody has to explain one here. A test holds both to the same values (`tests/documents/test_plain.py`).
"""

import re
import sys
import unicodedata
from decimal import Decimal
from typing import Any, NamedTuple

from reconciler.documents.scalars import FIRST, NumberTooLarge, plain_scalar, written

#: What stands in most files: line breaks, ASCII, and Latin letters with accents. None of it needs a look.
_COMMON = b"\n" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0xC0)) + bytes(range(0xC3, 0xCA))
_KEY = r"""\w[^\n:#]{0,250}+|"[^"\\\n]{0,250}+"|'[^'\n]{0,250}+'"""
_PLAIN = r"""(?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|-[\d.])[^\n:#]*+(?:(?::(?=[^ \n])|(?<!\ )\#)[^\n:#]*+)*+"""
_QUOTED = r"""(?:"[^"\\\n]*+"|'(?:[^'\n]++|'')*+')"""
_EMPTY = r"(?:\ *+(?:\#.*+)?\n)*+"
#: One line: indent and dashes, key, value; or one with a text of many lines and their indent; and the empty lines
#: after it. What is neither is the last group.
LINE = re.compile(
    rf"""(\ *+(?:-\ ++)*+)
    (?:({_KEY}):(?:\ ++|(?=\n)))?
    (?:
        ({_PLAIN}|{_QUOTED}(?=[\ \n])|[\[{{].*+)?\ *+(?:(?<=\ )\#.*+)?\n
        |([|>]-?+\ *+\n(\ ++).++\n(?:(?:\5.*+)?\n)*+)
    ){_EMPTY}
    |(.*\n)""",
    re.VERBOSE,
)
BEFORE = re.compile(_EMPTY, re.VERBOSE)
#: A bracket, a comma, or a scalar; `: ` after a key. What is none of them is the last group.
PIECE = re.compile(
    r""" *+(?:([\[\]{},])|("[^"\\]*+"|'(?:[^']++|'')*+'|(?:[\w/]|-\d)[^,\[\]{}:#?]*+)(: ++)?)|(.+)"""
)
_NO_PIECE = ("", "", "", "")
_COMMENT = re.compile(" +#")
_DEEPEST = 20
#: Keys, numbers and brackets come again and again: so many of each are remembered.
_REMEMBERED = 10_000


class Read(NamedTuple):
    """A document as it was read: its number in the file, its value, and whether it has a respelled number."""

    number: int
    value: Any
    respelled: bool


class _NotPlain(Exception):  # noqa: N818 - nothing is wrong: somebody else reads it
    """The text is not of the plain subset."""


def read_plain(text: str, data: bytes) -> list[Read] | None:
    """Return the documents of a file, or None when it is not plain. `data` is what `text` was decoded from."""
    if text[-1:] != "\n" or (data.translate(None, _COMMON) and not _can_be_read(text)):
        return None
    begin = BEFORE.match(text)
    assert begin is not None, "it matches nothing, too"
    try:
        return _documents(LINE.findall(text, begin.end()))
    except (_NotPlain, NumberTooLarge):
        return None


def _can_be_read(text: str) -> bool:
    """Tell whether all characters can be printed, and every text in it is composed as it stands."""
    return text.replace("\n", "").isprintable() and unicodedata.normalize("NFC", text) == text


def _documents(lines: list[tuple[str, ...]]) -> list[Read]:
    found: list[Read] = []
    reader, index, begun = _LineReader(), 0, False
    start = 0
    marks = [number for number, line in enumerate(lines) if line[5]]
    for end in (*marks, len(lines)):
        if end < len(lines) and lines[end][5] != "---\n":
            raise _NotPlain
        if end > start:
            found.append(reader.document(index, lines[start:end]))
            begun = True
        index += begun
        begun, start = True, end + 1
    return found


class _LineReader:
    """Builds documents out of lines. Where it is not sure what they mean, it raises _NotPlain."""

    __slots__ = ("respelled",)

    def document(self, index: int, lines: list[tuple[str, ...]]) -> Read:
        """Return the document of these lines."""
        self.respelled = False
        root: dict[str, Any] = {}
        into: Any = root  # what the line before stood in, and its column
        column = 0
        outer: list[tuple[Any, int]] = []
        waiting: str | None = None  # a key whose value may stand in the lines below it
        before = None
        for prefix, raw, said, block, indent, _ in lines:
            columns = _COLUMNS.get(prefix) or _columns(prefix)
            if columns is not before:
                if waiting is not None:
                    into, column = _below(waiting, columns, into, column, outer)
                if columns != (column,) or into.__class__ is list:
                    into, column = _placed(columns, into, column, outer, keyed=bool(raw))
                before = columns if len(columns) == 1 else None
            waiting = None
            if said:
                value = said if said[0] not in _SPECIAL and said[-1] != " " else self._value(said)
            else:
                value = _block(block, indent, column) if block else None
            if raw:
                key = _KEYS.get(raw) or _key(raw)
                if key in into:
                    raise _NotPlain
                into[key] = value
                if value is None and not said:
                    waiting = key
            elif into.__class__ is dict or value is None:
                raise _NotPlain
            else:
                into.append(value)
        return Read(index, root, self.respelled)

    def _value(self, said: str) -> Any:
        if said[0] in "[{":
            return self._flow(said)
        return unquoted(said) if said[0] in "\"'" else self._plain(said)

    def _plain(self, text: str) -> Any:
        text = text.rstrip(" ")
        if text[0] not in FIRST:
            return text
        if text not in _VALUES:
            value = plain_scalar(text)
            if isinstance(value, str):
                return text
            number = isinstance(value, int | Decimal) and not isinstance(value, bool)
            _remember(_VALUES, text, (value, number and written(value) != text))  # type: ignore[arg-type]
        value, respelled = _VALUES[text]
        self.respelled = self.respelled or respelled
        return value

    def _flow(self, text: str) -> Any:
        """Return the value of brackets, which may have a comment behind them."""
        if text not in _FLOWS:
            before, self.respelled = self.respelled, False
            pieces = [*PIECE.findall(text), _NO_PIECE]
            value, end = self._bracketed(pieces, 0, 0)
            rest = pieces[end][3].rstrip(" ")
            if pieces[end] != _NO_PIECE and (not pieces[end][3] or (rest and not _COMMENT.match(rest))):
                raise _NotPlain
            _remember(_FLOWS, text, (value, self.respelled))
            self.respelled = before
        value, respelled = _FLOWS[text]
        self.respelled = self.respelled or respelled
        return value

    def _bracketed(self, pieces: list[tuple[str, ...]], at: int, level: int) -> tuple[Any, int]:
        """Return the value that begins at a piece, and the number of the piece behind it."""
        bracket, scalar, colon, _ = pieces[at]
        if scalar and not colon:
            return unquoted(scalar) if scalar[0] in "\"'" else self._plain(scalar), at + 1
        closing = _CLOSING.get(bracket)
        if closing is None or level > _DEEPEST:
            raise _NotPlain
        out: Any = [] if closing == "]" else {}
        if pieces[at + 1][0] == closing:
            return out, at + 2
        while True:
            at += 1
            if closing == "}":
                _, scalar, colon, _ = pieces[at]
                key = (_KEYS.get(scalar) or _key(scalar)) if colon else None
                if key is None or key in out:
                    raise _NotPlain
                out[key], at = self._bracketed(pieces, at + 1, level + 1)
            else:
                value, at = self._bracketed(pieces, at, level + 1)
                out.append(value)
            bracket = pieces[at][0]
            if bracket == closing:
                return out, at + 1
            if bracket != ",":
                raise _NotPlain


#: A value that begins like this is looked at: it may be another one than its text.
_SPECIAL = FIRST | frozenset("[{\"'")
_CLOSING = {"[": "]", "{": "}"}
_COLUMNS: dict[str, tuple[int, ...]] = {}
_KEYS: dict[str, str] = {}
_VALUES: dict[str, tuple[Any, bool]] = {}
_FLOWS: dict[str, tuple[Any, bool]] = {}


def _remember(known: dict[str, Any], text: str, value: Any) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[text] = value


def _columns(prefix: str) -> tuple[int, ...]:
    """Return the column of each dash, and at last that of what stands behind them: `  - - ` -> 2, 4, 6."""
    columns = (*(place for place, sign in enumerate(prefix) if sign == "-"), len(prefix))
    if len(columns) > _DEEPEST:
        raise _NotPlain
    _remember(_COLUMNS, prefix, columns)
    return columns


def _below(
    key: str, columns: tuple[int, ...], into: dict[str, Any], column: int, outer: list[tuple[Any, int]]
) -> tuple[Any, int]:
    """Return what the key of the line before holds, if this line is of it: a list may stand in the same column."""
    at, listed = columns[0], len(columns) > 1
    if at < column or (at == column and not listed):
        return into, column
    if len(outer) >= _DEEPEST:
        raise _NotPlain
    outer.append((into, column))
    inner: Any = [] if listed else {}
    into[key] = inner
    return inner, at


def _placed(
    columns: tuple[int, ...], into: Any, column: int, outer: list[tuple[Any, int]], *, keyed: bool
) -> tuple[Any, int]:
    """Return the mapping or list that a line belongs to, and its column; `outer` becomes what is around it."""
    at, listed = columns[0], len(columns) > 1
    while at < column or (at == column and not listed and into.__class__ is list):
        if not outer:
            raise _NotPlain
        into, column = outer.pop()
    if at != column or (listed and into.__class__ is not list) or len(outer) > _DEEPEST:
        raise _NotPlain
    for below in columns[1:] if keyed else columns[1:-1]:
        inner: Any = {} if keyed and below == columns[-1] else []
        into.append(inner)
        outer.append((into, column))
        into, column = inner, below
    return into, column


def _key(raw: str) -> str:
    """Return the key that was written; _NotPlain where it is no text."""
    if raw[:1] in ("'", '"'):
        key = unquoted(raw)
    elif raw[-1:] == " " or not isinstance(plain_scalar(raw), str):
        raise _NotPlain
    else:
        key = raw
    key = sys.intern(key)
    _remember(_KEYS, raw, key)
    return key


def unquoted(text: str) -> str:
    """Return what stands between quotes, with each doubled one as one."""
    return text[1:-1] if text[0] == '"' else text[1:-1].replace("''", "'")


def _block(block: str, indent: str, column: int) -> str:
    """Return the text of `|` or `>`: all lines begin with the indent of the first one, or are empty."""
    if len(indent) <= column:
        raise _NotPlain
    text = block[block.index("\n") + 1 + len(indent) :].replace(f"\n{indent}", "\n").rstrip("\n")
    if block[0] == ">":
        if "\n\n" in text or "\n " in text:
            raise _NotPlain
        text = text.replace("\n", " ")
    return text if block[1] == "-" else f"{text}\n"
