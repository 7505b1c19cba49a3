"""Accepted is not done: what the marketplace takes its time for is neither lost, nor drift, nor sent twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import world
from torture import shop
from torture.killing import run

from reconciler.model.outcomes import Result
from reconciler.runtime.commands.apply import resume
from reconciler.runtime.commands.history import history, shown
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reliability.slow_marketplace import (
    HOUR,
    LAGGING,
    MINUTE,
    SLOW,
    TITLE,
    later,
    nothing_to_send,
    offers_named,
    seller,
    settling,
    titled,
    unshown,
)


def test_what_was_accepted_is_not_planned_again_and_then_it_is_there(tmp_path: Path) -> None:
    """An edit at work for an hour: settling in the report and in the plan, an hour later no change, and applied."""
    made = seller(tmp_path, titled(), **SLOW)
    report = made.apply(made.plan(), wait=MINUTE)
    assert unshown(report) == ["A"]
    plan = made.plan()
    assert settling(plan) == [("update", "content.title", "Kubek ceramiczny czerwony duży", TITLE)]
    assert nothing_to_send(plan)
    later(made, HOUR)
    plan = made.plan()
    assert nothing_to_send(plan)
    assert settling(plan) == []
    (told,) = history(Workspace(made.root), None, 5)
    assert told.counts == {Result.APPLIED: 1}
    (row,) = shown(Workspace(made.root), told.id)[1]
    assert "after the run" in row.detail
    made.forget_requests()
    assert nothing_to_send(made.plan())
    assert made.writes() == []


def test_a_list_that_lags_makes_a_batch_settle(tmp_path: Path) -> None:
    """A command is done and the list does not show it: settling, without --wait; ten minutes later nothing is left."""
    documents = [world.offer(name, price="55 PLN", stock={"always": 4}) for name in "ABC"]
    made = seller(tmp_path, *documents, **LAGGING)
    report = made.apply(made.plan())
    assert set(unshown(report)) == {"A", "B", "C"}
    plan = made.plan()
    assert nothing_to_send(plan)
    assert {(path, str(before)) for _, path, before, _ in settling(plan)} == {
        ("price.base", "49.99 PLN"),
        ("stock.quantity", "10"),
    }
    later(made, 600)
    assert not settling(made.plan())
    assert nothing_to_send(made.plan())


def test_drift_is_told_apart_after_settling(tmp_path: Path) -> None:
    """A value that arrived late is ours: when somebody changes it afterwards, that is drift."""
    made = seller(tmp_path, titled(), **SLOW)
    made.apply(made.plan(), wait=MINUTE)
    later(made, HOUR)
    assert nothing_to_send(made.plan())
    (offer_id,) = offers_named(made, "A")
    made.panel(offer_id, {"name": "Ktoś inny zmienił ten tytuł"})
    (change,) = made.plan().changes
    assert [field.drift for field in change.fields] == [True]


def test_a_document_that_changed_its_mind_is_a_change(tmp_path: Path) -> None:
    """Something else is declared while the first write settles: that is an ordinary change again."""
    made = seller(tmp_path, titled(), **SLOW)
    made.apply(made.plan(), wait=MINUTE)
    made.documents(world.offer("A", content={"title": "Trzeci tytuł tego kubka"}))
    plan = made.plan()
    assert settling(plan) == []
    assert [field.after for change in plan.changes for field in change.fields] == ["Trzeci tytuł tego kubka"]


def test_a_value_that_was_taken_back_is_warned_of(tmp_path: Path) -> None:
    """The document is reverted while the write is at work: no change yet, but a warning; then the documents win."""
    made = seller(tmp_path, titled(), **SLOW)
    made.apply(made.plan(), wait=MINUTE)
    made.documents(world.offer("A", content={"title": "Kubek ceramiczny czerwony duży"}))
    plan = made.plan()
    assert nothing_to_send(plan)
    assert [each.code for each in plan.diagnostics] == ["P304"]
    later(made, HOUR)
    plan = made.plan()
    assert [each.code for each in plan.diagnostics] == []
    assert [(field.before, field.drift) for change in plan.changes for field in change.fields] == [(TITLE, False)]


def test_an_image_that_was_accepted_is_not_uploaded_again(tmp_path: Path) -> None:
    """A local picture settles under its name, arrives under its address, and is then no change."""
    made = seller(tmp_path, world.offer("A", content={"images": ["images/nowe.png"]}), **SLOW)
    made.write("images/nowe.png", shop.PICTURE)
    made.apply(made.plan(), wait=MINUTE)
    plan = made.plan()
    assert [path for _, path, _, _ in settling(plan)] == ["content.images"]
    assert nothing_to_send(plan)
    later(made, HOUR)
    assert nothing_to_send(made.plan())
    assert settling(made.plan()) == []


def test_an_apply_beside_what_settles_does_not_call_it_true(tmp_path: Path) -> None:
    """Another offer is applied meanwhile; what never came is then a change of ours, and not drift."""
    hanging = {"do": "operation_hangs", "times": 1, "locked": False, "when": {}}
    made = seller(tmp_path, world.offer("A", price="49.99 PLN"), world.offer("B"))
    made.converge()
    made.documents(world.offer("B", price="55 PLN"))
    made.converge()
    made.set(faults={"schedule": [hanging]})
    made.documents(titled(), world.offer("B", price="55 PLN"))
    made.apply(made.plan(), wait=MINUTE)
    made.documents(titled(), world.offer("B", price="56 PLN"))
    plan = made.plan()
    assert [path for _, path, _, _ in settling(plan)] == ["content.title"]
    assert not world.undone(made.apply(plan))
    later(made, 3 * HOUR)
    (change,) = made.plan().changes
    assert [(field.path, field.drift) for field in change.fields] == [("content.title", False)]


def test_what_an_interrupted_run_created_is_ours(tmp_path: Path) -> None:
    """A creation that arrives while a later apply waits for it belongs to its document: without it, it is ended."""
    made = seller(tmp_path, world.whole_offer("N1"), **SLOW)
    made.apply(made.plan(), wait=MINUTE)
    outcomes = resume(Workspace(made.root), ApplyOptions(wait=2 * HOUR), Silent()).outcomes
    assert [each.result for each in outcomes] == [Result.APPLIED]
    made.documents()
    assert [(change.verb.value, change.key.name) for change in made.plan().changes] == [("end", "N1")]


def test_an_undo_may_wait_too(tmp_path: Path) -> None:
    """`undo --wait` stays with what it put back."""
    made = seller(tmp_path, titled())
    assert run(tmp_path)[0] == 0
    made.set(**SLOW)
    run_id = history(Workspace(made.root), None, 1)[0].id
    code, told = run(tmp_path, "undo", run_id, "--auto-approve", "--wait", "90s")
    assert code == 5, told
    assert "1 unknown (1 settling) of 1 planned" in told


def test_what_is_new_beside_what_settles_is_planned(tmp_path: Path) -> None:
    """One field settles, another one of the same offer has changed since: only this one is planned."""
    made = seller(tmp_path, titled(), **SLOW)
    made.apply(made.plan(), wait=MINUTE)
    made.documents(world.offer("A", content={"title": TITLE}, price="55 PLN"))
    plan = made.plan()
    assert [(verb, path) for verb, path, _, _ in settling(plan)] == [("update", "content.title")]
    assert [field.path for change in plan.changes for field in change.fields] == ["price.base"]
    assert [target.after.keys() for action in plan.actions for target in action.targets] == [{"price.base"}]


def test_a_third_value_is_a_change(tmp_path: Path) -> None:
    """Somebody else writes meanwhile: what stands there is neither the old value nor ours, so it is planned."""
    made = seller(tmp_path, world.offer("A", stock={"always": 4}), **LAGGING)
    made.apply(made.plan())
    assert [path for _, path, _, _ in settling(made.plan())] == ["stock.quantity"]
    (offer_id,) = offers_named(made, "A")
    made.panel(offer_id, {"stock": {"available": 77, "unit": "UNIT"}})
    later(made, 1200)
    plan = made.plan()
    assert settling(plan) == []
    assert [(field.before, field.after) for change in plan.changes for field in change.fields] == [(77, 4)]


def test_what_never_comes_is_planned_again_after_three_hours(tmp_path: Path) -> None:
    """An operation that never ends: settling while it may still come, then an ordinary change."""
    hanging = {"do": "operation_hangs", "times": 1, "locked": False, "when": {}}
    made = seller(tmp_path, titled(), faults={"schedule": [hanging]})
    report = made.apply(made.plan(), wait=MINUTE)
    assert unshown(report) == ["A"]
    later(made, 2 * HOUR)
    assert nothing_to_send(made.plan())
    later(made, HOUR)
    plan = made.plan()
    assert settling(plan) == []
    assert [field.path for change in plan.changes for field in change.fields] == ["content.title"]
    assert not world.undone(made.apply(plan))
    assert nothing_to_send(made.plan())


def test_an_operation_that_never_ends_ends_the_apply(tmp_path: Path) -> None:
    """Nobody waits for ever without --wait either: two hours, and the row settles for the hour that is left."""
    made = seller(tmp_path, titled(), faults={"schedule": [{"do": "operation_hangs", "times": 1, "when": {}}]})
    assert unshown(made.apply(made.plan())) == ["A"]
    assert [path for _, path, _, _ in settling(made.plan())] == ["content.title"]


@pytest.mark.parametrize("knobs", [SLOW, LAGGING, {**SLOW, **LAGGING}])
def test_what_is_being_created_is_created_once(tmp_path: Path, knobs: dict[str, Any]) -> None:
    """A creation at work, or missing in the list: whatever is planned and applied meanwhile, there is one offer."""
    made = seller(tmp_path, world.whole_offer("N1"), **knobs)
    made.apply(made.plan(), wait=MINUTE)
    for _ in range(2):
        plan = made.plan()
        assert nothing_to_send(plan), world.differences(plan)
        assert not [each for each in settling(plan) if each[1] != "stock.status"]
        made.apply(plan, wait=MINUTE)
    later(made, 2 * HOUR)
    assert len(offers_named(made, "N1")) == 1
    plan = made.plan()
    assert nothing_to_send(plan)
    assert settling(plan) == []
    made.documents()
    assert [change.verb.value for change in made.plan().changes] == ["end"], "it is ours"


def test_guards_count_what_is_to_be_done_only(tmp_path: Path) -> None:
    """What was let through once and settles does not refuse the next plan."""
    made = seller(tmp_path, world.offer("A", price="4.99 PLN"), **LAGGING)
    main = {"marketplace": "allegro", "environment": "simulator", "login": world.LOGIN}
    made.project({"accounts": {"main": main}, "guards": {"price_change": 30}})
    plan = made.plan()
    assert plan.refused
    made.apply(plan, allow={"price-change": "", "price-shift": ""})
    plan = made.plan()
    assert len(settling(plan)) == 1
    assert not plan.refused


# --- the command line -----------------------------------------------------------------------------------------


def test_apply_and_plan_say_what_settles(tmp_path: Path) -> None:
    """The words and exit codes: 5 with what to do next; what settles is undone still (2), in text and JSON."""
    made = seller(tmp_path, titled(), **SLOW)
    code, told = run(tmp_path, "apply", "--auto-approve", "--wait", "1m")
    assert code == 5, told
    assert "1 settling: accepted by the marketplace" in told
    assert "1 unknown (1 settling) of 1 planned" in told
    assert "reconcile apply --wait 30m" in told
    code, told = run(tmp_path, "plan", "--detailed-exitcode")
    assert code == 2, told
    assert "Settling: 1 field of 1 offer was accepted at " in told
    assert "nothing is sent for them: A" in told
    assert "No changes can be made. 1 settling." in told
    assert "match the documents" not in told
    code, told = run(tmp_path, "plan", "--json")
    (part,) = json.loads(told[told.index("{") :])["accounts"]
    assert [field["path"] for field in part["settling"][0]["change"]["fields"]] == ["content.title"]
    later(made, HOUR)
    code, told = run(tmp_path, "plan", "--detailed-exitcode")
    assert (code, "No changes. Your offers match the documents." in told) == (0, True)


def test_apply_with_a_long_wait_sees_everything_through(tmp_path: Path) -> None:
    """--wait 2h: an edit of an hour and a list that lags are simply applied."""
    made = seller(tmp_path, titled(), world.offer("B", price="55 PLN"), world.whole_offer("N1"), **SLOW, **LAGGING)
    code, told = run(tmp_path, "apply", "--auto-approve", "--wait", "2h")
    assert code == 0, told
    assert "3 applied of 3 planned" in told
    later(made, HOUR)
    assert run(tmp_path, "plan", "--detailed-exitcode")[0] == 0


def test_a_later_apply_stays_with_what_settles(tmp_path: Path) -> None:
    """`apply --wait` goes on where an apply without it stopped: it sends nothing, and the old run is made true."""
    made = seller(tmp_path, titled(), **SLOW)
    made.apply(made.plan(), wait=MINUTE)
    made.forget_requests()
    code, told = run(tmp_path, "apply", "--auto-approve", "--wait", "20m")
    assert code == 5, told
    assert "No changes can be made. 1 settling." in told
    code, told = run(tmp_path, "apply", "--auto-approve", "--wait")
    assert code == 0, told
    assert "Finished what earlier runs left open: 1 of 1 applied." in told
    assert "No changes." in told
    assert [each["method"] for each in made.sent() if each["method"] != "GET"] == []
    assert [each.counts for each in history(Workspace(made.root), None, 5)] == [{Result.APPLIED: 1}]


@pytest.mark.parametrize("given", ["soon", "2d", "0", "25h", "1.5h", "plan.json"])
def test_a_duration_is_checked(tmp_path: Path, given: str) -> None:
    """What is no duration, or out of reason, is wrong usage: exit code 64 and how to write it."""
    seller(tmp_path)
    code, told = run(tmp_path, "apply", f"--wait={given}")
    assert code == 64, told
    assert "--wait" in told
    assert "2h" in told or "24h" in told
