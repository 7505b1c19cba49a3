"""One code path for SQLite and PostgreSQL: the few words in which they differ stand here.

SQL is written with `?` for values and `{blob}`, `{greatest}`, `{now}` and `{locked}` for what the two spell in
ways of their own. `{now}` is the database's clock in milliseconds since 1970, so that processes on several hosts
agree on it. Rows that a question ending in `{locked}` finds stay as they are until the transaction ends; a file
has one writer anyway.
"""

import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.runtime.errors import LedgerFailed, LedgerUnwritable
from reconciler.runtime.ledger.copying import beside, copy_of, primary_code
from reconciler.runtime.reading import reason
from reconciler.runtime.writing import NO_RIGHTS, insist_on_writing, private_file

SqlRow = tuple[Any, ...]
#: So much of a file SQLite may keep in memory. With its own 2 MB, each statement of a run of 20,000 changes
#: reads its pages of the ledger from the system anew.
PAGES_KIB = 65_536
_SQLITE = {
    "blob": "blob",
    "greatest": "max",
    "now": "cast((julianday('now') - 2440587.5) * 86400000 as integer)",
    "locked": "",
}
_POSTGRESQL = {
    "blob": "bytea",
    "greatest": "greatest",
    "now": "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
    "locked": " for update",
}
_LOCK_WAIT, _LOOK_AGAIN = 30, 0.01
#: Seconds after which a server ends the transaction of a client that does not move: a frozen process.
_LOCK_HELD = 20
#: Rows of one `insert` on PostgreSQL: far below its limit of 65,535 values.
_ROWS = 500
#: What SQLite says of a file or a folder that it may not write to.
_UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
#: The first that answers with what a statement has written; RHEL 9 has an older one for its Pythons.
OLDEST_SQLITE = (3, 35)
_ONE_ROW = re.compile(r"^insert into \w+ values (\([%s, ]+\))")


class Database:
    """A connection. Every failure of the database is a LedgerFailed: without it nothing is sent."""

    def __init__(self, where: str | Path, *, durable: bool = True, copied: bool = False) -> None:
        self.is_postgresql = str(where).startswith(("postgresql://", "postgres://"))
        self._where = "" if self.is_postgresql else f" ({where})"
        self._words = _POSTGRESQL if self.is_postgresql else _SQLITE
        self._known: dict[str, str] = {}
        self._failures: tuple[type[Exception], ...]
        self._connection: Any
        if self.is_postgresql:
            self._open_postgresql(str(where))
            return
        _insist_on_sqlite()
        if copied:
            self._copy_sqlite(Path(where))
        else:
            self._open_sqlite(Path(where), durable=durable)

    def _open_sqlite(self, path: Path, *, durable: bool) -> None:
        self._failures = (sqlite3.Error,)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            private_file(path)
            for each in beside(path):
                insist_on_writing(each)
        except OSError as wrong:
            raise _not_opened(path, wrong) from wrong
        with self._said():
            self._connection = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None)
        try:
            self._write_ahead()
            self._connection.execute(f"pragma synchronous = {'full' if durable else 'off'}")
            self._connection.execute(f"pragma cache_size = {-PAGES_KIB}")
            self._connection.execute("pragma user_version").fetchone()  # has SQLite open what lies beside the file
        except sqlite3.Error as failure:
            self._connection.close()
            if primary_code(failure) in _UNWRITABLE:
                raise LedgerUnwritable(path, str(failure)) from failure
            raise self._failed(failure) from failure

    def _copy_sqlite(self, path: Path) -> None:
        """Have what is in the file in memory, for looking only: it may be written to and is forgotten."""
        self._failures = (sqlite3.Error,)
        try:
            self._connection = copy_of(path)
        except OSError as wrong:
            raise LedgerFailed(f"the ledger {path} cannot be read: {wrong.strerror or wrong}") from wrong
        except sqlite3.Error as failure:
            raise self._failed(failure) from failure

    def _write_ahead(self) -> None:
        """Set the journal mode of a file. SQLite does not wait for others who do so too, but refuses at once."""
        until = time.monotonic() + _LOCK_WAIT
        while True:
            try:
                self._connection.execute("pragma journal_mode = wal")
            except sqlite3.OperationalError as busy:
                if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_LOOK_AGAIN)
            else:
                return

    def _open_postgresql(self, url: str) -> None:
        try:
            import psycopg
        except ImportError as missing:
            raise LedgerFailed(
                "a ledger on PostgreSQL needs the package psycopg", "pip install 'reconcile-offers[postgresql]'"
            ) from missing
        self._failures = (psycopg.Error,)
        with self._said():
            self._connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
            self._connection.execute(f"set lock_timeout = '{_LOCK_WAIT}s'")
            self._connection.execute(f"set idle_in_transaction_session_timeout = '{_LOCK_HELD}s'")

    def close(self) -> None:
        """Close the connection; a broken one too."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is done, or nothing. Writers come one after the other."""
        self.run("begin" if self.is_postgresql else "begin immediate")
        try:
            yield
        except BaseException:
            with self._said():
                self._connection.execute("rollback")
            raise
        self.run("commit")

    def now(self) -> int:
        """Return the microseconds since 1970 by the database's own clock; a file's is that of this machine."""
        if not self.is_postgresql:
            return time.time_ns() // 1000
        row = self.row("select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)")
        assert row is not None
        return int(row[0])

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute one statement and return how many rows it touched."""
        try:
            return int(self._connection.execute(self._spelled(sql), values).rowcount)
        except self._failures as failure:
            raise self._failed(failure) from failure

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[SqlRow]:
        """Execute one statement and return its rows."""
        try:
            return list(self._connection.execute(self._spelled(sql), values).fetchall())
        except self._failures as failure:
            raise self._failed(failure) from failure

    def row(self, sql: str, values: Sequence[Any] = ()) -> SqlRow | None:
        """Execute one statement and return its first row."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows. One that inserts must not have two rows of one key."""
        if not self.is_postgresql:
            with self._said():
                self._connection.executemany(self._spelled(sql), rows)
        elif found := _ONE_ROW.search(self._spelled(sql)):
            self._together(self._spelled(sql), found.group(1), list(rows))
        else:
            for values in rows:
                self.run(sql, values)

    def _together(self, spelled: str, row: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows with one statement for some hundreds.

        What the client's `executemany` does instead is one long message: a process that freezes in the middle of
        it is not idle in the server's eyes, and would keep its locks for as long as it likes.
        """
        for first in range(0, len(rows), _ROWS):
            some = rows[first : first + _ROWS]
            values = ", ".join([row] * len(some))
            with self._said():
                self._connection.execute(spelled.replace(row, values, 1), [each for one in some for each in one])

    def has(self, table: str) -> bool:
        """Tell whether there is such a table."""
        if self.is_postgresql:
            return self.row("select 1 where to_regclass(?) is not null", (table,)) is not None
        return self.row("select 1 from sqlite_master where type = 'table' and name = ?", (table,)) is not None

    def script(self, statements: Iterable[str]) -> None:
        """Execute statements without values, all or none."""
        with self.transaction():
            if self.is_postgresql:  # `create table if not exists` is not safe against itself there
                self.run("select pg_advisory_xact_lock(7263)")
            for statement in statements:
                self.run(statement)

    def _spelled(self, sql: str) -> str:
        spelled = self._known.get(sql)
        if spelled is None:
            spelled = sql.replace("?", "%s") if self.is_postgresql else sql
            for word, spelling in self._words.items():
                spelled = spelled.replace("{" + word + "}", spelling)
            self._known[sql] = spelled
        return spelled

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except self._failures as failure:
            raise self._failed(failure) from failure

    def _failed(self, failure: Exception) -> LedgerFailed:
        hint = (
            "nothing more was sent; run the same command again when it is back"
            if self.is_postgresql
            else "nothing more was sent; a damaged file may be moved away, with its -wal: history and undo go, too"
        )
        code = primary_code(failure) if isinstance(failure, sqlite3.Error) else None
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            hint = "nothing more was sent; see whether the disk has room, and run the same command again"
        return LedgerFailed(f"the ledger failed: {failure}{self._where}", hint)


def _insist_on_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise LedgerFailed(
            f"this Python has SQLite {sqlite3.sqlite_version}, and a ledger in a file needs {needed} or newer",
            "nothing was sent; take a Python with a newer one, such as one of uv, or a ledger on PostgreSQL",
        )


def _not_opened(path: Path, wrong: OSError) -> LedgerFailed:
    why = reason(wrong)
    if wrong.errno in NO_RIGHTS:
        return LedgerUnwritable(path, why)
    return LedgerFailed(f"the ledger {path} cannot be opened: {why}", "nothing was sent")
