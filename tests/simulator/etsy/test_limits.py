"""Ten requests a second and ten thousand in a sliding day, of an application."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.simulator.etsy.settings import EtsySettings, Limits

from . import example as ex
from .conftest import told

OTHER = {"headers": {"x-api-key": "simulator:simulator"}}


@pytest.fixture
def limited(open_shop):
    """A shop whose time stands: ten a second, thirty a day."""

    def make(**limits):
        shop = open_shop(EtsySettings(limits=Limits(**limits)), listings=[])
        shop.simulator.reset()
        shop.simulator.stand_still(datetime(2028, 8, 20, 12, tzinfo=UTC))
        shop.simulator.seed(ex.account(listings=[]))
        return shop

    return make


def ask(shop, times: int = 1, **kw) -> list[int]:
    return [shop.get("/openapi-ping", **kw).status_code for _ in range(times)]


def test_ten_in_a_second(limited):
    shop = limited()
    assert ask(shop, 10) == [200] * 10
    reply = shop.get("/openapi-ping")
    assert told(reply, 429)
    assert reply.headers["retry-after"] == "1"
    assert (reply.headers["x-limit-per-second"], reply.headers["x-remaining-this-second"]) == ("10", "0")
    assert ask(shop, 1, **OTHER) == [200]  # another application
    shop.wait(1)
    assert ask(shop) == [200]


def test_headers_count_down(limited):
    shop = limited(per_day=30)
    shop.get("/openapi-ping")
    headers = shop.get("/users/me").headers
    assert headers["x-remaining-this-second"] == "8"
    assert (headers["x-limit-per-day"], headers["x-remaining-today"]) == ("30", "28")
    shop.wait(1)
    assert shop.get("/openapi-ping").headers["x-remaining-this-second"] == "9"
    shop.set(limits={"headers": False})
    assert "x-limit-per-day" not in shop.get("/openapi-ping").headers


def test_the_day_slides(limited):
    shop = limited(per_day=30)
    for _ in range(3):
        ask(shop, 10)
        shop.wait(3600)
    reply = shop.get("/openapi-ping")
    assert told(reply, 429)
    assert int(reply.headers["retry-after"]) == 86_400 - 3 * 3600
    assert reply.headers["x-remaining-today"] == "0"
    shop.wait(86_400 - 3 * 3600)
    assert ask(shop, 11) == [200] * 10 + [429]
    shop.wait(1)
    assert told(shop.get("/openapi-ping"), 429)
    found = shop.simulator.rate()["limits"]["day"]["app"]
    assert (found["limit"], found["max"]) == (30, 30)


def test_what_is_refused_for_its_token_counts_and_a_token_request_does_not(limited):
    shop = limited(per_day=5)
    shop.client.post(
        "/v3/public/oauth/token",
        data={"client_id": "app", "grant_type": "refresh_token", "refresh_token": f"{ex.USER}.first"},
    )
    for _ in range(5):
        shop.get("/users/me", headers={"Authorization": "Bearer nothing"})
    assert told(shop.get("/users/me"), 429)


def test_limits_are_lifted(limited):
    shop = limited(enabled=False)
    assert ask(shop, 12) == [200] * 12
    assert "x-limit-per-second" not in shop.get("/openapi-ping").headers
