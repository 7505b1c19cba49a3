"""Writes xlsx and ods: just enough XML that every program opens them. The standard library only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OOXML = "http://schemas.openxmlformats.org"
MAIN = f"{OOXML}/spreadsheetml/2006/main"
OFFICE = f"{OOXML}/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
#: Days are counted from here, as spreadsheets do.
FIRST_DAY = datetime(1899, 12, 30)


@dataclass(frozen=True)
class Failed:
    """A formula whose result is an error."""

    word: str = "#N/A"


@dataclass(frozen=True)
class Uncalculated:
    """A formula without a result, as libraries write it that do not calculate."""

    formula: str = "1+1"


Value = str | int | float | Decimal | bool | date | datetime | Failed | Uncalculated | None
Table = Sequence[Sequence[Value]]


def packed(entries: Mapping[str, str | bytes]) -> bytes:
    """A zip of entries, the same bytes every time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name, body in entries.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            out.writestr(zipfile.ZipInfo(name), body, compress_type=how)
    return file.getvalue()


def xlsx(tables: Mapping[str, Table]) -> bytes:
    """A workbook of tables by the names of their sheets."""
    return packed(xlsx_entries(tables))


def xlsx_entries(tables: Mapping[str, Table]) -> dict[str, str]:
    """What is in the zip of a workbook."""
    numbers = range(1, len(tables) + 1)
    overrides = _overrides(
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/styles.xml", "styles"),
        *((f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers),
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(tables, start=1)
    )
    related = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    styles = '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs>'
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{OOXML}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations([*related, ("rIdStyles", "styles", "styles.xml")]),
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    } | {f"xl/worksheets/sheet{n}.xml": _worksheet(rows) for n, rows in zip(numbers, tables.values(), strict=True)}


def _overrides(*parts: tuple[str, str]) -> str:
    return "".join(f'<Override PartName="{part}" ContentType="{TYPE}.{kind}+xml"/>' for part, kind in parts)


def _relations(relations: Iterable[tuple[str, str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{to}"/>' for i, kind, to in relations)
    return f'{HEAD}<Relationships xmlns="{OOXML}/package/2006/relationships">{inside}</Relationships>'


def _worksheet(rows: Table) -> str:
    inside = "".join(_xlsx_row(n, row) for n, row in enumerate(rows, start=1))
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'


def _xlsx_row(number: int, row: Sequence[Value]) -> str:
    cells = "".join(_xlsx_cell(f"{letters(at)}{number}", each) for at, each in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def letters(column: int) -> str:
    """What a column is called, from 0: A, B … Z, AA."""
    above, at = divmod(column, 26)
    return (letters(above - 1) if above else "") + chr(65 + at)


def _xlsx_cell(at: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Failed):
        return f'<c r="{at}" t="e"><f>NA()</f><v>{escape(value.word)}</v></c>'
    if isinstance(value, Uncalculated):
        return f'<c r="{at}"><f>{escape(value.formula)}</f><v></v></c>'
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, datetime):
        return f'<c r="{at}" s="2"><v>{(value - FIRST_DAY).total_seconds() / 86400!r}</v></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="1"><v>{(value - FIRST_DAY.date()).days}</v></c>'
    return f'<c r="{at}"><v>{value}</v></c>'


def ods(tables: Mapping[str, Table]) -> bytes:
    """A workbook of tables by the names of their sheets, as an OpenDocument."""
    return packed(ods_entries(tables))


def ods_entries(tables: Mapping[str, Table]) -> dict[str, str]:
    """What is in the zip of an OpenDocument."""
    oasis = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{each}="{oasis}:{each}:1.0"' for each in ("office", "table", "text"))
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    inside = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(_ods_row, rows))}</table:table>"
        for name, rows in tables.items()
    )
    return {
        "mimetype": ODS,
        "META-INF/manifest.xml": f'{HEAD}<manifest:manifest xmlns:manifest="{oasis}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        "content.xml": f'{HEAD}<office:document-content {spaces} {calc} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{inside}</office:spreadsheet></office:body></office:document-content>",
    }


def _ods_row(row: Sequence[Value]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: Value) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, Failed):
        return _ods_typed(
            "string",
            'office:string-value="" calcext:value-type="error" table:formula="of:=NA()"',
            value.word,
        )
    if isinstance(value, Uncalculated):
        return f"<table:table-cell table:formula={quoteattr('of:=' + value.formula)}/>"
    if isinstance(value, bool):
        return _ods_typed("boolean", f'office:boolean-value="{str(value).lower()}"')
    if isinstance(value, str):
        return _ods_typed("string", "", value)
    if isinstance(value, date):
        return _ods_typed("date", f'office:date-value="{value.isoformat()}"')
    return _ods_typed("float", f'office:value="{value}"')


def _ods_typed(kind: str, more: str, text: str = "") -> str:
    shown = f"<text:p>{escape(text)}</text:p>" if text else ""
    return f'<table:table-cell office:value-type="{kind}" {more}>{shown}</table:table-cell>'
