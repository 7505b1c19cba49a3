"""`+ - * / // % **` in templates: each looks at what would come out before it does it. No floats."""

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from reconciler.documents.fuel import MAX_BITS, Exhausted, check_items, check_text, size_of

OPERATORS = frozenset({"+", "-", "*", "/", "//", "%", "**"})
Number = int | Decimal
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
_DIGITS = re.compile(r"[0-9]{4,}")


def operate(sign: str, left: Any, right: Any) -> Any:
    """Return `left sign right`. Raise Exhausted when that would be too large, TypeError when senseless."""
    left, right = exact(left), exact(right)
    if isinstance(left, Number) and isinstance(right, Number):
        return _calculate(sign, left, right)
    if sign == "%" and isinstance(left, str):
        return formatted(left, right if isinstance(right, tuple) else (right,))
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        check_text(len(left) + len(right))
        return left + right
    if sign == "+" and isinstance(left, list) and isinstance(right, list):
        check_items(len(left) + len(right))
        return left + right
    if sign == "*" and isinstance(left, str | list) and isinstance(right, int):
        items, characters = size_of(left)
        check_items(items * right if isinstance(left, list) else 0)
        check_text(characters * right)
        return left * right
    raise TypeError(f"`{sign}` cannot be used between {_is(left)} and {_is(right)}")


def exact(value: Any) -> Any:
    """Return a number that was written with a point in the template as the decimal that was meant."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _calculate(sign: str, left: Number, right: Number) -> Number:
    if sign == "/":
        return Decimal(left) / Decimal(right)
    if sign == "**":
        if not isinstance(right, int) or abs(right) > MAX_BITS:
            raise Exhausted("a number becomes too large")
        if isinstance(left, int) and left.bit_length() * max(right, 1) > MAX_BITS:
            raise Exhausted("a number becomes too large")
        return Decimal(left) ** right if right < 0 or isinstance(left, Decimal) else left**right
    return _ARITHMETIC[sign](left, right)  # type: ignore[no-any-return]


def formatted(pattern: str, values: tuple[Any, ...]) -> str:
    """Return `pattern % values` after a look at its widths and at how often it repeats its values."""
    if "*" in pattern or _DIGITS.search(pattern):
        raise Exhausted("a format asks for too many characters")
    given: Any = values[0] if len(values) == 1 and isinstance(values[0], Mapping) else values
    given = {k: exact(v) for k, v in given.items()} if isinstance(given, Mapping) else tuple(map(exact, given))
    parts = given.values() if isinstance(given, Mapping) else given
    if any(not isinstance(part, str | Number) for part in parts):
        raise TypeError("only texts and numbers can be formatted")
    widest = max((len(str(part)) for part in parts), default=0)
    check_text(len(pattern) + pattern.count("%") * max(widest, 1000 if any(map(str.isdigit, pattern)) else 0))
    return str(pattern % given)


def _is(value: Any) -> str:
    match value:
        case None:
            return "null"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a mapping"
    return "a number" if isinstance(value, Number) else "a value"
