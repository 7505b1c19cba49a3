"""Inventory items: what a write replaces, how it reads back, lists and calls for many."""

from __future__ import annotations

import pytest

from reconciler.simulator.ebay.settings import ROWS, EbaySettings

from . import example as ex
from .conftest import INVENTORY, errors, warnings


def quantity(item: dict) -> int | None:
    return item.get("availability", {}).get("shipToLocationAvailability", {}).get("quantity")


def test_a_write_replaces_the_whole_and_the_quantity_is_lost_with_it(shop):
    """Left out, it is gone: the listing has nothing to sell any more."""
    assert quantity(shop.item()) == 5
    assert shop.put_item(ex.SKU, ex.item(None)).status_code == 204
    assert "availability" not in shop.item()
    assert shop.offer()["listing"]["listingStatus"] == "ENDED"


def test_a_content_write_that_repeats_the_quantity_resells_what_was_just_sold(shop):
    """The read is older than the sale: written back, the piece is there again."""
    read = shop.item()
    shop.simulator.sell(ex.LOGIN, ex.SKU, 2)
    assert quantity(shop.item()) == 3
    body = ex.item(quantity(read), title="Another title")
    assert shop.put_item(ex.SKU, body).status_code == 204
    assert quantity(shop.item()) == 5


def test_a_new_item_and_a_second_write(shop):
    """The first is a 201, the second a 204; a knob makes both a 204."""
    first, second = (shop.put_item("NEU.1", ex.item()) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 204)
    assert first.headers["content-language"] == "de-DE"
    shop.set(created_status=204)
    assert shop.put_item("NEU.2", ex.item()).status_code == 204


def test_the_language_is_demanded_in_its_own_spelling_and_reads_in_another(shop):
    """de-DE in the header, de_DE in the document."""
    for wrong in ("", "de_DE", "xx-XX"):
        reply = shop.wrong("PUT", f"{INVENTORY}/inventory_item/X1", ex.item(), **{"Content-Language": wrong})
        assert (reply.status_code, errors(reply)) == (400, [25709])
    shop.put_item("X1", ex.item())
    assert shop.item("X1")["locale"] == "de_DE"


def test_codes_and_brand_are_lifted_out_of_the_aspects(shop):
    aspects = {"Marke": ["ACME"], "EAN": ["4006381333931"], "MPN": ["B-300"]}
    shop.put_item("X1", ex.item(aspects=aspects))
    product = shop.item("X1")["product"]
    assert (product["brand"], product["ean"], product["mpn"]) == ("ACME", ["4006381333931"], "B-300")
    assert product["aspects"] == aspects


@pytest.mark.parametrize(
    ("row", "sent", "read"),
    [
        ("spaces", {"title": " ACME  Becher "}, {"title": "ACME Becher"}),
        ("html", {"description": "<P>a<script>b</script><br/></P>"}, {"description": "<p>a<br></p>"}),
        (
            "aspects",
            {"aspects": {"Marke": ["A", "A"], "Farbe": ["b"]}},
            {"aspects": {"Farbe": ["b"], "Marke": ["A"]}},
        ),
        (
            "set_id",
            {"imageUrls": ["https://i.ebayimg.com/x.jpg?set_id=1"]},
            {"imageUrls": ["https://i.ebayimg.com/x.jpg"]},
        ),
    ],
)
def test_what_is_sent_in_one_form_reads_back_in_ebays(shop, row, sent, read):
    """Each by a row of `normalise`; without the row, it reads as it was sent."""
    shop.put_item("X1", ex.item(**sent))
    assert read.items() <= shop.item("X1")["product"].items()
    assert list(shop.item("X1")["product"]["aspects"]) == sorted(shop.item("X1")["product"]["aspects"])
    shop.set(normalise=ROWS - {row})
    shop.put_item("X1", ex.item(**sent))
    assert sent.items() <= shop.item("X1")["product"].items()


def test_pictures_of_elsewhere_become_ebays_when_the_knob_says_so(shop):
    """The same address has the same copy; nothing vouches for this, so it is off."""
    shop.put_item("X1", ex.item())
    assert shop.item("X1")["product"]["imageUrls"] == [ex.PICTURE]
    shop.set(normalise=ROWS | {"pictures"})
    read = []
    for _ in range(2):
        shop.put_item("X1", ex.item())
        read += shop.item("X1")["product"]["imageUrls"]
    assert read[0] == read[1]
    assert read[0].startswith("https://i.ebayimg.com/")


def test_what_does_not_apply_is_dropped_with_a_warning(shop):
    """A new item has no description of its condition."""
    reply = shop.put_item(ex.SKU, {**ex.item(), "conditionDescription": "like new"})
    assert (reply.status_code, warnings(reply)) == (200, [25401])
    assert "conditionDescription" not in shop.item()


def test_the_catalogue_fills_in_what_is_left_out(shop):
    """By the EAN, and not when the offer of the item says no."""
    body = ex.item(ean=[ex.EAN], aspects={"Marke": ["ACME"]})
    del body["product"]["description"]
    shop.put_item("X1", body)
    product = shop.item("X1")["product"]
    assert (product["description"], product["epid"]) == ("From the catalogue.", ex.EPID)
    assert product["aspects"] == {"Marke": ["ACME"], "Material": ["Keramik"]}
    shop.put_item(ex.STAGED, body)
    assert "description" not in shop.item(ex.STAGED)["product"]


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"colour": "red"}, 2004),
        ({"condition": "FINE"}, 2004),
        ({"availability": {"shipToLocationAvailability": {"quantity": "5"}}}, 2004),
        ({"availability": {"shipToLocationAvailability": {"quantity": -1}}}, 25709),
        ({"product": {"title": "x" * 81}}, 25709),
        ({"product": {"aspects": {"Farbe": "rot"}}}, 2004),
        ({"product": {"aspects": {"x" * 41: ["rot"]}}}, 25709),
        ({"product": {"imageUrls": [ex.PICTURE] * 25}}, 25709),
        ({"packageWeightAndSize": {"weight": {"value": 1.5, "unit": "STONE"}}}, 2004),
    ],
)
def test_the_shape_of_an_item_is_strict(shop, change, number):
    reply = shop.wrong("PUT", f"{INVENTORY}/inventory_item/X1", change)
    assert (reply.status_code, errors(reply)) == (400, [number])


def test_the_signs_of_a_sku(shop):
    """25707 says alphanumeric: how strictly it is taken is a knob."""
    assert (
        shop.wrong("PUT", f"{INVENTORY}/inventory_item/a%2Fb", ex.item()).json()["errors"][0]["errorId"] == 25707
    )
    assert errors(shop.wrong("PUT", f"{INVENTORY}/inventory_item/{'x' * 51}", ex.item())) == [25707]
    shop.set(sku_signs="")
    assert errors(shop.wrong("PUT", f"{INVENTORY}/inventory_item/X-1", ex.item())) == [25707]


def test_offset_of_the_list_counts_pages(open_shop):
    """Page 1 of two a page begins with the third item; `size` is the number of pages."""
    shop = open_shop(items=[{"sku": f"S{n}", **ex.item()} for n in range(5)], offers=[])
    pages = [shop.get(f"{INVENTORY}/inventory_item?limit=2&offset={n}").json() for n in range(4)]
    assert [[one["sku"] for one in page["inventoryItems"]] for page in pages] == [
        ["S0", "S1"],
        ["S2", "S3"],
        ["S4"],
        [],
    ]
    assert {(page["total"], page["size"]) for page in pages} == {(5, 3)}
    assert ["next" in page for page in pages] == [True, True, False, False]
    assert errors(shop.get(f"{INVENTORY}/inventory_item?limit=201")) == [25706]


def test_the_list_may_trail(open_shop):
    shop = open_shop(EbaySettings.calm().changed({"list_lag_seconds": 30}), items=[], offers=[])
    shop.put_item("X1", ex.item())
    assert shop.item("X1")["sku"] == "X1"
    assert shop.get(f"{INVENTORY}/inventory_item").json()["total"] == 0
    shop.wait(31)
    assert shop.get(f"{INVENTORY}/inventory_item").json()["total"] == 1


def test_reading_and_writing_many_at_once(shop):
    """Each row for itself: a mixture is a 207."""
    reply = shop.bulk("bulk_get_inventory_item", {"sku": ex.SKU}, {"sku": "GONE"})
    assert reply.status_code == 207
    assert [(one["sku"], one["statusCode"]) for one in reply.json()["responses"]] == [(ex.SKU, 200), ("GONE", 404)]
    name = "bulk_create_or_replace_inventory_item"
    rows = [{"sku": sku, "locale": "de_DE", **ex.item()} for sku in ("N1", ex.SKU)]
    good = shop.bulk(name, *rows)
    assert [one["statusCode"] for one in good.json()["responses"]] == [201, 200]
    bad = {**rows[1], "availability": {"shipToLocationAvailability": {"quantity": 0}}}
    mixed = shop.bulk(name, {**rows[0], "sku": "N2"}, bad)
    assert mixed.status_code == 207
    assert mixed.json()["responses"][1]["errors"][0]["errorId"] == 25004
    assert shop.item("N2")["sku"] == "N2"
    assert quantity(shop.item()) == 5


def test_a_wrong_value_refuses_its_row_and_what_cannot_be_read_the_call(shop):
    name = "bulk_create_or_replace_inventory_item"
    good = {"sku": "N1", "locale": "de_DE", **ex.item()}
    long = {"sku": "N2", "locale": "de_DE", **ex.item(title="x" * 81)}
    reply = shop.bulk(name, good, long)
    assert [one["statusCode"] for one in reply.json()["responses"]] == [201, 400]
    assert reply.json()["responses"][1]["errors"][0]["errorId"] == 25709
    assert errors(
        shop.bulk(name, good, {**long, "condition": "FINE"}, **{"X-Deliberately-Wrong": "unknown word"})
    ) == [2004]


def test_calls_for_many_refuse_too_many_and_the_same_twice(shop):
    rows = [{"sku": f"N{n}", "locale": "de_DE", **ex.item()} for n in range(26)]
    name = "bulk_create_or_replace_inventory_item"
    assert errors(shop.bulk(name, *rows)) == [25727]
    assert errors(shop.bulk(name, rows[0], rows[0])) == [25728]
    assert errors(shop.bulk(name, {**rows[0], "locale": "de-DE"})) == [25733]
    assert errors(shop.bulk("bulk_get_inventory_item", {"sku": "A"}, {"sku": "A"})) == [25734]


def test_a_deleted_item_takes_offer_and_listing_with_it(shop):
    assert shop.send("DELETE", f"{INVENTORY}/inventory_item/{ex.SKU}").status_code == 204
    assert errors(shop.get(f"{INVENTORY}/inventory_item/{ex.SKU}")) == [25710]
    assert shop.get(f"{INVENTORY}/offer/{ex.OFFER}").status_code == 404
    assert shop.simulator.census(ex.LOGIN)["listings"] == {f"HAND-1 {ex.SITE}": 1}
    assert shop.send("DELETE", f"{INVENTORY}/inventory_item/{ex.SKU}").status_code == 404


def test_what_was_read_and_is_written_back_changes_nothing(shop):
    """Whole replacement is safe for who repeats what was read."""
    shop.put_item(
        ex.SKU, {**ex.item(ean=[ex.EAN]), "packageWeightAndSize": {"weight": {"value": 1.5, "unit": "GRAM"}}}
    )
    before = shop.item()
    body = {name: value for name, value in before.items() if name not in {"sku", "locale"}}
    body["availability"] = {"shipToLocationAvailability": {"quantity": quantity(before)}}
    assert shop.put_item(ex.SKU, body).status_code == 204
    assert shop.item() == before
