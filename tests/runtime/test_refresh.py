"""How much of a shop a plan reads: whose turn it is, what is believed of what is kept, and how old the plan says it is."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import world
from cutting import KILLED, cut_off
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from reconciler.cli import main
from reconciler.model.changes import Verb
from reconciler.model.plan import Plan
from reconciler.render.html.plan_data import plan_data
from reconciler.render.plan_markdown import plan_markdown
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.ledger.cache_file import CacheFile
from reconciler.runtime.observe.turns import OLDEST, due
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

TEN = {"sellingMode": {"format": "BUY_NOW", "price": {"amount": "10.00", "currency": "PLN"}}}
START = datetime(2026, 11, 29, 8, tzinfo=UTC)
DETAIL, LIST, EVENTS = "product-offers", "offers", "events"


# --- whose turn it is --------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(
    offers=st.integers(1, 300),
    minutes=st.lists(st.integers(1, 60 * 60), min_size=1, max_size=150),
    edits=st.integers(0, 3),
    seed=st.integers(),
)
def test_no_read_that_is_believed_is_older_than_a_day(
    offers: int, minutes: list[int], edits: int, seed: int
) -> None:
    """Whenever plans run, and whatever else is read meanwhile; and no more are read again than a day has offers."""
    chance, now, paid = random.Random(seed), START, START
    kept = {str(number): now.isoformat() for number in range(offers)}
    again, elapsed = 0, timedelta(0)
    for each in minutes:
        now += timedelta(minutes=each)
        elapsed += timedelta(minutes=each)
        for number in chance.sample(sorted(kept), min(edits, offers)):
            kept[number] = now.isoformat()  # an event told of it
        turn, paid = due(kept, paid, now)
        assert all(now - datetime.fromisoformat(at) < OLDEST for key, at in kept.items() if key not in turn)
        kept |= dict.fromkeys(turn, now.isoformat())
        again += len(turn)
        assert again * OLDEST * 10 <= offers * elapsed * 11 + OLDEST * 10


def test_a_shop_that_was_read_at_once_is_spread_over_the_day() -> None:
    """Each hour a share of the same size, the first day as any other, also by looks of a minute."""
    kept = {str(number): START.isoformat() for number in range(2400)}
    paid, counts = START, []
    for hour in range(1, 73):
        now = START + timedelta(hours=hour)
        turn, paid = due(kept, paid, now)
        kept |= dict.fromkeys(turn, now.isoformat())
        counts.append(len(turn))
    assert set(counts) == {100}
    few = dict.fromkeys("abcdefghij", (START + timedelta(hours=72)).isoformat())
    minutes = [START + timedelta(hours=72, minutes=each) for each in range(1, 24 * 60 + 1)]
    total = 0
    for now in minutes:
        turn, paid = due(few, paid, now)
        few |= dict.fromkeys(turn, now.isoformat())
        total += len(turn)
    assert total == 10


def test_a_clock_that_was_wrong_stops_nothing() -> None:
    """What was paid far in the future, by a clock that was ahead, is paid no longer; after a break all are read."""
    kept = {str(number): START.isoformat() for number in range(24)}
    turn, paid = due(kept, START + timedelta(days=30), START + timedelta(hours=1))
    assert (turn, paid) == (frozenset(), START + timedelta(hours=1))
    assert due(kept, START - timedelta(days=9), START + timedelta(hours=1))[0] == kept.keys()
    ahead = dict.fromkeys(kept, (START + timedelta(days=1)).isoformat())
    assert due(ahead, START, START)[0] == kept.keys()


# --- through the commands ----------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> World:
    """Twelve offers of which the documents declare a text: each has to be read in full."""
    live = [world.live_offer(number, f"S{number:02}", **TEN) for number in range(12)]
    made = World.make(tmp_path, world.seller(live), [])
    for number in range(12):
        made.write(f"S{number:02}.yaml", json.dumps(world.offer(f"S{number:02}", content={"parameters": {}})))
    return made


def later(shop: World, **passed: int) -> None:
    """Time passes for all."""
    with shop.simulator() as simulator:
        simulator.clock.advance(int(timedelta(**passed).total_seconds()))


def asked(shop: World, **options: Any) -> tuple[Counter[str], Plan]:
    """Plan; return how often the list, details and events were asked for, and the plan."""
    shop.forget_requests()
    plan = shop.plan(**options)
    paths = (each["url"].partition("?")[0] for each in shop.sent())
    kinds = {"/sale/offers": LIST, "/sale/offer-events": EVENTS}
    counts = Counter(
        DETAIL
        if "/sale/product-offers/" in path
        else next((k for end, k in kinds.items() if path.endswith(end)), "")
        for path in paths
    )
    return counts, plan


def test_a_share_is_read_again_in_proportion_to_the_time(shop: World) -> None:
    """Two hours of a day are a twelfth: one of twelve offers; the oldest first, and never one of a day."""
    assert asked(shop)[0][DETAIL] == 12
    assert asked(shop)[0][DETAIL] == 0
    for _ in range(12):
        later(shop, hours=2)
        counts, plan = asked(shop)
        ages = plan.accounts[0].ages
        assert (counts[DETAIL], ages.read_now, ages.believed) == (1, 1, 11)
    later(shop, hours=6)
    assert asked(shop)[0][DETAIL] == 3
    later(shop, hours=30)
    assert asked(shop)[0][DETAIL] == 12


def test_a_plan_of_a_few_takes_no_share(shop: World) -> None:
    """Else whoever looks at one offer again and again would read it each time, and leave the rest to the end."""
    asked(shop)
    later(shop, hours=12)
    assert asked(shop, targets=("S00",))[0][DETAIL] == 0
    assert asked(shop)[0][DETAIL] == 6


def test_list_believes_what_is_kept_however_old(shop: World) -> None:
    """The list is read, and what it says holds; no event is asked for, and no detail but where the row tells of one."""
    asked(shop)
    later(shop, hours=50)
    with shop.simulator() as simulator:
        simulator.panel_edit(
            shop.login,
            shop.by_key("S00")["id"],
            {"sellingMode": {"price": {"amount": "12.00", "currency": "PLN"}}},
        )
        simulator.panel_edit(shop.login, shop.by_key("S01")["id"], {"name": "Kubek z innym tytułem"})
    later(shop, minutes=5)
    shop.write("S00.yaml", json.dumps(world.offer("S00", price="10.00 PLN", content={"parameters": {}})))
    counts, plan = asked(shop, refresh="list")
    assert (counts[DETAIL], counts[EVENTS]) == (1, 0)
    assert counts[LIST] > 0
    ages = plan.accounts[0].ages
    assert (ages.believed, ages.read_now) == (11, 1)
    assert [str(each.before) for change in plan.changes for each in change.fields] == ["12.00 PLN"]
    assert not [
        each for each in apply_plan(Workspace(shop.root), plan, ApplyOptions(), Silent()).outcomes if each.stale
    ]
    assert asked(shop)[0][DETAIL] == 12


def test_none_asks_for_no_offer_and_is_never_applied(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """It plans on the last list that was whole; what was not read in full is not known, and no change of anything."""
    with pytest.raises(StalePlan, match="no list of its offers is kept"):
        asked(shop, refresh="none")
    before = asked(shop, targets=("S0*",))[1]
    later(shop, hours=3)
    with shop.simulator() as simulator:
        simulator.panel_edit(
            shop.login,
            shop.by_key("S00")["id"],
            {"sellingMode": {"price": {"amount": "12.00", "currency": "PLN"}}},
        )
    shop.write("S00.yaml", json.dumps(world.offer("S00", price="11.00 PLN", content={"parameters": {}})))
    counts, plan = asked(shop, refresh="none")
    assert (counts[DETAIL], counts[EVENTS], counts[LIST]) == (0, 0, 0)
    part = plan.accounts[0]
    assert part.counts["live"] == before.accounts[0].counts["live"]
    assert (part.ages.believed, part.ages.lacking, part.ages.read_now) == (10, 2, 0)
    assert part.ages.list_at == before.accounts[0].ages.list_at
    assert [(change.key.name, str(each.before)) for change in plan.changes for each in change.fields] == [
        ("S00", "10.00 PLN")
    ]
    with pytest.raises(StalePlan, match="it is for looking"):
        apply_plan(Workspace(shop.root), plan, ApplyOptions(), Silent())
    out = shop.root / "plan.json"
    assert main.run(["plan", "-C", str(shop.root), "--refresh", "none", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "Read: list 3 h old (" in told
    assert "details of 10 offers up to 3 h old (oldest " in told
    assert "2 not read." in told
    assert "Next:" not in told
    assert main.run(["apply", "-C", str(shop.root), str(out)]) == 6
    out.write_text(out.read_text().replace('"refresh":"none"', '"refresh":"auto"'))
    assert main.run(["apply", "-C", str(shop.root), str(out)]) == 1
    assert main.run(["apply", "-C", str(shop.root), "--refresh", "none"]) == 64
    assert not shop.writes()


def test_the_list_that_is_kept_is_the_last_one(shop: World) -> None:
    """With what was changed, and without what is gone; each digest says that the plan was made in another way."""
    shop.apply(asked(shop)[1])
    (shop.root / "S05.yaml").unlink()
    with shop.simulator() as simulator, simulator.turn():
        for table in ("offers", "listing"):
            simulator.world.store.run(f"DELETE FROM {table} WHERE external_id = 'S03'")
    with shop.simulator() as simulator:
        dearer = {"sellingMode": {"price": {"amount": "12.00", "currency": "PLN"}}}
        simulator.panel_edit(shop.login, shop.by_key("S04")["id"], dearer)
    shop.write("S04.yaml", json.dumps(world.offer("S04", price="10.00 PLN")))
    later(shop, hours=4)
    now, kept = shop.plan(), shop.plan(refresh="none")
    assert now.accounts[0].counts["live"] == kept.accounts[0].counts["live"] == 11
    assert {("S04", Verb.UPDATE), ("S05", Verb.END)} <= {(each.key.name, each.verb) for each in now.changes}
    assert [(each.key, each.fields) for each in now.changes] == [(each.key, each.fields) for each in kept.changes]
    assert now.digest != kept.digest


def ending_at(question: int, work: Callable[[], object]) -> None:
    """Work, in a process that ends before its n-th question to the cache."""
    asked = 0

    def count(frame: FrameType, event: str, _what: object) -> None:
        nonlocal asked
        asked += event == "call" and frame.f_code is CacheFile.ask.__code__
        if asked == question:
            os._exit(KILLED)

    sys.setprofile(count)
    work()


def test_a_list_that_was_cut_off_is_none(shop: World, tmp_path: Path) -> None:
    """Wherever a plan is killed, what is kept is a whole list: the one before, the one after, or none at all."""
    shop.apply(asked(shop)[1])
    with shop.simulator() as simulator, simulator.turn():
        for table in ("offers", "listing"):
            simulator.world.store.run(f"DELETE FROM {table} WHERE external_id = 'S03'")
    later(shop, hours=4)
    kept, step, killed = Counter[int](), 1, True
    while killed:
        made = World(tmp_path.parent / f"{tmp_path.name}-{step}", shop.login)
        shutil.copytree(shop.root, made.root)
        killed = cut_off(lambda made=made, step=step: ending_at(step, made.plan), 1 << 30, made.root)
        try:
            kept[made.plan(refresh="none").accounts[0].counts["live"]] += 1
        except StalePlan:
            kept[0] += 1
        step += 1
    assert kept.keys() == {0, 11, 12}, kept


def test_the_plan_says_how_old_its_answers_are(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line where anything was believed, and in JSON always."""
    assert main.run(["plan", "-C", str(shop.root)]) == 0
    assert "Read: " not in capsys.readouterr().out
    assert main.run(["plan", "-C", str(shop.root)]) == 0
    assert "Read: list now; details of 12 offers under a minute old (oldest 20" in capsys.readouterr().out
    later(shop, hours=7)
    assert main.run(["plan", "-C", str(shop.root)]) == 0
    told = capsys.readouterr().out
    assert "Read: list now; details of 9 offers up to 7 h old (oldest 20" in told
    assert "), 3 read now.\n" in told
    assert main.run(["plan", "-C", str(shop.root), "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    ages = body["accounts"][0]["ages"]
    assert (body["refresh"], ages["believed"], ages["read_now"], ages["lacking"]) == ("auto", 12, 0, 0)
    assert ages["oldest"] < ages["newest"] < ages["list_at"]
    plan = shop.plan()
    assert "read: list now; details of 12 offers up to 7 h old" in "\n".join(plan_markdown(plan))
    page = plan_data(plan)
    assert (page["believed"], page["oldest"], page["lacking"]) == (12, ages["oldest"], 0)
