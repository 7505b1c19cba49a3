"""Prices that hold for a time, by commands: which window decides, what is said of it, and what is a mistake."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.rules.shop import Shop, there

BEFORE, NOW, AFTER = "2020-01-01T00:00", "2200-01-01T00:00", "2300-01-01T00:00"
#: A window that holds while the tests run, and two that begin long after it.
HOLDS = {"from": BEFORE, "until": NOW, "base": "39.99 PLN"}
LATER = {"from": NOW, "until": AFTER, "base": "44.99 PLN", "allegro-cz": "259 CZK"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with one cup; each test declares it as it needs."""
    return Shop.make(tmp_path_factory.mktemp("calendar") / "shop", [there(1, "kubek")], [], {"kubek": {"main": 5}})


def declare(shop: Shop, *windows: dict[str, Any], **price: Any) -> None:
    """One cup with these windows."""
    shop.declare(world.offer("kubek", price={"base": "49.99 PLN", "windows": list(windows), **price}))


def prices(plan: dict[str, Any]) -> dict[str, str]:
    """What a plan makes of prices."""
    changes = (each for part in plan["accounts"] for change in part["changes"] for each in change["fields"])
    return {each["path"]: f"{each['after']['amount']} {each['after']['currency']}" for each in changes}


def codes(said: dict[str, Any]) -> list[str]:
    """The findings of a plan or of `validate`."""
    return [each["code"] for each in said["diagnostics"]]


def test_the_window_that_holds_decides_and_the_plan_says_so(shop: Shop) -> None:
    declare(shop, HOLDS, LATER)
    plan = shop.plan()
    assert prices(plan) == {"price.base": "39.99 PLN"}
    (change,) = (each for part in plan["accounts"] for each in part["changes"])
    assert change["fields"][0]["because"] == f"window {BEFORE} until {NOW} (Europe/Warsaw)"
    mark = change["fields"][0]["mark"]
    lines = (shop.made.root / mark["file"]).read_text(encoding="utf-8").splitlines()
    assert "39.99 PLN" in lines[mark["line"] - 1]
    said = {each["code"]: each for each in plan["diagnostics"]}
    assert said["P761"]["summary"].startswith("prices of kubek are those of the window 2020")
    assert said["P762"]["summary"] == f"prices of main change next at {NOW} (Europe/Warsaw): 1 offer"


def test_what_is_null_in_a_window_is_left_alone(tmp_path: Path) -> None:
    """The offer stays on that market, with the price that it has there; what else is declared there waits, too."""
    shop = Shop.make(tmp_path / "shop", [there(1, "kubek")], [], {"kubek": {"main": 5}})
    declare(shop, **{"allegro-cz": "289 CZK"})
    shop.apply()
    declare(shop, HOLDS | {"allegro-cz": None}, **{"allegro-cz": "299 CZK"})
    assert prices(shop.plan()) == {"price.base": "39.99 PLN"}
    shop.apply()
    abroad = shop.offer("kubek")["additionalMarketplaces"]["allegro-cz"]
    assert abroad["sellingMode"]["price"]["amount"] == "289.00"


def test_the_price_is_explained_by_its_line_in_the_window(shop: Shop) -> None:
    declare(shop, HOLDS, LATER)
    (found,) = shop.ask("explain", "kubek", "price.base", "--offline")["resources"]
    (price,) = found["fields"]
    beside, window = price["layers"]
    assert (beside["value"], beside["wins"]) == ("49.99 PLN", False)
    assert (window["value"], window["wins"]) == ("39.99 PLN", True)
    lines = (shop.made.root / window["mark"]["file"]).read_text(encoding="utf-8").splitlines()
    assert "39.99 PLN" in lines[price["mark"]["line"] - 1]
    assert price["because"][0]["text"].startswith(f"window {BEFORE} until {NOW}")


def test_a_plan_of_a_moment_to_come_has_its_prices_and_is_not_applied_before(shop: Shop, tmp_path: Path) -> None:
    declare(shop, HOLDS, LATER)
    file = tmp_path / "plan.json"
    plan = shop.plan("--at", NOW, "--out", str(file))
    assert prices(plan)["price.base"] == "44.99 PLN"
    assert plan["at"] == "2199-12-31T23:00:00+00:00"
    assert "P763" in codes(plan)
    refused = shop.ask("apply", str(file), "--auto-approve", code=6)
    assert "do not hold yet" in json.dumps(refused)
    body = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**body, "at": None}), encoding="utf-8")
    assert "do not hold yet" not in json.dumps(shop.ask("apply", str(file), "--auto-approve", code=1))
    assert prices(shop.plan("--at", AFTER)) == {}


def test_a_window_may_have_a_rule_and_the_rules_of_all_windows_are_checked(shop: Shop) -> None:
    source = {
        "kind": "Source",
        "name": "erp",
        "type": "csv",
        "path": "erp.csv",
        "columns": {"item": "text", "net": {"type": "money", "currency": "PLN"}},
    }
    shop.made.write("erp.csv", "item,net\nkubek,20.00\n")
    rule = {"formula": "erp.net * 1.5", "round": {"to": 0.99}}
    windows: list[dict[str, Any]] = [{**HOLDS, "base": rule}, {**LATER, "base": {"formula": "erp.nett * 2"}}]
    shop.declare(world.offer("kubek", price={"base": "49.99 PLN", "windows": windows}), source=source)
    found = shop.ask("validate", code=1)
    (wrong,) = (each for each in found["diagnostics"] if each["severity"] == "error")
    assert wrong["code"] == "D613"
    windows[1] = LATER
    shop.declare(world.offer("kubek", price={"base": "49.99 PLN", "windows": windows}), source=source)
    plan = shop.plan()
    assert prices(plan) == {"price.base": "29.99 PLN"}
    because = plan["accounts"][0]["changes"][0]["fields"][0]["because"]
    assert because.startswith("erp.net 20.00 * 1.5 = 30.00")
    assert because.endswith(f"; window {BEFORE} until {NOW} (Europe/Warsaw)")


@pytest.mark.parametrize(
    ("windows", "code", "line"),
    [
        ([{**HOLDS, "until": "2100-03-28T02:30"}], "D651", "2100-03-28T02:30"),
        ([{**HOLDS, "from": "2025-10-26T02:30"}], "D652", "2025-10-26T02:30"),
        ([{**HOLDS, "until": BEFORE}], "D653", "until"),
        ([HOLDS, {**LATER, "from": "2199-12-31T23:59"}], "D654", "2199-12-31T23:59"),
        ([HOLDS, {**LATER, "allegro-cz": "25 EUR"}], "D656", "25 EUR"),
        ([HOLDS, {**LATER, "allegro-xx": "25 EUR"}], "D656", "allegro-xx"),
    ],
)
def test_mistakes_stand_at_their_place(shop: Shop, windows: list[dict[str, Any]], code: str, line: str) -> None:
    declare(shop, *windows)
    found = shop.ask("validate", code=1)
    (wrong,) = (each for each in found["diagnostics"] if each["severity"] == "error")
    assert wrong["code"] == code
    lines = (shop.made.root / wrong["mark"]["file"]).read_text(encoding="utf-8").splitlines()
    assert line in lines[wrong["mark"]["line"] - 1]
    assert wrong["hint"]


def test_a_mistake_in_a_window_holds_the_offer_back(shop: Shop) -> None:
    declare(shop, {**HOLDS, "until": BEFORE})
    assert prices(shop.plan(code=1)) == {}


def test_a_moment_is_of_the_zone_of_the_account(shop: Shop) -> None:
    declare(shop, HOLDS, LATER)
    body = json.loads((shop.made.root / "reconcile.yaml").read_text(encoding="utf-8"))
    main = body["accounts"]["main"]
    try:
        shop.made.project({**body, "accounts": {"main": {**main, "timezone": "America/New_York"}}})
        assert shop.plan("--at", NOW)["at"] == "2200-01-01T05:00:00+00:00"
        shop.made.project({**body, "accounts": {"main": {**main, "timezone": "Europe/Warszawa"}}})
        assert codes(shop.ask("validate", code=1)) == ["P762", "P761", "D655"]
        shop.made.project({**body, "accounts": {"main": main, "two": {**main, "timezone": "UTC"}}})
        assert "D657" in json.dumps(shop.ask("plan", "--at", NOW, code=1))
        assert "D658" in json.dumps(shop.ask("plan", "--at", "2026-11-01T00:00Z", code=1))
    finally:
        shop.made.project(body)


def test_windows_of_defaults_are_replaced_and_taken_away(shop: Shop) -> None:
    defaults = {"kind": "Defaults", "Offer": {"price": {"base": "49.99 PLN", "windows": [HOLDS]}}}
    shop.declare(defaults, world.offer("kubek", price={"windows": []}))
    assert prices(shop.plan()) == {}
    own = [{**HOLDS, "base": "29.99 PLN"}]
    shop.declare(defaults, world.offer("kubek", price={"windows": own}))
    assert prices(shop.plan()) == {"price.base": "29.99 PLN"}
    inherits = {key: said for key, said in world.offer("kubek").items() if key != "price"}
    shop.declare(defaults, inherits)
    assert prices(shop.plan()) == {"price.base": "39.99 PLN"}


def test_a_window_begins_with_its_first_moment_and_is_over_at_its_end(shop: Shop) -> None:
    now = datetime.now(UTC)
    soon = f"{now + timedelta(days=2):%Y-%m-%dT%H:%MZ}"
    then = f"{now + timedelta(days=3):%Y-%m-%dT%H:%MZ}"
    declare(shop, {"from": soon, "until": then, "base": "39.99 PLN"})
    assert prices(shop.plan("--at", soon)) == {"price.base": "39.99 PLN"}
    assert prices(shop.plan("--at", then)) == {}
