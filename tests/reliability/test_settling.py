"""Accepted is not done: what the marketplace takes its time for is neither lost, nor drift, nor sent twice."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import world
from torture import faults, shop
from torture.killing import Aim, Process, run
from torture.market import Market, market, token
from world import World

from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import Plan
from reconciler.runtime.applying import resume
from reconciler.runtime.history import history, shown
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.workspace import Workspace

TITLE = "Zupełnie inny tytuł kubka"
HOUR = 3600.0
MINUTE = 60.0
#: Every write is at work for an hour before it shows.
SLOW = {"faults": {"schedule": [{"do": "operation_hangs", "times": None, "seconds": 3600, "when": {}}]}}
#: The list shows writes ten minutes later.
LAGGING = {"list_lag_seconds": 600.0}


def seller(root: Path, *documents: dict[str, Any], **knobs: Any) -> World:
    """Three offers that are on sale, and a slow marketplace."""
    live = [shop.live_offer(number, name, shop.example.PRODUCT) for number, name in enumerate("ABC")]
    made = World.make(root, world.seller(live), list(documents))
    made.set(accepted_ratio=0.0, **knobs)
    return made


def titled(name: str = "A") -> dict[str, Any]:
    """A document that asks for another title: an edit of this offer alone."""
    return world.offer(name, content={"title": TITLE})


def later(made: World, seconds: float) -> None:
    """Time passes on the marketplace, and whatever is due happens."""
    with made.simulator() as simulator:
        simulator.clock.advance(seconds)
        simulator.catch_up()


def settling(plan: Plan) -> list[tuple[str, str, Any, Any]]:
    """What a plan calls settling: verb, field, value now, value to come."""
    return [
        (each.change.verb.value, field.path, field.before, field.after)
        for part in plan.accounts
        for each in part.settling
        for field in each.change.fields
    ]


def unshown(report: Report) -> list[str]:
    """The keys of the rows that settle; nothing else is left open."""
    left = [each for each in report.outcomes if each.result is not Result.APPLIED]
    assert all(each.settling and each.result is Result.UNKNOWN for each in left), world.undone(report)
    return sorted(each.key.name for each in left)


def nothing_to_send(plan: Plan) -> bool:
    return not plan.changes and not plan.actions


def offers_named(made: World, key: str) -> list[str]:
    """The ids of the offers with this key."""
    return [body["id"] for body in made.stored().values() if (body.get("external") or {}).get("id") == key]


# --- the next plan --------------------------------------------------------------------------------------------


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
    documents = [world.offer(name, price="55 PLN", stock=4) for name in "ABC"]
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
    made = seller(tmp_path, world.offer("A", stock=4), **LAGGING)
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
    """The words and exit codes: 5 with what to do next; nothing to change is 0, in text and JSON."""
    made = seller(tmp_path, titled(), **SLOW)
    code, told = run(tmp_path, "apply", "--auto-approve", "--wait", "1m")
    assert code == 5, told
    assert "1 settling: accepted by the marketplace" in told
    assert "1 unknown (1 settling) of 1 planned" in told
    assert "reconcile apply --wait 30m" in told
    code, told = run(tmp_path, "plan", "--detailed-exitcode")
    assert code == 0, told
    assert "Settling: 1 field of 1 offer was accepted at " in told
    assert "nothing is sent for them: A" in told
    assert "Plan: nothing to change." in told
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
    assert "nothing to change" in told
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


# --- cut short ------------------------------------------------------------------------------------------------


@contextmanager
def served(tmp_path: Path) -> Iterator[tuple[World, Market, Path]]:
    """A seller whose marketplace runs in real time, and whose list is ten minutes behind."""
    made = seller(tmp_path / "shop", world.offer("A", price="55 PLN"), **LAGGING)
    record = made.root / ".reconcile" / "record.jsonl"
    with market(tmp_path / "market", made.root / ".reconcile" / "simulator.db", record) as place:
        made.project({"accounts": {"main": place.account(made.login)}, "guards": world.SWITCH_OFF_GUARDS})
        yield made, place, record


def waiting(made: World, record: Path) -> Process:
    """An apply that has sent its write and has looked for it twice."""
    running = Process(made.root, "apply", "--auto-approve", "--wait", "30m", **token(made.login))
    until = time.monotonic() + 60
    while _looks(record) < 2:
        assert running.process.poll() is None, running.told()
        assert time.monotonic() < until, running.told()
        time.sleep(0.05)
    return running


def _looks(record: Path) -> int:
    """How often the list was read since the last write."""
    lines = [json.loads(line) for line in record.read_bytes().split(b"\n")[:-1]] if record.exists() else []
    wrote = [place for place, each in enumerate(lines) if each["method"] in ("PUT", "POST")]
    after = lines[wrote[-1] :] if wrote else []
    return sum("/sale/offers?" in each["url"] for each in after)


def test_ctrl_c_stops_the_waiting_and_the_next_apply_goes_on(tmp_path: Path) -> None:
    """One signal while it waits: true counts at once, exit code 5; the next apply reads the same run back."""
    with served(tmp_path) as (made, place, record):
        running = waiting(made, record)
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.end(20) == 5, running.told()
        assert time.monotonic() - began < 5
        assert "1 unknown (1 settling) of 1 planned" in running.told()
        _finished_by_the_next(made, place)


def test_ctrl_c_in_the_canary_sends_nothing_more(tmp_path: Path) -> None:
    """One signal while the canary is written: it is finished and read back, and no other offer is touched."""
    documents = [world.offer(name, content={"title": f"Kubek ceramiczny {name} duży"}) for name in "ABC"]
    slow = {"do": "slow", "times": None, "seconds": 0.8, "when": {"method": "PATCH"}}
    made = seller(tmp_path, *documents, faults={"schedule": [slow]})
    running = Process(made.root, "apply", "--auto-approve", "--canary", "1")
    assert running.wait_for(Aim(writes=1)), running.told()
    running.process.send_signal(signal.SIGINT)
    assert running.end(30) == 5, running.told()
    assert "1 applied, 2 skipped of 3 planned" in running.told()
    assert sum("duży" in body["name"] and "miczny A" in body["name"] for body in made.stored().values()) == 1
    made.set(faults={"schedule": []})
    code, told = run(made.root)
    assert code == 0, told
    assert run(made.root, "plan", "--detailed-exitcode")[0] == 0


def test_a_kill_while_waiting_is_gone_on_with(tmp_path: Path) -> None:
    """SIGKILL while it waits: a plan calls the rows settling, and the next apply reads the same run back."""
    with served(tmp_path) as (made, place, record):
        waiting(made, record).kill()
        code, told = run(made.root, "plan", "--detailed-exitcode", **token(made.login))
        assert code == 0, told
        assert "Settling: 1 field of 1 offer" in told
        _finished_by_the_next(made, place)


def _finished_by_the_next(made: World, place: Market) -> None:
    place.ask("/_sim/clock", {"advance_seconds": 600})
    code, told = run(made.root, **token(made.login))
    assert code == 0, told
    assert "rows to be read back" in told
    assert "Finished what earlier runs left open: 1 of 1 applied." in told
    assert "No changes." in told
    assert [each.counts for each in history(Workspace(made.root), None, 5)] == [{Result.APPLIED: 1}]


def test_what_was_seen_before_the_kill_is_not_looked_for_again(tmp_path: Path) -> None:
    """Rows that were read back stay applied, even when they sell while the rest of their command settles."""
    made = seller(tmp_path, *(world.offer(name, stock=4) for name in "AB"), **LAGGING)
    plan = made.plan()
    made.panel(offers_named(made, "A")[0], {"stock": {"available": 4, "unit": "UNIT"}})
    later(made, 1200)
    report = made.apply(plan)
    assert unshown(report) == ["B"]
    made.panel(offers_named(made, "A")[0], {"stock": {"available": 2, "unit": "UNIT"}})
    later(made, 1200)
    outcomes = resume(Workspace(made.root), ApplyOptions(wait=MINUTE), Silent()).outcomes
    assert {each.key.name: each.result for each in outcomes} == {"A": Result.APPLIED, "B": Result.APPLIED}


def test_the_worst_lists_and_operations_end_well(tmp_path: Path) -> None:
    """Everything at once on a marketplace that takes an hour and lags: nothing twice, and in the end nothing to do."""
    made = faults.make(tmp_path / "shop", faults.EVERYTHING)
    made.set(**SLOW, **LAGGING)
    made.apply(made.plan(), wait=MINUTE)
    faults.calm(made)
    assert faults.unsettled(made) == []


# --- the list trails an edit that was read back from the offer itself -----------------------------------------------

OLD, NEW = "Kubek ceramiczny czerwony duży", "Kubek ceramiczny nowy"


def edited_while_the_list_trails(root: Path) -> World:
    """An offer whose title alone is declared: the list is all that a plan reads of it, and it is ten minutes behind."""
    made = World.make(
        root,
        world.seller([shop.live_offer(0, "A", shop.example.PRODUCT)]),
        [world.offer("A", content={"title": NEW})],
    )
    made.set(**LAGGING)
    assert not world.undone(made.apply(made.plan()))
    return made


def titles(plan: Plan) -> list[tuple[Any, Any]]:
    return [(each.before, each.after) for change in plan.accounts[0].changes for each in change.fields]


def test_an_applied_edit_that_the_list_does_not_show_is_no_change(tmp_path: Path) -> None:
    made = edited_while_the_list_trails(tmp_path)
    plan = made.plan()
    assert titles(plan) == []
    assert [each.change.fields[0].path for each in plan.accounts[0].settling] == ["content.title"]
    later(made, 11 * MINUTE)
    after = made.plan().accounts[0]
    assert (after.changes, after.settling) == ((), ())


def test_what_somebody_else_wrote_meanwhile_is_a_change(tmp_path: Path) -> None:
    made = edited_while_the_list_trails(tmp_path)
    made.set(list_lag_seconds=0)
    made.panel("17000500000", {"name": "Kubek z panelu"})
    assert titles(made.plan()) == [("Kubek z panelu", NEW)]


def test_the_list_is_believed_again_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    """Whoever sets the old title again within that time is seen when it is over."""
    made = edited_while_the_list_trails(tmp_path)
    later(made, 5 * MINUTE)
    made.set(list_lag_seconds=0)
    made.panel("17000500000", {"name": OLD})
    assert titles(made.plan()) == []
    later(made, 11 * MINUTE)
    assert titles(made.plan()) == [(OLD, NEW)]


def test_only_the_newest_write_of_a_field_counts(tmp_path: Path) -> None:
    """Written, taken back, and wanted again within the time: what the list shows is what the second edit has left."""
    made = edited_while_the_list_trails(tmp_path)
    made.set(list_lag_seconds=0)
    later(made, 11 * MINUTE)
    for title in (OLD, NEW):
        made.documents(world.offer("A", content={"title": title}))
        wanted = made.plan()
        assert [after for _, after in titles(wanted)] == [title]
        assert not world.undone(made.apply(wanted))
