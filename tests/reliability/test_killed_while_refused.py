"""`apply` killed while its commands are refused and split, the ledger on both databases."""

from __future__ import annotations

from pathlib import Path

from torture import refusing
from torture.killing import Aim, run, shoot

from reliability.test_undo_and_resync import of_project


def test_kills_at_random_moments(ledger_address: str, tmp_path: Path) -> None:
    """Pieces come once for each good row, never for a bad one, and the history says so."""
    tally = refusing.one_round(tmp_path / "shop", 4, ledger=of_project(ledger_address), kills=4)
    assert tally.faults == []


def test_killed_one_write_later_each_time(tmp_path: Path) -> None:
    """The next apply goes on with the parts that are left."""
    made = refusing.build(tmp_path / "shop", 30)
    bad = frozenset({7, 22})
    refusing.refuse(made, bad, "")
    assert any(shoot(made.root, Aim(writes=writes)) is not None for writes in range(1, 22))
    assert run(made.root)[0] == 5
    assert refusing.unlike(made, bad, 30) == []
