"""GET /sale/offer-events: what happened to live offers in the last 24 hours."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import orjson

from reconciler.simulator.allegro.offers import Offer
from reconciler.simulator.allegro.refusals import refuse
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.clock import at, iso
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

KEPT_SECONDS = 86_400  # getOfferEvents


def emit(world: AllegroWorld, offer: Offer, kind: str, **details: Any) -> None:
    """Note an event; callers do so for live offers only, drafts have none."""
    external = offer.body.get("external")
    about: dict[str, Any] = {"id": offer.id, **details}
    if external is not None or kind == "OFFER_PRICE_CHANGED":
        about["external"] = external or {}  # the price event always carries the field
    world.store.run(
        "INSERT INTO events (seller, at, type, body) VALUES (?, ?, ?, ?)",
        offer.seller, world.moment, kind, orjson.dumps(about),
    )  # fmt: skip


def tell_visibility(world: AllegroWorld, before: Json, offer: Offer) -> None:
    """One event for all marketplaces on which the offer is seen anew, or no longer."""
    was, now = _seen_on(before), _seen_on(offer.body)
    if was != now:
        base = offer.body["publication"]["marketplaces"]["base"]["id"]
        states = {key: one["publication"]["state"] for key, one in offer.body["additionalMarketplaces"].items()}
        markets = [{"id": key, "status": _verdict(states.get(key))} for key in sorted(was | now)]
        publication = {
            "marketplaces": {"base": base, "additional": markets},
            "updatedMarketplaces": sorted(was ^ now),
        }
        emit(world, offer, "OFFER_VISIBILITY_CHANGED", publication=publication)


def _verdict(state: str | None) -> str:
    """The event knows three states only; where nothing is asked for any more, it says refused."""
    return state if state in {"APPROVED", "IN_PROGRESS"} else "REFUSED"


def _seen_on(body: Json) -> set[str]:
    return {market["id"] for market in body["publication"]["marketplaces"]["additional"]}


def read_events(call: AllegroCall) -> Reply:
    """GET /sale/offer-events; `from` is exclusive."""
    limit = call.number("limit", 100, 1, 1000)
    after = _number_of(call.arg("from")) if call.arg("from") else 0
    kinds = call.args("type")
    sql = "SELECT n, at, type, body FROM events WHERE seller = ? AND n > ? AND at > ?"
    if kinds:
        sql += f" AND type IN ({','.join('?' * len(kinds))})"
    rows = call.world.store.all(
        sql + " ORDER BY n LIMIT ?", call.seller, after, call.world.moment - KEPT_SECONDS, *kinds, limit
    )
    found = [
        {"id": _id_of(number), "occurredAt": iso(at(moment)), "type": kind, "offer": orjson.loads(body)}
        for number, moment, kind, body in rows
    ]
    return Reply(200, {"offerEvents": found})


def _id_of(number: int) -> str:
    return base64.b64encode(str(number).encode()).decode().rstrip("=")


def _number_of(text: str) -> int:
    try:
        written = base64.b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        written = b""
    if not re.fullmatch(rb"[0-9]{1,18}", written):
        raise refuse(400, "INVALID_PARAMETER", "The event is not known.", "from")
    return int(written)
