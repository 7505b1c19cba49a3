"""A connection to somebody's database on which nothing can be written, and that ends in time.

Each kind of database is told so in its own words: PostgreSQL, MySQL and MariaDB by a transaction that only reads,
SQLite by opening the file for reading. SQL Server knows neither, so whatever was done is taken back at the end,
and its login should be one that may only read. A server ends a query that takes too long, and says so; one that
does not answer any more is hung up on a moment later.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reconciler.connectors.base import SourceFault
from reconciler.runtime.sources.address import DatabaseAddress
from reconciler.runtime.sources.deadline import GRACE, Deadline

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine
    from sqlalchemy.exc import DBAPIError

#: Seconds for reaching a server.
_CONNECT = 10
#: Rows that are fetched at once.
ROWS = 5_000
#: How a query is sent: as it is written, with a cursor on the server.
_OPTIONS = {"stream_results": True, "max_row_buffer": ROWS, "no_parameters": True}
#: How drivers refuse an option of the address, or a name of a host that is none.
_NO_ADDRESS = (TypeError, ValueError, RuntimeError)
_PACKAGES = {
    "postgresql": ("psycopg", "postgresql"),
    "mysql": ("pymysql", "mysql"),
    "mssql": ("pymssql", "sqlserver"),
}
_ADDRESS = "see the host, the login, the password and the name in the address"
_RIGHT = "the login needs the right to read what the query names, and no other"
_TABLE = "see the names in the query; one may need its schema before it, as in `erp.stock`"
#: What to do, by the code that PostgreSQL and MySQL have for it.
_HINTS = {
    "42501": _RIGHT, 1044: _RIGHT, 1142: _RIGHT, 1143: _RIGHT,
    "42P01": _TABLE, "42703": _TABLE, 1054: _TABLE, 1146: _TABLE,
}  # fmt: skip


@contextmanager
def opened(address: DatabaseAddress, seconds: float) -> Iterator[tuple["Connection", Deadline]]:
    """Connect for reading only, for so many seconds in all; what was begun is taken back at the end.

    Raise SourceFault when there is no driver or no connection.
    """
    engine = _engine(address, seconds)
    try:
        with _connected(engine, address) as connection, Deadline(seconds, *_ends(connection)) as deadline:
            for statement in _only_reading(connection, seconds):
                connection.exec_driver_sql(statement)
            yield connection, deadline
    finally:
        engine.dispose()


def _engine(address: DatabaseAddress, seconds: float) -> "Engine":
    from sqlalchemy import NullPool, create_engine

    options: dict[str, dict[str, Any]] = {
        "sqlite": {"timeout": seconds, "check_same_thread": False},
        "postgresql": {"connect_timeout": _CONNECT},
        "mysql": {"connect_timeout": _CONNECT, "read_timeout": seconds + GRACE},
        "mssql": {"login_timeout": _CONNECT, "timeout": int(seconds) + 1},
    }
    said = {name: value for name, value in options[address.dialect].items() if name not in address.url.query}
    try:
        return create_engine(address.url, poolclass=NullPool, connect_args=said)
    except ImportError:
        package, extra = _PACKAGES[address.dialect]
        raise SourceFault(
            f"reading this database needs the package {package}", f"pip install 'reconcile-offers[{extra}]'"
        ) from None


def _leave_unread(cursor: Any) -> None:
    """Have a cursor of PyMySQL not read on when it is closed: all other rows, or from a lost connection."""
    unread = getattr(cursor, "_result", None)
    if unread is not None:
        unread.unbuffered_active = False


@contextmanager
def result_of(connection: "Connection", query: str) -> Iterator["CursorResult[Any]"]:
    """Ask a query; its rows come as they are taken. A result that is not taken to its end costs the connection."""
    result = connection.exec_driver_sql(query, execution_options=_OPTIONS)
    try:
        yield result
    except BaseException:
        _leave_unread(result.cursor)
        result.close()
        connection.invalidate()
        raise


def _connected(engine: "Engine", address: DatabaseAddress) -> "Connection":
    from sqlalchemy.exc import DBAPIError

    try:
        return engine.connect()
    except DBAPIError as failure:
        raise fault("the database cannot be opened", failure, address, _ADDRESS) from None
    except _NO_ADDRESS as wrong:
        raise SourceFault(
            f"the address cannot be used: {address.words(str(wrong))}", "see the options behind its `?`"
        ) from None


def _only_reading(connection: "Connection", seconds: float) -> tuple[str, ...]:
    """Return the statements after which nothing can be written and a query ends in time."""
    milliseconds = max(1, round(seconds * 1000))
    dialect: Any = connection.dialect
    if dialect.name == "postgresql":
        return "SET TRANSACTION READ ONLY", f"SET LOCAL statement_timeout = {milliseconds}"
    if dialect.name == "mysql":
        limit = f"max_statement_time = {seconds}" if dialect.is_mariadb else f"max_execution_time = {milliseconds}"
        # `START TRANSACTION READ ONLY` lets a statement through that ends it first, such as `CREATE TABLE`.
        return f"SET SESSION {limit}", "SET SESSION TRANSACTION READ ONLY"
    return ("PRAGMA query_only = 1",) if dialect.name == "sqlite" else ()


def _ends(connection: "Connection") -> tuple[Callable[[], None], Callable[[], None]]:
    """Return how a query is interrupted here that takes too long, and how a server is hung up on.

    Servers interrupt by themselves, and the other drivers have a limit of their own for each answer.
    """
    driver: Any = connection.connection.driver_connection

    def hang_up() -> None:
        if not driver.closed:
            with socket.fromfd(driver.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line:
                line.shutdown(socket.SHUT_RDWR)

    if connection.dialect.name == "sqlite":
        return driver.interrupt, _nothing
    return _nothing, hang_up if connection.dialect.name == "postgresql" else _nothing


def _nothing() -> None:
    """Do nothing."""


def fault(
    what: str, failure: "DBAPIError", address: DatabaseAddress, hint: str = "", *, short: bool = False
) -> SourceFault:
    """Tell a failure in the server's own words."""
    wrong: Any = failure.orig
    said = wrong.args[0] if wrong.args and isinstance(wrong.args[0], tuple) else wrong.args
    if len(said) == 2 and isinstance(said[0], int):
        code, words = said
        words = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    else:
        code = getattr(wrong, "sqlstate", None)
        words = getattr(getattr(wrong, "diag", None), "message_primary", None) or str(wrong)
    return SourceFault(f"{what}: {address.words(words)}", _HINTS.get(code) or hint, short=short)
