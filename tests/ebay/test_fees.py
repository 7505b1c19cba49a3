"""What publishing costs is asked for what is staged: shown and judged by the plan, or paid within what is allowed."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciler.runtime.connection.transport import Transport

from .shop import LOGIN, SELLER, Shop, document, goods

FEES = "POST /sell/inventory/v1/offer/get_listing_fees"


def charging(root: Path, free: int, *there: Any) -> Shop:
    """A shop with so many free listings left; what goes beyond costs 0.35 EUR each."""
    shop = Shop(root / "shop", *there)
    items, offers = [item for item, _ in there], [offer for _, offer in there if offer]
    fees = {"EBAY_DE": {"insertion": "0.35", "free": free, "used": 0}}
    shop.control("POST", "seed", {**SELLER, "items": items, "offers": offers, "fees": fees})
    return shop


def staged(*skus: str) -> list[Any]:
    """Offers that are not on sale."""
    return [goods(sku, 1001 + place, sale=False) for place, sku in enumerate(skus)]


def paid(shop: Shop) -> Decimal:
    """What was charged in all."""
    charged = shop.control("GET", f"fees?login={LOGIN}")
    return sum((Decimal(str(each["amount"])) for each in charged["fees"]), Decimal(0))


def on_sale(shop: Shop) -> set[str]:
    """What is published."""
    return {sku for sku, each in shop.on_ebay().items() if each["status"] == "PUBLISHED"}


def test_what_is_staged_shows_its_fee_and_is_refused_unless_it_is_allowed(tmp_path: Path) -> None:
    """One of two listings is free: they are asked for together, and the second one costs."""
    shop = charging(tmp_path, 1, *staged("A", "B"))
    shop.offers(document("A"), document("B"))
    part = shop.plan()["accounts"][0]
    assert part["fees"] == [{"amount": "0.35", "currency": "EUR"}]
    said = shop.ask("apply", "--auto-approve", code=3)
    assert "the marketplace charges 0.35 EUR at once; nothing may be charged" in said
    assert paid(shop) == 0
    said = shop.apply("--allow", "fees=0.35")
    assert "(costs 0.35 EUR at once)" in said
    assert (paid(shop), on_sale(shop)) == (Decimal("0.35"), {"A", "B"})
    shop.settled()


def test_what_is_free_is_published_unasked(tmp_path: Path) -> None:
    shop = charging(tmp_path, 5, *staged("A", "B"))
    shop.offers(document("A"), document("B"), document("N"))
    assert "fees" not in shop.plan()["accounts"][0]
    shop.apply()
    assert (paid(shop), on_sale(shop)) == (0, {"A", "B", "N"})
    shop.settled()


def test_what_is_not_staged_yet_is_said_to_be_unknown_and_stays_staged_when_it_costs(tmp_path: Path) -> None:
    shop = charging(tmp_path, 1)
    shop.offers(document("N"), document("O"))
    said = shop.ask("plan")
    assert "note[P774]: what eBay charges to put 2 new offers on sale is not known before it is staged" in said
    said = shop.apply(code=-1)
    assert "To put it on sale would cost 0.35 EUR now" in said
    assert "it stays staged" in said
    assert (paid(shop), len(on_sale(shop)), {*shop.on_ebay()}) == (0, 1, {"N", "O"})
    part = shop.plan()["accounts"][0]
    assert part["fees"] == [{"amount": "0.35", "currency": "EUR"}]
    shop.apply("--allow", "fees=0.35")
    assert (paid(shop), on_sale(shop)) == (Decimal("0.35"), {"N", "O"})
    shop.settled()


def test_an_item_without_an_offer_is_paid_for_as_a_new_one_and_not_by_what_was_shown_of_others(
    tmp_path: Path,
) -> None:
    """A run was killed between its item and its offer: there is nothing staged that could be asked about."""
    item, _ = goods("N", 1009)
    shop = charging(tmp_path, 0, (item, None), *staged("A", "B"))
    shop.offers(*map(document, ("A", "B", "N")))
    part = shop.plan()["accounts"][0]
    assert part["fees"] == [{"amount": "0.70", "currency": "EUR"}]
    assert "note[P774]: what eBay charges to put 1 new offer on sale is not known" in shop.ask("plan", code=3)
    said = shop.apply("--allow", "fees=0.70", code=-1)
    assert said.count("it stays staged") == 1
    assert (paid(shop), on_sale(shop)) == (Decimal("0.70"), {"A", "B"})
    shop.apply("--allow", "fees=0.35")
    assert (paid(shop), on_sale(shop)) == (Decimal("1.05"), {"A", "B", "N"})
    shop.settled()


def test_the_one_free_listing_is_promised_to_one_offer_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers take their time: who asks meanwhile would be told that it is free, too."""
    send = Transport.send

    async def slow(self: Transport, request: Any, headers: Any, body: Any) -> Any:
        answer = await send(self, request, headers, body)
        await asyncio.sleep(0.02)
        return answer

    shop = charging(tmp_path, 3, *staged("A", "B", "C", "D", "E"))
    shop.offers(*map(document, "ABC"))
    plan = str(shop.root / "p.plan")
    shop.ask("plan", "--out", plan)
    for number in (1004, 1005):  # somebody else uses two of the three that were free
        shop.control("POST", f"/sell/inventory/v1/offer/{number}/publish")
    monkeypatch.setattr(Transport, "send", slow)
    said = shop.ask("apply", plan, "--auto-approve", code=-1)
    monkeypatch.undo()
    assert said.count("it stays staged") == 2
    assert (paid(shop), len(on_sale(shop))) == (0, 3)


def test_new_offers_are_paid_for_up_to_what_is_allowed(tmp_path: Path) -> None:
    """Each is asked for when those before it are published: three cost, and two are allowed."""
    shop = charging(tmp_path, 0)
    shop.offers(*map(document, ("N", "O", "P")))
    said = shop.apply("--allow", "fees=0.80", code=-1)
    assert said.count("it stays staged") == 1
    assert (paid(shop), len(on_sale(shop))) == (Decimal("0.70"), 2)


def test_what_costs_more_than_the_plan_has_shown_stays_staged(tmp_path: Path) -> None:
    """The free listing is used up by somebody between the plan and its apply."""
    shop = charging(tmp_path, 1, *staged("A", "B"))
    shop.offers(document("A"))
    plan = str(shop.root / "p.plan")
    shop.ask("plan", "--allow", "fees=5", "--out", plan)
    shop.control("POST", "/sell/inventory/v1/offer/1002/publish")
    said = shop.ask("apply", plan, "--auto-approve", code=-1)
    assert "which the plan has not shown" in said
    assert (paid(shop), on_sale(shop)) == (0, {"B"})


def test_an_account_at_rest_asks_for_no_fees(tmp_path: Path) -> None:
    shop = charging(tmp_path, 0, goods("A", 1001))
    shop.offers(document("A"))
    assert json.loads(shop.ask("plan", "--json"))["accounts"][0]["changes"] == []
    assert shop.asked(FEES) == []


def test_an_undo_shows_what_it_costs_to_publish_again(tmp_path: Path) -> None:
    """A run withdrew it; what is published again is another listing, and pays for itself."""
    shop = charging(tmp_path, 0, goods("A", 1001))
    shop.offers(document("A", stock={"status": "ended"}))
    shop.apply()
    run = json.loads(shop.ask("history", "--json"))["runs"][0]["id"]
    said = shop.ask("undo", run, "--auto-approve", code=3)
    assert "the marketplace charges 0.35 EUR at once; nothing may be charged" in said
    shop.ask("undo", run, "--auto-approve", "--allow", "fees=0.35")
    assert (paid(shop), on_sale(shop)) == (Decimal("0.35"), {"A"})


def test_a_listing_that_ended_by_itself_is_renewed_for_its_fee(tmp_path: Path) -> None:
    """What it costs is known when it is staged again: it is not charged unless that was allowed."""
    shop = charging(tmp_path, 0, goods("A", 1001))
    shop.offers(document("A"))
    shop.apply()
    shop.control("POST", "end-offer", {"login": LOGIN, "sku": "A", "ended_by": "ENDED"})
    said = shop.ask("apply", "--auto-approve", code=5)
    assert "would cost 0.35 EUR now, which the plan has not shown and nobody has allowed: it stays staged" in said
    assert (paid(shop), on_sale(shop)) == (0, set())
    shop.apply("--allow", "fees=0.35")
    assert (paid(shop), shop.on_ebay()["A"]["listing"]["listingStatus"]) == (Decimal("0.35"), "ACTIVE")
    shop.settled()
