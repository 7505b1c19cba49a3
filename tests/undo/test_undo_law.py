"""The law of undo: after a run and its undoing the account is what it was, and the documents of before are true."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import world
from hypothesis import given, settings
from hypothesis import strategies as st
from property import strategies
from world import World, diagnostics, differences, undone

from .taking_back import changed, standing, undo

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(64)
NAMES: dict[str, list[str]] = {"DeliveryPriceList": [], "ReturnPolicy": [], "OfferTag": []}
STOCKS = st.sampled_from(
    [4, {"quantity": 7, "status": "active"}, {"status": "ended"}, {"quantity": 0, "status": "active"}]
)
BUNDLES = st.sampled_from([None, [], [{"product": {"gtin": world.THIRD_GTIN}, "quantity": 3}]])


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """What a commit may do to one document: some fields of some sections."""
    content = strategies._content()
    del content["product"]
    found = {
        "settings": strategies._some(draw, strategies._settings(NAMES)),
        "content": strategies._some(draw, content),
        "delivery": strategies._some(
            draw, {"prices": st.sampled_from(["Standard", "Z Czechami"]), "handling": strategies.HANDLING}
        ),
        "price": strategies._some(draw, {"base": st.just("60 PLN"), "allegro-cz": st.just("300 CZK")}),
    }
    if draw(st.booleans()):
        found["stock"] = draw(STOCKS)
    if draw(st.integers(0, 3)) == 0:
        found["bundle"] = draw(BUNDLES)
    return {name: body for name, body in found.items() if body or name in ("stock", "bundle")}


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """Three live offers, the documents of yesterday, and those of today."""
    live = [draw(strategies.live_offers(number)) for number in (1, 2, 3)]
    for number, entry in enumerate(live, 1):
        entry["offer"]["external"] = {"id": f"K{number}"}
        entry["sold"] = 0
        entry["offer"]["publication"] = {"status": "ACTIVE", "endedBy": None, "duration": None}
        entry["offer"]["stock"]["available"] = max(1, entry["offer"]["stock"]["available"])
    yesterday = [world.offer(f"K{n}", stock={"quantity": n, "status": "active"}) for n in (1, 2, 3)]
    today = copy.deepcopy(yesterday)
    for document in today:
        for name, body in draw(edits()).items():
            document[name] = body
    if draw(st.booleans()):
        today.append(world.whole_offer("N1"))
    return live, yesterday, today


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
