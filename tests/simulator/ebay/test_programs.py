"""Seller programs, the preference for listings without stock among them; holds and revisions as they are set and told."""

from __future__ import annotations

import pytest

from reconciler.simulator.ebay.settings import EbaySettings

from . import example as ex
from .conftest import ACCOUNT, WRONG, errors

STOCK, POLICIES = "OUT_OF_STOCK_CONTROL", "SELLING_POLICY_MANAGEMENT"


def programs(shop) -> list[str]:
    return [one["programType"] for one in shop.get(f"{ACCOUNT}/program/get_opted_in_programs").json()["programs"]]


def ask(shop, what: str, program: str = STOCK):
    return shop.send("POST", f"{ACCOUNT}/program/{what}", {"programType": program})


def test_the_preference_for_listings_without_stock_is_a_program(open_shop):
    """It takes up to a day; then a quantity of 0 hides the listing."""
    shop = open_shop(EbaySettings())
    assert programs(shop) == [POLICIES]
    asked = ask(shop, "opt_in")
    assert (asked.status_code, asked.json()) == (200, {})
    assert (programs(shop), errors(ask(shop, "opt_in"))) == ([POLICIES], [25803])
    assert shop.quantity(0).json()["responses"][0]["errors"][0]["errorId"] == 25004
    shop.wait(86_401)
    assert programs(shop) == [STOCK, POLICIES]
    assert shop.quantity(0).status_code == 200
    assert shop.offer()["listing"]["listingStatus"] == "OUT_OF_STOCK"
    again = ask(shop, "opt_in")
    assert (again.status_code, again.json()["errors"][0]["domain"]) == (409, "API_ACCOUNT")


def test_what_was_decided_last_counts(open_shop):
    shop = open_shop(EbaySettings(), out_of_stock=True)
    assert ask(shop, "opt_out").status_code == 200
    assert errors(ask(shop, "opt_out")) == [25804]
    shop.simulator.prefer(ex.LOGIN, out_of_stock=True)  # in the browser, at once
    shop.wait(86_401)
    assert programs(shop) == [STOCK, POLICIES]
    assert (ask(shop, "opt_out").status_code, ask(shop, "opt_in").status_code) == (200, 200)
    shop.wait(86_401)
    assert programs(shop) == [STOCK, POLICIES]


def test_what_is_no_program(shop):
    path = f"{ACCOUNT}/program/opt_in"
    assert errors(shop.send("POST", path, {})) == [20401]
    assert shop.send("POST", path, {"programType": "NONE"}, **WRONG).status_code == 400
    with pytest.raises(ValueError, match="programs"):
        shop.simulator.seed(ex.account(programs=["NONE"]))


def listed(**listing) -> list[dict]:
    known = {"listingId": ex.LISTING, "listingStatus": "ACTIVE", "soldQuantity": 0}
    return [{"offerId": ex.OFFER, "sku": ex.SKU, "listing": {**known, **listing}, **ex.offer()}]


@pytest.mark.parametrize(
    ("listing", "found"), [({"hold": "frozen"}, [25097]), ({"listingOnHold": True}, []), ({"hold": ""}, [])]
)
def test_a_seed_puts_a_listing_on_hold(open_shop, listing, found):
    shop = open_shop(offers=listed(**listing))
    reply = shop.put_item(ex.SKU, ex.item(4))
    assert (errors(reply) if reply.status_code == 400 else []) == found
    assert shop.offer()["listing"].get("listingOnHold", False) is (listing != {"hold": ""})


def test_a_hold_that_there_is_not(open_shop, shop):
    with pytest.raises(ValueError, match="hold"):
        shop.simulator.seed(ex.account(offers=listed(hold="cold")))
    with pytest.raises(ValueError, match="hold"):
        shop.simulator.hold(ex.LOGIN, ex.SKU, "cold")


def test_revisions_of_today_are_told_and_set(open_shop):
    """By the control and by a seed; the next day begins anew."""
    shop = open_shop(offers=listed(revisions=248))

    def told(**more) -> dict:
        if more:
            return shop.client.post("/_sim/revisions", json={"login": ex.LOGIN, "sku": ex.SKU, **more}).json()
        return shop.get("/_sim/revisions", params={"login": ex.LOGIN, "sku": ex.SKU}).json()

    assert told() == {"listingId": ex.LISTING, "today": 248, "left": 2}
    assert shop.put_item(ex.SKU, ex.item(4)).status_code == 204
    assert (told()["today"], told(today=250)["left"]) == (249, 0)
    assert errors(shop.put_item(ex.SKU, ex.item(3))) == [25019]
    shop.wait(86_400)
    assert told()["today"] == 0
