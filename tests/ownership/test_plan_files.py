"""A plan file is data from outside: apply takes it, checks it, and reads no document beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.model.outcomes import Result
from reconciler.model.plan import Plan
from reconciler.model.plan_json import UnreadablePlan, dump_plan, load_plan, plan_digest, sealed
from reconciler.runtime.commands.apply import Broken
from reconciler.runtime.commands.undo import make_undo
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.ledger.locks import this_process
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.cli.running import reconcile
from tests.ownership.test_memory import ledger_of, priced, shop
from tests.world import SWITCH_OFF_GUARDS, Silent, World, undone


def amount(made: World, name: str) -> str:
    body = made.by_key(name)
    assert body is not None
    return str(body["sellingMode"]["price"]["amount"])


def forged(plan: Plan, change: Callable[[dict[str, Any]], None]) -> Plan:
    """Change a plan file and renew its digest, as somebody would who knows how it is made."""
    body = json.loads(dump_plan(plan))
    change(body)
    unsealed = json.dumps({**body, "digest": ""})
    try:
        return load_plan(unsealed)
    except UnreadablePlan:
        pass
    from reconciler.model import plan_json

    return sealed(plan_json._plan({**body, "digest": ""}))


def test_no_document_is_read(tmp_path: Path) -> None:
    """The documents may be broken, or gone, when a saved plan is applied."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    plan = made.plan()
    made.write("documents/000.yaml", "kind: [")
    assert not undone(made.apply(plan))
    assert amount(made, "A") == "12.00"


def test_an_interactive_apply_loads_the_project_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning needs the documents; finishing what was left open and applying do not."""
    from reconciler.cli.main import run
    from reconciler.runtime.project.workspace import Workspace

    shop(tmp_path, "A", price="12.00 PLN")
    loads: list[str] = []
    load = Workspace.load
    monkeypatch.setattr(
        Workspace, "load", lambda self, *how, **more: loads.append("loaded") or load(self, *how, **more)
    )
    monkeypatch.chdir(tmp_path)
    assert run(["apply", "--auto-approve"]) == 0
    assert loads == ["loaded"]


def test_what_is_shown_is_what_is_sent(tmp_path: Path) -> None:
    """Requests come from the changes: what a forged list of requests says is never sent."""
    made = shop(tmp_path, "A", price="12.00 PLN")

    def change(body: dict[str, Any]) -> None:
        (action,) = body["accounts"][0]["actions"]
        action["targets"][0]["after"]["price.base"]["amount"] = "1.00"

    made.apply(forged(made.plan(), change))
    assert amount(made, "A") == "12.00"


def test_an_end_that_no_change_names_is_not_sent(tmp_path: Path) -> None:
    """An action for another offer, under another operation, is nothing without its change."""
    made = shop(tmp_path, "A", "B", price="12.00 PLN")
    plan = made.plan(targets=("A",))

    def change(body: dict[str, Any]) -> None:
        (action,) = body["accounts"][0]["actions"]
        other = made.by_key("B")
        assert other is not None
        target = {
            **action["targets"][0],
            "remote_id": other["id"],
            "before": {},
            "after": {"stock.status": "ended"},
        }
        target["key"] = {**target["key"], "name": "B"}
        body["accounts"][0]["actions"].append({**action, "operation": "end", "targets": [target]})

    made.apply(forged(plan, change))
    assert {each["publication"]["status"] for each in made.stored().values()} == {"ACTIVE"}


def test_the_id_of_another_offer_is_refused(tmp_path: Path) -> None:
    """What bears another key than the change names is not written, whatever id the file says."""
    made = shop(tmp_path, "A", "B", price="12.00 PLN")
    other = made.by_key("B")
    assert other is not None
    plan = made.plan(targets=("A",))
    report = made.apply(forged(plan, lambda body: body["accounts"][0]["changes"][0].update(remote_id=other["id"])))
    assert [(each.result, "bears the key B" in each.detail) for each in report.outcomes] == [
        (Result.SKIPPED, True)
    ]
    assert amount(made, "B") == "10.00"


def test_a_bug_of_ours_is_loud_and_the_report_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends an account, the rows of all of them are told first, as one JSON document."""
    import reconciler.runtime.commands.apply as applying

    made = two_accounts(tmp_path)
    plan = made.plan()
    execute = applying.execute

    async def breaks(opened: Any, *rest: Any) -> Any:
        if opened.account.name == "two":
            raise ZeroDivisionError
        return await execute(opened, *rest)

    monkeypatch.setattr(applying, "execute", breaks)
    with pytest.raises(Broken) as ended:
        made.apply(plan)
    assert isinstance(ended.value.__cause__, ZeroDivisionError)
    counts = ended.value.report.counts()
    assert (counts[Result.APPLIED], counts[Result.SKIPPED]) == (1, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.update(verb="update", remote_id=None), "does not go with the id"),
        (lambda c: c["key"].update(kind="__class__"), "has no kind"),
        (lambda c: c["fields"][0].update(path="content.nothing"), "no field"),
        (lambda c: c["fields"][0].update(module="content"), "not of the module"),
        (lambda c: c["fields"][0].update(path="external_id", module=None), "only an adoption"),
        (
            lambda c: c.update(verb="rename", fields=[{**c["fields"][0], "path": "external_id", "after": "X"}]),
            "only an adoption or a renaming",
        ),
        (lambda c: c["key"].update(account="other"), "of account other"),
        (lambda c: c["fields"][0].update(after="__class__"), "`price.base` cannot be"),
        (lambda c: c["fields"][0]["after"].update(amount="x"), "`price.base` cannot be"),
        (lambda c: c["fields"][0].update(path="stock.quantity", module="stock", after="x"), 'cannot be "x"'),
        (
            lambda c: c["fields"][0].update(path="content.description", module="content", after=[1]),
            "`content.description` cannot be",
        ),
        (lambda c: c.update(verb="end"), "the verb end does not go with its fields"),
        (
            lambda c: c["fields"][0].update(path="stock.status", module="stock", before="active", after="ended"),
            "the verb update does not go with its fields",
        ),
    ],
)
def test_a_plan_that_nobody_can_have_made_is_refused(
    tmp_path: Path, change: Callable[[Any], None], said: str
) -> None:
    """Whatever a renewed digest says: what the spec does not know, or no planning writes, is refused before a run."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    plan = forged(made.plan(), lambda body: change(body["accounts"][0]["changes"][0]))
    with pytest.raises(UnreadablePlan, match=said):
        made.apply(plan)
    with ledger_of(made) as (ledger, place):
        assert ledger.runs.first_start(place) is None


COMPARED = {
    "key": {"account": "main", "kind": "Offer", "name": "B"},
    "remote_id": "17000000001",
    "equal": {"price.base": "0123"},
    "differ": [],
    "whole": True,
    "rest_known": False,
    "fingerprint": "x",
    "declared": {},
    "counted": {"left": 11, "sold": 0, "at": "2026-11-28T00:00:00+00:00"},
    "replaced": None,
    "stock": "auto",
    "protected": False,
    "takes_over": False,
    "moved_from": "",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda body: body.update(purpose="resync"), "purpose is resync"),
        (lambda body: body.update(purpose="__class__"), "purpose is __class__"),
        (lambda body: body.update(purpose="undo"), "undoes is none"),
        (lambda body: body["accounts"].append(body["accounts"][0]), "main stands in it twice"),
        (lambda body: _compared(body, key={**COMPARED["key"], "kind": "__class__"}), "of no kind"),
        (lambda body: _compared(body, key={**COMPARED["key"], "account": "other"}), "of no kind of account main"),
        (lambda body: _compared(body, equal={"no.field": "0"}), "nothing is compared so"),
        (lambda body: _compared(body, declared={"stock.quantity": "x"}), "nothing is compared so"),
        (lambda body: body["accounts"][0]["released"].append({**COMPARED["key"], "kind": "X"}), "of no kind"),
    ],
)
def test_a_plan_that_is_none_of_ours_as_a_whole_is_refused(
    tmp_path: Path, change: Callable[[Any], None], said: str
) -> None:
    """A resync knows no guards and is never saved; what is remembered is as planning compares it."""
    made = shop(tmp_path, "A", "B", price="12.00 PLN")
    plan = forged(made.plan(targets=("A",)), change)
    with pytest.raises(UnreadablePlan, match=said):
        made.apply(plan)
    assert amount(made, "A") == "10.00"


def _compared(body: dict[str, Any], **forged: Any) -> None:
    body["accounts"][0]["compared"].append({**COMPARED, **forged})


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(created_at="yesterday"),
        lambda body: body.update(created_at="2026-11-28T00:00:00"),
        lambda body: body["accounts"][0].update(seen_at="2026-11-28T00:00:00"),
        lambda body: _compared(body, equal="0123"),
        lambda body: _compared(body, replaced="3"),
        lambda body: _compared(body, counted={**COMPARED["counted"], "sold": "3"}),
        lambda body: _compared(body, counted={**COMPARED["counted"], "at": "2026-11-28T00:00:00"}),
        lambda body: _compared(body, counted={"left": 11}),
    ],
)
def test_what_is_no_moment_and_no_comparison_is_damage(tmp_path: Path, change: Callable[[Any], None]) -> None:
    """It is said of the file, and is no bug of ours in the middle of a run."""
    body = json.loads(dump_plan(shop(tmp_path, "A", price="12.00 PLN").plan()))
    change(body)
    with pytest.raises(UnreadablePlan, match="damaged"):
        load_plan(json.dumps(body))


def test_an_undo_writes_to_what_its_run_wrote_to(tmp_path: Path) -> None:
    """The key of an offer may have changed since its run; that is no leave to write to another offer."""
    made = shop(tmp_path, "A", "B", price="12.00 PLN")
    made.apply(made.plan(targets=("A",)))
    with ledger_of(made) as (ledger, _):
        (run,) = ledger.history.runs("", None, 9)
    undo = make_undo(Workspace(tmp_path), run.id, {}, Silent())
    other = made.by_key("B")
    assert other is not None

    def change(body: dict[str, Any]) -> None:
        (row,) = body["accounts"][0]["changes"]
        row.update(remote_id=other["id"])
        row["fields"][0]["before"]["amount"], row["fields"][0]["after"]["amount"] = "10.00", "11.00"

    with pytest.raises(UnreadablePlan, match="wrote nothing to Offer/A"):
        made.apply(forged(undo, change))
    with pytest.raises(StalePlan, match="not in this ledger"):
        made.apply(forged(undo, lambda body: body.update(undoes="0" * 32)))
    assert (amount(made, "A"), amount(made, "B")) == ("12.00", "10.00")
    assert not undone(made.apply(undo))
    assert amount(made, "A") == "10.00"


def test_an_offer_that_moved_and_ends_is_ended(tmp_path: Path) -> None:
    """Its verb is the end, and it gets its new key all the same: that is a plan of ours."""
    made = shop(tmp_path, "A")
    made.apply(made.plan())
    made.documents(world.offer("A2", stock={"status": "ended"}, moved={"from": "A"}))
    assert not undone(made.apply(made.plan()))
    body = made.by_key("A2")
    assert body is not None
    assert body["publication"]["status"] == "ENDED"


def test_what_was_allowed_is_under_the_digest(tmp_path: Path) -> None:
    """A guard that is lifted in the file is an altered file; so are the counts by which shares are judged."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    plan = made.plan()
    for change in (
        lambda body: body["allowed"].update(price_change=""),
        lambda body: body["accounts"][0]["population"].update(Offer=10_000),
    ):
        body = json.loads(dump_plan(plan))
        change(body)
        with pytest.raises(UnreadablePlan, match="altered"):
            load_plan(json.dumps(body))
    assert plan_digest(plan) == plan.digest


def test_a_stored_run_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    """It is said, and what comes after it is applied."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    made.apply(made.plan())
    with ledger_of(made) as (ledger, _):
        ledger.database.run("update runs set state = 'open', finished_at = null")
        ledger.database.run("update operations set state = 'open', operation = '__class__'")
    made.documents(world.offer("A", price="13.00 PLN"))
    told = reconcile("apply", "--auto-approve", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "set aside" in told.stderr
    assert amount(made, "A") == "13.00"
    assert reconcile("apply", "--auto-approve", cwd=tmp_path).returncode == 0


def test_a_later_run_makes_a_plan_stale(tmp_path: Path) -> None:
    """12 -> 13 and back: the live value is the plan's base again, and the plan is stale all the same."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    old = made.plan()
    for price in ("13.00 PLN", "10.00 PLN"):
        made.documents(world.offer("A", price=price))
        made.apply(made.plan())
    with pytest.raises(StalePlan, match="after this plan was made"):
        made.apply(old)
    assert amount(made, "A") == "10.00"


def test_a_plan_expires(tmp_path: Path) -> None:
    """Plans hold for seven days; how old one is, and that the documents have moved on, is said."""
    made = shop(tmp_path, "A", price="12.00 PLN")
    plan = made.plan()
    ago = datetime.now(UTC) - timedelta(days=8)
    with pytest.raises(StalePlan, match="8 days old"):
        made.apply(sealed(Plan(**{**_members(plan), "created_at": ago.isoformat(timespec="seconds")})))
    (tmp_path / "plan.json").write_text(
        dump_plan(sealed(Plan(**{**_members(plan), "created_at": (ago + timedelta(days=5)).isoformat()})))
    )
    made.documents(world.offer("A", price="15.00 PLN"))
    told = reconcile("apply", "plan.json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "the plan is 3 days old" in told.stderr
    assert "documents have changed since" in told.stderr


def _members(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in plan.__slots__}


def two_accounts(tmp_path: Path, **second: Any) -> World:
    """One marketplace with two sellers, an account for each."""
    made = shop(tmp_path, "A")
    with made.simulator() as simulator:
        live = [world.live_offer(9, "A", **priced("10.00"))]
        simulator.seed(world.seller(live, login="drugi", user_id="555", clients=[], refresh_token=None))
    where = {"marketplace": "allegro", "environment": "simulator"}
    accounts = {"one": {**where, "login": made.login}, "two": {**where, "login": "drugi", **second}}
    made.project({"accounts": accounts, "guards": SWITCH_OFF_GUARDS})
    made.documents(
        world.offer("A", account="one", price="12.00 PLN"), world.offer("A", account="two", price="12.00 PLN")
    )
    return made


def test_a_guard_that_refuses_one_account_costs_that_account(tmp_path: Path) -> None:
    """The guards are judged again, by what is allowed now: the first account is applied, the second is not."""
    made = two_accounts(tmp_path, guards={"price_change": "5%"})
    plan = made.plan(allow={"price_change": ""})
    made.forget_requests()
    report = made.apply(Plan(**{**_members(plan), "allowed": {}}))
    assert [(each.account, str(each.reason)) for each in report.stops] == [("two", "guard")]
    assert [(each.key.account, str(each.result)) for each in report.outcomes] == [
        ("one", "applied"),
        ("two", "skipped"),
    ]
    with made.simulator() as simulator:
        [untouched] = simulator.offers("drugi")
    assert untouched["sellingMode"]["price"]["amount"] == "10.00"


def test_an_account_that_cannot_go_on_yields_its_report_all_the_same(tmp_path: Path) -> None:
    """The first account was applied, the second is in other hands: both stand in one report, as JSON too."""
    made = two_accounts(tmp_path)
    (tmp_path / "plan.json").write_text(dump_plan(made.plan()))
    with ledger_of(made, "two") as (ledger, place):
        other = this_process(str(place.site), "two", "h", "reconcile apply", "2026-11-28T09:00:00")
        ledger.locks.take(replace(other, host="elsewhere"))
    told = reconcile("apply", "plan.json", "--json", cwd=tmp_path)
    body = json.loads(told.stdout)
    assert (told.returncode, body["counts"]["applied"], body["counts"]["skipped"]) == (7, 1, 1)
    assert [(stop["account"], stop["reason"]) for stop in body["stops"]] == [("two", "locked")]
