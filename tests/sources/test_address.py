"""Addresses of databases: what people have, and that a password is in nothing that is said of one."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.connectors.base import SourceFault
from reconciler.runtime.sources.address import address_of

ROOT = Path("/nowhere")


@pytest.mark.parametrize(
    ("url", "dialect", "driver"),
    [
        ("postgresql://me:pw@host/erp", "postgresql", "psycopg"),
        ("postgres://host/erp?sslmode=require", "postgresql", "psycopg"),
        ("postgresql+psycopg2://me@host:5433/erp", "postgresql", "psycopg"),
        ("postgresql:///erp?host=/run/postgresql", "postgresql", "psycopg"),
        ("mysql://me:pw@host/erp?charset=utf8mb4", "mysql", "pymysql"),
        ("mysql+mysqldb://me:pw@host/erp", "mysql", "pymysql"),
        ("mariadb://me:pw@host/erp", "mysql", "pymysql"),
        ("mssql://sa:pw@host/StwPh_12345678_2026", "mssql", "pymssql"),
        (" MSSQL+pymssql://sa:pw@host/erp\n", "mssql", "pymssql"),
        ("sqlserver://sa:pw@host/erp", "mssql", "pymssql"),
    ],
)
def test_what_people_have_leads_to_the_drivers_that_are_installed(url: str, dialect: str, driver: str) -> None:
    """SQL Server is not to be had here: its dialect is loaded, and nobody is asked."""
    address = address_of(url, ROOT)
    assert (address.dialect, address.url.get_dialect().driver) == (dialect, driver)


@pytest.mark.parametrize(
    ("url", "summary", "hint"),
    [
        ("", "names no kind of database", "`postgresql://login:password@host/name`"),
        ("erp.db", "names no kind of database", "`sqlite:///file.db`"),
        ("postgress://host/erp", "names no kind of database", "Did you mean `postgres"),
        ("oracle://me:hunter2@host/erp", "names no kind of database", "`postgresql://"),
        ("postgresql://", "names no host", "`postgresql://"),
        ("postgresql://me:hunter2@host:port/erp", "cannot be read", "%40"),
        ("mysql://me:hunt@er2@host/erp", "more than one @", "%40"),
        ("mysql://me:hunt@er2/@host/erp", "more than one @", "%40"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_and_not_quoted(url: str, summary: str, hint: str) -> None:
    with pytest.raises(SourceFault) as raised:
        address_of(url, ROOT)
    assert summary in raised.value.summary
    assert hint in raised.value.hint
    assert "hunt" not in raised.value.summary + raised.value.hint


SECRETS = st.text(st.sampled_from("QXZÿ@:/?#%&=+ '\"\\"), min_size=8, max_size=20)


@given(SECRETS, st.sampled_from(["postgresql", "mysql", "mssql"]))
@example("Q@Q@Q@Q@", "postgresql")
def test_no_spelling_of_a_password_is_ever_said(secret: str, kind: str) -> None:
    """Neither in what an address shows of itself, nor in what is quoted of a server."""
    written = quote(secret, safe="")
    address = address_of(f"{kind}://me:{written}@host/erp", ROOT)
    assert address.url.password == secret
    said = address.words(f"no entry for {secret} nor {written} nor {quote(secret)} in {kind}://me:{written}@host")
    assert said == f"no entry for *** nor *** nor *** in {kind}://me:***@host"
    assert written not in repr(address)
    assert secret not in repr(address)


@given(SECRETS)
@example(":::::@=?")
def test_a_password_that_was_not_escaped_is_not_said_either(secret: str) -> None:
    url = f"postgresql://me:{secret}@host/erp"
    try:
        address = address_of(url, ROOT)
    except SourceFault as wrong:
        said = wrong.summary + wrong.hint
    else:
        assert address.url.host == "host"
        said = repr(address) + address.words(f"failed for {secret}")
    assert secret not in said


def test_a_password_among_the_options_is_masked() -> None:
    address = address_of("mysql://me@host/erp?password=hunter2&sslpassword=q%2Fx%2Fy%2Fz", ROOT)
    assert address.words("hunter2 and q/x/y/z or q%2Fx%2Fy%2Fz") == "*** and *** or ***"


def test_words_are_one_line_of_bounded_length() -> None:
    address = address_of("mysql://host/erp", ROOT)
    assert address.words("  a\n b\t c.\n") == "a b c"
    assert len(address.words("x" * 5000)) == 300
