"""Pictures of the values of one property: all of them are set at once."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.etsy import listings, pictures
from reconciler.simulator.etsy.listings import Listing
from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.things import listed
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

MEMBERS = {"property_id", "value_id", "image_id"}


def post_variation_images(call: EtsyCall) -> Reply:
    """POST variation-images: exactly these, whatever was there."""
    if not isinstance(call.body, dict) or set(call.body) != {"variation_images"}:
        raise Refusal(400, "Missing input parameter: [variation_images]")
    listing = listings.need(call.world, call.ids["listing_id"], call.seller)
    linked = link(call.world, listing, call.body["variation_images"])
    listing.updated = call.world.moment
    listings.save(call.world, listing)
    return Reply(200, listed(linked))


def link(world: EtsyWorld, listing: Listing, given: Any) -> list[Json]:
    """Link values with pictures of the listing; at most one property, and no pair twice."""
    if not isinstance(given, list) or not all(_is_entry(one) for one in given):
        raise Refusal(400, "variation_images must be a list of property_id, value_id and image_id")
    pairs = [(one["property_id"], one["value_id"]) for one in given]
    if len({first for first, _ in pairs}) > 1 or len(set(pairs)) < len(pairs):
        raise Refusal(400, "variation_images may have one property_id, and no duplicates")
    names = {
        (value["property_id"], value["value_ids"][0]): value["values"][0]
        for product in listing.products
        for value in product["property_values"]
    }
    known = set(pictures.numbers(world, listing))
    for one in given:
        if one["image_id"] not in known:
            raise Refusal(400, f"image id {one['image_id']} is invalid")
        if (one["property_id"], one["value_id"]) not in names:
            raise Refusal(400, f"Invalid value_id {one['value_id']} for property {one['property_id']}")
    found = [{**one, "value": names[one["property_id"], one["value_id"]]} for one in given]
    listing.meta["variation_images"] = found
    return found


def _is_entry(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and set(one) == MEMBERS
        and all(isinstance(value, int) and not isinstance(value, bool) and value >= 1 for value in one.values())
    )
