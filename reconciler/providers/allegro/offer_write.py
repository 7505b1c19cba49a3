"""The bodies of a creation and of an edit.

The law: a request never carries a changed value of a field that its target does not own. What must be sent
along, since the marketplace replaces whole lists or imports from its catalogue, is sent as it is.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from reconciler.model.offers import EXTERNAL_ID, OFFER
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.values import Value
from reconciler.providers.allegro import offer_parameters, product_set
from reconciler.providers.allegro.decoding import GTIN
from reconciler.providers.allegro.encoding import encode
from reconciler.providers.base import Context
from reconciler.providers.codecs import place, steps

_PARAMETERS = "content.parameters"
_DESCRIPTION = "content.description"
_IMAGES = "content.images"
_TAX = "settings.tax"
_MESSAGE = "settings.message_to_seller"
_APART = product_set.PARTS | {_PARAMETERS, _DESCRIPTION, _IMAGES, _TAX, "stock.status", EXTERNAL_ID}

#: The fields whose encoding repeats something of the live offer.
NEED_WIRE = product_set.PARTS | {_PARAMETERS, _DESCRIPTION, _TAX, _MESSAGE}


def creation(name: str, after: Mapping[str, Value], context: Context, images: Mapping[str, str]) -> Any:
    """Write a new offer. Its status is always said: left out, it is published at once (#6533)."""
    active = after.get("stock.status") == "active"
    body: dict[str, Any] = {
        "external": {"id": name},
        "language": "pl-PL",
        "stock": {},  # required by the schema, even empty
        "publication": {"status": "ACTIVE" if active else "INACTIVE"},
    }
    _plain_fields(body, after, context, images)
    if after.get("price.base") is not None:
        body["sellingMode"]["format"] = "BUY_NOW"
    defined = offer_parameters.definitions(after.get("content.category"), context.parameters)
    declared = after.get(_PARAMETERS) or {}
    _set(body, "parameters", offer_parameters.created(declared, defined, "offer"))
    proposal = _proposal(after, defined, images)
    _set(body, "productSet", product_set.created(after, context, proposal))
    if after.get(_DESCRIPTION):
        body["description"] = _encoded(context, _DESCRIPTION, after, images)
    if _IMAGES in after:
        body["images"] = _encoded(context, _IMAGES, after, images)
    if after.get(_TAX):
        body["taxSettings"] = tax(after[_TAX], None)
    return body


def edit(
    after: Mapping[str, Value],
    wire: Mapping[str, Any],
    context: Context,
    images: Mapping[str, str],
    fields: Mapping[str, Value],
) -> Any:
    """Write a merge patch (RFC 7396, #11012): objects merge, lists are replaced, null clears.

    `wire` and `fields` are the live offer, as it was read and in canonical values.
    """
    body: dict[str, Any] = {}
    _plain_fields(body, after, context, images)
    if EXTERNAL_ID in after:
        body["external"] = {"id": after[EXTERNAL_ID]}
    if "stock.status" in after:
        place(body, steps("/publication/status"), _encoded(context, "stock.status", after, images))
    if _PARAMETERS in after:
        body["parameters"] = _overlaid(after, wire, context)
    if _TAX in after:
        body["taxSettings"] = tax(after[_TAX], wire.get("taxSettings")) if after[_TAX] else None
    if after.get(_MESSAGE):
        _without_stale_hint(body["messageToSellerSettings"], wire)
    products = not product_set.PARTS.isdisjoint(after)
    if products:
        body["productSet"] = product_set.rebuilt(after, product_set.linked(wire, fields), context)
    if products or _DESCRIPTION in after:
        _content_along(body, after, wire, context, images)
    elif _IMAGES in after:
        body["images"] = _encoded(context, _IMAGES, after, images)
    return body


def _without_stale_hint(sent: dict[str, Any], wire: Mapping[str, Any]) -> None:
    """Take a live hint away with its mode: a hint goes with REQUIRED only, and merging would keep it."""
    live = wire.get("messageToSellerSettings") or {}
    if sent.get("mode") != "REQUIRED" and live.get("hint") is not None and "hint" not in sent:
        sent["hint"] = None


def _content_along(
    body: dict[str, Any],
    after: Mapping[str, Value],
    wire: Mapping[str, Any],
    context: Context,
    images: Mapping[str, str],
) -> None:
    """Send description and images: with a product, or the catalogue's come instead (#10452, #11982); with a
    description, or the gallery loses the images that it shows (#4762).
    """
    if _DESCRIPTION in after:
        body["description"] = _encoded(context, _DESCRIPTION, after, images) if after[_DESCRIPTION] else None
    elif wire.get("description"):
        body["description"] = wire["description"]
    if _IMAGES in after:
        body["images"] = _encoded(context, _IMAGES, after, images)
    elif wire.get("images") is not None:
        body["images"] = wire["images"]


def _plain_fields(
    body: dict[str, Any], after: Mapping[str, Value], context: Context, images: Mapping[str, str]
) -> None:
    kind = context.reading.spec.kinds[OFFER]
    for path, value in after.items():
        field = kind.field(path)
        if field is None or path in _APART or "edit" not in field.by:
            continue
        pointer = field.write.replace("*", path.rpartition(".")[2])
        if value is None:
            place(body, *_cleared(pointer, field))
        else:
            place(body, steps(pointer), encode(field, value, context, images))


def _cleared(pointer: str, field: FieldSpec) -> tuple[tuple[str | int, ...], Any]:
    """Return what a null is written to: the reference as a whole, not its id; a yes or no becomes no."""
    if field.type is Type.BOOLEAN:
        return steps(pointer), False
    return steps(pointer.removesuffix("/id") if field.type is Type.REFERENCE else pointer), None


def _encoded(context: Context, path: str, after: Mapping[str, Value], images: Mapping[str, str]) -> Any:
    field = context.reading.spec.kinds[OFFER].fields[path]
    return encode(field, after[path] or [], context, images)


def _overlaid(after: Mapping[str, Value], wire: Mapping[str, Any], context: Context) -> list[dict[str, Any]]:
    category = after.get("content.category") or (wire.get("category") or {}).get("id")
    elements = wire.get("productSet") or [{}]
    theirs = (elements[0].get("product") or {}).get("parameters") or ()
    return offer_parameters.overlaid(
        wire.get("parameters") or () if after[_PARAMETERS] is not None else (),
        after[_PARAMETERS] or {},
        offer_parameters.definitions(category, context.parameters),
        {p["id"]: p.get("name") or "" for p in theirs},
    )


def _proposal(
    after: Mapping[str, Value], defined: offer_parameters.Definitions, images: Mapping[str, str]
) -> Mapping[str, Any]:
    """Describe a product for the catalogue: name, category, parameters with the bar code, images."""
    desired = after.get("content.product") or {}
    if not desired.get("new"):
        return {}
    parameters = offer_parameters.created(after.get(_PARAMETERS) or {}, defined, "product")
    code = offer_parameters.bar_code(desired["gtin"], defined)
    if all(p.get("id") not in {code["id"], GTIN} for p in parameters):
        parameters.append(code)
    proposal: dict[str, Any] = {"parameters": parameters}
    _set(proposal, "name", after.get("content.title"))
    if after.get("content.category"):
        proposal["category"] = {"id": after["content.category"]}
    _set(proposal, "images", [images.get(src, src) for src in after.get(_IMAGES) or ()])
    return proposal


def tax(declared: Mapping[str, Value], live: Mapping[str, Any] | None) -> dict[str, Any]:
    """Write tax settings: rates are a list and replaced whole, so undeclared countries are repeated."""
    rates = {rate["countryCode"]: rate["rate"] for rate in (live or {}).get("rates") or ()}
    result: dict[str, Any] = {}
    for name, value in declared.items():
        if name in {"subject", "exemption"}:
            result[name] = value.upper() if value is not None else None
        elif value is None:
            rates.pop(name, None)
        else:
            rates[name] = _rate(value)
    result["rates"] = [{"rate": rate, "countryCode": country} for country, rate in rates.items()]
    return result


def _rate(value: str) -> str:
    """Write `23` as `23.00`, and a word in capitals (openapi OfferTaxRate)."""
    try:
        return f"{Decimal(value):.2f}"
    except InvalidOperation:
        return str(value).upper()


def _set(body: dict[str, Any], name: str, value: Any) -> None:
    if value:
        body[name] = value
