"""Small checkers for the shape of a request: unknown members, wrong types, lengths and words, named by path."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from reconciler.simulator.ebay.refusals import Refusal, error
from reconciler.simulator.world import Json

Errors = list[Json]
Shape = Callable[[Any, str, Errors], None]
INT = 1 << 31
UNREADABLE = 2004
MONEY_TEXT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")


def require(shape: Shape, value: Any, number: int = 25709) -> None:
    """Refuse the request when `value` has not this shape; `number` is said of what can be read and is wrong."""
    errors: Errors = []
    shape(value, "", errors)
    if errors:
        raise Refusal(400, *told(errors, number))


def refuse_unreadable(errors: Errors) -> None:
    """Refuse the request for what cannot be read in it, whatever else is wrong."""
    if unread := [one for one in errors if "errorId" in one]:
        raise Refusal(400, *unread)


def told(errors: Errors, number: int) -> Errors:
    """As they are answered: what can be read and is wrong has the number of the API."""
    return [one if "errorId" in one else error(number, one["field"], **one) for one in errors]


def unreadable(path: str, reason: str) -> Json:
    return error(UNREADABLE, "The request has errors.", reason=f"Could not serialize field [{path}]: {reason}")


def invalid(path: str, reason: str) -> Json:
    """Told under the number of the API that is asked."""
    return {"field": path, "reason": reason}


def record(fields: dict[str, Shape], needed: str = "") -> Shape:
    """An object with exactly these members; those in `needed` (separated by spaces) must be there."""
    must = needed.split()

    def check(value: Any, path: str, errors: Errors) -> None:
        if not isinstance(value, dict):
            errors.append(unreadable(path, "it is no object"))
            return
        prefix = f"{path}." if path else ""
        errors.extend(invalid(prefix + key, "it is missing") for key in must if value.get(key) is None)
        for key, item in value.items():
            if key not in fields:
                # eBay passes over some of these; a practice market must not let a typing error pass.
                errors.append(unreadable(prefix + key, "it is not known"))
            elif item is not None:
                fields[key](item, prefix + key, errors)

    return check


def items(shape: Shape, low: int = 0, high: int | None = None) -> Shape:
    def check(value: Any, path: str, errors: Errors) -> None:
        if not isinstance(value, list):
            errors.append(unreadable(path, "it is no list"))
            return
        if len(value) < low or (high is not None and len(value) > high):
            errors.append(invalid(path, f"it must have {low} to {high} elements"))
        for number, item in enumerate(value):
            shape(item, f"{path}[{number}]", errors)

    return check


def text(high: int | None = None, pattern: str | None = None, low: int = 0) -> Shape:
    known = re.compile(pattern) if pattern else None

    def check(value: Any, path: str, errors: Errors) -> None:
        if not isinstance(value, str):
            errors.append(unreadable(path, "it is no text"))
        elif len(value) < low or (high is not None and len(value) > high):
            errors.append(invalid(path, f"its length must be {low} to {high}"))
        elif known and not known.fullmatch(value):
            errors.append(invalid(path, "its format is wrong"))

    return check


def one_of(*words: str) -> Shape:
    def check(value: Any, path: str, errors: Errors) -> None:
        if not isinstance(value, str) or value not in words:
            errors.append(unreadable(path, f"it must be one of {', '.join(words)}"))

    return check


def whole(low: int | None = None, high: int | None = None) -> Shape:
    """A number of 32 bits."""

    def check(value: Any, path: str, errors: Errors) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not -INT <= value < INT:
            errors.append(unreadable(path, "it is no whole number"))
        elif (low is not None and value < low) or (high is not None and value > high):
            errors.append(invalid(path, f"it must be between {low} and {high}"))

    return check


def anything(value: Any, path: str, errors: Errors) -> None:
    """What is looked at later, and has a number of its own."""


def number(value: Any, path: str, errors: Errors) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        errors.append(unreadable(path, "it is no number"))
    elif value < 0:
        errors.append(invalid(path, "it must not be negative"))


def between(low: int, high: int) -> Shape:
    """Any number of a range."""

    def check(value: Any, path: str, errors: Errors) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            errors.append(unreadable(path, "it is no number"))
        elif not low <= value <= high:
            errors.append(invalid(path, f"it must be between {low} and {high}"))

    return check


def boolean(value: Any, path: str, errors: Errors) -> None:
    if not isinstance(value, bool):
        errors.append(unreadable(path, "it is neither true nor false"))


def aspects(value: Any, path: str, errors: Errors) -> None:
    """Names with lists of values; a name has 40 signs at most, a value 50 (65 where it is an identifier)."""
    if not isinstance(value, dict):
        errors.append(unreadable(path, "it is no object"))
        return
    for name, values in value.items():
        where = f"{path}.{name}"
        if not 1 <= len(name) <= 40:
            errors.append(invalid(where, "a name has 1 to 40 signs"))
        items(text(65 if name in {"Brand", "Marke", "MPN", "EAN"} else 50, low=1), 1)(values, where, errors)


def money_text(value: Any, path: str, errors: Errors) -> None:
    if not isinstance(value, str):
        errors.append(unreadable(path, "it is no text"))
    elif not MONEY_TEXT.fullmatch(value):
        errors.append(invalid(path, "it is no amount"))


MONEY = record({"currency": text(3, "[A-Z]{3}"), "value": money_text}, "currency value")
DURATION = record(
    {
        "unit": one_of("YEAR", "MONTH", "DAY", "HOUR", "CALENDAR_DAY", "BUSINESS_DAY", "MINUTE", "SECOND"),
        "value": whole(0),
    },
    "unit value",
)


def same_amount(one: str, other: str) -> bool:
    return Decimal(one) == Decimal(other)
