"""What we remember of a project: what we manage, and where images went. History and speed, never the truth.

Losing this file loses the ability to tell drift from a change, to end what lost its document, and the addresses
of uploaded images. Nothing else. One SQLite file, `.reconcile/ledger.db`.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson

from reconciler.model.offers import Key

_SCHEMA = """
create table if not exists managed (
  account text not null, kind text not null, name text not null,
  remote_id text not null, settled blob not null,
  primary key (account, kind, name)) without rowid;
create table if not exists images (
  account text not null, name text not null, address text not null,
  primary key (account, name)) without rowid;
create table if not exists tokens (account text primary key, sealed blob not null) without rowid;
"""


class Ledger:
    """The store of one project. Every write is one short transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=30)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def managed(self, account: str) -> dict[Key, str]:
        """Return the remote id of every resource that we have managed."""
        rows = self._db.execute("select kind, name, remote_id from managed where account = ?", (account,))
        return {Key(account, kind, name): remote_id for kind, name, remote_id in rows}

    def settled(self, key: Key) -> dict[str, str]:
        """Return field path -> digest of the desired value that was last seen true."""
        row = self._db.execute(
            "select settled from managed where account = ? and kind = ? and name = ?",
            (key.account, key.kind, key.name),
        ).fetchone()
        found: dict[str, str] = orjson.loads(row[0]) if row else {}
        return found

    def manage(self, rows: Iterable[tuple[Key, str, Mapping[str, str]]]) -> None:
        """Record that these resources are ours, with the digests of what is true of them."""
        with self._db:
            self._db.executemany(
                "insert into managed values (?, ?, ?, ?, ?) on conflict do update "
                "set remote_id = excluded.remote_id, settled = excluded.settled",
                ((k.account, k.kind, k.name, remote_id, orjson.dumps(dict(s))) for k, remote_id, s in rows),
            )

    def forget(self, keys: Iterable[Key]) -> None:
        """Record that these resources are ours no longer."""
        with self._db:
            self._db.executemany(
                "delete from managed where account = ? and kind = ? and name = ?",
                ((k.account, k.kind, k.name) for k in keys),
            )

    def images(self, account: str) -> dict[str, str]:
        """Return our name of every image that was uploaded -> its address on the marketplace."""
        return dict(self._db.execute("select name, address from images where account = ?", (account,)))

    def remember_image(self, account: str, name: str, address: str) -> None:
        """Record where an image went."""
        with self._db:
            self._db.execute("insert or replace into images values (?, ?, ?)", (account, name, address))

    def token(self, account: str) -> bytes | None:
        """Return the sealed refresh token of an account."""
        row = self._db.execute("select sealed from tokens where account = ?", (account,)).fetchone()
        return bytes(row[0]) if row else None

    def keep_token(self, account: str, sealed: bytes) -> None:
        """Record a sealed refresh token."""
        with self._db:
            self._db.execute("insert or replace into tokens values (?, ?)", (account, sealed))
