"""Tables that stock and prices come from: what a source is declared to hold, and what was read of it.

A cell is None (missing), a text, a whole number, a Decimal (decimals and money; the currency is the column's), a
yes or no, a date or a time. There is no float.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from reconciler.model.marks import Mark

#: The columns of rates: of which currency one is, what it is, and the day from which it holds.
CURRENCY, RATE, VALID_ON = "currency", "rate", "valid_on"
Cell = str | int | Decimal | bool | date | datetime | time | None
TableRow = tuple[Cell, ...]


class ColumnType(StrEnum):
    """What the cells of a column are. A `date` is a day, a `time` a moment (aware)."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    MONEY = "money"
    YES_NO = "yes_no"
    DATE = "date"
    TIME = "time"


class MissingRow(StrEnum):
    """What an offer comes to whose item has no row in a complete reading."""

    KEEP = "keep"  # its sourced fields are left as they are, and listed
    ERROR = "error"
    ZERO = "zero"  # none are in stock


class ReadingState(StrEnum):
    """How a reading of a source is: only what is `ok` fills fields.

    OLD: made longer ago than the source's `freshness`. SHORT: fewer rows than there should be. FAILED: none.
    """

    OK = "ok"
    OLD = "old"
    SHORT = "short"
    FAILED = "failed"


class Column(Struct, frozen=True, kw_only=True):
    """One column: what expressions call it, what it holds, and what it is called where it comes from.

    `place` is a heading, a name in a result, or a path into a record. `empty` is what an empty cell stands for.
    What is `private` is shown only when asked for.
    """

    name: str
    type: ColumnType
    place: str
    currency: str = ""
    private: bool = False
    empty: Cell = None


class RowLimits(Struct, frozen=True, kw_only=True):
    """What a reading must keep to: `minimum` rows, `shrink` percent fewer than the last good one, `bad` rows."""

    minimum: int = 1
    shrink: Decimal = Decimal(20)
    bad: int = 0


class LoweredBy(Struct, frozen=True, kw_only=True):
    """Who lowers a source for what is sold on marketplaces: a program, and within how much time."""

    name: str
    within: timedelta


class Source(Struct, frozen=True, kw_only=True):
    """A `kind: Source` document, typed.

    `settings` is what its connector needs (path, url, query, paging …), in JSON's own types. `item` and
    `warehouse` are names of columns; without a `warehouse` every row is of the one there is. `available` is an
    expression over a row, empty for the column `quantity`. `warehouses` maps our names to theirs. `orders` is None
    where nothing is said; `none` says that it gives no stock. `map` is the path of a table from offer keys to
    items.
    """

    name: str
    type: str
    columns: tuple[Column, ...]
    item: str = "item"
    warehouse: str = ""
    available: str = ""
    warehouses: Mapping[str, str] = field(default_factory=dict)
    freshness: timedelta | None = None
    rows: RowLimits = field(default_factory=RowLimits)
    missing: MissingRow = MissingRow.ERROR
    orders: LoweredBy | str | None = None
    map: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    mark: Mark | None = None

    def column(self, name: str) -> Column | None:
        """Find a column by its name."""
        return next((each for each in self.columns if each.name == name), None)

    @property
    def key(self) -> frozenset[str]:
        """The columns that say what a row is of: no two rows have the same there.

        Rates have a row for each day from which one holds. An article has none: no day makes a second row of it.
        """
        dated = self.column(VALID_ON)
        is_rates = self.item == CURRENCY and self.column(RATE) is not None
        day = {VALID_ON} if is_rates and dated is not None and dated.type is ColumnType.DATE else set()
        return frozenset({self.item, self.warehouse, *day})


def is_pattern(path: str) -> bool:
    """Tell whether a path is of several files: a word with `*`, `?` or `[`."""
    return any(each in path for each in "*?[")


#: Why the last row of a file that was written in part is no row.
CUT_OFF = "the last line has no end: cut off?"


class BadRow(Struct, frozen=True, kw_only=True):
    """A row that cannot be used: where it stands in the source, and why, in a few words.

    `item` is what it is a row of; empty where not even that can be read.
    """

    place: str
    why: str
    item: str = ""


class SourceRead(Struct, frozen=True, kw_only=True):
    """What a plan says of a source that it used: how many rows it had, as of when (ISO), and how it was.

    `definition` is what its document says, in long form: an apply reads the source again only where it still does.
    """

    name: str
    state: ReadingState
    as_of: str
    rows: int = 0
    digest: str = ""
    why: str = ""
    hint: str = ""
    definition: Mapping[str, Any] = field(default_factory=dict)


class Readout(Struct, frozen=True, kw_only=True):
    """What was read of a source at once. Rows are in the order of the source's columns.

    `as_of` (aware) is the moment that the numbers are of: when the reading began, or when the file was written.
    `digest` is of the rows, whatever their order. `why` says what is wrong with a state that is not ok. `bad` are
    the rows that were left out. `whole`: what was read says itself that it is all there is.
    """

    source: str
    state: ReadingState
    as_of: datetime
    rows: tuple[TableRow, ...] = ()
    digest: str = ""
    bad: tuple[BadRow, ...] = ()
    whole: bool = True
    why: str = ""
    hint: str = ""
