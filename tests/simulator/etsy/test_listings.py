"""Listings over the API: pages, drafts, edits, what is refused."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import WRONG, told


def test_a_page_has_one_state_and_the_newest_first(shop):
    assert {one["listing_id"] for one in shop.listed()} == {ex.MUG, ex.SHIRT}
    assert [one["listing_id"] for one in shop.listed("draft")] == [ex.DRAFT]
    assert [one["listing_id"] for one in shop.listed("sold_out")] == [ex.GONE]
    new = shop.draft().json()["listing_id"]
    shop.wait(10)
    newest = shop.draft().json()["listing_id"]
    reply = shop.get("{shop}/listings", params={"state": "draft", "limit": 1, "offset": 1}).json()
    assert reply["count"] == 3
    assert [one["listing_id"] for one in reply["results"]] == [new]
    assert shop.listed("draft")[0]["listing_id"] == newest


def test_a_list_is_as_good_as_the_detail(shop):
    rows = shop.listed(includes="Inventory,Images,Shipping")
    row = next(one for one in rows if one["listing_id"] == ex.SHIRT)
    alone = shop.listing(ex.SHIRT)
    assert {name: row[name] for name in alone} == alone
    assert row["inventory"] == shop.inventory(ex.SHIRT)
    assert [one["listing_image_id"] for one in row["images"]] == shop.images(ex.SHIRT)
    assert row["shipping_profile"]["title"] == "Standard"
    assert row["skus"] == ["T-B", "T-N"]
    assert (row["quantity"], row["has_variations"], row["price"]["amount"]) == (5, True, 3000)


def test_a_draft_has_one_product_without_a_sku(shop):
    reply = shop.draft(tags=["one", "two"], readiness_state_id=ex.READY)
    assert reply.status_code == 201, reply.text
    made = reply.json()
    assert (made["state"], made["quantity"], made["price"]["amount"], made["tags"]) == (
        "draft",
        4,
        1250,
        ["one", "two"],
    )
    products = shop.inventory(made["listing_id"])["products"]
    assert [one["sku"] for one in products] == [""]
    assert shop.images(made["listing_id"]) == []


def test_a_draft_is_refused_with_a_list_of_places(shop):
    reply = shop.draft(wrong=True, title="Cups & mugs & more", tags=["a", "A", "x" * 21])
    assert reply.status_code == 400
    places = {one["path"]: one["type"] for one in reply.json()}
    assert places == {"/title": "too_many_characters", "/tags/2": "too_long", "/tags": "duplicate"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quantity": 0}, "between 1 and 999"),
        ({"quantity": 1000}, "between 1 and 999"),
        ({"price": 0.1}, "must be above min price 0.2 USD"),
        ({"price": "dear"}, "Expected float value for 'price'"),
        ({"quantity": "1.5"}, "Expected int value for 'quantity'"),
        ({"taxonomy_id": 7}, "Invalid taxonomy_id 7"),
        ({"taxonomy_id": 0}, "IDs must be >= 1, got 0"),
        ({"when_made": "2020_2025"}, "Invalid value '2020_2025'"),
        ({"who_made": "nobody"}, "Invalid value 'nobody'"),
        ({"shipping_profile_id": 9}, "Invalid shipping_profile_id 9"),
        ({"readiness_state_id": 9}, "Invalid readiness_state_id 9"),
        ({"is_supply": "yes"}, "Expected bool value"),
        ({"item_weight": 0}, "must be greater than 0"),
        ({"sku": "K-9"}, "Unknown input parameter: [sku]"),
        ({"title": ""}, "Missing input parameter: [title]"),
        ({"image_ids": [77]}, "image id 77 is invalid"),
    ],
)
def test_a_draft_is_refused(shop, fields, said):
    assert said in told(shop.draft(wrong=True, **fields), 400)
    assert len(shop.listed("draft")) == 1  # nothing of it was made


def test_an_edit_changes_what_is_sent(shop):
    before = shop.listing(ex.MUG)
    shop.wait(60)
    reply = shop.edit(ex.MUG, title="Better mug", tags=["cup"], shop_section_id=ex.SECTION, should_auto_renew=True)
    assert reply.status_code == 200, reply.text
    after = shop.listing(ex.MUG)
    assert reply.json() == {name: after[name] for name in reply.json()}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {
        "title",
        "tags",
        "shop_section_id",
        "should_auto_renew",
        "updated_timestamp",
        "last_modified_timestamp",
    }
    assert shop.edit(ex.MUG, tags=[], shop_section_id=None).status_code == 200
    assert (shop.listing(ex.MUG)["tags"], shop.listing(ex.MUG)["shop_section_id"]) == ([], None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"price": 5}, "Unknown input parameter: [price]"),
        ({"quantity": 5}, "Unknown input parameter: [quantity]"),
        ({"state": "draft"}, "Invalid value 'draft' for 'state'"),
        ({"title": "x" * 141}, "There was a problem with /title"),
        ({"title": "100% wool, 100% warm"}, "You can only use the % character once"),
        ({"title": "Cost $5"}, "contains invalid characters"),
        ({"tags": ["Mug", "mug"]}, "You may not have duplicate tags."),
        ({"tags": [f"t{n}" for n in range(14)]}, "up to 13"),
        ({"materials": ["half-silk"]}, "contains invalid character"),
        ({"who_made": "i_did"}, "who_made requires is_supply and when_made"),
        ({"return_policy_id": None}, "return_policy_id is required"),
    ],
)
def test_an_edit_is_refused(shop, fields, said):
    before = shop.listing(ex.MUG)
    assert said in told(shop.edit(ex.MUG, wrong=True, **fields), 400)
    assert shop.listing(ex.MUG) == before


def test_of_a_name_that_is_repeated_only_the_last_counts(shop):
    headers = {"Content-Type": "application/x-www-form-urlencoded", **WRONG}
    path = f"{{shop}}/listings/{ex.MUG}"
    assert shop.ask("PATCH", path, content=b"tags=one&tags=two", headers=headers).json()["tags"] == ["two"]
    reply = shop.ask("PATCH", path, json={"title": "A"}, headers=WRONG)
    assert "application/x-www-form-urlencoded" in told(reply, 400)


def test_many_are_read_at_once_or_none(shop):
    both = f"{ex.MUG},{ex.OFF}"
    for path in ("/listings/batch", "/listings/batch/inventory", "/listings/batch/shipping"):
        reply = shop.get(path, params={"listing_ids": both})
        assert [one["listing_id"] for one in reply.json()["results"]] == [ex.MUG, ex.OFF]
        assert "Resource not found" in told(shop.get(path, params={"listing_ids": f"{both},99"}), 404)
    assert told(shop.get("/listings/batch", params={"listing_ids": ",".join(map(str, range(1, 102)))}), 400)
    shop.set(batch_fails_whole=False)
    assert shop.get("/listings/batch", params={"listing_ids": f"{both},99"}).json()["count"] == 2
    assert shop.get("/listings/batch/inventory", params={"listing_ids": f"{both},99"}).status_code == 404


def test_a_listing_is_deleted(shop):
    assert shop.ask("DELETE", f"/listings/{ex.MUG}").status_code == 204
    assert shop.get(f"/listings/{ex.MUG}").status_code == 404
    assert shop.ask("DELETE", f"/listings/{ex.MUG}").status_code == 404


def test_another_seller_sees_what_is_active_and_changes_nothing(shop):
    shop.simulator.seed({"login": "inny", "user_id": 2, "shop_id": 3})
    other = {"headers": {"Authorization": "Bearer simulator-inny"}}
    assert shop.get(f"/listings/{ex.MUG}", **other).json()["title"] == "A mug"
    assert shop.get(f"/listings/{ex.OFF}", **other).status_code == 404
    assert shop.get(f"/listings/{ex.MUG}/inventory", **other).json()["products"][0]["sku"] == ""
    assert shop.get("{shop}/listings", **other).status_code == 403
    assert shop.ask("DELETE", f"/listings/{ex.MUG}", **other).status_code == 403
    assert (
        shop.ask("PUT", f"/listings/{ex.MUG}/inventory", json={"products": [ex.product("x")]}, **other).status_code
        == 403
    )


def test_unknown_addresses_and_parameters(shop):
    assert shop.get("/listing", headers=WRONG).status_code == 404
    assert "Expected int value" in told(shop.get("/listings/mug", headers=WRONG), 400)
    assert "Unknown query parameter" in told(shop.get("{shop}/listings?sku=K-1", headers=WRONG), 400)
    assert "includes" in told(shop.get("{shop}/listings?includes=Stock", headers=WRONG), 400)
    assert shop.get("{shop}/listings?limit=101", headers=WRONG).status_code == 400
    assert shop.get("/shops/77").status_code == 404


def test_lists_trail_writes(open_shop):
    shop = open_shop()
    shop.set(list_lag_seconds=30)
    shop.edit(ex.MUG, title="Later")
    new = shop.draft().json()["listing_id"]
    assert shop.listing(ex.MUG)["title"] == "Later"
    assert {one["title"] for one in shop.listed()} == {"A mug", "A shirt"}
    assert new not in {one["listing_id"] for one in shop.listed("draft")}
    shop.edit(ex.MUG, state="inactive")
    shop.wait(31)
    assert {one["title"] for one in shop.listed()} == {"A shirt"}
    assert "Later" in {one["title"] for one in shop.listed("inactive")}
    assert new in {one["listing_id"] for one in shop.listed("draft")}


def test_a_translation_is_made_once_and_then_changed(shop):
    path = f"{{shop}}/listings/{ex.MUG}/translations/de"
    texts = {"title": "Ein Becher", "description": "Für Tee.", "tags": ["becher"]}
    assert told(shop.get(path), 404)
    assert told(shop.form("PUT", path, wrong=True, **texts), 404)
    assert shop.form("POST", path, **texts).json()["title"] == "Ein Becher"
    assert told(shop.form("POST", path, wrong=True, **texts), 400)
    shop.form("PUT", path, **{**texts, "title": "Becher"})
    assert shop.get(path).json()["title"] == "Becher"
    assert shop.listing(ex.MUG)["title"] == "A mug"
    german = shop.get(f"/listings/{ex.MUG}", params={"language": "de", "includes": "Translations"}).json()
    assert (german["title"], german["language"], german["translations"]["de"]["tags"]) == (
        "Becher",
        "de",
        ["becher"],
    )
    assert german["translations"]["fr"] is None
    assert told(shop.form("POST", f"{{shop}}/listings/{ex.MUG}/translations/fr", wrong=True, **texts), 400)
