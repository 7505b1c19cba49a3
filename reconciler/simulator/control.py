"""The control plane under /_sim/: no part of Allegro, for people and tests that run the marketplace apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from reconciler.simulator.allegro.auth import decide
from reconciler.simulator.allegro.login import choose, verify
from reconciler.simulator.clock import iso, moment_of
from reconciler.simulator.http import PLAIN, AuthRefusal, Reply, Request
from reconciler.simulator.marketplace import Marketplace
from reconciler.simulator.record import readable
from reconciler.simulator.world import Json

Action = Callable[[Marketplace, Json], Any]


def control(simulator: Marketplace, request: Request) -> Reply:
    """Do what is asked; whatever is wrong with it is told as a 400."""
    if request.path in PAGES and not _is_json(request):
        return _page(simulator, request)
    action = ACTIONS.get((request.method, request.path.removeprefix("/_sim/")))
    if action is None:
        return Reply(404, {"error": "unknown control"}, media=PLAIN)
    try:
        body = orjson.loads(request.content) if request.content else {}
        if request.method == "GET":
            body = {key: values[-1] for key, values in request.query.items()}
        return Reply(200, action(simulator, body) or {}, media=PLAIN)
    except (ValueError, KeyError, TypeError) as error:
        return Reply(400, {"error": f"{type(error).__name__}: {error}"}, media=PLAIN)


def _is_json(request: Request) -> bool:
    return request.method == "POST" and "json" in request.headers.get("content-type", "json")


def _page(simulator: Marketplace, request: Request) -> Reply:
    """What a browser asks for and sends: forms."""
    with simulator.turn():
        try:
            return PAGES[request.path](simulator.world, request)
        except (ValueError, AuthRefusal) as error:
            told = error.description if isinstance(error, AuthRefusal) else str(error)
            return Reply(400, {"error": told}, media=PLAIN)


def _seed(simulator: Marketplace, body: Json) -> None:
    simulator.seed(body)


def _reset(simulator: Marketplace, _body: Json) -> None:
    simulator.reset()


def _clock(simulator: Marketplace, body: Json) -> Json:
    if "advance_seconds" in body:
        simulator.clock.advance(float(body["advance_seconds"]))
    elif "to" in body:
        simulator.clock.advance_to(moment_of(body["to"]))
    simulator.catch_up()
    return {"now": iso(simulator.clock.now())}


def _history(simulator: Marketplace, body: Json) -> Json:
    wanted = {key: value for key, value in body.items() if key not in {"since", "last"}}
    found = list(simulator.requests(int(body.get("since", 0)), **wanted))[-int(body.get("last", 100)) :]
    return {"requests": [{**one, "body": readable(one["body"])} for one in found]}


def _settings(simulator: Marketplace, body: Json) -> Json:
    simulator.change_settings(body)
    return simulator.settings.as_json()


def _offer_id(simulator: Marketplace, body: Json) -> str:
    if "offer_id" in body:
        return str(body["offer_id"])
    found = simulator.offer_by_external_id(body["login"], body["external_id"])
    if found is None:
        raise ValueError(f"no offer with external_id {body['external_id']}")
    return str(found["id"])


def _panel(simulator: Marketplace, body: Json) -> Json:
    return simulator.panel_edit(body["login"], _offer_id(simulator, body), body["patch"])


def _sale(simulator: Marketplace, body: Json) -> Json:
    quantity, market = int(body.get("quantity", 1)), body.get("market", "")
    return simulator.sell(body["login"], _offer_id(simulator, body), quantity, market)


def _end(simulator: Marketplace, body: Json) -> Json:
    return simulator.end(body["login"], _offer_id(simulator, body), body.get("ended_by", "USER"))


def _create(simulator: Marketplace, body: Json) -> Json:
    return simulator.create_in_panel(body["login"], body["offer"])


def _offers(simulator: Marketplace, body: Json) -> Json:
    return {"offers": list(simulator.offers(body["login"]))}


def _approve(simulator: Marketplace, body: Json) -> None:
    decide(simulator.world, body["user_code"], simulator.seller_id(body["login"]))


def _deny(simulator: Marketplace, body: Json) -> None:
    decide(simulator.world, body["user_code"], None)


def _revoke(simulator: Marketplace, body: Json) -> None:
    simulator.revoke(body["login"], body.get("kind", "all"))


def _faults(simulator: Marketplace, _body: Json) -> Json:
    return {"injected": simulator.injected(), "rules": simulator.fault_rules()}


def _rate(simulator: Marketplace, body: Json) -> Json:
    since = body.get("since")
    return simulator.rate(body.get("client", ""), body.get("login", ""), None if since is None else float(since))


def _run(simulator: Marketplace, _body: Json) -> None:
    simulator.begin_run()


def _census(simulator: Marketplace, body: Json) -> Json:
    return simulator.census(body["login"])


def _knobs(simulator: Marketplace, _body: Json) -> Json:
    simulator.catch_up()
    return simulator.settings.as_json()


ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "seed"): _seed,
    ("POST", "reset"): _reset,
    ("POST", "clock"): _clock,
    ("GET", "clock"): _clock,
    ("GET", "history"): _history,
    ("POST", "settings"): _settings,
    ("POST", "panel"): _panel,
    ("POST", "sale"): _sale,
    ("POST", "end-offer"): _end,
    ("POST", "create-offer"): _create,
    ("GET", "offers"): _offers,
    ("POST", "approve"): _approve,
    ("POST", "deny"): _deny,
    ("POST", "revoke"): _revoke,
    ("GET", "settings"): _knobs,
    ("GET", "faults"): _faults,
    ("GET", "rate"): _rate,
    ("POST", "run"): _run,
    ("GET", "census"): _census,
}
PAGES = {"/_sim/approve": verify, "/_sim/authorize": choose}
