"""The contract between the product and one kind of source.

A batch reader takes bytes or a connection and yields records; a conversation yields `Found` between its requests.
Either way a record is a place (for people: `line 12`, `sheet Stock, row 3`, `page 2, row 7`) and the raw cells in
the order of the source's columns. What a cell means is decided once, in `connectors/cells.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from reconciler.model.tables import BadRow, Source, is_pattern

#: As files, drivers and JSON give it. A float is an error of whoever reads money, and a shortest decimal else.
Raw = str | int | float | Decimal | bool | date | datetime | time | bytes | None
RawRow = tuple[str, tuple[Raw, ...]]
Record = RawRow | BadRow
Records = Iterator[Record]


class Found(Struct, frozen=True):
    """What a conversation has read so far, beside its requests."""

    records: tuple[Record, ...]


class Reads(StrEnum):
    """What the shell has to do for a connector: hand it bytes, ask a database, or hold its conversation."""

    FILES = "files"
    DATABASE = "database"
    CONVERSATION = "conversation"


#: What is wrong with a setting: the path to it within the document, a sentence, and a hint.
Objection = tuple[tuple[str | int, ...], str, str]


class Connector(Struct, frozen=True, kw_only=True):
    """One way to read a source, found by its entry point in `reconciler.connectors`.

    `settings` are the keys of a Source document that are its own, each with one line on it; `needs` names those
    without which it does not work: one of each tuple. `problems` tells what is wrong with them, offline.
    `proves` tells whether a file, a result or a conversation that ended well is known to be whole: what may have
    been cut between two rows is not. `at_once` tells whether a conversation has one answer only. `floats`: its
    numbers are binary, as those of a sheet are, so that their shortest decimal is what was meant.
    """

    name: str
    reads: Reads
    settings: Mapping[str, str]
    needs: tuple[tuple[str, ...], ...] = ()
    problems: Callable[[Source], Iterator[Objection]] = lambda _source: iter(())
    of_file: Callable[[bytes, Source], Records] = lambda _data, _source: iter(())
    converse: Callable[[Source, str], Any] | None = None
    proves: Callable[[Source], bool] = lambda _source: True
    at_once: Callable[[Source], bool] = lambda _source: False
    floats: bool = False

    def has_all(self, source: Source, *, twice: bool = False) -> bool:
        """Tell whether a reading that ended well is known to have all that there is.

        Of a pattern it is not: that each file is whole does not say that no file is away. Nor is it where
        something came `twice` in a conversation: rows moved between two answers, and some may have come in none.
        """
        moved = twice and self.reads is Reads.CONVERSATION and not self.at_once(source)
        return self.proves(source) and not moved and not is_pattern(str(source.settings.get("path", "")))


class SourceFault(Exception):  # noqa: N818 - a fact about a source, told like a fault of a marketplace
    """A source that cannot be read, or not to its end: nothing that was read of it counts.

    `short` tells that it ended too early.
    """

    def __init__(self, summary: str, hint: str = "", *, short: bool = False) -> None:
        super().__init__(summary)
        self.summary, self.hint, self.short = summary, hint, short
