"""A shop as a seed describes it, with a taxonomy and everything a listing may have."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import WRONG, told

FIT = {
    "property_id": 9,
    "display_name": "Fit",
    "possible_values": [[91, "Slim"], [92, "Wide"]],
    "supports_variations": False,
}


def test_a_taxonomy_of_ones_own_stands_beside_the_built_in_one(shop):
    taxonomy = [{"id": 7000, "name": "Hats", "parent": 374, "properties": [FIT]}]
    hat = {
        "listing_id": 70,
        "title": "A hat",
        "taxonomy_id": 7000,
        "sku": "H-1",
        "price": 30,
        "quantity": 2,
        "readiness_state_id": ex.READY,
        "properties": [{"property_id": 9, "value_ids": [92], "values": ["Wide"]}],
        "translations": {"de": {"title": "Ein Hut", "description": "Aus Filz."}},
        **ex.COMMON,
    }
    shop.simulator.seed(ex.account(taxonomy=taxonomy, listings=[hat]))
    roots = shop.get("/seller-taxonomy/nodes").json()["results"]
    clothing = next(one for one in roots if one["name"] == "Clothing")
    assert [one["name"] for one in clothing["children"]] == ["T-shirts", "Shoes", "Hats"]
    found = shop.get("/seller-taxonomy/nodes/7000/properties").json()["results"][0]
    assert [(one["value_id"], one["name"]) for one in found["possible_values"]] == [(91, "Slim"), (92, "Wide")]
    assert shop.get("{shop}/listings/70/properties").json()["results"][0]["values"] == ["Wide"]
    assert shop.get("/listings/70", params={"language": "de"}).json()["title"] == "Ein Hut"
    assert [one["listing_id"] for one in shop.listed()] == [70]  # the earlier listings are gone


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shipping_profile_id": None}, "shipping_profile_id is required"),
        ({"type": "download"}, "digital listing needs a file"),
        ({"images": 0}, "needs an image"),
    ],
)
def test_what_is_incomplete_is_not_published(shop, changes, said):
    shop.simulator.seed(ex.account(listings=[{**ex.listings()[3], **changes}]))
    assert said in told(shop.edit(ex.OFF, state="active"), 400)


def test_a_profile_without_a_destination_and_a_listing_without_stock(shop):
    empty = {"shipping_profile_id": ex.PROFILE, "title": "S", "shipping_profile_destinations": []}
    shop.simulator.seed(ex.account(shipping_profiles=[empty]))
    assert "has no destination" in told(shop.edit(ex.OFF, state="active"), 400)
    shop.simulator.panel_edit("sklep", ex.OFF, {"quantity": 0})
    assert "Quantity must be greater than 0" in told(shop.edit(ex.OFF, state="active"), 400)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": " "}, "A title is required"),
        ({"description": "\n"}, "A description is required"),
        ({"tags": ["half/half"]}, "contains invalid character"),
        ({"image_ids": [9001, 9001]}, "different images"),
        ({"item_weight": "1e3"}, "Expected float value"),
    ],
)
def test_texts_and_numbers_that_are_none(shop, fields, said):
    assert said in told(shop.edit(ex.MUG, wrong=True, **fields), 400)


def test_null_takes_away(shop):
    shop.edit(ex.MUG, featured_rank=3, item_weight=2, item_weight_unit="kg")
    assert (shop.listing(ex.MUG)["featured_rank"], shop.listing(ex.MUG)["item_weight_unit"]) == (3, "kg")
    shop.edit(ex.MUG, featured_rank=None, item_weight=None, item_weight_unit=None, type=None)
    found = shop.listing(ex.MUG)
    assert (found["featured_rank"], found["item_weight"], found["item_weight_unit"]) == (-1, None, None)
    assert found["listing_type"] == "physical"


def test_orders_of_people_that_cannot_be_followed(shop):
    for name, body in (
        ("end-listing", {"login": "sklep", "listing_id": ex.MUG, "state": "draft"}),
        ("end-listing", {"login": "sklep", "listing_id": 1}),
        ("create-listing", {"login": "sklep", "listing": {"price": 0}}),
        ("panel", {"login": "sklep", "listing_id": ex.MUG, "patch": {"image_ids": [1]}}),
        ("authorize", {}),
    ):
        reply = shop.client.post(f"/_sim/{name}", json=body)
        assert (reply.status_code, "error" in reply.json()) == (400, True), name
    path = f"{{shop}}/listings/{ex.SHIRT}/variation-images"
    unknown = [{"property_id": ex.COLOUR, "value_id": 77, "image_id": 9101}]
    assert told(shop.ask("POST", path, json={"variation_images": unknown}, headers=WRONG), 400)
