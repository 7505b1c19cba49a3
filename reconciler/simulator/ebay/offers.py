"""Offers: an item on one site, with its price and its policies. How they are kept, how they read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from reconciler.simulator.ebay import items, listings
from reconciler.simulator.ebay.listings import Listing
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

PUBLISHED, UNPUBLISHED = "PUBLISHED", "UNPUBLISHED"
COLUMNS = "id, seller, sku, site, format, status, listing, body"


@dataclass
class Offer:
    """`listing` is the last item number that the offer had, also when it has ended."""

    id: int
    seller: str
    sku: str
    site: str
    format: str = "FIXED_PRICE"
    status: str = UNPUBLISHED
    listing: int | None = None
    body: Json = field(default_factory=dict)


def of_row(row: tuple[Any, ...]) -> Offer:
    found = Offer(*row)
    found.body = orjson.loads(row[-1])
    return found


def load(world: EbayWorld, seller: str, offer_id: str | int | None) -> Offer | None:
    """The seller's offer; another seller's is as good as none."""
    if not re.fullmatch(r"[0-9]{1,18}", str(offer_id)):
        return None
    sql = f"SELECT {COLUMNS} FROM offers WHERE id = ? AND seller = ?"
    row = world.store.one(sql, int(str(offer_id)), seller)
    return None if row is None else of_row(row)


def required(call: EbayCall, offer_id: str) -> Offer:
    found = load(call.world, call.seller, offer_id)
    if found is None:
        raise Refusal(404, error(25713, offer_id))
    return found


def of_sku(world: EbayWorld, seller: str, sku: str) -> list[Offer]:
    sql = f"SELECT {COLUMNS} FROM offers WHERE seller = ? AND sku = ? ORDER BY id"
    return [of_row(row) for row in world.store.all(sql, seller, sku)]


def of_seller(world: EbayWorld, seller: str) -> list[Offer]:
    sql = f"SELECT {COLUMNS} FROM offers WHERE seller = ? ORDER BY id"
    return [of_row(row) for row in world.store.all(sql, seller)]


def save(world: EbayWorld, offer: Offer) -> None:
    world.store.run(
        "INSERT OR REPLACE INTO offers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        offer.id, offer.seller, offer.sku, offer.site, offer.format, offer.status, offer.listing,
        orjson.dumps(offer.body),
    )  # fmt: skip


def live_listing(world: EbayWorld, offer: Offer) -> Listing | None:
    """The listing of a published offer, while shoppers can see it or it waits for stock."""
    found = listings.load(world, offer.listing) if offer.status == PUBLISHED else None
    return found if found is not None and found.live else None


def follow(world: EbayWorld, offer: Offer, item: Json | None) -> None:
    """After a quantity has changed: what becomes of the listing, and of an offer whose listing ends by that."""
    listing = live_listing(world, offer)
    if listing is None:
        return
    listings.settle(world, listing, listings.shown_quantity(item, offer.body))
    close(world, offer, listing)


def close(world: EbayWorld, offer: Offer, listing: Listing) -> None:
    """An offer whose listing has ended by itself stays published, or does not: a knob says."""
    if not listing.live and not world.settings.ended_stays_published:
        offer.status = UNPUBLISHED
        save(world, offer)


def view(world: EbayWorld, offer: Offer) -> Json:
    """An offer as it reads; an unpublished one has no `listing` at all."""
    shown = {
        "offerId": str(offer.id),
        "sku": offer.sku,
        "marketplaceId": offer.site,
        "format": offer.format,
        **offer.body,
        "status": offer.status,
    }
    if "availableQuantity" not in shown:
        number = items.quantity(items.load(world, offer.seller, offer.sku))
        shown |= {} if number is None else {"availableQuantity": number}
    listing = listings.load(world, offer.listing) if offer.status == PUBLISHED else None
    if listing is not None:
        told: Json = {"listingId": str(listing.id), "listingStatus": listing.status, "soldQuantity": listing.sold}
        shown["listing"] = told | ({"listingOnHold": True} if listing.hold else {})
    return shown


def read_offer(call: EbayCall) -> Reply:
    """GET /offer/{offerId}."""
    return Reply(200, view(call.world, required(call, call.params["offerId"])))


def list_offers(call: EbayCall) -> Reply:
    """GET /offer: those of one SKU; without a SKU there is no list (YosefHayim/ebay-mcp#158)."""
    sku = call.arg("sku")
    if not sku:
        raise refuse(25709, "sku", sku="")
    items.check_sku(call.world, sku)
    limit, page = call.page("limit", 100, 1, 100), call.page("offset", 0, 0, 10**9)
    site, kind = call.arg("marketplace_id"), call.arg("format")
    found = [
        one
        for one in of_sku(call.world, call.seller, sku)
        if (not site or one.site == site) and (not kind or one.format == kind)
    ]
    if not found:
        raise Refusal(404, error(25713, sku))
    shown = found[page * limit : (page + 1) * limit]
    href = f"/sell/inventory/v1/offer?sku={sku}&limit={limit}&offset={page}"
    answer: Json = {"href": href, "total": len(found), "size": len(shown), "limit": limit}
    return Reply(200, {**answer, "offers": [view(call.world, one) for one in shown]})
