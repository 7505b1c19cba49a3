"""Limits, faults, clock, control plane, panel, record, several processes."""

from __future__ import annotations

import json
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator
from reconciler.simulator.clock import SteppedClock
from reconciler.simulator.marketplace import RECORD_VARIABLE

from . import example as ex
from .conftest import HEADERS, PUBLIC, Shop


def limited(**numbers) -> AllegroSettings:
    return AllegroSettings.calm().changed({"limits": {"enabled": True, **numbers}})


def read(shop) -> int:
    return shop.get(f"/sale/product-offers/{ex.OFFER}").status_code


def test_reads_of_offers_are_limited_per_minute(open_shop):
    """The call over the limit is a 429 without Retry-After; the next minute is free."""
    shop = open_shop(limited(offer_reads_per_minute=2))
    assert [read(shop) for _ in range(2)] == [200, 200]
    refused = shop.get(f"/sale/product-offers/{ex.OFFER}")
    assert refused.status_code == 429
    assert "retry-after" not in refused.headers
    assert shop.get("/sale/offers").status_code == 200
    shop.wait(61)
    assert read(shop) == 200


def test_calling_during_a_block_prolongs_it(open_shop):
    """A client that hammers stays out; with the knob off it does not."""
    for prolong, later in ((True, 429), (False, 200)):
        shop = open_shop(limited(offer_reads_per_minute=1, prolong=prolong))
        read(shop)
        assert read(shop) == 429
        shop.wait(50)
        assert read(shop) == 429
        shop.wait(20)
        assert read(shop) == later


def test_writes_and_changes_are_limited(open_shop):
    """POST and PATCH count together; commands count offers."""
    shop = open_shop(limited(offer_writes_per_minute=1, changes_per_minute=1))
    assert shop.patch(ex.OFFER, {"stock": {"available": 3}}).status_code == 200
    assert shop.post("/sale/product-offers", ex.request_body()).status_code == 429
    offers = [{"id": ex.OFFER}, {"id": "2"}]
    body = {"publication": {"action": "END"}, "offerCriteria": [{"type": "CONTAINS_OFFERS", "offers": offers}]}
    path = "/sale/offer-publication-commands/44444444-4444-4444-8444-444444444444"
    assert shop.put(path, body).status_code == 429


def test_retry_after_is_a_knob(open_shop):
    """A 429 tells when to come back only when the knob says so."""
    shop = open_shop(limited(client_per_minute=1, retry_after=7))
    read(shop)
    assert shop.get("/me").headers["retry-after"] == "7"


def test_forced_faults_strike_as_often_as_asked(shop):
    """A forced 503 answers some requests, then the marketplace serves again."""
    shop.set(faults={"force_status": 503, "force_times": 2, "force_path": "/sale/product-offers"})
    assert shop.get("/me").status_code == 200
    assert [read(shop) for _ in range(3)] == [503, 503, 200]


def test_a_write_can_be_committed_and_its_answer_lost(shop):
    """The connection is cut after the commit: the offer is there although the client knows nothing."""
    shop.set(faults={"drop_after_commit": 1})
    with pytest.raises(ConnectionResetError):
        shop.post("/sale/product-offers", ex.request_body())
    assert shop.get("/sale/offers", params={"external.id": "SKU-2"}).json()["totalCount"] == 1


def test_the_clock_only_moves_forward():
    """Advancing moves it on; going back is an error, a passed moment is none."""
    clock = SteppedClock()
    before = clock.now()
    clock.advance(60)
    assert clock.now() - before >= timedelta(seconds=60)
    clock.advance_to(before)
    assert clock.now() - before >= timedelta(seconds=60)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_a_second_process_goes_on_from_the_clock(shop):
    """The offset lies in the store; both follow the one that is ahead."""
    second = AllegroSimulator(shop.simulator.world.store.path, settings=AllegroSettings.calm())
    shop.wait(3600)
    second.catch_up()
    assert abs((second.clock.now() - shop.simulator.clock.now()).total_seconds()) < 1
    assert Shop(second).offer()["id"] == ex.OFFER
    second.close()


def test_the_panel_edits_without_rules(shop):
    """A person changes what the API would refuse, and an event tells."""
    shop.simulator.sell("sklep", ex.OFFER, 1)
    shop.simulator.panel_edit("sklep", ex.OFFER, {"name": "Nowa"})
    assert shop.offer()["name"] == "Nowa"
    kinds = [one["type"] for one in shop.get("/sale/offer-events").json()["offerEvents"]]
    assert kinds == ["OFFER_STOCK_CHANGED", "OFFER_CHANGED"]


def test_a_panel_offer_has_no_external_id(shop):
    """Offers made by hand are in the list like any other."""
    body = {key: value for key, value in ex.offer_body().items() if key not in {"id", "external"}}
    key = shop.simulator.create_in_panel("sklep", body)["id"]
    assert "external" not in shop.offer(key)
    assert shop.simulator.offer_by_external_id("sklep", "SKU-1")["id"] == ex.OFFER


def test_the_control_plane(shop):
    """Seed, clock, settings, sale, panel, end, history and reset over HTTP."""
    post = lambda path, body: shop.client.post(f"/_sim/{path}", json=body)  # noqa: E731
    about = {"login": "sklep", "external_id": "SKU-1"}
    assert post("sale", about | {"quantity": 2}).json()["stock"]["available"] == 8
    assert post("panel", about | {"patch": {"stock": {"available": 1}}}).json()["stock"]["available"] == 1
    assert post("end-offer", about | {"ended_by": "ADMIN"}).json()["publication"]["endedBy"] == "ADMIN"
    assert post("settings", {"accepted_ratio": 1.0}).json()["accepted_ratio"] == 1.0
    assert post("settings", {"speed": 1}).status_code == 400
    first = post("clock", {"advance_seconds": 0}).json()["now"]
    assert post("clock", {"advance_seconds": 3600}).json()["now"] > first
    shop.get("/me")
    history = shop.client.get("/_sim/history", params={"path": "/me"}).json()["requests"]
    assert [one["status"] for one in history] == [200]
    assert post("seed", ex.account(login="nowy", user_id="9")).status_code == 200
    assert post("seed", {"login": "x"}).status_code == 400
    post("reset", {})
    assert shop.get("/me").status_code == 401


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"user_id": None}, "user_id"),
        ({"offres": []}, "offres"),
        ({"base_marketplace": "allegro-xx"}, "base_marketplace"),
        ({"offers": [{"offer": {"name": "x"}}]}, "id"),
        ({"return_policies": [{"id": "1"}]}, "name"),
        ({"shipping_rates": []}, "shipping rates"),
    ],
)
def test_a_wrong_account_is_refused_loudly(tmp_path, change, named):
    """What is missing is named, and nothing is kept."""
    simulator = AllegroSimulator(tmp_path / "market.sqlite")
    with pytest.raises(ValueError, match=named):
        simulator.seed(ex.account(**change))
    assert simulator.world.store.one("SELECT COUNT(*) FROM sellers") == (0,)
    simulator.close()


def test_every_exchange_is_recorded(open_shop, tmp_path):
    """One line for each exchange, with both bodies and without the token."""
    watched = os.environ.get(RECORD_VARIABLE)  # the suite itself may be recording
    record = Path(watched or tmp_path / "record.jsonl")
    shop = open_shop(record=None if watched else record)
    before = len(record.read_text().splitlines())
    shop.patch(ex.OFFER, {"stock": {"available": 2}})
    shop.get("/sale/offers", params={"limit": 1})
    first, second = (json.loads(line) for line in record.read_text().splitlines()[before:])
    assert (first["method"], first["status"], first["seller"]) == ("PATCH", 200, "44300100")
    assert json.loads(first["request_body"]) == {"stock": {"available": 2}}
    assert second["url"] == "/sale/offers?limit=1"
    assert second["response_headers"]["content-type"].startswith(PUBLIC)
    assert "simulator-sklep" not in record.read_text()


def test_requests_can_be_looked_at(shop):
    """The simulator remembers what it was asked."""
    read(shop)
    found = list(shop.simulator.requests(method="GET", path="/sale/product-offers"))
    assert [one["status"] for one in found] == [200]


def test_unread_images_expire(shop):
    """An upload that no offer uses is gone after a while; one in use stays."""
    url = shop.post("/upload/sale/images", {"url": "https://example.com/a.jpg"}).json()["location"]
    used = shop.post("/upload/sale/images", {"url": "https://example.com/a.jpg"}).json()["location"]
    assert url != used  # the same picture twice has two addresses
    assert shop.patch(ex.OFFER, {"images": [used]}).status_code == 200
    shop.wait(5 * 3600)
    assert shop.patch(ex.OFFER, {"images": [used]}).status_code == 200
    assert shop.patch(ex.OFFER, {"images": [url]}).status_code == 422


def test_a_page_of_the_list_costs_as_many_statements_as_one_offer(tmp_path, statements):
    """It is fast enough for an embedded market: nothing is asked offer by offer."""
    simulator = AllegroSimulator(tmp_path / "market.sqlite", settings=AllegroSettings.calm())
    offers = [{"offer": ex.offer_body(str(17_000_000_000 + number))} for number in range(300)]
    simulator.seed(ex.account(offers=offers))
    shop = Shop(simulator)
    costs = []
    for limit in (1, 1, 300):  # the first one of all makes what is kept
        statements.clear()
        assert shop.get("/sale/offers", params={"limit": limit}).json()["count"] == limit
        costs.append(len(statements))
    assert 0 < costs[1] == costs[2]
    shop.client.close()
    simulator.close()


def test_it_serves_over_http(tmp_path):
    """The same marketplace behind a server; a lost answer is a cut connection there too."""
    config = uvicorn.Config(AllegroSimulator(tmp_path / "market.sqlite").app, port=0, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=HEADERS) as client:
        assert client.post("/_sim/seed", json=ex.account()).status_code == 200
        client.headers["Authorization"] = "Bearer simulator-sklep"
        assert client.get("/me").json()["login"] == "sklep"
        client.post("/_sim/settings", json={"faults": {"drop_after_commit": 1}})
        with pytest.raises(httpx.TransportError):
            client.post("/sale/product-offers", json=ex.request_body(), headers={"Content-Type": PUBLIC})
        assert client.get("/sale/offers").json()["totalCount"] == 2
    server.should_exit = True
    thread.join()
