"""Sources that are databases: the rows of one SELECT, a few thousand at a time."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from reconciler.connectors.base import Raw, Records, SourceFault
from reconciler.connectors.select import insist_on_one_select
from reconciler.documents.near import did_you_mean, listed
from reconciler.model.tables import Column, Source
from reconciler.runtime.sources.address import DatabaseAddress, address_of
from reconciler.runtime.sources.database import ROWS, fault, opened, result_of
from reconciler.runtime.sources.deadline import Deadline

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.exc import DBAPIError

#: Seconds for all of a query, where `timeout` says nothing else.
_TIMEOUT = 60
_LONGER = "a longer time is said by `timeout`, in seconds"
_RAW = frozenset({str, int, float, Decimal, bool, date, datetime, time, bytes, type(None)})


def sql_records(url: str, query: str, source: Source, root: Path) -> Records:
    """Yield what a query finds, in the order of the source's columns; places are `row N`.

    A relative file of SQLite is one below `root`. Raise SourceFault: before anybody is asked when the query does
    more than reading, and `short` when some rows had been read.
    """
    from sqlalchemy.exc import DBAPIError

    address = address_of(url, root)
    insist_on_one_select(query, address.dialect)
    seconds = max(1, round(source.settings.get("timeout", _TIMEOUT) * 1000)) / 1000
    reading = _Reading(address, seconds)
    try:
        with opened(address, seconds) as (connection, deadline):
            yield from reading.records(connection, deadline, query, source.columns)
    except DBAPIError as failure:
        raise reading.fault(failure) from None


class _Reading:
    """One query, and how far its result was read."""

    def __init__(self, address: DatabaseAddress, seconds: float) -> None:
        self._address, self._seconds = address, seconds
        self._number = 0
        self._late = False

    def records(
        self, connection: "Connection", deadline: Deadline, query: str, columns: Sequence[Column]
    ) -> Records:
        """Yield the rows of a query."""
        try:
            with result_of(connection, query) as result:
                if not result.returns_rows:
                    raise SourceFault("the query returns no columns", "write one SELECT")
                taken = _taken(columns, list(result.keys()))
                for rows in result.partitions(ROWS):
                    if deadline.passed:
                        raise SourceFault(self._too_long(), _LONGER, short=True)
                    for row in map(taken, rows):
                        self._number += 1
                        plain = _RAW.issuperset(map(type, row))
                        yield f"row {self._number}", row if plain else _plain(row, columns)
        finally:
            self._late = deadline.passed

    def fault(self, failure: "DBAPIError") -> SourceFault:
        """Return what a failure of the connection or the server means for this reading."""
        short = self._number > 0
        what, hint = "the database refused the query", ""
        if self._late or _is_timeout(failure):
            what, hint = self._too_long(), _LONGER
        elif failure.connection_invalidated:
            what = f"the connection was lost after {self._number} rows"
        elif short:
            what = f"the database failed after {self._number} rows"
        return fault(what, failure, self._address, hint, short=short)

    def _too_long(self) -> str:
        return f"the query took longer than {self._seconds:g} s"


def _is_timeout(failure: "DBAPIError") -> bool:
    """Tell whether a server ended a query for its time, or a client waited for it in vain."""
    wrong: Any = failure.orig
    if getattr(wrong, "sqlstate", None) == "57014":
        return True
    return bool(wrong.args) and (wrong.args[0] in (1969, 3024) or "timed out" in str(wrong.args[-1]))


def _taken(columns: Sequence[Column], names: Sequence[str]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what picks the cells of the declared columns out of a row."""
    at = [_at(column, names) for column in columns]
    if len(at) > 1:
        return itemgetter(*at)
    return lambda row: tuple(row[each] for each in at)


def _at(column: Column, names: Sequence[str]) -> int:
    """Return where a column stands in a result: called so, or the only one that is but for its large letters."""
    for told in (str, str.casefold):
        found = [at for at, name in enumerate(names) if told(name) == told(column.place)]
        if len(found) == 1:
            return found[0]
        if found:
            raise SourceFault(
                f"the query returns {len(found)} columns `{column.place}`", "give each a name of its own: `AS …`"
            )
    near = did_you_mean(
        column.place, names, otherwise=f"give a column this name in the query: `AS {column.place}`"
    )
    raise SourceFault(f"the query returns no column `{column.place}`, only {listed(names)}", near)


def _plain(row: Sequence[Any], columns: Sequence[Column]) -> tuple[Raw, ...]:
    return tuple(_cell(value, column) for value, column in zip(row, columns, strict=True))


def _cell(value: Any, column: Column) -> Raw:
    """Return a value that is no plain one as text, where it has one spelling."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple(_RAW)):
        return cast("Raw", value)
    raise SourceFault(
        f"the column `{column.place}` has values of the type {type(value).__name__}, which no cell can hold",
        "have the query make a text or a number of it: `CAST(… AS …)`",
    )
