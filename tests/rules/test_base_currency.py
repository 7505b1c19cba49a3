"""The currency of plain prices: known to `validate` where an account says on which site it sells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sources.shop import erp, shop
from world import World, offer

from reconciler.cli.main import run

COLUMNS = {"item": "text", "net": {"type": "money", "currency": "CZK"}}
LATER = {"from": "2199-01-01T00:00", "until": "2199-02-01T00:00"}
FORMULA = {"formula": "erp.net"}


def found(made: World, capsys: pytest.CaptureFixture[str], *codes: str) -> None:
    """`validate` says just this."""
    capsys.readouterr()
    assert run(["-C", str(made.root), "validate", "--json"]) == (1 if codes else 0)
    said = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [each["code"] for each in said if each["severity"] == "error"] == list(codes)


def sells_on(made: World, market: str) -> None:
    """Have the account say where it sells."""
    said = json.loads((made.root / "reconcile.yaml").read_text(encoding="utf-8"))
    made.project({**said, "accounts": {"main": {**said["accounts"]["main"], "market": market}}})


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ({"base": FORMULA}, "D613"),
        ("100 CZK", "D503"),
        ({"base": "10 PLN", "windows": [{**LATER, "base": "10 CZK"}]}, "D656"),
        ({"base": "10 PLN", "windows": [{**LATER, "base": FORMULA}]}, "D613"),
    ],
)
def test_a_plain_price_in_another_currency(
    price: Any, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = shop(tmp_path, erp(columns=COLUMNS, orders="none"), offer("A", price=price))
    found(made, capsys)  # a login may sell anywhere: only a plan knows
    sells_on(made, "allegro-pl")
    found(made, capsys, code)


def test_a_plain_price_in_the_currency_of_the_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    price = {"base": FORMULA, "windows": [{**LATER, "base": "10 CZK"}], "allegro-pl": "10 PLN"}
    made = shop(tmp_path, erp(columns=COLUMNS, orders="none"), offer("A", price=price))
    sells_on(made, "allegro-cz")
    found(made, capsys)
    made.documents(erp(columns=COLUMNS, orders="none"), offer("A", price={"base": "10.00 PLN"}))
    found(made, capsys, "D503")
