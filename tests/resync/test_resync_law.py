"""The law of resync: after it all owned fields are as declared, and nothing else has moved."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import world
from hypothesis import given, settings
from hypothesis import strategies as st
from property import strategies
from undo.commits import PIXEL, stories
from undo.taking_back import changed, standing
from world import World, differences, undone

from .again import resync_plan, start

INCIDENTS = st.lists(strategies.incidents_of(3), max_size=4)


def unclaimed(today: list[dict[str, Any]], patch: dict[str, Any]) -> bool:
    """Tell whether no document says anything of the module that an edit in the panel touches."""
    sections = {name for document in today for name in document}
    touched = {
        "sellingMode": "price",
        "additionalMarketplaces": "price",
        "stock": "stock",
        "delivery": "delivery",
        "payments": "settings",
        "location": "settings",
        "taxSettings": "settings",
        "afterSalesServices": "settings",
    }
    return touched.get(next(iter(patch)), "content") not in sections


@settings(settings.get_profile("resync"))
@given(story=stories(), incidents=INCIDENTS)
def test_panel_edits_of_owned_fields_are_restored_and_nothing_else_moves(story: Any, incidents: Any) -> None:
    live, _, today = story
    with tempfile.TemporaryDirectory() as folder:
        account = world.seller([*live, world.live_offer(99, None, images=strategies.CDN_IMAGES)])
        made = World.make(Path(folder), account, today)
        made.write("images/c.png", PIXEL)
        made.apply(made.plan())
        settled = standing(made)
        expected = settled
        for number, what, value in incidents:
            offer_id = live[number]["offer"]["id"]
            if what == "panel" and settled[offer_id]["stock.status"] == "ACTIVE":
                made.panel(offer_id, value)
                expected = standing(made) if unclaimed(today, value) else expected
        before = standing(made)
        plan = resync_plan(made)
        report = start(made, plan)
        assert not undone(report), (undone(report), differences(plan))
        touched = {target.remote_id for action in plan.actions for target in action.targets}
        untouched = {key: names for key, names in before.items() if key not in touched}
        now = standing(made)
        assert not changed(untouched, now)
        again = [line for line in differences(made.plan(refresh="full")) if not line.startswith("create")]
        left = [
            line for line in again if line.split()[1].removeprefix("Offer/") in {c.key.name for c in plan.changes}
        ]
        assert not left, left
        for key, names in changed(before, now).items():
            owned = {each.path for c in plan.changes if c.remote_id == key for each in c.fields}
            strange = {name for name in names if name not in owned and ".".join(name.split(".")[:2]) not in owned}
            assert not strange, (key, strange, names)
