"""A job of a pipeline: a fresh checkout, the ledger from elsewhere, and what a cache of the forge has kept."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from resting_shop import DEARER, NAMES, at_rest, both, panel, planned, shop
from world import World

#: What the pipelines keep (`action.yml`, `ci/gitlab.yml`).
KEPT = ("cache.db", "rests")


def checked_out(made: World, root: Path) -> World:
    """The documents in another folder, all files of them new, with what is kept and a copy of the ledger."""
    state = made.root / ".reconcile"
    for path in made.root.rglob("*"):
        if path.is_file() and state not in path.parents:
            file = root / path.relative_to(made.root)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(path.read_bytes())
    (root / ".reconcile").mkdir()
    for name in (*KEPT, "ledger.db", *(each.name for each in state.glob("simulator*"))):
        shutil.copyfile(state / name, root / ".reconcile" / name)
    with closing(sqlite3.connect(root / ".reconcile/ledger.db")) as ledger, ledger:
        ledger.execute("delete from memory_marks")  # that of a file, which is another one
    return World(root, made.login)


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    return at_rest(shop(tmp_path_factory.mktemp("rests") / "shop"))


@pytest.mark.parametrize("options", [{}, {"accounts": ("main",)}], ids=["all", "the account of a job"])
def test_a_job_looks_at_what_has_moved(
    options: dict[str, tuple[str, ...]], resting: World, tmp_path: Path
) -> None:
    made = checked_out(resting, tmp_path / "job")
    plan, parsed = planned(made, **options)
    assert (parsed, plan.changes, plan.accounts[0].ages.read_now) == (set(), (), 0)
    panel(made, "B-1", DEARER)
    another = checked_out(made, tmp_path / "next")
    assert [each.key.name for each in both(another).book.changes] == ["B-1"]


def test_a_job_that_has_nothing_reads_everything(resting: World, tmp_path: Path) -> None:
    made = checked_out(resting, tmp_path / "job")
    for name in KEPT:
        (made.root / ".reconcile" / name).unlink()
    plan, parsed = planned(made)
    assert (parsed, plan.changes, plan.accounts[0].ages.read_now) == (set(NAMES), (), len(NAMES))
