"""A number whose fate is learned late is remembered as if it had been answered at once: not repeated, not blamed.

Each form of a number, whatever ends its run, and with sales before and after it arrives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model.values import Gain
from reconciler.runtime.commands.apply import apply_plan, resume
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.ownership.test_stock import days_pass, pieces, sell, shop, told
from tests.ownership.test_undone_once import BULK
from tests.undo.taking_back import Cut, CutsAfter
from tests.world import Silent, World, undone

HOUR = 1 / 24
#: What is declared after 11 pieces, of which 2 were sold; and how many are there when nothing more is sold.
FORMS: dict[str, tuple[Any, int]] = {
    "difference": (20, 18),
    "count": ({"count": 15}, 15),
    "always": ({"always": 15}, 15),
}


class CutsWhile:
    """A progress display in whose process the power fails while something is looked at."""

    def __init__(self, task: str) -> None:
        self.task = task

    def start(self, task: str, total: int | None = None) -> None:
        if task == self.task:
            raise Cut

    def advance(self, steps: int = 1) -> None: ...

    def finish(self) -> None: ...

    def note(self, text: str) -> None: ...


def answered(made: World, plan: Any) -> None:
    assert not undone(made.apply(plan))


def answer_lost(made: World, plan: Any) -> None:
    """The command was taken, nobody heard so, and it is carried out."""
    _struck(made, plan, "drop_after")


def request_lost(made: World, plan: Any) -> None:
    _struck(made, plan, "drop_before")


def _struck(made: World, plan: Any, do: str) -> None:
    made.set(faults={"schedule": [{"do": do, "times": 99, "when": BULK}]})
    made.apply(plan)
    made.set(faults={"schedule": []})


def killed_before_sending(made: World, plan: Any) -> None:
    _killed(made, plan, CutsWhile("applying"))


def killed_after_sending(made: World, plan: Any) -> None:
    _killed(made, plan, CutsAfter(1))


def killed_while_reading_back(made: World, plan: Any) -> None:
    _killed(made, plan, CutsWhile("reading back"))


def _killed(made: World, plan: Any, progress: Any) -> None:
    with pytest.raises(Cut):
        apply_plan(Workspace(made.root), plan, ApplyOptions(parallelism=1), progress)


def carried_out_hours_later(made: World, plan: Any) -> None:
    """Accepted at once, and at work for two hours: nobody waits for so long."""
    made.set(command_seconds=[7200, 7200])
    made.apply(plan, wait=60)
    made.set(command_seconds=[0, 0])


def listed_later(made: World, plan: Any) -> None:
    made.set(list_lag_seconds=600)
    made.apply(plan)
    made.set(list_lag_seconds=0)


ENDS = (
    answered,
    answer_lost,
    request_lost,
    killed_before_sending,
    killed_after_sending,
    killed_while_reading_back,
    carried_out_hours_later,
    listed_later,
)


@pytest.mark.parametrize("then_sold", [0, 1, 3], ids=lambda pieces: f"{pieces} sold afterwards")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("form", FORMS)
def test_a_number_that_is_learned_late(tmp_path: Path, form: str, end: Any, then_sold: int) -> None:
    """However its run ended: the number is there once, less what was sold, and the next plans are quiet."""
    declared, expected = FORMS[form]
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    sell(made, 2)
    made.documents(world.offer("A", stock=declared))
    end(made, made.plan())
    days_pass(made, 2.1 * HOUR if end is carried_out_hours_later else 0.3 * HOUR)
    written = end not in (request_lost, killed_before_sending)
    made.stored()
    if then_sold:
        sell(made, then_sold)
    _go_on(made)
    if not written and form != "difference":  # the number is written after these sales, and not before
        then_sold = 0
    if form == "always":
        then_sold = 0
    assert pieces(made) == expected - then_sold
    plan = made.plan()
    assert not plan.changes, [each for change in plan.changes for each in change.fields]
    assert "P502" not in told(plan)
    _next_number(made, form, expected - then_sold)


def _go_on(made: World) -> None:
    """What `reconcile apply` does: finish what was left, plan, apply; and once more for what waited for it."""
    for _ in range(2):
        resume(Workspace(made.root), ApplyOptions(), Silent())
        made.apply(made.plan())


def _next_number(made: World, form: str, there: int, by: int = 5) -> None:
    """What was remembered is what the next number is reckoned from."""
    sell(made, 1)
    if form == "always":
        return
    declared = 25 if form == "difference" else {"quantity": 20}
    made.documents(world.offer("A", stock=declared))
    plan = made.plan()
    assert [each.after for change in plan.changes for each in change.fields] == [Gain(by)]
    assert not undone(made.apply(plan))
    assert pieces(made) == there - 1 + by
    assert "P502" not in told(made.plan())


def unsure(root: Path) -> World:
    """2 more were accepted and came, 2 were sold, and 4 old sales left the count: the number tells nothing."""
    made = shop(root, 9)
    made.panel(made.by_key("A")["id"], {"stock": {"available": 13, "unit": "UNIT"}})
    sell(made, 4)
    made.apply(made.plan())
    days_pass(made, 28.8)
    made.documents(world.offer("A", stock=11))
    carried_out_hours_later(made, made.plan())
    days_pass(made, 2.5 * HOUR)
    made.stored()
    sell(made, 2)
    days_pass(made, 1.2)
    return made


def test_a_difference_that_may_have_come_is_not_sent_again(tmp_path: Path) -> None:
    """When it was taken for lost, another 2 would be on sale that are not there. In the end the count tells."""
    made = unsure(tmp_path)
    for _ in range(2):
        _go_on(made)
        assert pieces(made) == 9
        (waits,) = made.plan().accounts[0].settling
        assert [each.after for each in waits.change.fields] == [Gain(2)]
        days_pass(made, 0.3)
    days_pass(made, 0.5)
    _go_on(made)
    assert pieces(made) == 9
    assert not made.plan().accounts[0].settling
    _next_number(made, "difference", 9, by=14)


def test_a_count_is_the_way_past_a_difference_that_may_have_come(tmp_path: Path) -> None:
    made = unsure(tmp_path)
    made.documents(world.offer("A", stock={"count": 7}))
    made.apply(made.plan())
    assert pieces(made) == 7
    assert not made.plan().changes


def test_a_difference_that_has_surely_not_come_is_sent_again(tmp_path: Path) -> None:
    """The command is lost on the way, and the number shows it."""
    made = shop(tmp_path, 9, 9)
    made.apply(made.plan())
    made.documents(world.offer("A", stock=11))
    made.set(command_seconds=[8 * 86_400, 8 * 86_400])
    made.apply(made.plan(), wait=60)
    made.set(command_seconds=[0, 0])
    assert not made.plan().changes
    days_pass(made, 4 * HOUR)
    made.apply(made.plan())
    assert pieces(made) == 11
    assert not made.plan().changes


def test_a_sale_while_it_is_read_back_is_no_missing_piece(tmp_path: Path) -> None:
    """A count is there, and a buyer was quicker than the look at it: it is not written a second time."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    made.documents(world.offer("A", stock={"count": 15}))

    class Buys(Silent):
        def start(self, task: str, total: int | None = None) -> None:
            if task == "reading back":
                sell(made, 1)

    report = apply_plan(Workspace(made.root), made.plan(), ApplyOptions(), Buys())
    assert not undone(report)
    assert not made.plan().changes
    assert "P502" not in told(made.plan())
    assert pieces(made) == 14


def test_a_sale_before_it_is_carried_out_is_no_missing_piece(tmp_path: Path) -> None:
    """The count comes over two sales, hours later: it says what is there, and nobody has put anything."""
    made = shop(tmp_path, 11)
    made.apply(made.plan())
    made.documents(world.offer("A", stock={"count": 15}))
    made.set(command_seconds=[7200, 7200])
    made.apply(made.plan(), wait=60)
    made.set(command_seconds=[0, 0])
    sell(made, 2)
    assert not made.plan().changes  # it may come yet, and the number has moved by sales alone
    days_pass(made, 2.1 * HOUR)
    made.stored()
    assert told(made.plan()) == {}
    assert pieces(made) == 15
