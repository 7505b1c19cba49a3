"""Rows of a source as a CSV file that is read back as the same rows, with the settings that it is read with."""

import csv
import io
from collections.abc import Callable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from reconciler.connectors.base import SourceFault
from reconciler.connectors.cells import typed_rows
from reconciler.connectors.tables.csv import csv_records, dialect, lines_before
from reconciler.connectors.tables.encodings import declared_encoding
from reconciler.model.tables import Cell, Column, ColumnType, Source, TableRow

#: The last line of a file that is whole, where the source itself is no CSV file with an end of its own.
_END = "END"


def ended(source: Source) -> Source:
    """Return a source whose CSV file ends with a line that says so."""
    return replace(source, settings={**source.settings, "end": _END})


def says_end(data: bytes) -> bool:
    """Tell whether a file has such a line."""
    return data.rstrip(b"\r\n").endswith((b"\n" + _END.encode(), b"\r" + _END.encode()))


def csv_of(source: Source, rows: Sequence[TableRow]) -> bytes:
    """Return rows as a file; SourceFault where it would not be read back as the same rows."""
    decimal = str(source.settings.get("decimal", "."))
    headings, cells = _layout(source.columns, numbered=source.settings.get("header", True) is False)
    text = io.StringIO("\n" * lines_before(source.settings))
    text.seek(0, io.SEEK_END)
    out = csv.writer(text, lineterminator="\n", **dialect(source.settings))
    if headings:
        out.writerow(headings)
    out.writerows([_written(each, decimal) for each in cells(row)] for row in rows)
    if "end" in source.settings:
        out.writerow([str(source.settings["end"]).strip()])
    encoding = declared_encoding(source.settings)
    try:
        data = text.getvalue().encode(encoding)
    except UnicodeEncodeError as wrong:
        letter = wrong.object[wrong.start]
        raise SourceFault(f"a cell has the letter {letter}, which {encoding} does not have") from None
    found = typed_rows(source, csv_records(data, source), decimal)
    if found.bad or found.rows != tuple(rows):
        raise SourceFault("its rows would not be read back from a CSV file as they are")
    return data


def _layout(columns: Sequence[Column], *, numbered: bool) -> tuple[list[str], Callable[[TableRow], list[Cell]]]:
    """Return the headings, and what puts the cells of a row below them.

    Two columns may have one place: the text tells most of what stood there.
    """
    places: dict[str, int] = {}
    for at, column in enumerate(columns):
        if column.place not in places or column.type is ColumnType.TEXT:
            places[column.place] = at
    if not numbered:
        return list(places), lambda row: [row[at] for at in places.values()]
    width = max(map(int, places))
    order = [places.get(str(number)) for number in range(1, width + 1)]
    return [], lambda row: [None if at is None else row[at] for at in order]


def _written(cell: Cell, decimal: str) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return f"{cell:f}".replace(".", decimal)
        case int():
            return str(cell)
        case str():
            return cell
    return cell.isoformat()
