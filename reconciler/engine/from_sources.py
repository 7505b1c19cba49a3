"""What a comparison has to know of fields that come from sources. Pure."""

from reconciler.engine.stock import QUANTITY
from reconciler.model.offers import Desired
from reconciler.model.undone import Reason
from reconciler.model.values import Money, Value


def without_tolerated(desired: Desired, moved: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    """Leave out the prices that differ by less than their rule wants to hear of."""
    tolerances = desired.sourced.tolerances if desired.sourced else {}
    return [
        (path, seen)
        for path, seen in moved
        if path not in tolerances
        or not isinstance(seen, Money)
        or not tolerances[path].covers(desired.fields[path], seen)
    ]


def withheld(desired: Desired) -> tuple[tuple[Reason, str], ...]:
    """Return the fields of which a source does not say what they shall be."""
    return tuple((Reason.SOURCE, path) for path in desired.sourced.withheld) if desired.sourced else ()


def because(desired: Desired, path: str, after: Value) -> str:
    """Say how a value came to be, and what became of it when it met what was sold."""
    told = "; ".join(
        filter(None, (desired.sourced.told.because(path) if desired.sourced else "", desired.window(path)))
    )
    stock = desired.sourced.stock if desired.sourced else None
    shares = stock is not None and bool(stock.siblings) and not stock.shared
    if path == QUANTITY and told and after != desired.fields[path]:
        others = " or is shown by its other offers" if shares else ""
        return f"{told}, less what was sold since{others} -> {after}"
    return told
