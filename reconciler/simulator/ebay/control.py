"""What eBay can be told besides the API: what people do in the browser, what eBay does, and who lets one in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.simulator.control import done
from reconciler.simulator.ebay.login import ACCEPTED, accepted, choose
from reconciler.simulator.ebay.panel import Panel
from reconciler.simulator.ebay.refusals import OAuthRefusal
from reconciler.simulator.http import PLAIN, Reply, Request
from reconciler.simulator.world import Json

PAGES = {"/_sim/authorize": choose, ACCEPTED: accepted}


def control(simulator: Panel, request: Request) -> Reply | None:
    """Do what is asked; None for what is not eBay's own."""
    if request.path in PAGES:
        return _page(simulator, request)
    action = ACTIONS.get((request.method, request.path.removeprefix("/_sim/")))
    return None if action is None else done(action, simulator, request)


def _page(simulator: Panel, request: Request) -> Reply:
    """What a browser asks for and sends: forms."""
    with simulator.turn():
        try:
            return PAGES[request.path](simulator.world, request)
        except OAuthRefusal as refusal:
            return Reply(400, {"error": refusal.description}, media=PLAIN)


def _key(body: Json) -> str:
    return str(body.get("listing_id") or body["sku"])


def _panel(simulator: Panel, body: Json) -> Json:
    return simulator.panel_edit(body["login"], body["sku"], body["patch"])


def _create(simulator: Panel, body: Json) -> Json:
    return simulator.create_in_panel(body["login"], body["listing"])


def _sale(simulator: Panel, body: Json) -> Json:
    return simulator.sell(body["login"], _key(body), int(body.get("quantity", 1)))


def _end(simulator: Panel, body: Json) -> Json:
    return simulator.end(body["login"], _key(body), body.get("ended_by", "ENDED"))


def _hold(simulator: Panel, body: Json) -> Json:
    return simulator.hold(body["login"], _key(body), body.get("hold", "frozen"))


def _prefer(simulator: Panel, body: Json) -> Json:
    return simulator.prefer(body["login"], out_of_stock=bool(body["out_of_stock"]))


def _revisions(simulator: Panel, body: Json) -> Json:
    today = body.get("today")
    return simulator.revisions(body["login"], _key(body), None if today is None else int(today))


def _offers(simulator: Panel, body: Json) -> Json:
    return {"offers": list(simulator.offers(body["login"]))}


def _fees(simulator: Panel, body: Json) -> Json:
    return simulator.fees(body["login"])


def _ru_name(simulator: Panel, body: Json) -> None:
    simulator.add_ru_name(body["client_id"], body["ru_name"], body.get("accepted", ""), body.get("declined", ""))


ACTIONS: dict[tuple[str, str], Callable[[Panel, Json], Any]] = {
    ("POST", "panel"): _panel,
    ("POST", "create-offer"): _create,
    ("POST", "sale"): _sale,
    ("POST", "end-offer"): _end,
    ("POST", "hold"): _hold,
    ("POST", "preferences"): _prefer,
    ("GET", "revisions"): _revisions,
    ("POST", "revisions"): _revisions,
    ("GET", "offers"): _offers,
    ("GET", "fees"): _fees,
    ("POST", "ru-name"): _ru_name,
}
