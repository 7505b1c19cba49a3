"""One offer: its document as it reads back, what the marketplace knows besides, and its row in the list."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import orjson

from reconciler.simulator.allegro.defaults import MARKETS
from reconciler.simulator.allegro.listing_row import index_of
from reconciler.simulator.allegro.refusals import refuse
from reconciler.simulator.allegro.visibility import show_on_markets
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

LIVE = frozenset({"ACTIVE", "ACTIVATING"})
INSERT_LISTING = "INSERT OR REPLACE INTO listing VALUES (" + ",".join("?" * 19) + ")"
INSERT_OFFER = "INSERT OR REPLACE INTO offers VALUES (" + ",".join("?" * 11) + ")"
OFFER_ID = re.compile(r"[0-9]{1,18}")  # what the column of the table holds
COLUMNS = "id, seller, body, meta, edit_until, command_until, updated"


@dataclass
class Offer:
    """`meta` holds what no document shows.

    sold (ever), sales (that count), first_listed_at, started_at, ended_at, tags, promo, lot.
    """

    id: str
    seller: str
    body: Json
    meta: Json = field(default_factory=dict)
    edit_until: float = 0.0
    command_until: float = 0.0
    updated: float = 0.0

    @property
    def status(self) -> str:
        return str(self.body["publication"]["status"])

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def available(self) -> int:
        return int(dig(self.body, "stock", "available") or 0)

    @property
    def sold(self) -> int:
        return int(self.meta.get("sold", 0))

    def copy(self) -> Offer:
        return deepcopy(self)


def load(world: AllegroWorld, seller: str, offer_id: str) -> Offer | None:
    """The seller's offer; another seller's is as good as none (issue #10274)."""
    if not OFFER_ID.fullmatch(offer_id):
        return None
    row = world.store.one(f"SELECT {COLUMNS} FROM offers WHERE id = ? AND seller = ?", int(offer_id), seller)
    return None if row is None else of_row(row)


def of_row(row: tuple[Any, ...]) -> Offer:
    number, seller, body, meta, edit_until, command_until, updated = row
    return Offer(str(number), seller, orjson.loads(body), orjson.loads(meta), edit_until, command_until, updated)


def required_offer(call: AllegroCall) -> Offer:
    found = load(call.world, call.seller, call.params["offerId"])
    if found is None:
        raise not_found(call.params["offerId"])
    return found


def not_found(offer_id: str) -> Exception:
    return refuse(404, "OfferNotFoundException", "The offer was not found.", None, offerId=offer_id)


def base_of(world: AllegroWorld, seller: str) -> str:
    row = world.store.one("SELECT base FROM sellers WHERE id = ?", seller)
    return str(row[0]) if row else "allegro-pl"


def save(world: AllegroWorld, offer: Offer, *, touch: bool = True) -> None:
    """Write the offer with everything that follows from it, and its row in the list, perhaps later."""
    if touch:
        offer.updated = world.moment
        offer.body["updatedAt"] = world.stamp
    complete(offer.body, base_of(world, offer.seller))
    show_on_markets(world, offer.seller, offer.body)
    world.store.run(INSERT_OFFER, *row_of(offer))
    if world.settings.list_lag_seconds > 0:
        schedule(world, world.settings.list_lag_seconds, "list", offer=offer.id)
    else:
        _show(world, offer)


def row_of(offer: Offer) -> tuple[Any, ...]:
    body = offer.body
    return (
        int(offer.id),
        offer.seller,
        offer.status,
        dig(body, "external", "id"),
        dig(body, "delivery", "shippingRates", "id"),
        dig(body, "afterSalesServices", "returnPolicy", "id"),
        offer.edit_until,
        offer.command_until,
        offer.updated,
        orjson.dumps(body),
        orjson.dumps(offer.meta),
    )


@job("list")
def _list(world: AllegroWorld, body: Json) -> None:
    """The list learns of a write that lies behind (issue #10367)."""
    row = world.store.one(f"SELECT {COLUMNS} FROM offers WHERE id = ?", int(body["offer"]))
    if row is None:
        world.store.run("DELETE FROM listing WHERE id = ?", int(body["offer"]))
    else:
        _show(world, of_row(row))


def let_sales_leave(world: AllegroWorld) -> None:
    """Show again how many were sold, where sales have left the window: nothing else of an offer moves."""
    sql = f"SELECT {COLUMNS} FROM offers WHERE id IN (SELECT id FROM listing WHERE sold_until <= ?)"
    for row in world.store.all(sql, world.moment):
        _show(world, of_row(row))


def _show(world: AllegroWorld, offer: Offer) -> None:
    world.store.run(INSERT_LISTING, *index_of(offer.seller, offer.body, offer.meta, world.moment))


def remove(world: AllegroWorld, offer: Offer) -> None:
    """A deleted draft or an archived offer; it may haunt the list for a while (issue #10274)."""
    world.store.run("DELETE FROM offers WHERE id = ?", int(offer.id))
    if world.settings.list_lag_seconds > 0:
        schedule(world, world.settings.list_lag_seconds, "list", offer=offer.id)
    else:
        world.store.run("DELETE FROM listing WHERE id = ?", int(offer.id))


EMPTY: Json = {
    "productSet": [],
    "parameters": [],
    "images": [],
    "attachments": [],
    "afterSalesServices": {},
    "payments": {},
    "sellingMode": {"format": "BUY_NOW"},
    "b2b": {"buyableOnlyByBusiness": False},
    "validation": {"errors": [], "warnings": []},
    "warnings": [],
}
NULLS = [
    "fundraisingCampaign",
    "additionalServices",
    "sizeTable",
    "contact",
    "taxSettings",
    "messageToSellerSettings",
    "compatibilityList",
]


def complete(body: Json, base: str) -> None:
    """Fill in what every read shows: nulls and empty objects instead of gaps (issue #9084)."""
    for key, value in EMPTY.items():
        body.setdefault(key, deepcopy(value))
    for key in NULLS:
        body.setdefault(key, None)
    body.setdefault("language", MARKETS[base].language)
    body.setdefault("discounts", {}).setdefault("wholesalePriceList", None)
    delivery = body.setdefault("delivery", {})
    for key in ("shippingRates", "additionalInfo", "shipmentDate"):
        delivery.setdefault(key, None)
    publication = body.setdefault("publication", {})
    publication.setdefault("status", "INACTIVE")
    publication.setdefault("republish", False)
    for key in ("duration", "endingAt", "endedBy"):
        publication.setdefault(key, None)
    marketplaces = publication.setdefault("marketplaces", {})
    marketplaces.setdefault("base", {"id": base})
    marketplaces.setdefault("additional", [])


def new_offer(world: AllegroWorld, seller: str, body: Json) -> Offer:
    key = world.offer_id()
    body = {**body, "id": key, "createdAt": world.stamp}
    body["publication"] = {**(body.get("publication") or {}), "status": "INACTIVE"}
    return Offer(key, seller, body)
