"""Databases as sources, on real ones: what is read, what is never done, and how each failure is told."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from reconciler.connectors.base import SourceFault
from reconciler.runtime.sources.address import address_of
from reconciler.runtime.sources.database import opened
from reconciler.runtime.sources.sql import sql_records

from .databases import MariaDB, PostgreSQL, SQLite, source

Server = PostgreSQL | MariaDB
STOCK = (
    "create table stock (item varchar(40), quantity bigint, net numeric(12,2), weight double precision, day date)"
)


def fault(database: SQLite, query: str, *names: str, **settings: Any) -> SourceFault:
    """What reading comes to."""
    with pytest.raises(SourceFault) as raised:
        database.read(query, *names, **settings)
    return raised.value


# --- what is read ----------------------------------------------------------------------------------------------


def test_values_are_as_the_database_has_them(database: SQLite) -> None:
    """Whole numbers and decimals are exact, floats stay floats, for whoever decides what they may be."""
    database.run(STOCK, "insert into stock values ('Żółć 🐟', 9007199254740993, 12.30, 0.1, '2026-11-28')")
    (row,) = database.read("select * from stock", "item", "quantity", "net", "weight", "day")
    day = "2026-11-28" if type(database) is SQLite else date(2026, 11, 28)
    assert row == ("Żółć 🐟", 9007199254740993, database.exact, 0.1, day)
    assert [type(each) for each in row[1:4]] == [int, type(database.exact), float]


def test_null_is_none_and_an_empty_text_is_a_text(database: SQLite) -> None:
    database.run(STOCK, "insert into stock (item, quantity) values ('', null)")
    assert database.read("select * from stock", "item", "quantity", "net", "day") == [("", None, None, None)]


def test_a_table_that_empties_has_no_rows_and_is_no_fault(database: SQLite) -> None:
    """That there are too few is said by whoever knows how many there were."""
    database.run(STOCK, "insert into stock (item) values ('K-300'), ('K-301')")
    assert len(database.read("select item from stock", "item")) == 2
    database.run("delete from stock")
    assert database.read("select item from stock", "item") == []


def test_rows_have_places_and_the_order_of_the_declared_columns(database: SQLite) -> None:
    query = "select 1 as quantity, 'a' as item union all select 2, 'b' order by quantity"
    found = sql_records(database.url, query, source("item", "quantity"), database.root)
    assert list(found) == [("row 1", ("a", 1)), ("row 2", ("b", 2))]


def test_one_column_is_a_row_of_one_cell(database: SQLite) -> None:
    assert database.read("select 7 as item", "item") == [(7,)]


def test_more_rows_than_are_fetched_at_once(database: SQLite) -> None:
    database.run(
        "create table n (i integer)", "insert into n values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)"
    )
    digits = "select a.i + 10 * b.i + 100 * c.i + 1000 * d.i + 10000 * e.i as item from n a, n b, n c, n d, n e"
    found = database.read(f"{digits} where e.i < 2", "item")
    assert sorted(cells[0] for cells in found) == list(range(20_000))  # type: ignore[type-var]


def test_rows_come_while_the_database_still_has_more(database: SQLite) -> None:
    """An endless result has a first row: nobody waits for its end, and memory does not hold it."""
    found = sql_records(database.url, database.endless, source("item", timeout=1), database.root)
    assert next(found) == ("row 1", (1,))
    found.close()  # type: ignore[attr-defined]


def test_a_query_is_sent_as_it_is_written(database: SQLite) -> None:
    """No sign in it stands for a value."""
    assert database.read("select '100% :name %s %(a)s ?' as item -- a remark;\n;", "item") == [
        ("100% :name %s %(a)s ?",)
    ]


def test_columns_are_found_whatever_their_letters_when_there_is_one(database: SQLite) -> None:
    assert database.read("select 1 as item, 2 as net", "ITEM", "Net") == [(1, 2)]
    wrong = fault(database, "select 1 as item, 2 as item", "Item")
    assert wrong.summary == "the query returns 2 columns `Item`"


def test_a_column_that_is_not_there_is_told_with_those_that_are(database: SQLite) -> None:
    wrong = fault(database, "select 1 as item, 2 as quantity", "item", "quantiti")
    assert wrong.summary == "the query returns no column `quantiti`, only `item` or `quantity`"
    assert wrong.hint == "Did you mean `quantity`?"


def test_a_uuid_is_its_text_and_an_array_is_refused(postgresql_url: str, postgresql: Any, tmp_path: Path) -> None:
    database = PostgreSQL(root=tmp_path, url=postgresql_url, server=postgresql)
    one = UUID(int=7)
    assert database.read(f"select '{one}'::uuid as item, 1.5 as net", "item", "net") == [
        (str(one), Decimal("1.5"))
    ]
    assert (
        "the column `item` has values of the type list"
        in fault(database, "select array[1] as item", "item").summary
    )


def test_a_heading_of_sqlite_may_have_a_dot(tmp_path: Path) -> None:
    database = SQLite(root=tmp_path)
    database.run("create table made (at integer)")
    assert database.read('select 1 as "Stock.Qty"', "Stock.Qty") == [(1,)]


# --- what is never done ----------------------------------------------------------------------------------------


def test_a_query_that_writes_is_not_even_sent(database: SQLite) -> None:
    """Nobody has to be there to refuse it."""
    with pytest.raises(SourceFault, match="line 1: the query begins with `delete`"):
        next(sql_records("postgresql://nobody@127.0.0.1:1/x", "delete from stock", source("item"), database.root))
    database.run(STOCK, "insert into stock (item) values ('K-300')")
    fault(database, "select item from stock; delete from stock", "item")
    assert database.read("select item from stock", "item") == [("K-300",)]


def test_the_database_itself_refuses_every_write(database: SQLite) -> None:
    """Were a query misjudged: the connection cannot write."""
    from sqlalchemy.exc import DBAPIError

    database.run(STOCK)
    address = address_of(database.url, database.root)
    for statement in ("insert into stock (item) values ('K-300')", "create table other (i integer)"):
        with pytest.raises(DBAPIError, match=database.refused), opened(address, 5) as (connection, _):
            connection.exec_driver_sql(statement)
    assert database.read("select item from stock", "item") == []


def test_a_write_within_a_select_is_refused_by_the_server(
    postgresql_url: str, tmp_path: Path, postgresql: Any
) -> None:
    """PostgreSQL writes in a CTE and in functions; the transaction cannot be opened for writing from within."""
    from sqlalchemy.exc import DBAPIError

    database = PostgreSQL(root=tmp_path, url=postgresql_url, server=postgresql)
    database.run(
        STOCK,
        "create function put() returns text language sql as 'insert into stock (item) values (''K-300'') returning item'",
    )
    address = address_of(database.url, tmp_path)
    written = "with x as (insert into stock (item) values ('K-300') returning item) select * from x"
    with pytest.raises(DBAPIError, match=database.refused), opened(address, 5) as (connection, _):
        connection.exec_driver_sql(written)
    assert "the word `insert`" in fault(database, written, "item").summary
    assert database.refused in fault(database, "select put() as item", "item").summary
    freed = "select set_config('transaction_read_only', 'off', false) as a, put() as item"
    assert "read-write mode must be set before any query" in fault(database, freed, "item").summary
    assert database.read("select item from stock", "item") == []


def test_a_function_of_mariadb_that_writes_is_refused(mariadb_url: str, tmp_path: Path, mariadb: Any) -> None:
    database = MariaDB(root=tmp_path, url=mariadb_url, server=mariadb)
    database.run(
        STOCK, "create function put() returns int begin insert into stock (item) values ('K-300'); return 1; end"
    )
    assert database.refused in fault(database, "select put() as item", "item").summary
    assert database.read("select item from stock", "item") == []


# --- how failures are told -------------------------------------------------------------------------------------


def test_a_query_that_takes_too_long_is_ended(database: SQLite) -> None:
    wrong = fault(database, database.sleep, "item", timeout=Decimal("0.2"))
    assert wrong.summary.startswith("the query took longer than 0.2 s: ")
    assert not wrong.short
    assert "`timeout`" in wrong.hint


def test_rows_that_never_end_are_ended_and_short(database: SQLite) -> None:
    wrong = fault(database, database.endless, "item", timeout=Decimal("0.3"))
    assert wrong.summary.startswith("the query took longer than 0.3 s")
    assert wrong.short


def test_a_table_that_is_not_there_is_told_in_the_servers_words(database: SQLite) -> None:
    wrong = fault(database, "select item from missing", "item")
    assert wrong.summary.startswith("the database refused the query: ")
    assert database.no_table in wrong.summary
    assert "\n" not in wrong.summary


def test_a_long_answer_is_cut(database: SQLite) -> None:
    wrong = fault(database, f"select item from {'n' * 60}.{'t' * 60}, {'x' * 63}{' ' * 400}y {'z' * 900}", "item")
    assert len(wrong.summary) <= len("the database refused the query: ") + 300


def test_a_wrong_password_is_not_shown(server: Server) -> None:
    address = server.login("reader", "right").replace("right", "hunter%402%25")
    with pytest.raises(SourceFault) as raised:
        next(sql_records(address, "select 1 as item", source("item"), server.root))
    assert raised.value.summary.startswith("the database cannot be opened: ")
    assert "reader" in raised.value.summary
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + raised.value.hint
    assert "hunter" not in shown


def test_a_password_that_a_server_repeats_is_masked(server: Server) -> None:
    """Here it is the name of a table that is not there."""
    password = "GEHEIM%7".lower()  # a traceback shows this line, too
    address = server.login("reader", password).replace(password, password.replace("%", "%25"))
    quote = "`" if isinstance(server, MariaDB) else '"'
    with pytest.raises(SourceFault) as raised:
        next(sql_records(address, f"select item from {quote}{password}{quote}", source("item"), server.root))
    assert "***" in raised.value.summary
    assert password[:6] not in "".join(traceback.format_exception(raised.value))


def test_what_a_login_may_not_read_is_told(server: Server) -> None:
    server.run(STOCK)
    server.url = server.login("reader", "right")
    wrong = fault(server, "select item from stock", "item")
    assert "denied" in wrong.summary
    assert wrong.hint == "the login needs the right to read what the query names, and no other"


def test_whoever_stops_reading_does_not_wait_for_the_rest(mariadb_url: str, tmp_path: Path, mariadb: Any) -> None:
    """MariaDB would send all that it has; it is hung up on, before it ends the query for its time."""
    database = MariaDB(root=tmp_path, url=mariadb_url, server=mariadb)

    def ended_for_their_time() -> int:
        with mariadb.admin() as connection, connection.cursor() as cursor:
            cursor.execute("show global status like 'Max_statement_time_exceeded'")
            return int(cursor.fetchone()[1])

    before = ended_for_their_time()
    found = sql_records(database.url, database.endless, source("item", timeout=2), tmp_path)
    next(found)
    found.close()  # type: ignore[attr-defined]
    fault(database, database.endless, "quantity", timeout=2)
    assert ended_for_their_time() == before


def test_a_pause_of_whoever_takes_the_rows_counts(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """The connection is hung up on meanwhile; that is told once, and in no words of a driver's own."""
    found = sql_records(server.url, server.many, source("item", "me", timeout=Decimal(1)), server.root)
    next(found)
    next(iter(server.read("select 1 as item", "item")))
    threading.Event().wait(1.7)
    with pytest.raises(SourceFault, match=r"the query took longer than 1 s"):
        list(found)
    assert not caplog.records


@pytest.mark.parametrize("kind", ["postgresql", "mysql", "mariadb"])
def test_a_server_that_is_not_there_is_told(kind: str, tmp_path: Path) -> None:
    with pytest.raises(SourceFault, match=r"the database cannot be opened: .*(refused|Can't connect)") as raised:
        next(sql_records(f"{kind}://me:hunter2@127.0.0.1:1/x", "select 1 as item", source("item"), tmp_path))
    assert not raised.value.short
    assert "hunter2" not in str(raised.value)


def test_a_connection_that_is_killed_while_it_reads_is_short(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    found = sql_records(server.url, server.many, source("item", "me"), server.root)
    _, (_, me) = next(found)  # type: ignore[misc]
    server.kill(me)
    with pytest.raises(SourceFault, match=r"the connection was lost after \d+000 rows: ") as raised:
        list(found)
    assert raised.value.short
    assert not caplog.records  # nor does a driver complain of it in words of its own


@contextmanager
def frozen(process: int) -> Iterator[None]:
    """Stop a process for the block; it goes on when nobody ends the wait for it, and that is a failure."""
    thaw = threading.Timer(30, os.kill, (process, signal.SIGCONT))
    os.kill(process, signal.SIGSTOP)
    thaw.start()
    try:
        yield
        assert thaw.is_alive()
    finally:
        thaw.cancel()
        os.kill(process, signal.SIGCONT)


def test_a_server_that_freezes_while_it_reads_is_hung_up_on(server: Server) -> None:
    """It ends no query any more, so its silence has an end of its own."""
    found = sql_records(server.url, server.many, source("item", "me", timeout=Decimal("0.3")), server.root)
    _, (_, me) = next(found)  # type: ignore[misc]
    with (
        frozen(int(me) if isinstance(server, PostgreSQL) else server.server.pid),  # type: ignore[arg-type]
        pytest.raises(SourceFault, match=r"the query took longer than 0\.3 s") as raised,
    ):
        list(found)
    assert raised.value.short


@pytest.mark.parametrize(
    ("kind", "package", "extra"),
    [
        ("postgresql", "psycopg", "postgresql"),
        ("postgresql+psycopg2", "psycopg", "postgresql"),
        ("mysql", "pymysql", "mysql"),
        ("mariadb", "pymysql", "mysql"),
        ("mssql", "pymssql", "sqlserver"),
        ("mssql+pyodbc", "pymssql", "sqlserver"),
    ],
)
def test_a_driver_that_is_missing_is_named_with_its_extra(
    kind: str, package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # what Python does for a package that is not installed
    with pytest.raises(SourceFault, match=f"needs the package {package}") as raised:
        next(sql_records(f"{kind}://me:hunter2@127.0.0.1/x", "select 1 as item", source("item"), tmp_path))
    assert raised.value.hint == f"pip install 'reconcile-offers[{extra}]'"


def test_an_option_that_no_driver_knows_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceFault, match=r"the address cannot be used: .*ssl-mode") as raised:
        next(sql_records("mysql://me:p@127.0.0.1/x?ssl-mode=REQUIRED", "select 1 as a", source("a"), tmp_path))
    assert "options" in raised.value.hint


# --- files of SQLite -------------------------------------------------------------------------------------------


def test_any_name_of_a_file_is_that_files_name(tmp_path: Path) -> None:
    """Signs that mean something in an address of SQLite's own mean nothing here."""
    folder = tmp_path / "a #b%20c?mode=rwc żółć"
    folder.mkdir()
    SQLite(root=folder).run("create table stock (item text)", "insert into stock values ('K-300')")
    before = sorted(folder.iterdir())
    assert SQLite(root=folder).read("select item from stock", "item") == [("K-300",)]
    assert sorted(folder.iterdir()) == before


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    database = SQLite(root=tmp_path, url="sqlite:///other.db")
    assert fault(database, "select 1 as item", "item").summary == "there is no file other.db"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_none(url: str, tmp_path: Path) -> None:
    assert "names no file" in fault(SQLite(root=tmp_path, url=url), "select 1 as item", "item").summary


@pytest.mark.parametrize(
    ("before", "statement"),
    [
        ("pragma query_only = 0", "insert into stock values ('K-300')"),
        ("attach database '{other}' as other", "create table other.stock (item text)"),
    ],
)
def test_neither_this_file_nor_another_can_be_written_to(tmp_path: Path, before: str, statement: str) -> None:
    """The one is opened for reading only, and nothing is written to one that is attached."""
    from sqlalchemy.exc import DBAPIError

    SQLite(root=tmp_path).run("create table stock (item text)")
    with opened(address_of("sqlite:///erp.db", tmp_path), 5) as (connection, _):
        connection.exec_driver_sql(before.format(other=tmp_path / "other.db"))
        with pytest.raises(DBAPIError, match=SQLite.refused):
            connection.exec_driver_sql(statement)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "erp.db").write_text("item;quantity\n" * 200)
    assert "file is not a database" in fault(SQLite(root=tmp_path), "select item from stock", "item").summary


def test_a_file_that_somebody_writes_to_is_waited_for_in_time(tmp_path: Path) -> None:
    database = SQLite(root=tmp_path)
    database.run("create table stock (item text)")
    writer = sqlite3.connect(tmp_path / "erp.db", isolation_level=None)
    writer.execute("begin exclusive")
    try:
        wrong = fault(database, "select item from stock", "item", timeout=Decimal("0.1"))
    finally:
        writer.close()
    assert "locked" in wrong.summary or "longer than 0.1 s" in wrong.summary
