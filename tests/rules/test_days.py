"""Days in rules are days of the account: it may be today there, and yesterday or tomorrow by UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sources.shop import erp, feed, shop, values
from world import World, offer

from reconciler.cli.main import run

#: Of these two zones at least one has another day than UTC, at any moment.
ZONES = {"Pacific/Kiritimati": 14, "Etc/GMT+12": -12}


def in_zone(made: World, zone: str) -> None:
    """Have the account of a project reckon by the clock of a zone."""
    said = json.loads((made.root / "reconcile.yaml").read_text(encoding="utf-8"))
    made.project({**said, "accounts": {"main": {**said["accounts"]["main"], "timezone": zone}}})


@pytest.mark.parametrize("zone", ZONES)
def test_the_rate_of_a_day_begins_with_that_day_of_the_account(zone: str, tmp_path: Path) -> None:
    rates = erp(
        name="nbp",
        path="rates.csv",
        item="currency",
        orders="none",
        columns={"currency": "text", "rate": {"type": "money", "currency": "PLN"}, "valid_on": "date"},
    )
    price: dict[str, Any] = {"base": {"formula": "convert(erp.net, 'PLN')", "rates": "nbp"}}
    columns = {"item": "text", "net": {"type": "money", "currency": "EUR"}}
    made = shop(tmp_path, rates, erp(columns=columns), offer("A", price=price))
    in_zone(made, zone)
    feed(made, "A,10.00", headings="item,net")
    today = (datetime.now(UTC) + timedelta(hours=ZONES[zone])).date()
    days = {today - timedelta(days=1): "4.10", today: "4.20", today + timedelta(days=1): "4.30"}
    lines = (f"EUR,{rate},{day}" for day, rate in days.items())
    feed(made, *lines, name="rates.csv", headings="currency,rate,valid_on")
    assert str(values(made.plan(), "A")["price.base"]) == "42.00 PLN"


@pytest.mark.parametrize("zone", ZONES)
def test_today_is_today_in_the_account(zone: str, tmp_path: Path) -> None:
    price = {"base": {"formula": "erp.net + days_since(erp.since) + (100 if erp.since == today else 0)"}}
    columns = {"item": "text", "net": {"type": "money", "currency": "PLN"}, "since": "date"}
    made = shop(tmp_path, erp(columns=columns), offer("A", price=price))
    in_zone(made, zone)
    today = (datetime.now(UTC) + timedelta(hours=ZONES[zone])).date()
    feed(made, f"A,10.00,{today}", headings="item,net,since")
    assert str(values(made.plan(), "A")["price.base"]) == "110.00 PLN"


@pytest.mark.parametrize("zone", ZONES)
def test_a_price_by_today_holds_until_the_day_is_over(
    zone: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sale that was planned on its last day is not sent on the next one."""
    sale = {"base": {"formula": "erp.net * (0.5 if days_since(erp.since) < 1 else 1)"}}
    columns = {"item": "text", "net": {"type": "money", "currency": "PLN"}, "since": "date"}
    always = {"base": {"formula": "erp.net * 2"}}
    made = shop(tmp_path, erp(columns=columns), offer("A", price=sale), offer("B", price=always), live=2)
    in_zone(made, zone)
    there = timezone(timedelta(hours=ZONES[zone]))
    today = datetime.now(there).date()
    feed(made, f"A,100.00,{today}", f"B,100.00,{today}", headings="item,net,since")
    over = datetime.combine(today + timedelta(days=1), time(0), there).astimezone(UTC)
    assert prices(made, capsys) == {"A": ("50.00", over.isoformat()), "B": ("200.00", None)}
    later = prices(made, capsys, "--at", f"{today + timedelta(days=9)}T12:00")
    assert later == {"A": ("100.00", (over + timedelta(days=9)).isoformat()), "B": ("200.00", None)}
    window = {"from": "2020-01-01T00:00", "until": f"{today + timedelta(days=1)}T00:00", **sale}
    made.documents(erp(columns=columns), offer("A", price={"base": "70 PLN", "windows": [window]}))
    assert prices(made, capsys) == {"A": ("50.00", over.isoformat())}


def prices(made: World, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, tuple[str, str | None]]:
    """What a plan writes as plain prices, and until when it may."""
    capsys.readouterr()
    run(["-C", str(made.root), "plan", "--allow", "price-change", "--allow", "price-shift", "--json", *more])
    (part,) = json.loads(capsys.readouterr().out)["accounts"]
    fields = {each["key"]["name"]: field for each in part["changes"] for field in each["fields"]}
    return {name: (field["after"]["amount"], field.get("until")) for name, field in fields.items()}
