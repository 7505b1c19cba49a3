"""Whatever a request says where, it is accepted or refused in eBay's own form: never a fault of the program."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from reconciler.simulator.ebay.routes import ROUTES
from reconciler.simulator.http import Request
from simulator.test_any_body import MARK, PLANTED, spoilt

from . import example as ex
from .conftest import ACCOUNT, INVENTORY, WRONG

TASK = {"feedType": "LMS_ACTIVE_INVENTORY_REPORT", "schemaVersion": "1.0"}
STREET = {"country": "DE", "postalCode": "1", "addressLine1": "a", "city": "b", "stateOrProvince": "c"}
PLACE = {
    "location": {"address": STREET, "geoCoordinates": {"latitude": 52.5, "longitude": -13.4}},
    "name": "a",
    "locationTypes": ["STORE", "FULFILLMENT_CENTER"],
    "operatingHours": [{"dayOfWeekEnum": "MONDAY", "intervals": [{"open": "09:00:00", "close": "18:00:00"}]}],
    "specialHours": [{"date": "2026-12-24T00:00:00.000Z", "intervals": []}],
    "fulfillmentCenterSpecifications": {
        "sameDayShippingCutOffTimes": {"weeklySchedule": [{"cutOffTime": "14:00", "dayOfWeekEnum": ["MONDAY"]}]}
    },
    "timeZoneId": "Europe/Berlin",
}
PACKAGE = {"weight": {"value": 1.5, "unit": "GRAM"}, "packageType": "LETTER"}
MAKER = {"companyName": "ACME", "country": "DE", "addressLine1": "a", "city": "b", "postalCode": "1"}
FULL_OFFER = ex.offer(
    regulatory={"manufacturer": MAKER, "responsiblePersons": [{**MAKER, "types": ["EUResponsiblePerson"]}]}
)
ROW = {
    "sku": ex.SKU,
    "shipToLocationAvailability": {"quantity": 3},
    "offers": [{"offerId": ex.OFFER, "price": ex.money("2")}],
}
OWN = {"merchantLocationKey": "neu", "sku": ex.SKU, "offerId": ex.OFFER}
ITEM = {**ex.item(ean=[ex.EAN]), "packageWeightAndSize": PACKAGE}
#: A sound body for each write.
BODIES: dict[str, Any] = {
    f"PUT {INVENTORY}/inventory_item/{{sku}}": ITEM,
    f"POST {INVENTORY}/bulk_create_or_replace_inventory_item": {
        "requests": [{"sku": ex.SKU, "locale": "de_DE", **ex.item()}]
    },
    f"POST {INVENTORY}/bulk_get_inventory_item": {"requests": [{"sku": ex.SKU}]},
    f"POST {INVENTORY}/bulk_update_price_quantity": {"requests": [ROW]},
    f"POST {INVENTORY}/bulk_migrate_listing": {"requests": [{"listingId": ex.BY_HAND}]},
    f"POST {INVENTORY}/offer": {**ex.new_offer("NEU")},
    f"POST {INVENTORY}/bulk_create_offer": {
        "requests": [{"sku": "NEU", "marketplaceId": ex.SITE, "format": "FIXED_PRICE"}]
    },
    f"PUT {INVENTORY}/offer/{{offerId}}": FULL_OFFER,
    f"POST {INVENTORY}/offer/get_listing_fees": {"offers": [{"offerId": ex.STAGED_OFFER}]},
    f"POST {INVENTORY}/bulk_publish_offer": {"requests": [{"offerId": ex.STAGED_OFFER}]},
    f"POST {INVENTORY}/location/{{merchantLocationKey}}": PLACE,
    f"POST {INVENTORY}/location/{{merchantLocationKey}}/update_location_details": PLACE,
    f"POST {ACCOUNT}/fulfillment_policy": ex.fulfillment("neu"),
    f"PUT {ACCOUNT}/fulfillment_policy/{{fulfillmentPolicyId}}": ex.fulfillment(),
    f"POST {ACCOUNT}/payment_policy": ex.payment("neu"),
    f"PUT {ACCOUNT}/payment_policy/{{payment_policy_id}}": ex.payment(),
    f"POST {ACCOUNT}/return_policy": ex.returns("neu"),
    f"PUT {ACCOUNT}/return_policy/{{return_policy_id}}": ex.returns(),
    f"POST {ACCOUNT}/program/opt_in": {"programType": "OUT_OF_STOCK_CONTROL"},
    f"POST {ACCOUNT}/program/opt_out": {"programType": "SELLING_POLICY_MANAGEMENT"},
    "POST /sell/feed/v1/task": TASK,
    "POST /sell/feed/v1/inventory_task": {**TASK, "filterCriteria": {"listingFormat": "FIXED_PRICE"}},
    "POST /commerce/media/v1_beta/image/create_image_from_url": {"imageUrl": ex.PICTURE},
}
IDS = {
    **OWN,
    "fulfillmentPolicyId": ex.FULFILLMENT,
    "payment_policy_id": ex.PAYMENT,
    "return_policy_id": ex.RETURN,
}


def send(shop, name: str, text: str):
    """One write, past the client: there are many."""
    method, _, path = name.partition(" ")
    headers = {"authorization": f"Bearer simulator-{ex.LOGIN}", "content-type": "application/json"}
    headers |= {"content-language": "de-DE", **{key.lower(): value for key, value in WRONG.items()}}
    return shop.simulator.respond(Request(method, path.format(**IDS), "", headers, text.encode()))


@pytest.fixture
def full(shop):
    shop.put_item("NEU", ex.item())
    if shop.send("POST", f"{INVENTORY}/location/neu", PLACE).status_code != 204:
        raise AssertionError
    return shop


def test_every_write_has_a_sound_body_here():
    """An operation that is added stands in the list before it is tried."""
    routes = [route for found in ROUTES._routes.values() for _, route in found]
    wanted = {
        one.name for one in routes if one.content == "application/json" and not one.path.startswith("/upload")
    }
    assert wanted == set(BODIES)


@pytest.mark.parametrize("name", BODIES)
def test_a_sound_body_is_accepted(shop, name):
    if "{merchantLocationKey}/" in name:
        send(shop, f"POST {INVENTORY}/location/{{merchantLocationKey}}", json.dumps(PLACE))
    if "NEU" in json.dumps(BODIES[name]):
        shop.put_item("NEU", ex.item())
    reply = send(shop, name, json.dumps(BODIES[name]))
    assert reply.status < 300, reply.body
    rows = reply.body.get("responses", []) if isinstance(reply.body, dict) else []
    assert all(row["statusCode"] < 300 for row in rows), reply.body


@pytest.mark.parametrize("name", BODIES)
def test_any_value_in_any_place_is_accepted_or_refused(full, name):
    """Five values come to each place, by turns; the witness judges each answer besides."""
    planted = itertools.cycle(PLANTED.values())
    for body in spoilt(BODIES[name]):
        text = json.dumps(body)
        for value in itertools.islice(planted, 5):
            reply = send(full, name, text.replace(json.dumps(MARK), value))
            assert reply.status < 300 or (reply.status < 500 and reply.body["errors"]), (text, value, reply.body)
            json.dumps(reply.body, default=str)
    assert full.get(f"{INVENTORY}/inventory_item?limit=200").status_code == 200
    assert full.get(f"{ACCOUNT}/return_policy?marketplace_id={ex.SITE}").status_code == 200
