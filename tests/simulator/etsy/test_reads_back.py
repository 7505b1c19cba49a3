"""Ways in which a document reads back otherwise than it was sent, each with the knob that switches it off."""

from __future__ import annotations

import pytest

from reconciler.simulator.etsy.settings import ALL_ROWS

from . import example as ex


def entities(shop):
    shop.edit(ex.MUG, title='Anna\'s "tea" & milk', description="a < b")
    found = shop.listing(ex.MUG)
    return found["title"], found["description"]


def translated(shop):
    body = ex.shirts()
    body["products"][0]["property_values"][0]["values"] = ["Schwarz"]
    shop.put(ex.SHIRT, body)
    value = shop.inventory(ex.SHIRT)["products"][0]["property_values"][0]
    return value["values"], value["value_ids"]


def order(shop):
    shop.edit(ex.MUG, tags=["white", "mug", "tea"], materials=["clay", "glaze"])
    found = shop.listing(ex.MUG)
    return found["tags"], found["materials"]


def processing(shop):
    offering = shop.inventory(ex.OFF)["products"][0]["offerings"][0]
    return shop.listing(ex.OFF)["readiness_state_id"], offering["readiness_state_id"]


def own_values(shop):
    """A capacity has no table of values: what number is sent does not matter, the text decides."""
    path = f"{{shop}}/listings/{ex.MUG}/properties/{ex.VOLUME}"
    shop.form("PUT", path, value_ids=[1], values=["300"], scale_id=35)
    found = shop.get(f"{{shop}}/listings/{ex.MUG}/properties").json()["results"][0]
    return found["value_ids"][0] > 1000, found["values"], found["scale_name"]


ROWS = [
    (1, entities, ("Anna&#39;s &quot;tea&quot; &amp; milk", "a &lt; b"), ('Anna\'s "tea" & milk', "a < b")),
    (2, translated, (["Black"], [ex.BLACK]), (["Schwarz"], [ex.BLACK])),
    (3, order, (["tea", "white", "mug"], ["glaze", "clay"]), (["white", "mug", "tea"], ["clay", "glaze"])),
    (4, processing, (None, None), (ex.READY, ex.READY)),
    (6, own_values, (True, ["300"], "Milliliters"), (False, ["300"], "Milliliters")),
]


@pytest.mark.parametrize(("row", "read", "normalised", "plain"), ROWS)
def test_a_document_reads_back_in_the_form_of_the_marketplace(shop, row, read, normalised, plain):
    assert read(shop) == normalised
    shop.set(normalise=ALL_ROWS - {row})
    assert read(shop) == plain


def test_every_row_is_tested():
    assert {row for row, *_ in ROWS} | {5} == ALL_ROWS


def test_the_newest_era_is_renamed_in_january(shop):
    """And the old name is no value any more."""
    shop.simulator.seed(ex.account(listings=[{**ex.listings()[1], "when_made": "2020_2026"}]))
    assert shop.listing(ex.SHIRT)["when_made"] == "2020_2026"
    told = next(iter(shop.simulator.listings("sklep")))
    shop.set(newest_era=2027)
    assert next(iter(shop.simulator.listings("sklep")))["when_made"] == "2020_2027"
    made = {"who_made": "i_did", "is_supply": False}
    assert shop.edit(ex.SHIRT, wrong=True, when_made="2020_2026", **made).status_code == 400
    shop.set(normalise=ALL_ROWS - {5})
    assert next(iter(shop.simulator.listings("sklep"))) == told


def test_the_same_text_of_ones_own_has_the_same_number(shop):
    path = f"{{shop}}/listings/{ex.MUG}/properties/{ex.VOLUME}"
    first = shop.form("PUT", path, value_ids=[1], values=["300"], scale_id=35).json()
    again = shop.form("PUT", path, value_ids=first["value_ids"], values=["300"], scale_id=35).json()
    assert again == first


def test_processing_is_told_below_the_shop_and_of_one_listing(shop):
    assert shop.listing(ex.MUG)["readiness_state_id"] == ex.READY
    row = next(one for one in shop.listed(includes="Inventory") if one["listing_id"] == ex.MUG)
    assert row["readiness_state_id"] == ex.READY
    assert row["inventory"]["products"][0]["offerings"][0]["readiness_state_id"] == ex.READY
    many = shop.get("/listings/batch/inventory", params={"listing_ids": str(ex.MUG)}).json()["results"][0]
    assert many["readiness_state_id"] is None
    assert many["inventory"]["products"][0]["offerings"][0]["readiness_state_id"] is None


def test_the_row_has_the_lowest_price_and_all_pieces(shop):
    body = ex.shirts(price_on_property=[ex.COLOUR])
    body["products"][1]["offerings"][0]["price"] = 12.3
    shop.put(ex.SHIRT, body)
    found = shop.listing(ex.SHIRT)
    assert (found["price"]["amount"], found["quantity"]) == (1230, 5)


def test_a_rich_description_stands_beside_the_plain_one(shop):
    shop.simulator.panel_edit("sklep", ex.MUG, {"rich_description": "<p>Holds <b>tea</b>.</p>"})
    found = shop.listing(ex.MUG)
    assert (found["rich_description"], found["description"]) == ("<p>Holds <b>tea</b>.</p>", "Holds tea.")
