"""A canary: a few offers first, and the rest only when they are well."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from world import World, live_offer, offer, seller

from reconciler.model.outcomes import Result

NAMES = ["A", "B", "C", "D", "E"]


def shop(tmp_path: Path) -> World:
    """Five offers whose prices shall change."""
    entries = [live_offer(number, name) for number, name in enumerate(NAMES, 1)]
    documents = [offer(name, price=f"{60 + number} PLN") for number, name in enumerate(NAMES)]
    return World.make(tmp_path / "p", seller(entries), documents)


def test_the_rest_follows_a_canary_that_is_well(tmp_path: Path) -> None:
    """Two offers go in a request of their own, are read back, and then the other three are sent."""
    world = shop(tmp_path)
    report = world.apply(world.plan(), canary=2)
    assert Counter(each.result for each in report.outcomes) == {Result.APPLIED: 5}
    bulk = [each for each in world.writes() if "bulk" in each["url"]]
    assert [each["request_body"].count("offerId") for each in bulk] == [2, 3]
    assert not world.plan().changes


def test_nothing_follows_a_canary_that_was_refused(tmp_path: Path) -> None:
    """The other offers keep their prices, and the report says because of whom."""
    world = shop(tmp_path)
    world.set(faults={"schedule": [{"do": "tasks_fail", "share": 1.0, "times": None}]})
    report = world.apply(world.plan(), canary=2)
    assert Counter(each.result for each in report.outcomes) == {Result.REFUSED: 2, Result.SKIPPED: 3}
    assert all("the canary" in each.detail for each in report.outcomes if each.result is Result.SKIPPED)
    assert {world.by_key(name)["sellingMode"]["price"]["amount"] for name in "CDE"} == {"49.99"}


def test_nothing_follows_a_canary_that_the_marketplace_ends(tmp_path: Path) -> None:
    """An offer that took its price and is not on sale any more is not well."""
    world = shop(tmp_path)
    plan = world.plan()
    with world.simulator() as simulator:
        simulator.end(world.login, "17000000001", "ADMIN")
    report = world.apply(plan, canary=1)
    said = {each.key.name: each for each in report.outcomes}
    assert {said[name].result for name in "BCDE"} == {Result.SKIPPED}
