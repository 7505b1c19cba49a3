"""What writes some offers asks the list for these; only of an account that is small it reads all of the list."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from msgspec.structs import replace
from resync.again import Cut, Hook, cut, resync_plan, start
from torture import shop
from world import World

from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.plan import Plan
from reconciler.model.plan_json import sealed
from reconciler.runtime.commands.apply import apply_plan, resume
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

#: More keys than fit into one request of the list, and fewer than two of its pages take.
MANY = 120


POPULATIONS = pytest.mark.parametrize(("population", "by_key"), [(MANY, False), (100_000, True)])


@POPULATIONS
def test_what_an_apply_reads_of_the_list(tmp_path: Path, population: int, by_key: bool) -> None:
    made = shop_of_many(tmp_path)
    plan = as_if_there_were(made.plan(), population)
    made.forget_requests()
    assert not world.undone(made.apply(plan))
    assert lists(made) == {by_key}


@POPULATIONS
def test_what_the_rest_of_a_run_reads_of_the_list(tmp_path: Path, population: int, by_key: bool) -> None:
    """Another process goes on with what one has begun, without its plan."""
    made = shop_of_many(tmp_path)
    plan = as_if_there_were(made.plan(), population)
    with pytest.raises(Cut):
        apply_plan(Workspace(made.root), plan, ApplyOptions(), Hook(1, cut, "applying"))
    made.forget_requests()
    assert not world.undone(resume(Workspace(made.root), ApplyOptions(), Silent()))
    assert lists(made) == {by_key}


def test_what_a_resync_reads_of_the_list(tmp_path: Path) -> None:
    """It looks at a hundred offers at a time: whatever there is besides, their keys are one request."""
    made = shop_of_many(tmp_path)
    made.converge()
    plan = as_if_there_were(resync_plan(made, only=frozenset({Module.PRICE})), 100_000)
    made.forget_requests()
    assert not world.undone(start(made, plan))
    assert lists(made) == {True}


@pytest.mark.parametrize("bears", ["another key", "none"])
def test_what_does_not_bear_its_own_key_is_not_asked_for_by_it(tmp_path: Path, bears: str) -> None:
    """It would not be found: a run that another process goes on with has to know, too."""
    made = shop_of_many(tmp_path)
    offer_id = next(iter(made.stored()))
    made.panel(offer_id, {"external": {"id": "X-1"} if bears == "another key" else None})
    name = next(each for each in (f"N-{number}" for number in range(MANY)) if made.by_key(each) is None)
    made.documents(*(
        world.offer(each, price="71 PLN", **({"adopt": offer_id} if each == name else {}))
        for each in (f"N-{number}" for number in range(MANY))
    ))  # fmt: skip
    plan = as_if_there_were(made.plan(), 100_000)
    with pytest.raises(Cut):
        apply_plan(Workspace(made.root), plan, ApplyOptions(), CutAtOnce())
    report = resume(Workspace(made.root), ApplyOptions(), Silent())
    assert not world.undone(report), world.undone(report)


class CutAtOnce(Silent):
    """A progress display of a process that is killed when it has begun a run, and sent nothing of it."""

    def start(self, task: str, total: int | None = None) -> None:
        if task.startswith("applying"):
            raise Cut


def shop_of_many(root: Path) -> World:
    """A shop whose prices are to be changed."""
    names = [f"N-{number}" for number in range(MANY)]
    offers = [shop.live_offer(number, name, shop.example.PRODUCT) for number, name in enumerate(names)]
    return World.make(root, world.seller(offers), [world.offer(name, price="71 PLN") for name in names])


def lists(made: World) -> set[bool]:
    """Whether the list was asked for keys, of all requests that read it."""
    return {"external.id=" in each["url"] for each in made.sent() if each["url"].startswith("/sale/offers?")}


def as_if_there_were(plan: Plan, offers: int) -> Plan:
    """The same plan of an account with so many offers."""
    [part] = plan.accounts
    return sealed(replace(plan, accounts=(replace(part, population={**part.population, OFFER: offers}),)))
