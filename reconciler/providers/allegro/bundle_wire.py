"""Bundles of several offers (openapi FlexibleBundleCreateDTO): slots in order, a discount of either kind."""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.values import Value
from reconciler.providers.base import Reading
from reconciler.providers.forms import checked, flag, text, whole


def read_slots(wire: Any, reading: Reading) -> Value:
    """Read the slots in their order; an offer's place inside its slot means nothing."""
    return [
        {
            "offers": sorted(reading.label(OFFER, checked(text, offer["id"])) for offer in slot["offers"]),
            "quantity": checked(whole, slot["requiredQuantity"]),
            "entry": checked(flag, slot["entryPoint"]),
        }
        for slot in _in_order(wire)
    ]


def _in_order(slots: Any) -> list[Mapping[str, Any]]:
    return sorted(slots or (), key=lambda slot: int(slot["order"]))


def read_discount(wire: Any, _: Reading) -> Value:
    """Read percentages by marketplace: of the whole bundle, or of single slots."""
    if not wire:
        return None
    if wire["type"] == "WHOLE_BUNDLE_DISCOUNT":
        bundle = wire["bundle"]
        return {"whole": {"minimum": checked(whole, bundle["minimumBoughtOffers"]), **_percentages(bundle)}}
    slots = sorted(wire["slot"]["slots"], key=lambda slot: int(slot["order"]))
    return {"slots": [{"slot": checked(whole, slot["order"]), **_percentages(slot)} for slot in slots]}


def _percentages(part: Mapping[str, Any]) -> dict[str, int]:
    return {checked(text, each["marketplaceId"]): checked(whole, each["percentage"]) for each in part["discounts"]}


def write_slots(
    declared: list[Mapping[str, Value]], live: Any, identify: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Write the slots; one that is there keeps its id, and its offers what we do not declare."""
    theirs = {int(slot["order"]): slot for slot in live or ()}
    return [_slot(order, slot, theirs.get(order), identify) for order, slot in enumerate(declared)]


def _slot(
    order: int, slot: Mapping[str, Value], live: Mapping[str, Any] | None, identify: Callable[[str], str]
) -> dict[str, Any]:
    excluded = {offer["id"]: offer.get("excludedFromDiscount") for offer in (live or {}).get("offers") or ()}
    ids = [identify(label) for label in slot["offers"]]
    return {
        **({"id": live["id"]} if live and live.get("id") else {}),
        "order": order,
        "entryPoint": bool(slot.get("entry")),
        "requiredQuantity": slot.get("quantity") or 1,
        "offers": [{"id": each, "excludedFromDiscount": bool(excluded.get(each))} for each in ids],
    }


def kept_slots(live: Any) -> list[dict[str, Any]]:
    """Repeat the slots as they are, without what the server computes."""
    return [
        {
            "id": slot["id"],
            "order": slot["order"],
            "entryPoint": slot["entryPoint"],
            "requiredQuantity": slot["requiredQuantity"],
            "offers": [
                {"id": each["id"], "excludedFromDiscount": bool(each.get("excludedFromDiscount"))}
                for each in slot["offers"]
            ],
        }
        for slot in _in_order(live)
    ]


def write_discount(declared: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Write a discount; null is none."""
    if declared is None:
        return None
    if "whole" in declared:
        all_of_it = declared["whole"]
        bundle = {"minimumBoughtOffers": all_of_it["minimum"], "discounts": _discounts(all_of_it, "minimum")}
        return {"type": "WHOLE_BUNDLE_DISCOUNT", "bundle": bundle}
    slots = [{"order": slot["slot"], "discounts": _discounts(slot, "slot")} for slot in declared["slots"]]
    return {"type": "SLOT_DISCOUNT", "slot": {"slots": slots}}


def _discounts(part: Mapping[str, Any], apart: str) -> list[dict[str, Any]]:
    return [
        {"marketplaceId": market, "percentage": int(percentage)}
        for market, percentage in part.items()
        if market != apart
    ]
