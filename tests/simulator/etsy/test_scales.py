"""Properties with scales, properties that are required, and shipping profiles whose costs are calculated."""

from __future__ import annotations

from . import example as ex
from .conftest import told

SHOES, SIZE = 1429, 62809790395
US, EU, UK = 19, 17, 18
NEEDED = {"shipping_profile_id": ex.PROFILE, "return_policy_id": ex.POLICY}


def shoes(shop) -> str:
    """A draft of shoes, with all that a listing needs but its size; the address of that."""
    number = shop.draft(taxonomy_id=SHOES, readiness_state_id=ex.READY, **NEEDED).json()
    return f"{{shop}}/listings/{number['listing_id']}/properties/{SIZE}"


def test_a_value_belongs_to_a_scale(shop):
    """Without a scale, with another, or with a value of another one, it is refused; what is equal has other numbers."""
    path = shoes(shop)
    known = {
        one["value_id"]: one["equal_to"]
        for one in shop.get(f"/seller-taxonomy/nodes/{SHOES}/properties").json()["results"][1]["possible_values"]
    }
    assert known[2001] == [2002, 2003]
    for fields, said in (
        ({"value_ids": [2001], "values": ["7"]}, "requires a scale_id"),
        ({"value_ids": [2001], "values": ["7"], "scale_id": 35}, "Invalid scale_id 35"),
        ({"value_ids": [2001], "values": ["7"], "scale_id": EU}, "Invalid value_id 2001"),
    ):
        assert said in told(shop.form("PUT", path, wrong=True, **fields), 400)
    made = shop.form("PUT", path, value_ids=[2004], values=["7"], scale_id=UK).json()
    assert (made["scale_id"], made["scale_name"], made["value_ids"]) == (UK, "UK", [2004])


def test_a_scale_that_the_listing_has_need_not_be_sent_again(shop):
    path = shoes(shop)
    shop.form("PUT", path, value_ids=[2003], values=["5"], scale_id=UK)
    assert shop.form("PUT", path, value_ids=[2004], values=["7"]).json()["scale_id"] == UK
    assert "Invalid value_id 2001" in told(shop.form("PUT", path, wrong=True, value_ids=[2001], values=["7"]), 400)
    assert shop.form("PUT", path, value_ids=[2001], values=["7"], scale_id=US).json()["scale_name"] == "US/Canada"


def test_what_a_node_requires_is_there_when_a_listing_is_published(shop):
    path = shoes(shop)
    number = int(path.split("/")[2])
    shop.picture(number)
    assert "Shoe size" in told(shop.edit(number, state="active"), 400)
    shop.form("PUT", path, value_ids=[2001], values=["7"], scale_id=US)
    assert shop.edit(number, state="active").json()["state"] == "active"
    bare = int(shoes(shop).split("/")[2])
    shop.picture(bare)
    shop.set(requires_properties=False)
    assert shop.edit(bare, state="active").status_code == 200


def test_a_calculated_profile_is_read_and_not_written(shop):
    """It is made in the shop's own pages; listings may use it."""
    profile = {
        "shipping_profile_id": 77,
        "title": "By weight",
        "profile_type": "calculated",
        "domestic_handling_fee": 1.5,
    }
    shop.simulator.seed(ex.account(shipping_profiles=[*ex.account()["shipping_profiles"], profile]))
    path = "{shop}/shipping-profiles/77"
    read = shop.get(path).json()
    assert (read["profile_type"], read["domestic_handling_fee"]) == ("calculated", 1.5)
    assert "Calculated" in told(shop.form("PUT", path, title="Other"), 400)
    upgrade = {"type": 0, "upgrade_name": "Fast", "price": 1, "secondary_price": 1}
    days = {"min_delivery_days": 1, "max_delivery_days": 2}
    assert "Calculated" in told(shop.form("POST", f"{path}/upgrades", **upgrade, **days), 400)
    assert shop.edit(ex.MUG, shipping_profile_id=77).status_code == 200
    shop.set(edits_calculated=True)
    assert shop.form("PUT", path, title="Other").status_code == 200
