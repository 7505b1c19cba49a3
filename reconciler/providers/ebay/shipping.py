"""The services of a fulfilment policy, which documents call methods: a price each, and where to.

account ShippingOption: those within the country and those beyond it are two lists, each in its order. A code of a
service stands in one of them. Written is what a document says, over the service as it is; services that are priced
by weight and way (CALCULATED) or by a table of rates say no price: they are left as they are.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.texts import nfc
from reconciler.model.values import Money, Value, plain
from reconciler.providers.base import Reading
from reconciler.providers.codecs import amount
from reconciler.providers.faults import refused
from reconciler.providers.forms import Unreadable, checked, record, rows, text
from reconciler.providers.outcomes import Unwritable

Json = dict[str, Any]
PATH = "methods"
_HERE, _ABROAD, _FLAT = "DOMESTIC", "INTERNATIONAL", "FLAT_RATE"
_records = rows(record)
_REGIONS = rows(record)


def read(wire: Any, reading: Reading) -> Value:
    """Read the price of each service by its code. Unreadable where a code stands for several."""
    found: dict[str, Value] = {}
    for option in checked(_records, wire or []):
        for service in checked(_records, option.get("shippingServices") or []):
            if not _is_flat(service):
                continue
            code = nfc(checked(text, service.get("shippingServiceCode")))
            if code in found:
                raise Unreadable(f"the service {code} stands in it twice")
            found[code] = _rate(service, reading)
    return found


def _is_flat(service: Mapping[str, Any]) -> bool:
    return bool(service.get("freeShipping")) or service.get("shippingCost") is not None


def _rate(service: Mapping[str, Any], reading: Reading) -> dict[str, Value]:
    """Read one service: free is a price of nothing, and no price of further pieces is none."""
    first = None if service.get("freeShipping") else _money(service.get("shippingCost"))
    currency = reading.spec.marketplaces[reading.base_market].currency
    parts: dict[str, Value] = {"first": first or Money(amount("0"), currency)}
    further = _money(service.get("additionalShippingCost"))
    if further is not None and further.amount:
        parts["next"] = further
    if names := regions((service.get("shipToLocations") or {}).get("regionIncluded"), reading):
        parts["to"] = names
    return parts


def _money(wire: Any) -> Money | None:
    if wire is None:
        return None
    body = checked(record, wire)
    return Money(amount(body.get("value")), checked(text, body.get("currency")))


def regions(wire: Any, _: Reading) -> list[str]:
    """Read the names of regions, in an order of our own."""
    return sorted(nfc(checked(text, each.get("regionName"))) for each in checked(_REGIONS, wire or []))


def named_regions(names: Value) -> list[Json]:
    """Write regions."""
    return [{"regionName": str(each)} for each in names or ()]


def write(declared: Mapping[str, Mapping[str, Value]], there: Any) -> list[Json]:
    """Return the options with these services and no others of a flat price, in the order in which they stand."""
    options: dict[str, Json] = {str(each.get("optionType")): each for each in there or ()}
    known = {
        _code(service) for each in options.values() for service in each["shippingServices"] if _is_flat(service)
    }
    for option in options.values():
        kept = [each for each in option["shippingServices"] if not _is_flat(each) or _code(each) in declared]
        for service in kept:
            if _is_flat(service):
                _lay(service, declared[_code(service)])
        option["shippingServices"] = kept
    for code, rate in declared.items():
        if code not in known:
            _add(options, code, rate)
    found = [each for each in options.values() if each["shippingServices"]]
    for option in found:
        _say_free(option)
    return found


def _code(service: Mapping[str, Any]) -> str:
    return nfc(service["shippingServiceCode"])


def _add(options: dict[str, Json], code: str, rate: Mapping[str, Value]) -> None:
    """Add a service: one that says regions is for abroad."""
    if rate.get("first") is None:
        raise Unwritable(refused("NoPrice", f"`first` is missing for {code}.", PATH, code))
    where = _ABROAD if rate.get("to") else _HERE
    option = options.setdefault(where, {"optionType": where, "costType": _FLAT, "shippingServices": []})
    if option.get("costType", _FLAT) != _FLAT:  # all services of an option are priced in one way
        words = f"{code} cannot have a price: eBay calculates what it costs where this policy sends to."
        raise Unwritable(refused("Calculated", words, PATH, code))
    service: Json = {"shippingServiceCode": code}
    places = [each["sortOrder"] for each in option["shippingServices"] if each.get("sortOrder")]
    if places:
        service["sortOrder"] = max(places) + 1
    _lay(service, rate)
    option["shippingServices"].append(service)


def _lay(service: Json, rate: Mapping[str, Value]) -> None:
    if rate.get("first") is not None:
        service["shippingCost"] = _written(rate["first"])
        service.pop("freeShipping", None)
    if "next" in rate:
        service.pop("additionalShippingCost", None)
        if rate["next"] is not None:
            service["additionalShippingCost"] = _written(rate["next"])
    if "to" in rate:
        service["shipToLocations"] = {
            **(service.get("shipToLocations") or {}),
            "regionIncluded": named_regions(rate["to"]),
        }


def _say_free(option: Json) -> None:
    """Say that the first service of the country is free, if it is (account ShippingService.freeShipping)."""
    first = option["shippingServices"][0]
    cost = first.get("shippingCost")
    if option["optionType"] == _HERE and cost is not None and not amount(cost["value"]):
        first["freeShipping"] = True


def _written(price: Money) -> Json:
    return {"value": plain(price.amount), "currency": price.currency}
