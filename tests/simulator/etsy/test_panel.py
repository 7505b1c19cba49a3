"""People in the shop manager, purchases, and the control plane."""

from __future__ import annotations

import pytest

from reconciler.simulator.etsy.simulator import EtsySimulator

from . import example as ex


def control(shop, method: str, name: str, body: dict | None = None):
    if method == "GET":
        return shop.client.get(f"/_sim/{name}", params=body or {})
    return shop.client.post(f"/_sim/{name}", json=body or {})


def test_a_person_edits_a_listing(shop):
    told = control(
        shop,
        "POST",
        "panel",
        {
            "login": "sklep",
            "sku": "K-1",
            "patch": {"title": "By hand", "price": 19.5, "quantity": 8, "tags": ["hand"]},
        },
    )
    assert told.status_code == 200, told.text
    found = shop.listing(ex.MUG)
    assert (found["title"], found["price"]["amount"], found["quantity"], found["tags"]) == (
        "By hand",
        1950,
        8,
        ["hand"],
    )
    shop.simulator.panel_edit("sklep", ex.MUG, {"state": "inactive", "image_ids": [9002]})
    assert (shop.listing(ex.MUG)["state"], shop.images(ex.MUG)) == ("inactive", [9002])
    assert (
        control(shop, "POST", "panel", {"login": "sklep", "sku": "K-1", "patch": {"colour": 1}}).status_code == 400
    )


def test_nothing_tells_who_made_it_inactive(shop):
    """Issue #581: by hand or by the API, it reads the same."""
    shop.edit(ex.MUG, state="inactive")
    by_api = shop.listing(ex.MUG)
    shop.edit(ex.MUG, state="active")
    control(shop, "POST", "end-listing", {"login": "sklep", "listing_id": ex.MUG})
    by_hand = shop.listing(ex.MUG)
    times = {"updated_timestamp", "last_modified_timestamp", "state_timestamp"}
    assert {name for name in by_api if by_api[name] != by_hand[name]} <= times


def test_a_person_makes_a_listing(shop):
    told = control(
        shop,
        "POST",
        "create-listing",
        {"login": "sklep", "listing": {"title": "Vase", "sku": "V-1", "price": 40, "quantity": 2}},
    )
    assert told.status_code == 200, told.text
    made = told.json()
    assert (made["state"], made["skus"], len(made["images"])) == ("active", ["V-1"], 1)
    assert made["listing_id"] in {one["listing_id"] for one in shop.listed()}
    assert shop.fees() == ["listing"]


def test_a_purchase(shop):
    told = control(shop, "POST", "sale", {"login": "sklep", "sku": "T-N", "quantity": 3})
    assert told.status_code == 200, told.text
    quantities = {one["sku"]: one["offerings"][0]["quantity"] for one in shop.inventory(ex.SHIRT)["products"]}
    assert quantities == {"T-B": 2, "T-N": 0}
    assert shop.listing(ex.SHIRT)["state"] == "active"
    again = {"login": "sklep", "listing_id": ex.SHIRT, "sku": "T-N"}
    assert "cannot sell" in control(shop, "POST", "sale", again).json()["error"]
    assert control(shop, "POST", "sale", {"login": "sklep", "sku": "nothing"}).status_code == 400


def test_purchases_that_go_on(shop):
    shop.set(sales={"every_seconds": 60, "login": "sklep"})
    shop.wait(3600)
    assert {one["listing_id"] for one in shop.listed("sold_out")} == {ex.MUG, ex.SHIRT, ex.GONE}
    shop.set(sales={"every_seconds": 0})


def test_the_census_shows_what_is_there_twice(shop):
    told = control(shop, "GET", "census", {"login": "sklep"}).json()
    assert told["listings"] == {"K-1": 1, "K-2": 1, "K-3": 1, "T-B": 1, "T-N": 1}
    assert (told["listings_without_sku"], told["duplicates"]["listings"]) == (1, {})
    shop.put(ex.OFF, {"products": [ex.product("K-1")]})
    shop.edit(ex.OFF, title="A mug")
    told = shop.simulator.census("sklep")
    assert told["duplicates"] == {"listings": {"K-1": 2}, "titles": {"A mug": 2}, "named": {}}
    assert told["named"]["shipping_profile"] == {"Standard": 1}


def test_fees_and_listings_are_told(shop):
    shop.edit(ex.GONE, state="active")
    told = control(shop, "GET", "fees", {"login": "sklep"}).json()["fees"]
    assert [(one["listing_id"], one["kind"], one["amount"]) for one in told] == [(ex.GONE, "renewal", "0.20")]
    shown = control(shop, "GET", "listings", {"login": "sklep"}).json()["listings"]
    assert [one["listing_id"] for one in shown] == [ex.MUG, ex.SHIRT, ex.DRAFT, ex.OFF, ex.GONE]
    assert shown[1]["variation_images"][0]["image_id"] == 9101


def test_a_second_process_goes_on(shop, tmp_path):
    shop.edit(ex.MUG, title="Kept")
    other = EtsySimulator(tmp_path / "market0.sqlite")
    assert next(other.listings("sklep"))["title"] == "Kept"
    other.close()


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"shop_id": None}, "shop_id is missing"),
        ({"shops": []}, "unknown keys in the account: shops"),
        ({"listings": [{"listing_id": 1}]}, "title is missing"),
        ({"listings": [{"listing_id": 1, "title": "A", "colour": 1}]}, "unknown keys colour"),
        ({"listings": [{"listing_id": 1, "title": "A", "price": 0}]}, "must be above min price"),
    ],
)
def test_a_wrong_account_changes_nothing(shop, account, said):
    before = list(shop.simulator.listings("sklep"))
    with pytest.raises(ValueError, match=said):
        shop.simulator.seed(ex.account(**account))
    assert list(shop.simulator.listings("sklep")) == before
