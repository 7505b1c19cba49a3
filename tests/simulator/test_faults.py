"""Trouble on demand: each sort strikes whom it should, as often as it should, and can be counted."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator
from reconciler.simulator.settings import Faults

from . import example as ex
from .conftest import Shop
from .test_headers_and_tokens import BASIC, FORM, me, refresh

PATH = f"/sale/product-offers/{ex.OFFER}"
STOCK = {"stock": {"available": 3}}


def plan(shop: Shop, *rules: dict) -> None:
    shop.set(faults={"schedule": list(rules)})


def statuses(shop: Shop, times: int, path: str = PATH) -> list[int]:
    return [shop.get(path).status_code for _ in range(times)]


def price_command(shop: Shop, key: int, *offers: str):
    criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": one} for one in offers]}]
    body = {"modification": {"type": "FIXED_PRICE", "price": ex.money("51.00")}, "offerCriteria": criteria}
    path = f"/sale/offer-price-change-commands/44444444-4444-4444-8444-{key:012}"
    assert shop.put(path, body).status_code == 201
    shop.wait()
    return shop.get(path).json(), shop.get(f"{path}/tasks").json()["tasks"]


def several(count: int) -> dict:
    """An account with so many offers."""
    numbers = range(17_000_000_001, 17_000_000_001 + count)
    return ex.account(offers=[{"offer": ex.offer_body(str(n), external={"id": f"SKU-{n}"})} for n in numbers])


@pytest.mark.parametrize("status", ["403", "429", "500", "502", "503", "504"])
def test_a_status_is_answered_instead_of_serving(shop, status):
    """Nothing is done, and afterwards the marketplace serves again."""
    plan(shop, {"do": status, "when": {"method": "PATCH"}})
    assert shop.patch(ex.OFFER, STOCK).status_code == int(status)
    assert shop.offer()["stock"]["available"] != 3
    assert shop.patch(ex.OFFER, STOCK).status_code == 200
    assert shop.simulator.injected() == {status: 1}


def test_a_gateway_may_speak_html(shop):
    """The body of a fault is JSON, a page or nothing."""
    plan(shop, *({"do": "503", "body": form} for form in ("html", "empty", "json")))
    replies = [shop.get(PATH) for _ in range(3)]
    assert [reply.headers.get("content-type", "").split(";")[0][-4:] for reply in replies] == ["html", "", "json"]


def test_a_429_may_tell_when_to_come_back(shop):
    """Retry-After stands in the answer only when the rule has it."""
    plan(shop, {"do": "429", "retry_after": 7}, {"do": "429"})
    assert [shop.get(PATH).headers.get("retry-after") for _ in range(2)] == ["7", None]


def test_calling_during_a_penalty_prolongs_it(shop):
    """A block holds for its seconds after the last call, not after the first."""
    plan(shop, {"do": "429", "penalty_seconds": 30})
    assert statuses(shop, 1) == [429]
    shop.wait(20)
    assert statuses(shop, 1) == [429]
    shop.wait(20)
    assert statuses(shop, 1) == [429]
    shop.wait(31)
    assert statuses(shop, 2) == [200, 200]


def test_a_penalty_may_end_on_time(shop):
    """Without prolongation only the first call counts."""
    plan(shop, {"do": "429", "penalty_seconds": 30, "prolong": False})
    assert statuses(shop, 2) == [429, 429]
    shop.wait(31)
    assert statuses(shop, 1) == [200]


def test_a_connection_is_reset_before_anything_is_done(shop):
    """The client learns nothing, and there was nothing to learn."""
    plan(shop, {"do": "drop_before", "when": {"method": "POST"}})
    with pytest.raises(ConnectionResetError):
        shop.post("/sale/product-offers", ex.request_body())
    assert shop.get("/sale/offers").json()["totalCount"] == 1
    lost = next(shop.simulator.requests(fault="drop_before"))
    assert (lost["status"], "committed_status" in lost) == (0, False)


def test_a_connection_is_reset_after_the_commit(shop):
    """Reads are spared; the write is there, and posting again makes a second offer of the same external.id."""
    plan(shop, {"do": "drop_after"})
    assert statuses(shop, 1) == [200]
    with pytest.raises(ConnectionResetError):
        shop.post("/sale/product-offers", ex.request_body())
    assert next(shop.simulator.requests(fault="drop_after"))["committed_status"] == 201
    assert shop.post("/sale/product-offers", ex.request_body()).status_code == 201
    assert shop.simulator.census("sklep")["duplicates"]["offers"] == {"SKU-2": 2}


@pytest.mark.parametrize("do", ["truncate", "garble"])
def test_a_body_may_be_cut(shop, do):
    """Embedded, half a document comes as a whole answer; the next one is good."""
    plan(shop, {"do": do, "when": {"path": "/sale/product-offers"}})
    reply = shop.get(PATH)
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    assert shop.offer()["id"] == ex.OFFER


def test_a_body_may_be_slow(shop, monkeypatch):
    """The second half comes later, and is whole."""
    slept, sleep = [], asyncio.sleep

    def noted(seconds):
        slept.append(seconds)
        return sleep(0)

    monkeypatch.setattr(asyncio, "sleep", noted)
    plan(shop, {"do": "slow", "seconds": 600})
    assert shop.offer()["id"] == ex.OFFER
    assert slept == [600]


def test_requests_are_spared_and_counted(shop):
    """after_requests spares the first that fit; other paths, methods and sellers do not count."""
    shop.simulator.seed(ex.account(login="inny", user_id="2", offers=[], clients=[], refresh_token=None))
    when = {"method": ["GET"], "path": "/sale/product-offers", "after_requests": 2, "login": "sklep"}
    plan(shop, {"do": "503", "times": 2, "when": when})
    assert shop.get("/me").status_code == 200
    assert Shop(shop.simulator, "inny").get(PATH).status_code == 404
    assert statuses(shop, 5) == [200, 200, 503, 503, 200]
    rule = shop.simulator.fault_rules()[0]
    assert (rule["requests"], rule["struck"]) == (5, 2)


def test_the_first_rule_that_strikes_has_the_request(shop):
    """Rules are asked in order; the later one counts the request all the same."""
    plan(shop, {"do": "503"}, {"do": "500", "when": {"after_requests": 1}})
    assert statuses(shop, 3) == [503, 500, 200]


def test_a_ratio_is_drawn_from_the_seed(open_shop):
    """The same seed strikes the same requests; about as many as asked."""
    runs = []
    for _ in range(2):
        shop = open_shop()
        plan(shop, {"do": "503", "ratio": 0.3})
        runs.append(statuses(shop, 100))
    assert runs[0] == runs[1]
    assert 15 <= runs[0].count(503) <= 45


def test_faults_survive_a_restart(tmp_path):
    """Rules and what they have counted lie in the store; set anew, they begin anew."""
    store = tmp_path / "market.sqlite"
    rule = {"do": "503", "times": 3}
    first = AllegroSimulator(store, settings=AllegroSettings.calm())
    first.seed(ex.account())
    plan(Shop(first), rule)
    assert statuses(Shop(first), 1) == [503]
    first.close()
    second = AllegroSimulator(store)
    assert statuses(Shop(second), 3) == [503, 503, 200]
    assert second.injected() == {"503": 3}
    plan(Shop(second), rule)
    assert statuses(Shop(second), 4) == [503, 503, 503, 200]
    second.close()


def test_a_running_process_follows_changed_settings(shop):
    """What another process turns is turned here at the next request, and nothing else; strikes are counted together."""
    second = AllegroSimulator(shop.simulator.world.store.path, settings=AllegroSettings(seed=7))
    second.change_settings(
        {"faults": {"schedule": [{"do": "503", "times": 2}]}, "withheld_scopes": {"profile:read"}}
    )
    assert statuses(shop, 1) + statuses(Shop(second), 2) == [503, 503, 200]
    assert second.injected() == shop.simulator.injected() == {"503": 2}
    assert shop.get("/me").status_code == 403
    assert shop.simulator.settings.seed == 1
    second.close()


@pytest.mark.parametrize(
    "rule",
    [{"do": "magic"}, {"do": "503", "share": 1}, {"do": "503", "when": {"host": "x"}}, {"do": "503", "each": "x"}],
)
def test_a_wrong_rule_is_refused(shop, rule):
    """A typing error in a schedule must not pass for peace."""
    with pytest.raises(ValueError, match="must be one of|knows no"):
        plan(shop, rule)
    assert shop.simulator.settings.faults == Faults()


def test_an_access_token_expires_in_the_middle(shop):
    """After so many requests the token is unknown; a refreshed one goes on, for as long."""
    shop.set(faults={"token_requests": 2})
    first = refresh(shop, "first-refresh").json()
    assert [me(shop, first["access_token"]) for _ in range(4)] == [200, 200, 401, 401]
    second = refresh(shop, first["refresh_token"]).json()
    assert [me(shop, second["access_token"]) for _ in range(3)] == [200, 200, 401]


def test_a_practice_token_is_refused_once(shop):
    """It cannot be renewed, so it is not lost either."""
    plan(shop, {"do": "expire_token", "when": {"after_requests": 1}})
    assert statuses(shop, 3) == [200, 401, 200]


def test_a_refresh_token_can_be_revoked(shop):
    """The access token goes on; the refresh token is worthless."""
    pair = refresh(shop, "first-refresh").json()
    plan(shop, {"do": "revoke_refresh", "when": {"path": "/me"}})
    assert me(shop, pair["access_token"]) == 200
    late = refresh(shop, pair["refresh_token"])
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")


def test_a_seller_can_take_tokens_away(shop):
    """Whoever is logged out has to log in again."""
    pair = refresh(shop, "first-refresh").json()
    shop.client.post("/_sim/revoke", json={"login": "sklep", "kind": "all"})
    assert me(shop, pair["access_token"]) == 401
    assert refresh(shop, pair["refresh_token"]).status_code == 400


def test_the_token_endpoint_can_be_in_trouble(shop):
    """Only a rule whose path leads there strikes it."""
    plan(shop, {"do": "503", "times": None}, {"do": "429", "when": {"path": "/auth/oauth/token"}})
    limited = refresh(shop, "first-refresh")
    assert (limited.status_code, limited.headers["content-type"].split(";")[0]) == (429, "application/json")
    assert refresh(shop, "first-refresh").status_code == 200


def test_an_offer_is_busy_for_some_attempts(open_shop):
    """Each offer answers 409 to its own first edits."""
    shop = open_shop(account=several(2))
    plan(shop, {"do": "409", "times": 2})
    second = str(int(ex.OFFER) + 1)
    assert [shop.patch(ex.OFFER, STOCK).status_code for _ in range(2)] == [409, 409]
    assert [shop.patch(second, STOCK).status_code for _ in range(3)] == [409, 409, 200]
    assert shop.patch(ex.OFFER, STOCK).status_code == 200


def test_an_operation_fails_late(open_shop):
    """202, a while of IN_PROGRESS, then 422; the edit is not made, and the offer is free again."""
    shop = open_shop(AllegroSettings.calm().changed({"operation_seconds": [5, 5]}))
    plan(shop, {"do": "operation_fails", "code": "ProductValidationException"})
    accepted = shop.patch(ex.OFFER, STOCK)
    assert accepted.status_code == 202
    where = accepted.headers["location"]
    assert shop.get(where).status_code == 202
    shop.wait(6)
    failed = shop.get(where)
    assert (failed.status_code, failed.json()["errors"][0]["code"]) == (422, "ProductValidationException")
    assert shop.offer()["stock"]["available"] != 3
    assert shop.patch(ex.OFFER, STOCK).status_code == 200


def test_a_failed_creation_leaves_a_draft(shop):
    """The operation of a POST ends in 422, and the draft with its external.id remains."""
    plan(shop, {"do": "operation_fails"})
    accepted = shop.post("/sale/product-offers", ex.request_body())
    shop.wait()
    assert shop.get(accepted.headers["location"]).status_code == 422
    assert shop.offer(accepted.json()["id"])["publication"]["status"] == "INACTIVE"


def test_an_operation_never_ends(shop):
    """It stays IN_PROGRESS for days, and the offer busy."""
    plan(shop, {"do": "operation_hangs"})
    where = shop.patch(ex.OFFER, STOCK).headers["location"]
    shop.wait(6 * 86_400)
    assert shop.get(where).json()["operation"]["status"] == "IN_PROGRESS"
    assert shop.patch(ex.OFFER, STOCK).status_code == 409
    shop.wait(2 * 86_400)
    assert shop.get(where).status_code == 404


def test_an_operation_may_hang_for_a_while(shop):
    """In the end it is done after all; without the lock the offer can be edited meanwhile."""
    plan(shop, {"do": "operation_hangs", "seconds": 3600, "locked": False})
    where = shop.patch(ex.OFFER, STOCK).headers["location"]
    assert shop.patch(ex.OFFER, {"stock": {"available": 4}}).status_code == 200
    shop.wait(3601)
    assert shop.get(where).status_code == 303
    assert shop.offer()["stock"]["available"] == 3


def test_a_batch_succeeds_in_part(open_shop):
    """A share of the tasks fails; a new command for those succeeds, although the rule is still in force."""
    shop = open_shop(account=several(20))
    plan(shop, {"do": "tasks_fail", "share": 0.4, "times": None})
    offers = [str(int(ex.OFFER) + n) for n in range(20)]
    report, tasks = price_command(shop, 1, *offers)
    failed = [task["offer"]["id"] for task in tasks if task["status"] == "FAIL"]
    assert 3 <= len(failed) <= 14
    assert report["taskCount"] == {"total": 20, "success": 20 - len(failed), "failed": len(failed)}
    assert all(task["errors"][0]["code"] for task in tasks if task["status"] == "FAIL")
    report, _ = price_command(shop, 2, *failed)
    assert report["taskCount"] == {"total": len(failed), "success": len(failed), "failed": 0}


def test_the_first_counters_are_a_knob(open_shop):
    """0/0/0 as on the marketplace, or the number of tasks from the beginning; completedAt comes late."""
    for zero, total in ((True, 0), (False, 1)):
        knobs = {"zero_counters": zero, "command_seconds": [5, 5], "completed_late_seconds": 10}
        shop = open_shop(AllegroSettings.calm().changed(knobs))
        criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": ex.OFFER}]}]
        body = {"publication": {"action": "END"}, "offerCriteria": criteria}
        path = "/sale/offer-publication-commands/44444444-4444-4444-8444-444444444444"
        assert shop.put(path, body).json()["taskCount"]["total"] == total
        shop.wait(6)
        report = shop.get(path).json()
        assert (report["taskCount"]["total"], report["completedAt"]) == (1, None)
        shop.wait(10)
        assert shop.get(path).json()["completedAt"]


def test_the_list_and_its_filters_lag(shop):
    """Up to minutes; the read by id does not."""
    shop.set(list_lag_seconds=600)
    made = shop.post("/sale/product-offers", ex.request_body()).json()["id"]
    shop.wait(590)
    assert shop.get("/sale/offers", params={"external.id": "SKU-2"}).json()["totalCount"] == 0
    assert shop.offer(made)["external"]["id"] == "SKU-2"
    shop.wait(11)
    assert shop.get("/sale/offers", params={"external.id": "SKU-2"}).json()["totalCount"] == 1


def test_the_list_comes_out_short(open_shop):
    """For some passes pages give fewer rows than totalCount says, the same ones from page to page."""
    shop = open_shop(account=several(10))
    plan(shop, {"do": "short_list", "missing": 3, "times": 2})

    def sweep() -> tuple[int, int]:
        pages = [shop.get("/sale/offers", params={"limit": 4, "offset": n}).json() for n in (0, 4, 8)]
        return len({row["id"] for page in pages for row in page["offers"]}), pages[-1]["totalCount"]

    assert [sweep() for _ in range(3)] == [(7, 10), (7, 10), (10, 10)]


def test_the_marketplace_has_its_own_time(shop):
    """Date and every timestamp are ahead of the clock by the skew."""
    shop.set(clock_skew_seconds=300)
    reply = shop.patch(ex.OFFER, STOCK)
    ahead = timedelta(seconds=290), timedelta(seconds=310)
    now = shop.simulator.clock.now()
    assert ahead[0] < parsedate_to_datetime(reply.headers["date"]) - now < ahead[1]
    assert ahead[0] < datetime.fromisoformat(reply.json()["updatedAt"]) - now < ahead[1]


def test_uploads_can_fail(shop):
    """Any refusal with an errors object can be asked for."""
    refusal = {
        "do": "refuse",
        "status": 422,
        "code": "ImageDownloadException",
        "message": "The picture cannot be read.",
    }
    plan(shop, {**refusal, "when": {"path": "/upload"}})
    replies = [shop.post("/upload/sale/images", {"url": "https://example.com/a.jpg"}) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [422, 201]
    assert replies[0].json()["errors"][0]["code"] == "ImageDownloadException"


def test_what_was_injected_can_be_read(shop):
    """The control plane tells the rules with their counters, and the sums."""
    plan(shop, {"do": "503", "times": 2, "when": {"path": PATH}})
    statuses(shop, 3)
    told = shop.client.get("/_sim/faults").json()
    assert told["injected"] == {"503": 2}
    assert [(rule["do"], rule["requests"], rule["struck"]) for rule in told["rules"]] == [("503", 3, 2)]
    shop.simulator.reset()
    assert shop.simulator.injected() == {}


def test_token_answers_have_a_cap(open_shop):
    """More tokens for one user than the knob allows are a 429, and the refresh token stays good."""
    shop = open_shop(AllegroSettings.calm().changed({"limits": {"enabled": True, "tokens_per_hour": 1}}))
    pair = refresh(shop, "first-refresh").json()
    assert refresh(shop, pair["refresh_token"]).status_code == 429
    shop.wait(3601)
    assert refresh(shop, pair["refresh_token"]).status_code == 200
    form = {"grant_type": "client_credentials"}
    assert shop.client.post("/auth/oauth/token", data=form, auth=BASIC, headers=FORM).status_code == 200


@pytest.mark.parametrize("status", [401, 403, 404, 503])
def test_the_simple_knob_takes_any_status(shop, status):
    """It is counted by its status; setting it again begins again."""
    for round_ in (1, 2):
        shop.set(faults={"force_status": status, "force_times": 1, "force_path": PATH, "force_method": "PATCH"})
        assert [shop.patch(ex.OFFER, STOCK).status_code for _ in range(2)] == [status, 200]
        assert shop.simulator.injected() == {str(status): round_}


@pytest.mark.parametrize(
    ("named", "paths"),
    [
        (None, [None]),
        ("path", ["offerCriteria[0].offers[1].id", "offerCriteria[0].offers[2].id"]),
        ("pointer", ["/offerCriteria/0/offers/1/id", "/offerCriteria/0/offers/2/id"]),
    ],
)
def test_a_command_is_refused_as_a_whole_for_some_of_its_offers(open_shop, named, paths):
    """Every command that has one of them, named or not, and nothing is kept of it; others are carried out."""
    shop = open_shop(account=several(3))
    offers = [str(17_000_000_001 + number) for number in range(3)]
    plan(shop, {"do": "refuse_rows", "offers": offers[1:], **({"named": named} if named else {})})
    path = "/sale/offer-price-change-commands/44444444-4444-4444-8444-000000000001"
    body = {
        "modification": {"type": "FIXED_PRICE", "price": ex.money("51.00")},
        "offerCriteria": [{"type": "CONTAINS_OFFERS", "offers": [{"id": one} for one in offers]}],
    }
    for _ in range(2):
        reply = shop.put(path, body)
        assert reply.status_code == 422
        assert [error["path"] for error in reply.json()["errors"]] == paths
        assert shop.get(path).status_code == 404
    report, _ = price_command(shop, 1, offers[0])
    assert report["taskCount"]["success"] == 1
    assert shop.simulator.injected() == {"422": 2}
