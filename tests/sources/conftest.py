"""Each test that asks for a `database` runs on three, one that asks for a `server` on two."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import World

from reconciler.cli.main import run

from .databases import MariaDB, PostgreSQL, SQLite
from .telling import Told


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


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command; return its exit code, and what it says on both streams."""

    def call(made: World, *arguments: str) -> tuple[int, str, str]:
        code = run(["-C", str(made.root), *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def _made(request: pytest.FixtureRequest, root: Path) -> SQLite:
    if request.param == "sqlite":
        made = SQLite(root=root)
        made.run("create table made (at integer)")
        return made
    address = request.getfixturevalue(f"{request.param}_url")
    kind = PostgreSQL if request.param == "postgresql" else MariaDB
    return kind(root=root, url=address, server=request.getfixturevalue(request.param))
