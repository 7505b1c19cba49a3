"""Small checkers for the shape of a request: unknown fields, wrong types and lengths, named by path."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from reconciler.simulator.allegro.refusals import Refusal, fault
from reconciler.simulator.world import Json

Faults = list[Json]
Shape = Callable[[Any, str, Faults], None]
INT = 1 << 31


def require(shape: Shape, value: Any) -> None:
    """Refuse the request when `value` has not this shape; unreadable types are a 400, the rest a 422."""
    faults: Faults = []
    shape(value, "", faults)
    if faults:
        unreadable = any(one["code"] == "JsonMappingException" for one in faults)
        raise Refusal(400 if unreadable else 422, *faults)


def mistyped(path: str, expected: str) -> Json:
    return fault("JsonMappingException", f"The value cannot be read as {expected}.", path or None)


def invalid(path: str, message: str) -> Json:
    return fault("ConstraintViolationException", message, path or None)


def record(fields: dict[str, Shape], required: str = "") -> Shape:
    """An object with exactly these fields; those in `required` (separated by spaces) must be there."""
    needed = required.split()

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.append(mistyped(path, "an object"))
            return
        prefix = f"{path}." if path else ""
        for key in needed:
            if value.get(key) is None:
                faults.append(invalid(prefix + key, "The field is required."))
        for key, item in value.items():
            if key not in fields:
                # Allegro ignores some of these; a practice market must not let a typing error pass.
                faults.append(fault("UnknownField", "The field is not known.", prefix + key))
            elif not (item is None and key in needed):
                fields[key](item, prefix + key, faults)

    return check


def items(shape: Shape, low: int = 0, high: int | None = None) -> Shape:
    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, list):
            faults.append(mistyped(path, "a list"))
            return
        if len(value) < low or (high is not None and len(value) > high):
            faults.append(invalid(path, f"The list must have between {low} and {high} elements."))
        for number, item in enumerate(value):
            shape(item, f"{path}[{number}]", faults)

    return check


def mapping(shape: Shape) -> Shape:
    """An object whose keys are free, such as marketplaces."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.append(mistyped(path, "an object"))
            return
        for key, item in value.items():
            shape(item, f"{path}.{key}", faults)

    return check


def text(low: int = 0, high: int | None = None, pattern: str | None = None) -> Shape:
    known = re.compile(pattern) if pattern else None

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, str):
            faults.append(mistyped(path, "a text"))
        elif len(value) < low or (high is not None and len(value) > high):
            faults.append(invalid(path, f"The length must be between {low} and {high}."))
        elif known and not known.fullmatch(value):
            faults.append(invalid(path, "The value has a wrong format."))

    return check


def one_of(*values: str) -> Shape:
    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, str):
            faults.append(mistyped(path, "a text"))
        elif value not in values:
            faults.append(invalid(path, f"The value must be one of: {', '.join(values)}."))

    return check


def tagged(tag: str, **branches: Shape) -> Shape:
    """An object whose member `tag` says which of the shapes it has."""
    known = one_of(*branches)

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.append(mistyped(path, "an object"))
            return
        found: Faults = []
        known(value.get(tag), f"{path}.{tag}", found)
        faults.extend(found)
        if not found:
            branches[value[tag]](value, path, faults)

    return check


def whole(low: int | None = None, high: int | None = None) -> Shape:
    """A number of 32 bits (`format: int32`); one that does not fit cannot be read."""

    def check(value: Any, path: str, faults: Faults) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not -INT <= value < INT:
            faults.append(mistyped(path, "a whole number"))
        elif (low is not None and value < low) or (high is not None and value > high):
            faults.append(invalid(path, f"The value must be between {low} and {high}."))

    return check


def boolean(value: Any, path: str, faults: Faults) -> None:
    if not isinstance(value, bool):
        faults.append(mistyped(path, "true or false"))


def anything(value: Any, path: str, faults: Faults) -> None:
    """A part that this marketplace keeps as it is."""


def nullable(shape: Shape) -> Shape:
    def check(value: Any, path: str, faults: Faults) -> None:
        if value is not None:
            shape(value, path, faults)

    return check


def decimal_text(value: Any, path: str, faults: Faults) -> None:
    """A number in a text: a JSON number would lose its decimals on the way."""
    if not isinstance(value, str):
        faults.append(mistyped(path, "a decimal number in a text"))
    elif decimal_of(value) is None:
        faults.append(invalid(path, "The value is not a decimal number."))


def decimal_of(value: str) -> Decimal | None:
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", value):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def date_time(value: Any, path: str, faults: Faults) -> None:
    """A moment in ISO 8601 with its zone, which is one in UTC as well."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        known = moment is not None and moment.tzinfo is not None and bool(moment.astimezone(UTC))
    except (ValueError, OverflowError):
        known = False
    if not known:
        faults.append(mistyped(path, "a moment with a zone"))


MONEY = record({"amount": decimal_text, "currency": text(3, 3)}, "amount currency")
REFERENCE = record({"id": text(1), "name": text(1)})
JUST_ID = record({"id": text(1)}, "id")
UUID = text(36, 36, r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
