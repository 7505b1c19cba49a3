"""A listing takes 250 revisions a day: what is left of them, what waits, and what a refusal teaches."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.project import accounts, zones
from reconciler.runtime.project import resolve as resolving
from reconciler.simulator.app import simulator_of

from .shop import LOGIN, STORE, Shop, document, goods


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five revisions a day, so that they are used up soon; one of them is kept for stock."""
    spec = load_spec("ebay")
    sooner = replace(spec, budgets={**spec.budgets, "listing": replace(spec.budgets["listing"], per_day=5)})
    use(sooner, monkeypatch)


def use(spec: MarketplaceSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the commands know other facts."""
    for module in (resolving, accounts, zones):
        monkeypatch.setattr(module, "load_spec", lambda _: spec)


def codes(shop: Shop) -> list[str]:
    """What the plan warns of."""
    return [each["code"] for each in shop.plan()["diagnostics"]]


def declared(price: str, pieces: int) -> dict[str, Any]:
    """The offer at this price, with so many pieces."""
    return {**document("A", price={"base": f"{price} EUR"}), "stock": {"always": pieces, "status": "active"}}


@pytest.mark.usefixtures("few")
def test_stock_goes_first_when_few_revisions_are_left_and_the_rest_goes_a_day_later(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", goods("A", 1001))
    for number in range(4):
        shop.offers(declared(f"13.0{number}", 5))
        assert codes(shop) == []
        shop.apply()
    shop.offers(declared("14.00", 8))
    assert codes(shop) == ["P772"]
    assert "1 of its 5 changes of a day are left; more from" in shop.ask("plan", code=-1)
    said = shop.apply(code=5)
    assert "held back: 1 of its 5 changes of a day are left" in said
    there = shop.on_ebay()["A"]
    assert (there["availableQuantity"], there["pricingSummary"]["price"]["value"]) == (8, "13.03")
    shop.offers(declared("14.00", 9))
    assert "0 of its 5 changes of a day are left" in shop.apply(code=5)
    assert shop.on_ebay()["A"]["availableQuantity"] == 8
    shop.control("POST", "clock", {"advance_seconds": 86_500})
    assert codes(shop) == []
    shop.apply()
    shop.settled()


def test_a_refusal_teaches_that_the_day_is_used_up(tmp_path: Path) -> None:
    """Somebody else has revised it as well: we learn it with the first refusal, and say it before the next one."""
    shop = Shop(tmp_path / "shop", goods("A", 1001))
    asyncio.run(_revised(shop, 250))
    shop.offers(declared("13.00", 5))
    assert codes(shop) == []
    assert "revised 250 times today" in shop.apply(code=5)
    said = shop.ask("plan", code=-1)
    assert "the marketplace says that its 250 changes of a day are used up" in said
    assert "`price.base` waits" in said
    before = len(shop.asked("POST /sell/inventory/v1/bulk_update_price_quantity"))
    assert "held back" in shop.apply(code=5)
    assert len(shop.asked("POST /sell/inventory/v1/bulk_update_price_quantity")) == before
    shop.control("POST", "clock", {"advance_seconds": 86_500})
    shop.apply()
    shop.settled()


async def _revised(shop: Shop, times: int) -> None:
    simulator = simulator_of("ebay")(shop.root / STORE)
    transport = httpx.ASGITransport(app=simulator.app)
    headers = {"Authorization": f"Bearer simulator-{LOGIN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://practice", headers=headers) as client:
        for number in range(times):
            price = {"value": f"20.{number % 100:02}", "currency": "EUR"}
            rows = {"requests": [{"offers": [{"offerId": "1001", "price": price}]}]}
            answer = await client.post("/sell/inventory/v1/bulk_update_price_quantity", json=rows)
            assert answer.status_code == 200
    simulator.close()
