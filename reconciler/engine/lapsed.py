"""Prices that rest on windows are not sent after the moment up to which they hold. Pure."""

from collections.abc import Mapping
from datetime import datetime

from reconciler.model.modules import Module
from reconciler.model.offers import Desired
from reconciler.model.plan import AccountPlan, Target
from reconciler.model.values import Value

_STATUS = "stock.status"
#: Of a run: the resource -> its field -> the moment (ISO, UTC) from which on it is not sent.
Until = Mapping[str, Mapping[str, str]]


def until(desired: Desired, path: str, after: Value) -> str:
    """Return up to when a value holds (ISO, UTC): a price, and that an offer is on sale for it; empty for ever."""
    on_sale = path == _STATUS and after == "active"
    return desired.until if on_sale or path.partition(".")[0] == Module.PRICE else ""


def until_of(part: AccountPlan) -> dict[str, dict[str, str]]:
    """Return up to when the values of a plan hold, those without an end left out."""
    found = {
        str(change.key): {each.path: each.until for each in change.fields if each.until} for change in part.changes
    }
    return {key: moments for key, moments in found.items() if moments}


def ended(target: Target, holds: Until, now: datetime) -> str:
    """Return the moment (ISO, UTC) at which a value of a row has ceased to hold; empty if none has."""
    moments = holds.get(str(target.key), {})
    ends = (datetime.fromisoformat(moments[path]) for path in target.after if path in moments)
    end = min(ends, default=None)
    return end.isoformat(timespec="minutes") if end is not None and end <= now else ""
