"""What a sheet shows is not all that is in it: merged cells, and sheets that are hidden."""

from __future__ import annotations

import pytest

from reconciler.connectors.base import Record, SourceFault
from reconciler.connectors.tables.sheet import sheet_records
from reconciler.model.tables import BadRow

from . import sheets
from .declared import column, source

TABLE: sheets.Table = [["item", "quantity"], ["A", 5], ["B", 9], ["C", 2], ["As of today", None]]
SHEET = "xl/worksheets/sheet1.xml"
HIDDEN = (
    '<office:automatic-styles><style:style xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    "</office:automatic-styles><office:body>"
)


def read(data: bytes, **settings: object) -> list[Record]:
    """The rows of a sheet of articles and pieces."""
    return list(sheet_records(data, source(column("item"), column("quantity", "whole"), **settings)))


def merged_xlsx() -> bytes:
    """The pieces of B are merged with those of A, and so are the two cells of the last row with nothing below."""
    entries = sheets.xlsx_entries({"S": TABLE})
    merges = '</sheetData><mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="A5:B7"/></mergeCells>'
    return sheets.packed(entries | {SHEET: entries[SHEET].replace("</sheetData>", merges)})


def merged_ods() -> bytes:
    """The same; what B had before it was merged is still there, and nobody sees it."""
    entries = sheets.ods_entries({"S": TABLE})
    cell = '<table:table-cell office:value-type="float" office:value='
    body = entries["content.xml"].replace(
        f'{cell}"5"', f'<table:table-cell table:number-rows-spanned="2"{cell[17:]}"5"'
    )
    body = body.replace(
        f'{cell}"9"></table:table-cell>', f'{cell}"9"/>'.replace("table-cell", "covered-table-cell")
    )
    return sheets.packed(entries | {"content.xml": body})


@pytest.mark.parametrize("data", [merged_xlsx(), merged_ods()], ids=["xlsx", "ods"])
def test_a_cell_that_is_merged_with_one_above_has_no_value_of_its_own(data: bytes) -> None:
    assert read(data) == [
        ("sheet S, row 2", ("A", 5.0)),
        BadRow(
            place="sheet S, row 3",
            why="quantity: the cell is merged with one above it, and has no value of its own",
        ),
        ("sheet S, row 4", ("C", 2.0)),
        ("sheet S, row 5", ("As of today", "")),
    ]


def hidden(kind: str) -> bytes:
    """Of two sheets the first is hidden."""
    tables = {"Old": TABLE, "Stock": TABLE[:2]}
    if kind == "xlsx":
        entries = sheets.xlsx_entries(tables)
        name = "xl/workbook.xml"
        return sheets.packed(entries | {name: entries[name].replace("<sheet ", '<sheet state="hidden" ', 1)})
    entries = sheets.ods_entries(tables)
    body = entries["content.xml"].replace("<office:body>", HIDDEN)
    body = body.replace("<table:table ", '<table:table table:style-name="h" ', 1)
    return sheets.packed(entries | {"content.xml": body})


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_hidden_sheet_is_read_where_it_is_called_by_its_name(kind: str) -> None:
    for settings in ({}, {"sheet": 1}, {"sheet": "1"}):
        with pytest.raises(SourceFault) as raised:
            read(hidden(kind), **settings)
        assert raised.value.summary == "the sheet `Old` is hidden"
        assert "Say the name" in raised.value.hint
    assert len(read(hidden(kind), sheet="Old")) == 4
    assert len(read(hidden(kind), sheet=2)) == 1
