"""Each test that asks for a `database` runs on three, one that asks for a `server` on two."""

from __future__ import annotations

from pathlib import Path

import pytest

from .databases import MariaDB, PostgreSQL, SQLite


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> SQLite:
    """An empty database."""
    return _made(request, tmp_path)


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> PostgreSQL | MariaDB:
    """An empty database on a server."""
    made = _made(request, tmp_path)
    assert isinstance(made, PostgreSQL | MariaDB)
    return made


def _made(request: pytest.FixtureRequest, root: Path) -> SQLite:
    if request.param == "sqlite":
        made = SQLite(root=root)
        made.run("create table made (at integer)")
        return made
    address = request.getfixturevalue(f"{request.param}_url")
    kind = PostgreSQL if request.param == "postgresql" else MariaDB
    return kind(root=root, url=address, server=request.getfixturevalue(request.param))
