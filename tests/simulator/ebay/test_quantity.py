"""Prices and quantities: the lesser of two, zero, sales in between, revisions of a day."""

from __future__ import annotations

import pytest

from reconciler.simulator.ebay.settings import EbaySettings

from . import example as ex
from .conftest import INVENTORY, errors

NAME = "bulk_update_price_quantity"


def numbers(shop) -> tuple[int, int]:
    """The quantity of the item, and the offer's own."""
    place = shop.item()["availability"]["shipToLocationAvailability"]
    assert place["allocationByFormat"] == {"auction": 0, "fixedPrice": place["quantity"]}
    return place["quantity"], shop.offer()["availableQuantity"]


def status(shop) -> str:
    return shop.offer()["listing"]["listingStatus"]


def row_errors(reply) -> list[int]:
    return [one["errorId"] for row in reply.json()["responses"] for one in row.get("errors", [])]


def test_price_and_both_quantities_in_one_row(shop):
    row = {"sku": ex.SKU, "shipToLocationAvailability": {"quantity": 7}}
    row["offers"] = [{"offerId": ex.OFFER, "availableQuantity": 6, "price": ex.money("13.5")}]
    reply = shop.bulk(NAME, row)
    assert reply.json() == {"responses": [{"statusCode": 200, "sku": ex.SKU, "offerId": ex.OFFER}]}
    assert numbers(shop) == (7, 6)
    assert shop.offer()["pricingSummary"]["price"]["value"] == "13.50"


def test_shoppers_see_the_lesser_of_the_two(shop):
    """Only one of them kept up is not enough."""
    shop.bulk(NAME, {"sku": ex.SKU, "shipToLocationAvailability": {"quantity": 50}})
    assert numbers(shop) == (50, 5)
    with pytest.raises(ValueError, match="5 of it are there"):
        shop.simulator.sell(ex.LOGIN, ex.SKU, 6)


def test_rows_stand_for_themselves(shop):
    """A bad row leaves the good one done: 207. An offer that is refused leaves the quantity of its item done."""
    good = {"sku": ex.SKU, "shipToLocationAvailability": {"quantity": 4}}
    bad = {"sku": ex.STAGED, "shipToLocationAvailability": {"quantity": 4}}
    bad["offers"] = [{"offerId": ex.STAGED_OFFER, "availableQuantity": 4}]
    reply = shop.bulk(NAME, good, bad)
    assert (reply.status_code, row_errors(reply)) == (207, [25713])  # only published offers are updated so
    assert numbers(shop) == (4, 5)
    assert reply.json()["responses"][1]["offerId"] == ex.STAGED_OFFER
    assert shop.item(ex.STAGED)["availability"]["shipToLocationAvailability"]["quantity"] == 4


def test_what_a_row_may_not_be(shop):
    wrong = ex.money("1.00", "USD")
    cases = [
        ({"sku": ex.SKU}, 25709),
        ({"shipToLocationAvailability": {"quantity": 1}}, 25709),
        ({"sku": ex.SKU, "offers": [{"offerId": ex.OFFER}]}, 25709),
        ({"sku": ex.STAGED, "offers": [{"offerId": ex.OFFER, "availableQuantity": 1}]}, 25754),
        ({"offers": [{"offerId": ex.OFFER, "price": wrong}]}, 25003),
        ({"sku": "GONE", "shipToLocationAvailability": {"quantity": 1}}, 25702),
    ]
    for row, number in cases:
        assert row_errors(shop.bulk(NAME, row)) == [number], row
    offer = {"offers": [{"offerId": ex.OFFER, "availableQuantity": 1}]}
    assert errors(shop.bulk(NAME, offer, offer)) == [25709]
    assert errors(shop.bulk(NAME, *([{"sku": "A"}] * 26))) == [25709]


def test_several_skus_in_one_call_are_a_knob(shop):
    rows = [{"sku": sku, "shipToLocationAvailability": {"quantity": 2}} for sku in (ex.SKU, ex.STAGED)]
    assert shop.bulk(NAME, *rows).status_code == 200
    shop.set(several_skus=False)
    assert errors(shop.bulk(NAME, *rows)) == [25709]


def test_zero_is_refused_without_the_preference(shop):
    """By every way that leads there."""
    assert row_errors(shop.quantity(0)) == [25004]
    assert errors(shop.put_item(ex.SKU, ex.item(0))) == [25004]
    assert errors(shop.put_offer(ex.offer(availableQuantity=0))) == [25004]
    assert numbers(shop) == (5, 5)
    assert status(shop) == "ACTIVE"


def test_zero_ends_the_listing_when_it_is_not_refused(shop):
    shop.set(zero_refused=False)
    assert shop.quantity(0).status_code == 200
    assert status(shop) == "ENDED"
    assert row_errors(shop.quantity(3)) == [25713]


def test_zero_hides_the_listing_with_the_preference(shop):
    """The same item number is there again when there is stock."""
    shop.simulator.prefer(ex.LOGIN, out_of_stock=True)
    shop.quantity(0)
    assert status(shop) == "OUT_OF_STOCK"
    shop.quantity(3)
    assert (status(shop), shop.offer()["listing"]["listingId"]) == ("ACTIVE", ex.LISTING)


def test_sold_out_is_hidden_or_ended(open_shop):
    for preference, found in ((True, "OUT_OF_STOCK"), (False, "ENDED")):
        shop = open_shop(out_of_stock=preference)
        shop.simulator.sell(ex.LOGIN, ex.SKU, 5)
        assert (numbers(shop), status(shop)) == ((0, 0), found)
        assert shop.offer()["listing"]["soldQuantity"] == 5


def test_a_sale_lowers_both_quantities_or_the_items_only(shop):
    shop.simulator.sell(ex.LOGIN, ex.SKU, 2)
    assert numbers(shop) == (3, 3)
    shop.set(sale_lowers_offer=False)
    shop.simulator.sell(ex.LOGIN, ex.SKU, 1)
    assert numbers(shop) == (2, 3)


def test_purchases_go_on_by_themselves(shop):
    shop.set(sales={"every_seconds": 60, "login": ex.LOGIN, "offers": 5})
    shop.wait(125)
    assert numbers(shop) == (3, 3)
    shop.set(sales={"every_seconds": 0})
    shop.wait(600)
    assert numbers(shop) == (3, 3)


def test_somebody_buys_between_a_read_and_a_write(shop):
    """What was read is stale by then: it is written as if nothing was sold."""
    read = shop.item()["availability"]["shipToLocationAvailability"]["quantity"]
    shop.set(faults={"schedule": [{"do": "sale", "sku": ex.SKU, "quantity": 2, "times": 1}]})
    assert shop.put_item(ex.SKU, ex.item(read)).status_code == 204
    assert (numbers(shop), shop.offer()["listing"]["soldQuantity"]) == ((5, 3), 2)


def test_the_251st_revision_of_a_day_is_refused(open_shop):
    """Of one listing, whatever writes it, and until the next calendar day; a refused write is none."""
    shop = open_shop(EbaySettings.calm().changed({"revisions_per_day": 3, "day_offset_hours": 0}))
    shop.simulator.clock.advance(86_400 - shop.simulator.clock.seconds() % 86_400 + 1)
    assert row_errors(shop.quantity(0)) == [25004]
    assert shop.put_item(ex.SKU, ex.item(4)).status_code == 204
    assert shop.put_offer(ex.offer()).status_code == 204
    assert shop.quantity(4).status_code == 200
    assert row_errors(shop.quantity(3)) == [25019]
    assert errors(shop.put_item(ex.SKU, ex.item(3))) == [25019]
    assert numbers(shop) == (4, 4)
    assert shop.put_item(ex.STAGED, ex.item(3)).status_code == 204  # nothing of it is listed
    shop.wait(86_000)
    assert row_errors(shop.quantity(3)) == [25019]
    shop.wait(500)
    assert shop.quantity(3).status_code == 200


def test_the_real_number_of_revisions_is_250():
    assert EbaySettings().revisions_per_day == 250


def test_withdrawing_is_no_revision_and_staged_offers_have_none(open_shop):
    shop = open_shop(EbaySettings.calm().changed({"revisions_per_day": 0}))
    assert shop.put_offer(ex.offer(), ex.STAGED_OFFER).status_code == 204
    assert shop.publish().status_code == 200
    assert shop.withdraw().status_code == 200
    assert shop.put_item(ex.SKU, ex.item(9)).status_code == 204


def test_a_price_alone_needs_no_sku(shop):
    reply = shop.bulk(NAME, {"offers": [{"offerId": ex.OFFER, "price": ex.money("9.99")}]})
    assert reply.json()["responses"][0] == {"statusCode": 200, "sku": ex.SKU, "offerId": ex.OFFER}
    assert numbers(shop) == (5, 5)


def test_no_content_language_is_needed_here(shop):
    body = {"requests": [{"sku": ex.SKU, "shipToLocationAvailability": {"quantity": 2}}]}
    assert shop.client.post(f"{INVENTORY}/{NAME}", json=body).status_code == 200
