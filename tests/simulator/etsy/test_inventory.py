"""The inventory: whole each time, new numbers each time, and never nothing."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import WRONG, told


def numbers(inventory: dict) -> set[int]:
    products = {one["product_id"] for one in inventory["products"]}
    return products | {offering["offering_id"] for one in inventory["products"] for offering in one["offerings"]}


def test_every_put_gives_new_numbers_and_prices_read_as_money(shop):
    before = shop.inventory(ex.MUG)
    body = {"products": [ex.product("K-1", 21.5, 7)]}
    reply = shop.put(ex.MUG, body)
    assert reply.status_code == 200, reply.text
    after = shop.inventory(ex.MUG)
    assert reply.json() == after
    assert not numbers(before) & numbers(after)
    offering = after["products"][0]["offerings"][0]
    assert offering["price"] == {"amount": 2150, "divisor": 100, "currency_code": "USD"}
    assert (offering["quantity"], shop.listing(ex.MUG)["quantity"]) == (7, 7)
    gone = shop.get(f"/listings/{ex.MUG}/inventory", params={"show_deleted": "true"}).json()["products"]
    assert [one["is_deleted"] for one in gone] == [False, True]
    assert gone[1]["product_id"] == before["products"][0]["product_id"]


def test_a_product_that_is_left_out_is_gone(shop):
    whole = ex.shirts()
    assert shop.put(ex.SHIRT, {**whole, "products": whole["products"][:1]}).status_code == 200
    assert [one["sku"] for one in shop.inventory(ex.SHIRT)["products"]] == ["T-B"]
    assert shop.listing(ex.SHIRT)["quantity"] == 2


def test_zero_of_all_is_refused_active_or_not(shop):
    for listing in (ex.MUG, ex.OFF):
        before = shop.inventory(listing)
        reply = shop.put(listing, {"products": [ex.product("K-1", 20, 0)]})
        assert "greater than 0" in told(reply, 400)
        assert shop.inventory(listing) == before
    some = ex.shirts()
    some["products"][0]["offerings"][0]["quantity"] = 0
    assert shop.put(ex.SHIRT, some).status_code == 200
    some["products"][1]["offerings"][0]["is_enabled"] = False
    assert told(shop.put(ex.SHIRT, some), 400)  # what is not enabled is no stock
    shop.set(enabled_only=False)
    assert shop.put(ex.SHIRT, some).status_code == 200


def test_an_inventory_as_it_reads_is_no_inventory_to_send(shop):
    """Numbers, deletions, names of scales and Money are only read (issue #159)."""
    read = shop.inventory(ex.MUG)
    assert "Invalid key in the request: product_id" in told(shop.put(ex.MUG, read, wrong=True), 400)


def changed(*path: str | int, to: object = None, drop: bool = False) -> dict:
    body = ex.shirts()
    at = body
    for step in path[:-1]:
        at = at[step]
    if drop:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return body


OFFERING = ("products", 0, "offerings", 0)
VALUE = ("products", 0, "property_values", 0)
REFUSED = [
    ({}, "Missing input parameter: [products]"),
    ({"products": []}, "Missing input parameter: [products]"),
    (changed(*OFFERING, "price", drop=True), "Missing input parameter: [price]"),
    (changed(*OFFERING, "quantity", drop=True), "Missing input parameter: [quantity]"),
    (changed(*OFFERING, "is_enabled", drop=True), "Missing input parameter: [is_enabled]"),
    (changed(*OFFERING, "readiness_state_id", drop=True), "Missing input parameter: [readiness_state_id]"),
    (changed(*OFFERING, "readiness_state_id"), "incompatible with readiness_state_on_property"),
    (changed(*OFFERING, "readiness_state_id", to=9), "Invalid readiness_state_id 9"),
    (changed(*OFFERING, "price", to={"amount": 1}), "Expected float value for 'price' (got dict)"),
    (changed(*OFFERING, "price", to="20"), "Expected float value for 'price' (got str)"),
    (changed(*OFFERING, "price", to=0.19), "must be above min price"),
    (changed(*OFFERING, "price", to=31), "price are incompatible with price_on_property"),
    (changed(*OFFERING, "quantity", to=True), "Expected int value for 'quantity'"),
    (changed(*OFFERING, "quantity", to=1000), "between 0 and 999"),
    (changed(*OFFERING, "quantity", to=-1), "between 0 and 999"),
    (changed(*OFFERING, "is_deleted", to=False), "Invalid key"),
    (changed("quantity_on_property", to=[]), "quantity are incompatible with quantity_on_property"),
    (changed("sku_on_property", to=[]), "sku are incompatible with sku_on_property"),
    (changed("price_on_property", to=[7]), "7 is not a property of the products"),
    (changed("products", 0, "offerings", to=[]), "exactly one offering"),
    (changed("products", 0, "sku", to="x" * 33), "32 characters"),
    (changed("products", 0, "property_values", to=[]), "the same properties"),
    (changed(*VALUE, "values", to=["Black (dark)"]), "Invalid property value"),
    (changed(*VALUE, "value_ids", to=[0]), "IDs must be >= 1, got 0"),
    (changed(*VALUE, "value_ids", to=[77]), "Invalid value_id 77"),
    (changed(*VALUE, "property_id", to=ex.MATERIAL), "Invalid property_id"),
    (changed(*VALUE, to=ex.value(ex.COLOUR, ex.BLUE, "Blue")), "may appear once"),
    (changed("legacy", to=True), "Invalid key"),
]


@pytest.mark.parametrize(("body", "said"), REFUSED)
def test_an_inventory_is_refused(shop, body, said):
    before = shop.inventory(ex.SHIRT)
    assert said in told(shop.put(ex.SHIRT, body, wrong=True), 400)
    assert shop.inventory(ex.SHIRT) == before


def test_what_is_active_keeps_its_processing(shop):
    body = {"products": [ex.product("K-1", readiness=None)]}
    assert "readiness_state_id is required" in told(shop.put(ex.MUG, body), 400)


def test_an_inventory_is_json(shop):
    reply = shop.form("PUT", f"/listings/{ex.MUG}/inventory", wrong=True, products="[]")
    assert "application/json" in told(reply, 400)
    path, headers = f"/listings/{ex.MUG}/inventory", {"Content-Type": "application/json", **WRONG}
    assert told(shop.ask("PUT", path, content=b"{", headers=headers), 400) == "Not a valid JSON string"


def grid() -> dict:
    """Two colours in two sizes, with prices by size and quantities by both."""
    products = [
        ex.product(
            f"{colour}-{size}",
            30 + size % 2,
            1 + size % 3,
            values=[ex.value(ex.COLOUR, colour, "x"), ex.value(ex.SIZE, size, "y")],
        )
        for colour in (ex.BLACK, ex.BLUE)
        for size in (ex.S, ex.M)
    ]
    both = [ex.COLOUR, ex.SIZE]
    return {
        "products": products,
        "price_on_property": [ex.SIZE],
        "quantity_on_property": both,
        "sku_on_property": both,
    }


def test_two_properties_and_a_third_with_the_parameter(shop):
    body = grid()
    assert shop.put(ex.SHIRT, body).status_code == 200
    assert shop.inventory(ex.SHIRT)["price_on_property"] == [ex.SIZE]
    for product in body["products"]:
        product["property_values"].append(
            {"property_id": 513, "property_name": "Fit", "value_ids": [], "values": ["Slim"]}
        )
    assert "up to 2" in told(shop.put(ex.SHIRT, body), 400)
    assert shop.put(ex.SHIRT, body, query="?max_variations_supported=3").status_code == 200


def test_products_that_share_a_quantity_count_once(shop):
    body = ex.shirts(quantity_on_property=[])
    for product in body["products"]:
        product["offerings"][0]["quantity"] = 4
    assert shop.put(ex.SHIRT, body).status_code == 200
    assert shop.listing(ex.SHIRT)["quantity"] == 4
    shop.simulator.sell("sklep", ex.SHIRT, 1, "T-B")
    assert [one["offerings"][0]["quantity"] for one in shop.inventory(ex.SHIRT)["products"]] == [3, 3]


def test_linked_pictures_are_unlinked_by_an_inventory(shop):
    """Issues #200, #384; they can be set again, all at once."""
    path = f"{{shop}}/listings/{ex.SHIRT}/variation-images"
    linked = shop.get(path).json()["results"]
    assert linked == [{"property_id": ex.COLOUR, "value_id": ex.BLACK, "value": "Black", "image_id": 9101}]
    shop.put(ex.SHIRT, ex.shirts())
    assert shop.get(path).json()["count"] == 0
    again = [{name: one[name] for name in ("property_id", "value_id", "image_id")} for one in linked]
    assert shop.ask("POST", path, json={"variation_images": again}).json()["results"] == linked
    wrong = [{**again[0], "image_id": 9001}]
    assert "image id 9001 is invalid" in told(shop.ask("POST", path, json={"variation_images": wrong}), 400)
    assert told(shop.ask("POST", path, json={"variation_images": again * 2}), 400)
    assert told(shop.ask("POST", path, json={"variation_images": [{"image_id": 1}]}, headers=WRONG), 400)
    shop.set(unlinks_variation_images=False)
    shop.put(ex.SHIRT, ex.shirts())
    assert shop.get(path).json()["count"] == 1


def test_a_price_is_rounded_to_the_smallest_unit(open_shop):
    shop = open_shop(currency="JPY", listings=[])
    new = shop.draft(price=500).json()["listing_id"]
    assert shop.put(new, {"products": [ex.product("J", 480.4)]}).status_code == 200
    assert shop.inventory(new)["products"][0]["offerings"][0]["price"] == {
        "amount": 480,
        "divisor": 1,
        "currency_code": "JPY",
    }
