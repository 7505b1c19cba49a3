"""From draft to active, sold out and back: what it takes, and what it costs."""

from __future__ import annotations

import pytest

from . import example as ex
from .conftest import told

FOUR_MONTHS = 124 * 86_400


def test_a_draft_is_published_for_a_fee(shop):
    new = shop.draft(shipping_profile_id=ex.PROFILE, return_policy_id=ex.POLICY).json()["listing_id"]
    for said, mend in (
        ("needs an image", lambda: shop.picture(new)),
        ("readiness_state_id", lambda: shop.put(new, {"products": [ex.product("N-1")]})),
    ):
        assert said in told(shop.edit(new, state="active"), 400)
        assert mend().status_code in {200, 201}
    assert shop.fees() == []
    assert shop.edit(new, state="active").json()["state"] == "active"
    assert shop.simulator.fees("sklep")[0] | {"at": ""} == {
        "listing_id": new,
        "at": "",
        "kind": "listing",
        "amount": "0.20",
    }
    shop.edit(new, state="active")
    assert shop.fees() == ["listing"]


@pytest.mark.parametrize("country", ["US", "DE"])
def test_a_policy_is_needed_outside_the_union(open_shop, country):
    shop = open_shop(country=country)
    reply = shop.edit(ex.OFF, return_policy_id=None, state="active")
    assert reply.status_code == (400 if country == "US" else 200)


def test_inactive_and_back_costs_nothing(shop):
    assert shop.edit(ex.MUG, state="inactive").json()["state"] == "inactive"
    shop.edit(ex.MUG, state="active")
    assert shop.listing(ex.MUG)["state"] == "active"
    assert shop.fees() == []


def test_what_is_inactive_runs_out_too(shop):
    shop.edit(ex.MUG, state="inactive")
    shop.wait(FOUR_MONTHS)
    assert shop.listing(ex.MUG)["state"] == "inactive"
    shop.edit(ex.MUG, state="active")
    assert shop.fees() == ["renewal"]


def test_the_last_piece_makes_it_sold_out_and_a_renewal_costs(shop):
    """Set active again, it has one piece, whatever it had before."""
    shop.simulator.sell("sklep", ex.MUG, 4)
    assert shop.fees() == ["renewal_by_sale"]
    shop.simulator.sell("sklep", ex.MUG, 1)
    sold = shop.listing(ex.MUG)
    assert (sold["state"], sold["quantity"]) == ("sold_out", 0)
    assert shop.fees() == ["renewal_by_sale"]
    shop.put(ex.MUG, {"products": [ex.product("K-1", 20, 9)]})
    assert shop.listing(ex.MUG)["state"] == "sold_out"
    shop.wait(3600)
    revived = shop.edit(ex.MUG, state="active").json()
    assert (revived["state"], revived["quantity"]) == ("active", 1)
    assert revived["ending_timestamp"] > sold["ending_timestamp"]
    assert shop.fees() == ["renewal_by_sale", "renewal"]


def test_sold_out_is_not_set_inactive(shop):
    assert "sold_out" in told(shop.edit(ex.GONE, state="inactive"), 400)
    assert "draft" in told(shop.edit(ex.DRAFT, state="inactive"), 400)
    shop.set(deactivated_from=["active", "inactive", "sold_out"])
    assert shop.edit(ex.GONE, state="inactive").json()["state"] == "inactive"


def test_after_four_months_a_listing_expires_or_renews_itself(shop):
    shop.edit(ex.MUG, should_auto_renew=True)
    shop.wait(FOUR_MONTHS)
    assert shop.listing(ex.MUG)["state"] == "active"
    assert [one["listing_id"] for one in shop.listed("expired")] == [ex.SHIRT]
    assert shop.fees() == ["auto_renewal"]
    assert shop.edit(ex.SHIRT, state="active").json()["quantity"] == 5
    assert shop.fees() == ["auto_renewal", "renewal"]


def test_a_patch_that_changes_nothing_says_that_it_did(shop):
    """Issues #156, #897: the answer has the new values, a read has the old ones."""
    before = shop.listing(ex.MUG)
    shop.trouble(do="no_effect")
    reply = shop.edit(ex.MUG, title="Other", state="inactive")
    assert (reply.status_code, reply.json()["title"], reply.json()["state"]) == (200, "Other", "inactive")
    assert shop.listing(ex.MUG) == before
    shop.trouble(do="no_effect", fields=["tags", "state"])
    assert shop.edit(ex.MUG, title="Other", tags=["cup"], state="inactive").json()["tags"] == ["cup"]
    after = shop.listing(ex.MUG)
    assert (after["title"], after["tags"], after["state"]) == ("Other", before["tags"], "active")


def test_a_renewal_may_fail(shop):
    """Issue #247; what costs nothing does not."""
    shop.trouble(do="renewal_fails", times=None)
    assert told(shop.edit(ex.GONE, state="active"), 500) == "Server Error"
    assert (shop.listing(ex.GONE)["state"], shop.fees()) == ("sold_out", [])
    assert shop.edit(ex.OFF, state="active").status_code == 200


def test_reviving_needs_the_processing_that_is_not_read(shop):
    """Inactive, it reads null; whoever sends that back has lost it."""
    read = shop.inventory(ex.OFF)["products"][0]["offerings"][0]
    assert read["readiness_state_id"] is None
    shop.put(ex.OFF, {"products": [ex.product("K-2", readiness=None)]})
    assert "readiness_state_id" in told(shop.edit(ex.OFF, state="active"), 400)
    shop.put(ex.OFF, {"products": [ex.product("K-2", readiness=ex.MADE)]})
    assert shop.edit(ex.OFF, state="active").json()["readiness_state_id"] == ex.MADE


def test_an_incomplete_profile_forbids_to_publish(shop):
    profile = shop.get(f"{{shop}}/shipping-profiles/{ex.PROFILE}").json()
    assert profile["origin_postal_code"] == "10001"
    shop.simulator.seed(
        ex.account(
            shipping_profiles=[{"shipping_profile_id": ex.PROFILE, "title": "S", "origin_postal_code": None}]
        )
    )
    assert "origin_postal_code" in told(shop.edit(ex.OFF, state="active"), 400)
