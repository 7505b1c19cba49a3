"""A look at the XML of a spreadsheet, before its cells are read.

A reader of sheets gives errors (`#N/A`) and formulas that were never calculated as empty cells, and empty may
stand for something: they are found here. And it makes room for every cell of the rectangle that the cells of a
sheet span, so one cell in the last corner would take all memory there is: such a sheet is refused.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from itertools import product
from xml.parsers import expat

from msgspec import Struct, field

from reconciler.connectors.base import SourceFault
from reconciler.connectors.tables.sheet_file import locked
from reconciler.documents.near import did_you_mean, listed

#: What programs write for an error, in any of their languages: `#N/A`, `#DZIEL/0!`, `#NAZWA?`, `Err:502`.
ERROR = re.compile(r"#(?:N/[AD]!?|[^\W\d_][\w/]*[!?]|GETTING_DATA)|Err:[0-9]{3}")
#: CellsAt of the rectangle that a sheet spans: 100,000 rows of 100 columns, 300 MB.
_CELLS = 10_000_000
#: A table with more errors is none.
_FAULTS = 100_000
_PIECE = 1 << 16
#: Characters that are kept of a cell's text; an error is short.
_SHORT = 32
_FAILED = "the cell is an error"
_EMPTY = "the formula has no result: save the sheet in its own program"

_Attributes = dict[str, str]


class SheetLook(Struct):
    """What was seen of a sheet: cells with faults by row (from 1) and column (from 0), and how far it goes.

    `covered` are cells that a merged one of a row above covers: they show its value, and hold none or another.
    """

    name: str
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    covered: set[tuple[int, int]] = field(default_factory=set)
    rows: int = 0
    columns: int = 0

    def reaches(self, row: int, column: int) -> None:
        """Note that there is something in a cell; SourceFault when the sheet is too large then."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column + 1)
        if self.rows * self.columns > _CELLS:
            raise SourceFault(
                f"the sheet `{self.name}` goes to row {self.rows:,} and column {self.columns:,}",
                "Is there a cell far off? Delete the rows and columns behind the table.",
            )

    def fails(self, row: int, rows: int, column: int, columns: int, why: str) -> None:
        """Note a fault of the cells of a rectangle."""
        if len(self.faults) + rows * columns > _FAULTS:
            raise SourceFault(f"the sheet `{self.name}` has more than {_FAULTS:,} cells with errors")
        places = product(range(row, row + rows), range(column, column + columns))
        self.faults.update(dict.fromkeys(places, why))

    def covers(self, row: int, rows: int, column: int, columns: int) -> None:
        """Note what a merged cell covers in the rows below its own."""
        if rows > 1 and len(self.covered) + (rows - 1) * columns <= _FAULTS:
            self.covered.update(product(range(row + 1, row + rows), range(column, column + columns)))


def looked(file: zipfile.ZipFile, wanted: str | int) -> SheetLook:
    """Look at the sheet of a name, or of a number from 1. SourceFault when there is none, or XML that is none."""
    try:
        if "xl/workbook.xml" in file.namelist():
            return _xlsx(file, wanted)
        if b"encryption-data" in file.read("META-INF/manifest.xml"):
            raise locked()
        ods = _Ods()
        _parse(file, "content.xml", ods.start, ods.text)
        ods.settle()
    except (expat.ExpatError, LookupError, ValueError, zipfile.BadZipFile):
        raise SourceFault("the file is a damaged sheet, or none", "Save it as xlsx or ods.") from None
    return ods.looks[_chosen([each.name for each in ods.looks], wanted)]


def _chosen(names: list[str], wanted: str | int) -> int:
    if wanted in names:
        return names.index(str(wanted))
    number = int(wanted) if isinstance(wanted, int) or re.fullmatch("[0-9]{1,4}", wanted) else 0
    if 1 <= number <= len(names):
        return number - 1
    near = did_you_mean(str(wanted), names)
    raise SourceFault(f"there is no sheet `{wanted}`", f"{near} There is {listed(names)}.".strip())


def _parse(
    file: zipfile.ZipFile,
    part: str,
    start: Callable[[str, _Attributes], None],
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _no_entities
    with file.open(part) as body:
        while piece := body.read(_PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)


def _no_entities(*_declared: object) -> None:
    raise ValueError("entities in a sheet")


def _local(name: str) -> str:
    return name[name.find(":") + 1 :]


def _xlsx(file: zipfile.ZipFile, wanted: str | int) -> SheetLook:
    """The workbook names its sheets and their relations, and those their paths."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: _Attributes) -> None:
        if _local(name) == "sheet":
            sheets.append((attributes["name"], next((v for k, v in attributes.items() if k.endswith(":id")), "")))

    def target(name: str, attributes: _Attributes) -> None:
        if _local(name) == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    _parse(file, "xl/workbook.xml", sheet)
    _parse(file, "xl/_rels/workbook.xml.rels", target)
    name, relation = sheets[_chosen([name for name, _relation in sheets], wanted)]
    seen = _Xlsx(name)
    _parse(file, posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/"), seen.start, seen.text)
    seen.settle()
    return seen.look


class _Xlsx:
    """Cells `c` with a type `t`, maybe a formula `f`, and a value `v` or a text `is`."""

    def __init__(self, name: str) -> None:
        self.look = SheetLook(name)
        self._row, self._column = 0, -1
        self._kind, self._formula, self._value, self._text = "", False, False, ""

    def start(self, name: str, attributes: _Attributes) -> None:
        tag = _local(name)
        if tag == "c":
            self.settle()
            at = attributes.get("r", "")
            self._column = _column(at) if at else self._column + 1
            self._kind = attributes.get("t", "n")
        elif tag in {"v", "is"}:
            self._value = True
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self.settle()
            self._row, self._column = int(attributes.get("r", self._row + 1)), -1
        elif tag == "mergeCell":
            self.settle()
            self._merge(attributes["ref"])

    def text(self, text: str) -> None:
        if self._value and len(self._text) < _SHORT:
            self._text += text

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = ((_row(each), _column(each)) for each in (first, last or first))
        bottom, right = min(bottom, self.look.rows), min(right, self.look.columns - 1)
        self.look.covers(top, bottom - top + 1, left, right - left + 1)

    def settle(self) -> None:
        """Judge the cell that was begun last."""
        if self._kind and (self._value or self._formula):
            self.look.reaches(self._row, self._column)
            text = self._text.strip()
            if self._kind == "e":
                self.look.fails(self._row, 1, self._column, 1, f"{_FAILED} ({text})" if text else _FAILED)
            elif self._formula and not text and self._kind != "str":
                self.look.fails(self._row, 1, self._column, 1, _EMPTY)
        self._kind, self._formula, self._value, self._text = "", False, False, ""


def _row(at: str) -> int:
    return int(at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _column(at: str) -> int:
    number = 0
    for letter in at.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1


class _Ods:
    """Tables of rows of cells; a row or a cell may stand for many of its kind.

    Names have the prefixes that all programs write; the reader of sheets knows no others, either.
    """

    def __init__(self) -> None:
        self.looks: list[SheetLook] = []
        self._row, self._rows, self._column, self._columns = 0, 1, 0, 1
        self._kind, self._formula, self._text = "", False, ""
        self._begun = False

    def start(self, name: str, attributes: _Attributes) -> None:
        if name in {"table:table-cell", "table:covered-table-cell"}:
            self.settle()
            self._column += self._columns
            self._columns = int(attributes.get("table:number-columns-repeated", 1))
            self._kind = attributes.get("calcext:value-type") or attributes.get("office:value-type", "")
            self._formula, self._begun = "table:formula" in attributes, True
            if self.looks and "table:number-rows-spanned" in attributes:
                rows, columns = (
                    int(attributes.get(f"table:number-{each}-spanned", 1)) for each in ("rows", "columns")
                )
                self.looks[-1].covers(self._row, rows, self._column, columns)
        elif name == "table:table-row":
            self.settle()
            self._row += self._rows
            self._rows = int(attributes.get("table:number-rows-repeated", 1))
            self._column, self._columns = 0, 0
        elif name == "table:table":
            self.settle()
            self.looks.append(SheetLook(attributes.get("table:name", "")))
            self._row, self._rows = 1, 0

    def text(self, text: str) -> None:
        if self._begun and len(self._text) < _SHORT:
            self._text += text

    def settle(self) -> None:
        """Judge the cell that was begun last, and all that it stands for."""
        text = self._text.strip()
        if self._begun and self.looks and (self._kind or self._formula or text):
            look = self.looks[-1]
            look.reaches(self._row + self._rows - 1, self._column + self._columns - 1)
            failed = self._kind == "error" or (self._formula and ERROR.fullmatch(text))
            if failed or (self._formula and not self._kind):
                why = _EMPTY if not failed else f"{_FAILED} ({text})" if text else _FAILED
                look.fails(self._row, self._rows, self._column, self._columns, why)
        self._kind, self._formula, self._text, self._begun = "", False, "", False
