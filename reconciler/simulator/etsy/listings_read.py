"""Reading listings: a page of a shop's, one, or many by their numbers."""

from __future__ import annotations

from reconciler.simulator.etsy import listings, things
from reconciler.simulator.etsy.listing_shape import full, inventory_of, listing_of
from reconciler.simulator.etsy.listings import Listing
from reconciler.simulator.etsy.refusals import Refusal, missing
from reconciler.simulator.etsy.world import EtsyCall, whole
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

STATES = ("active", "inactive", "sold_out", "draft", "expired")
ORDERS = ("created", "price", "updated", "score")
DIRECTIONS = ("asc", "ascending", "desc", "descending", "up", "down")
OF_SHOP = frozenset(
    {"Shipping", "Images", "Shop", "User", "Translations", "Inventory", "Videos", "Personalization", "BuyerPrice"}
)
OF_ONE = OF_SHOP - {"Shipping", "Inventory"}


def list_listings(call: EtsyCall) -> Reply:
    """GET shops/{shop_id}/listings: one state at a time, the newest first."""
    state = call.choice("state", STATES, "active")
    limit, offset = call.number("limit", 25, 1, 100), call.number("offset", 0, 0)
    call.choice("sort_on", ORDERS, "created")  # both only work with a search (OAS)
    call.choice("sort_order", DIRECTIONS, "desc")
    includes = _includes(call, OF_SHOP)
    shop = call.world.shop(call.seller)
    found = listings.shown(call.world, call.seller, state, limit, offset, "created DESC, id DESC")
    results = [full(call.world, one, shop, includes, owned=True, single=True) for one in found]
    total = listings.count(call.world, call.seller, state)
    if call.is_troubled("short_list"):
        total += int(call.trouble.get("missing", 1))
    return Reply(200, {"count": total, "results": results})


def read_listing(call: EtsyCall) -> Reply:
    """GET listings/{listing_id}: anybody may read what is active, the owner everything."""
    listing = _visible(call, listings.need(call.world, call.ids["listing_id"]))
    language = call.arg("language")
    call.flag("allow_suggested_title")
    shop = call.world.shop(listing.seller)
    owned = listing.seller == call.seller
    includes = _includes(call, OF_ONE)
    found = full(call.world, listing, shop, includes, owned=owned, single=True, language=language)
    return Reply(200, found)


def read_batch(call: EtsyCall) -> Reply:
    """GET listings/batch: with one unknown number the whole request fails."""
    includes = _includes(call, OF_ONE)
    call.flag("legacy")
    found = _batch(call, strict=call.world.settings.batch_fails_whole)
    return Reply(200, things.listed([_many(call, one, includes) for one in found]))


def read_inventories(call: EtsyCall) -> Reply:
    return Reply(200, things.listed([_many(call, one, {"Inventory"}) for one in _batch(call, strict=True)]))


def read_shippings(call: EtsyCall) -> Reply:
    found = []
    for one in _batch(call, strict=True):
        own = one.seller == call.seller
        shape = _many(call, one, {"Shipping"})
        found.append(shape if own else {**shape, "shipping_profile": None, "shipping_profile_id": None})
    return Reply(200, things.listed(found))


def read_inventory(call: EtsyCall) -> Reply:
    """GET listings/{listing_id}/inventory."""
    listing = listings.need(call.world, call.ids["listing_id"])
    owned = listing.seller == call.seller
    shop = call.world.shop(listing.seller)
    gone = listing.meta["deleted"] if call.flag("show_deleted") else ()
    found = inventory_of(call.world, listing, shop, owned=owned, single=True, deleted=gone)
    if call.choice("includes", ("", "Listing"), "") == "Listing":
        found["listing"] = listing_of(call.world, listing, shop, single=True)
    return Reply(200, found)


def _many(call: EtsyCall, listing: Listing, includes: set[str]) -> Json:
    shop = call.world.shop(listing.seller)
    return full(call.world, listing, shop, includes, owned=listing.seller == call.seller, single=False)


def _batch(call: EtsyCall, *, strict: bool) -> list[Listing]:
    numbers = [whole(one, "listing_ids") for one in call.listed("listing_ids")]
    if not numbers:
        raise Refusal(400, "Missing input parameter: [listing_ids]")
    if len(numbers) > call.world.settings.caps.batch:
        raise Refusal(400, f"Limit {call.world.settings.caps.batch} ids maximum per query")
    found = []
    for number in dict.fromkeys(numbers):
        listing = listings.load(call.world, number)
        if listing is not None and (listing.seller == call.seller or listing.state == "active"):
            found.append(listing)
        elif strict:
            raise missing(f"listing {number}")
    return found


def _visible(call: EtsyCall, listing: Listing) -> Listing:
    if listing.seller != call.seller and listing.state != "active":
        raise missing(f"listing {listing.id}")
    return listing


def _includes(call: EtsyCall, known: frozenset[str]) -> set[str]:
    wanted = set(call.listed("includes"))
    if unknown := wanted - known:
        raise Refusal(400, f"Invalid value '{min(unknown)}' for 'includes'; expected: {', '.join(sorted(known))}.")
    return wanted
