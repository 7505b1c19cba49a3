"""A price that was planned before a window began or ended is not sent after that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.engine.lapsed import ended
from reconciler.model.changes import Change, FieldChange
from reconciler.model.offers import Key
from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import AccountPlan, Plan, Target
from reconciler.model.plan_json import UnreadablePlan, dump_plan, load_plan, sealed
from reconciler.render.report_text import report_text
from reconciler.render.style import PLAIN
from reconciler.runtime.commands.apply import apply_plan, resume
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from tests import world
from tests.rules.shop import Shop, there
from tests.undo.taking_back import Cut, CutsAfter

BEFORE, NOW, AFTER = "2020-01-01T00:00", "2200-01-01T00:00", "2300-01-01T00:00"
HOLDS = {"from": BEFORE, "until": NOW, "base": "39.99 PLN"}
LATER = {"from": NOW, "until": AFTER, "base": "44.99 PLN"}
#: A window that was over a minute ago.
OVER = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a cup and a jug; each test declares them as it needs."""
    live = [there(1, "kubek"), there(2, "dzban")]
    return Shop.make(tmp_path_factory.mktemp("lapsed") / "shop", live, [], {})


def cup(key: str, *windows: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """An offer with these windows."""
    return world.offer(key, price={"base": "49.99 PLN", "windows": list(windows)}, **changes)


def untils(plan: Mapping[str, Any]) -> dict[str, str | None]:
    """Up to when the values of a plan hold."""
    fields = (each for part in plan["accounts"] for change in part["changes"] for each in change["fields"])
    return {each["path"]: each.get("until") for each in fields}


def made_earlier(plan: Plan) -> Plan:
    """The same plan, made when its window held, and a minute too late by now."""

    def field(each: FieldChange) -> FieldChange:
        return replace(each, until=OVER) if each.until else each

    def change(each: Change) -> Change:
        return replace(each, fields=tuple(map(field, each.fields)))

    def part(each: AccountPlan) -> AccountPlan:
        return replace(each, changes=tuple(map(change, each.changes)))

    return sealed(replace(plan, accounts=tuple(map(part, plan.accounts))))


def applied(shop: Shop, plan: Plan) -> Report:
    """What an apply of a plan comes to."""
    return apply_plan(Workspace(shop.made.root), plan, ApplyOptions(), Silent())


def price(shop: Shop, key: str) -> str:
    """What a buyer pays."""
    return str(shop.offer(key)["sellingMode"]["price"]["amount"])


def test_a_price_knows_the_next_edge_of_the_windows_of_its_offer(shop: Shop) -> None:
    shop.declare(cup("kubek", HOLDS, LATER, stock={"always": 7}))
    assert untils(shop.plan()) == {"price.base": "2199-12-31T23:00:00+00:00", "stock.quantity": None}
    assert untils(shop.plan("--at", NOW))["price.base"] == "2299-12-31T23:00:00+00:00"
    shop.declare(cup("kubek", LATER, {**LATER, "from": AFTER, "until": "2400-01-01T00:00"}))
    assert untils(shop.plan()) == {}
    ends = {**HOLDS, "until": "2100-10-31T02:30+02:00"}  # the hour that comes twice: the earlier one
    shop.declare(cup("kubek", ends, {**LATER, "from": "2100-10-31T02:30+01:00"}))
    assert untils(shop.plan()) == {"price.base": "2100-10-31T00:30:00+00:00"}


def test_what_has_ended_goes_by_the_moment_and_by_what_a_row_writes() -> None:
    key = Key("main", "Offer", "kubek")
    moment = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)  # 2:00, the second time, in Warsaw
    holds = {str(key): {"price.base": moment.isoformat()}}
    row = Target(key=key, remote_id="1", before={}, after={"price.base": 1, "content.title": "Kubek"})
    assert ended(row, holds, moment - timedelta(microseconds=1)) == ""
    assert ended(row, holds, moment) == "2026-10-25T01:00+00:00"
    assert ended(replace(row, after={"content.title": "Kubek"}), holds, moment) == ""
    assert ended(row, {}, moment) == ""


def test_a_plan_that_is_too_late_leaves_these_rows_out_and_says_so_once(shop: Shop) -> None:
    shop.declare(cup("kubek", HOLDS), cup("dzban", HOLDS))
    late = made_earlier(shop.made.plan())
    before = price(shop, "kubek"), price(shop, "dzban")
    report = applied(shop, load_plan(dump_plan(late)))
    assert {each.result for each in report.outcomes} == {Result.SKIPPED}
    assert (price(shop, "kubek"), price(shop, "dzban")) == before
    text = list(report_text(report, PLAIN))
    assert [line for line in text if "plan again" in line and "left out" in line] == [
        "2 rows left out: a window of prices, or the day of a rule, is over since the plan: plan again."
    ]
    assert not any("moved on the marketplace" in line for line in text)
    shop.apply()
    assert price(shop, "kubek") == "39.99"


def test_what_does_not_rest_on_a_window_is_sent(shop: Shop) -> None:
    shop.declare(cup("kubek", {**HOLDS, "base": "29.99 PLN"}), world.offer("dzban", price="11.11 PLN"))
    applied(shop, made_earlier(shop.made.plan()))
    assert (price(shop, "kubek"), price(shop, "dzban")) == ("39.99", "11.11")


def test_nothing_is_put_on_sale_or_created_at_such_a_price(shop: Shop) -> None:
    shop.end("kubek")
    shop.declare(
        cup("kubek", {**HOLDS, "base": "19.99 PLN"}, stock={"always": 5, "status": "active"}),
        world.offer("dzban"),
        world.whole_offer("nowy", price={"base": "49.99 PLN", "windows": [HOLDS]}),
    )
    plan = shop.made.plan()
    assert {each.verb.value for each in plan.changes} == {"activate", "create"}
    applied(shop, made_earlier(plan))
    assert shop.state("kubek")[0] == "ENDED"
    assert shop.made.by_key("nowy") is None
    applied(shop, shop.made.plan())
    assert shop.state("kubek")[0] == "ACTIVE"
    assert shop.made.by_key("nowy") is not None


def test_a_run_that_was_interrupted_sends_no_such_price_when_it_is_gone_on_with(tmp_path: Path) -> None:
    names = [f"A{number}" for number in range(40)]
    shop = Shop.make(tmp_path, [there(number, name) for number, name in enumerate(names, 1)], [], {})
    shop.declare(
        *(cup(name, {**HOLDS, "base": f"{40 + number / 4:.2f} PLN"}) for number, name in enumerate(names))
    )
    with pytest.raises(Cut):
        apply_plan(Workspace(tmp_path), shop.made.plan(), ApplyOptions(parallelism=1), CutsAfter(1))
    before = {name: price(shop, name) for name in names}
    assert "49.99" in before.values()
    ledger = Ledger(tmp_path / ".reconcile" / "ledger.db")
    try:  # the moment comes while nobody is at work
        with ledger.database.transaction():
            ledger.database.run(
                "update runs set context = replace(context, '2199-12-31T23:00:00+00:00', ?)", (OVER,)
            )
    finally:
        ledger.close()
    report = resume(Workspace(tmp_path), ApplyOptions(), Silent())
    assert {each.lapsed for each in report.outcomes if each.result is Result.SKIPPED} == {True}
    assert {name: price(shop, name) for name in names} == before


def test_a_moment_is_part_of_what_was_reviewed(shop: Shop) -> None:
    shop.declare(cup("kubek", {**HOLDS, "base": "15.99 PLN"}))
    body = json.loads(dump_plan(shop.made.plan()))
    (field,) = (
        each
        for change in body["accounts"][0]["changes"]
        for each in change["fields"]
        if each["path"] == "price.base"
    )
    field["until"] = "2999-01-01T00:00:00+00:00"
    with pytest.raises(UnreadablePlan, match="altered"):
        load_plan(json.dumps(body))
    field["until"] = "tomorrow"
    with pytest.raises(UnreadablePlan, match="damaged"):
        load_plan(json.dumps(body))
