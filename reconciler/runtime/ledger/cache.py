"""What we have read and need not read again: details of offers, catalogue products, category parameters.

A cache only: deleting `.reconcile/cache.db` costs requests, nothing else. So it never ends a command: one that is
damaged or of another version is begun anew, and where none can be written it lives in memory for this command.

A detail is good as long as the marketplace has said nothing of the offer since: no event, the same list row, and
not older than a day. Each row carries a sum of what it holds: SQLite does not see that a byte was changed.

Beside it stands which offer bore which key when it was seen last: a list that misses one for a while is asked by
its id. And which offers moved, numbered, as events or another read told: what is believed to be at rest elsewhere
says up to which number.
"""

import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from reconciler.runtime.ledger.cache_file import CacheFile

_SCHEMA = """
create table if not exists details (
  site text not null, kind text not null, remote_id text not null,
  row text not null, read_at text not null, views text not null, body blob not null, sum integer not null,
  primary key (site, kind, remote_id)) without rowid;
create table if not exists seen (
  site text not null, key text not null, remote_id text not null, at text not null, sum integer not null,
  primary key (site, key)) without rowid;
create table if not exists lookups (
  topic text not null, key text not null, read_at text not null, body blob not null, sum integer not null,
  primary key (topic, key)) without rowid;
create table if not exists moved (
  number integer primary key autoincrement, site text not null, remote_id text not null, at text not null,
  sum integer not null);
create table if not exists mark (said text not null);
"""
#: So long it is known what has moved: for longer than a full read is believed.
_NOTED_FOR = timedelta(days=2)
#: Ids in one question.
_TOGETHER = 500
T = TypeVar("T", bound=Sequence[Any])


class Detail(Struct, frozen=True):
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
            return [Detail(*_as_written(row, total)) for *row, total in rows]

        return self._file.ask(read)

    def details_of(self, site: str, kind: str, remote_ids: Iterable[str]) -> list[Detail]:
        """Return the stored reads of some resources: as many rows as there are ids."""
        ids = sorted(remote_ids)

        def read(db: sqlite3.Connection) -> list[Detail]:
            found: list[Detail] = []
            for start in range(0, len(ids), _TOGETHER):
                some = ids[start : start + _TOGETHER]
                rows = db.execute(
                    "select remote_id, row, read_at, views, body, sum from details where site = ? and kind = ? "  # noqa: S608 - our own words
                    f"and remote_id in ({', '.join('?' * len(some))})",
                    (site, kind, *some),
                )
                found.extend(Detail(*_as_written(row, total)) for *row, total in rows)
            return found

        return self._file.ask(read)

    def store(self, site: str, kind: str, details: Iterable[Detail]) -> None:
        """Store reads. What says something else than it did has moved, though no event told of it."""
        every = list(details)
        parts = [(each.remote_id, each.row, each.read_at, each.views, each.body) for each in every]
        rows = [(site, kind, *each, _sum(*each)) for each in parts]

        def says_else(db: sqlite3.Connection, each: Detail) -> bool:
            asked = "select body from details where site = ? and kind = ? and remote_id = ?"
            there = db.execute(asked, (site, kind, each.remote_id)).fetchone()
            return there is not None and there[0] != each.body

        def write(db: sqlite3.Connection) -> None:
            with db:
                moved = [each for each in every if says_else(db, each)]
                _note_moved(db, site, [each.remote_id for each in moved], every[0].read_at if every else "")
                db.executemany("insert or replace into details values (?, ?, ?, ?, ?, ?, ?, ?)", rows)

        self._file.ask(write)

    def drop(self, site: str, kind: str, remote_ids: Iterable[str], at: datetime) -> None:
        """Forget the reads of these resources, since events spoke of them; that is noted, too, for a while."""
        ids, over = sorted(remote_ids), (at - _NOTED_FOR).isoformat()

        def write(db: sqlite3.Connection) -> None:
            with db:
                db.executemany(
                    "delete from details where site = ? and kind = ? and remote_id = ?",
                    [(site, kind, each) for each in ids],
                )
                _note_moved(db, site, ids, at.isoformat())
                db.execute("delete from moved where site = ? and at < ?", (site, over))

        self._file.ask(write)

    def outdate(self, site: str, kind: str, written: Mapping[str, str], at: datetime) -> None:
        """Forget the reads of these that are no younger than a write to each (ISO); noted as by `drop`."""
        asked = "select read_at from details where site = ? and kind = ? and remote_id = ?"

        def read(db: sqlite3.Connection) -> list[str]:
            rows = {each: db.execute(asked, (site, kind, each)).fetchone() for each in written}
            return [each for each, row in rows.items() if row is None or row[0] <= written[each]]

        if older := self._file.ask(read):
            self.drop(site, kind, older, at)

    def moved_after(self, site: str, number: int | None = None) -> tuple[int, frozenset[str]]:
        """Return the number of the latest note, and which resources those after a number, if any, speak of."""

        def read(db: sqlite3.Connection) -> tuple[int, frozenset[str]]:
            told = db.execute("select coalesce(max(seq), 0) from sqlite_sequence where name = 'moved'")
            last = told.fetchone()[0]
            if number is None:
                return last, frozenset()
            # of all sites: one of a row that was damaged would be none of those that are asked for
            asked = "select site, remote_id, at, sum from moved where number > ? and number <= ?"
            notes = [_as_written(row, total) for *row, total in db.execute(asked, (number, last))]
            return last, frozenset(each for there, each, _ in notes if there == site)

        return self._file.ask(read)

    def mark(self) -> str:
        """Return what this cache is known by: one that was begun anew has another mark."""

        def read(db: sqlite3.Connection) -> str:
            with db:
                new = secrets.token_hex(8)
                db.execute("insert into mark select ? where not exists (select 1 from mark)", (new,))
            return str(db.execute("select said from mark").fetchone()[0])

        return self._file.ask(read)

    def saw(self, site: str, ids: Mapping[str, str], at: str) -> None:
        """Remember key -> id of the offers that a list showed; only what is new is written."""
        self._change(
            "insert into seen values (?, ?, ?, ?, ?) on conflict (site, key) do update "
            "set remote_id = excluded.remote_id, at = excluded.at, sum = excluded.sum "
            "where remote_id <> excluded.remote_id",
            [(site, key, remote_id, at, _sum(key, remote_id, at)) for key, remote_id in ids.items()],
        )

    def seen(self, site: str, keys: Iterable[str]) -> dict[str, str]:
        """Return key -> id of those among these that any list has shown: one look into an index for each."""
        asked = "select key, remote_id, at, sum from seen where site = ? and key = ?"
        every = list(keys)

        def read(db: sqlite3.Connection) -> dict[str, str]:
            rows = [db.execute(asked, (site, key)).fetchone() for key in every]
            told = [_as_written(row[:3], row[3]) for row in rows if row]
            return {key: remote_id for key, remote_id, _ in told}

        return self._file.ask(read)

    def lookup(self, topic: str, key: str) -> tuple[str, bytes] | None:
        """Return (when, body) of a looked-up fact."""

        def read(db: sqlite3.Connection) -> tuple[str, bytes] | None:
            asked = "select read_at, body, sum from lookups where topic = ? and key = ?"
            row = db.execute(asked, (topic, key)).fetchone()
            return _as_written((row[0], bytes(row[1])), row[2]) if row else None

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

    def sums_of(self, topic: str, keys: Iterable[str]) -> dict[str, int]:
        """Return the sums of some facts of a topic."""
        asked = "select sum from lookups where topic = ? and key = ?"
        some = list(keys)

        def read(db: sqlite3.Connection) -> dict[str, int]:
            return {key: row[0] for key in some if (row := db.execute(asked, (topic, key)).fetchone())}

        return self._file.ask(read)

    def every(self, topic: str) -> list[bytes]:
        """Return the facts of a topic, in the order of their keys."""

        def read(db: sqlite3.Connection) -> list[bytes]:
            rows = db.execute("select read_at, body, sum from lookups where topic = ? order by key", (topic,))
            return [_as_written((at, bytes(body)), total)[1] for at, body, total in rows]

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


def _note_moved(db: sqlite3.Connection, site: str, remote_ids: Iterable[str], at: str) -> None:
    rows = [(site, each, at, _sum(site, each, at)) for each in remote_ids]
    db.executemany("insert into moved (site, remote_id, at, sum) values (?, ?, ?, ?)", rows)


def _as_written(parts: T, total: int) -> T:
    """Return what a row holds, if that is what was written."""
    try:
        as_written = _sum(*parts) == total
    except TypeError:  # a text became a number
        as_written = False
    if not as_written:
        raise sqlite3.DatabaseError("a row is not what was written")
    return parts


def sum_of(body: bytes) -> int:
    """Return the sum of a fact that is kept without a moment."""
    return zlib.crc32(body)


def _sum(*parts: Any) -> int:
    """Return the sum of the texts of a row, and of its body, if it has one, behind them."""
    *texts, last = parts
    body = last.encode("utf-8", "surrogatepass") if isinstance(last, str) else last
    return zlib.crc32(body, zlib.crc32("".join(texts).encode("utf-8", "surrogatepass")))
