"""Limits, trouble, the control plane, the census, several processes."""

from __future__ import annotations

import httpx
import pytest

from reconciler.simulator.app import simulator_of
from reconciler.simulator.ebay.settings import EbaySettings, Limits
from reconciler.simulator.ebay.simulator import EbaySimulator
from reconciler.simulator.faults import Dropped
from reconciler.simulator.names import MARKETPLACES

from . import example as ex
from .conftest import ACCOUNT, INVENTORY, WRONG, errors

ITEMS = f"{INVENTORY}/inventory_item"
FAULT = "the trouble is what is tested"


def trouble(shop, **rule) -> None:
    shop.set(faults={"schedule": [rule]})


def quantity(shop) -> int:
    return shop.item()["availability"]["shipToLocationAvailability"]["quantity"]


def test_it_is_one_of_those_to_practise_on():
    assert "ebay" in MARKETPLACES
    assert simulator_of("ebay") is EbaySimulator


def test_calls_are_limited_by_day_and_the_analytics_tell_how_many_are_left(open_shop):
    """By application, each API by itself; a 429 says nothing of when."""
    shop = open_shop(EbaySettings(limits=Limits(inventory_per_day=2)))
    assert [shop.get(ITEMS).status_code for _ in range(3)] == [200, 200, 429]
    reply = shop.get(ITEMS)
    assert (errors(reply), "retry-after" in reply.headers) == ([2001], False)
    assert shop.get(f"{ACCOUNT}/privilege").status_code == 200
    path = "/developer/analytics/v1_beta/rate_limit/?api_name=inventory&api_context=sell"
    (found,) = shop.get(path).json()["rateLimits"]
    rate = found["resources"][0]["rates"][0]
    assert (rate["limit"], rate["count"], rate["remaining"], rate["timeWindow"]) == (2, 2, 0, 86_400)
    shop.wait(86_401)
    assert shop.get(ITEMS).status_code == 200
    shop.set(limits={"inventory_per_day": 1, "retry_after": 60})
    assert shop.get(ITEMS).headers["retry-after"] == "60"
    names = {
        one["resources"][0]["name"]
        for one in shop.get("/developer/analytics/v1_beta/user_rate_limit/").json()["rateLimits"]
    }
    assert names == {"sell.reports", "commerce.images"}
    assert shop.get("/developer/analytics/v1_beta/user_rate_limit/?api_name=none").status_code == 204


def test_the_limits_of_the_real_one():
    limits = EbaySettings().limits
    told = (limits.inventory_per_day, limits.account_per_day, limits.reports_per_day, limits.images_per_5_seconds)
    assert told == (2_000_000, 25_000, 25, 50)


def test_25001_comes_after_the_work_is_done(shop):
    """Whoever sees it does not know whether it was."""
    trouble(shop, do="system_error")
    reply = shop.put_item(ex.SKU, ex.item(4))
    assert (reply.status_code, errors(reply)) == (500, [25001])
    assert quantity(shop) == 4
    trouble(shop, do="system_error", when={"path": f"{INVENTORY}/offer"})
    assert errors(shop.publish()) == [25001]
    assert shop.offer(ex.STAGED_OFFER)["status"] == "PUBLISHED"


def test_25025_comes_instead_of_the_work(shop):
    trouble(shop, do="25025", times=1)
    assert errors(shop.put_item(ex.SKU, ex.item(4))) == [25025]
    assert quantity(shop) == 5
    assert shop.put_item(ex.SKU, ex.item(4)).status_code == 204


def test_rows_of_a_call_for_many_fail_or_are_done_and_do_not_say_so(shop):
    rows = [{"sku": sku, "shipToLocationAvailability": {"quantity": 4}} for sku in (ex.SKU, ex.STAGED)]
    trouble(shop, do="rows_fail", rows=[1])
    reply = shop.bulk("bulk_update_price_quantity", *rows)
    assert (reply.status_code, [one["statusCode"] for one in reply.json()["responses"]]) == (207, [200, 400])
    trouble(shop, do="rows_unknown")
    rows[0]["shipToLocationAvailability"] = {"quantity": 2}
    reply = shop.bulk("bulk_update_price_quantity", *rows)
    assert [one["statusCode"] for one in reply.json()["responses"]] == [500, 200]
    assert quantity(shop) == 2


def test_the_list_may_tell_more_than_its_pages_give(shop):
    trouble(shop, do="short_list", missing=2)
    assert shop.get(f"{ITEMS}?limit=200&offset=0").json()["total"] == 4


@pytest.mark.parametrize(
    ("rule", "status", "number"),
    [
        ({"do": "503"}, 503, 2003),
        ({"do": "429", "retry_after": 3}, 429, 2001),
        ({"do": "403"}, 403, 1100),
        ({"do": "401"}, 401, 1001),
        ({"do": "refuse", "status": 400, "code": "25019", "message": "no"}, 400, 25019),
        ({"do": "expire_token"}, 401, 1001),
    ],
)
def test_the_trouble_of_every_marketplace_is_told_in_ebays_words(shop, rule, status, number):
    trouble(shop, **rule)
    reply = shop.get(ITEMS)
    assert (reply.status_code, errors(reply)) == (status, [number])
    assert shop.get(ITEMS).status_code == 200
    assert shop.simulator.injected() == {"400" if rule["do"] == "refuse" else rule["do"]: 1}


def test_a_forced_status_is_told_in_ebays_words(shop):
    shop.set(faults={"force_status": 429, "force_times": 1})
    assert errors(shop.get(ITEMS)) == [2001]


def test_a_connection_is_cut_after_the_work(shop):
    trouble(shop, do="drop_after")
    with pytest.raises(Dropped):
        shop.put_item(ex.SKU, ex.item(3))
    assert quantity(shop) == 3
    trouble(shop, do="502")
    assert shop.get(ITEMS).text.startswith("<html>")


def test_trouble_at_the_token_endpoint(shop):
    trouble(shop, do="503", when={"path": "/identity"})
    reply = shop.client.post("/identity/v1/oauth2/token", data={"grant_type": "x"}, headers={**WRONG})
    assert (reply.status_code, reply.json()["error"]) == (503, "server_error")


def test_people_and_ebay_act_through_the_control_plane(shop):
    def control(what: str, **body) -> httpx.Response:
        return shop.client.post(f"/_sim/{what}", json={"login": ex.LOGIN, **body})

    assert control("sale", sku=ex.SKU, quantity=2).json() == {"listingId": ex.LISTING, "left": 3}
    patch = {"item": {"product": {"title": "By a person"}}, "offer": {"quantityLimitPerBuyer": 1}}
    assert control("panel", sku=ex.SKU, patch=patch).json()["product"]["title"] == "By a person"
    assert shop.offer()["quantityLimitPerBuyer"] == 1
    assert control("hold", listing_id=ex.LISTING).json()["hold"] == "frozen"
    assert control("hold", sku=ex.SKU, hold="").json()["hold"] == ""
    assert control("preferences", out_of_stock=True).json() == {"out_of_stock": True}
    assert control("end-offer", listing_id=ex.BY_HAND, ended_by="EBAY_ENDED").json()["status"] == "EBAY_ENDED"
    made = control("create-offer", listing={"title": "Hand", "sku": "H2"}).json()["listingId"]
    assert control("sale", listing_id=made).json()["left"] == 0
    assert control("sale", listing_id=made).status_code == 400
    found = shop.get(f"/_sim/offers?login={ex.LOGIN}").json()["offers"]
    assert [one["offerId"] for one in found] == [ex.OFFER, ex.STAGED_OFFER]
    assert control("panel", sku="GONE", patch={}).status_code == 400
    assert shop.client.post("/_sim/ru-name", json={"client_id": "no", "ru_name": "a"}).status_code == 400


def test_the_census_shows_what_is_there_twice(shop):
    """A listing by hand counts with those of the API."""
    assert shop.simulator.census(ex.LOGIN)["duplicates"] == {"offers": {}, "listings": {}, "policies": {}}
    shop.simulator.create_in_panel(ex.LOGIN, {"title": "Twin", "sku": ex.SKU})
    found = shop.get(f"/_sim/census?login={ex.LOGIN}").json()
    assert found["duplicates"]["listings"] == {f"{ex.SKU} {ex.SITE}": 2}
    assert (found["items"], found["listings_without_sku"], found["locations"]) == (2, 1, [ex.LOCATION])
    assert found["policies"][f"return {ex.SITE} 14 Tage"] == 1
    assert found["offers_by_status"] == {"PUBLISHED": 1, "UNPUBLISHED": 1}


def test_seeding_again_replaces_the_seller_and_a_wrong_account_changes_nothing(shop):
    shop.put_item("X1", ex.item())
    for wrong in ({"colour": "red"}, {"site": "EBAY_XX"}, {"items": [{}]}, {"offers": [{"offerId": "1"}]}):
        with pytest.raises(ValueError, match="account|site|sku"):
            shop.simulator.seed(ex.account(**wrong))
    assert shop.item("X1")["sku"] == "X1"
    shop.simulator.seed(ex.account())
    assert shop.get(f"{ITEMS}/X1").status_code == 404
    assert shop.simulator.logins() == (ex.LOGIN,)


def test_a_second_process_sees_the_same_marketplace(tmp_path):
    first, second = (EbaySimulator(tmp_path / "market.sqlite") for _ in range(2))
    first.seed(ex.account())
    first.change_settings({"revisions_per_day": 7})
    assert second.item(ex.LOGIN, ex.SKU) is not None
    second.catch_up()
    assert second.settings.revisions_per_day == 7
    for one in (first, second):
        one.close()


def test_what_nobody_knows_is_a_404_in_ebays_form(shop):
    reply = shop.get(f"{INVENTORY}/colour", headers=WRONG)
    assert (reply.status_code, errors(reply)) == (404, [2002])
    assert errors(shop.get(f"{ITEMS}/{ex.SKU}", headers={"Accept-Language": "*"})) == [25709]
    assert shop.get(ITEMS, headers={"Accept": "text/html", **WRONG}).status_code == 406
    reply = shop.client.put(
        f"{ITEMS}/X1",
        content=b"{",
        headers={"Content-Type": "application/json", "Content-Language": "de-DE", **WRONG},
    )
    assert errors(reply) == [2004]
