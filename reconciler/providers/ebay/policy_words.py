"""What policies and places say, between eBay's words and those of documents, field by field."""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.spec import FieldSpec, Type
from reconciler.model.texts import all_nfc
from reconciler.model.values import Value
from reconciler.providers.base import Reading
from reconciler.providers.codecs import Spelling
from reconciler.providers.ebay import decoding, shipping
from reconciler.providers.faults import refused
from reconciler.providers.forms import Unreadable, checked, flag, record, rows, text, whole
from reconciler.providers.outcomes import Unwritable
from reconciler.providers.views import Decoder

Encode = Callable[[Value, Any], Any]
_texts = rows(text)
#: Members of an address (inventory Address), in the words of other documents.
_ADDRESS = Spelling(
    renamed={
        "address.street": "addressLine1",
        "address.street_2": "addressLine2",
        "address.post_code": "postalCode",
        "address.province": "stateOrProvince",
        "address.country_code": "country",
    }
)
#: Hours of what spans of time are told in (account TimeDurationUnitEnum); days of work are told in days.
_HOURS = {"HOUR": 1, "DAY": 24, "CALENDAR_DAY": 24, "BUSINESS_DAY": 24}


def decoder(field: FieldSpec) -> Decoder:
    """Choose the function that reads a field."""
    own = _OWN.get(field.path)
    return own[0] if own else decoding.decoder(field)


def encoded(field: FieldSpec, value: Value, there: Any) -> Any:
    """Write a value over what is there; None where it takes the member away."""
    if value is None:
        return None
    own = _OWN.get(field.path)
    if own:
        return own[1](value, there)
    return field.values.get(value, value) if field.type is Type.ENUM else value


def copied(value: Any) -> Any:
    """Return what may be changed without the original."""
    if isinstance(value, dict):
        return {name: copied(each) for name, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


def _span(wire: Any, _: Reading) -> Value:
    if wire is None:
        return None
    unit, number = checked(record, wire).get("unit"), checked(whole, wire.get("value"))
    if unit not in _HOURS:
        raise Unreadable(f"the unit `{unit!s:.40}` is not known")
    return f"PT{number * _HOURS[unit]}H"


def _days(value: Value, there: Any) -> Any:
    """Write days, in the unit that stands there where it means days."""
    hours = int(value.strip("PTH"))
    if hours % 24:
        raise Unwritable(refused("NoFullDays", f"{value} is not made of full days.", "handling"))
    unit = str((there or {}).get("unit"))
    return {"value": hours // 24, "unit": unit if _HOURS.get(unit) == 24 else "DAY"}


def _available(wire: Any, _: Reading) -> Value:
    return None if wire is None else {"range": "full" if checked(flag, wire) else "disabled"}


def _taken(value: Value, _: Any) -> bool:
    if value.get("range") not in ("full", "disabled"):
        words = "Returns are `full` or `disabled` on eBay; a policy cannot restrict them."
        raise Unwritable(refused("NoSuchRange", words, "availability", "range"))
    return bool(value["range"] == "full")


def _payer(wire: Any, _: Reading) -> Value:
    return None if wire is None else {"covered_by": checked(text, wire).lower()}


def _replaced(wire: Any, _: Reading) -> Value:
    return wire is not None and checked(text, wire) == "REPLACEMENT"


def _enabled(wire: Any, _: Reading) -> Value:
    return wire is None or checked(text, wire) == "ENABLED"


def _words(wire: Any, _: Reading) -> Value:
    return sorted(each.lower() for each in checked(_texts, wire or []))


def _address(wire: Any, _: Reading) -> Value:
    return all_nfc(_ADDRESS.read(checked(record, wire), "address")) if wire else None


def _written_address(value: Value, there: Any) -> Any:
    """Lay an address over the one that is there: what is null goes."""
    said = {**(there or {}), **_ADDRESS.write(value, "address")}
    return {name: str(each) for name, each in said.items() if each is not None}


_OWN: Mapping[str, tuple[Decoder, Encode]] = {
    "handling": (_span, _days),
    "withdrawal_period": (_span, _days),
    "methods": (shipping.read, shipping.write),
    "ships_to": (shipping.regions, lambda value, _: shipping.named_regions(value)),
    "not_to": (shipping.regions, lambda value, _: shipping.named_regions(value)),
    "availability": (_available, _taken),
    "return_cost": (_payer, lambda value, _: value["covered_by"].upper()),
    "replacement": (_replaced, lambda value, _: "REPLACEMENT" if value else None),
    "address": (_address, _written_address),
    "enabled": (_enabled, lambda value, _: "ENABLED" if value else "DISABLED"),
    "types": (_words, lambda value, _: [str(each).upper() for each in value]),
}
