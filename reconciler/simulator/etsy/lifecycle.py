"""From draft to active to sold out or expired, and back for a fee.

OAS, `state`: a draft is published and needs an image; a sold-out listing that is set active is renewed with
quantity 1. A renewal lasts four months. What becomes inactive and active again within them costs nothing.
"""

from __future__ import annotations

from calendar import monthrange

from reconciler.simulator.etsy import pictures, things
from reconciler.simulator.etsy.fees import charge
from reconciler.simulator.etsy.listings import Listing, load, quantity, save
from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.taxonomy import properties_of
from reconciler.simulator.etsy.world import EtsyWorld
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.world import Json

MONTHS = 4
EU = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU")
) | {"LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}


def period(world: EtsyWorld) -> float:
    """When a listing that begins now ends."""
    now = world.time
    months = now.month - 1 + MONTHS
    year, month = now.year + months // 12, months % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1])).timestamp()


def activate(world: EtsyWorld, listing: Listing, shop: Json) -> None:
    """Set a listing active, and charge what that costs."""
    before = listing.state
    if before == "active":
        return
    if before == "sold_out":
        _restock(listing)
    check_publishable(world, listing, shop)
    has_run_out = world.settings.inactive_runs_out and listing.meta["ending"] <= world.moment
    if before == "draft":
        _begin(world, listing, "listing")
    elif before in {"sold_out", "expired"} or has_run_out:
        _begin(world, listing, "renewal")
    turn(world, listing, "active")


def deactivate(world: EtsyWorld, listing: Listing) -> None:
    if listing.state not in world.settings.deactivated_from:
        raise Refusal(400, f"A listing that is {listing.state} cannot be set inactive")
    turn(world, listing, "inactive")


def turn(world: EtsyWorld, listing: Listing, state: str) -> None:
    if listing.state != state:
        listing.state = state
        listing.meta["since"] = world.moment


def _begin(world: EtsyWorld, listing: Listing, kind: str) -> None:
    charge(world, listing.seller, listing.id, kind)
    listing.meta["began"] = world.moment
    plan_end(world, listing)


def plan_end(world: EtsyWorld, listing: Listing) -> None:
    listing.meta["ending"] = period(world)
    wait = listing.meta["ending"] - world.moment
    schedule(world, wait, "etsy expire", listing=listing.id, ending=listing.meta["ending"])


def _restock(listing: Listing) -> None:
    """A sold-out listing comes back with one piece of what it had first."""
    for place, offering in enumerate(listing.offerings()):
        offering["quantity"] = 1 if place == 0 else 0
    if not listing.body["inventory"]["quantity_on_property"]:
        for offering in listing.offerings():
            offering["quantity"] = 1


@job("etsy expire")
def _expire(world: EtsyWorld, body: Json) -> None:
    """Four months are over: renewed for a fee, or expired."""
    listing = load(world, body["listing"])
    if listing is None or listing.state != "active" or listing.meta["ending"] != body["ending"]:
        return
    if listing.body["should_auto_renew"]:
        _begin(world, listing, "auto_renewal")
    else:
        turn(world, listing, "expired")
    listing.updated = world.moment
    save(world, listing)


def check_publishable(world: EtsyWorld, listing: Listing, shop: Json) -> None:
    """What an active listing must have (OAS, updateListing)."""
    if not pictures.numbers(world, listing):
        raise Refusal(400, "A listing needs an image to be published")
    if quantity(listing, enabled_only=world.settings.enabled_only) < 1:
        raise Refusal(400, "Quantity must be greater than 0")
    if not listing.is_physical():
        raise Refusal(400, "A digital listing needs a file to be published")
    if listing.body["return_policy_id"] is None and shop["country"] not in EU:
        raise Refusal(400, "return_policy_id is required for active physical listings")
    if any(one["readiness_state_id"] is None for one in listing.offerings()):
        raise Refusal(400, "readiness_state_id is required for physical listings")
    _check_profile(world, listing)
    if world.settings.requires_properties:
        _check_properties(world, listing)


def _check_properties(world: EtsyWorld, listing: Listing) -> None:
    """Those that the node demands, on the listing or on its products (OAS, `is_required`)."""
    used = {value["property_id"] for one in listing.products for value in one["property_values"]}
    used |= {one["property_id"] for one in listing.meta["properties"]}
    for one in properties_of(world, listing.body["taxonomy_id"]) or []:
        if one["is_required"] and one["property_id"] not in used:
            raise Refusal(400, f"Property {one['property_id']} ({one['display_name']}) is required")


def _check_profile(world: EtsyWorld, listing: Listing) -> None:
    number = listing.body["shipping_profile_id"]
    profile = things.find(world, things.PROFILE, listing.seller, number)
    if profile is None:
        raise Refusal(400, "shipping_profile_id is required for physical listings")
    if not profile["shipping_profile_destinations"]:
        raise Refusal(400, f"The shipping profile {number} has no destination")
    if profile["origin_country_iso"] in world.settings.postal_countries and not profile["origin_postal_code"]:
        raise Refusal(400, f"The shipping profile {number} has no origin_postal_code")
