"""From canonical values to what an item or an offer says, laid over what was read a moment ago.

Both are replaced whole (inventory createOrReplaceInventoryItem, updateOffer): what is left out is lost. So what
does not change is repeated as it was read, but for what only answers have.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.values import Money, Value, plain
from reconciler.providers.base import Context
from reconciler.providers.codecs import pick, place, steps
from reconciler.providers.ebay import regulatory
from reconciler.providers.ebay.decoding import CODES
from reconciler.providers.faults import refused
from reconciler.providers.outcomes import Unwritable

Json = dict[str, Any]
#: What an item says in answers only (inventory InventoryItemWithSkuLocaleGroupid).
_OF_ANSWERS = ("sku", "locale", "groupIds", "inventoryItemGroupKeys")
#: What an offer says in answers, or when it is created, only (inventory EbayOfferDetailsWithAll, -WithId).
_FIXED = ("offerId", "sku", "marketplaceId", "format", "status", "listing")
PRICE, PIECES = "price.base", "stock.quantity"


def item(after: Mapping[str, Value], wire: Mapping[str, Any], context: Context, images: Mapping[str, str]) -> Json:
    """Return the item to be written: `after` over what it says now."""
    body: Json = _deep({name: value for name, value in wire.items() if name not in _OF_ANSWERS})
    there = (body.get("availability") or {}).get("shipToLocationAvailability") or {}
    there.pop("allocationByFormat", None)  # of answers only
    for path, value in after.items():
        field = context.reading.spec.kinds[OFFER].fields.get(path)
        if field is None or "edit" not in field.by:
            continue
        if field.type is Type.PARAMETERS:
            _lay_aspects(body, value or {})
        elif field.type is Type.PRODUCT:
            _lay_codes(body, value)
        else:
            _lay(body, field, _encoded(field, value, context, images, body))
    if PIECES in after:
        place(body, ("availability", "shipToLocationAvailability", "quantity"), after[PIECES])
    return body


def offer(after: Mapping[str, Value], wire: Mapping[str, Any], context: Context) -> Json:
    """Return the offer to be written: `after` over what it says now."""
    body: Json = _deep({name: value for name, value in wire.items() if name not in _FIXED})
    for path, value in after.items():
        field = context.reading.spec.kinds[OFFER].fields.get(path)
        if field is not None and "offer" in field.by:
            _lay(body, field, _encoded(field, value, context, {}, body))
    if PRICE in after:
        place(body, ("pricingSummary", "price"), price(after[PRICE]))
    if PIECES in after:
        body["availableQuantity"] = after[PIECES]
    return body


def price(value: Money) -> Json:
    """Write an amount (inventory Amount)."""
    return {"value": plain(value.amount), "currency": value.currency}


def _encoded(
    field: FieldSpec, value: Value, context: Context, images: Mapping[str, str], body: Mapping[str, Any]
) -> Any:
    if value is None:
        return None
    if (own := regulatory.ENCODERS.get(field.path)) is not None:
        return own(value, pick(body, steps(field.write)), context)
    match field.type:
        case Type.REFERENCE:
            return _identified(context, field.refers, value, field.path)
        case Type.ENUM:
            return field.values.get(value, value)
        case Type.IMAGES:
            return [images.get(src, src) for src in value]
        case _:
            return value


def _lay(body: Json, field: FieldSpec, value: Any) -> None:
    path = steps(field.write)
    if value is not None:
        place(body, path, value)
    elif (parent := pick(body, path[:-1])) is not None:
        parent.pop(path[-1], None)


def _lay_aspects(body: Json, declared: Mapping[str, Value]) -> None:
    """Lay item specifics over those that are there. A brand or a part number that was lifted out follows."""
    product = body.setdefault("product", {})
    aspects: Json = product.setdefault("aspects", {})
    names = {name.casefold(): name for name in aspects}
    for said, values in declared.items():
        name = names.get(said.casefold(), said)
        before = aspects.pop(name, None)
        if values is not None:
            aspects[name] = list(values)
        for lifted in ("brand", "mpn"):
            if before and product.get(lifted) == before[0]:
                product.pop(lifted)
    if not aspects:
        product.pop("aspects")


def _lay_codes(body: Json, value: Mapping[str, Value] | None) -> None:
    """Write what a product is: a GTIN of 12 digits is a UPC, any other an EAN; or its number in the catalogue."""
    product = body.setdefault("product", {})
    for name in (*CODES, "epid"):
        product.pop(name, None)
    gtin, epid = (value or {}).get("gtin"), (value or {}).get("id")
    if gtin:
        product["upc" if len(gtin) == 12 else "ean"] = [gtin]
    elif epid:
        product["epid"] = epid


def _identified(context: Context, kind: str, label: str, path: str) -> str:
    """Turn a label into the remote id; Unwritable when nobody knows it."""
    found = context.identify(kind, label)
    if found is None:
        title = context.reading.spec.kinds[kind].label
        raise Unwritable(refused("UnknownReference", f"The account has no {title} `{label}` on its site.", path))
    return found


def _deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _deep(each) for name, each in value.items()}
    return [_deep(each) for each in value] if isinstance(value, list) else value
