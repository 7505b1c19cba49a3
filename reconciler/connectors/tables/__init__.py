"""Tables in files: pure readers over bytes, and what their settings are."""

from collections.abc import Iterator, Mapping

from reconciler.connectors.base import Connector, Objection, Reads
from reconciler.connectors.tables.csv import csv_records
from reconciler.connectors.tables.encodings import encoding_problem
from reconciler.connectors.tables.sheet import sheet_records
from reconciler.model.tables import Source

_FILE: Mapping[str, str] = {
    "path": "a file of the project, several by wildcards, or the name of an environment variable",
    "url": "an https address, or the name of an environment variable that holds it",
    "auth": "what the address asks for",
    "allow_plain_http": "read over http without encryption",
    "decimal": "the decimal sign of written numbers",
    "timezone": "the zone of moments that name none",
}
_NEEDS = (("path", "url"),)


def _file_problems(source: Source) -> Iterator[Objection]:
    if source.settings.get("decimal", ".") not in (".", ","):
        yield ("decimal",), "the decimal sign is a point or a comma", ""
    if "path" in source.settings and "url" in source.settings:
        yield ("url",), "a source has a path or an address, not both", ""


def _csv_problems(source: Source) -> Iterator[Objection]:
    yield from _file_problems(source)
    wrong = encoding_problem(source.settings)
    if wrong:
        yield ("encoding",), *wrong


CSV = Connector(
    name="csv",
    reads=Reads.FILES,
    settings={
        **_FILE,
        "encoding": "utf-8 when left out",
        "delimiter": "what stands between cells",
        "quote": "what stands around texts",
        "header": "whether the first line has headings",
        "skip": "lines before the headings",
        "end": "what the last line says: a file without it is not whole",
    },
    needs=_NEEDS,
    problems=_csv_problems,
    of_file=csv_records,
    proves=lambda source: "end" in source.settings,
)
SHEET = Connector(
    name="sheet",
    reads=Reads.FILES,
    settings={**_FILE, "sheet": "its name, or its number", "header": "the row that has the headings"},
    needs=_NEEDS,
    problems=_file_problems,
    of_file=sheet_records,
    floats=True,
)
