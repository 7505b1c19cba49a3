"""The rows of a reading by the article that they are of: made once, small, asked often. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from reconciler.model.exact import brief
from reconciler.model.tables import BadRow, Cell, Readout, Source, TableRow

_NONE: tuple[TableRow, ...] = ()


class RowsDiffer(ValueError):  # noqa: N818 - it says what is wrong with the rows of an article
    """The rows of one article do not agree on something that is said of the article."""


class Table:
    """The rows of a source by item. An article has one row for each warehouse.

    `strays` are rows of which nobody knows what they are of: they may be anything's.
    """

    __slots__ = ("_column", "_item", "_rows", "_unusable", "_warehouse", "every", "source", "strays", "whole")

    def __init__(self, source: Source, reading: Readout) -> None:
        self.source = source
        self.every, self.whole = reading.rows, reading.whole
        self._column = {each.name: place for place, each in enumerate(source.columns)}
        self._item = self._column[source.item]
        self._warehouse = self._column.get(source.warehouse)
        found: dict[Cell, tuple[TableRow, ...]] = {}
        for row in reading.rows:
            key = row[self._item]
            before = found.get(key)
            found[key] = (row,) if before is None else (*before, row)
        self._rows = found
        self.strays = tuple(each for each in reading.bad if not each.item)
        self._unusable: dict[str, BadRow] = {}
        for each in reading.bad:
            if each.item:
                self._unusable.setdefault(each.item, each)

    def rows(self, item: str) -> tuple[TableRow, ...]:
        """Return the rows of an article; none where the source does not know it."""
        return self._rows.get(item, _NONE)

    def unusable(self, item: str) -> str:
        """Say why an article cannot be told from its rows; empty where it can: one bad row is one too many."""
        bad = self._unusable.get(item)
        return "" if bad is None else f"{bad.place}: {bad.why}"

    def warehouse(self, row: TableRow) -> str:
        """Return the warehouse of a row, as the source calls it; empty where it has no such column."""
        return "" if self._warehouse is None else str(row[self._warehouse])

    def place(self, column: str) -> int:
        """Return where a column's cells stand in a row."""
        return self._column[column]

    def cells(self, row: TableRow) -> Mapping[str, Cell]:
        """Return the cells of a row by the names of their columns."""
        return dict(zip(self._column, row, strict=True))

    def value(self, item: str, column: str, *, told: bool = True) -> Cell:
        """Return what all rows of an article say in a column.

        RowsDiffer where they say different things; which, only where they may be `told`.
        """
        place = self._column[column]
        rows = self._rows.get(item, _NONE)
        first = rows[0][place] if rows else None
        if len(rows) > 1 and any(row[place] != first for row in rows):
            homes: dict[Cell, str] = {}
            for row in rows:
                homes.setdefault(row[place], self.warehouse(row))
            values = [_told(each) for each in homes] if told else ["one", *["another"] * (len(homes) - 1)]
            pairs = list(zip(values, homes.values(), strict=True))[:3]
            said = ", ".join(f"{value} in {where}" for value, where in pairs)
            raise RowsDiffer(f"`{self.source.name}.{column}` of {item} is {said}")
        return first

    @property
    def is_sound(self) -> bool:
        """Tell whether all rows of the reading can be used."""
        return not (self.strays or self._unusable)

    def still_says(self, item: str, digest: str) -> bool:
        """Tell whether the rows of an article are those of a digest, and can be used."""
        return item not in self._unusable and self.digest(item) == digest

    def digest(self, item: str) -> str:
        """Return the digest of what an article's rows say, whatever their order: 16 hexadecimal digits."""
        lines = sorted("\x1f".join(map(_text, row)) for row in self._rows.get(item, _NONE))
        return hashlib.blake2b("\x1e".join(lines).encode(), digest_size=8).hexdigest()


def _told(cell: Cell) -> str:
    return "nothing" if cell is None else brief(cell)


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return f"b{cell}"
        case Decimal():
            return f"n{cell.normalize():f}"
        case int():
            return f"n{cell}"
        case date() | datetime() | time():
            return f"d{cell.isoformat()}"
    return f"t{cell}"
