"""Sheets: xlsx and ods alike, and files that are none, or would take the memory of the machine."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.base import Record, SourceFault
from reconciler.connectors.cells import typed_rows
from reconciler.connectors.tables import SHEET
from reconciler.connectors.tables.sheet import sheet_records
from reconciler.model.tables import BadRow, Source

from . import sheets
from .declared import column, source, stock
from .sheets import Failed, Table, Uncalculated

HEAD = ["item", "warehouse", "quantity", "net"]
Write = Callable[[Mapping[str, Table]], bytes]
both = pytest.mark.parametrize("write", [sheets.xlsx, sheets.ods])


def read(data: bytes, declared: Source | None = None, **settings: Any) -> list[Record]:
    return list(sheet_records(data, declared or stock(**settings)))


def fault(data: bytes, declared: Source | None = None, **settings: Any) -> SourceFault:
    with pytest.raises(SourceFault) as raised:
        read(data, declared, **settings)
    return raised.value


@both
def test_rows_of_the_first_sheet(write: Write) -> None:
    data = write({"Stock": [HEAD, ["K-1", "PL1", 3, Decimal("19.99")], ["K & <2>", "CZ", 4.0, 5]], "Old": [["x"]]})
    assert read(data) == [
        ("sheet Stock, row 2", ("K-1", "PL1", 3.0, 19.99)), ("sheet Stock, row 3", ("K & <2>", "CZ", 4.0, 5.0))
    ]  # fmt: skip
    assert SHEET.of_file is sheet_records


@both
def test_numbers_of_a_sheet_become_what_their_columns_say(write: Write) -> None:
    """An EAN is a float there, and money has no other form."""
    declared = source(
        column("item"), column("quantity", "whole"), column("net", "money", currency="PLN"), column("day", "date"), column("at", "time"),
        column("listed", "yes_no"), timezone="Europe/Warsaw",
    )  # fmt: skip
    row = [5901234123457, 3, Decimal("19.99"), date(2026, 11, 28), datetime(2026, 11, 28, 12, 0), True]
    data = write({"S": [["item", "quantity", "net", "day", "at", "listed"], row]})
    found = typed_rows(declared, sheet_records(data, declared), floats=True)
    assert found.rows == (
        (
            "5901234123457",
            3,
            Decimal("19.99"),
            date(2026, 11, 28),
            datetime(2026, 11, 28, 11, 0, tzinfo=UTC),
            True,
        ),
    )


@both
def test_a_sheet_by_name_or_number_and_another_row_of_headings(write: Write) -> None:
    table = [["Report"], [], [None, *HEAD], [None, "K-1", "PL1", 3, 1]]
    data = write({"A & B": [["x"]], "Żółty": table})
    for sheet in ("Żółty", 2, "2"):
        assert read(data, sheet=sheet, header=3) == [("sheet Żółty, row 4", ("K-1", "PL1", 3.0, 1.0))]
    wrong = fault(data, sheet="Zolty")
    assert (wrong.summary, wrong.hint) == (
        "there is no sheet `Zolty`",
        "Did you mean `Żółty`? There is `A & B` or `Żółty`.",
    )
    for sheet in (0, 3, -1):
        assert fault(data, sheet=sheet).summary == f"there is no sheet `{sheet}`"
    assert "no row 9" in fault(data, sheet=2, header=9).summary
    assert fault(data, sheet=2, header=9).short
    for settings in ({"sheet": True}, {"sheet": 1.5}, {"header": 0}, {"header": "2"}, {"header": True}):
        assert "number" in fault(data, **settings).summary


@both
def test_a_table_that_does_not_begin_in_the_corner(write: Write) -> None:
    table = [
        [],
        [None, None, *HEAD, "x"],
        [],
        [None, None, "K-1", "PL1", Failed(), 1],
        [None, None, "K-2", "PL1", 2, 1, Failed()],
    ]
    assert read(write({"S": table}), header=2) == [
        BadRow(place="sheet S, row 4", why="quantity: the cell is an error (#N/A)"), ("sheet S, row 5", ("K-2", "PL1", 2.0, 1.0))
    ]  # fmt: skip


@both
def test_an_error_and_a_formula_without_a_result_are_no_empty_cells(write: Write) -> None:
    """The reader of sheets gives both as empty, and an empty cell may stand for zero."""
    declared = source(column("item"), column("reserved", "whole", empty=0))
    cells = [Failed("#N/A"), Failed("#DIV/0!"), Uncalculated(), "#REF!", "#N/D", "#ADR!", "Err:502", None, "#1"]
    data = write(
        {"S": [["item", "reserved", "unused"], *([f"K-{n}", cell, Failed()] for n, cell in enumerate(cells))]}
    )
    found = typed_rows(declared, sheet_records(data, declared), floats=True)
    assert found.rows == (("K-7", 0),)
    assert [each.why for each in found.bad] == [
        "reserved: the cell is an error (#N/A)", "reserved: the cell is an error (#DIV/0!)",
        "reserved: the formula has no result: save the sheet in its own program",
        "reserved: the cell is an error (#REF!)", "reserved: the cell is an error (#N/D)", "reserved: the cell is an error (#ADR!)",
        "reserved: the cell is an error (Err:502)", 'reserved: "#1" is no number',
    ]  # fmt: skip


@both
def test_rows_with_nothing_in_the_columns_that_are_used_are_none(write: Write) -> None:
    data = write(
        {
            "S": [
                [*HEAD, "note"],
                ["K-1", "PL1", 1, 1, None],
                [None] * 4 + ["total"],
                [],
                ["", "", "", ""],
                ["K-2", "PL1", 1, 1],
            ]
        }
    )
    assert [each[0] for each in read(data) if not isinstance(each, BadRow)] == ["sheet S, row 2", "sheet S, row 6"]


@both
def test_headings(write: Write) -> None:
    assert fault(write({"S": [["item", "warehouse", "quantity", "Net"]]})).hint.startswith("Did you mean `Net`?")
    assert (
        fault(write({"S": [[*HEAD, "net"]]})).summary
        == "the heading `net` stands more than once in sheet S, row 1"
    )
    assert fault(write({"S": []})).short
    year = source(column("item"), column("quantity", "whole", place="2026"))
    assert read(write({"S": [["item", 2026], ["K-1", 5]]}), year) == [("sheet S, row 2", ("K-1", 5.0))]


def test_repeated_rows_and_cells_of_an_ods() -> None:
    entries = sheets.ods_entries({"S": [HEAD, ["K-1", "PL1", Failed(), 1], ["K-2", "PL1", 2, 1]]})
    content = entries["content.xml"].replace(
        "<table:table-row>", '<table:table-row table:number-rows-repeated="2">'
    )
    far = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    entries["content.xml"] = content.replace("</table:table>", f"{far}</table:table>")
    found = read(sheets.packed(entries))
    assert [each.place if isinstance(each, BadRow) else each[0] for each in found] == [
        f"sheet S, row {n}" for n in range(2, 7)
    ]
    assert [isinstance(each, BadRow) for each in found] == [False, True, True, False, False]


def _zip_of(**sizes: int) -> bytes:
    return sheets.packed({name: b"\0" * size for name, size in sizes.items()})


def test_files_that_are_no_sheets() -> None:
    whole = sheets.xlsx({"S": [HEAD]})
    assert fault(b"").short
    assert fault(whole[:-30]).short
    assert "cut off" in fault(whole[:200]).summary
    assert fault(b"item;net\nK-1;2\n").summary == "the file is neither xlsx nor ods"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
    assert fault(ole).summary == "the file is an xls of old"
    assert fault(ole + "EncryptedPackage".encode("utf-16-le")).summary == "the sheet has a password"
    assert "damaged sheet, or none" in fault(_zip_of(a=5)).summary
    entries = sheets.xlsx_entries({"S": [HEAD]})
    assert "damaged" in fault(sheets.packed(entries | {"xl/worksheets/sheet1.xml": "<worksheet>"})).summary
    assert "damaged" in fault(sheets.packed({k: v for k, v in entries.items() if "rels" not in k})).summary
    assert "damaged" in fault(sheets.packed({k: v for k, v in entries.items() if "sheet1" not in k})).summary
    strange = entries["xl/workbook.xml"].replace("UTF-8", "UTF-9")
    assert "damaged" in fault(sheets.packed(entries | {"xl/workbook.xml": strange})).summary
    nameless = entries["xl/workbook.xml"].replace(' r:id="rId1"', "")
    assert "damaged" in fault(sheets.packed(entries | {"xl/workbook.xml": nameless})).summary


def test_an_ods_with_a_password() -> None:
    entries = sheets.ods_entries({"S": [HEAD]})
    encrypted = 'manifest:media-type="text/xml"><manifest:encryption-data/></manifest:file-entry>'
    entries["META-INF/manifest.xml"] = entries["META-INF/manifest.xml"].replace(
        'manifest:media-type="text/xml"/>', encrypted
    )
    assert fault(sheets.packed(entries)).summary == "the sheet has a password"
    assert fault(sheets.packed(entries | {"content.xml": b"\x93\x12\xff"})).summary == "the sheet has a password"


def test_a_sheet_that_unpacks_to_too_much() -> None:
    assert fault(_zip_of(a=120_000_000, b=90_000_000)).summary == "the sheet unpacks to more than 200 MB"


def test_an_entry_that_lies_about_its_size() -> None:
    data = bytearray(_zip_of(a=50_000_000))
    at = data.rindex(b"PK\x01\x02")
    for said in (100, 50_000_001):
        data[at + 24 : at + 28] = struct.pack("<I", said)
        assert "not of the size that it says" in fault(bytes(data)).summary
    data[at + 24 : at + 28] = struct.pack("<I", 50_000_000)
    data[at + 10 : at + 12] = struct.pack("<H", zipfile.ZIP_BZIP2)
    assert "not of the size that it says" in fault(bytes(data)).summary


@pytest.mark.parametrize("at", ["XFD1048576", "A100000000", "ZZZZZZ1"])
def test_a_cell_in_the_last_corner_takes_no_memory(at: str) -> None:
    row = at.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    entries = sheets.xlsx_entries({"S": [HEAD]})
    far = f'<row r="{row}"><c r="{at}"><v>1</v></c></row></sheetData>'
    sheet = "xl/worksheets/sheet1.xml"
    wrong = fault(sheets.packed(entries | {sheet: entries[sheet].replace("</sheetData>", far)}))
    assert wrong.summary.startswith("the sheet `S` goes to row")


def test_nor_do_cells_that_stand_for_many() -> None:
    entries = sheets.ods_entries({"S": [HEAD], "T": [[5]]})
    many = entries["content.xml"].replace(
        '<table:table-cell office:value-type="float"',
        '<table:table-cell table:number-columns-repeated="20000000" office:value-type="float"',
    )
    assert (
        "the sheet `T` goes to row 1 and column 20,000,000"
        in fault(sheets.packed(entries | {"content.xml": many})).summary
    )
    failed = sheets.ods_entries({"S": [[Failed()]]})
    failed["content.xml"] = failed["content.xml"].replace(
        "<table:table-row>", '<table:table-row table:number-rows-repeated="9000000">'
    )
    assert "more than 100,000 cells with errors" in fault(sheets.packed(failed)).summary


def test_entities_are_not_read() -> None:
    entries = sheets.xlsx_entries({"S": [HEAD]})
    sheet = "xl/worksheets/sheet1.xml"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>'
    body = entries[sheet].replace("<worksheet", bomb + "<worksheet")
    assert "damaged" in fault(sheets.packed(entries | {sheet: body})).summary


@both
@given(data=st.data())
def test_a_damaged_file_is_a_fault_or_read(write: Write, data: st.DataObject) -> None:
    whole = bytearray(write({"S": [HEAD, ["K-1", "PL1", 3, 1], ["K-2", "PL1", Failed(), 1]]}))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except SourceFault:
        return
