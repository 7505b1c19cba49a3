"""What a resync sends, how it goes on after an interruption, and what it keeps its hands off."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import world
from simulator import example
from undo.taking_back import runs, standing
from world import World, diagnostics, differences, undone

from reconciler.model.modules import Module
from reconciler.model.outcomes import Result
from reconciler.runtime.commands.history import shown
from reconciler.runtime.commands.resync import unfinished_resync
from reconciler.runtime.commands.resync_status import resync_statuses
from reconciler.runtime.errors import GuardRefused, Locked, RunStopped, StalePlan
from reconciler.runtime.project.workspace import Workspace

from .again import Cut, Hook, cut, options, press_ctrl_c, resume, resync_plan, sent_fields, start, writes

ONE, TWO = "17000000001", "17000000002"
WHOLE: dict[str, Any] = {
    "content": {
        "title": "Kubek ceramiczny czerwony duży",
        "parameters": {"Stan": "Nowy"},
        "description": "<p>Opis</p>",
        "images": [f"{example.CDN}/aaaaaa/first", f"{example.CDN}/aaaaaa/second"],
    },
    "delivery": {"prices": "Standard", "handling": "PT24H"},
    "price": "49.99 PLN",
    "stock": {"always": 10, "status": "active"},
}


def shop(root: Path, count: int = 2, guards: Any = None, live: Any = None, **sections: Any) -> World:
    """Offers K1, K2 … on sale, each of them declared whole and true."""
    made = World.make(
        root,
        world.seller([world.live_offer(n, f"K{n}", **(live or {})) for n in range(1, count + 1)]),
        [world.offer(f"K{n}", **{**WHOLE, **sections}) for n in range(1, count + 1)],
        project={"guards": guards or world.SWITCH_OFF_GUARDS},
    )
    assert not made.plan().actions
    made.forget_requests()
    return made


def test_every_owned_field_is_sent_though_nothing_differs(tmp_path: Path) -> None:
    made = shop(tmp_path)
    plan = resync_plan(made)
    mine = sorted(
        [f"content.{name}" for name in WHOLE["content"]]
        + ["delivery.prices", "delivery.handling", "price.base", "stock.quantity"]
    )
    assert sent_fields(plan) == {"K1": mine, "K2": mine}
    before = standing(made)
    report = start(made, plan)
    assert not undone(report)
    assert set(writes(made).values()) == {1}
    assert standing(made) == before
    assert [(each.purpose, each.state) for each in runs(made)] == [("resync", "finished")]


def test_toggles_hold_unless_all_modules_are_asked_for(tmp_path: Path) -> None:
    made = shop(tmp_path, sync={"price": "off", "content": "manual"})
    kept = sent_fields(resync_plan(made))["K1"]
    assert {path.partition(".")[0] for path in kept} == {"delivery", "stock"}
    named = sent_fields(resync_plan(made, only=frozenset({Module.CONTENT})))["K1"]
    assert {path.partition(".")[0] for path in named} == {"content"}
    whole = sent_fields(resync_plan(made, all_modules=True))["K1"]
    assert {path.partition(".")[0] for path in whole} == {"content", "delivery", "price", "stock"}


def test_labels_narrow_a_resync(tmp_path: Path) -> None:
    made = shop(tmp_path)
    made.documents(world.offer("K1", labels={"brand": "acme"}, **WHOLE), world.offer("K2", **WHOLE))
    assert set(sent_fields(resync_plan(made, select={"brand": "acme"}))) == {"K1"}


def test_images_go_only_where_the_marketplace_gets_them_always(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from msgspec.structs import replace

    from reconciler.runtime.project import resolve as resolving

    load = resolving.load_spec
    monkeypatch.setattr(resolving, "load_spec", lambda name: replace(load(name), images_always_resent=False))
    made = shop(tmp_path)
    assert "content.images" not in sent_fields(resync_plan(made))["K1"]
    assert "content.images" in sent_fields(resync_plan(made, images=True))["K1"]


def test_ended_and_frozen_things_are_left_out_and_said(tmp_path: Path) -> None:
    made = shop(tmp_path, live={"sold": 3})
    with made.simulator() as simulator:
        simulator.end(made.login, TWO, "USER")
        simulator.panel_edit(made.login, ONE, {"stock": {"available": 10}})
    made.stored()
    made.documents(
        world.offer("K1", **{**WHOLE, "content": {"title": "Kubek zupełnie inny niż był"}}),
        world.offer("K2", **WHOLE),
    )
    plan = resync_plan(made)
    assert set(sent_fields(plan)) == {"K1"}
    assert "content.title" not in sent_fields(plan)["K1"]
    said = diagnostics(plan)
    assert any("P301 `content.title` of K1" in line for line in said)
    assert any("P701 1 offer is left alone (ended): K2" in line for line in said)


def test_a_guard_judges_what_differs_and_not_what_is_the_same(tmp_path: Path) -> None:
    made = shop(tmp_path, 12, guards={"updates": {"count": 3}})
    assert not resync_plan(made).refused
    for number in range(1, 6):
        made.panel(f"1700000000{number}", {"sellingMode": {"price": example.money("45.00")}})
    plan = resync_plan(made)
    assert [(each.rule, len(each.rows)) for each in plan.refused] == [("updates", 5)]
    with pytest.raises(GuardRefused):
        start(made, plan)
    assert not made.writes()
    assert not undone(start(made, resync_plan(made, allow={"updates": ""}), allow={"updates": ""}))


@pytest.mark.parametrize("end", [cut, press_ctrl_c])
@pytest.mark.parametrize("size", [200, 2])
@pytest.mark.parametrize("after", [1, 3, 6])
def test_an_interrupted_resync_goes_on_and_sends_each_chunk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, size: int, end: Any
) -> None:
    """Killed, or asked to stop (what is in flight is finished then); in one slice and over several."""
    monkeypatch.setattr("reconciler.runtime.commands.resync._SLICE", size)
    made = shop(tmp_path, 7)
    made.set(accepted_ratio=0.0)
    plan = resync_plan(made)
    chunks = len(plan.actions)
    assert chunks > after
    try:
        report = start(made, plan, Hook(after, end), parallelism=1)
        assert {each.result for each in report.outcomes} == {Result.APPLIED, Result.SKIPPED}
    except Cut:
        pass
    (status,) = resync_statuses(Workspace(made.root), None)
    assert (status.run.state, status.operations) == ("open", chunks)
    assert after <= status.operations_sent <= (after if end is cut else chunks - 1)
    assert unfinished_resync(Workspace(made.root), options()) is not None
    assert not undone(resume(made))
    found = writes(made)
    assert len(found) == chunks
    assert set(found.values()) == {1}
    (status,) = resync_statuses(Workspace(made.root), "main")
    assert (status.run.state, status.run.left, status.operations_sent) == ("finished", 0, chunks)
    with pytest.raises(RunStopped, match="no unfinished resync"):
        resume(made)


def test_a_status_counts_only_what_was_read_back(tmp_path: Path) -> None:
    """Accepted is not done: rows that were sent when the process was killed are left, until the next one has looked."""
    made = shop(tmp_path, 3)
    made.set(accepted_ratio=0.0)
    with pytest.raises(Cut):
        start(made, resync_plan(made), Hook(2, cut), parallelism=1)
    (status,) = resync_statuses(Workspace(made.root), None)
    assert (status.done, status.run.left, status.operations_sent) == (0, status.rows, 2)
    _, rows = shown(Workspace(made.root), status.run.id)
    assert [each.tried for each in rows if each.result is None][:2] == [True, True]
    assert not any(each.result is Result.APPLIED for each in rows)
    assert not undone(resume(made))
    (status,) = resync_statuses(Workspace(made.root), None)
    assert (status.done, status.run.left) == (status.rows, 0)


def test_one_that_cannot_be_read_is_not_gone_on_with(tmp_path: Path) -> None:
    """It was begun by a version that kept something else with it: it is given up, in so many words."""
    made = shop(tmp_path, 4)
    with pytest.raises(Cut):
        start(made, resync_plan(made), Hook(1, cut), parallelism=1)
    with closing(sqlite3.connect(made.root / ".reconcile/ledger.db")) as ledger, ledger:
        ledger.execute("update runs set context = json_remove(context, '$.offers')")
    with pytest.raises(StalePlan, match="it lacks offers") as told:
        resume(made)
    assert "--restart" in told.value.hint
    assert not undone(start(made, resync_plan(made), restart=True))


def test_another_scope_does_not_go_on_and_restart_gives_up(tmp_path: Path) -> None:
    made = shop(tmp_path, 4)
    with pytest.raises(Cut):
        start(made, resync_plan(made), Hook(1, cut), parallelism=1)
    here = Workspace(made.root)
    with pytest.raises(RunStopped, match="of another scope"):
        unfinished_resync(here, options(only=frozenset({Module.PRICE})))
    plan = resync_plan(made)
    with pytest.raises(RunStopped, match="has an unfinished resync"):
        start(made, plan)
    assert not undone(start(made, plan, restart=True))
    assert [each.state for each in runs(made)] == ["finished", "stopped"]


def test_a_normal_apply_runs_beside_a_resync_and_never_takes_it_over(tmp_path: Path) -> None:
    """While a resync holds its lock an apply goes through, and leaves the resync's rows alone."""
    made = shop(tmp_path, 4)
    newer = [world.offer(f"K{n}", **{**WHOLE, "price": "55.00 PLN"}) for n in (3, 4)]

    def apply_beside() -> None:
        import threading

        made.documents(*(world.offer(f"K{n}", **WHOLE) for n in (1, 2)), *newer)
        worker = threading.Thread(target=lambda: reports.append(made.apply(made.plan())))
        worker.start()
        worker.join()

    reports: list[Any] = []
    report = start(made, resync_plan(made), Hook(1, apply_beside), parallelism=1)
    assert len(reports) == 1
    assert not undone(reports[0]), undone(reports[0])
    stale = {each.key.name for each in report.outcomes if each.stale}
    assert stale == {"K3", "K4"}
    assert {key: body["price.base"]["amount"] for key, body in standing(made).items()} == {
        ONE: "49.99",
        TWO: "49.99",
        "17000000003": "55.00",
        "17000000004": "55.00",
    }
    assert not differences(made.plan())


def test_two_resyncs_of_one_account_exclude_each_other(tmp_path: Path) -> None:
    made = shop(tmp_path)
    seen: list[BaseException] = []

    def second() -> None:
        import threading

        def attempt() -> None:
            try:
                start(made, other)
            except Locked as locked:
                seen.append(locked)

        worker = threading.Thread(target=attempt)
        worker.start()
        worker.join()

    other = resync_plan(made)
    start(made, resync_plan(made), Hook(1, second), parallelism=1)
    assert len(seen) == 1
    assert "main resync is locked" in str(seen[0])


def test_a_sale_during_a_resync_is_never_overwritten(tmp_path: Path) -> None:
    """Between plan and write somebody buys: the stock of that offer stays, and the row says why it was skipped."""
    made = shop(tmp_path)
    plan = resync_plan(made, only=frozenset({Module.STOCK}))
    with made.simulator() as simulator:
        simulator.sell(made.login, ONE, 2)
    report = start(made, plan)
    assert {each.key.name: each.stale for each in report.outcomes} == {"K1": True, "K2": False}
    assert standing(made)[ONE]["stock.quantity"] == 8


def test_a_resync_is_undone_as_any_run(tmp_path: Path) -> None:
    """What it changed goes back; what it only repeated stands as it was."""
    from undo.taking_back import undo

    made = shop(tmp_path)
    made.panel(ONE, {"sellingMode": {"price": example.money("45.00")}})
    before = standing(made)
    start(made, resync_plan(made))
    plan, report = undo(made)
    assert not undone(report)
    assert [(c.key.name, [f.path for f in c.fields]) for c in plan.changes] == [("K1", ["price.base"])]
    assert standing(made) == before


def test_what_would_be_refused_is_not_sent_and_the_rest_is(tmp_path: Path) -> None:
    """A name that is mistyped since: its line is said, nothing of it is sent, and every other field is."""
    made = shop(tmp_path)
    mistyped = {**WHOLE, "delivery": {"prices": "Standrad", "handling": "PT24H"}}
    made.documents(world.offer("K1", **mistyped), world.offer("K2", **WHOLE))
    plan = resync_plan(made)
    [said] = [line for line in diagnostics(plan) if "P703" in line]
    assert "not sent again: K1: `delivery.prices`: there is no delivery price list 'Standrad'" in said
    sent = sent_fields(plan)
    assert set(sent["K2"]) - set(sent["K1"]) == {"delivery.prices"}
    assert not undone(start(made, plan))
