"""An application has so many requests in a second and in a day."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.runtime.project import accounts
from reconciler.runtime.project import resolve as resolving

from .shop import Shop, document, listing


def repriced(root: Path, offers: int) -> Shop:
    """A shop of so many listings, each with another price than its document."""
    shop = Shop(root, *(listing(1001 + number, f"A{number}") for number in range(offers)))
    shop.offers(*(document(f"A{number}", price={"base": "21.00 USD"}) for number in range(offers)))
    shop.control("POST", "run", {})
    return shop


def test_no_second_has_more_requests_than_are_permitted(tmp_path: Path) -> None:
    """Nobody says whether a second slides: it does here, which is the safe side. Commands follow each other at once."""
    shop = repriced(tmp_path / "shop", 6)
    for _ in range(4):
        shop.plan()
    assert "6 applied of 6 planned" in shop.apply()
    rate = shop.control("GET", "rate")
    assert rate["refused"] == 0
    assert 8 <= rate["clients"]["simulator"]["max_per_second"] <= 10


def test_what_does_not_fit_into_a_day_waits_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day slides: whatever was asked in the last 24 hours counts."""
    honest = load_spec("etsy")
    few = replace(honest.budgets["client"], per_day=40)
    spec = replace(honest, budgets={**honest.budgets, "client": few})
    monkeypatch.setattr(resolving, "load_spec", lambda _name: spec)
    monkeypatch.setattr(accounts, "load_spec", lambda _name: spec)
    shop = repriced(tmp_path / "shop", 10)
    shop.control("POST", "settings", {"limits": {"per_day": 40}})
    before = shop.control("GET", "clock")
    assert "10 applied of 10 planned" in shop.apply()
    rate = shop.control("GET", "rate")
    day = rate["limits"]["day"]["simulator"]
    assert (day["refused"], 39 <= day["max"] <= 40) == (0, True)
    assert before != shop.control("GET", "clock")
