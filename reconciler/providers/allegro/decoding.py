"""From Allegro's JSON to canonical values, one function for each type of field.

What is not of the kind that the field has is Unreadable: a value that was guessed would be written back. Texts are
composed (NFC), as those of documents are: two spellings of one text are no difference.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.html import canonical_html
from reconciler.model.spec import FieldSpec, KindSpec, Type
from reconciler.model.texts import all_nfc, nfc
from reconciler.model.values import Value
from reconciler.providers.allegro.bundle_wire import read_discount, read_slots
from reconciler.providers.allegro.rates import read_rates
from reconciler.providers.allegro.words import NAMES
from reconciler.providers.base import Reading
from reconciler.providers.codecs import UNLIMITED, duration, money, number
from reconciler.providers.forms import (
    Unreadable,
    a_record,
    a_text,
    checked,
    kind_of,
    maybe,
    record,
    rows,
    text,
    whole,
)
from reconciler.providers.views import Decoder, View, prepared

_texts, _records, _maybe_record = rows(text), rows(record), maybe(record)
_ONE = {"value": 1}
_ONLY_TEXT, _ONLY_RECORDS = frozenset({str}), frozenset({dict})

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
        return None if wire is None else reading.label(refers, a_text(wire))

    return read


def _references(refers: str) -> Decoder:
    def read(wire: Any, reading: Reading) -> Value:
        return [reading.label(refers, item["id"]) for item in _rows(wire)]

    return read


def _enum(ours: Mapping[str, str]) -> Decoder:
    def read(wire: Any, _: Reading) -> Value:
        return None if wire is None else ours.get(a_text(wire), wire.lower())

    return read


def _nested(name: str) -> Decoder:
    def read(wire: Any, _: Reading) -> Value:
        return None if wire in (None, {}) else all_nfc(NAMES.read(checked(_nest, wire), name))

    return read


def _nest(wire: Any) -> str:
    return "" if type(wire) in (dict, list) else f"{kind_of(wire)} is no object"


def _text(wire: Any, _: Reading) -> Value:
    return None if wire is None else nfc(a_text(wire))


def _integer(wire: Any, _: Reading) -> Value:
    return None if wire is None else checked(whole, wire)


def _yes(wire: Any, _: Reading) -> Value:
    """Read a choice: null, an empty object and false are the same answer (#9084)."""
    if type(wire) not in (bool, dict, type(None)):
        raise Unreadable(f"{kind_of(wire)} is neither true nor false")
    return bool(wire)


def _rows(wire: Any) -> list[Any]:
    """Read a list of objects that may be left out."""
    if type(wire) is list and _ONLY_RECORDS.issuperset(map(type, wire)):
        return wire
    return [] if wire is None else checked(_records, wire)


def _money(wire: Any, _: Reading) -> Value:
    return money(wire)


def _duration(wire: Any, _: Reading) -> Value:
    return duration(wire)


def _running_time(wire: Any, _: Reading) -> Value:
    return UNLIMITED if wire is None else duration(wire)


def _status(wire: Any, _: Reading) -> Value:
    """Read a status. Nobody knows what may be done with one that is not known."""
    if wire not in STATUSES:
        raise Unreadable(f"the status `{wire!s:.40}` is not known")
    return STATUSES[wire]


def _images(wire: Any, _: Reading) -> Value:
    return _list_of_texts(wire)


def _safety(wire: Any, _: Reading) -> Value:
    """Read safety information: text is ours, attachments are shown as they are."""
    if not wire or a_record(wire)["type"] == "NO_SAFETY_INFORMATION":
        return None
    return nfc(a_text(wire["description"])) if wire["type"] == "TEXT" else NAMES.read(wire, "safety")


def _tax(wire: Any, _: Reading) -> Value:
    if not wire:
        return None
    found = {rate["countryCode"]: number(rate["rate"]) for rate in _rows(a_record(wire).get("rates"))}
    extra = {name: wire[name].lower() for name in ("subject", "exemption") if wire.get(name)}
    return found | extra


def _sections(wire: Any, _: Reading) -> Value:
    if not wire or not a_record(wire).get("sections"):
        return None
    return [[_item(item) for item in _rows(section["items"])] for section in _rows(wire["sections"])]


def _item(item: Mapping[str, Any]) -> dict[str, str]:
    if item["type"] == "IMAGE":
        return {"image": a_text(item["url"])}
    return {"text": canonical_html(nfc(a_text(item["content"])))}


def product_of(element: Mapping[str, Any]) -> dict[str, Value]:
    """Read a product of an offer: its id, and the bar codes among its parameters."""
    product = checked(_maybe_record, element.get("product")) or {}
    bar_codes = (p for p in _rows(product.get("parameters")) if p.get("id") == GTIN)
    codes = (checked(_texts, p.get("values") or []) for p in bar_codes)
    product_id = checked(maybe(text), product.get("id"))
    return {"id": product_id, "gtins": [code for values in codes for code in values]}


def _product(wire: Any, _: Reading) -> Value:
    elements = _rows(wire)
    found = product_of(elements[0]) if elements else {}
    return found if found.get("id") else None


def _products(wire: Any, _: Reading) -> Value:
    return [
        {"product": product_of(element), "quantity": checked(whole, (element.get("quantity") or _ONE)["value"])}
        for element in _rows(wire)[1:]
    ]


def _parameters(wire: Any, _: Reading) -> Value:
    """Read the parameters of the offer and of its first product, together by id."""
    elements = _rows(wire.get("productSet")) or [{}]
    product = _rows((checked(_maybe_record, elements[0].get("product")) or {}).get("parameters"))
    found = {p["id"]: _parameter(p, "product") for p in product if p.get("id")}
    return found | {p["id"]: _parameter(p, "offer") for p in _rows(wire.get("parameters")) if p.get("id")}


def _list_of_texts(wire: Any) -> list[str]:
    """Read a list of texts that may be left out; what nearly all of them are is seen at once."""
    if wire is None:
        return []
    if type(wire) is list and _ONLY_TEXT.issuperset(map(type, wire)):
        return wire.copy()
    return list(checked(_texts, wire or []))


def _parameter(wire: Mapping[str, Any], section: str) -> dict[str, Value]:
    between = wire.get("rangeValue")
    return {
        "name": nfc(a_text(wire.get("name") or "")),
        "values": [each if each.isascii() else nfc(each) for each in _list_of_texts(wire.get("values"))],
        "ids": _list_of_texts(wire.get("valuesIds")),
        "range": {"from": number(between["from"]), "to": number(between["to"])} if between else None,
        "section": section,
    }


def _promotion(wire: Any, _: Reading) -> Value:
    """Read the packages on the base marketplace. What has an end is removed already, and goes with its cycle."""
    base, extras = wire.get("basePackage") or {}, _rows(wire.get("extraPackages"))
    if not base and not extras:
        return None
    found = {"package": base.get("id"), "extras": sorted(extra["id"] for extra in extras)}
    ending = sorted(each["id"] for each in (base, *extras) if each.get("validTo"))
    coming = ((wire.get("pendingChanges") or {}).get("basePackage") or {}).get("id")
    return found | ({"ending": ending} if ending else {}) | ({"coming": coming} if coming else {})


_BY_TYPE: dict[Type, Decoder] = {
    Type.TEXT: _text,
    Type.INTEGER: _integer,
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


def view(kind: KindSpec, name: str) -> View:
    """Return the prepared view of a kind."""
    return prepared(kind, name, decoder)
