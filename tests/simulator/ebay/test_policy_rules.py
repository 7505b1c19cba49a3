"""Which parts of policies and of locations go together, and how they read back."""

from __future__ import annotations

from typing import Any

from . import example as ex
from .conftest import ACCOUNT, INVENTORY, errors, warnings

PLACE = f"{INVENTORY}/location"
VEHICLES: dict[str, Any] = {"categoryTypes": [{"name": "MOTORS_VEHICLES"}]}
DUE = {"fullPaymentDueIn": {"value": 7, "unit": "DAY"}}


def service(**members: Any) -> dict[str, Any]:
    return {"shippingServiceCode": "DE_DHLPaket", "shippingCost": ex.money("4.90"), **members}


def option(*services: dict[str, Any], kind: str = "DOMESTIC", **members: Any) -> dict[str, Any]:
    return {"optionType": kind, "costType": "FLAT_RATE", "shippingServices": list(services), **members}


def shipping(*options: dict[str, Any], **members: Any) -> dict[str, Any]:
    return ex.fulfillment("x", shippingOptions=list(options), **members)


def make(shop, kind: str, body: dict[str, Any]):
    return shop.send("POST", f"{ACCOUNT}/{kind}_policy", body)


FREE = service(freeShipping=True)
WRONG: list[tuple[str, dict[str, Any], int]] = [
    ("fulfillment", shipping(option(service(shippingCost=ex.money("4.90", "USD")))), 20403),
    ("fulfillment", shipping(option(service(additionalShippingCost=ex.money("5")))), 20403),
    ("fulfillment", shipping(option({"shippingServiceCode": "DE_DHLPaket"})), 20401),
    ("fulfillment", shipping(option(*[service()] * 5)), 20403),
    ("fulfillment", shipping(option(service()), option(service())), 20403),
    ("fulfillment", shipping(option(FREE, packageHandlingCost=ex.money("1"))), 20403),
    ("fulfillment", shipping(handlingTime={"value": 41, "unit": "DAY"}), 20403),
    ("fulfillment", shipping(handlingTime={"value": 1, "unit": "HOUR"}), 20403),
    ("payment", ex.payment("x", paymentMethods=[{"paymentMethodType": "PAYPAL"}]), 20405),
    ("payment", ex.payment("x", **DUE), 20403),
    ("payment", ex.payment("x", **VEHICLES), 20401),
    ("payment", ex.payment("x", **VEHICLES, fullPaymentDueIn={"value": 8, "unit": "DAY"}), 20403),
    ("payment", ex.payment("x", **VEHICLES, **DUE, deposit={"amount": ex.money("501")}), 20403),
    ("return", ex.returns("x", **VEHICLES), 20403),
    ("return", ex.returns("x", internationalOverride={}), 20401),
    ("return", ex.returns("x", internationalOverride={"returnsAccepted": True}), 20401),
    ("return", ex.returns("x", marketplaceId="EBAY_GB", returnInstructions="a" * 5001), 20403),
]


def test_what_does_not_go_together(shop):
    for kind, body, number in WRONG:
        reply = make(shop, kind, body)
        assert (reply.status_code, errors(reply)) == (400, [number]), body


def test_how_shipping_reads_back(shop):
    """Free is the first domestic service alone; programs that a site has not are turned off."""
    abroad = option(*[service(freeShipping=True)] * 5, kind="INTERNATIONAL", rateTableId="5")
    made = make(
        shop,
        "fulfillment",
        shipping(
            option(service(freeShipping=True, sortOrder=2), service(freeShipping=True, sortOrder=1)),
            abroad,
            globalShipping=True,
        ),
    ).json()
    domestic, international = (one["shippingServices"] for one in made["shippingOptions"])
    assert [(one["freeShipping"], one["shippingCost"]["value"]) for one in domestic] == [
        (False, "4.90"), (True, "0.00"),
    ]  # fmt: skip
    assert {one["freeShipping"] for one in international} == {False}
    assert (made["globalShipping"], made["shipToLocations"]) == (False, {"regionExcluded": []})
    poland = ex.fulfillment("x", marketplaceId="EBAY_PL", pickupDropOff=True, shippingOptions=[])
    told = make(shop, "fulfillment", poland)
    assert (told.status_code, warnings(told), told.json()["pickupDropOff"]) == (201, [20201], False)


def test_how_payment_and_return_read_back(shop):
    cash = {"paymentMethodType": "CASH_ON_PICKUP", "brands": ["VISA"]}
    deposit = {"amount": ex.money("500"), "paymentMethods": [cash]}
    made = make(shop, "payment", ex.payment("x", **VEHICLES, **DUE, deposit=deposit, paymentMethods=[cash])).json()
    assert made["paymentMethods"] == [{"paymentMethodType": "CASH_ON_PICKUP"}]
    assert made["deposit"] == {"amount": ex.money("500.00"), "dueIn": {"value": 48, "unit": "HOUR"}}
    terms = {"returnsAccepted": False, "returnPeriod": {"value": 30, "unit": "DAY"}}
    sent = ex.returns("x", internationalOverride=terms, returnInstructions="a" * 8000)
    assert make(shop, "return", sent).json()["internationalOverride"] == {"returnsAccepted": False}


STREET = {"country": "DE", "postalCode": "1", "addressLine1": "a", "city": "b", "stateOrProvince": "c"}
TIMES = {"sameDayShippingCutOffTimes": {"weeklySchedule": [{"cutOffTime": "14:00", "dayOfWeekEnum": ["MONDAY"]}]}}


def hours(day: str, opening: str = "09:00:00") -> dict[str, Any]:
    return {"dayOfWeekEnum": day, "intervals": [{"open": opening, "close": "18:00:00"}]}


def place(kind: str, address: dict[str, str], **members: Any) -> dict[str, Any]:
    return {"location": {"address": address}, "locationTypes": [kind], **members}


def test_what_a_location_needs(shop):
    bare = {"country": "DE", "postalCode": "1"}
    wrong: list[tuple[dict[str, Any], int]] = [
        (place("STORE", bare), 25801),
        (place("FULFILLMENT_CENTER", STREET), 25801),
        (place("WAREHOUSE", bare, operatingHours=[hours("MONDAY", "9")]), 25800),
        (place("WAREHOUSE", bare, timeZoneId="Berlin time"), 25800),
        ({"location": {"address": bare, "geoCoordinates": {"latitude": 91, "longitude": 1}}}, 25800),
        ({"location": {"address": bare, "geoCoordinates": {"latitude": 1}}}, 25800),
    ]
    for body, number in wrong:
        assert errors(shop.send("POST", f"{PLACE}/neu", body)) == [number], body


def test_a_location_is_changed_part_by_part(shop):
    """Hours of other days stay, an address is completed; times are of fulfillment centers only."""
    path = f"{PLACE}/neu"
    south = {"latitude": -33.9, "longitude": -70.6}
    body = place("STORE", STREET, operatingHours=[hours("MONDAY"), hours("TUESDAY")])
    body |= {"fulfillmentCenterSpecifications": TIMES}
    assert shop.send("POST", path, body).status_code == 204
    assert "fulfillmentCenterSpecifications" not in shop.get(path).json()
    change = {"operatingHours": [hours("TUESDAY", "10:00:00")], "location": {"geoCoordinates": south}}
    assert shop.send("POST", f"{path}/update_location_details", change).status_code == 204
    read = shop.get(path).json()
    assert read["operatingHours"] == [hours("MONDAY"), hours("TUESDAY", "10:00:00")]
    assert (read["location"]["address"], read["location"]["geoCoordinates"]) == (STREET, south)


def test_a_fulfillment_center_keeps_its_address_and_stays(shop):
    path = f"{PLACE}/neu"
    body = place("FULFILLMENT_CENTER", STREET, fulfillmentCenterSpecifications=TIMES)
    assert shop.send("POST", path, body).status_code == 204

    def change(**address: str):
        return shop.send("POST", f"{path}/update_location_details", {"location": {"address": address}})

    assert (errors(change(city="other")), change(addressLine2="d").status_code) == ([25800], 204)
    assert shop.get(path).json()["location"]["address"] == {**STREET, "addressLine2": "d"}
    assert errors(shop.send("DELETE", path)) == [25806]


def test_locations_have_pages(shop):
    for key in ("a", "b"):
        shop.send("POST", f"{PLACE}/{key}", place("WAREHOUSE", {"country": "DE", "postalCode": "1"}))
    first = shop.get(f"{PLACE}?limit=2").json()
    second = shop.get(first["next"]).json()
    assert ([len(one["locations"]) for one in (first, second)], "next" in second) == ([2, 1], False)
