"""An account that answers with nothing, though the shop is there, does not make the shop a second time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import world
from world import World

from reconciler.model.changes import CREATED_AGAIN, Verb
from reconciler.runtime.errors import GuardRefused

GUARDED = {"guards": {}}
KEYS = [f"K{number:02}" for number in range(12)]


def documents() -> list[dict[str, object]]:
    """Whole offers, which could be created."""
    return [world.whole_offer(key) for key in KEYS]


@contextmanager
def emptied(made: World) -> Iterator[None]:
    """The account shows no offer while this lasts, neither in the list nor by its id."""
    _belong(made, "nobody")
    yield
    _belong(made, "")


def _belong(made: World, seller: str) -> None:
    with made.simulator() as simulator:
        for table in ("listing", "offers"):
            whose = seller or simulator.seller_id(made.login)
            simulator.world.store.run(f"UPDATE {table} SET seller = ?", whose)


def test_a_managed_shop_is_not_created_again(tmp_path: Path) -> None:
    """Every offer is managed, and the account shows none: the plan says so, and is refused."""
    live = [
        world.live_offer(
            number, key, productSet=[{"product": {"id": world.SECOND_PRODUCT}, "quantity": {"value": 1}}]
        )
        for number, key in enumerate(KEYS)
    ]
    made = World.make(tmp_path, world.seller(live), [world.offer(key, price="49.99 PLN") for key in KEYS])
    made.converge()
    made.project({"accounts": _accounts(made), **GUARDED})
    made.documents(*documents())
    with emptied(made):
        plan = made.plan()
        assert {(each.verb, each.reason) for each in plan.changes} == {(Verb.CREATE, CREATED_AGAIN)}
        assert [each.rule for each in plan.refused] == ["creates"]
        made.forget_requests()
        with pytest.raises(GuardRefused):
            made.apply(plan)
        assert not made.writes()
    assert len(made.stored()) == len(KEYS)


def test_a_new_account_is_filled(tmp_path: Path) -> None:
    """The first plan of a project on an empty account creates everything, under the default guards."""
    made = World.make(tmp_path, world.seller([]), documents(), project=GUARDED)
    plan = made.plan()
    assert not plan.refused
    assert not world.undone(made.apply(plan))
    assert len(made.stored()) == len(KEYS)


def _accounts(made: World) -> dict[str, object]:
    return {"main": {"marketplace": "allegro", "environment": "simulator", "login": made.login}}
