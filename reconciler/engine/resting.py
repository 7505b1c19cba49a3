"""Which offers may be left at rest, since a plan has nothing to say of them; and what they count as. Pure."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.engine.by_module import modules_of
from reconciler.engine.diff import Difference
from reconciler.engine.stock import STATUS, Stock
from reconciler.engine.summed import shares
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.resting import Follows, RestShape, follows_text
from reconciler.model.spec import KindSpec


def is_quiet(desired: Desired, live: Live, found: Difference) -> bool:
    """Tell whether nothing is said of an offer (that a window holds is said), and nothing that it comes
    from can move unseen.

    Drafts raise no events, and what is moving to another name is looked at until it has arrived. What follows
    sources rests with its rows. What is asked of another document is known with that one only, and what others of
    its article follow by its name, unless it says what that is called. What bears another key there, since it was
    adopted so, is listed under that one.
    """
    return (
        desired.key.kind == OFFER
        and found.change is None
        and found.unsynced is None
        and not found.notes
        and not found.left
        and not found.differs
        and _says_nothing(found.stock)
        and not live.unreadable
        and live.fields.get(STATUS) != "draft"
        and (desired.sourced.is_settled if desired.sourced else not desired.item)
        and not desired.in_window
        and not desired.moved_from
        and not desired.document
        and live.key == desired.key
    )


def _says_nothing(stock: Stock | None) -> bool:
    return stock is None or not (
        stock.unknown or stock.sold or stock.perhaps or stock.strange or stock.passing or stock.counted is not None
    )


def shape_of(desired: Desired, kind: KindSpec, uses: Iterable[str]) -> RestShape:
    """Return what a quiet offer counts as: as `by_module` counts it. `uses` is what it refers to."""
    off = (f"off.{module}" for module in modules_of(desired.unsynced, kind))
    equal = (f"equal.{module}" for module in modules_of(desired.fields, kind))
    counts = (*sorted(set(off)), *sorted(set(equal)))
    stock = desired.sourced.stock if desired.sourced else None
    return RestShape(counts, tuple(shares(desired)), tuple(sorted(uses)), (stock.source,) if stock else ())


def valid_shape(desired: Desired) -> RestShape:
    """Return what an offer counts as where it is only looked whether it is valid."""
    return RestShape((), tuple(shares(desired)))


def holds_until(desired: Desired) -> int:
    """Return when its documents or rates say something else, in seconds since 1970; 0 for never."""
    ends = filter(None, (desired.until, desired.sourced.until if desired.sourced else ""))
    return min((int(datetime.fromisoformat(each).timestamp()) for each in ends), default=0)


def follows(desired: Desired) -> str:
    """Return the rows that decide its fields, as one text; empty where none do."""
    sourced = desired.sourced
    if sourced is None:
        return ""
    return follows_text(Follows(next(iter(sourced.stock.items)) if sourced.stock else "", sourced.rows()))
