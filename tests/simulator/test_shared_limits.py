"""Limits and histories that hold between processes, and the rates that are told afterwards."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator
from reconciler.simulator.rates import most_within

from . import example as ex
from .conftest import Shop
from .test_faults import price_command
from .test_headers_and_tokens import me, refresh

PATH = f"/sale/product-offers/{ex.OFFER}"
CHILD = f"""
import json, sys
from reconciler.simulator.allegro.simulator import AllegroSimulator
from reconciler.simulator.allegro.refusals import PUBLIC
from reconciler.simulator.http import Request
simulator = AllegroSimulator(sys.argv[1])
headers = {{"authorization": "Bearer simulator-sklep", "accept": PUBLIC, "user-agent": "Tests/1.0"}}
asked = [Request("GET", {PATH!r}, "", headers, b"", connection=sys.argv[2]) for _ in range(int(sys.argv[3]))]
print(json.dumps([simulator.respond(one).status for one in asked]))
simulator.close()
"""


def limited(**numbers) -> dict:
    return {"limits": {"enabled": True, **numbers}}


def get(shop: Shop, times: int) -> list[int]:
    return [shop.get(PATH).status_code for _ in range(times)]


def children(shop: Shop, processes: int, times: int) -> list[list[int]]:
    """What so many processes at once are answered."""
    store = str(shop.simulator.world.store.path)
    command = [sys.executable, "-c", CHILD, store]
    started = [
        subprocess.Popen([*command, f"child-{n}", str(times)], stdout=subprocess.PIPE) for n in range(processes)
    ]
    answered = [json.loads(child.communicate(timeout=30)[0]) for child in started]
    assert [child.returncode for child in started] == [0] * processes
    return answered


def test_processes_share_a_limit(shop):
    """Three processes at once are admitted together as often as one alone."""
    shop.set(**limited(offer_reads_per_minute=100), shared_history=True)
    answered = sum(children(shop, 3, 60), [])
    assert (answered.count(200), answered.count(429)) == (100, 80)
    assert get(shop, 1) == [429]
    told = shop.simulator.rate()
    assert (told["requests"], told["refused"]) == (181, 81)
    reads = told["limits"]["reads"]["sklep"]
    assert reads == {"limit": 100, "seconds": 60, "max": 100, "admitted": 100, "refused": 81}
    history = list(shop.simulator.requests(path=PATH))
    assert sorted({one["connection"] for one in history if "child" in one["connection"]}) == [
        "child-0",
        "child-1",
        "child-2",
    ]
    assert [one["n"] for one in history] == list(range(history[0]["n"], history[0]["n"] + 181))


def test_a_restart_does_not_forget_a_limit(shop):
    """What one process has used is used up for the next."""
    shop.set(**limited(offer_reads_per_minute=3))
    assert get(shop, 2) == [200, 200]
    second = AllegroSimulator(shop.simulator.world.store.path)
    assert get(Shop(second), 2) == [200, 429]
    second.close()
    assert get(shop, 1) == [429]


def test_a_limit_holds_in_every_window(shop):
    """The window slides: what was used late in one minute counts at the beginning of the next."""
    shop.set(**limited(offer_reads_per_minute=4, prolong=False))
    assert get(shop, 1) == [200]
    shop.wait(50)
    assert get(shop, 3) == [200] * 3
    shop.wait(11)
    assert get(shop, 2) == [200, 429]  # the first alone has left the window
    shop.wait(50)
    assert get(shop, 4) == [200, 200, 200, 429]
    assert shop.simulator.rate()["limits"]["reads"]["sklep"]["max"] == 4


def test_retry_after_can_be_exact(shop):
    """It tells when the oldest request leaves the window."""
    shop.set(**limited(offer_reads_per_minute=1, retry_after_exact=True))
    get(shop, 1)
    shop.wait(20)
    assert shop.get(PATH).headers["retry-after"] in {"39", "40"}


def test_changes_of_commands_count_by_offer(shop):
    """A refused command uses nothing up, and the rates tell changes apart from requests."""
    shop.set(**limited(changes_per_minute=2), command_seconds=[0, 0])
    price_command(shop, 1, ex.OFFER)
    criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": ex.OFFER}, {"id": "2"}]}]
    body = {"modification": {"type": "FIXED_PRICE", "price": ex.money("51.00")}, "offerCriteria": criteria}
    path = "/sale/offer-price-change-commands/55555555-4444-4444-8444-000000000001"
    shop.simulator.begin_run()
    assert shop.put(path, body).status_code == 429
    told = shop.simulator.rate(login="sklep")
    assert told["requests"] == 1
    assert told["limits"]["price/m"]["sklep"]["refused"] == 1
    shop.wait(61)
    assert shop.put(path, body).status_code == 201
    assert shop.simulator.rate()["limits"]["price/m"]["sklep"]["admitted"] == 2


def test_rates_are_of_the_last_run(shop):
    """Requests in each second, the most in any sliding second, and the mean, by client and by user."""
    get(shop, 5)
    shop.simulator.begin_run()
    for _ in range(3):
        get(shop, 2)
        shop.wait(2)
    told = shop.client.get("/_sim/rate").json()
    rate = told["users"]["sklep"]
    assert (told["requests"], rate["max_per_second"], rate["max_per_minute"]) == (6, 2, 6)
    assert 1.2 < rate["mean_per_second"] < 1.6
    assert sum(int(count) * seconds for count, seconds in rate["histogram"].items()) == 6
    assert max(map(int, rate["histogram"])) <= 2  # a pair may fall on both sides of a second
    assert told["clients"] == {"app": rate}
    assert shop.client.get("/_sim/rate", params={"client": "nobody"}).json()["requests"] == 0
    assert shop.simulator.rate(since=0.0)["requests"] == 11


def test_refused_and_troubled_requests_are_counted_too(shop):
    """The rate is of what arrived, whatever became of it."""
    shop.set(faults={"schedule": [{"do": "503", "times": 2}]}, **limited(offer_reads_per_minute=1))
    shop.simulator.begin_run()
    assert get(shop, 4) == [503, 503, 200, 429]
    told = shop.simulator.rate(client="app")
    assert (told["requests"], told["clients"]["app"]["refused"]) == (4, 1)


@pytest.mark.parametrize(
    ("moments", "most"), [([0.0, 0.5, 1.0], 2), ([0.9, 1.0, 1.1, 1.89], 4), ([0.0, 1.0, 2.0], 1), ([5.0], 1)]
)
def test_the_most_in_a_sliding_second(moments, most):
    """Windows begin anywhere; two moments a whole second apart are not in one."""
    assert most_within([(moment, 1) for moment in moments], 1) == most


def test_a_reset_forgets_what_was_used(shop):
    """Seeded anew, the account begins with whole limits."""
    shop.set(**limited(offer_reads_per_minute=1))
    assert get(shop, 2) == [200, 429]
    shop.simulator.reset()
    shop.simulator.seed(ex.account())
    assert get(shop, 1) == [200]
    assert shop.simulator.rate()["requests"] == 1


def test_the_history_tells_who_asked_for_what(shop):
    """Client, login, operation and number of each request, with filters."""
    pair = refresh(shop, "first-refresh").json()
    me(shop, pair["access_token"])
    get(shop, 1)
    first, second, third = shop.simulator.requests()
    assert (first["operation"], first["client_id"], first["login"]) == ("POST /auth/oauth/token", "app", "")
    assert (second["operation"], second["login"]) == ("GET /me", "sklep")
    assert third["operation"] == "GET /sale/product-offers/{offerId}"
    assert [one["n"] for one in shop.simulator.requests(2, login="sklep")] == [2, 3]
    told = shop.client.get("/_sim/history", params={"operation": "GET /me"}).json()["requests"]
    assert [one["path"] for one in told] == ["/me"]


def test_a_file_of_another_store_is_not_believed(tmp_path):
    """Traffic that lies beside a new store under an old name does not count."""
    store = tmp_path / "market.sqlite"
    for _ in range(2):
        simulator = AllegroSimulator(
            store, settings=AllegroSettings.calm().changed(limited(offer_reads_per_minute=1))
        )
        simulator.seed(ex.account())
        assert get(Shop(simulator), 2) == [200, 429]
        simulator.close()
        for name in (store.name, f"{store.name}-wal", f"{store.name}-shm"):
            store.with_name(name).unlink(missing_ok=True)
