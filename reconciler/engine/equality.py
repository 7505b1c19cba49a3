"""When a desired and a live value say the same. One function per equality of the spec.

Each function returns the live value as seen through what was declared: equal to the desired value exactly when
nothing is to be done, and otherwise what a person should read as "before".
"""

from collections.abc import Callable, Iterable, Mapping

from reconciler.engine.canonical import months_of
from reconciler.model.spec import Equality
from reconciler.model.values import Money, Value


def _exact(_desired: Value, live: Value) -> Value:
    return live


def _spaces(desired: Value, live: Value) -> Value:
    if isinstance(desired, str) and isinstance(live, str) and desired.split() == live.split():
        return desired
    return live


def _unordered(desired: Value, live: Value) -> Value:
    if isinstance(desired, list) and isinstance(live, list) and sorted(desired) == sorted(live):
        return desired
    return live or ([] if desired == [] else None)


def _declared(desired: Value, live: Value) -> Value:
    """Look only at the keys that were declared, at every depth; a missing key equals null and false."""
    if isinstance(desired, Mapping):
        seen = live if isinstance(live, Mapping) else {}
        return {key: _declared(each, seen.get(key)) for key, each in desired.items()}
    if isinstance(desired, list) and isinstance(live, list) and len(desired) == len(live):
        return [_declared(mine, theirs) for mine, theirs in zip(desired, live, strict=True)]
    if live is None and desired in (False, [], ""):
        return desired
    return desired if _same_money(desired, live) or _same_period(desired, live) else live


def _same_period(desired: Value, live: Value) -> bool:
    """Periods are years or months: `P2Y` is `P24M`."""
    months = months_of(desired)
    return months is not None and months == months_of(live)


def _same_money(desired: Value, live: Value) -> bool:
    """Nested bodies hold amounts as text: `5 PLN` is `5.00 PLN`."""
    if not (isinstance(desired, str) and isinstance(live, str)) or desired[-3:] != live[-3:]:
        return False
    try:
        return Money.parse(desired) == Money.parse(live)
    except ValueError:
        return False


def _parameters(desired: Value, live: Value) -> Value:
    """Look only at declared parameters, by name or id; values as sets, by text or dictionary id."""
    if not isinstance(desired, Mapping):
        return live or None
    there: Mapping[str, Value] = live or {}
    seen: dict[str, Value] = {}
    others: Mapping[str, Value] | None = None  # by name in lower case: most have the name that was declared
    for name, value in desired.items():
        found = there.get(name)
        if not found:
            others = _by_name(there) if others is None else others
            found = others.get(name.casefold())
        seen[name] = _parameter(value, found)
    return seen


def _by_name(live: Mapping[str, Value]) -> Mapping[str, Value]:
    return {each["name"].casefold(): each for each in live.values() if each.get("name")}


def _parameter(desired: Value, live: Mapping[str, Value] | None) -> Value:
    if live is None:
        return None
    if type(desired) is list and desired == live.get("values"):
        return desired
    if isinstance(desired, Mapping):
        return live.get("range")
    values, ids = live.get("values") or [], live.get("ids") or []
    if desired is not None and (_folded(desired) == _folded(values) or set(desired) == set(ids)):
        return desired  # dictionaries are not strict about upper and lower case
    return values or ids or live.get("range")


def _folded(values: Iterable[str]) -> set[str]:
    return {value.casefold() for value in values}


def _product(desired: Value, live: Value) -> Value:
    if not isinstance(desired, Mapping) or not isinstance(live, Mapping):
        return live
    same = desired.get("id") == live.get("id") if "id" in desired else desired.get("gtin") in live.get("gtins", ())
    if same:
        return desired
    return {"gtin": live["gtins"][0]} if "gtin" in desired and live.get("gtins") else {"id": live.get("id")}


def _products(desired: Value, live: Value) -> Value:
    if not desired or not live or len(desired) != len(live):
        return [_shown(each) for each in live or ()] or ([] if desired == [] else None)
    left = list(live)
    seen = []
    for mine in desired:
        match = next(
            (each for each in left if _product(mine["product"], each["product"]) == mine["product"]), None
        )
        if match is None:
            return [_shown(each) for each in live]
        left.remove(match)
        seen.append({"product": mine["product"], "quantity": match["quantity"]})
    return seen


def _shown(item: Mapping[str, Value]) -> Value:
    return {"product": _product({"gtin": None}, item["product"]), "quantity": item["quantity"]}


def _rates(desired: Value, live: Value) -> Value:
    """Methods by name, all of them: a method that is not declared is to go. A rate's parts: the declared ones."""
    if not isinstance(desired, Mapping) or not isinstance(live, Mapping):
        return live
    return {name: _declared(desired.get(name, each), each) for name, each in live.items()}


def _promotion(desired: Value, live: Value) -> Value:
    """What is removed ends with its cycle, and is there until then: it need not be removed again."""
    mine, theirs = desired or {}, live or {}
    ending, extras = set(theirs.get("ending") or ()), mine.get("extras") or ()
    package = theirs.get("package")
    if mine.get("package") is None and package in ending:
        package = None
    elif mine.get("package") is not None and mine["package"] == theirs.get("coming"):
        package = mine["package"]
    kept = [each for each in theirs.get("extras") or () if each in extras or each not in ending]
    return {"package": package, "extras": kept} if package or kept else None


EQUALITIES: Mapping[Equality, Callable[[Value, Value], Value]] = {
    Equality.EXACT: _exact,
    Equality.SPACES: _spaces,
    Equality.UNORDERED: _unordered,
    Equality.DECLARED: _declared,
    Equality.PARAMETERS: _parameters,
    Equality.PRODUCT: _product,
    Equality.PRODUCTS: _products,
    Equality.RATES: _rates,
    Equality.PROMOTION: _promotion,
}


def seen_as(equality: Equality, desired: Value, live: Value) -> Value:
    """Return the live value through the eyes of the desired one; equal to it when nothing is to be done."""
    return desired if desired == live else EQUALITIES[equality](desired, live)
