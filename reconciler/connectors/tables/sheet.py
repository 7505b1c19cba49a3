"""Spreadsheets: xlsx and ods, from their bytes. Numbers in them are floats, as their own programs have them."""

import io
from collections.abc import Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Any, cast

from reconciler.connectors.base import Raw, Records, SourceFault
from reconciler.connectors.tables.headings import by_heading, cells_at
from reconciler.connectors.tables.sheet_file import checked, locked
from reconciler.connectors.tables.sheet_look import ERROR, looked
from reconciler.model.tables import BadRow, Source

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


_COVERED = "the cell is merged with one above it, and has no value of its own"


def sheet_records(data: bytes, source: Source) -> Records:
    """Yield the rows below the headings of one sheet, with the cells that the source uses.

    Rows without anything in those cells are none; an error, and a formula without a result, makes a bad row.
    Raises SourceFault for what is no sheet, has a password, is cut off, or unpacks to more than it should.
    """
    header = _number(source.settings, "header")
    look = looked(checked(data), _wanted(source.settings))
    sheet = _sheet(data, look.name, by_name=source.settings.get("sheet") == look.name)
    rows = enumerate(sheet.iter_rows(), start=1)
    headings = next((row for at, row in rows if at == header), None)
    if headings is None:
        raise SourceFault(f"the sheet `{look.name}` has no row {header} with headings", short=True)
    positions = by_heading(source, [_heading(each) for each in headings], f"sheet {look.name}, row {header}")
    cells, left = cells_at(positions), sheet.start[1] if sheet.start else 0
    places = [(column.name, left + position) for column, position in zip(source.columns, positions, strict=True)]
    for at, row in rows:
        place, found = f"sheet {look.name}, row {at}", cells(cast("list[Raw]", row))
        faults = [
            f"{name}: {why}"
            for (name, column), cell in zip(places, found, strict=True)
            if (why := look.faults.get((at, column)) or _fault(cell))
        ]
        if not faults and not any(each != "" for each in found):
            continue
        if look.covered:
            faults += [f"{name}: {_COVERED}" for name, column in places if (at, column) in look.covered]
        yield BadRow(place=place, why="; ".join(faults)) if faults else (place, found)


def _fault(cell: object) -> str:
    """Say why a cell holds no value, or nothing."""
    if isinstance(cell, str):
        text = cell.strip()
        return f"the cell is an error ({text})" if text[:1] in {"#", "E"} and ERROR.fullmatch(text) else ""
    return "" if isinstance(cell, bool | int | float | date | time) else "the cell is a duration"


def _heading(cell: object) -> str:
    """Return a heading as it is written: a year is a number, and no float."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _sheet(data: bytes, name: str, *, by_name: bool) -> "CalamineSheet":
    """Open a sheet. One that nobody sees is meant only where it is called by its name."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_object(io.BytesIO(data))
        hidden = any(
            each.name == name and each.visible != SheetVisibleEnum.Visible for each in book.sheets_metadata
        )
        if hidden and not by_name:
            raise SourceFault(
                f"the sheet `{name}` is hidden", "Say the name of the one that is meant: `sheet: …`."
            )
        return book.get_sheet_by_name(name)
    except PasswordError:
        raise locked() from None
    except CalamineError as error:
        raise SourceFault(f"the sheet `{name}` cannot be read: {error}", "Save it as xlsx or ods.") from None


def _wanted(settings: Mapping[str, Any]) -> str | int:
    wanted = settings.get("sheet", 1)
    if isinstance(wanted, bool) or not isinstance(wanted, str | int):
        raise SourceFault(f"`sheet: {wanted}` is neither a name nor a number")
    return wanted


def _number(settings: Mapping[str, Any], name: str) -> int:
    number = settings.get(name, 1)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise SourceFault(f"`{name}: {number}` is no number of a row, from 1")
    return number
