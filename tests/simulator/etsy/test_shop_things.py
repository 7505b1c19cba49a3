"""The shop and what listings refer to: profiles, policies, processing, sections, the taxonomy."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import WRONG, told

PROFILES = "{shop}/shipping-profiles"
NEW = {
    "title": "Abroad",
    "origin_country_iso": "US",
    "origin_postal_code": "10001",
    "primary_cost": 12.5,
    "secondary_cost": 3,
}
DAYS = {"min_delivery_days": 3, "max_delivery_days": 9}
READY = "{shop}/readiness-state-definitions"
POLICIES = "{shop}/policies/return"


def test_who_asks_and_which_shop(shop):
    assert shop.get("/users/me").json() == {"user_id": ex.USER, "shop_id": ex.SHOP}
    found = shop.get("{shop}").json()
    assert (found["currency_code"], found["languages"], found["listing_active_count"]) == (
        "USD",
        ["en-US", "de"],
        2,
    )
    assert shop.get(f"/users/{ex.USER}/shops").json() == found
    assert shop.get(f"/users/{ex.USER}").json()["primary_email"] == "sklep@example.com"
    assert shop.get("/users/2").status_code == 404
    assert shop.get("/openapi-ping").json()["application_id"] >= 1


def test_a_profile_with_destinations_and_upgrades(shop):
    reply = shop.form("POST", PROFILES, destination_country_iso="DE", **NEW, **DAYS)
    assert reply.status_code == 200, reply.text
    number = reply.json()["shipping_profile_id"]
    path = f"{PROFILES}/{number}"
    first = reply.json()["shipping_profile_destinations"][0]
    assert first["primary_cost"] == {"amount": 1250, "divisor": 100, "currency_code": "USD"}
    eu = shop.form(
        "POST", f"{path}/destinations", primary_cost=20, secondary_cost=0, destination_region="eu", **DAYS
    )
    assert (eu.status_code, eu.json()["destination_region"], eu.json()["destination_country_iso"]) == (
        201,
        "eu",
        "",
    )
    one = f"{path}/destinations/{eu.json()['shipping_profile_destination_id']}"
    assert shop.form("PUT", one, primary_cost=21).json()["primary_cost"]["amount"] == 2100
    upgrade = shop.form(
        "POST", f"{path}/upgrades", type=1, upgrade_name="Air", price=9, secondary_price=1, **DAYS
    ).json()
    changed = shop.form("PUT", f"{path}/upgrades/{upgrade['upgrade_id']}", upgrade_name="Plane").json()
    assert changed == {**upgrade, "upgrade_name": "Plane"}
    whole = shop.get(path).json()
    assert whole["shipping_profile_upgrades"] == shop.get(f"{path}/upgrades").json()["results"] == [changed]
    assert whole["shipping_profile_destinations"] == shop.get(f"{path}/destinations").json()["results"]
    assert shop.form("PUT", path, title="World").json()["title"] == "World"
    assert {one["title"] for one in shop.get(PROFILES).json()["results"]} == {"Standard", "World"}
    assert shop.ask("DELETE", one).status_code == 204
    last = f"{path}/destinations/{first['shipping_profile_destination_id']}"
    assert "at least one" in told(shop.ask("DELETE", last), 400)
    assert shop.ask("DELETE", f"{path}/upgrades/{upgrade['upgrade_id']}").status_code == 204
    assert shop.ask("DELETE", path).status_code == 204
    assert shop.get(path).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Either shipping_carrier_id and mail_class"),
        ({"min_delivery_days": 3}, "Both of"),
        ({"shipping_carrier_id": 1, **DAYS}, "Both of"),
        ({"shipping_carrier_id": 1, "mail_class": "a", **DAYS}, "Either"),
        ({"min_delivery_days": 9, "max_delivery_days": 3}, "must not be more"),
        ({"max_delivery_days": 46, "min_delivery_days": 1}, "must be <= 45"),
        ({"destination_country_iso": "DE", "destination_region": "eu", **DAYS}, "mutually exclusive"),
        ({"destination_country_iso": "Germany", **DAYS}, "Invalid value 'Germany'"),
        ({"primary_cost": -1, **DAYS}, "must be >= 0"),
        ({"origin_postal_code": "", **DAYS}, "origin_postal_code is required for US"),
        ({"profile_type": "manual", **DAYS}, "Unknown input parameter"),
    ],
)
def test_a_profile_is_refused(shop, fields, said):
    assert said in told(shop.form("POST", PROFILES, wrong=True, **{**NEW, **fields}), 400)


def test_a_profile_in_use_is_not_deleted(shop):
    path = f"{PROFILES}/{ex.PROFILE}"
    assert "used by listings" in told(shop.ask("DELETE", path), 400)
    shop.set(deletes_used_profiles=True)
    assert shop.ask("DELETE", path).status_code == 204


def test_a_destination_is_there_once(shop):
    path = f"{PROFILES}/{ex.PROFILE}/destinations"
    assert "already" in told(shop.form("POST", path, primary_cost=1, secondary_cost=1, **DAYS), 400)
    both = {"primary_cost": 1, "secondary_cost": 1, **DAYS}
    assert shop.form("POST", path, destination_country_iso="PL", **both).status_code == 201
    assert told(shop.form("POST", path, destination_country_iso="PL", **both), 400)


def test_equal_processing_is_a_conflict_that_tells_where(shop):
    same = {"readiness_state": "ready_to_ship", "min_processing_time": 1, "max_processing_time": 3}
    reply = shop.form("POST", READY, **same)
    assert told(reply, 409)
    where = reply.headers["content-location"].removeprefix("http://api")
    found = shop.get(where).json()
    assert found["readiness_state_id"] == ex.READY
    assert found["processing_days_display_label"] == "1 - 3 days"
    weeks = shop.form(
        "POST", READY, **{**same, "min_processing_time": 1, "max_processing_time": 1}, processing_time_unit="weeks"
    )
    assert weeks.status_code == 201
    assert (weeks.json()["min_processing_days"], weeks.json()["max_processing_days"]) == (5, 5)
    one = f"{READY}/{weeks.json()['readiness_state_id']}"
    assert told(shop.form("PUT", one, **same), 409)
    assert shop.form("PUT", one, max_processing_time=7).json()["max_processing_days"] == 7
    assert shop.get(READY).json()["count"] == 3
    assert shop.ask("DELETE", one).status_code == 204
    assert "Active offerings" in told(shop.ask("DELETE", f"{READY}/{ex.READY}"), 400)
    assert told(shop.form("POST", READY, wrong=True, **{**same, "min_processing_time": 11}), 400)
    assert "must not be more" in told(shop.form("POST", READY, **{**same, "min_processing_time": 4}), 400)


def test_policies_are_known_by_their_values(shop):
    """Whether an equal one makes another is not known: a client must not count on either."""
    same = {"accepts_returns": True, "accepts_exchanges": True, "return_deadline": 30}
    twin = shop.form("POST", POLICIES, **same).json()
    assert twin["return_policy_id"] != ex.POLICY
    assert shop.simulator.census("sklep")["duplicates"]["named"] == {"return_policy": {"True True 30": 2}}
    shop.set(equal_policies=False)
    assert shop.form("POST", POLICIES, **same).json()["return_policy_id"] == ex.POLICY
    other = shop.form("POST", POLICIES, accepts_returns=False, accepts_exchanges=False).json()
    assert other["return_deadline"] is None
    one = f"{POLICIES}/{other['return_policy_id']}"
    assert told(shop.form("PUT", one, **same), 409)
    assert shop.form("PUT", one, **{**same, "return_deadline": 14}).json() == shop.get(one).json()
    assert "return_deadline" in told(
        shop.form("POST", POLICIES, accepts_returns=True, accepts_exchanges=False), 400
    )
    assert "one of: 7" in told(shop.form("POST", POLICIES, **{**same, "return_deadline": 31}), 400)
    assert "has listings" in told(shop.ask("DELETE", f"{POLICIES}/{ex.POLICY}"), 400)
    assert shop.ask("DELETE", one).status_code == 204
    assert shop.get(POLICIES).json()["count"] == 2


def test_what_is_not_there_is_a_400_where_the_description_has_no_404(shop):
    both = {"primary_cost": 1, "secondary_cost": 1, **DAYS}
    assert "Resource not found" in told(shop.form("POST", f"{PROFILES}/9/destinations", **both), 400)
    assert told(shop.ask("DELETE", f"{POLICIES}/9"), 400)
    assert told(shop.ask("DELETE", "{shop}/sections/9"), 400)
    assert told(shop.form("PUT", "{shop}/sections/9", title="A"), 400)
    assert told(shop.get("{shop}/sections/9"), 404)


def test_sections(shop):
    path = "{shop}/sections"
    new = shop.form("POST", path, title="Shirts").json()
    assert new["rank"] == 2
    assert told(shop.form("POST", path, title="shirts"), 400)
    assert told(shop.form("POST", path, title="x" * 25), 400)
    one = f"{path}/{new['shop_section_id']}"
    assert shop.form("PUT", one, title="Tops").json()["title"] == "Tops"
    shop.edit(ex.SHIRT, shop_section_id=new["shop_section_id"])
    assert shop.get(one).json()["active_listing_count"] == 1
    assert shop.ask("DELETE", one).status_code == 204
    assert shop.listing(ex.SHIRT)["shop_section_id"] is None
    assert [each["title"] for each in shop.get(path).json()["results"]] == ["Mugs"]


def test_the_taxonomy_and_the_properties_of_a_node(shop):
    roots = shop.get("/seller-taxonomy/nodes").json()["results"]
    home = next(one for one in roots if one["name"] == "Home & Living")
    mugs = home["children"][0]["children"][0]
    assert (mugs["id"], mugs["level"], mugs["full_path_taxonomy_ids"]) == (ex.MUGS, 2, [891, 1052, ex.MUGS])
    found = shop.get(f"/seller-taxonomy/nodes/{ex.MUGS}/properties").json()["results"]
    assert [one["property_id"] for one in found] == [ex.COLOUR, ex.MATERIAL, ex.VOLUME]
    assert shop.get("/seller-taxonomy/nodes/7/properties").status_code == 404


def test_properties_of_a_listing(shop):
    path = f"{{shop}}/listings/{ex.MUG}/properties"
    one = f"{path}/{ex.MATERIAL}"
    put = shop.form("PUT", one, value_ids=[101, 102], values=["Ceramic", "Glass"])
    assert put.status_code == 200, put.text
    assert put.json() == shop.get(path).json()["results"][0]
    assert put.json()["property_name"] == "Materials"
    for fields, said in (
        ({"value_ids": [], "values": ["Glass"]}, "Missing input parameter: [value_ids]"),
        ({"value_ids": [0], "values": ["Glass"]}, "IDs must be >= 1, got 0"),
        ({"value_ids": [101], "values": ["Ceramic", "Glass"]}, "same length"),
        ({"value_ids": [101, 102, 103, 104], "values": ["a", "b", "c", "d"]}, "allows fewer values"),
        ({"value_ids": [999], "values": ["Steel"]}, "Invalid value_id 999"),
        ({"value_ids": [101], "values": ["Ceramic (white)"]}, "Invalid property value"),
        ({"value_ids": [101], "values": ["Ceramic"], "scale_id": 7}, "Invalid scale_id 7"),
    ):
        assert said in told(shop.form("PUT", one, wrong=True, **fields), 400)
    assert told(shop.form("PUT", f"{path}/{ex.SIZE}", value_ids=[1], values=["S"]), 400)
    assert "requires a scale_id" in told(
        shop.form("PUT", f"{path}/{ex.VOLUME}", value_ids=[1], values=["300"]), 400
    )
    assert told(shop.get(f"/listings/{ex.MUG}/properties/{ex.MATERIAL}"), 501)
    made = {"who_made": "i_did", "when_made": "made_to_order", "is_supply": False}
    assert shop.edit(ex.MUG, taxonomy_id=ex.SHIRTS, **made).status_code == 200
    assert shop.get(path).json()["count"] == 0  # the new node has no such property
    shop.edit(ex.MUG, taxonomy_id=ex.MUGS)
    shop.form("PUT", one, value_ids=[101], values=["Ceramic"])
    assert shop.ask("DELETE", one).status_code == 204
    assert shop.ask("DELETE", one).status_code == 404


def test_another_shop_is_another_matter(shop):
    shop.simulator.seed({"login": "inny", "user_id": 2, "shop_id": 3})
    assert "does not own Shop 3" in told(shop.get("/shops/3/shipping-profiles"), 403)
    assert shop.get("/shops/3/sections").json()["count"] == 0
    assert shop.get("/shops/4/sections").status_code == 404
    assert "does not own Shop 4" in told(shop.form("POST", "/shops/4/sections", title="A"), 403)
    assert shop.get("/shops/0", headers=WRONG).status_code == 400
