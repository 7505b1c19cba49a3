"""Offers become listings, and stop being such; what becomes of item and policies by that."""

from __future__ import annotations

import orjson

from reconciler.simulator.ebay import catalogue, fees, items, listings, offers, rules
from reconciler.simulator.ebay.bodies import OFFER_ID_ROW
from reconciler.simulator.ebay.items_write import told
from reconciler.simulator.ebay.listings import EBAY_ENDED, LIVE
from reconciler.simulator.ebay.offers import PUBLISHED, UNPUBLISHED, Offer
from reconciler.simulator.ebay.refusals import error, refuse
from reconciler.simulator.ebay.rows import AT_ONCE, rows_of
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

PARTS_DAYS = 30


def publish_offer(call: EbayCall) -> Reply:
    """POST /offer/{offerId}/publish."""
    listing_id = _publish(call, call.params["offerId"])
    return Reply(200, {"listingId": listing_id, **told(call)})


def bulk_publish(call: EbayCall) -> Reply:
    """POST /bulk_publish_offer: up to 25, each on its own."""
    rows = rows_of(call, OFFER_ID_ROW)
    ids = rows.members("offerId")
    if len(rows.requests) > AT_ONCE:
        raise refuse(25730, str(AT_ONCE))
    if len(set(ids)) < len(ids):
        raise refuse(25731)

    def one(row: Json) -> Json:
        return {"statusCode": 200, "listingId": _publish(call, row["offerId"])}

    return rows.each(one, "offerId")


def _publish(call: EbayCall, offer_id: str) -> str:
    """The item number of a new listing: each time that an offer is published, another."""
    world, offer = call.world, offers.required(call, offer_id)
    last = listings.load(world, offer.listing)
    if last is not None and offer.status == PUBLISHED and last.status in LIVE:
        if world.settings.publish_again_refused:
            raise refuse(25002, "The offer is published already.", listingId=str(last.id))
        return str(last.id)
    if last is not None and last.status == EBAY_ENDED:
        raise refuse(25019, "eBay has ended the listing; it cannot be relisted.", listingId=str(last.id))
    item = items.load(world, call.seller, offer.sku)
    rules.require_listable(world, offer, item, zero=False)
    rules.check_selling_limit(world, offer, item)
    item = take_effect(call, offer, item)
    listing = listings.start(world, call.seller, offer.site, offer.id)
    offer.status, offer.listing = PUBLISHED, listing.id
    offers.save(world, offer)
    fees.charge(world, call.seller, offer.site, item, listing.id)
    return str(listing.id)


def take_effect(call: EbayCall, offer: Offer, item: Json | None) -> Json | None:
    """What listing or revising changes besides: the catalogue's text, dropped descriptors, policies, pictures."""
    world = call.world
    if item is None:
        return None
    changed = item
    if offer.body.get("includeCatalogProductDetails"):
        changed = catalogue.taken_over(world, item)
    category = rules.category_of(world, offer.site, offer.body.get("categoryId")) or {}
    if world.normalises("dropped") and changed.get("conditionDescriptors") and not category.get("descriptors"):
        changed = {name: value for name, value in changed.items() if name != "conditionDescriptors"}
        call.warnings.append(error(25030, "conditionDescriptors"))
    if world.normalises("parts") and category.get("parts"):
        _rewrite_return_policy(call, offer)
    if changed != item:
        items.save(world, call.seller, offer.sku, changed)
    rules.keep_pictures(world, changed)
    return changed


def _rewrite_return_policy(call: EbayCall, offer: Offer) -> None:
    """25124: vehicle parts go back within 30 days at the seller's cost, whatever the policy says."""
    number = int(dig(offer.body, "listingPolicies", "returnPolicyId") or 0)
    row = call.world.store.one("SELECT body FROM policies WHERE id = ?", number)
    policy = orjson.loads(row[0]) if row else {}
    days = dig(policy, "returnPeriod", "value") or 0
    if not policy or (days >= PARTS_DAYS and policy.get("returnShippingCostPayer") == "SELLER"):
        return
    policy |= {
        "returnsAccepted": True,
        "returnPeriod": {"value": max(days, PARTS_DAYS), "unit": "DAY"},
        "returnShippingCostPayer": "SELLER",
    }
    call.world.store.run("UPDATE policies SET body = ? WHERE id = ?", orjson.dumps(policy), number)
    call.warnings.append(error(25124, returnPolicyId=str(number)))


def withdraw_offer(call: EbayCall) -> Reply:
    """POST /offer/{offerId}/withdraw: the listing ends, the offer stays."""
    world, offer = call.world, offers.required(call, call.params["offerId"])
    if offer.status != PUBLISHED:
        raise refuse(25002, "The offer is not published.", offerId=str(offer.id))
    listing = listings.load(world, offer.listing)
    if listing is not None and listing.live:
        listings.finish(world, listing)
    offer.status = UNPUBLISHED
    offers.save(world, offer)
    return Reply(200, {"listingId": str(offer.listing), **told(call)})
