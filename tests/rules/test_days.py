"""Days in rules are days of the account: it may be today there, and yesterday or tomorrow by UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sources.shop import erp, feed, shop, values
from world import World, offer

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
