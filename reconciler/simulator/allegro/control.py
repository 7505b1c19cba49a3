"""What Allegro can be told besides the API: what people do in the panel, and who lets an application in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.simulator.allegro.auth import decide
from reconciler.simulator.allegro.login import choose, verify
from reconciler.simulator.allegro.panel import Panel
from reconciler.simulator.allegro.refusals import AuthRefusal
from reconciler.simulator.control import done
from reconciler.simulator.http import PLAIN, Reply, Request
from reconciler.simulator.world import Json

PAGES = {"/_sim/approve": verify, "/_sim/authorize": choose}


def control(simulator: Panel, request: Request) -> Reply | None:
    """Do what is asked; None for what is not Allegro's own."""
    if request.path in PAGES and not _is_json(request):
        return _page(simulator, request)
    action = ACTIONS.get((request.method, request.path.removeprefix("/_sim/")))
    return None if action is None else done(action, simulator, request)


def _is_json(request: Request) -> bool:
    return request.method == "POST" and "json" in request.headers.get("content-type", "json")


def _page(simulator: Panel, request: Request) -> Reply:
    """What a browser asks for and sends: forms."""
    with simulator.turn():
        try:
            return PAGES[request.path](simulator.world, request)
        except (ValueError, AuthRefusal) as error:
            told = error.description if isinstance(error, AuthRefusal) else str(error)
            return Reply(400, {"error": told}, media=PLAIN)


def _offer_id(simulator: Panel, body: Json) -> str:
    if "offer_id" in body:
        return str(body["offer_id"])
    found = simulator.offer_by_external_id(body["login"], body["external_id"])
    if found is None:
        raise ValueError(f"no offer with external_id {body['external_id']}")
    return str(found["id"])


def _panel(simulator: Panel, body: Json) -> Json:
    return simulator.panel_edit(body["login"], _offer_id(simulator, body), body["patch"])


def _sale(simulator: Panel, body: Json) -> Json:
    quantity, market = int(body.get("quantity", 1)), body.get("market", "")
    return simulator.sell(body["login"], _offer_id(simulator, body), quantity, market)


def _end(simulator: Panel, body: Json) -> Json:
    return simulator.end(body["login"], _offer_id(simulator, body), body.get("ended_by", "USER"))


def _create(simulator: Panel, body: Json) -> Json:
    return simulator.create_in_panel(body["login"], body["offer"])


def _offers(simulator: Panel, body: Json) -> Json:
    return {"offers": list(simulator.offers(body["login"]))}


def _approve(simulator: Panel, body: Json) -> None:
    decide(simulator.world, body["user_code"], simulator.seller_id(body["login"]))


def _deny(simulator: Panel, body: Json) -> None:
    decide(simulator.world, body["user_code"], None)


ACTIONS: dict[tuple[str, str], Callable[[Panel, Json], Any]] = {
    ("POST", "panel"): _panel,
    ("POST", "sale"): _sale,
    ("POST", "end-offer"): _end,
    ("POST", "create-offer"): _create,
    ("GET", "offers"): _offers,
    ("POST", "approve"): _approve,
    ("POST", "deny"): _deny,
}
