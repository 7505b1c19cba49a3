"""The inventory of a listing, written whole: what changes is laid over what was read a moment ago.

What the answer has and the request must not carry (ids, `is_deleted`, `scale_name`) is left out, and a price is a
number with its exact digits (openapi updateListingInventory, #159).
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offers import EXTERNAL_ID
from reconciler.model.values import Money, Value
from reconciler.providers.base import Context
from reconciler.providers.etsy.decoding import money
from reconciler.providers.etsy.encoding import identified
from reconciler.providers.etsy.listings import products_of
from reconciler.providers.faults import refused
from reconciler.providers.outcomes import Unwritable

Json = dict[str, Any]
_BY_PROPERTY = ("price_on_property", "quantity_on_property", "sku_on_property", "readiness_state_on_property")
_VALUES = ("property_id", "property_name", "scale_id", "value_ids", "values")
PRICE, PIECES, PROCESSING = "price.base", "stock.quantity", "delivery.processing"


def whole(after: Mapping[str, Value], wire: Mapping[str, Any], context: Context) -> Json:
    """Return the inventory to be written. Unwritable where it would have several products, or no pieces."""
    products = [_product(each) for each in products_of(wire)]
    if len(products) != 1 or len(products[0]["offerings"]) != 1:
        raise Unwritable(refused("Variations", "The listing has variations: they are shown and left alone."))
    product, offering = products[0], products[0]["offerings"][0]
    if EXTERNAL_ID in after:
        product["sku"] = after[EXTERNAL_ID]
    if PRICE in after:
        offering["price"] = _number(after[PRICE])
    if PIECES in after:
        offering["quantity"] = after[PIECES]
    if PROCESSING in after:
        offering["readiness_state_id"] = int(identified(context, "Processing", after[PROCESSING], PROCESSING))
    if not offering["quantity"]:
        said = "The marketplace takes no inventory without pieces: this is written when there are some."
        raise Unwritable(refused("NoPieces", said, next(iter(after), "")))
    inventory = wire.get("inventory") or {}
    return {"products": products, **{name: inventory.get(name) or [] for name in _BY_PROPERTY}}


def _product(wire: Mapping[str, Any]) -> Json:
    return {
        "sku": wire.get("sku") or "",
        "property_values": [
            {name: each[name] for name in _VALUES if each.get(name) is not None}
            for each in wire.get("property_values") or ()
        ],
        "offerings": [_offering(each) for each in wire["offerings"] if not each.get("is_deleted")],
    }


def _offering(wire: Mapping[str, Any]) -> Json:
    return {
        "price": _number(money(wire["price"])),
        "quantity": wire["quantity"],
        "is_enabled": wire.get("is_enabled") is not False,
        "readiness_state_id": wire.get("readiness_state_id"),
    }


def _number(price: Money) -> Any:
    """Return the amount as a decimal: the number is written with these digits."""
    return price.amount
