"""What has changed in a copy, as rows: noted by triggers, written as a part, taken over from the parts of others.

A part is JSON: for each table the rows that are there now, whole, and the keys of those that are gone. Rows are
found by their primary key, so a part may be taken over twice, and a later one wins. Not among them: the budgets of
requests, which are the marketplace's to count.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from msgspec import Struct

from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.schema import VERSION

#: The tables that outlive a process.
KEPT = (
    "runs",
    "operations",
    "holders",
    "outcomes",
    "compared",
    "created",
    "managed",
    "baselines",
    "images",
    "readings",
    "row_counts",
    "prices",
    "price_reads",
    "tokens",
    "locks",
    "leases",
)
_TOGETHER = 400

KeyValues = tuple[Any, ...]
#: A row's table and the values of its primary key.
RowOf = tuple[str, KeyValues]


class TableColumns(Struct, frozen=True):
    """The columns of a table, and which of them are its key."""

    every: tuple[str, ...]
    key: tuple[str, ...]

    def key_of(self, row: Sequence[Any]) -> KeyValues:
        """Return the key of a whole row."""
        return tuple(row[self.every.index(name)] for name in self.key)


class Changes:
    """The changes of one copy."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._tables = {table: _columns(database, table) for table in KEPT}

    def watch(self) -> None:
        """Note from now on which rows change; a copy that is watched already is left as it is."""
        if self._db.has("touched"):
            return
        self._db.script(_watching(self._tables))

    def take(self) -> list[RowOf]:
        """Return which rows have changed since the last time, and begin to note anew."""
        with self._db.transaction():
            rows = self._db.rows("select name, key from touched")
            self._db.run("delete from touched")
        return [(name, tuple(orjson.loads(key))) for name, key in rows]

    def give_back(self, keys: Iterable[RowOf]) -> None:
        """Note these again: they were not published."""
        self._db.many("insert or ignore into touched values (?, ?)", [(name, _text(key)) for name, key in keys])

    def are_there(self) -> bool:
        """Tell whether anything has changed since the last time."""
        return self._db.row("select 1 from touched limit 1") is not None

    def written(self, keys: Iterable[RowOf]) -> bytes:
        """Return a part that says how these rows are now."""
        by_table: dict[str, list[KeyValues]] = {}
        for name, key in keys:
            by_table.setdefault(name, []).append(key)
        told = {name: self._state(name, found) for name, found in sorted(by_table.items())}
        return orjson.dumps({"version": VERSION, "tables": told}, default=_blob)

    def everything(self) -> bytes:
        """Return a part that says all there is: what came before it is not needed any more."""
        told = {name: {"rows": self._db.rows(f"select * from {name}"), "gone": []} for name in KEPT}  # noqa: S608 - our own words
        return orjson.dumps({"version": VERSION, "tables": told}, default=_blob)

    def _state(self, name: str, keys: Sequence[KeyValues]) -> Mapping[str, list[KeyValues]]:
        columns = self._tables[name]
        here = " and ".join(f"{each} = ?" for each in columns.key)
        rows, gone = [], []
        for key in keys:
            row = self._db.row(f"select * from {name} where {here}", key)  # noqa: S608 - our own words
            if row is None:
                gone.append(key)
            else:
                rows.append(row)
        return {"rows": rows, "gone": gone}

    def take_over(self, part: bytes, *, whole: bool) -> list[RowOf]:
        """Have the rows of a part, and return their keys. They count as published. ValueError for what is none.

        What a whole part does not have is gone.
        """
        told = orjson.loads(part)
        if told["version"] != VERSION:
            raise ValueError(f"it has tables of version {told['version']}; this program knows version {VERSION}")
        keys: list[RowOf] = []
        with self._db.transaction():
            self._db.run("update replication set muted = 1")
            for name, state in told["tables"].items():
                columns = self._tables[name]
                rows = [tuple(_value(each) for each in row) for row in state["rows"]]
                gone = [tuple(_value(each) for each in key) for key in state["gone"]]
                here = " and ".join(f"{each} = ?" for each in columns.key)
                if whole:
                    self._db.run(f"delete from {name}")  # noqa: S608 - our own words
                self._db.many(f"delete from {name} where {here}", gone)  # noqa: S608 - our own words
                marks = ", ".join("?" * len(columns.every))
                self._db.many(f"insert or replace into {name} values ({marks})", rows)  # noqa: S608 - our own words
                keys.extend((name, columns.key_of(row)) for row in rows)
                keys.extend((name, key) for key in gone)
            self._db.run("update replication set muted = 0")
        return keys


def _columns(database: Database, table: str) -> TableColumns:
    rows = database.rows(f"pragma table_info({table})")
    keyed = sorted((row[5], row[1]) for row in rows if row[5])
    return TableColumns(tuple(row[1] for row in rows), tuple(name for _, name in keyed))


def _watching(tables: Mapping[str, TableColumns]) -> Iterable[str]:
    """Yield what makes a copy note its changes."""
    yield "create table touched (name text not null, key text not null, primary key (name, key)) without rowid"
    yield "create table replication (muted integer not null)"
    yield "insert into replication values (0)"
    for table, columns in tables.items():
        for event, row in (("insert", "new"), ("update", "new"), ("delete", "old")):
            key = ", ".join(f"{row}.{each}" for each in columns.key)
            yield (
                f"create trigger touched_{table}_{event} after {event} on {table} "  # noqa: S608 - our own words
                "when (select muted from replication) = 0 begin "
                # "or ignore" would not do: what a statement itself says of conflicts holds for its triggers, too
                f"insert into touched select '{table}', json_array({key}) where not exists "
                f"(select 1 from touched where name = '{table}' and key = json_array({key})); end"
            )


def _text(key: KeyValues) -> str:
    return orjson.dumps(list(key)).decode()


def _blob(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"blob": base64.b64encode(value).decode()}
    raise TypeError(type(value))


def _value(told: Any) -> Any:
    return base64.b64decode(told["blob"]) if isinstance(told, dict) else told
