"""A difference of pieces is taken back once, whoever asks again, and whatever ends the asking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model.outcomes import Result
from reconciler.model.values import Gain
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.undo import finish_interrupted
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.cli.running import reconcile
from tests.ownership.test_stock import again, pieces, sell, shop, status, told
from tests.undo.taking_back import Cut, CutsAfter, runs, undo, undo_plan
from tests.world import Silent, World, undone

BULK = {"method": "POST", "path": "/sale/offer-bulk-modification-commands"}


@pytest.fixture
def made(tmp_path: Path) -> World:
    """11 pieces, declared and applied; then a delivery of 9 more."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    again(made, 20)
    return made


def gains(made: World) -> list[Any]:
    """Every difference that the marketplace has taken, each once."""
    return [each["stock"]["value"] for body in made.commands().values() for each in body["modifications"]]


def test_the_second_undo_of_a_run_takes_nothing_more(made: World) -> None:
    run = runs(made)[0].id
    undo(made, run)
    sell(made, 2)
    plan = undo_plan(made, run)
    assert not plan.changes
    assert any(each.code == "P603" for each in plan.diagnostics)
    undo(made, run)
    assert (sorted(gains(made)), pieces(made)) == ([-9, 9], 9)


def test_by_the_command_line(made: World) -> None:
    run = runs(made)[0].id
    for _ in range(2):
        done = reconcile("undo", run[:8], "--auto-approve", cwd=made.root)
        assert done.returncode == 0, done.stderr
    assert pieces(made) == 11


def test_an_undo_that_was_undone_can_be_made_again(made: World) -> None:
    """What stands there is what counts: +9, -9, +9, and then -9 once more."""
    run = runs(made)[0].id
    undo(made, run)
    taken_back = runs(made)[0].id
    undo(made, taken_back)
    assert pieces(made) == 20
    undo(made, taken_back)
    assert pieces(made) == 20
    undo(made, run)
    assert pieces(made) == 11
    undo(made, run)
    assert pieces(made) == 11


@pytest.mark.parametrize("cut", ["the process", "the answer", "the request"])
def test_an_undo_that_was_cut_off_takes_back_once(made: World, cut: str) -> None:
    """Whoever asks again first finishes what was left open, by the id of its command."""
    run = runs(made)[0].id
    plan = undo_plan(made, run)
    if cut == "the process":
        with pytest.raises(Cut):
            apply_plan(Workspace(made.root), plan, ApplyOptions(), CutsAfter(1))
    else:
        do = {"the answer": "drop_after", "the request": "drop_before"}[cut]
        made.set(faults={"schedule": [{"do": do, "times": 99, "when": BULK}]})
        assert made.apply(plan).counts()[Result.UNKNOWN] == 1
        made.set(faults={"schedule": []})
    unfinished = undo_plan(made, run)
    assert not unfinished.changes  # it may be on its way: not until somebody knows
    assert not undone(finish_interrupted(Workspace(made.root), run, ApplyOptions(), Silent()))
    undo(made, run)
    assert (pieces(made), gains(made).count(-9)) == (11, 1)
    made.documents(world.offer("A", stock=11))
    assert not made.plan().changes


def test_a_refused_undo_may_be_made_again(made: World) -> None:
    """Nothing was taken back, and that is known."""
    run = runs(made)[0].id
    plan = undo_plan(made, run)
    made.set(faults={"schedule": [{"do": "403", "times": 99, "when": BULK}]})
    assert made.apply(plan).counts()[Result.REFUSED] == 1
    made.set(faults={"schedule": []})
    undo(made, run)
    assert (pieces(made), gains(made).count(-9)) == (11, 1)


def test_a_count_that_is_undone_puts_nothing_on_sale(tmp_path: Path) -> None:
    """11 declared, 3 sold, 9 counted, undone: the 8 from before hold, and they are 11 less 3, not 8 declared."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 3)
    again(made, {"count": 9})
    undo(made)
    assert pieces(made) == 8
    made.documents(world.offer("A", stock=11))
    plan = made.plan()
    assert not plan.changes
    assert "P502" not in told(plan)


def test_a_restock_that_is_undone_is_not_delivered_again(tmp_path: Path) -> None:
    """Sold out, 9 delivered, undone: the next plan of the old number sells nothing that is not there."""
    made = shop(tmp_path, {"quantity": 11, "status": "active"})
    made.apply(made.plan())
    sell(made, 11)
    made.stored()
    again(made, {"quantity": 20, "status": "active"})
    made.stored()
    undo(made)
    made.stored()
    made.documents(world.offer("A", stock={"quantity": 11, "status": "active"}))
    assert not made.plan().changes
    assert (pieces(made), status(made)) == (0, "ENDED")


def test_more_than_is_left_is_not_taken_back_and_not_delivered_again(made: World) -> None:
    """9 came, 14 were sold: 6 are left, none of the old 11; back to 11 is no delivery of 5."""
    sell(made, 14)
    plan, _ = undo(made)
    assert [each.after for change in plan.changes for each in change.fields] == [0]
    made.stored()
    made.documents(world.offer("A", stock=11))
    assert not made.plan().changes
    assert pieces(made) == 0


def test_a_number_that_nobody_knew_before_is_forgotten_when_it_is_undone(tmp_path: Path) -> None:
    """`--allow stock-baseline` wrote over what nobody remembered: nobody does so again."""
    made = shop(tmp_path, 20, 11)
    made.apply(made.plan(allow={"stock-baseline": ""}))
    assert pieces(made) == 20
    undo(made)
    assert pieces(made) == 11
    plan = made.plan()
    assert not plan.changes
    assert set(told(plan)) == {"P503"}


def test_only_the_gain_of_the_named_run_is_taken_back(made: World) -> None:
    """Two deliveries: the undo of the first leaves the second, in pieces and in what was declared."""
    first = runs(made)[0].id
    again(made, 23)
    plan, _ = undo(made, first)
    assert [each.after for change in plan.changes for each in change.fields] == [Gain(-9)]
    made.documents(world.offer("A", stock=14))
    assert not made.plan().changes
    assert pieces(made) == 14


def test_two_plans_of_one_delivery_deliver_once(tmp_path: Path) -> None:
    """Two jobs plan the same commit; the second plan is overtaken by the run of the first."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    made.documents(world.offer("A", stock=20))
    plans = [made.plan(), made.plan()]
    made.apply(plans[0])
    with pytest.raises(StalePlan, match="wrote `stock.quantity` of A after this plan was made"):
        made.apply(plans[1])
    assert pieces(made) == 20


def test_two_plans_of_one_undo_take_back_once(made: World) -> None:
    plans = [undo_plan(made), undo_plan(made)]
    made.apply(plans[0])
    with pytest.raises(StalePlan):
        made.apply(plans[1])
    assert pieces(made) == 11
