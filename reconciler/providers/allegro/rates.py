"""The rates of a delivery price list, by method (openapi ShippingRate)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from reconciler.model.values import Money, Value
from reconciler.providers.base import Reading
from reconciler.providers.codecs import duration, money, number, wire_duration
from reconciler.providers.forms import checked, many, text

METHOD = "DeliveryMethod"
RateRow = dict[str, Any]


def read_rates(wire: Any, reading: Reading) -> Value:
    """Read rates by the method's label: their order means nothing, and names of methods repeat (#2317)."""
    rows = checked(many, wire or [])
    return {reading.label(METHOD, checked(text, row["deliveryMethod"]["id"])): _read(row) for row in rows}


def _read(row: Mapping[str, Any]) -> dict[str, Value]:
    parts: dict[str, Value] = {
        "first": money(row.get("firstItemRate")),
        "next": _further(row.get("nextItemRate")),
        "max_quantity": int(row["maxQuantityPerPackage"]),  # a number or, at times, text (#13698)
        "max_weight": number((row.get("maxPackageWeight") or {}).get("value")),
    }
    time = row.get("shippingTime")
    if time:  # null is the method's default, which cannot be read (#1221)
        parts["time"] = {end: duration(checked(text, time[end])) for end in ("from", "to")}
    return {name: part for name, part in parts.items() if part is not None}


def _further(wire: Any) -> Money | None:
    """Read the price of a further piece; nothing is none (#13906)."""
    price = money(wire)
    return price if price is not None and price.amount else None


def write_rates(
    declared: Mapping[str, Mapping[str, Value]],
    live: list[Mapping[str, Any]],
    identify: Callable[[str], str],
    price: Callable[[Value], dict[str, str]],
    *,
    typed: bool,
) -> list[RateRow]:
    """Write all declared methods, each over its live row; a method that is not declared goes."""
    rows = {row["deliveryMethod"]["id"]: row for row in live}
    result: list[RateRow] = []
    for label, parts in declared.items():
        method = identify(label)
        row = _kept(rows.get(method)) | {"deliveryMethod": {"id": method}}
        _overlay(row, parts, price)
        result.append(completed(row, typed=typed))
    return result


def _kept(row: Mapping[str, Any] | None) -> RateRow:
    return {name: part for name, part in (row or {}).items() if part is not None}


def completed(row: RateRow, *, typed: bool) -> RateRow:
    """Complete a row: a rate for the next item is required, and nothing in a typed list (#13906)."""
    row = _kept(row)
    row.setdefault("maxQuantityPerPackage", 1)
    nothing = {"amount": "0.00", "currency": row["firstItemRate"]["currency"]}
    if typed or "nextItemRate" not in row:
        row["nextItemRate"] = nothing
    return row


def _overlay(row: RateRow, parts: Mapping[str, Value], price: Callable[[Value], dict[str, str]]) -> None:
    for name, value in parts.items():
        key = _KEYS[name]
        if value is None:
            row.pop(key, None)
        elif name in {"first", "next"}:
            row[key] = price(value)
        elif name == "max_weight":
            row[key] = {"value": f"{Decimal(value):.3f}", "unit": "KILOGRAM"}
        elif name == "time":
            row[key] = {end: wire_duration(value[end], {}) for end in ("from", "to")}
        else:
            row[key] = value


_KEYS = {
    "first": "firstItemRate",
    "next": "nextItemRate",
    "max_quantity": "maxQuantityPerPackage",
    "max_weight": "maxPackageWeight",
    "time": "shippingTime",
}


def part_of_rate(way: tuple[str | int, ...]) -> tuple[str, ...]:
    """Name the part of a rate that a place in a request means; its method is the rate itself."""
    named = {theirs: ours for ours, theirs in _KEYS.items()}
    return tuple(named[str(step)] for step in way[:1] if str(step) in named)
