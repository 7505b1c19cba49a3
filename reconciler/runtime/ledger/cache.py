"""What we have read and need not read again: details of offers, catalogue products, category parameters.

A cache only: deleting `.reconcile/cache.db` costs requests, nothing else. So it never ends a command: one that is
damaged or of another version is begun anew, and where none can be written it lives in memory for this command.

A detail is good as long as the marketplace has said nothing of the offer since: no event, the same list row, and
not older than a day. Each row carries a sum of what it holds: SQLite does not see that a byte was changed.

Beside it stands which offer bore which key when it was seen last: a list that misses one for a while is asked by
its id.
"""

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TypeVar

from reconciler.runtime.ledger.cache_file import CacheFile

_SCHEMA = """
create table if not exists details (
  site text not null, kind text not null, remote_id text not null,
  row text not null, read_at text not null, views text not null, body blob not null, sum integer not null,
  primary key (site, kind, remote_id)) without rowid;
create table if not exists seen (
  site text not null, key text not null, remote_id text not null, at text not null,
  primary key (site, key)) without rowid;
create table if not exists lookups (
  topic text not null, key text not null, read_at text not null, body blob not null, sum integer not null,
  primary key (topic, key)) without rowid;
"""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Detail:
    """One stored read: digest of the list row that went with it, when (ISO), which views, and the body (JSON)."""

    remote_id: str
    row: str
    read_at: str
    views: str
    body: bytes


class Cache:
    """The store of one project. `note` is told when it had to be begun anew, or cannot be kept."""

    def __init__(self, path: Path, note: Callable[[str], None]) -> None:
        self._file = CacheFile(path, _SCHEMA, note)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def details(self, site: str, kind: str) -> list[Detail]:
        """Return every stored read of a site."""

        def read(db: sqlite3.Connection) -> list[Detail]:
            rows = db.execute(
                "select remote_id, row, read_at, views, body, sum from details where site = ? and kind = ?",
                (site, kind),
            )
            return [_whole(Detail(*row), total) for *row, total in rows]

        return self._file.ask(read)

    def store(self, site: str, kind: str, details: Iterable[Detail]) -> None:
        """Store reads."""
        rows = [(site, kind, *astuple(each), _sum(*astuple(each))) for each in details]
        self._change("insert or replace into details values (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def drop(self, site: str, kind: str, remote_ids: Iterable[str]) -> None:
        """Forget the reads of these resources."""
        rows = [(site, kind, remote_id) for remote_id in remote_ids]
        self._change("delete from details where site = ? and kind = ? and remote_id = ?", rows)

    def saw(self, site: str, ids: Mapping[str, str], at: str) -> None:
        """Remember key -> id of the offers that a list showed; only what is new is written."""
        self._change(
            "insert into seen values (?, ?, ?, ?) on conflict (site, key) do update "
            "set remote_id = excluded.remote_id, at = excluded.at where remote_id <> excluded.remote_id",
            [(site, key, remote_id, at) for key, remote_id in ids.items()],
        )

    def seen(self, site: str, keys: Iterable[str]) -> dict[str, str]:
        """Return key -> id of those among these that any list has shown: one look into an index for each."""
        asked = "select remote_id from seen where site = ? and key = ?"
        every = list(keys)

        def read(db: sqlite3.Connection) -> dict[str, str]:
            rows = {key: db.execute(asked, (site, key)).fetchone() for key in every}
            return {key: row[0] for key, row in rows.items() if row}

        return self._file.ask(read)

    def lookup(self, topic: str, key: str) -> tuple[str, bytes] | None:
        """Return (when, body) of a looked-up fact."""

        def read(db: sqlite3.Connection) -> tuple[str, bytes] | None:
            asked = "select read_at, body, sum from lookups where topic = ? and key = ?"
            row = db.execute(asked, (topic, key)).fetchone()
            return _whole((row[0], bytes(row[1])), row[2]) if row else None

        return self._file.ask(read)

    def keep(self, topic: str, key: str, read_at: str, body: bytes) -> None:
        """Store a looked-up fact."""
        row = (topic, key, read_at, body, _sum(read_at, body))
        self._change("insert or replace into lookups values (?, ?, ?, ?, ?)", [row])

    def sums(self, topic: str) -> dict[str, int]:
        """Return the sum of each fact of a topic, as `sum_of` makes it."""

        def read(db: sqlite3.Connection) -> dict[str, int]:
            return dict(db.execute("select key, sum from lookups where topic = ?", (topic,)).fetchall())

        return self._file.ask(read)

    def every(self, topic: str) -> list[bytes]:
        """Return the facts of a topic, in the order of their keys."""

        def read(db: sqlite3.Connection) -> list[bytes]:
            rows = db.execute("select read_at, body, sum from lookups where topic = ? order by key", (topic,))
            return [_whole((at, bytes(body)), total)[1] for at, body, total in rows]

        return self._file.ask(read)

    def exchange(self, topic: str, new: Iterable[tuple[str, bytes, int]], gone: Iterable[str]) -> None:
        """Store facts without a moment (key, body, sum) and forget others, all of it or nothing."""
        rows = [(topic, key, "", body, total) for key, body, total in new]
        lost = [(topic, key) for key in gone]

        def write(db: sqlite3.Connection) -> None:
            with db:
                db.executemany("delete from lookups where topic = ? and key = ?", lost)
                db.executemany("insert or replace into lookups values (?, ?, ?, ?, ?)", rows)

        self._file.ask(write)

    def forget(self, topic: str, key: str) -> None:
        """Forget a looked-up fact."""
        self._change("delete from lookups where topic = ? and key = ?", [(topic, key)])

    def _change(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        def write(db: sqlite3.Connection) -> None:
            with db:
                db.executemany(sql, rows)

        self._file.ask(write)


def _whole(found: T, total: int) -> T:
    """Return what was read, if it is what was written."""
    parts = astuple(found) if isinstance(found, Detail) else found
    if not isinstance(parts, tuple) or _sum(*parts) != total:
        raise sqlite3.DatabaseError("a row is not what was written")
    return found


def sum_of(body: bytes) -> int:
    """Return the sum of a fact that is kept without a moment."""
    return zlib.crc32(body)


def _sum(*parts: str | bytes) -> int:
    total = 0
    for part in parts:
        total = zlib.crc32(part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass"), total)
    return total
