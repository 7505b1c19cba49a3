"""A command's id that the marketplace knows is ours only if its command came in during this run."""

from __future__ import annotations

from pathlib import Path

import world
from simulator import example
from world import World

from reconciler.model.outcomes import Result


def test_another_runs_command_is_not_taken_for_ours(tmp_path: Path) -> None:
    """A plan is applied, its ledger lost, the price moved back; the plan's ids are used, and nothing was accepted."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")])
    before = made.stored()["17000000001"]["sellingMode"]["price"]["amount"]
    plan = made.plan()
    assert not world.undone(made.apply(plan))
    made.stored()
    for file in (tmp_path / ".reconcile").glob("ledger.db*"):
        file.unlink()
    made.panel("17000000001", {"sellingMode": {"price": example.money(before)}})
    (outcome,) = made.apply(plan).outcomes
    assert (outcome.result, outcome.settling) == (Result.UNKNOWN, False)
    assert outcome.fault is not None
    assert outcome.fault.code == "CommandIdTaken"
    assert made.stored()["17000000001"]["sellingMode"]["price"]["amount"] == before
