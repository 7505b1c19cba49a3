"""Writing listings: POST a draft, PATCH the fields that are sent, DELETE."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.etsy import lifecycle, listings, pictures, things
from reconciler.simulator.etsy.fees import forget
from reconciler.simulator.etsy.forms import ID, Field, Fields
from reconciler.simulator.etsy.listing_shape import listing_of
from reconciler.simulator.etsy.listings import ON_PROPERTY, Listing
from reconciler.simulator.etsy.refusals import Problems, Refusal, Untouched, at, missing
from reconciler.simulator.etsy.taxonomy import properties_of
from reconciler.simulator.etsy.texts import problems_of
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld, divisor
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

ERAS = (
    "2010_2019", "2007_2009", "before_2007", "2000_2006", "1990s", "1980s", "1970s", "1960s", "1950s", "1940s",
    "1930s", "1920s", "1910s", "1900s", "1800s", "1700s", "before_1700",
)  # fmt: skip
SIZE = Field("number", nullable=True, low=0)
COMMON: Fields = {
    "title": Field(),
    "description": Field(),
    "who_made": Field(values=("i_did", "someone_else", "collective")),
    "when_made": Field(),
    "taxonomy_id": Field("whole", low=1),
    "is_supply": Field("flag"),
    "shipping_profile_id": ID,
    "return_policy_id": ID,
    "shop_section_id": ID,
    "materials": Field("texts"),
    "tags": Field("texts"),
    "item_weight": SIZE,
    "item_length": SIZE,
    "item_width": SIZE,
    "item_height": SIZE,
    "item_weight_unit": Field(nullable=True, values=("oz", "lb", "g", "kg")),
    "item_dimensions_unit": Field(nullable=True, values=("in", "ft", "mm", "cm", "m", "yd", "inches")),
    "is_personalizable": Field("flag"),
    "personalization_is_required": Field("flag"),
    "personalization_char_count_max": Field("whole"),
    "personalization_instructions": Field(),
    "production_partner_ids": Field("ids"),
    "image_ids": Field("ids"),
    "should_auto_renew": Field("flag"),
    "is_taxable": Field("flag"),
    "type": Field(nullable=True, values=("physical", "download", "both")),
}
CREATION: Fields = {
    **COMMON,
    "quantity": Field("whole", required=True),
    "title": Field(required=True),
    "description": Field(required=True),
    "price": Field("number", required=True),
    "who_made": Field(required=True, values=("i_did", "someone_else", "collective")),
    "when_made": Field(required=True),
    "taxonomy_id": Field("whole", required=True, low=1),
    "processing_min": Field("whole", nullable=True),
    "processing_max": Field("whole", nullable=True),
    "readiness_state_id": ID,
    "styles": Field("texts"),
    "is_customizable": Field("flag"),
}
EDIT: Fields = {
    **COMMON,
    "featured_rank": Field("whole", nullable=True),
    "state": Field(values=("active", "inactive")),
}
LARGEST = 1e9  # of a price; where Etsy ends is unverified
MADE = {"who_made", "when_made", "is_supply"}
#: What a listing has that was not told anything else.
EMPTY: Json = {
    "rich_description": None,
    "is_supply": False,
    "shipping_profile_id": None,
    "return_policy_id": None,
    "shop_section_id": None,
    "materials": [],
    "tags": [],
    "styles": [],
    "processing_min": None,
    "processing_max": None,
    "item_weight": None,
    "item_length": None,
    "item_width": None,
    "item_height": None,
    "item_weight_unit": None,
    "item_dimensions_unit": None,
    "is_personalizable": False,
    "production_partner_ids": [],
    "should_auto_renew": False,
    "is_taxable": True,
    "is_customizable": True,
    "featured_rank": -1,
    "type": "physical",
}
NOT_KEPT = frozenset(
    {"quantity", "price", "readiness_state_id", "image_ids", "state", "personalization_is_required",
     "personalization_char_count_max", "personalization_instructions"}
)  # fmt: skip


def create_draft(call: EtsyCall) -> Reply:
    """POST shops/{shop_id}/listings: always a draft, with one product that has no SKU."""
    world, form = call.world, call.body
    shop = world.shop(call.seller)
    if found := list(problems_of(form, world.settings.caps)):
        raise Problems(*found)
    listing = new_listing(world, call.seller, {**EMPTY, **_kept(form)})
    check(world, listing, form)
    if not 1 <= form["quantity"] <= world.settings.caps.quantity:
        raise Refusal(400, f"Quantity must be between 1 and {world.settings.caps.quantity}")
    readiness = form.get("readiness_state_id")
    if readiness is not None and things.find(world, things.READINESS, call.seller, readiness) is None:
        raise Refusal(400, f"Invalid readiness_state_id {readiness}")
    amount = amount_of(world, form["price"], shop, "price")
    listing.body["inventory"] = first_inventory(world, form["quantity"], amount, readiness)
    listings.save(world, listing)
    if form.get("image_ids"):
        pictures.arrange(world, listing, form["image_ids"])
    return Reply(201, listing_of(world, listing, shop, single=True))


def new_listing(world: EtsyWorld, seller: str, body: Json) -> Listing:
    """A draft of this moment."""
    now = world.moment
    while listings.load(world, number := world.number("listing")) is not None:
        pass
    meta: Json = {"properties": [], "translations": {}, "variation_images": [], "deleted": [], "sold": 0}
    meta |= {"began": now, "ending": lifecycle.period(world), "since": now}
    return Listing(number, seller, "draft", now, now, body, meta)


def first_inventory(world: EtsyWorld, quantity: int, amount: int, readiness: int | None) -> Json:
    offering: Json = {"offering_id": world.number("offering"), "quantity": quantity, "is_enabled": True}
    offering |= {"amount": amount, "readiness_state_id": readiness}
    product = {"product_id": world.number("product"), "sku": None, "property_values": [], "offerings": [offering]}
    return {"products": [product], **{name: [] for name in ON_PROPERTY}}


def amount_of(world: EtsyWorld, price: float, shop: Json, where: str) -> int:
    """A price as Etsy keeps it: in the smallest unit of the shop's currency."""
    currency = shop["currency_code"]
    lowest = world.settings.price_minimum * divisor(currency) // 100
    if price > LARGEST:
        raise at(where, "is too large")
    amount = round(price * divisor(currency))
    if amount < lowest:
        raise at(where, f"must be above min price {lowest / divisor(currency):g} {currency}")  # issue #419
    return amount


def edit(call: EtsyCall) -> Reply:
    """PATCH shops/{shop_id}/listings/{listing_id}: only what is sent changes."""
    world, form = call.world, call.body
    shop = world.shop(call.seller)
    old = listings.need(world, call.ids["listing_id"], call.seller)
    listing = old.copy()
    for found in problems_of(form, world.settings.caps):
        raise at(found["path"].strip("/"), found["message"])
    together = MADE & form.keys()
    if together and together != MADE and world.settings.made_together:
        raise Refusal(400, f"{min(together)} requires {' and '.join(sorted(MADE - together))}")
    check(world, listing, form)
    listing.body |= _kept(form)
    if form.get("taxonomy_id", old.body["taxonomy_id"]) != old.body["taxonomy_id"]:
        _leave_node(world, listing)
    if "image_ids" in form:
        pictures.arrange(world, listing, form["image_ids"])
    if form.get("state") == "active":
        _activate(call, listing, shop)
    elif form.get("state") == "inactive":
        lifecycle.deactivate(world, listing)
    elif listing.state == "active" and form:
        lifecycle.check_publishable(world, listing, shop)
    listing.updated = world.moment
    if call.is_troubled("no_effect"):
        return _without_effect(call, old, listing, shop)
    listings.save(world, listing)
    return Reply(200, listing_of(world, listing, shop, single=True))


def _activate(call: EtsyCall, listing: Listing, shop: Json) -> None:
    renews = listing.state in {"sold_out", "expired"}
    if renews and call.is_troubled("renewal_fails"):
        raise Refusal(500, "Server Error")  # issue #247
    lifecycle.activate(call.world, listing, shop)


def _without_effect(call: EtsyCall, old: Listing, new: Listing, shop: Json) -> Reply:
    """200 and the new values, and nothing of it is kept (issues #156, #897); in the rule: of some fields only."""
    reply = Reply(200, listing_of(call.world, new, shop, single=True))
    fields = call.trouble.get("fields")
    if fields is None:
        raise Untouched(reply)
    for name in fields:
        if name in old.body:
            new.body[name] = old.body[name]
    if "state" in fields:
        forget(call.world, new.seller, new.id)  # what it would have cost
        new.state, new.meta = old.state, {**new.meta, "since": old.meta["since"]}
    listings.save(call.world, new)
    return reply


def delete(call: EtsyCall) -> Reply:
    """DELETE listings/{listing_id}."""
    listing = listings.load(call.world, call.ids["listing_id"])
    if listing is None:
        raise missing(f"listing {call.ids['listing_id']}")
    if listing.seller != call.seller:
        raise Refusal(403, f"User {call.seller} does not own Listing {listing.id}")
    listings.remove(call.world, listing)
    return Reply(204)


def _kept(form: Json) -> Json:
    kept = {name: value for name, value in form.items() if name not in NOT_KEPT and name in {**EMPTY, **COMMON}}
    if kept.get("featured_rank", 0) is None:
        kept["featured_rank"] = -1
    if kept.get("type", "physical") is None:
        kept["type"] = "physical"
    return kept


def check(world: EtsyWorld, listing: Listing, form: Json) -> None:
    """What the fields of a form refer to, and the values that time moves."""
    era = form.get("when_made")
    if era is not None and era not in {"made_to_order", world.era(), *ERAS}:
        raise Refusal(400, f"Invalid value '{era}' for 'when_made'.")
    if "taxonomy_id" in form and properties_of(world, form["taxonomy_id"]) is None:
        raise Refusal(400, f"Invalid taxonomy_id {form['taxonomy_id']}")
    references: dict[str, Any] = {
        "shipping_profile_id": things.PROFILE,
        "return_policy_id": things.POLICY,
        "shop_section_id": things.SECTION,
    }
    for name, kind in references.items():
        number = form.get(name)
        if number is not None and things.find(world, kind, listing.seller, number) is None:
            raise Refusal(400, f"Invalid {name} {number}")
    for name in ("item_weight", "item_length", "item_width", "item_height"):
        if form.get(name) == 0:
            raise Refusal(400, f"{name} must be greater than 0")


def _leave_node(world: EtsyWorld, listing: Listing) -> None:
    """Properties that the new node does not have are gone."""
    known = {
        one["property_id"]
        for one in properties_of(world, listing.body["taxonomy_id"]) or []
        if one["supports_attributes"]
    }
    listing.meta["properties"] = [one for one in listing.meta["properties"] if one["property_id"] in known]
