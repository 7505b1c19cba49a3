"""What a raw cell means for its column, and which rows are of the same thing.

Nothing is guessed: a cell that its column cannot hold makes a bad row, which is left out and named. An empty cell
is what the column says of empty cells, by default missing, and never zero on its own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256

from msgspec import Struct

from reconciler.connectors import numbers
from reconciler.connectors.base import Raw, RawRow, Record, SourceFault
from reconciler.connectors.moments import day, moment, zone_of
from reconciler.connectors.numbers import CellFault
from reconciler.model.exact import brief
from reconciler.model.tables import VALID_ON, BadRow, Cell, Column, ColumnType, Source, TableRow
from reconciler.model.texts import invisible, nfc

#: Characters that steer a terminal or a printer, and halves of characters.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_YES = frozenset({"true", "yes", "1", "tak", "ano"})
_NO = frozenset({"false", "no", "0", "nie", "ne"})
_SHOWN = 40
#: How nearly all amounts are written, where the decimal sign is a point: they mean what they say.
_BRIEF_AMOUNT = re.compile(r"[1-9][0-9]{0,9}(?:\.[0-9]{1,6})?")

#: Types whose `str` is the one text of a value.
_PLAIN = {int, bool, type(None)}

_Reader = Callable[[Raw], Cell]
_Key = tuple[Cell, ...]


class Rows(Struct, frozen=True):
    """The rows that count, and those that do not, both in the order of the source.

    `twice`: something has several rows where it can have one.
    """

    rows: tuple[TableRow, ...]
    bad: tuple[BadRow, ...]
    twice: bool = False


def typed_rows(source: Source, records: Iterable[Record], decimal: str = ".", *, floats: bool = False) -> Rows:
    """Return the rows of a source, typed; rows of the same item and warehouse, or day of a rate, are all bad.

    `decimal` is the decimal sign of written numbers, `.` or `,`. With `floats` money may be a float, since the
    source has nothing else (a sheet). Raises SourceFault for settings that mean nothing, and as `records` does.
    """
    readers = _readers(source, decimal, floats=floats)
    item_at = next((n for n, each in enumerate(source.columns) if each.name == source.item), None)
    key_of = [n for n, each in enumerate(source.columns) if each.name in source.key]
    rows: list[tuple[int, str, _Key, TableRow]] = []
    bad: list[tuple[int, BadRow]] = []
    first: dict[_Key, str] = {}
    places: dict[_Key, list[str]] = {}  # of what stands there more than once
    for number, record in enumerate(records):
        if isinstance(record, BadRow):
            bad.append((number, record))
            continue
        place, raws = record
        try:
            row = tuple([read(raw) for read, raw in zip(readers, raws, strict=True)])
        except CellFault as fault:
            item = "" if item_at is None else _item_of_bad(record, readers[item_at], item_at)
            bad.append((number, BadRow(place=place, why=str(fault), item=item)))
            key = _key_of_bad(record, readers, key_of)
        else:
            key = tuple([row[n] for n in key_of])
            rows.append((number, place, key, row))
        if key and key in first:
            places.setdefault(key, [first[key]]).append(place)
        elif key:
            first[key] = place
    joined = " of " if VALID_ON in source.key else " in "
    bad += [
        (number, BadRow(place=place, why=_twice(joined, place, key, places[key]), item=str(row[item_at or 0])))
        for number, place, key, row in rows
        if key in places
    ]
    bad.sort(key=lambda each: each[0])
    good = tuple([row for _number, _place, key, row in rows if key not in places])
    return Rows(good, tuple([each for _number, each in bad]), twice=bool(places))


def _key_of_bad(record: RawRow, readers: list[_Reader], key_of: list[int]) -> _Key:
    """Say of what a bad row is: it may be the second of something whose first can be read."""
    try:
        return tuple([readers[n](record[1][n]) for n in key_of])
    except CellFault:
        return ()


def _item_of_bad(record: RawRow, read: _Reader, item_at: int) -> str:
    """Say what a bad row is of, whatever else is wrong with it."""
    try:
        return str(read(record[1][item_at]))
    except CellFault:
        return ""


def _twice(joined: str, place: str, key: _Key, places: list[str]) -> str:
    other = places[1] if places[0] == place else places[0]
    return f"{joined.join(f'`{brief(str(each), _SHOWN)}`' for each in key)} stands in {other}, too"


def _readers(source: Source, decimal: str, *, floats: bool) -> list[_Reader]:
    if decimal not in {".", ","}:
        raise SourceFault(f"`decimal: {decimal}` is no decimal sign", 'It is "." or ",".')
    form, zone = numbers.form_of(decimal), zone_of(source)
    by_type: Mapping[ColumnType, Callable[[Column], _Reader]] = {
        ColumnType.TEXT: lambda _: _text,
        ColumnType.WHOLE: lambda _: partial(numbers.whole, form=form),
        ColumnType.DECIMAL: lambda _: partial(numbers.decimal, form=form),
        ColumnType.MONEY: lambda each: partial(numbers.money, form=form, currency=each.currency, floats=floats),
        ColumnType.YES_NO: lambda _: _yes_no,
        ColumnType.DATE: lambda _: day,
        ColumnType.TIME: lambda _: partial(moment, zone=zone),
    }
    points = decimal == "."
    return [
        _cell(
            each,
            _name if each.name in source.key and each.type is ColumnType.TEXT else by_type[each.type](each),
            needed=each.name == source.item,
            points=points,
        )
        for each in source.columns
    ]


def _cell(column: Column, meaning: _Reader, *, needed: bool, points: bool) -> _Reader:
    """Return what reads one cell of a column: trimmed, empty or with a meaning; CellFault names the column."""

    is_text, is_whole = column.type is ColumnType.TEXT, column.type is ColumnType.WHOLE
    is_amount = points and column.type in (ColumnType.DECIMAL, ColumnType.MONEY)

    def read(raw: Raw) -> Cell:
        if type(raw) is str and raw.isascii() and raw.isprintable():  # nearly all: nothing to ask
            if is_text and (text := raw.strip()):
                return text
            if is_whole and raw.isdigit() and len(raw) <= numbers.DIGITS:
                return int(raw)
            if is_amount and _BRIEF_AMOUNT.fullmatch(raw):
                return Decimal(raw)
        found = raw
        try:
            if isinstance(found, bytes):
                found = _decoded(found)
            if isinstance(found, str):
                found = found.strip()
            if found is None or found == "":
                return _empty(column, needed=needed)
            return meaning(found)
        except CellFault as fault:
            raise CellFault(f"{column.name}: {_told(raw, column)}{fault}") from None

    return read


def _told(raw: Raw, column: Column) -> str:
    """Say a cell, so that one finds it; not what is private, empty, or too long for anybody."""
    if isinstance(raw, str) and raw.strip() and not column.private:
        return f'"{brief(raw, _SHOWN)}" '
    brief_enough = isinstance(raw, float | Decimal | date) or (isinstance(raw, int) and abs(raw) < 10**_SHOWN)
    return f"{brief(str(raw), _SHOWN)} " if brief_enough and not column.private else "the cell "


def _empty(column: Column, *, needed: bool) -> Cell:
    if needed:
        raise CellFault("is empty")
    return column.empty


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise CellFault("has bytes that are no UTF-8") from None


def _text(raw: Raw) -> str:
    if isinstance(raw, str):
        if not raw.isprintable() and (found := _CONTROL.search(raw)):
            raise CellFault(f"has a control character (U+{ord(found[0]):04X})")
        return nfc(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise CellFault("is no text")
    return numbers.digits(raw)


def _name(raw: Raw) -> str:
    """Return a text that says what a row is of, and is compared letter by letter with what a person wrote."""
    text = _text(raw)
    if hidden := invisible(text):  # two names that look the same differ by it
        raise CellFault(f"has a character that nobody sees ({hidden[0]})")
    return text


def _yes_no(raw: Raw) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        word = raw.casefold()
        if word in _YES or word in _NO:
            return word in _YES
    number = isinstance(raw, int | float) or (isinstance(raw, Decimal) and raw.is_finite())
    if number and raw in {0, 1}:
        return raw == 1
    raise CellFault("is neither yes nor no")


def rows_digest(rows: Iterable[TableRow]) -> str:
    """Return a digest of rows, whatever their order: 64 hexadecimal digits.

    Equal values have one text: `1.50` is `1.5`, and a moment is the same in every zone.
    """
    columns = [_canonical_column(column) for column in zip(*rows, strict=True)]
    texts = sorted(map(",".join, zip(*columns, strict=True)))
    return sha256("\n".join(texts).encode()).hexdigest()


def _canonical_column(cells: tuple[Cell, ...]) -> Iterable[str]:
    """Return the texts of a column; most hold one type, and there are many cells."""
    types = set(map(type, cells))
    if types == {str}:
        return map(repr, cells)
    return map(str if types <= _PLAIN else _canonical, cells)


def _canonical(cell: Cell) -> str:
    """Return the one text of a value; texts are quoted, so that none is a number."""
    if isinstance(cell, str):
        return repr(cell)
    if isinstance(cell, Decimal):
        text = f"{cell:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(cell, datetime):
        return (cell.astimezone(UTC) if cell.tzinfo else cell).isoformat()
    return str(cell) if cell is None or isinstance(cell, int) else cell.isoformat()
