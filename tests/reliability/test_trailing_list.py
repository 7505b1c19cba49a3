"""The list trails an edit that was read back from the offer itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from torture import shop
from world import World

from reconciler.model.plan import Plan
from reliability.slow_marketplace import LAGGING, MINUTE, later

OLD, NEW = "Kubek ceramiczny czerwony duży", "Kubek ceramiczny nowy"


#: Of an offer whose title alone is declared the list is all that a plan reads; any other one is read in full, too.
DECLARED: dict[str, dict[str, Any]] = {"title alone": {}, "in full": {"description": "<p>Kubek na kawę.</p>"}}


@pytest.fixture(params=DECLARED)
def besides(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What is declared of the content besides the title."""
    return DECLARED[request.param]


def offer(title: str, besides: dict[str, Any]) -> dict[str, Any]:
    return world.offer("A", content={"title": title} | besides)


def edited_while_the_list_trails(root: Path, besides: dict[str, Any]) -> World:
    """An offer whose title was applied, and a list that is ten minutes behind."""
    made = World.make(root, world.seller([shop.live_offer(0, "A", shop.example.PRODUCT)]), [offer(NEW, besides)])
    made.set(**LAGGING)
    assert not world.undone(made.apply(made.plan()))
    return made


def titles(plan: Plan) -> list[tuple[Any, Any]]:
    return [(each.before, each.after) for change in plan.accounts[0].changes for each in change.fields]


def test_an_applied_edit_that_the_list_does_not_show_is_no_change(tmp_path: Path, besides: dict[str, Any]) -> None:
    made = edited_while_the_list_trails(tmp_path, besides)
    plan = made.plan()
    assert titles(plan) == []
    assert [each.change.fields[0].path for each in plan.accounts[0].settling] == ["content.title"]
    later(made, 11 * MINUTE)
    after = made.plan().accounts[0]
    assert (after.changes, after.settling) == ((), ())


@pytest.mark.parametrize("title", [OLD, "Kubek ceramiczny zielony"], ids=["taken back", "edited again"])
def test_a_document_that_is_edited_again_meanwhile_is_planned_from_what_was_written(
    tmp_path: Path, title: str, besides: dict[str, Any]
) -> None:
    """The list would call what was taken back equal, and what was edited again would not be what the apply finds."""
    made = edited_while_the_list_trails(tmp_path, besides)
    made.documents(offer(title, besides))
    plan = made.plan()
    assert titles(plan) == [(NEW, title)]
    assert not world.undone(made.apply(plan))
    again = made.plan()
    assert titles(again) == []
    later(made, 11 * MINUTE)
    assert titles(made.plan()) == []


def test_what_somebody_else_wrote_meanwhile_is_a_change(tmp_path: Path, besides: dict[str, Any]) -> None:
    made = edited_while_the_list_trails(tmp_path, besides)
    made.set(list_lag_seconds=0)
    made.panel("17000500000", {"name": "Kubek z panelu"})
    assert titles(made.plan()) == [("Kubek z panelu", NEW)]


def test_the_list_is_believed_again_after_a_quarter_of_an_hour(tmp_path: Path, besides: dict[str, Any]) -> None:
    """Whoever sets the old title again within that time is seen when it is over."""
    made = edited_while_the_list_trails(tmp_path, besides)
    later(made, 5 * MINUTE)
    made.set(list_lag_seconds=0)
    made.panel("17000500000", {"name": OLD})
    assert titles(made.plan()) == []
    later(made, 11 * MINUTE)
    assert titles(made.plan()) == [(OLD, NEW)]


def test_only_the_newest_write_of_a_field_counts(tmp_path: Path, besides: dict[str, Any]) -> None:
    """Written, taken back, and wanted again within the time: what the list shows is what the second edit has left."""
    made = edited_while_the_list_trails(tmp_path, besides)
    made.set(list_lag_seconds=0)
    later(made, 11 * MINUTE)
    for title in (OLD, NEW):
        made.documents(offer(title, besides))
        wanted = made.plan()
        assert [after for _, after in titles(wanted)] == [title]
        assert not world.undone(made.apply(wanted))
