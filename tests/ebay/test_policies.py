"""Policies and places as documents: read, created, written whole, deleted, and what no document says is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .shop import SELLER, Shop, document, goods

Json = dict[str, Any]
ACCOUNT = "/sell/account/v1"
LIVE = {
    "fulfillmentPolicyId": "73",
    "name": "Alles",
    "marketplaceId": "EBAY_DE",
    "categoryTypes": [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}],
    "description": "nur innen",
    "handlingTime": {"value": 2, "unit": "BUSINESS_DAY"},
    "pickupDropOff": True,
    "shippingOptions": [
        {
            "optionType": "DOMESTIC",
            "costType": "FLAT_RATE",
            "shippingDiscountProfileId": "77",
            "shippingServices": [
                {
                    "shippingServiceCode": "DE_DHLPaket",
                    "shippingCarrierCode": "DHL",
                    "sortOrder": 1,
                    "freeShipping": True,
                    "shippingCost": {"value": "0.0", "currency": "EUR"},
                },
                {
                    "shippingServiceCode": "DE_HermesPaket",
                    "sortOrder": 2,
                    "shippingCost": {"value": "4.50", "currency": "EUR"},
                    "additionalShippingCost": {"value": "1.00", "currency": "EUR"},
                },
            ],
        },
        {
            "optionType": "INTERNATIONAL",
            "costType": "CALCULATED",
            "shippingServices": [
                {
                    "shippingServiceCode": "DE_DHLPaketInternational",
                    "sortOrder": 1,
                    "shipToLocations": {"regionIncluded": [{"regionName": "Worldwide"}]},
                }
            ],
        },
    ],
    "shipToLocations": {
        "regionIncluded": [{"regionName": "Worldwide"}],
        "regionExcluded": [{"regionName": "RU"}, {"regionName": "BY"}],
    },
}


def price_list(name: str, **more: Any) -> Json:
    """A document of a fulfilment policy with a service at home and one abroad."""
    methods = {
        "DE_DHLPaket": "0.00 EUR",
        "DE_DHLPaketInternational": {"first": "15.90 EUR", "next": "5.00 EUR", "to": ["Europe", "US"]},
    }
    return {
        "kind": "DeliveryPriceList",
        "name": name,
        "account": "shop",
        "handling": "P1D",
        "methods": methods,
        **more,
    }


def opened(root: Path) -> Shop:
    """An account with one item, and a policy that says more than documents can."""
    shop, (item, offer) = Shop(root / "shop"), goods("A", 1001)
    policies = [*SELLER["fulfillment_policies"], LIVE]
    shop.control("POST", "seed", {**SELLER, "items": [item], "offers": [offer], "fulfillment_policies": policies})
    return shop


def told(shop: Shop, kind: str) -> dict[str, Json]:
    """Return the policies of a kind by their names, or the places by their keys."""
    if kind == "location":
        found = shop.control("GET", "/sell/inventory/v1/location")["locations"]
        return {each["merchantLocationKey"]: each for each in found}
    body = shop.control("GET", f"{ACCOUNT}/{kind}_policy?marketplace_id=EBAY_DE")
    return {each["name"]: each for each in body[f"{kind}Policies"]}


def services(policy: Json) -> dict[str, list[Json]]:
    """Return the services of a policy by where they go."""
    return {each["optionType"]: each["shippingServices"] for each in policy["shippingOptions"]}


def test_what_is_new_is_made_before_the_offers_that_name_it(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    shop.write("p/list.yaml", price_list("Neu", ships_to=["Worldwide"], not_to=["RU"]))
    returns = {
        "availability": {"range": "full"},
        "withdrawal_period": "P30D",
        "return_cost": {"covered_by": "buyer"},
    }
    shop.write(
        "p/r.yaml", {"kind": "ReturnPolicy", "name": "30", "account": "shop", "refund": "money_back", **returns}
    )
    shop.write(
        "p/p.yaml", {"kind": "PaymentPolicy", "name": "Gleich", "account": "shop", "immediate_payment": True}
    )
    address = {"street": "Weg 1", "post_code": "10115", "city": "Berlin", "country_code": "DE"}
    place = {"kind": "StockLocation", "name": "neu", "account": "shop", "title": "Neues Lager", "address": address}
    shop.write("p/l.yaml", {**place, "types": ["warehouse"], "enabled": True})
    named = {"return_policy": "30", "payment_policy": "Gleich", "ships_from": "neu"}
    shop.offers(document("A", settings=named, delivery={"prices": "Neu"}))
    shop.apply()
    made, offer = told(shop, "fulfillment")["Neu"], shop.on_ebay()["A"]
    assert offer["listingPolicies"]["fulfillmentPolicyId"] == made["fulfillmentPolicyId"]
    assert made["handlingTime"] == {"value": 1, "unit": "DAY"}
    here, [abroad] = services(made)["DOMESTIC"], services(made)["INTERNATIONAL"]
    assert [(each["shippingServiceCode"], each["freeShipping"]) for each in here] == [("DE_DHLPaket", True)]
    assert abroad["additionalShippingCost"] == {"value": "5.00", "currency": "EUR"}
    assert [each["regionName"] for each in abroad["shipToLocations"]["regionIncluded"]] == ["Europe", "US"]
    assert made["shipToLocations"]["regionExcluded"] == [{"regionName": "RU"}]
    policy = told(shop, "return")["30"]
    assert (policy["returnPeriod"]["value"], policy["returnShippingCostPayer"]) == (30, "BUYER")
    assert told(shop, "payment")["Gleich"]["immediatePay"] is True
    assert told(shop, "location")["neu"]["location"]["address"]["addressLine1"] == "Weg 1"
    assert offer["merchantLocationKey"] == "neu"
    shop.settled()


def test_what_no_document_says_is_repeated_as_it_was(tmp_path: Path) -> None:
    """An update takes a complete policy: what is priced by weight, tables, discounts and further flags stay."""
    shop = opened(tmp_path)
    methods = {"DE_HermesPaket": {"first": "5.50 EUR", "next": "1.00 EUR"}, "DE_DPDClassic": "6.00 EUR"}
    shop.write(
        "p.yaml", price_list("Anders", moved={"from": "Alles"}, handling="P3D", methods=methods, not_to=["RU"])
    )
    changed = shop.changes()["Anders"]
    assert changed.keys() == {"name", "handling", "methods", "not_to"}
    shop.apply()
    kept = told(shop, "fulfillment")["Anders"]
    assert (kept["fulfillmentPolicyId"], kept["description"], kept["pickupDropOff"]) == ("73", "nur innen", True)
    assert kept["handlingTime"] == {"value": 3, "unit": "BUSINESS_DAY"}
    here, abroad = services(kept)["DOMESTIC"], services(kept)["INTERNATIONAL"]
    assert [each["shippingServiceCode"] for each in here] == ["DE_HermesPaket", "DE_DPDClassic"]
    assert [each["sortOrder"] for each in here] == [2, 3]
    assert abroad[0]["shippingServiceCode"] == "DE_DHLPaketInternational"
    assert kept["shippingOptions"][0]["shippingDiscountProfileId"] == "77"
    assert kept["shipToLocations"]["regionIncluded"] == [{"regionName": "Worldwide"}]
    shop.settled()


def test_what_lost_its_document_is_deleted_unless_a_listing_uses_it(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    shop.write("p/list.yaml", price_list("Neu"))
    shop.write(
        "p/used.yaml",
        {"kind": "ReturnPolicy", "name": "30 Tage", "account": "shop", "availability": {"range": "full"}},
    )
    shop.apply()
    for each in ("list", "used"):
        (shop.root / f"p/{each}.yaml").unlink()
    said = shop.apply("--allow", "ends", code=-1)
    assert "A listing uses it" in said
    assert "Neu" not in told(shop, "fulfillment")
    assert "30 Tage" in told(shop, "return")


def test_a_place_is_renamed_moved_and_switched_off_by_itself(tmp_path: Path) -> None:
    """What is not changed of a place is not sent."""
    shop = opened(tmp_path)
    place = {"kind": "StockLocation", "name": "laden", "account": "shop", "title": "Am Markt", "enabled": False}
    shop.write("l.yaml", {**place, "address": {"city": "Potsdam", "post_code": "14467", "country_code": "DE"}})
    assert shop.changes()["laden"].keys() == {"title", "enabled", "address"}
    shop.apply()
    found = told(shop, "location")["laden"]
    assert (found["name"], found["merchantLocationStatus"]) == ("Am Markt", "DISABLED")
    assert found["location"]["address"] == {"city": "Potsdam", "postalCode": "14467", "country": "DE"}
    shop.settled()
    shop.write("l.yaml", {**place, "enabled": True})
    shop.apply()
    assert told(shop, "location")["laden"]["merchantLocationStatus"] == "ENABLED"


def test_pull_writes_them_and_an_undo_puts_them_back(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    shop.ask("pull")
    written = "".join(each.read_text() for each in shop.root.rglob("*.yaml"))
    for said in ("kind: PaymentPolicy", "kind: StockLocation", "DE_HermesPaket", "not_to:", 'post_code: "10115"'):
        assert said in written, said
    shop.settled()
    file = next(each for each in shop.root.rglob("*.yaml") if "name: Alles" in each.read_text())
    file.write_text(file.read_text().replace("PT48H", "P5D").replace("P2D", "P5D"))
    assert shop.changes()["Alles"].keys() == {"handling"}
    shop.apply()
    run = shop.ask("history").split()[0]
    shop.ask("undo", run, "--auto-approve")
    assert told(shop, "fulfillment")["Alles"]["handlingTime"]["value"] == 2


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_an_answer_that_was_lost_makes_no_second_one(fault: str, tmp_path: Path) -> None:
    shop = opened(tmp_path)
    wrong = [{"do": fault, "times": 1, "when": {"method": "POST", "path": f"{ACCOUNT}/fulfillment_policy/"}}]
    shop.control("POST", "settings", {"faults": {"schedule": wrong}})
    shop.write("p.yaml", price_list("Neu"))
    shop.apply(code=-1)
    shop.apply(code=-1)
    assert list(told(shop, "fulfillment")).count("Neu") == 1
    shop.settled()


def test_what_cannot_be_said_is_told_where_it_stands(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    shop.write("a.yaml", price_list("X", methods={"DE_DHLPaket": {"first": "4 EUR", "max_weight": "5"}}))
    shop.write("b.yaml", price_list("Y", dispatch_country="DE"))
    shop.write("c.yaml", {"kind": "PaymentPolicy", "name": "x" * 65, "account": "shop"})
    said = shop.ask("validate", code=1)
    assert "says `max_weight` for DE_DHLPaket; possible are first, next, to" in said
    assert "eBay has no field `dispatch_country`" in said
    assert "64" in said
    for each in "abc":
        (shop.root / f"{each}.yaml").unlink()
    cause = {"range": "restricted", "restriction_cause": {"name": "custom_item"}}
    shop.write("r.yaml", {"kind": "ReturnPolicy", "name": "R", "account": "shop", "availability": cause})
    shop.write("m.yaml", price_list("Alles"))
    said = shop.apply(code=-1)
    assert "a policy cannot restrict them" in said
    assert "DE_DHLPaketInternational cannot have a price: eBay calculates what it costs" in said
