"""What we have read and need not read again: details of offers, catalogue products, category parameters.

A cache only: deleting `.reconcile/cache.db` costs requests, nothing else. A detail is good as long as the
marketplace has said nothing of the offer since: no event, the same list row, and not older than a day.

Beside it stands which offer bore which key when it was seen last: a list that misses one for a while is asked by
its id.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Raised with every change of the tables below.
_VERSION = 2
_SCHEMA = """
create table if not exists details (
  site text not null, kind text not null, remote_id text not null,
  row text not null, read_at text not null, views text not null, body blob not null,
  primary key (site, kind, remote_id)) without rowid;
create table if not exists seen (
  site text not null, key text not null, remote_id text not null, at text not null,
  primary key (site, key)) without rowid;
create table if not exists lookups (
  topic text not null, key text not null, read_at text not null, body blob not null,
  primary key (topic, key)) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Detail:
    """One stored read: digest of the list row that went with it, when (ISO), which views, and the body (JSON)."""

    remote_id: str
    row: str
    read_at: str
    views: str
    body: bytes


class Cache:
    """The store of one project."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=30)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = off")
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version != _VERSION:  # of other tables: all of it can be read again
            names = self._db.execute("select name from sqlite_master where type = 'table'").fetchall()
            self._db.executescript("".join(f"drop table {name};" for (name,) in names))
        self._db.executescript(f"{_SCHEMA} pragma user_version = {_VERSION};")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def details(self, site: str, kind: str) -> Iterator[Detail]:
        """Return every stored read of a site."""
        rows = self._db.execute(
            "select remote_id, row, read_at, views, body from details where site = ? and kind = ?",
            (site, kind),
        )
        return (Detail(*row) for row in rows)

    def store(self, site: str, kind: str, details: Iterable[Detail]) -> None:
        """Store reads."""
        with self._db:
            self._db.executemany(
                "insert or replace into details values (?, ?, ?, ?, ?, ?, ?)",
                ((site, kind, d.remote_id, d.row, d.read_at, d.views, d.body) for d in details),
            )

    def drop(self, site: str, kind: str, remote_ids: Iterable[str]) -> None:
        """Forget the reads of these resources."""
        with self._db:
            self._db.executemany(
                "delete from details where site = ? and kind = ? and remote_id = ?",
                ((site, kind, remote_id) for remote_id in remote_ids),
            )

    def saw(self, site: str, ids: Mapping[str, str], at: str) -> None:
        """Remember key -> id of the offers that a list showed; only what is new is written."""
        with self._db:
            self._db.executemany(
                "insert into seen values (?, ?, ?, ?) on conflict (site, key) do update "
                "set remote_id = excluded.remote_id, at = excluded.at where remote_id <> excluded.remote_id",
                ((site, key, remote_id, at) for key, remote_id in ids.items()),
            )

    def seen(self, site: str, keys: Iterable[str]) -> dict[str, str]:
        """Return key -> id of those among these that any list has shown: one look into an index for each."""
        found = {}
        for key in keys:
            row = self._db.execute("select remote_id from seen where site = ? and key = ?", (site, key)).fetchone()
            if row:
                found[key] = row[0]
        return found

    def lookup(self, topic: str, key: str) -> tuple[str, bytes] | None:
        """Return (when, body) of a looked-up fact."""
        row = self._db.execute(
            "select read_at, body from lookups where topic = ? and key = ?", (topic, key)
        ).fetchone()
        return (row[0], bytes(row[1])) if row else None

    def keep(self, topic: str, key: str, read_at: str, body: bytes) -> None:
        """Store a looked-up fact."""
        with self._db:
            self._db.execute("insert or replace into lookups values (?, ?, ?, ?)", (topic, key, read_at, body))
