"""Writes of inventory items: each replaces the whole, and is at once on every listing of the item."""

from __future__ import annotations

from reconciler.simulator.ebay import catalogue, items, listings, normal, offers, rules
from reconciler.simulator.ebay.bodies import ITEM, ITEM_ROW
from reconciler.simulator.ebay.listings import LIVE
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.rows import AT_ONCE, rows_of
from reconciler.simulator.ebay.shapes import require
from reconciler.simulator.ebay.sites import LOCALES
from reconciler.simulator.ebay.world import EbayCall
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json


def put_item(call: EbayCall) -> Reply:
    """PUT /inventory_item/{sku}."""
    require(ITEM, call.body)
    is_new = replace(call, call.params["sku"], call.body, call.language.replace("-", "_"))
    if is_new and call.world.settings.created_status == 201:
        return Reply(201, told(call), headers={"Content-Language": call.language})
    if call.warnings:
        return Reply(200, told(call), headers={"Content-Language": call.language})
    return Reply(204)


def told(call: EbayCall) -> Json:
    """The warnings of a success."""
    return {"warnings": call.warnings} if call.warnings else {}


def bulk_put(call: EbayCall) -> Reply:
    """POST /bulk_create_or_replace_inventory_item: up to 25, each with its own locale."""
    rows = rows_of(call, ITEM_ROW)
    if len(rows.requests) > AT_ONCE:
        raise refuse(25727, str(AT_ONCE))
    skus = rows.members("sku")
    if len(skus) < len(rows.requests) or any(row.get("locale") not in LOCALES for row in rows.requests):
        raise refuse(25733)
    if len(set(skus)) < len(skus):
        raise refuse(25728)

    def one(row: Json) -> Json:
        body = {name: value for name, value in row.items() if name not in {"sku", "locale"}}
        is_new = replace(call, row["sku"], body, row["locale"])
        return {"statusCode": 201 if is_new else 200}

    return rows.each(one, "sku", "locale")


def replace(call: EbayCall, sku: str, sent: Json, locale: str) -> bool:
    """The whole item is what was sent, and what was left out is gone, the quantity too. True for a new one."""
    world, seller = call.world, call.seller
    items.check_sku(world, sku)
    old = items.load(world, seller, sku)
    new = normal.item(call, sent, locale)
    own = offers.of_sku(world, seller, sku)
    if all(one.body["includeCatalogProductDetails"] for one in own):
        new = catalogue.filled(world, new)
    for offer in own:
        listing = offers.live_listing(world, offer)
        if listing is None:
            continue
        listings.check_zero(world, seller, items.quantity(new))
        rules.require_listable(world, offer, new, zero=True)
        rules.check_selling_limit(world, offer, new)
        listings.revise(call, listing)
    items.save(world, seller, sku, new)
    for offer in own:
        offers.follow(world, offer, new)
        if offers.live_listing(world, offer):
            rules.keep_pictures(world, new)
    return old is None


def delete_item(call: EbayCall) -> Reply:
    """DELETE /inventory_item/{sku}: its offers go, and its listings end."""
    world, seller, sku = call.world, call.seller, call.params["sku"]
    items.check_sku(world, sku)
    if items.load(world, seller, sku) is None:
        raise Refusal(404, error(25702, sku))
    for offer in offers.of_sku(world, seller, sku):
        drop(call, offer)
    items.remove(world, seller, sku)
    return Reply(204)


def drop(call: EbayCall, offer: offers.Offer) -> None:
    """An offer goes for good; what is listed of it ends."""
    listing = listings.load(call.world, offer.listing)
    if listing is not None:
        listing.offer = None
        if listing.status in LIVE:
            listings.finish(call.world, listing)
        else:
            listings.save(call.world, listing)
    call.world.store.run("DELETE FROM offers WHERE id = ?", offer.id)
