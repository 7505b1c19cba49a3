"""The named objects of the account: the bodies that follow from what the documents say of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from reconciler.demo.settings import (
    IMPLIED_WARRANTIES,
    PRICE_LISTS,
    RETURN_POLICIES,
    TAGS,
    WARRANTIES,
    producers,
)
from reconciler.simulator.allegro.defaults import DELIVERY_METHODS

Json = dict[str, Any]
Ids = Mapping[tuple[str, str], str]

#: Members whose words the marketplace writes in capitals.
_WORDS: Final = frozenset({"range", "covered_by", "type"})
_METHODS: Final = {method["name"]: method["id"] for method in DELIVERY_METHODS}


def bodies(ids: Ids) -> Json:
    """Return the small objects by the kinds of the simulator."""
    return {
        "return_policies": _all(ids, "ReturnPolicy", RETURN_POLICIES),
        "implied_warranties": _all(ids, "ImpliedWarranty", IMPLIED_WARRANTIES),
        "warranties": _all(ids, "Warranty", WARRANTIES),
        "responsible_producers": _all(ids, "ResponsibleProducer", producers()),
        "tags": _all(ids, "OfferTag", TAGS),
    }


def _all(ids: Ids, kind: str, named: Mapping[str, Json]) -> list[Json]:
    return [{"id": ids[kind, name], "name": name, **_camel(body)} for name, body in named.items()]


def _camel(body: Mapping[str, Any]) -> Json:
    found: Json = {}
    for key, value in body.items():
        first, *rest = key.split("_")
        name = first + "".join(word.capitalize() for word in rest)
        if isinstance(value, Mapping):
            found[name] = _camel(value)
        else:
            found[name] = value.upper() if key in _WORDS else value
    return found


def price_lists(ids: Ids, modified: str) -> list[Json]:
    """Return the delivery price lists."""
    return [
        {
            "id": ids["DeliveryPriceList", name],
            "name": name,
            "rates": [_rate(method, rule) for method, rule in methods.items()],
            "type": "PHYSICAL",
            "dispatchCountry": "PL",
            "lastModified": modified,
        }
        for name, methods in PRICE_LISTS.items()
    ]


def _rate(method: str, rule: Mapping[str, Any]) -> Json:
    amount, currency = rule["first"].split(" ")
    body: Json = {
        "deliveryMethod": {"id": _METHODS[method]},
        "maxQuantityPerPackage": rule["max_quantity"],
        "firstItemRate": {"amount": f"{Decimal(amount):.2f}", "currency": currency},
        "nextItemRate": {"amount": "0.00", "currency": currency},
    }
    if "max_weight" in rule:
        body["maxPackageWeight"] = {"value": f"{rule['max_weight']:.3f}", "unit": "KILOGRAM"}
    return body
