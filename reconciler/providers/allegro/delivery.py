"""Allegro's ways of delivery: a dictionary of its own, and what a price list may say of each (#2317)."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.catalogue import Bounds, DeliveryMethod
from reconciler.model.requests import Errand
from reconciler.providers.allegro.answers import METHODS
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.faults import fetch


def methods() -> Conversation[tuple[DeliveryMethod, ...]]:
    """Read the ways of delivery (openapi getListOfDeliveryMethodsUsingGET)."""
    answer = yield from fetch(
        Request(method="GET", path="/sale/delivery-methods", expects=METHODS, name=Errand.METHODS)
    )
    return tuple(_method(wire) for wire in answer["deliveryMethods"])


def _method(wire: Mapping[str, Any]) -> DeliveryMethod:
    limits = wire.get("shippingRatesConstraints") or {}
    weight, time = limits.get("maxPackageWeight") or {}, limits.get("shippingTime") or {}
    return DeliveryMethod(
        id=wire["id"],
        name=wire.get("name") or "",
        allowed=limits.get("allowed") is not False,
        country=wire.get("dispatchCountry") or "",
        first=_bounds(limits.get("firstItemRate")),
        most_pieces=(limits.get("maxQuantityPerPackage") or {}).get("max"),
        weighed=weight.get("supported") is not False,
        lightest=weight.get("min") or "",
        heaviest=weight.get("max") or "",
        timed=time.get("customizable") is not False,
    )


def _bounds(wire: Mapping[str, Any] | None) -> Bounds | None:
    if not wire or not wire.get("currency"):
        return None
    return Bounds(
        lowest=str(wire.get("min") or "0"), highest=str(wire.get("max") or ""), currency=wire["currency"]
    )
