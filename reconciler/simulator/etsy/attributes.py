"""Properties of a listing, one by one."""

from __future__ import annotations

from reconciler.simulator.etsy import listings, things
from reconciler.simulator.etsy.forms import Field, Fields
from reconciler.simulator.etsy.refusals import Refusal, missing
from reconciler.simulator.etsy.values import resolve
from reconciler.simulator.etsy.world import EtsyCall
from reconciler.simulator.http import Reply

FORM: Fields = {
    "value_ids": Field("ids", required=True),
    "values": Field("texts", required=True),
    "scale_id": Field("whole", low=1),
}


def get_properties(call: EtsyCall) -> Reply:
    seller = things.owner(call.world, call.ids["shop_id"])
    listing = listings.need(call.world, call.ids["listing_id"], seller)
    return Reply(200, things.listed(listing.meta["properties"]))


def get_property(_call: EtsyCall) -> Reply:
    """The description itself says so."""
    raise Refusal(501, "This endpoint is not functional at this time.")


def put_property(call: EtsyCall) -> Reply:
    listing = listings.need(call.world, call.ids["listing_id"], call.seller)
    number = call.ids["property_id"]
    if not call.body["value_ids"]:
        raise Refusal(400, "Missing input parameter: [value_ids]")  # issues #283, #292
    before = next((one for one in listing.meta["properties"] if one["property_id"] == number), None)
    # A scale that is assigned to the listing already need not be sent again (OAS, updateListingProperty).
    scale = {"scale_id": before["scale_id"]} if before and before["scale_id"] else {}
    given = {"property_id": number, **scale, **call.body}
    found = resolve(call.world, call.seller, listing.body["taxonomy_id"], given, "supports_attributes")
    others = [one for one in listing.meta["properties"] if one["property_id"] != number]
    listing.meta["properties"] = sorted([*others, found], key=lambda one: int(one["property_id"]))
    listing.updated = call.world.moment
    listings.save(call.world, listing)
    return Reply(200, found)


def delete_property(call: EtsyCall) -> Reply:
    listing = listings.need(call.world, call.ids["listing_id"], call.seller)
    number = call.ids["property_id"]
    others = [one for one in listing.meta["properties"] if one["property_id"] != number]
    if len(others) == len(listing.meta["properties"]):
        raise missing(f"property {number}")
    listing.meta["properties"] = others
    listing.updated = call.world.moment
    listings.save(call.world, listing)
    return Reply(204)
