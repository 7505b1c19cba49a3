"""PUT listings/{listing_id}/inventory: the whole of it, each time.

Prices, quantities, SKUs and processing profiles of all products; what is left out is gone (issue #337), and every
product and offering has a new number afterwards (issue #523).
"""

from __future__ import annotations

from typing import Any

from reconciler.simulator.etsy import listings, things
from reconciler.simulator.etsy.listing_shape import inventory_of
from reconciler.simulator.etsy.listings import ON_PROPERTY, Listing, quantity, shared
from reconciler.simulator.etsy.listings_write import amount_of
from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.values import resolve
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "array": (list,), "object": (dict,),
}  # fmt: skip
LARGEST = 1 << 63  # what 64 bits hold (OAS, int64)
DECIDED = (
    ("price_on_property", "amount", "price"),
    ("quantity_on_property", "quantity", "quantity"),
    ("readiness_state_on_property", "readiness_state_id", "readiness_state_id"),
)


def put_inventory(call: EtsyCall) -> Reply:
    world = call.world
    listing = listings.load(world, call.ids["listing_id"])
    if listing is None:
        raise Refusal(404, f"Resource not found: listing {call.ids['listing_id']}")
    if listing.seller != call.seller:
        raise Refusal(403, f"User {call.seller} does not own Listing {listing.id}")
    shop = world.shop(call.seller)
    replace(world, listing, shop, call.body, most=int(call.choice("max_variations_supported", ("2", "3"), "2")))
    listing.updated = world.moment
    listings.save(world, listing)
    return Reply(200, inventory_of(world, listing, shop, owned=True, single=True))


def replace(world: EtsyWorld, listing: Listing, shop: Json, body: Any, *, most: int = 2) -> None:
    """Give a listing this inventory instead of its own; refused when it is not one."""
    _members(body, {"products": "array", **dict.fromkeys(ON_PROPERTY, "array?")}, "products")
    if not body["products"]:
        raise Refusal(400, "Missing input parameter: [products]")
    products = [_product(world, listing, shop, one) for one in body["products"]]
    inventory: Json = {"products": products}
    for name in ON_PROPERTY:
        inventory[name] = [_of_type(one, "int", name) for one in body.get(name) or []]
    before = listing.products if "inventory" in listing.body else []
    listing.body["inventory"] = inventory
    _check_properties(listing, most)
    for on, member, name in DECIDED:
        _check_decided(listing, on, name, [one["offerings"][0][member] for one in products])
    _check_decided(listing, "sku_on_property", "sku", [one["sku"] for one in products])
    if quantity(listing, enabled_only=world.settings.enabled_only) < 1:
        # Inactive or not (issues #395, #501, #560).
        raise Refusal(400, "Quantity must be greater than 0 for at least one enabled offering")
    is_sold = listing.state == "active" and listing.is_physical()
    if is_sold and any(one["readiness_state_id"] is None for one in listing.offerings()):
        raise Refusal(400, "readiness_state_id is required for physical listings")
    listing.meta["deleted"] = before
    if world.settings.unlinks_variation_images:
        listing.meta["variation_images"] = []


def _product(world: EtsyWorld, listing: Listing, shop: Json, given: Any) -> Json:
    _members(given, {"sku": "string?", "property_values": "array?", "offerings": "array"}, "offerings")
    sku = given.get("sku") or None
    if sku and len(sku) > world.settings.caps.sku:
        raise Refusal(400, f"A SKU must be {world.settings.caps.sku} characters or less")
    if len(given["offerings"]) != 1:
        raise Refusal(400, "A product has exactly one offering")
    values = [_values(world, listing, one) for one in given.get("property_values") or []]
    offering = _offering(world, listing.seller, shop, given["offerings"][0])
    return {
        "product_id": world.number("product"),
        "sku": sku,
        "property_values": values,
        "offerings": [{"offering_id": world.number("offering"), **offering}],
    }


def _values(world: EtsyWorld, listing: Listing, given: Any) -> Json:
    known = {
        "property_id": "int",
        "value_ids": "array",
        "values": "array",
        "scale_id": "int?",
        "property_name": "string?",
    }
    _members(given, known, "property_id value_ids values")
    for one in given["value_ids"]:
        if _of_type(one, "int", "value_ids") < 1:
            raise Refusal(400, f"IDs must be >= 1, got {one}")
    for one in given["values"]:
        _of_type(one, "string", "values")
    if len(given["values"]) > 1:
        raise Refusal(400, "A product has one value of each property")
    return resolve(world, listing.seller, listing.body["taxonomy_id"], given, "supports_variations")


def _offering(world: EtsyWorld, seller: str, shop: Json, given: Any) -> Json:
    known = {"price": "float", "quantity": "int", "is_enabled": "bool", "readiness_state_id": "int?"}
    _members(given, known, "price quantity is_enabled readiness_state_id")
    if not 0 <= given["quantity"] <= world.settings.caps.quantity:
        raise Refusal(400, f"Quantity must be between 0 and {world.settings.caps.quantity}")
    readiness = given["readiness_state_id"]
    if readiness is not None and things.find(world, things.READINESS, seller, readiness) is None:
        raise Refusal(400, f"Invalid readiness_state_id {readiness}")
    return {
        "quantity": given["quantity"],
        "is_enabled": given["is_enabled"],
        "amount": amount_of(world, given["price"], shop, "price"),
        "readiness_state_id": readiness,
    }


def _check_properties(listing: Listing, most: int) -> None:
    """All products have the same properties, each combination once, and lists name no others."""
    sets = {tuple(value["property_id"] for value in one["property_values"]) for one in listing.products}
    if len(sets) > 1:
        raise Refusal(400, "All products must have the same properties")
    used = sets.pop()
    if len(used) > most or len(set(used)) < len(used):
        raise Refusal(400, f"A listing may vary by up to {most} different properties")
    if len(listing.products) > 1 and not used:
        raise Refusal(400, "Property values can't be empty")
    combinations = [tuple(value["value_ids"][0] for value in one["property_values"]) for one in listing.products]
    if len(set(combinations)) < len(combinations):
        raise Refusal(400, "Each combination of property values may appear once")  # issue #495
    for name in ON_PROPERTY:
        if unknown := set(listing.body["inventory"][name]) - set(used):
            raise Refusal(400, f"{name}: {min(unknown)} is not a property of the products")


def _check_decided(listing: Listing, on: str, name: str, values: list[Any]) -> None:
    """Products that a list of properties does not tell apart must be alike (OAS, updateListingInventory)."""
    found: dict[Any, Any] = {}
    for product, value in zip(listing.products, values, strict=True):
        if found.setdefault(shared(listing, product, on), value) != value:
            raise Refusal(400, f"The supplied values of {name} are incompatible with {on}")


def _members(given: Any, known: dict[str, str], required: str) -> None:
    """An object with these members; a type with `?` may be null. What Etsy only reads is refused (issue #159)."""
    if not isinstance(given, dict):
        raise Refusal(400, "Not a valid JSON string")
    for name in required.split():
        if name not in given:
            raise Refusal(400, f"Missing input parameter: [{name}]")
    for name, value in given.items():
        if name not in known:
            raise Refusal(400, f"Invalid key in the request: {name}")
        kind = known[name]
        if value is not None or not kind.endswith("?"):
            _of_type(value, kind.rstrip("?"), name)


def _of_type(value: Any, kind: str, name: str) -> Any:
    fits = isinstance(value, TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))
    if not fits or (isinstance(value, int | float) and not abs(value) < LARGEST):
        told = "NULL" if value is None else type(value).__name__
        raise Refusal(400, f"Expected {kind} value for '{name}' (got {told}).")  # issue #385
    return value
