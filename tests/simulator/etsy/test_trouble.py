"""Trouble on demand in Etsy's own form."""

from __future__ import annotations

import json

import pytest

from reconciler.simulator.faults import Dropped

from . import example as ex
from .conftest import told


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_answers_in_etsys_form(shop, status):
    shop.trouble(do=str(status), **({"retry_after": 7} if status == 429 else {}))
    reply = shop.get("/users/me")
    assert told(reply, status)
    assert reply.headers.get("retry-after") == ("7" if status == 429 else None)
    assert shop.get("/users/me").status_code == 200


def test_a_gateway_speaks_html(shop):
    shop.trouble(do="502")
    reply = shop.get("/users/me")
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html;charset=UTF-8")
    shop.trouble(do="503", body="empty")
    assert shop.get("/users/me").content == b""


def test_a_conflict_is_of_writes_of_a_listing(shop):
    shop.trouble(do="409", times=1)
    assert shop.get(f"/listings/{ex.MUG}").status_code == 200
    assert told(shop.edit(ex.MUG, title="A"), 409)
    assert told(shop.put(ex.MUG, {"products": [ex.product("K-1")]}), 409)
    assert shop.edit(ex.MUG, title="A").status_code == 200


def test_a_refusal_of_ones_own(shop):
    shop.trouble(do="refuse", status=400, message="Not today", when={"method": "PATCH"})
    assert told(shop.edit(ex.MUG, title="A"), 400) == "Not today"
    shop.trouble(do="refuse", status=400, code="invalid_grant", when={"path": "/v3/public/oauth"})
    form = {"client_id": "app", "grant_type": "refresh_token", "refresh_token": f"{ex.USER}.first"}
    assert told(shop.client.post("/v3/public/oauth/token", data=form), 400) == "invalid_grant"


def test_a_cut_connection_leaves_the_work_done(shop):
    shop.trouble(do="drop_after")
    with pytest.raises(Dropped):
        shop.edit(ex.MUG, title="Done")
    assert shop.listing(ex.MUG)["title"] == "Done"
    shop.trouble(do="drop_before")
    with pytest.raises(Dropped):
        shop.edit(ex.MUG, title="Not done")
    assert shop.listing(ex.MUG)["title"] == "Done"


def test_a_renewal_that_is_charged_and_says_500(shop):
    """What `lie` is for: the work is done, the answer is another."""
    shop.trouble(do="lie", status=500, body={"error": "Server Error"}, when={"method": "PATCH"})
    assert told(shop.edit(ex.GONE, state="active"), 500)
    assert (shop.listing(ex.GONE)["state"], shop.fees()) == ("active", ["renewal"])


def test_a_short_list(shop):
    shop.trouble(do="short_list", missing=2)
    assert shop.get("{shop}/listings").json()["count"] == 4
    assert shop.get("{shop}/listings").json()["count"] == 2


def test_a_token_that_is_not_accepted(shop):
    shop.trouble(do="401")
    assert told(shop.get("/users/me"), 401) == "invalid_token"


def test_trouble_is_counted(shop):
    shop.trouble(do="no_effect")
    shop.edit(ex.MUG, title="A")
    assert shop.simulator.injected() == {"no_effect": 1}
    found = list(shop.simulator.requests(fault="no_effect"))
    assert [json.loads(json.dumps(one["operation"])) for one in found] == [
        "PATCH /v3/application/shops/{shop_id}/listings/{listing_id}"
    ]


def test_a_renewal_that_has_no_effect_costs_nothing(shop):
    """It answers 200 and is not there: nothing was done for a fee."""
    shop.trouble(do="no_effect", fields=["state"])
    assert shop.edit(ex.GONE, state="active").json()["state"] == "active"
    before = shop.listing(ex.GONE)["state"]
    assert (before != "active", shop.fees()) == (True, [])
