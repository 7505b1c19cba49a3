"""POST /bulk_migrate_listing: a listing made elsewhere becomes an item with an offer; there is no way back."""

from __future__ import annotations

import orjson

from reconciler.simulator.ebay import items, listings, offers, rules
from reconciler.simulator.ebay.bodies import MIGRATE
from reconciler.simulator.ebay.listings import Listing
from reconciler.simulator.ebay.normal import PICTURES
from reconciler.simulator.ebay.offers import PUBLISHED, Offer
from reconciler.simulator.ebay.refusals import Refusal, error
from reconciler.simulator.ebay.rows import Rows
from reconciler.simulator.ebay.shapes import require
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json


def migrate(call: EbayCall) -> Reply:
    """One to five item numbers."""
    require(MIGRATE, call.body, 25718)
    return Rows(call, call.body["requests"], {}).each(lambda row: _one(call, row["listingId"]), "listingId")


def _one(call: EbayCall, listing_id: str) -> Json:
    found = listings.load(call.world, int(listing_id))
    wrong = _why_not(call, found)
    if found is None or wrong:
        raise Refusal(400, error(25718, wrong, listingId=listing_id))
    sku, body = found.body["sku"], found.body
    key = f"{call.seller}-{found.site}".replace("_", "-")[-36:]
    location = {
        "location": {"address": body["address"]},
        "locationTypes": ["WAREHOUSE"],
        "merchantLocationStatus": "ENABLED",
    }
    call.world.store.run(
        "INSERT OR IGNORE INTO locations VALUES (?, ?, ?)", call.seller, key, orjson.dumps(location)
    )
    items.save(
        call.world, call.seller, sku, {**body["item"], "locale": SITES[found.site].language.replace("-", "_")}
    )
    offer = Offer(call.world.offer_id(), call.seller, sku, found.site, status=PUBLISHED, listing=found.id)
    offer.body = {**body["offer"], "merchantLocationKey": key}
    offers.save(call.world, offer)
    pictures = [(url, call.seller) for url in body["item"]["product"]["imageUrls"] if url.startswith(PICTURES)]
    call.world.store.many("INSERT OR IGNORE INTO images VALUES (?, ?, NULL)", pictures)
    found.offer, found.body = offer.id, {}
    listings.save(call.world, found)
    made = {"sku": sku, "offerId": str(offer.id)}
    return {"statusCode": 200, "marketplaceId": found.site, "inventoryItems": [made]}


def _why_not(call: EbayCall, listing: Listing | None) -> str:
    """What keeps a listing from being migrated; empty for nothing."""
    if listing is None or listing.seller != call.seller or not listing.live:
        return "It is no active listing of the seller."
    if listing.offer is not None:
        return "It is in the inventory already."
    if not listing.body.get("sku"):
        return "It has no SKU."
    if items.load(call.world, call.seller, listing.body["sku"]) is not None:
        return "There is an inventory item with its SKU."
    policies = listing.body["offer"].get("listingPolicies") or {}
    if not all(policies.get(name) for _, name, _ in rules.POLICIES):
        return "It does not use business policies."
    return "" if listing.body.get("address") else "It has neither a postal code nor a city."
