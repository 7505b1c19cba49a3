"""An apply of some offers asks the list for these; only of an account that is small it reads all of the list."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from msgspec.structs import replace
from torture import shop
from world import World

from reconciler.model.offers import OFFER
from reconciler.model.plan import Plan
from reconciler.model.plan_json import sealed

#: More keys than fit into one request of the list, and fewer than two of its pages take.
MANY = 120


@pytest.mark.parametrize(("population", "by_key"), [(MANY, False), (100_000, True)])
def test_what_an_apply_reads_of_the_list(tmp_path: Path, population: int, by_key: bool) -> None:
    names = [f"N-{number}" for number in range(MANY)]
    offers = [shop.live_offer(number, name, shop.example.PRODUCT) for number, name in enumerate(names)]
    made = World.make(tmp_path, world.seller(offers), [world.offer(name, price="71 PLN") for name in names])
    plan = as_if_there_were(made.plan(), population)
    made.forget_requests()
    assert not world.undone(made.apply(plan))
    lists = [each["url"] for each in made.sent() if each["url"].startswith("/sale/offers?")]
    assert lists
    assert {"external.id=" in url for url in lists} == {by_key}


def as_if_there_were(plan: Plan, offers: int) -> Plan:
    """The same plan of an account with so many offers."""
    [part] = plan.accounts
    return sealed(replace(plan, accounts=(replace(part, population={**part.population, OFFER: offers}),)))
