"""The list and the search by key miss a live offer for a while, which no run of ours has written."""

from __future__ import annotations

from pathlib import Path

import world
from world import World

from reconciler.model.changes import Verb
from reconciler.model.outcomes import Result
from reconciler.model.plan import Plan
from reliability.slow_marketplace import offers_named

LEDGER, CACHE = "ledger.db", "cache.db"


def seen_and_lost(root: Path) -> World:
    """A plan has seen A; then its row is lost from the list, and the ledger with all that it knew."""
    made = World.make(
        root, world.seller([world.live_offer(1, "A"), world.live_offer(2, "B")]), [world.whole_offer("A")]
    )
    made.plan()
    with made.simulator() as simulator, simulator.turn():
        simulator.world.store.run("DELETE FROM listing WHERE external_id = 'A'")
    forget(made, LEDGER)
    return made


def forget(made: World, name: str) -> None:
    for file in (made.root / ".reconcile").glob(f"{name}*"):
        file.unlink()


def verbs(plan: Plan) -> list[Verb]:
    return [change.verb for change in plan.changes]


def test_what_a_plan_has_seen_is_not_created_a_second_time(tmp_path: Path) -> None:
    made = seen_and_lost(tmp_path)
    assert Verb.CREATE not in verbs(made.plan())


def test_an_apply_asks_by_the_id_too(tmp_path: Path) -> None:
    """The plan was made where nobody has seen the offer; whoever applies it has."""
    made = seen_and_lost(tmp_path)
    cache = {each.name: each.read_bytes() for each in (tmp_path / ".reconcile").glob(f"{CACHE}*")}
    forget(made, CACHE)
    plan = made.plan()
    assert verbs(plan) == [Verb.CREATE]
    forget(made, CACHE)
    for name, content in cache.items():
        (tmp_path / ".reconcile" / name).write_bytes(content)
    report = made.apply(plan)
    assert [each.result for each in report.outcomes] == [Result.SKIPPED]
    assert len(offers_named(made, "A")) == 1


def test_an_offer_that_has_lost_the_key_is_another_one(tmp_path: Path) -> None:
    made = seen_and_lost(tmp_path)
    made.panel("17000000001", {"external": {"id": "C"}})
    with made.simulator() as simulator, simulator.turn():
        simulator.world.store.run("DELETE FROM listing WHERE external_id = 'C'")
    assert verbs(made.plan()) == [Verb.CREATE]


def test_what_is_gone_is_created(tmp_path: Path) -> None:
    made = seen_and_lost(tmp_path)
    with made.simulator() as simulator, simulator.turn():
        simulator.world.store.run("DELETE FROM offers WHERE external_id = 'A'")
    assert verbs(made.plan()) == [Verb.CREATE]
