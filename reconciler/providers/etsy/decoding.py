"""From Etsy's JSON to canonical values, one function for each type of field.

What is not of the kind that the field has is Unreadable. Texts come back with entities in place of some signs:
they are undone, once, and composed (NFC), as those of documents are.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from html import unescape
from typing import Any

from reconciler.model.spec import FieldSpec, KindSpec, Type
from reconciler.model.texts import nfc
from reconciler.model.values import Money, Value
from reconciler.providers.base import Reading
from reconciler.providers.etsy import properties
from reconciler.providers.etsy.answers import IMAGE, PROPERTY
from reconciler.providers.forms import Unreadable, checked, flag, record, rows, text, whole
from reconciler.providers.views import Decoder, View, prepared

#: In what of our states an offer is; ended is whatever is neither on sale nor a draft.
STATES = {"active": "active", "draft": "draft", "inactive": "ended", "sold_out": "ended", "expired": "ended"}
#: States of which a return to sale is a renewal, and paid (openapi updateListing.state).
RENEWED = frozenset({"sold_out", "expired"})
#: The name of this decade grows by a year each January.
_THIS_DECADE = re.compile(r"(\d{4})_\d{4}")
_texts, _pictures, _listed = rows(text), rows(IMAGE), rows(PROPERTY)


def decoder(field: FieldSpec) -> Decoder:
    """Choose the function that reads a field."""
    if field.type is Type.REFERENCE:
        return _reference(field.refers)
    if field.type is Type.ENUM:
        return _enum(field.values)
    return _BY_TYPE[field.type]


def view(kind: KindSpec, name: str) -> View:
    """Return the prepared view of a kind."""
    return prepared(kind, name, decoder)


def plain(wire: str) -> str:
    """Undo the entities of a text: `Mug &amp; saucer` was sent as `Mug & saucer`."""
    return nfc(unescape(wire))


def money(wire: Mapping[str, Any]) -> Money:
    """Read an amount: so many of the smallest pieces of the currency (openapi Money)."""
    pieces, divisor = checked(whole, wire["amount"]), checked(whole, wire["divisor"])
    if divisor <= 0 or 10 ** (len(str(divisor)) - 1) != divisor:
        raise Unreadable(f"its divisor {divisor} is no power of ten")
    return Money(Decimal(pieces).scaleb(1 - len(str(divisor))), checked(text, wire["currency_code"]))


def _reference(refers: str) -> Decoder:
    def read(wire: Any, reading: Reading) -> Value:
        return None if wire is None else reading.label(refers, str(checked(whole, wire)))

    return read


def _enum(values: Mapping[str, str]) -> Decoder:
    ours = {theirs: word for word, theirs in values.items()}
    decades = {theirs.partition("_")[0]: word for word, theirs in values.items() if theirs.endswith("{year}")}

    def read(wire: Any, _: Reading) -> Value:
        if wire is None:
            return None
        said = checked(text, wire)
        found = _THIS_DECADE.fullmatch(said)
        return ours.get(said) or (decades.get(found[1]) if found else None) or said

    return read


def _text(wire: Any, _: Reading) -> Value:
    if type(wire) is int:
        return str(wire)  # a number of a category
    return None if wire is None else plain(checked(text, wire))


def _paragraphs(wire: Any, _: Reading) -> Value:
    """Read a text of paragraphs as a document has it: no spaces at the ends of its lines."""
    said = "" if wire is None else plain(checked(text, wire))
    return "\n".join(" ".join(line.split()) for line in said.strip().splitlines())


def _texts_of(wire: Any, _: Reading) -> Value:
    return [] if wire is None else [plain(each) for each in checked(_texts, wire)]


def _images(wire: Any, _: Reading) -> Value:
    found = checked(_pictures, wire or [])
    return [each["url_fullxfull"] for each in sorted(found, key=lambda each: each.get("rank") or 0)]


def _integer(wire: Any, _: Reading) -> Value:
    return None if wire is None else checked(whole, wire)


def _yes(wire: Any, _: Reading) -> Value:
    return None if wire is None else checked(flag, wire)


def _money(wire: Any, _: Reading) -> Value:
    return None if wire is None else money(checked(record, wire))


def _status(wire: Any, _: Reading) -> Value:
    """Read a state. Nobody knows what may be done with one that is not known."""
    if wire not in STATES:
        raise Unreadable(f"the state `{wire!s:.40}` is not known")
    return STATES[wire]


def _properties(wire: Any, _: Reading) -> Value:
    return properties.read(checked(_listed, wire or []))


_BY_TYPE: Mapping[Type, Callable[[Any, Reading], Value]] = {
    Type.TEXT: _text,
    Type.PLAIN: _paragraphs,
    Type.LIST: _texts_of,
    Type.IMAGES: _images,
    Type.INTEGER: _integer,
    Type.BOOLEAN: _yes,
    Type.MONEY: _money,
    Type.STATUS: _status,
    Type.PARAMETERS: _properties,
}
