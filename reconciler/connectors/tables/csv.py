"""CSV: read strictly, since a file that is cut off somewhere must never pass for a whole one."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.connectors.base import Records, SourceFault
from reconciler.connectors.tables.encodings import encoding_of, not_encoded
from reconciler.connectors.tables.headings import CellsAt, by_heading, by_number, cells_at
from reconciler.model.exact import brief
from reconciler.model.tables import CUT_OFF, BadRow, Source

#: A cell of more characters is none: a quote was left open.
_CELL = 65_536
_UNUSABLE = frozenset("\r\n\0")


class _BadLine(Exception):  # noqa: N818 - a fact about a line
    """What is against the rules of CSV on one line, in a few words."""


class _Lines:
    """The lines of a file with their ends, decoded as they are asked for.

    `number` is that of the last line given, `ended` whether it has its end, `size` the characters given since it
    was set to 0, and `over` whether there was no more.
    """

    def __init__(self, data: bytes, encoding: str) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
        self.number, self.size = 0, 0
        self.ended, self.over = True, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline()
        if not line:
            self.over = True
            raise StopIteration
        self.number += 1
        self.size += len(line)
        self.ended = line[-1] in "\r\n"
        return line


def csv_records(data: bytes, source: Source) -> Records:
    """Yield the rows of a CSV file; a row that is not whole is bad, and so is a last line without its end.

    Raises SourceFault for what cannot be read as the source's settings say, `short` where it ended too early.
    """
    encoding = encoding_of(data, source.settings)
    try:
        yield from _records(_Lines(data, encoding), source)
    except UnicodeDecodeError:
        raise not_encoded(data, encoding) from None


def _records(lines: _Lines, source: Source) -> Records:
    for _ in range(lines_before(source.settings)):
        next(lines, None)
    rows = _rows(lines, source.settings)
    if "end" in source.settings:
        rows = _to_the_end(rows, str(source.settings["end"]).strip())
    width, cells = 0, cells_at(())
    if source.settings.get("header", True) is not False:
        width, cells = _below_headings(lines, rows, source)
    empty = not width
    for number, row in rows:
        empty, place = False, f"line {number}"
        if isinstance(row, _BadLine):
            yield BadRow(place=place, why=str(row))
            continue
        if not lines.ended:
            yield BadRow(place=place, why=CUT_OFF)
            continue
        if not width:
            width, cells = len(row), cells_at(by_number(source, len(row), place))
        if len(row) == width:
            yield place, cells(row)
        else:
            yield BadRow(place=place, why=f"it has {len(row)} cell{'s' * (len(row) != 1)} instead of {width}")
    if empty:
        raise SourceFault("the file is empty", short=True)


_Found = tuple[int, list[str] | _BadLine]


def _below_headings(lines: _Lines, rows: Iterator[_Found], source: Source) -> tuple[int, CellsAt]:
    number, headings = next(rows, (0, []))
    if isinstance(headings, _BadLine):
        raise SourceFault(f"the headings in line {number} cannot be read: {headings}")
    if not headings or not lines.ended:
        raise SourceFault("the file ends before its headings do" if headings else "the file is empty", short=True)
    return len(headings), cells_at(by_heading(source, headings, f"line {number}"))


def _rows(lines: _Lines, settings: Mapping[str, Any]) -> Iterator[_Found]:
    """Yield each row with the number of its first line; lines with nothing in them are no rows."""
    reader = csv.reader(lines, strict=True, **dialect(settings))
    while True:
        number, lines.size = lines.number + 1, 0
        try:
            row = next(reader, None)
        except csv.Error as error:
            if lines.over:
                raise SourceFault(
                    f"a quote that is opened in line {number} is not closed before the file ends", short=True
                ) from None
            if "field limit" in str(error):
                raise _too_long(number) from None
            yield number, _BadLine("a quote stands where none can, or something follows a closing one")
            continue
        if row is None:
            return
        if lines.size > _CELL and max(map(len, row)) > _CELL:
            raise _too_long(number)
        if row:
            yield number, row


def _to_the_end(rows: Iterator[_Found], end: str) -> Iterator[_Found]:
    """Yield the rows before the line that says that the file ends; it is short where there is none."""
    for number, row in rows:
        if isinstance(row, _BadLine) or row[0].strip() != end:
            yield number, row
            continue
        for other, _ in rows:
            raise SourceFault(f"line {number} says that the file ends, and line {other} follows")
        return
    raise SourceFault(f"no last line says `{brief(end)}`: it was cut off", short=True)


def _too_long(number: int) -> SourceFault:
    return SourceFault(
        f"a cell in line {number} has more than {_CELL:,} characters", "Is a quote opened that is never closed?"
    )


def dialect(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the signs of a CSV file, in the words of Python's own module. SourceFault for what is no sign."""
    delimiter, quote = settings.get("delimiter", ","), settings.get("quote", '"')
    delimiter = {"tab": "\t", r"\t": "\t"}.get(delimiter, delimiter)
    for name, sign in (("delimiter", delimiter), ("quote", quote)):
        if not isinstance(sign, str) or len(sign) != 1 or sign in _UNUSABLE:
            raise SourceFault(
                f"`{name}: {brief(str(sign))}` is not one character", r"As `;`, or `tab` for the delimiter."
            )
    if delimiter == quote:
        raise SourceFault(f"`delimiter` and `quote` are both `{quote}`")
    return {"delimiter": delimiter, "quotechar": quote, "doublequote": True}


def lines_before(settings: Mapping[str, Any]) -> int:
    """Return how many lines stand before the headings. SourceFault for what is no number."""
    skip = settings.get("skip", 0)
    if isinstance(skip, bool) or not isinstance(skip, int) or skip < 0:
        raise SourceFault(f"`skip: {skip}` is no number of lines")
    return skip
