"""Purchases: one on demand, and those that go on by themselves while the knob `sales` is turned on."""

from __future__ import annotations

from reconciler.simulator.ebay import items, listings, offers
from reconciler.simulator.ebay.listings import ACTIVE, Listing
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.jobs import job
from reconciler.simulator.sales import go_on
from reconciler.simulator.world import Json

KIND = "ebay-sales"


def available(world: EbayWorld, listing: Listing) -> int:
    """How many pieces shoppers can buy."""
    offer = offers.load(world, listing.seller, listing.offer) if listing.offer else None
    if offer is None:
        return listings.shown_quantity(listing.body.get("item"), listing.body.get("offer") or {})
    return listings.shown_quantity(items.load(world, listing.seller, offer.sku), offer.body)


def buy(world: EbayWorld, listing: Listing, number: int) -> None:
    """Less of the item and of its offer; sold out, the listing is hidden or ends. In a transaction."""
    listing.sold += number
    listings.save(world, listing)
    offer = offers.load(world, listing.seller, listing.offer) if listing.offer else None
    if offer is None:
        listing.body["item"] = _fewer(listing.body["item"], number)
        listings.save(world, listing)
        listings.settle(world, listing, available(world, listing))
        return
    item = _fewer(items.load(world, listing.seller, offer.sku) or {}, number)
    items.save(world, listing.seller, offer.sku, item)
    own = offer.body.get("availableQuantity")
    if own is not None and world.settings.sale_lowers_offer:
        offer.body["availableQuantity"] = max(0, own - number)
        offers.save(world, offer)
    for one in offers.of_sku(world, listing.seller, offer.sku):
        offers.follow(world, one, item)


def happen(world: EbayWorld, seller: str, sku: str, number: int) -> None:
    """Somebody buys as many of a SKU as there are, at most `number`. In a transaction."""
    for offer in offers.of_sku(world, seller, sku):
        listing = offers.live_listing(world, offer)
        if listing is not None and (left := available(world, listing)) > 0:
            buy(world, listing, min(number, left))
            return


def _fewer(item: Json, number: int) -> Json:
    return items.with_quantity(item, max(0, (items.quantity(item) or 0) - number))


@job(KIND)
def _sales(world: EbayWorld, body: Json) -> None:
    """Sell, and have it go on."""
    dice = world.dice("sales")
    sql = "SELECT l.id FROM listings l JOIN sellers s ON s.id = l.seller WHERE l.status = ? AND l.hold = ''"
    wanted = [body["login"]] if body["login"] else []
    sql += " AND s.login = ?" if wanted else ""
    found = [row[0] for row in world.store.all(f"{sql} ORDER BY l.id", ACTIVE, *wanted)]
    for number in dice.sample(found, min(body["offers"], len(found))):
        listing = listings.load(world, number)
        if listing is not None and (left := available(world, listing)) > 0:
            buy(world, listing, min(body["quantity"], left))
    go_on(world, KIND, body)
