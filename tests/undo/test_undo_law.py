"""The law of undo: after a run and its undoing the account is what it was, and the documents of before are true."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import world
from hypothesis import given, settings
from property import strategies
from world import World, diagnostics, differences, undone

from .commits import PIXEL, stories
from .taking_back import changed, standing, undo


@settings(settings.get_profile("undo"))
@given(story=stories())
def test_a_run_and_its_undoing_leave_the_account_as_it_was(story: Any) -> None:
    live, yesterday, today = story
    with tempfile.TemporaryDirectory() as folder:
        account = world.seller([*live, world.live_offer(99, None, images=strategies.CDN_IMAGES)])
        made = World.make(Path(folder), account, yesterday)
        made.write("images/c.png", PIXEL)
        made.converge()
        before = standing(made)
        made.documents(*today)
        plan = made.plan()
        report = made.apply(plan)
        assert not undone(report), (undone(report), differences(plan))
        if not plan.actions:
            return
        back, taken = undo(made)
        assert not undone(taken), (undone(taken), differences(back))
        assert not changed(before, standing(made)), (changed(before, standing(made)), diagnostics(back))
        new = made.by_key("N1")
        assert new is None or new["publication"]["status"] == "ENDED"
        made.documents(*yesterday)
        again = made.plan()
        assert not differences(again), differences(again)
