"""Addresses, queries and bodies as no client of sound mind sends them: refused in the marketplace's own form."""

from __future__ import annotations

import json

import pytest

from reconciler.simulator.allegro.exchange import ROUTES

from . import example as ex
from .bodies import WRITES, account
from .conftest import PUBLIC, WRONG

#: Ids as they stand in an address.
IDS = {
    "nothing": "",
    "a blank": "%20",
    "a slash": f"{ex.OFFER}%2Ftags",
    "the folder above": "..%2F..%2Fme",
    "no UTF-8": "%FF%FE",
    "nought": "%00",
    "other signs": "%C5%BC%C3%B3%C5%82w",
    "other digits": "%D9%A3%D9%A4",
    "long": "9" * 10_000,
    "longer than a number": "9" * 30,
    "a quote": "'%22--",
    "a percent sign": "%25",
    "half a code": "%2",
    "a question": "%3Flimit=1",
}
QUERIES = (
    "limit=-1", "limit=abc", "limit=", "limit=0", "limit=1e3", "limit=999999999999999999999", "limit=%D9%A3",
    "limit=1&limit=abc", "offset=-1", "offset=abc", "offset=99999999", "offset=9999999&limit=1000",
    "page.id=abc", "page.id=-1", "page.id=99999999999999999999", "from=abc", "from=%FF", "from=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
    "type=", "type=%00", "sort=", "sort=;drop", "name=%00", "name=%FF", "name=%25", "offer.id=abc", "offer.id=" + "9" * 5000,
    "publication.status=", "publication.status=GONE", "external.id=" + "&external.id=x" * 200,
    "sellingMode.price.amount.gte=NaN", "sellingMode.price.amount.lte=Infinity", "sellingMode.price.amount.gte=sNaN",
    "sellingMode.price.amount.gte=1e999999", "sellingMode.price.amount.gte=1e9999999999999999999", "sellingMode.price.amount.gte=abc",
    "b2b.buyableOnlyByBusiness=maybe", "delivery.shippingRates.id.empty=2", "include=", "include=stock&include=all",
    "category.id=", "category.id=%00", "parent.id=%FF", "phrase=", "phrase=%25_%00", "phrase=x&mode=NONE", "countryCode=XX",
    "marketplace=", "marketplace.id=%FF", "&&==&%", "x" * 20_000,
)  # fmt: skip
BODIES = {
    "nothing": b"",
    "blanks": b"  \n",
    "no JSON": b"name=x",
    "half of it": b'{"name": "x',
    "two of them": b"{}{}",
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "another encoding": json.dumps({"name": "x"}).encode("utf-16"),
    "a mark before it": b'\xef\xbb\xbf{"name": "x"}',
    "no number": b'{"name": NaN}',
    "beyond all numbers": b'{"name": 1e400}',
    "nested without end": b"[" * 10_000,
    "nested deeply": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "half a sign": b'{"name": "\\ud800"}',
    "many members": b"{" + b",".join(b'"m%d":0' % number for number in range(1_000)) + b"}",
}


def every_route():
    return [route for found in ROUTES._routes.values() for _, route in found]


def is_refusal(reply) -> bool:
    return 400 <= reply.status_code < 500 and all(one["code"] for one in reply.json()["errors"])


@pytest.fixture
def full(open_shop):
    return open_shop(account=account())


@pytest.mark.parametrize("route", every_route(), ids=lambda route: route.name)
def test_an_odd_address_leads_nowhere(full, route):
    """An id of any form is unknown or refused; an encoded slash opens no other operation."""
    if "{" not in route.path or route.content is not None:
        return
    before, _, after = route.path.rpartition("{")
    before = before.replace("{offerId}", ex.OFFER).replace("{commandId}", "c")
    for name, key in IDS.items():
        reply = full.client.request(route.method, before + key + after.partition("}")[2], headers=WRONG)
        assert is_refusal(reply), (name, reply.status_code, reply.text[:300])


@pytest.mark.parametrize("path", ["/sale/offers/", "//sale/offers", "/sale//offers", "/SALE/offers", "/"])
def test_an_address_is_taken_as_it_is(full, path):
    assert full.get(path, headers=WRONG).status_code == 404


@pytest.mark.parametrize(
    "route", [route for route in every_route() if route.method == "GET"], ids=lambda route: route.name
)
def test_an_odd_query_is_ignored_or_refused(full, route):
    path = route.path.replace("{offerId}", ex.OFFER).replace("{categoryId}", ex.CATEGORY)
    for query in QUERIES:
        reply = full.get(f"{path}?{query}", headers=WRONG)
        assert reply.status_code == 200 or is_refusal(reply), (query[:100], reply.status_code, reply.text[:300])


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.name)
def test_an_odd_body_is_refused(full, write):
    for name, body in BODIES.items():
        path, _ = write.sent("")
        headers = {"Content-Type": write.kind, "Accept": write.kind, **WRONG}
        reply = full.client.request(write.method, path, content=body, headers=headers)
        assert is_refusal(reply), (name, reply.status_code, reply.text[:300])


def test_of_a_member_that_stands_twice_the_last_counts(shop):
    headers = {"Content-Type": PUBLIC, **WRONG}
    made = shop.client.post("/sale/offer-tags", content=b'{"name": 1, "name": "zwei"}', headers=headers)
    assert made.status_code == 200
    assert "zwei" in shop.get("/sale/offer-tags").text


def test_a_body_without_end_is_refused_and_not_kept(shop):
    """More than any picture has: 413, for every operation alike."""
    headers = {"Content-Type": PUBLIC, **WRONG}
    reply = shop.client.post("/sale/offer-tags", content=b" " * (33 << 20), headers=headers)
    assert (reply.status_code, reply.json()["errors"][0]["code"]) == (413, "PayloadTooLarge")
