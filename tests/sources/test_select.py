"""What a query is, judged by its words: in each dialect, and against SQLite's own reading."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.connectors.base import SourceFault
from reconciler.connectors.select import insist_on_one_select

ALL = "postgresql", "mysql", "sqlite", "mssql"


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize(
    "query",
    [
        "select 1",
        "SELECT item FROM stock;",
        "  -- stock of today\n/* ; delete from x */ select 1 ;\n-- end",
        "with a as (select 1 as i), b as (select 2) select * from a, b",
        "(select 1) union all (select 2)",
        "values (1, 'a'), (2, 'b')",
        "select 'delete from stock; it''s' as text, \"drop\" from t",
        "select t.update, t.into, deleted, updates, 1.5e3 as delete from t",
        "select truncate(1.55, 1), insert('kubek', 1, 1, 'K')",
        "select 1 -- 'no end",
        "select 'ż' as ść",
    ],
)
def test_one_select_is_one(query: str, dialect: str) -> None:
    insist_on_one_select(query, dialect)


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        ("postgresql", "select $$; delete from t$$, $a$ $$ ; '$a$, $1"),
        ("postgresql", r"select E'it\'s; delete' as e, e'\\', 'c:\' as path"),
        ("postgresql", "select /* a /* b */ ; */ 1"),
        ("postgresql", "select data #>> '{a}', tags[1] from t"),
        ("mysql", r"""select 'it\'s; delete', "a\"; drop", `drop` from t # ; delete"""),
        ("mysql", "select 1--1"),
        ("mysql", "select /*+ MAX_EXECUTION_TIME(1000) */ 1"),
        ("sqlite", "select [drop], `into`, 'c:\\' from t"),
        ("mssql", "select [a]]b; delete], N'text' from [dbo].[Stock] as s with (nolock)"),
    ],
)
def test_each_dialect_has_its_own_texts_and_comments(dialect: str, query: str) -> None:
    insist_on_one_select(query, dialect)


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "the query is empty"),
        (" ; -- nothing", "the query is empty"),
        ("update stock set quantity = 0", "line 1: the query begins with `update`"),
        ("'select'", "line 1: the query begins with a quoted text"),
        ("explain select 1", "line 1: the query begins with `explain`"),
        ("select 1;\n\ndelete from stock", "line 1: a second statement begins"),
        ("select 1; select 2", "line 1: a second statement begins"),
        ("select ';' ;\n ;select 2", "line 1: a second statement begins"),
        (
            "with x as (insert into t values (1) returning i)\nselect * from x",
            "line 1: the query has the word `insert`",
        ),
        ("with x as (select 1)\ndelete from t", "line 2: the query has the word `delete`"),
        ("with x as (select 1) UPDATE t set i = 1", "line 1: the query has the word `update`"),
        ("with x as (select 1) merge into t using x on true", "line 1: the query has the word `merge`"),
        ("select * into copy from stock", "line 1: the query has the word `into`"),
        ("select * from t into outfile '/tmp/t'", "line 1: the query has the word `into`"),
        ("select * from t for update", "line 1: the query has the word `update`"),
        ("select 1 exec sp_who", "line 1: the query has the word `exec`"),
        ("select 1 exec('drop table t')", "line 1: the query has the word `exec`"),
        ("select\n1\0; delete from t", "line 2: the query has a sign with the code 0"),
        ("select 'it", "line 1: ' has no end"),
        ("select\n/* no end", "line 2: this comment has no end"),
    ],
)
def test_everything_else_is_refused_at_its_line(query: str, said: str, dialect: str) -> None:
    with pytest.raises(SourceFault) as raised:
        insist_on_one_select(query, dialect)
    assert raised.value.summary == said
    assert raised.value.hint


@pytest.mark.parametrize(
    ("dialect", "query"),
    [
        ("postgresql", r"select 'c:\'; delete from t --'"),  # a backslash hides nothing there
        ("postgresql", "select $a$ $a$; delete from t -- $a$"),
        ("postgresql", "select a$$ from t; delete from t -- $$"),  # within a name
        ("postgresql", "select # ; delete from t"),
        ("postgresql", "select $$ no end"),
        ("mysql", "select $$; delete from t -- $$"),
        ("mysql", "select /* a /* b */ ; delete from t -- */"),
        ("mysql", "select 1 /*! into outfile '/tmp/t' */"),
        ("mysql", "select 1 /*M!100100 into outfile '/tmp/t' */"),
        ("mysql", "select 1 /*!50000 ; */"),
        ("mysql", "select 1 --; delete from t"),  # no blank behind it: no comment
        ("sqlite", "select /* a /* b */ ; delete from t -- */"),
        ("sqlite", r"select 'c:\'; delete from t --'"),
        ("mssql", "select [a]]]; delete from t --]"),
        ("mssql", "select 1 # ; delete from t"),
    ],
)
def test_what_is_a_comment_or_a_text_elsewhere_hides_nothing(dialect: str, query: str) -> None:
    with pytest.raises(SourceFault):
        insist_on_one_select(query, dialect)


PIECES = st.sampled_from(
    ["select ", "with x as (", ")", "1", " as a", ", ", "'", '"', "`", "[", "]", "--", "\n", "/*", "*/", ";", "\\", "$$",
     "#", "delete from t", "insert into t values (1)", "values (2)", " from t", "''", "ż", "E", "\x00", "\t"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("select '--' ; delete from t")
@example("select 1;;")
@example("values (2) /* ; */")
def test_what_passes_is_one_statement_that_changes_nothing(query: str) -> None:
    """SQLite itself never finds a second statement or a write in what was let through."""
    try:
        insist_on_one_select(query, "sqlite")
    except SourceFault:
        return
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("create table t (i integer)")
    said = ""
    try:
        connection.execute(query).fetchall()
    except (sqlite3.Error, ValueError) as wrong:
        said = str(wrong)
    assert "one statement at a time" not in said
    assert connection.execute("select count(*) from t").fetchone() == (0,)
    connection.close()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ALL), st.text(st.characters(exclude_characters="\0"), max_size=40))
def test_any_text_is_judged_and_a_second_statement_never_passes(dialect: str, text: str) -> None:
    quoted = text.replace("\\", "").replace("'", "''")
    insist_on_one_select(f"select '{quoted}' as item", dialect)
    with pytest.raises(SourceFault):
        insist_on_one_select(f"select '{quoted}' as item; {text.replace(chr(39), '')}\n delete from t", dialect)
    with suppress(SourceFault):
        insist_on_one_select(text, dialect)
