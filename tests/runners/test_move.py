"""A ledger is moved whole, in any direction, or not at all."""

from __future__ import annotations

import subprocess
import uuid
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import world
from s3_server import variables
from torture import shop
from torture.killing import run
from world import World

from reconciler.runtime.commands.ledger import move
from reconciler.runtime.errors import LedgerFailed, Locked
from reconciler.runtime.ledger.locks import this_process
from reconciler.runtime.ledger.remote.changes import KEPT
from reconciler.runtime.project.state import ledger_at
from reconciler.runtime.project.workspace import Workspace

FILE = ".reconcile/ledger.db"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A project whose ledger is a file, with a run in it and a login."""
    monkeypatch.setenv("RECONCILE_KEY", "the key of all runners of a shop")
    found = World.make(
        tmp_path / "shop",
        world.seller([shop.live_offer(1, "K001", shop.example.PRODUCT)]),
        [world.offer("K001", content={"title": "Kubek ceramiczny duży"})],
    )
    found.converge()
    ledger = ledger_at(found.root, FILE)
    ledger.keep_token("main", b"\x00sealed", None)
    ledger.close()
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "server.git")], check=True)
    subprocess.run(["git", "init", "-q", str(found.root)], check=True)
    add = ["git", "-C", str(found.root), "remote", "add", "origin", str(tmp_path / "server.git")]
    subprocess.run(add, check=True)
    return found


def remembered(made: World, address: str) -> dict[str, list[Any]]:
    """All that a ledger remembers, by its tables."""
    ledger = ledger_at(made.root, address, looking=True)
    try:
        tables = {name: ledger.database.rows(f"select * from {name}") for name in KEPT}
    finally:
        ledger.close()
    return {name: sorted(map(repr, rows)) for name, rows in tables.items() if rows}


def test_all_of_it_goes_around(
    made: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a file to a branch, an object store, a database, and back to a file: the same rows everywhere."""
    for name, value in variables(request.getfixturevalue("s3_address")).items():
        monkeypatch.setenv(name, value)
    store, database = f"s3://ledgers/{uuid.uuid4().hex}", request.getfixturevalue("postgresql_url")
    wanted = remembered(made, FILE)
    assert {"runs", "operations", "outcomes", "baselines", "tokens"} <= set(wanted)
    places = [FILE, "git", store, database, "moved.db"]
    for old, new in pairwise(places):
        done = move(Workspace(made.root), old, new)
        assert (done.runs, remembered(made, new)) == (1, wanted)
        assert remembered(made, old) == wanted


def test_one_that_has_anything_is_left_alone(made: World) -> None:
    here = Workspace(made.root)
    move(here, FILE, "git")
    before = remembered(made, "git")
    with pytest.raises(LedgerFailed, match="the ledger git is not empty; nothing was moved"):
        move(here, FILE, "git")
    with pytest.raises(LedgerFailed, match="is not empty"):
        move(here, FILE, FILE)
    assert remembered(made, "git") == before


def test_nothing_is_moved_while_somebody_works(made: World) -> None:
    ledger = ledger_at(made.root, FILE)
    lock = this_process("site", "main", "me", "reconcile apply", "2026-11-29T08:00:00+00:00", "https://ci/7")
    ledger.locks.take(lock)
    ledger.close()
    with pytest.raises(Locked, match=r"account main is locked in .* by `reconcile apply` on .*https://ci/7"):
        move(Workspace(made.root), FILE, "git")
    assert remembered(made, "git") == {}


def test_a_ledger_that_is_not_there_is_not_made(made: World) -> None:
    with pytest.raises(LedgerFailed, match="there is no ledger elsewhere.db"):
        move(Workspace(made.root), "elsewhere.db", "git")
    assert not (made.root / "elsewhere.db").exists()
    with pytest.raises(LedgerFailed, match="the ledger git remembers nothing"):
        move(Workspace(made.root), "git", "other.db")


def test_an_address_is_shown_without_its_password(made: World) -> None:
    with pytest.raises(LedgerFailed) as failed:
        move(Workspace(made.root), "postgresql://me:hunter2@127.0.0.1:1/none", "other.db")
    assert "hunter2" not in f"{failed.value} {failed.value.hint}"


def test_by_the_command_line(made: World) -> None:
    """It says what was moved and what is left to do; the second time it refuses."""
    code, told = run(made.root, "ledger", "move", FILE, "git")
    assert code == 0, told
    assert "Moved 1 run, " in told
    assert "write `ledger: git` in reconcile.yaml" in told
    code, told = run(made.root, "ledger", "move", FILE, "git")
    assert code == 1, told
    assert "is not empty; nothing was moved" in told
