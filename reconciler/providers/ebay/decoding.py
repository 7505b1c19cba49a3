"""From eBay's JSON to canonical values, one function for each type of field.

What is not of the kind that the field has is Unreadable. Texts are composed (NFC), as those of documents are.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.html import canonical_html
from reconciler.model.spec import FieldSpec, KindSpec, Type
from reconciler.model.texts import nfc
from reconciler.model.values import Money, Value
from reconciler.providers.base import Reading
from reconciler.providers.codecs import amount
from reconciler.providers.ebay import regulatory
from reconciler.providers.forms import Unreadable, checked, flag, record, rows, text, whole
from reconciler.providers.views import Decoder, View, prepared

PUBLISHED, UNPUBLISHED = "PUBLISHED", "UNPUBLISHED"
#: Statuses of a published offer's listing in which it is on sale, hidden for want of pieces or not (doc
#: ListingStatusEnum).
ON_SALE = frozenset({"ACTIVE", "OUT_OF_STOCK"})
OFF_SALE = frozenset({"INACTIVE", "ENDED", "EBAY_ENDED", "NOT_LISTED"})
#: Numbers that say what a product is, the likeliest first (inventory Product).
CODES = ("ean", "upc", "isbn")
_texts = rows(text)


def decoder(field: FieldSpec) -> Decoder:
    """Choose the function that reads a field."""
    if (own := regulatory.DECODERS.get(field.path)) is not None:
        return own
    if field.type is Type.REFERENCE:
        return _reference(field.refers)
    if field.type is Type.ENUM:
        return _enum(field.values)
    return _BY_TYPE[field.type]


def view(kind: KindSpec, name: str) -> View:
    """Return the prepared view of a kind."""
    return prepared(kind, name, decoder)


def status_of(offer: Mapping[str, Any] | None) -> str:
    """Say whether an offer is on sale, in our words. What was withdrawn is as unpublished as what never was."""
    if offer is None or offer["status"] == UNPUBLISHED:
        return "ended"
    if offer["status"] != PUBLISHED:
        raise Unreadable(f"the status `{offer['status']!s:.40}` is not known")
    listed = (offer.get("listing") or {}).get("listingStatus") or "ACTIVE"
    if listed not in ON_SALE | OFF_SALE:
        raise Unreadable(f"the status `{listed!s:.40}` of its listing is not known")
    return "active" if listed in ON_SALE else "ended"


def _reference(refers: str) -> Decoder:
    def read(wire: Any, reading: Reading) -> Value:
        return None if not wire else reading.label(refers, checked(text, wire))

    return read


def _enum(values: Mapping[str, str]) -> Decoder:
    ours = {theirs: word for word, theirs in values.items()}

    def read(wire: Any, _: Reading) -> Value:
        return None if wire is None else ours.get(checked(text, wire), wire)

    return read


def _text(wire: Any, _: Reading) -> Value:
    return None if wire is None else nfc(checked(text, wire))


def _html(wire: Any, _: Reading) -> Value:
    return None if not wire else nfc(canonical_html(checked(text, wire)))


def _images(wire: Any, _: Reading) -> Value:
    return list(checked(_texts, wire or []))


def _integer(wire: Any, _: Reading) -> Value:
    return None if wire is None else checked(whole, wire)


def _yes(wire: Any, _: Reading) -> Value:
    return None if wire is None else checked(flag, wire)


def _money(wire: Any, _: Reading) -> Value:
    if wire is None:
        return None
    body = checked(record, wire)
    return Money(amount(body["value"]), checked(text, body["currency"]))


def _parameters(wire: Any, _: Reading) -> Value:
    """Read item specifics: name -> values. An older one may be a text alone (inventory Product.aspects ?)."""
    found: dict[str, Value] = {}
    for name, values in checked(record, wire or {}).items():
        said = [values] if isinstance(values, str) else checked(_texts, values or [])
        found[nfc(name)] = {"id": nfc(name), "name": nfc(name), "values": [nfc(each) for each in said]}
    return found


def _product(wire: Any, _: Reading) -> Value:
    body = checked(record, wire or {})
    codes = [code for name in CODES for code in checked(_texts, body.get(name) or [])]
    epid = body.get("epid")
    if not codes and not epid:
        return None
    return {"gtins": codes, "id": None if epid is None else checked(text, epid)}


def _status(wire: Any, _: Reading) -> Value:
    return checked(text, wire)


_BY_TYPE: Mapping[Type, Callable[[Any, Reading], Value]] = {
    Type.TEXT: _text,
    Type.HTML: _html,
    Type.IMAGES: _images,
    Type.INTEGER: _integer,
    Type.BOOLEAN: _yes,
    Type.MONEY: _money,
    Type.PARAMETERS: _parameters,
    Type.PRODUCT: _product,
    Type.STATUS: _status,
}
