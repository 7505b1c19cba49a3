"""The marketplace's data: one SQLite file, short transactions, safe for a second process."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

SqlRow = tuple[Any, ...]

#: What every marketplace has: time and knobs, sellers and logins, what happens later, what struck and was asked.
SCHEMA = """
CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sellers (id TEXT PRIMARY KEY, login TEXT UNIQUE, base TEXT, body BLOB);
CREATE TABLE IF NOT EXISTS clients (id TEXT PRIMARY KEY, secret TEXT, seller TEXT);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, kind TEXT, seller TEXT, client TEXT, expires REAL, used REAL, successor BLOB,
  scopes TEXT);
CREATE INDEX IF NOT EXISTS tokens_seller ON tokens (seller, client, kind);
CREATE TABLE IF NOT EXISTS jobs (n INTEGER PRIMARY KEY, due REAL, kind TEXT, body BLOB);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due);
CREATE TABLE IF NOT EXISTS images (url TEXT PRIMARY KEY, seller TEXT, expires REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (
  rule TEXT, key TEXT, seen INTEGER, done INTEGER, until REAL, PRIMARY KEY (rule, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS injected (fault TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS turns (n INTEGER PRIMARY KEY, knobs BLOB);
CREATE TABLE IF NOT EXISTS history (n INTEGER PRIMARY KEY AUTOINCREMENT, entry BLOB, body BLOB);
"""


class Store:
    """A thin hand on sqlite3: queries, one re-entrant write transaction, counters."""

    def __init__(self, path: Path | str, tables: str) -> None:
        """`tables` is the SQL of what a marketplace has besides."""
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.path, isolation_level=None, timeout=30, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        # A practice market may lose its last second to a power cut; it must not wait for the disk.
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA + tables)
        self._add_scopes()

    def _add_scopes(self) -> None:
        """A store from before tokens had scopes of their own."""
        if "scopes" not in {row[1] for row in self.all("PRAGMA table_info(tokens)")}:
            self.run("ALTER TABLE tokens ADD COLUMN scopes TEXT")

    def close(self) -> None:
        self._db.close()

    def one(self, sql: str, *values: Any) -> SqlRow | None:
        row: SqlRow | None = self._db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[SqlRow]:
        return self._db.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        return self._db.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._db.executemany(sql, rows)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction that is there or is not; inside another it joins that one."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def get(self, key: str) -> Any:
        row = self.one("SELECT value FROM kv WHERE key = ?", key)
        return None if row is None else orjson.loads(row[0])

    def put(self, key: str, value: Any) -> None:
        self.run("INSERT OR REPLACE INTO kv VALUES (?, ?)", key, orjson.dumps(value))

    def count(self, name: str) -> int:
        """The next number of a counter; call it inside `write`."""
        number = int(self.get(f"count:{name}") or 0) + 1
        self.put(f"count:{name}", number)
        return number

    def clear(self) -> None:
        """Forget everything but the clock: time does not go back."""
        with self.write():
            for table in self._tables():
                self.run(f"DELETE FROM {table}")
            self.run("DELETE FROM kv WHERE key NOT IN ('clock', 'origin', 'traffic')")

    def _tables(self) -> list[str]:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return [name for (name,) in self.all(sql) if name not in {"kv", "turns"}]
