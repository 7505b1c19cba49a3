"""Batch commands."""

from __future__ import annotations

import uuid

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings

from . import example as ex
from .conftest import WRONG

BETA = "application/vnd.allegro.beta.v1+json"
KEY = "33333333-3333-4333-8333-333333333333"


def criteria(*offers: str) -> list[dict]:
    return [{"type": "CONTAINS_OFFERS", "offers": [{"id": one} for one in offers]}]


def quantity(shop, value: int, change: str = "FIXED", *offers: str, key: str = KEY, **headers):
    body = {
        "modification": {"changeType": change, "value": value},
        "offerCriteria": criteria(*(offers or [ex.OFFER])),
    }
    return shop.put(f"/sale/offer-quantity-change-commands/{key}", body, **headers)


def tasks(shop, family: str, key: str = KEY) -> list[dict]:
    return shop.get(f"/sale/offer-{family}-commands/{key}/tasks").json()["tasks"]


def test_counters_are_zero_first_and_completion_shows_late(open_shop):
    """A report begins with zeros, has its counters next, and completedAt last."""
    shop = open_shop(AllegroSettings.practice())
    path = f"/sale/offer-quantity-change-commands/{KEY}"
    report = quantity(shop, 7).json()
    assert report["taskCount"] == {"total": 0, "success": 0, "failed": 0}
    assert report["completedAt"] is None
    shop.set(completed_late_seconds=60)
    other = str(uuid.uuid4())
    quantity(shop, 8, key=other)
    shop.wait(6)
    assert shop.get(path).json()["completedAt"] is not None
    late = shop.get(f"/sale/offer-quantity-change-commands/{other}").json()
    assert (late["taskCount"]["success"], late["completedAt"]) == (1, None)
    shop.wait(60)
    assert shop.get(f"/sale/offer-quantity-change-commands/{other}").json()["completedAt"] is not None


def test_a_command_id_is_used_once(shop):
    """The same id again is a 409, whatever the body."""
    assert [quantity(shop, 7).status_code, quantity(shop, 7).status_code] == [201, 409]
    assert quantity(shop, 8).status_code == 409


def test_partial_failure(shop):
    """One bad offer fails its own task; nothing is rolled back."""
    quantity(shop, 7, "FIXED", ex.OFFER, "404")
    found = {row["offer"]["id"]: row["status"] for row in tasks(shop, "quantity-change")}
    assert found == {ex.OFFER: "SUCCESS", "404": "FAIL"}
    assert shop.offer()["stock"]["available"] == 7


@pytest.mark.parametrize("value", [0, -1])
def test_fixed_quantity_must_be_above_zero(shop, value):
    """FIXED 0 is refused at once, and GAIN to zero by the task."""
    reply = quantity(shop, value, **WRONG)
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (422, "INCORRECT_QUANTITY_VALUE")
    quantity(shop, -10, "GAIN")
    assert tasks(shop, "quantity-change")[0]["errors"][0]["code"] == "INVALID_OFFER_QUANTITY"


def test_a_command_has_a_largest_size(shop):
    """More than 1000 offers are refused."""
    assert quantity(shop, 1, "FIXED", *(str(number) for number in range(1, 1002)), **WRONG).status_code == 422


@pytest.mark.parametrize(
    ("modification", "amount"),
    [
        ({"type": "FIXED_PRICE", "price": ex.money("70")}, "70.00"),
        ({"type": "INCREASE_PRICE", "value": ex.money("0.01")}, "50.00"),
        ({"type": "DECREASE_PERCENTAGE", "percentage": "10"}, "44.99"),
    ],
)
def test_price_changes(shop, modification, amount):
    """Fixed, by an amount, by a percentage; computed in decimals."""
    body = {"modification": modification, "offerCriteria": criteria(ex.OFFER)}
    assert shop.put(f"/sale/offer-price-change-commands/{KEY}", body).status_code == 201
    assert shop.offer()["sellingMode"]["price"]["amount"] == amount


def test_a_price_on_another_marketplace(shop):
    """marketplaceId has the currency of that marketplace, without decimals for crowns."""
    modification = {"type": "FIXED_PRICE", "price": ex.money("99.90", "CZK"), "marketplaceId": "allegro-cz"}
    path = f"/sale/offer-price-change-commands/{KEY}"
    assert shop.put(path, {"modification": modification, "offerCriteria": criteria(ex.OFFER)}).status_code == 422
    modification["price"]["amount"] = "99"
    assert shop.put(path, {"modification": modification, "offerCriteria": criteria(ex.OFFER)}).status_code == 201
    price = shop.offer()["additionalMarketplaces"]["allegro-cz"]["sellingMode"]["price"]
    assert price == ex.money("99.00", "CZK")


def test_modification_has_one_task_per_field(shop):
    """Two fields of one offer are two rows; rows are paged by limit and offset."""
    modification = {"delivery": {"handlingTime": "P3D"}, "publication": {"duration": "P10D"}}
    body = {"modification": modification, "offerCriteria": criteria(ex.OFFER)}
    path = f"/sale/offer-modification-commands/{KEY}"
    assert shop.put(path, body).status_code == 201
    assert [row["field"] for row in tasks(shop, "modification")] == [
        "delivery.handlingTime",
        "publication.duration",
    ]
    assert len(shop.get(f"{path}/tasks", params={"limit": 1, "offset": 1}).json()["tasks"]) == 1
    assert shop.get(f"{path}/tasks", params={"offset": 1000}, headers=WRONG).status_code == 422
    assert shop.offer()["delivery"]["handlingTime"] == "PT72H"
    assert shop.offer()["publication"]["duration"] == "PT240H"


@pytest.mark.parametrize("field", ["name", "images", "afterSalesServices", "external", "price"])
def test_what_a_modification_cannot_change(shop, field):
    """Titles, pictures, policies and prices have other ways."""
    body = {"modification": {field: "x"}, "offerCriteria": criteria(ex.OFFER)}
    assert shop.put(f"/sale/offer-modification-commands/{KEY}", body, **WRONG).status_code == 422


def bulk(shop, modifications: list[dict], media: str = BETA, **headers):
    body = {"commandId": KEY, "modifications": modifications}
    path = "/sale/offer-bulk-modification-commands"
    return shop.post(path, body, kind=media, Accept=media, **headers)


def test_bulk_is_beta_to_send_and_public_to_read(shop):
    """Own values for each offer; the public media type is not found for the POST."""
    fixed = {"allegro-pl": {"changeType": "FIXED", "value": ex.money("61.00")}}
    one = {"offerId": ex.OFFER, "prices": fixed, "stock": {"changeType": "GAIN", "value": 2}}
    assert bulk(shop, [one], "application/vnd.allegro.public.v1+json", **WRONG).status_code == 404
    reply = bulk(shop, [one])
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (201, BETA)
    fields = [row["subject"]["field"] for row in tasks(shop, "bulk-modification")]
    assert fields == ["prices", "stock"]
    assert shop.offer()["stock"]["available"] == 12


def test_bulk_has_limits(shop):
    """At most 25 modifications, and one of a kind for each offer."""
    stock = {"offerId": ex.OFFER, "stock": {"changeType": "FIXED", "value": 1}}
    assert bulk(shop, [stock] * 26, **WRONG).status_code == 422
    assert bulk(shop, [stock, stock]).status_code == 422
    zero = {"offerId": ex.OFFER, "stock": {"changeType": "FIXED", "value": 0}}
    assert bulk(shop, [zero], **WRONG).status_code == 422


def test_commands_of_others_are_not_found(shop):
    """A report has its family and its seller."""
    quantity(shop, 7)
    assert shop.get(f"/sale/offer-price-change-commands/{KEY}").status_code == 404
