"""From Allegro's JSON to canonical values, one function for each type of field."""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.html import canonical_html
from reconciler.model.spec import FieldSpec, Type
from reconciler.model.values import Value
from reconciler.providers.allegro.bundle_wire import read_discount, read_slots
from reconciler.providers.allegro.rates import read_rates
from reconciler.providers.allegro.words import NAMES
from reconciler.providers.base import Reading
from reconciler.providers.codecs import UNLIMITED, duration, money, number

Decoder = Callable[[Any, Reading], Value]

#: "EAN (GTIN)", the parameter of a product that carries its bar codes.
GTIN = "225693"
STATUSES = {"INACTIVE": "draft", "ACTIVATING": "active", "ACTIVE": "active", "ENDED": "ended"}


def decoder(field: FieldSpec) -> Decoder:
    """Choose the function that reads a field."""
    if field.type is Type.REFERENCE:
        return _reference(field.refers)
    if field.type is Type.REFERENCES:
        return _references(field.refers)
    if field.type is Type.ENUM:
        return _enum({wire: ours for ours, wire in field.values.items()})
    if field.type in {Type.OBJECT, Type.LIST}:
        return _nested(field.path.rpartition(".")[2])
    if field.path == "settings.safety":
        return _safety
    if field.path == "settings.duration":
        return _running_time
    return _BY_TYPE[field.type]


def _reference(refers: str) -> Decoder:
    def read(wire: Any, reading: Reading) -> Value:
        return None if wire is None else reading.label(refers, wire)

    return read


def _references(refers: str) -> Decoder:
    def read(wire: Any, reading: Reading) -> Value:
        return [reading.label(refers, item["id"]) for item in wire or ()]

    return read


def _enum(ours: Mapping[str, str]) -> Decoder:
    def read(wire: Any, _: Reading) -> Value:
        return None if wire is None else ours.get(wire, str(wire).lower())

    return read


def _nested(name: str) -> Decoder:
    def read(wire: Any, _: Reading) -> Value:
        return None if wire in (None, {}) else NAMES.read(wire, name)

    return read


def _plain(wire: Any, _: Reading) -> Value:
    return wire


def _yes(wire: Any, _: Reading) -> Value:
    return bool(wire)  # null, an empty object and false are the same answer (#9084)


def _money(wire: Any, _: Reading) -> Value:
    return money(wire)


def _duration(wire: Any, _: Reading) -> Value:
    return duration(wire)


def _running_time(wire: Any, _: Reading) -> Value:
    return UNLIMITED if wire is None else duration(wire)


def _status(wire: Any, _: Reading) -> Value:
    return STATUSES.get(wire)


def _images(wire: Any, _: Reading) -> Value:
    return list(wire or ())


def _safety(wire: Any, _: Reading) -> Value:
    """Read safety information: text is ours, attachments are shown as they are."""
    if not wire or wire["type"] == "NO_SAFETY_INFORMATION":
        return None
    return wire["description"] if wire["type"] == "TEXT" else NAMES.read(wire, "safety")


def _tax(wire: Any, _: Reading) -> Value:
    if not wire:
        return None
    found = {rate["countryCode"]: number(rate["rate"]) for rate in wire.get("rates") or ()}
    extra = {name: wire[name].lower() for name in ("subject", "exemption") if wire.get(name)}
    return found | extra


def _sections(wire: Any, _: Reading) -> Value:
    if not wire or not wire.get("sections"):
        return None
    return [[_item(item) for item in section["items"]] for section in wire["sections"]]


def _item(item: Mapping[str, Any]) -> dict[str, str]:
    if item["type"] == "IMAGE":
        return {"image": item["url"]}
    return {"text": canonical_html(item["content"])}


def product_of(element: Mapping[str, Any]) -> dict[str, Value]:
    """Read a product of an offer: its id, and the bar codes among its parameters."""
    product = element.get("product") or {}
    codes = (p.get("values") or [] for p in product.get("parameters") or () if p.get("id") == GTIN)
    return {"id": product.get("id"), "gtins": [code for values in codes for code in values]}


def _product(wire: Any, _: Reading) -> Value:
    return product_of(wire[0]) if wire and (wire[0].get("product") or {}).get("id") else None


def _products(wire: Any, _: Reading) -> Value:
    return [
        {"product": product_of(element), "quantity": (element.get("quantity") or {}).get("value", 1)}
        for element in (wire or ())[1:]
    ]


def _parameters(wire: Any, _: Reading) -> Value:
    """Read the parameters of the offer and of its first product, together by id."""
    elements = wire.get("productSet") or [{}]
    product = (elements[0].get("product") or {}).get("parameters") or ()
    found = {p["id"]: _parameter(p, "product") for p in product if p.get("id")}
    return found | {p["id"]: _parameter(p, "offer") for p in wire.get("parameters") or () if p.get("id")}


def _parameter(wire: Mapping[str, Any], section: str) -> dict[str, Value]:
    between = wire.get("rangeValue")
    return {
        "name": wire.get("name") or "",
        "values": list(wire.get("values") or ()),
        "ids": list(wire.get("valuesIds") or ()),
        "range": {"from": number(between["from"]), "to": number(between["to"])} if between else None,
        "section": section,
    }


def _promotion(wire: Any, _: Reading) -> Value:
    """Read the packages on the base marketplace; dates and pending changes are computed, not declared."""
    base = (wire.get("basePackage") or {}).get("id")
    return {"package": base, "extras": sorted(extra["id"] for extra in wire.get("extraPackages") or ())}


_BY_TYPE: dict[Type, Decoder] = {
    Type.TEXT: _plain,
    Type.INTEGER: _plain,
    Type.BOOLEAN: _yes,
    Type.MONEY: _money,
    Type.DURATION: _duration,
    Type.STATUS: _status,
    Type.IMAGES: _images,
    Type.SECTIONS: _sections,
    Type.TAX: _tax,
    Type.PRODUCT: _product,
    Type.PRODUCTS: _products,
    Type.PARAMETERS: _parameters,
    Type.PROMOTION: _promotion,
    Type.RATES: read_rates,
    Type.SLOTS: read_slots,
    Type.DISCOUNT: read_discount,
}
