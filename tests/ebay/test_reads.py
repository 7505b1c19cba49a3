"""What a plan asks for, and what it believes: names for a day, and prices where there is no report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from reconciler.documents.specs import load_spec
from reconciler.runtime.project import accounts, zones
from reconciler.runtime.project import resolve as resolving

from .shop import LOGIN, SELLER, Shop, document, goods

POLICIES = "GET /sell/account/v1/fulfillment_policy"
OFFERS = "GET /sell/inventory/v1/offer"
HOUR = 3_600


@pytest.fixture
def two_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan reads two offers again of those that it believes."""
    spec = load_spec("ebay")
    offer = spec.kinds["Offer"]
    detail = replace(offer.views["detail"], rotated=2)
    spec = replace(spec, kinds={**spec.kinds, "Offer": replace(offer, views={**offer.views, "detail": detail})})
    for module in (resolving, accounts, zones):
        monkeypatch.setattr(module, "load_spec", lambda _: spec)


def asked(shop: Shop, *arguments: str) -> Counter[str]:
    """What a plan asks for."""
    before = len(shop.asked())
    shop.ask("plan", *arguments, code=-1)
    return Counter(shop.asked()[before:])


def without_reports(shop: Shop) -> None:
    """The reports of the day are used up."""
    shop.control("POST", "settings", {"limits": {"reports_per_day": 0}})


def later(shop: Shop, seconds: int = HOUR) -> None:
    """So much time goes by."""
    shop.control("POST", "clock", {"advance_seconds": seconds})


def test_an_account_at_rest_asks_for_no_names(tmp_path: Path) -> None:
    """A page of items, whose token it is, and the report."""
    shop = Shop(tmp_path / "shop", goods("A", 1001))
    shop.offers(document("A"))
    assert asked(shop)[POLICIES] == 1
    found = asked(shop)
    assert not [path for path in found if "/account/" in path or path.endswith(("/location", "/offer"))]
    assert found.total() <= 6
    later(shop, 25 * HOUR)
    assert asked(shop)[POLICIES] == 1
    assert asked(shop, "--refresh", "full")[POLICIES] == 1


def test_what_names_something_else_is_planned_by_names_of_now(tmp_path: Path) -> None:
    """Somebody has given the name to another policy since: what is written has that one's number."""
    shop = Shop(tmp_path / "shop", goods("A", 1001), goods("B", 1002))
    shop.offers(document("A"), document("B"))
    asked(shop)
    policies = [
        {**each, "name": {"Paket": "Alt", "Brief": "Paket"}[each["name"]]}
        for each in SELLER["fulfillment_policies"]
    ]
    items, offers = zip(goods("A", 1001), goods("B", 1002), strict=True)
    shop.control("POST", "seed", {**SELLER, "fulfillment_policies": policies, "items": items, "offers": offers})
    shop.offers(document("A", delivery={"prices": "Alt"}))  # nobody has heard of it
    assert asked(shop)[POLICIES] == 1
    shop.offers(document("A", delivery={"prices": "Paket"}))
    assert {name: [*fields] for name, fields in shop.changes().items()} == {
        "A": ["delivery.prices"],
        "B": ["delivery.prices"],
    }
    shop.apply()
    assert shop.on_ebay()["A"]["listingPolicies"]["fulfillmentPolicyId"] == "72"
    shop.settled()


def test_a_changed_name_is_looked_up_before_it_is_planned(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", goods("A", 1001))
    shop.offers(document("A"))
    asked(shop)
    assert asked(shop)[POLICIES] == 0
    shop.offers(document("A", delivery={"prices": "Brief"}))
    assert asked(shop)[POLICIES] == 1


@pytest.mark.usefixtures("two_each")
def test_without_a_report_the_oldest_are_read_again_and_the_plan_says_how_old_the_rest_is(tmp_path: Path) -> None:
    skus = "ABCDEF"
    shop = Shop(tmp_path / "shop", *(goods(sku, 1001 + place) for place, sku in enumerate(skus)))
    shop.offers(*map(document, skus))
    without_reports(shop)
    assert asked(shop)[OFFERS] == 6
    for _ in range(3):
        later(shop)
        assert asked(shop)[OFFERS] == 2
    later(shop)
    assert "note[P773]: price, stock and status of 4 offers as of 2 hours ago, or later" in shop.ask("plan")
    assert asked(shop, "--refresh", "full")[OFFERS] == 6
    later(shop, 25 * HOUR)
    assert asked(shop)[OFFERS] == 6


@pytest.mark.usefixtures("two_each")
def test_what_a_person_changed_is_found_in_its_turn_and_what_sold_at_once(tmp_path: Path) -> None:
    skus = "ABCDEF"
    shop = Shop(tmp_path / "shop", *(goods(sku, 1001 + place) for place, sku in enumerate(skus)))
    bodies = {sku: {**document(sku), "stock": {"always": 5, "status": "active"}} for sku in skus}
    shop.offers(*bodies.values())
    assert shop.changes() == {}
    without_reports(shop)
    price = {"pricingSummary": {"price": {"value": "1.00", "currency": "EUR"}}}
    shop.control("POST", "panel", {"login": LOGIN, "sku": "E", "patch": {"offer": price}})
    shop.control("POST", "sale", {"login": LOGIN, "sku": "F", "quantity": 1})
    found = []
    for _ in range(5):
        later(shop)
        found.append({*shop.changes()})
    assert found[0] == {"F"}
    assert found[-1] == {"E", "F"}
    shop.apply("--allow", "price-shift", "--allow", "price-change")
    assert shop.on_ebay()["E"]["pricingSummary"]["price"]["value"] == "12.90"
    shop.settled()


@pytest.mark.usefixtures("two_each")
def test_what_is_declared_anew_is_read_before_it_is_planned(tmp_path: Path) -> None:
    """A price is never planned against one that was not read just now."""
    shop = Shop(tmp_path / "shop", *(goods(sku, 1001 + place) for place, sku in enumerate("ABCDEF")))
    shop.offers(*map(document, "ABCDEF"))
    without_reports(shop)
    asked(shop)
    price = {"pricingSummary": {"price": {"value": "13.00", "currency": "EUR"}}}
    for sku in "ABCDEF":
        shop.control("POST", "panel", {"login": LOGIN, "sku": sku, "patch": {"offer": price}})
    shop.offers(*(document(sku, price={"base": "13.50 EUR"}) for sku in "ABCDEF"))
    before = {sku: fields["price.base"][0]["amount"] for sku, fields in shop.changes().items()}
    assert before == dict.fromkeys("ABCDEF", "13.00")


@pytest.mark.usefixtures("two_each")
def test_what_is_no_more_in_the_report_is_not_believed(tmp_path: Path) -> None:
    """All others were on sale in the last one, and are in this one: nothing else tells that it has ended."""
    shop = Shop(tmp_path / "shop", *(goods(sku, 1001 + place) for place, sku in enumerate("ABCD")))
    shop.offers(*map(document, "ABCD"))
    assert shop.changes() == {}
    for sku in "ABCD":
        shop.control("POST", "end-offer", {"login": LOGIN, "sku": sku, "ended_by": "ENDED"})
    assert {sku: fields["stock.status"] for sku, fields in shop.changes().items()} == dict.fromkeys(
        "ABCD", ("ended", "active")
    )
