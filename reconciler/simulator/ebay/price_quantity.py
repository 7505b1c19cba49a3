"""POST /bulk_update_price_quantity: the quantity of an item, and prices and quantities of its published offers."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from reconciler.simulator.ebay import items, listings, normal, offers, rules
from reconciler.simulator.ebay.bodies import PRICE_QUANTITY_ROW
from reconciler.simulator.ebay.offers import Offer
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.rows import AT_ONCE, Rows, answered, rows_of
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

DONE: Json = {"statusCode": 200}


def update(call: EbayCall) -> Reply:
    """Up to 25 rows, each of one SKU; the text of the call says one SKU, its schema and its guide 25 (a knob)."""
    rows = rows_of(call, PRICE_QUANTITY_ROW)
    if len(rows.requests) > AT_ONCE:
        raise refuse(25709, "requests", reason=f"There may be {AT_ONCE} at most.")
    ids = [one.get("offerId") for row in rows.requests for one in row.get("offers") or []]
    if len(set(ids)) < len(ids):
        raise refuse(25709, "offerId", reason="It is there twice.")
    skus = [_sku_of(call, row) for row in rows.requests]
    if len(set(skus)) > 1 and not call.world.settings.several_skus:
        raise refuse(25709, "sku", reason="Only one SKU can be updated per call.")
    found = []
    for place, (row, sku) in enumerate(zip(rows.requests, skus, strict=True)):
        found += _row(rows, place, row, sku)
    return answered(found)


def _sku_of(call: EbayCall, row: Json) -> str:
    """The SKU of a row, which may be told by its offers only."""
    named = (offers.load(call.world, call.seller, one.get("offerId")) for one in row.get("offers") or [])
    return str(row.get("sku") or next((one.sku for one in named if one is not None), ""))


def _row(rows: Rows, place: int, row: Json, sku: str) -> list[Json]:
    """The item first, then each offer by itself: an offer that is refused leaves the item's new quantity done."""
    wanted, revised = row.get("offers") or [], set[int]()
    own = {"sku": sku} if sku else {}
    named = [{**own, **({"offerId": one["offerId"]} if one.get("offerId") else {})} for one in wanted]

    def of_item() -> Json:
        _item(rows.call, row, revised)
        return DONE

    def of_offer(asked: Json) -> Json:
        _offer(rows.call, sku, asked, revised)
        return DONE

    if row.get("shipToLocationAvailability") is not None or not wanted:
        done = rows.attempt(place, own, of_item)
        if not wanted:
            return [done]
        if done["statusCode"] >= 400:
            return [{**done, **one} for one in named]
    return [rows.attempt(place, one, partial(of_offer, asked)) for one, asked in zip(named, wanted, strict=True)]


def _item(call: EbayCall, row: Json, revised: set[int]) -> None:
    """Another quantity of the item, on all its listings."""
    place, sku = row.get("shipToLocationAvailability"), row.get("sku")
    if place is None:
        raise refuse(25709, "offers", reason="There is nothing to update.")
    if not sku:
        raise refuse(25709, "sku", reason="It is needed for the quantity of an item.")
    item = items.load(call.world, call.seller, sku)
    if item is None:
        raise Refusal(404, error(25702, sku))
    if place.get("quantity") is None:
        raise refuse(25709, "quantity", reason="It is missing.")
    new = items.with_quantity(item, place["quantity"])
    listed = [one for one in offers.of_sku(call.world, call.seller, sku) if offers.live_listing(call.world, one)]
    for offer in listed:
        listings.check_zero(call.world, call.seller, place["quantity"])
        _revise(call, offer, new, revised)
    items.save(call.world, call.seller, sku, new)
    for offer in listed:
        offers.follow(call.world, offer, new)


def _offer(call: EbayCall, sku: str, asked: Json, revised: set[int]) -> None:
    """Another price or quantity of an offer; only published ones can be updated so."""
    offer = offers.load(call.world, call.seller, asked["offerId"])
    live = offer is not None and offers.live_listing(call.world, offer) is not None
    if offer is None or not (live or offer.listing in revised):  # the row itself may have ended it
        raise refuse(25713, asked["offerId"], offerId=asked["offerId"])
    if offer.sku != sku:
        raise refuse(25754, offerId=asked["offerId"])
    number, price = asked.get("availableQuantity"), asked.get("price")
    if price is None and number is None:
        raise refuse(25709, "availableQuantity", reason="A price or a quantity is needed.")
    if number is not None:
        listings.check_zero(call.world, call.seller, number)
        offer.body["availableQuantity"] = number
    if price is not None:
        kept = normal.money(price) if call.world.normalises("money") else price
        if kept["currency"] != SITES[offer.site].currency or Decimal(kept["value"]) <= 0:
            raise refuse(25003, f"The currency of the site is {SITES[offer.site].currency}.", **kept)
        offer.body["pricingSummary"] = {**offer.body.get("pricingSummary", {}), "price": kept}
    item = items.load(call.world, call.seller, sku)
    _revise(call, offer, item, revised)
    offers.save(call.world, offer)
    offers.follow(call.world, offer, item)


def _revise(call: EbayCall, offer: Offer, item: Json | None, revised: set[int]) -> None:
    """One revision of a listing for each row, however many parts of it the row is about."""
    rules.require_listable(call.world, offer, item, zero=True)
    rules.check_selling_limit(call.world, offer, item)
    listing = offers.live_listing(call.world, offer)
    if listing is not None and listing.id not in revised:
        listings.revise(call, listing)
        revised.add(listing.id)
