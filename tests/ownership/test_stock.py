"""Stock through the whole product: sales, deliveries and counts on the practice marketplace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model.modules import Module
from reconciler.model.outcomes import Result
from reconciler.model.values import Gain
from reconciler.runtime.commands.undo import make_undo
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.ownership.test_memory import ledger_of
from tests.resync.again import resync_plan
from tests.world import Silent, World, diagnostics, undone


def shop(root: Path, stock: Any, pieces: int = 11) -> World:
    live = [world.live_offer(1, "A", stock={"available": pieces, "unit": "UNIT"})]
    return World.make(root, world.seller(live), [world.offer("A", stock=stock)])


def sell(made: World, pieces: int, market: str = "") -> None:
    with made.simulator() as simulator:
        simulator.sell(made.login, made.by_key("A")["id"], pieces, market)


def days_pass(made: World, days: float) -> None:
    with made.simulator() as simulator:
        simulator.clock.advance(days * 86_400)


def told(plan: Any) -> dict[str, str]:
    """What a plan says of stock, by code."""
    return {each.code: each.summary for each in plan.diagnostics if each.code.startswith("P50")}


def pieces(made: World) -> int:
    return int(made.by_key("A")["stock"]["available"])


def status(made: World) -> str:
    return str(made.by_key("A")["publication"]["status"])


def again(made: World, stock: Any) -> Any:
    """Declare another stock, plan and apply it; return what was planned."""
    made.documents(world.offer("A", stock=stock))
    plan = made.plan()
    report = made.apply(plan)
    assert not undone(report), undone(report)
    return [each.after for change in plan.changes for each in change.fields]


def test_what_was_sold_is_not_put_back(tmp_path: Path) -> None:
    """3 of 11 are sold: there is nothing to write, and the sales are named."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 3)
    plan = made.plan()
    assert not plan.changes
    assert any("P501 3 pieces of 1 offer sold" in each for each in diagnostics(plan))


def test_sales_that_leave_the_count_are_nobodys_doing(tmp_path: Path) -> None:
    """The marketplace counts the last 30 days: 3 sold on day 1, an apply on day 20, 2 sold on day 35.

    By then it counts 2 and no longer 3, so the difference of the counts says nothing of the two.
    """
    made = shop(tmp_path, 11, 14)
    sell(made, 3)
    days_pass(made, 19)
    made.documents(world.offer("A", stock=11))
    made.apply(made.plan())
    days_pass(made, 15)
    sell(made, 2)
    plan = made.plan()
    assert told(plan) == {"P504": "2 pieces of 1 offer have gone, and may have been sold: A (2)"}
    assert not plan.changes


def test_long_after_the_last_look_every_sale_is_possible(tmp_path: Path) -> None:
    """All that is counted now was sold since; what was sold before that left the count long ago."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 4)
    days_pass(made, 40)
    sell(made, 1)
    assert told(made.plan()) == {
        "P501": "1 piece of 1 offer sold, not put back: A (1)",
        "P504": "4 pieces of 1 offer have gone, and may have been sold: A (4)",
    }
    assert again(made, 20) == [Gain(9)]
    assert pieces(made) == 15
    assert told(made.plan()) == {}


def test_what_no_sale_explains_is_somebody_elses(tmp_path: Path) -> None:
    """More pieces than there were are no sale, however long ago; and fewer none where none was counted."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 1)
    made.panel(made.by_key("A")["id"], {"stock": {"available": 7, "unit": "UNIT"}})
    assert told(made.plan())["P502"] == "the stock of 1 offer was changed by somebody else: A (-3)"
    days_pass(made, 40)
    assert set(told(made.plan())) == {"P504"}
    made.panel(made.by_key("A")["id"], {"stock": {"available": 13, "unit": "UNIT"}})
    assert told(made.plan())["P502"] == "the stock of 1 offer was changed by somebody else: A (+2)"


def test_a_sale_on_another_country_site_is_a_sale(tmp_path: Path) -> None:
    """Pieces are shared, and each site counts its own sales."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 3, "allegro-cz")
    assert set(told(made.plan())) == {"P501"}


def test_applies_look_again_so_that_a_shop_in_use_can_tell(tmp_path: Path) -> None:
    """An apply in the meantime remembers what it has seen: later counts are compared with that."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    for _ in range(4):
        days_pass(made, 20)
        made.apply(made.plan())
    made.panel(made.by_key("A")["id"], {"stock": {"available": 9, "unit": "UNIT"}})
    assert told(made.plan())["P502"] == "the stock of 1 offer was changed by somebody else: A (-2)"


def test_what_is_sold_out_is_not_listed_again(tmp_path: Path) -> None:
    """The last piece is sold: the offer has ended, and stays so until a new number is declared."""
    made = shop(tmp_path, {"quantity": 11, "status": "active"})
    made.apply(made.plan())
    sell(made, 11)
    made.stored()  # the end comes a moment after the last piece
    assert not made.plan().changes
    assert again(made, {"quantity": 20, "status": "active"}) == [9, "active"]
    made.stored()
    assert (pieces(made), status(made)) == (9, "ACTIVE")
    assert not made.plan().changes


def test_what_a_delivery_resumes_was_ended_by_sales_and_by_nobody_else(tmp_path: Path) -> None:
    """Sold out, then delivered: the status that the last piece took away is no drift."""
    made = shop(tmp_path, {"quantity": 11, "status": "active"})
    made.apply(made.plan())
    sell(made, 11)
    made.stored()  # the end comes a moment after the last piece
    made.documents(world.offer("A", stock={"quantity": 20, "status": "active"}))
    (change,) = made.plan().changes
    assert [(each.path, each.before, each.after, each.drift) for each in change.fields] == [
        ("stock.quantity", 0, 9, False),
        ("stock.status", "ended", "active", False),
    ]


def test_a_delivery_comes_on_top_of_what_is_left(tmp_path: Path) -> None:
    """11 -> 20 after 3 sales: 9 more are on sale, by one difference, and no more of it in the next plan."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 3)
    assert again(made, 20) == [Gain(9)]
    assert pieces(made) == 17
    assert not made.plan().changes
    (command,) = made.commands().values()
    assert [each["stock"] for each in command["modifications"]] == [{"changeType": "GAIN", "value": 9}]


def test_sales_between_plan_and_apply_are_not_lost(tmp_path: Path) -> None:
    """A difference needs no base: what is sold meanwhile stays sold, and the row is not stale."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    made.documents(world.offer("A", stock=20))
    plan = made.plan()
    sell(made, 2)
    assert made.apply(plan).counts()[Result.APPLIED] == 1
    assert pieces(made) == 18


def test_a_count_is_written_once(tmp_path: Path) -> None:
    """A stock count is the number itself; what is sold after it is not put back either."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 3)
    assert again(made, {"count": 9}) == [9]
    sell(made, 2)
    assert not made.plan().changes
    assert pieces(made) == 7


def test_always_is_filled_up(tmp_path: Path) -> None:
    made = shop(tmp_path, {"always": 11})
    made.apply(made.plan())
    sell(made, 3)
    assert again(made, {"always": 11}) == [11]


def test_from_always_to_a_baseline_nothing_is_reckoned_from_long_ago(tmp_path: Path) -> None:
    """A number that was filled up is no baseline: the next literal number starts from what is there."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    again(made, {"always": 5})
    made.documents(world.offer("A", stock=14))
    assert any("P503" in each for each in diagnostics(made.plan()))


def test_a_lost_ledger_fills_nothing_up(tmp_path: Path) -> None:
    """Nobody remembers what was declared: a difference is said, and written by hand only."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 3)
    for file in (tmp_path / ".reconcile").glob("ledger.db*"):
        file.unlink()
    plan = made.plan()
    assert not plan.changes
    assert any("P503" in each for each in diagnostics(plan))
    allowed = made.plan(allow={"stock-baseline": ""})
    assert [each.after for change in allowed.changes for each in change.fields] == [11]


def test_an_undone_delivery_is_the_opposite_difference(tmp_path: Path) -> None:
    """What was sold since stays sold, and the number that was declared before holds again."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    again(made, 20)
    sell(made, 3)
    with ledger_of(made) as (ledger, _):
        run = ledger.history.runs("", None, 1)[0].id
    undo = make_undo(Workspace(tmp_path), run, {}, Silent())
    assert [each.after for change in undo.changes for each in change.fields] == [Gain(-9)]
    assert not undone(made.apply(undo))
    assert pieces(made) == 8
    made.documents(world.offer("A", stock=11))
    assert not made.plan().changes


def test_a_difference_that_was_cut_off_is_not_added_twice(tmp_path: Path) -> None:
    """The answer is lost after the marketplace has taken the command: its id says so when it is sent again."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    made.documents(world.offer("A", stock=20))
    plan = made.plan()
    where = {"method": "POST", "path": "/sale/offer-bulk-modification-commands"}
    made.set(faults={"schedule": [{"do": "drop_after", "times": 99, "when": where}]})
    first = made.apply(plan)
    assert first.counts()[Result.UNKNOWN] == 1
    made.set(faults={"schedule": []})
    made.apply(plan)
    assert pieces(made) == 20
    assert not made.plan().changes


def test_a_resync_leaves_a_literal_number_alone(tmp_path: Path) -> None:
    """It would put what was sold on sale again; a number that is filled up goes as ever."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 3)
    plan = resync_plan(made)
    assert [each for change in plan.changes for each in change.fields if each.path == "stock.quantity"] == []
    assert any("P702 1 stock number is not sent again" in each for each in diagnostics(plan))
    made.documents(world.offer("A", stock={"always": 11}))
    assert [each.after for change in resync_plan(made).changes for each in change.fields] == [11]


NOT_ON_SALE = "the new pieces of 1 offer are not on sale, since it has ended and is not resumed: A"


@pytest.mark.parametrize("form", ["baseline", "count", "always"])
def test_a_restock_that_resumes_nothing_says_so(tmp_path: Path, form: str) -> None:
    """Sold out, and the document says nothing of the status: the pieces lie there and nobody can buy them."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 11)
    made.stored()
    made.documents(world.offer("A", stock=20 if form == "baseline" else {form: 9}))
    plan = made.plan()
    assert told(plan)["P505"] == f"{NOT_ON_SALE} (9)"
    assert not undone(made.apply(plan))
    made.stored()
    assert (pieces(made), status(made)) == (9, "ENDED")


def test_a_delivery_to_what_a_person_has_ended_says_so(tmp_path: Path) -> None:
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    with made.simulator() as simulator:
        simulator.end(made.login, made.by_key("A")["id"])
    made.documents(world.offer("A", stock=20))
    assert told(made.plan())["P505"] == f"{NOT_ON_SALE} (+9)"
    made.documents(world.offer("A", stock={"quantity": 20, "status": "active"}))
    assert "P505" not in told(made.plan())
    made.documents(world.offer("A", stock={"quantity": 20, "status": "ended"}))
    assert "P505" not in told(made.plan())


def test_what_is_held_resumes_nothing(tmp_path: Path) -> None:
    """`stock: manual`: the restock is shown and held; named, it resumes the offer."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 11)
    made.stored()
    made.documents(world.offer("A", stock={"quantity": 20, "status": "active"}, sync={"stock": "manual"}))
    plan = made.plan()
    assert told(plan)["P505"] == f"{NOT_ON_SALE} (9)"
    (hint,) = [each.hint for each in plan.diagnostics if each.code == "P505"]
    assert hint == "declare `status: active` beside the number; what is held goes with --only stock"
    assert "P505" not in told(made.plan(only=frozenset({Module.STOCK})))


@pytest.mark.parametrize(
    "stock", [{"quantity": 3, "count": 4}, {"always": 3, "count": 4}, {"count": -1}, {"count": "x"}]
)
def test_a_number_has_one_form(tmp_path: Path, stock: Any) -> None:
    """Two forms at once are a mistake at the place where they stand."""
    from tests.cli.running import reconcile

    made = shop(tmp_path, 11)
    made.documents(world.offer("A", stock=stock))
    told = reconcile("validate", cwd=tmp_path)
    assert told.returncode == 1
    assert "documents/000.yaml:" in told.stderr + told.stdout
