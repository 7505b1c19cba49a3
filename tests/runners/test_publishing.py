"""What is published while requests are sent, and what is told when the end of a run cannot be."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import world
from torture import runners
from world import World

from reconciler.model.outcomes import Result
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

from .test_git_remote import bare  # noqa: F401 - a fixture
from .test_replica import Runner


def test_outcomes_and_a_sign_of_life_are_published_from_time_to_time(
    bare: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("reconciler.runtime.ledger.remote.ledger.EVERY", 0.05)
    one, other = Runner(bare, "one"), Runner(bare, "other")
    long_ago = "2026-01-01T08:00:00+00:00"
    one.ledger.locks.take(one.lock(beat=long_ago))

    async def work() -> None:
        async with one.ledger.publishing(print):
            one.keep("a", b"1")
            for _ in range(100):
                await asyncio.sleep(0.05)
                other.replica.follow()
                if other.kept():
                    return

    asyncio.run(work())
    assert other.kept() == {"a": b"1"}
    assert other.ledger.locks.held("main").beat > long_ago


class GoesAway(Silent):
    """The server is gone when the run is read back: all was sent, and the end cannot be published."""

    def __init__(self, server: Path) -> None:
        self.server = server

    def start(self, what: str, total: int | None = None) -> None:
        if what == "reading back" and self.server.exists():
            self.server.rename(self.server.with_suffix(".away"))


def test_each_row_is_told_once_when_the_end_cannot_be_published(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    ledger = runners.with_a_remote(root)
    made = World.make(
        root,
        world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]),
        [world.offer("A", price="60 PLN"), world.offer("B", price="61 PLN")],
        project={"name": "shop", "ledger": ledger},
    )
    plan = made.plan()
    report = apply_plan(Workspace(root), plan, ApplyOptions(), GoesAway(tmp_path / "shop.git"))
    assert [each.result for each in report.outcomes] == [Result.APPLIED] * 2
    (stop,) = report.stops
    assert "cannot be" in stop.summary
