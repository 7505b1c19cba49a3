"""Tax, and what the law wants to be said of goods: written with the offer (inventory Tax, Regulatory).

Manufacturers and responsible persons are no things of their own on eBay: what their documents say is laid over
what the offer says. Members that documents have no word for (a second line of an address, a state) stay.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from reconciler.model.texts import all_nfc
from reconciler.model.values import Value
from reconciler.providers.base import Context, Reading
from reconciler.providers.codecs import Spelling, number
from reconciler.providers.faults import refused
from reconciler.providers.forms import checked, record, rows, text
from reconciler.providers.outcomes import Unwritable
from reconciler.providers.views import Decoder

Json = dict[str, Any]
EncodeIn = Callable[[Value, Any, Context], Any]
_records = rows(record)
#: Members of who made it, or answers for it: where ours stand in a document, and where eBay has them.
_ADDRESS = {"country_code": "country", "street": "addressLine1", "postal_code": "postalCode", "city": "city"}
_CONTACT = {"email": "email", "phone_number": "phone", "form_url": "contactUrl"}
_PARTS = {"address": _ADDRESS, "contact": _CONTACT}
#: The only type of a responsible person (inventory ResponsiblePerson.types).
_TYPES = ["EUResponsiblePerson"]
_LABEL = Spelling(
    renamed={
        "label.picture": "imageURL",
        "label.description": "imageDescription",
        "label.sheet": "productInformationSheet",
    }
)


def _country(reading: Reading) -> str:
    return reading.spec.marketplaces[reading.base_market].country


def _tax(wire: Any, reading: Reading) -> Value:
    """Read the rate of the site's country."""
    return {} if wire is None else {_country(reading): number(wire)}


def _rate(value: Value, _: Any, context: Context) -> Any:
    rate = value.get(_country(context.reading))
    if rate is None:
        return None
    if not rate[:1].isdigit():
        words = f"eBay takes a rate in percent, and not `{rate}`."
        raise Unwritable(refused("NoSuchRate", words, "settings.tax", _country(context.reading)))
    return Decimal(rate)


def _somebody(name: str) -> Decoder:
    """Read who made it, or answers for it; `name` is what we call its name."""

    def read(wire: Any, _: Reading) -> Value:
        body = checked(record, wire or {})
        found: dict[str, Value] = {name: body["companyName"]} if body.get("companyName") else {}
        for part, members in _PARTS.items():
            said = {ours: checked(text, body[theirs]) for ours, theirs in members.items() if body.get(theirs)}
            if said:
                found[part] = said
        return all_nfc(found) if found else None

    return read


def _said(name: str) -> Callable[[Value, Any], Json]:
    def write(value: Value, there: Any) -> Json:
        body: Json = dict(there or {})
        flat = {"companyName": value[name]} if name in value else {}
        for part, members in _PARTS.items():
            inside = value.get(part) or {}
            flat |= {theirs: inside[ours] for ours, theirs in members.items() if ours in inside}
        body |= {member: str(each) for member, each in flat.items() if each is not None}
        return {member: each for member, each in body.items() if flat.get(member, "") is not None}

    return write


_producer, _person = _said("trade_name"), _said("name")


def _first_person(wire: Any, reading: Reading) -> Value:
    """Read the first one: of further ones no document speaks."""
    persons = checked(_records, wire or [])
    return _somebody("name")(persons[0], reading) if persons else None


def _persons(value: Value, there: Any, _: Context) -> Any:
    first, *others = there or [{}]
    return [{"types": _TYPES, **_person(value, first)}, *others]


def _nested(spelling: Spelling, name: str) -> tuple[Decoder, EncodeIn]:
    def read(wire: Any, _: Reading) -> Value:
        return all_nfc(spelling.read(checked(record, wire), name)) if wire else None

    def write(value: Value, there: Any, _: Context) -> Any:
        body = {**(there or {}), **spelling.write(value, name)}
        return {member: each for member, each in body.items() if each is not None}

    return read, write


def _documents(wire: Any, _: Reading) -> Value:
    return sorted(checked(text, each.get("documentId")) for each in checked(_records, wire or []))


_OWN: Mapping[str, tuple[Decoder, EncodeIn]] = {
    "settings.tax": (_tax, _rate),
    "settings.producer": (_somebody("trade_name"), lambda value, there, _: _producer(value, there)),
    "settings.person": (_first_person, _persons),
    "settings.product_safety": _nested(Spelling(), "safety"),
    "settings.hazmat": _nested(Spelling(), "hazmat"),
    "settings.energy_label": _nested(_LABEL, "label"),
    "settings.documents": (_documents, lambda value, _, __: [{"documentId": str(each)} for each in value]),
}
DECODERS: Mapping[str, Decoder] = {path: read for path, (read, _) in _OWN.items()}
ENCODERS: Mapping[str, EncodeIn] = {path: write for path, (_, write) in _OWN.items()}
