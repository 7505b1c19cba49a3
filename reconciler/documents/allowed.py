"""The words that a template may use: methods, tests, globals and filters. What is not here does not exist."""

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import wraps
from itertools import islice
from typing import Any

from jinja2.utils import Namespace
from markupsafe import Markup, escape

from reconciler.documents.fuel import MAX_ITEMS, Exhausted, Fuel, check_items, check_text, size_of
from reconciler.documents.operators import exact, formatted

TEXT_METHODS = frozenset(
    {
        "capitalize",
        "endswith",
        "isdigit",
        "lower",
        "lstrip",
        "rsplit",
        "rstrip",
        "split",
        "startswith",
        "strip",
        "title",
        "upper",
    }
)
MAPPING_METHODS = frozenset({"get", "items", "keys", "values"})
TESTS = frozenset(
    {
        "boolean",
        "defined",
        "divisibleby",
        "eq",
        "equalto",
        "even",
        "false",
        "ge",
        "gt",
        "greaterthan",
        "in",
        "integer",
        "iterable",
        "le",
        "lessthan",
        "lower",
        "lt",
        "mapping",
        "ne",
        "none",
        "number",
        "odd",
        "sequence",
        "string",
        "true",
        "undefined",
        "upper",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
    }
)
_JINJA_FILTERS = frozenset(
    {
        "abs",
        "capitalize",
        "count",
        "d",
        "default",
        "dictsort",
        "e",
        "escape",
        "first",
        "int",
        "items",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "reverse",
        "safe",
        "select",
        "selectattr",
        "sort",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
        "wordcount",
    }
)
#: Filters that do something for each entry, with the rest of their arguments each time.
_EACH = frozenset({"map", "reject", "rejectattr", "select", "selectattr"})


def filters(known: Mapping[str, Callable[..., Any]], fuel: Fuel) -> dict[str, Callable[..., Any]]:
    """Return the filters by name: Jinja's harmless ones and ours, each paying for what it takes and gives."""
    chosen = {name: known[name] for name in _JINJA_FILTERS}
    chosen |= {"join": _join, "replace": _replace, "format": _format, "round": _round}
    return {name: _paying(function, fuel, each=name in _EACH) for name, function in chosen.items()}


def _paying(function: Callable[..., Any], fuel: Fuel, *, each: bool) -> Callable[..., Any]:
    passes = 1 if hasattr(function, "jinja_pass_arg") else 0  # context or environment come before the value

    @wraps(function)
    def paying(*args: Any, **kwargs: Any) -> Any:
        value, rest = args[passes], (*args[passes + 1 :], *kwargs.values())
        fuel.weigh(value)
        for other in rest:
            fuel.weigh(other)
        if each and isinstance(value, list | tuple | Mapping):
            items, characters = size_of(rest)
            fuel.burn(len(value) * (items + characters // 16))
        result = function(*args, **kwargs)
        if isinstance(result, Iterator):
            result = list(islice(result, MAX_ITEMS + 1))
        return fuel.weigh(result)

    return paying


def _join(values: Any, separator: str = "") -> str:
    """Return the texts and numbers of a list in one text."""
    found = list(islice(values, MAX_ITEMS + 1))
    check_items(len(found))
    if any(not isinstance(value, str | int | Decimal) for value in found):
        raise TypeError("only texts and numbers can be joined")
    check_text(sum(len(str(value)) for value in found) + len(separator) * len(found))
    if any(isinstance(value, Markup) for value in found) or isinstance(separator, Markup):
        return escape(separator).join(found)
    return separator.join(map(str, found))


def _replace(text: Any, old: str, new: str) -> str:
    """Return the text with every `old` replaced."""
    whole = text if isinstance(text, str) else str(text)
    growth = 5 if isinstance(whole, Markup) else 1  # Markup escapes what it takes in: `&` becomes `&amp;`
    check_text(len(whole) + (whole.count(old) if old else len(whole) + 1) * len(new) * growth)
    return whole.replace(old, new)


def _format(pattern: str, *values: Any, **named: Any) -> str:
    """Return `pattern % values`."""
    return formatted(pattern, (named,) if named else values)


def _round(value: Any, digits: int = 0) -> Decimal:
    """Return a number with so many digits after the point (0 to 10), half away from zero as prices are."""
    if not 0 <= digits <= 10:
        raise Exhausted("a number becomes too long")
    return Decimal(exact(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _range(*bounds: int) -> list[int]:
    """Return the numbers of a range as a list, of MAX_ITEMS at most."""
    numbers = range(*bounds)
    try:
        check_items(len(numbers))
    except OverflowError:
        raise Exhausted("a range is too long") from None
    return list(numbers)


GLOBALS: Mapping[str, Any] = {"range": _range, "namespace": Namespace}
