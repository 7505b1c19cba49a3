"""The plain subset of YAML that people write, read line by line: faster than by a parser of all of YAML.

Block mappings and lists, scalars of one line, `|` and `>` in their simple forms, brackets of one line, comments.
It gives what the parser and `Builder` give, or gives up: on whatever is anything else, and on every mistake, so
that nobody has to explain one here. A test holds both to the same values (`tests/documents/test_plain.py`).
"""

import re
import sys
import unicodedata
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from reconciler.documents.scalars import FIRST, NumberTooLarge, plain_scalar, written

#: What stands in most files: line breaks, ASCII, and Latin letters with accents. None of it needs a look.
_COMMON = b"\n" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0xC0)) + bytes(range(0xC3, 0xCA))
_KEY = r"""\w[^\n:#]{0,250}+|"[^"\\\n]{0,250}+"|'[^'\n]{0,250}+'"""
_PLAIN = r"""(?:[^\s\-?:,\[\]{}#&*!|>'"%@`]|-[\d.])[^\n:#]*+(?>(?:(?::(?=[^ \n])|(?<!\ )\#)[^\n:#]*+)*)"""
_QUOTED = r"""(?:"[^"\\\n]*+"|'(?>(?:[^'\n]++|'')*)')"""
_EMPTY = r"(?>(?:\ *+(?:\#.*+)?\n)*)"
_DASHES = r"\ *+(?>(?:-\ ++)*)"
_COMMENT = r"\ *+(?:(?<=\ )\#.*+)?"
#: Any line: indent, dashes and key; a text of many lines and their indent; or whatever stands there, and has still
#: to be looked at; and the empty lines after it. A comment behind a key is left out. More groups take longer.
_LINES = re.compile(
    rf"""({_DASHES}(?:(?:{_KEY}):(?=[\ \n]))?){_COMMENT}
    (?:([|>]-?+\ *+\n(\ ++).++\n(?>(?:(?:\3.*+)?\n)*))|(.*+)\n){_EMPTY}""",
    re.VERBOSE,
)
_SCALAR = re.compile(rf"({_PLAIN}|{_QUOTED}(?=\ |\Z)){_COMMENT}", re.VERBOSE)
BEFORE = re.compile(_EMPTY, re.VERBOSE)
_PIECE = r"""([\[\]{},])|((?:"[^"\\]*+"|'(?>(?:[^']++|'')*)'|(?:[\w/]|-\d|<\w)[^,\[\]{}:#?]*+))(: ++)?"""
#: Each bracket, comma and scalar in a text, with `: ` after a key; what is none of it; and its end, perhaps
#: with a comment.
_PIECES = re.compile(rf" *+(?:{_PIECE}|(?:(?<= )#.*+)?\Z|(.))")
_END = ("", "", "", "")
#: What stands before a value: the column of each dash, and at last that of what stands behind them; and the key.
_Head = tuple[tuple[int, ...], str | None]
_DIVIDER = ("", "", "", "---")
_DEEPEST = 20
#: Keys, numbers and brackets come again and again: so many of each are remembered.
_REMEMBERED = 10_000


@cache
def piece() -> re.Pattern[str]:
    """Return what finds a bracket, a comma, or a scalar; with `: ` after a key. For places, as below."""
    return re.compile(rf" *+(?:{_PIECE})")


@cache
def line_in_parts() -> re.Pattern[str]:
    """Return what finds one line: indent and dashes, key, value; or a text of many lines and their indent.

    For places, which few commands ask for: it takes a millisecond to compile.
    """
    return re.compile(
        rf"""({_DASHES})
        (?:({_KEY}):(?:\ ++|(?=\n)))?
        (?:
            ({_PLAIN}|{_QUOTED}(?=[\ \n])|[\[{{].*+)?{_COMMENT}\n
            |([|>]-?+\ *+\n(\ ++).++\n(?>(?:(?:\5.*+)?\n)*))
        ){_EMPTY}""",
        re.VERBOSE,
    )


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
        return _documents(_LINES.findall(text, begin.end()), several="---\n" in text)
    except (_NotPlain, NumberTooLarge):
        return None


def _can_be_read(text: str) -> bool:
    """Tell whether all characters can be printed, and every text in it is composed as it stands."""
    return text.replace("\n", "").isprintable() and unicodedata.normalize("NFC", text) == text


def _documents(lines: list[tuple[str, ...]], *, several: bool) -> list[Read]:
    """Return the documents of these lines; without a divider among them they are `several` in no case."""
    if not several:
        return [_LineReader().document(0, lines)] if lines else []
    found: list[Read] = []
    reader, index, begun = _LineReader(), 0, False
    start = 0
    dividers = [number for number, line in enumerate(lines) if line == _DIVIDER]
    for end in (*dividers, len(lines)):
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
        respelled = False
        root: dict[str, Any] = {}
        into: Any = root  # what the line before stood in, and its column
        column = 0
        outer: list[tuple[Any, int]] = []
        waiting: str | None = None  # a key whose value may stand in the lines below it
        before: object = None  # what says, where the next line has it, too, that both stand in the same
        for head, block, indent, said in lines:
            known = _HEADS.get(head) or _head(head)
            columns, key = known
            if columns is not before and known is not before:
                into, column = _holder(known, waiting, into, column, outer)
                before = columns if len(columns) == 1 else known if key is None and len(columns) == 2 else None
            waiting = None
            if said:
                value: Any = said
                if said[0] in _SPECIAL or said[-1] in _ENDS or ": " in said or " #" in said:
                    value, odd = _VALUES.get(said) or self._value(said)
                    respelled = respelled or odd
            else:
                value = _block(block, indent, column) if block else None
            if key is not None:
                if key in into:
                    raise _NotPlain
                into[key] = value
                if value is None and not said:
                    waiting = key
            elif into.__class__ is dict or value is None:
                raise _NotPlain
            else:
                into.append(value)
        return Read(index, root, respelled)

    def _value(self, said: str) -> tuple[Any, bool]:
        """Return what stands behind a key or a dash, perhaps with a comment, and whether a number is respelled."""
        self.respelled = False
        known = self._read(said), self.respelled
        _remember(_VALUES, said, known)
        return known

    def _read(self, said: str) -> Any:
        if said[0] in "[{":
            return self._flow(said)
        found = _SCALAR.fullmatch(said)
        if found is None:
            raise _NotPlain
        return self._scalar(found[1])

    def _scalar(self, text: str) -> Any:
        if text[0] in "\"'":
            return unquoted(text)
        text = text.rstrip(" ")
        if text[0] not in FIRST:
            return text
        value = plain_scalar(text)
        kind = value.__class__
        if (kind is int or kind is Decimal) and written(value) != text:  # type: ignore[arg-type]
            self.respelled = True
        return value

    def _flow(self, text: str) -> Any:
        """Return the value of brackets, which may have a comment behind them."""
        pieces = _PIECES.findall(text)
        value, end = self._bracketed(pieces, 0, 0)
        if pieces[end] != _END:
            raise _NotPlain
        return value

    def _bracketed(self, pieces: list[tuple[str, ...]], at: int, level: int) -> tuple[Any, int]:
        """Return what is in the brackets that begin with a piece, and the number of the piece after them."""
        closing = _CLOSING.get(pieces[at][0])
        if closing is None or level > _DEEPEST:
            raise _NotPlain
        in_list = closing == "]"
        out: Any = [] if in_list else {}
        at += 1
        if pieces[at][0] == closing:
            return out, at + 1
        while True:
            key = None if in_list else _key_of(pieces[at])
            at += not in_list
            _, scalar, colon, _ = pieces[at]
            if scalar and not colon:
                value = scalar if scalar[0] not in _SPECIAL and scalar[-1] != " " else self._scalar(scalar)
                at += 1
            else:
                value, at = self._bracketed(pieces, at, level + 1)
            if in_list:
                out.append(value)
            elif key in out:
                raise _NotPlain
            else:
                out[key] = value
            bracket = pieces[at][0]
            at += 1
            if bracket == closing:
                return out, at
            if bracket != ",":
                raise _NotPlain


def _key_of(piece: tuple[str, ...]) -> str:
    """Return the key that a piece is in a mapping; _NotPlain where it is none."""
    _, scalar, colon, _ = piece
    if not colon:
        raise _NotPlain
    return _KEYS.get(scalar) or _key(scalar)


#: A value that begins or ends like this is looked at: it may be another one than its text, or none.
_SPECIAL = FIRST | frozenset(" -?:,[]{}#&*!|>'\"%@`")
_ENDS = frozenset(" :")
_CLOSING = {"[": "]", "{": "}"}
_COLUMNS: dict[str, tuple[int, ...]] = {}
_HEADS: dict[str, _Head] = {}
_KEYS: dict[str, str] = {}
_VALUES: dict[str, tuple[Any, bool]] = {}


def _remember(known: dict[str, Any], text: str, value: Any) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[text] = value


def _head(head: str) -> _Head:
    """Return the columns of what stands before a value, and the key, if it has one."""
    raw = head.lstrip(" -")  # no key begins with a dash
    prefix = head.removesuffix(raw) if raw else head
    known = _COLUMNS.get(prefix) or _columns(prefix), _key(raw[:-1]) if raw else None
    _remember(_HEADS, head, known)
    return known


def _columns(prefix: str) -> tuple[int, ...]:
    """Return the column of each dash, and at last that of what stands behind them: `  - - ` -> 2, 4, 6."""
    columns = (*(place for place, sign in enumerate(prefix) if sign == "-"), len(prefix))
    if len(columns) > _DEEPEST:
        raise _NotPlain
    _remember(_COLUMNS, prefix, columns)
    return columns


def _holder(
    head: _Head, waiting: str | None, into: Any, column: int, outer: list[tuple[Any, int]]
) -> tuple[Any, int]:
    """Return the mapping or list that a line belongs to, and its column; `outer` becomes what is around it.

    `into` and `column` are those of the line before, and `waiting` its key where no value stands behind it: then
    this line may be of that, and a list also in the same column.
    """
    columns, key = head
    at, listed = columns[0], len(columns) > 1
    if waiting is not None and (at > column or (listed and at == column)):
        outer.append((into, column))
        inner: Any = [] if listed else {}
        into[waiting] = inner
        into, column = inner, at
    while at < column or (at == column and not listed and into.__class__ is list):
        if not outer:
            raise _NotPlain
        into, column = outer.pop()
    if at != column or (listed and into.__class__ is not list) or len(outer) > _DEEPEST:
        raise _NotPlain
    if listed:
        for below in columns[1:] if key is not None else columns[1:-1]:
            inner = {} if key is not None and below == columns[-1] else []
            into.append(inner)
            outer.append((into, column))
            into, column = inner, below
    return into, column


def _key(raw: str) -> str:
    """Return the key that was written; _NotPlain where it is no text."""
    if raw in _KEYS:
        return _KEYS[raw]
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
