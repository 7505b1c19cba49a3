"""Writes of offers: staged by POST, replaced whole by PUT, taken away by DELETE."""

from __future__ import annotations

from reconciler.simulator.ebay import items, listings, normal, offers, rules
from reconciler.simulator.ebay.bodies import NEW_OFFER, OFFER, OFFER_ROW
from reconciler.simulator.ebay.items_write import drop, told
from reconciler.simulator.ebay.offers import Offer
from reconciler.simulator.ebay.publishing import take_effect
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.rows import AT_ONCE, rows_of
from reconciler.simulator.ebay.shapes import require
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

KEYS = ("sku", "marketplaceId", "format")


def create_offer(call: EbayCall) -> Reply:
    """POST /offer: nothing is listed by it."""
    require(NEW_OFFER, call.body)
    offer = _create(call, call.body)
    return Reply(201, {"offerId": str(offer.id), **told(call)}, headers={"Content-Language": call.language})


def bulk_create(call: EbayCall) -> Reply:
    """POST /bulk_create_offer: up to 25."""
    rows = rows_of(call, OFFER_ROW)
    if len(rows.requests) > AT_ONCE:
        raise refuse(25730, str(AT_ONCE))
    keys = [tuple(row.get(name) for name in KEYS) for row in rows.requests]
    if any(None in key for key in keys):
        raise refuse(25735)
    if len(set(keys)) < len(keys):
        raise refuse(25729)

    def one(row: Json) -> Json:
        offer = _create(call, row)
        return {"statusCode": 200, "offerId": str(offer.id)}

    return rows.each(one, *KEYS)


def _create(call: EbayCall, sent: Json) -> Offer:
    world, seller, sku, site = call.world, call.seller, sent["sku"], sent["marketplaceId"]
    items.check_sku(world, sku)
    item = items.load(world, seller, sku)
    if item is None:
        raise refuse(25702, sku)
    for other in offers.of_sku(world, seller, sku):
        if other.site == site or not world.settings.offer_across_sites:
            # What is there already is named: so a creation that was sent twice finds its offer.
            raise refuse(25002, "Offer entity already exists.", offerId=str(other.id))
    body = normal.offer(call, {name: value for name, value in sent.items() if name not in KEYS}, site)
    text = dig(item, "product", "description")
    if "listingDescription" not in body and text:
        body["listingDescription"] = text
    offer = Offer(world.offer_id(), seller, sku, site, body=body)
    offers.save(world, offer)
    return offer


def update_offer(call: EbayCall) -> Reply:
    """PUT /offer/{offerId}: what is left out is gone; of a listed one, it is a revision."""
    require(OFFER, call.body)
    world, offer = call.world, offers.required(call, call.params["offerId"])
    listing, old = offers.live_listing(world, offer), offer.body
    # The one member that is not lost when it is left out (updateOffer).
    said = {"includeCatalogProductDetails": old["includeCatalogProductDetails"], **call.body}
    offer.body = normal.offer(call, said, offer.site)
    item = items.load(world, call.seller, offer.sku)
    if listing is not None:
        if "listingDescription" not in offer.body:
            raise refuse(25017, "listingDescription")
        if listing.sold and old.get("categoryId") != offer.body.get("categoryId"):
            raise refuse(25019, "The category of what was sold cannot be changed.", field="categoryId")
        listings.check_zero(world, call.seller, offer.body.get("availableQuantity"))
        rules.require_listable(world, offer, item, zero=True)
        rules.check_selling_limit(world, offer, item)
        listings.revise(call, listing)
        item = take_effect(call, offer, item)
    offers.save(world, offer)
    offers.follow(world, offer, item)
    if not call.warnings:
        return Reply(204)
    return Reply(200, {"offerId": str(offer.id), **told(call)}, headers={"Content-Language": call.language})


def delete_offer(call: EbayCall) -> Reply:
    """DELETE /offer/{offerId}: a listed one ends by it."""
    offer = offers.load(call.world, call.seller, call.params["offerId"])
    if offer is None:
        raise Refusal(404, error(25713, call.params["offerId"]))
    drop(call, offer)
    return Reply(204)
