"""`undo` and `resync` killed at random moments, the ledger on both databases; `make torture` has many more of them."""

from __future__ import annotations

from pathlib import Path

from torture import resyncing, undoing


def of_project(address: str) -> str:
    """The ledger that a project names: none is a file of its own."""
    return address if "://" in address else ""


def test_a_killed_undo_restores_what_nobody_has_changed(ledger_address: str, tmp_path: Path) -> None:
    """Started again until it ends: all is as before the run, edits made since stay and are named, nothing is there twice."""
    tally = undoing.one_round(tmp_path / "shop", 6, ledger=of_project(ledger_address), kills=4, offers=16)
    assert tally.faults == []


def test_a_killed_run_is_undone_by_an_undo_that_is_killed(tmp_path: Path) -> None:
    """The run was cut off, and so is what takes it back."""
    tally = undoing.one_round(tmp_path / "shop", 14, kills=4, offers=16)
    assert tally.applies["runs undone that were killed"] == 1
    assert tally.faults == []


def test_a_killed_resync_goes_on_and_tells_the_truth(ledger_address: str, tmp_path: Path) -> None:
    """Everything owned is sent and as declared, what is not synced is not written, no status goes back or says too much."""
    tally = resyncing.one_round(tmp_path / "shop", 5, ledger=of_project(ledger_address), kills=4, offers=16)
    assert tally.faults == []
