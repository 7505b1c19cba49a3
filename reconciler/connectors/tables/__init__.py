"""Tables in files: pure readers over bytes, by the ending of a file's name or the type of a source."""

from collections.abc import Callable, Mapping

from reconciler.connectors.base import Records
from reconciler.connectors.tables.csv import csv_records
from reconciler.connectors.tables.sheet import sheet_records
from reconciler.model.tables import Source

FORMATS: Mapping[str, Callable[[bytes, Source], Records]] = {
    "csv": csv_records,
    "ods": sheet_records,
    "sheet": sheet_records,
    "xlsx": sheet_records,
}
