"""GET /sale/offers."""

from __future__ import annotations

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings

from . import example as ex
from .conftest import WRONG

BODIES = [
    ex.offer_body("17000000001"),
    ex.offer_body("17000000002", name="Miska szklana głęboka", external={"id": "SKU-2"}, images=[]),
    ex.offer_body("17000000003", publication={"status": "INACTIVE"}, external={"id": "SKU-3"}),
    ex.offer_body("17000000004", sellingMode={"format": "BUY_NOW", "price": ex.money("9.00")}),
    ex.offer_body("17000000005", delivery={"shippingRates": {"id": ex.RATES_CZ}, "handlingTime": "PT24H"}),
]


@pytest.fixture
def full(open_shop):
    return open_shop(account=ex.account(offers=[{"offer": body, "sold": n} for n, body in enumerate(BODIES)]))


@pytest.mark.parametrize(
    ("params", "last_digits"),
    [
        ({"publication.status": "ACTIVE"}, "1245"),
        ({"publication.status": ["INACTIVE", "ENDED"]}, "3"),
        ({"external.id": ["SKU-2", "SKU-3"]}, "23"),
        ({"offer.id": "17000000004"}, "4"),
        ({"name": "szklana"}, "2"),
        ({"sellingMode.price.amount.lte": "10"}, "4"),
        ({"sellingMode.price.amount.gte": "10.01"}, "1235"),
        ({"delivery.shippingRates.id": ex.RATES_CZ}, "5"),
        ({"delivery.shippingRates.id.empty": "true"}, ""),
        ({"afterSalesServices.returnPolicy.id": ex.POLICY}, "12345"),
        ({"category.id": ex.OTHER_CATEGORY}, ""),
        ({"publication.marketplace": "allegro-pl"}, "12345"),
        ({"publication.marketplace": "allegro-cz"}, ""),
        ({"b2b.buyableOnlyByBusiness": "true"}, ""),
        ({"product.id.empty": "false"}, "12345"),
        ({"sort": "sellingMode.price.amount"}, "41235"),
        ({"sort": "-stock.sold"}, "54321"),
        ({"external_id": "SKU-2"}, "12345"),  # an unknown name filters nothing
    ],
)
def test_filters(full, params, last_digits):
    """Dotted filters work; unknown ones are ignored."""
    headers = WRONG if "external_id" in params else {}
    page = full.get("/sale/offers", params=params, headers=headers).json()
    assert "".join(row["id"][-1] for row in page["offers"]) == last_digits
    assert page["totalCount"] == len(last_digits)


def test_pages(full):
    """By limit and offset, with the number of all; 20 rows unless told."""
    page = full.get("/sale/offers", params={"limit": 2, "offset": 4}).json()
    assert (page["count"], page["totalCount"], page["offers"][0]["id"]) == (1, 5, "17000000005")
    for limit in (0, 1001):
        assert full.get("/sale/offers", params={"limit": limit}, headers=WRONG).status_code == 400


def test_a_row_has_the_cheap_fields_only(full):
    """No description, no updatedAt; only the first picture, none where there is none."""
    rows = full.get("/sale/offers").json()["offers"]
    assert not {"description", "updatedAt", "images", "parameters"} & set(rows[0])
    assert rows[0]["primaryImage"]["url"] == f"{ex.CDN}/aaaaaa/first"
    assert "primaryImage" not in rows[1]


def test_the_list_lags_behind(open_shop):
    """With a lag the list shows the old state although a single read shows the new one."""
    shop = open_shop(AllegroSettings.calm().changed({"list_lag_seconds": 30}))
    shop.patch(ex.OFFER, {"stock": {"available": 4}})
    seen = lambda: shop.get("/sale/offers").json()["offers"][0]["stock"]["available"]  # noqa: E731
    assert (shop.offer()["stock"]["available"], seen()) == (4, 10)
    shop.wait(31)
    assert seen() == 4


def test_events_do_not_wait_for_the_list(open_shop):
    """An offer that was listed is told at once with its key, while the list does not show it yet."""
    shop = open_shop(AllegroSettings.calm().changed({"list_lag_seconds": 30}))
    made = shop.post("/sale/product-offers", ex.request_body(external={"id": "NEW-1"})).json()
    events = shop.get("/sale/offer-events", params={"type": "OFFER_ACTIVATED"}).json()["offerEvents"]
    assert [each["offer"] for each in events] == [{"id": made["id"], "external": {"id": "NEW-1"}}]
    assert made["id"] not in {each["id"] for each in shop.get("/sale/offers").json()["offers"]}
