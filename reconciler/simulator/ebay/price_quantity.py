"""POST /bulk_update_price_quantity: the quantity of an item, and prices and quantities of its published offers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reconciler.simulator.ebay import items, listings, normal, offers, rules
from reconciler.simulator.ebay.bodies import PRICE_QUANTITY_ROW
from reconciler.simulator.ebay.offers import Offer
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.rows import AT_ONCE, answered, rows_of
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json


def update(call: EbayCall) -> Reply:
    """Up to 25 rows, each of one SKU; the text of the call says one SKU, its schema and its guide 25 (a knob)."""
    rows = rows_of(call, PRICE_QUANTITY_ROW)
    if len(rows) > AT_ONCE:
        raise refuse(25709, "requests", reason=f"There may be {AT_ONCE} at most.")
    ids = [one["offerId"] for row in rows for one in row.get("offers") or []]
    if len(set(ids)) < len(ids):
        raise refuse(25709, "offerId", reason="It is there twice.")
    skus = {_sku_of(call, row) for row in rows}
    if len(skus) > 1 and not call.world.settings.several_skus:
        raise refuse(25709, "sku", reason="Only one SKU can be updated per call.")
    return answered(call, rows, lambda row: _row(call, row), "sku")


def _sku_of(call: EbayCall, row: Json) -> str:
    """The SKU of a row, which may be told by its offers only."""
    named = [offers.load(call.world, call.seller, one["offerId"]) for one in row.get("offers") or []]
    return str(row.get("sku") or next((one.sku for one in named if one is not None), ""))


def _row(call: EbayCall, row: Json) -> list[Json]:
    """All of a row or nothing: quantity of the item first, then its offers; one revision for each listing."""
    place, wanted = row.get("shipToLocationAvailability"), row.get("offers") or []
    if place is None and not wanted:
        raise refuse(25709, "offers", reason="There is nothing to update.")
    if place is not None and not row.get("sku"):
        raise refuse(25709, "sku", reason="It is needed for the quantity of an item.")
    sku = _sku_of(call, row)
    meant = [_offer(call, sku, one) for one in wanted]
    item = items.load(call.world, call.seller, sku)
    if item is None:
        raise Refusal(404, error(25702, sku))
    if place is not None:
        item = _with_place(call, sku, item, place)
    touched = {one.id: one for one in meant}
    if place is not None:
        touched = {one.id: one for one in offers.of_sku(call.world, call.seller, sku)} | touched
    for offer in touched.values():
        listing = offers.live_listing(call.world, offer)
        if listing is not None:
            listings.revise(call, listing)
            rules.require_listable(call.world, offer, item, zero=True)
            rules.check_selling_limit(call.world, offer, item)
    for offer in touched.values():
        offers.save(call.world, offer)
        offers.follow(call.world, offer, item)
    if not meant:
        return [{"statusCode": 200, "sku": sku}]
    return [{"statusCode": 200, "sku": sku, "offerId": str(one.id)} for one in meant]


def _with_place(call: EbayCall, sku: str, item: Json, place: Json) -> Json:
    """The item with another quantity, kept at once."""
    number = place.get("quantity")
    if number is None:
        raise refuse(25709, "quantity", reason="It is missing.")
    own = offers.of_sku(call.world, call.seller, sku)
    if any(offers.live_listing(call.world, one) for one in own):
        listings.check_zero(call.world, call.seller, number)
    new = items.with_quantity(item, number)
    items.save(call.world, call.seller, sku, new)
    return new


def _offer(call: EbayCall, sku: str, asked: dict[str, Any]) -> Offer:
    """The offer with what is asked of it; only published ones can be updated so."""
    offer = offers.load(call.world, call.seller, asked["offerId"])
    if offer is None or offers.live_listing(call.world, offer) is None:
        raise refuse(25713, asked["offerId"], offerId=asked["offerId"])
    if offer.sku != sku:
        raise refuse(25754, offerId=asked["offerId"])
    if asked.get("price") is None and asked.get("availableQuantity") is None:
        raise refuse(25709, "availableQuantity", reason="A price or a quantity is needed.")
    if asked.get("availableQuantity") is not None:
        listings.check_zero(call.world, call.seller, asked["availableQuantity"])
        offer.body["availableQuantity"] = asked["availableQuantity"]
    if asked.get("price") is not None:
        price = normal.money(asked["price"]) if call.world.normalises("money") else asked["price"]
        if price["currency"] != SITES[offer.site].currency or Decimal(price["value"]) <= 0:
            raise refuse(25003, f"The currency of the site is {SITES[offer.site].currency}.", **price)
        offer.body["pricingSummary"] = {**offer.body.get("pricingSummary", {}), "price": price}
    return offer
