"""What Etsy can be told besides the API: what people do in the shop manager, and who lets an application in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.simulator.control import done
from reconciler.simulator.etsy.login import choose
from reconciler.simulator.etsy.panel import Panel
from reconciler.simulator.etsy.refusals import AuthRefusal
from reconciler.simulator.http import PLAIN, Refused, Reply, Request
from reconciler.simulator.world import Json

PAGES = {"/_sim/authorize": choose}


def control(simulator: Panel, request: Request) -> Reply | None:
    """Do what is asked; None for what is not Etsy's own."""
    if request.path in PAGES:
        return _page(simulator, request)
    action = ACTIONS.get((request.method, request.path.removeprefix("/_sim/")))
    if action is None:
        return None
    try:
        return done(action, simulator, request)
    except Refused as refused:
        return Reply(400, refused.body(), media=PLAIN)


def _page(simulator: Panel, request: Request) -> Reply:
    """What a browser sends: a form."""
    try:
        with simulator.turn():
            return PAGES[request.path](simulator.world, request)
    except AuthRefusal as refusal:
        return Reply(400, refusal.body(), media=PLAIN)


def _listing_id(simulator: Panel, body: Json) -> int:
    if "listing_id" in body:
        return int(body["listing_id"])
    found = simulator.listing_by_sku(body["login"], body["sku"])
    if found is None:
        raise ValueError(f"no listing with the SKU {body['sku']}")
    return found


def _panel(simulator: Panel, body: Json) -> Json:
    return simulator.panel_edit(body["login"], _listing_id(simulator, body), body["patch"])


def _sale(simulator: Panel, body: Json) -> Json:
    number = _listing_id(simulator, body)
    return simulator.sell(body["login"], number, int(body.get("quantity", 1)), body.get("sku", ""))


def _end(simulator: Panel, body: Json) -> Json:
    return simulator.end(body["login"], _listing_id(simulator, body), body.get("state", "inactive"))


def _create(simulator: Panel, body: Json) -> Json:
    return simulator.create_in_panel(body["login"], body["listing"])


def _listings(simulator: Panel, body: Json) -> Json:
    return {"listings": list(simulator.listings(body["login"]))}


def _fees(simulator: Panel, body: Json) -> Json:
    return {"fees": simulator.fees(body["login"])}


ACTIONS: dict[tuple[str, str], Callable[[Panel, Json], Any]] = {
    ("POST", "panel"): _panel,
    ("POST", "sale"): _sale,
    ("POST", "end-listing"): _end,
    ("POST", "create-listing"): _create,
    ("GET", "listings"): _listings,
    ("GET", "fees"): _fees,
}
