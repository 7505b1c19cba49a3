"""The contract between the product and one kind of source.

A batch reader takes bytes or a connection and yields records; a conversation yields `Found` between its requests.
Either way a record is a place (for people: `line 12`, `sheet Stock, row 3`, `page 2, row 7`) and the raw cells in
the order of the source's columns. What a cell means is decided once, in `connectors/cells.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from reconciler.model.tables import BadRow

#: As files, drivers and JSON give it. A float is an error of whoever reads money, and a shortest decimal else.
Raw = str | int | float | Decimal | bool | date | datetime | time | bytes | None
RawRow = tuple[str, tuple[Raw, ...]]
Record = RawRow | BadRow
Records = Iterator[Record]


@dataclass(frozen=True, slots=True)
class Found:
    """What a conversation has read so far, beside its requests."""

    records: tuple[Record, ...]


class SourceFault(Exception):  # noqa: N818 - a fact about a source, told like a fault of a marketplace
    """A source that cannot be read, or not to its end: nothing that was read of it counts.

    `short` tells that it ended too early.
    """

    def __init__(self, summary: str, hint: str = "", *, short: bool = False) -> None:
        super().__init__(summary)
        self.summary, self.hint, self.short = summary, hint, short
