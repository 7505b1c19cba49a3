"""The three kinds of database that sources are tested against, each with the words that only it has."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from reconciler.connectors.base import Raw
from reconciler.model.tables import Column, ColumnType, Source
from reconciler.runtime.sources.sql import sql_records


def source(*names: str, **settings: Any) -> Source:
    """A source with columns of these names, found under the same ones."""
    columns = tuple(Column(name=each.lower(), type=ColumnType.TEXT, place=each) for each in names)
    return Source(name="erp", type="sql", columns=columns, settings=settings)


@dataclass(kw_only=True)
class SQLite:
    """A file in the project's folder."""

    root: Path
    url: str = "sqlite:///erp.db"
    sleep: ClassVar[str] = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) as item from n"
    )
    endless: ClassVar[str] = (
        "with recursive n(i) as (select 1 union all select i + 1 from n) select i as item from n"
    )
    #: What is said of a table that is not there, and of a write.
    no_table: ClassVar[str] = "no such table: missing"
    refused: ClassVar[str] = "attempt to write a readonly database"
    exact: ClassVar[Raw] = 12.3  # it has no decimals

    def run(self, *statements: str) -> None:
        """Execute statements as the database's owner."""
        with sqlite3.connect(self.root / "erp.db") as connection:
            for each in statements:
                connection.execute(each)
        connection.close()

    def read(self, query: str, *names: str, **settings: Any) -> list[tuple[Raw, ...]]:
        """The cells of all rows."""
        return [cells for _, cells in sql_records(self.url, query, source(*names, **settings), self.root)]


@dataclass(kw_only=True)
class PostgreSQL(SQLite):
    """A database of a real server."""

    server: Any = field(repr=False)
    sleep: ClassVar[str] = "select pg_sleep(30)::text as item"
    endless: ClassVar[str] = "select generate_series(1, 1000000000000) as item"
    no_table: ClassVar[str] = 'relation "missing" does not exist'
    refused: ClassVar[str] = "in a read-only transaction"
    exact: ClassVar[Raw] = Decimal("12.30")
    #: Many rows, each of 400 letters, with the number of the connection that reads them.
    many: ClassVar[str] = (
        "select repeat('x', 400) as item, pg_backend_pid() as me from generate_series(1, 100000) as n"
    )

    def run(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.url) as connection:
            for each in statements:
                connection.execute(each)

    def kill(self, who: Raw) -> None:
        """End a connection from outside."""
        self.run(f"select pg_terminate_backend({who})")

    def login(self, name: str, password: str) -> str:
        """Make a login that needs a password and may do nothing, and return its address."""
        self.run(f"drop role if exists {name}", f"create role {name} login password '{password}'")
        rules = self.server.folder / "data" / "pg_hba.conf"
        rules.write_text(f"host all {name} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        self.run("select pg_reload_conf()")
        return self.url.replace("tester@", f"{name}:{password}@")


@dataclass(kw_only=True)
class MariaDB(SQLite):
    """A database of a real server."""

    server: Any = field(repr=False)
    sleep: ClassVar[str] = "select sleep(30) as item"
    endless: ClassVar[str] = "select seq as item from seq_1_to_1000000000000"
    no_table: ClassVar[str] = ".missing' doesn't exist"
    refused: ClassVar[str] = "Cannot execute statement in a READ ONLY transaction"
    exact: ClassVar[Raw] = Decimal("12.30")
    many: ClassVar[str] = "select repeat('x', 400) as item, connection_id() as me from seq_1_to_100000"

    def run(self, *statements: str) -> None:
        with self.server.admin(self.url.rpartition("/")[2]) as connection, connection.cursor() as cursor:
            for each in statements:
                cursor.execute(each)

    def kill(self, who: Raw) -> None:
        """End a connection from outside."""
        self.run(f"kill {who}")

    def login(self, name: str, password: str) -> str:
        """Make a login that needs a password and may do nothing, and return its address."""
        self.run(f"create or replace user {name}@'127.0.0.1' identified by '{password}'")
        self.run(f"grant create on {self.url.rpartition('/')[2]}.other to {name}@'127.0.0.1'")
        return self.url.replace("root@", f"{name}:{password}@")
