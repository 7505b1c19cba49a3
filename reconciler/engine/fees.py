"""What the marketplace charges for at once, as soon as it is done: nothing of it happens unasked, or unshown."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reconciler.model.changes import FieldChange
from reconciler.model.fees import added_up
from reconciler.model.offers import Live
from reconciler.model.plan import AccountPlan, Target
from reconciler.model.spec import KindSpec
from reconciler.model.values import Money, Value

_STATUS = "stock.status"
#: What a plan shows that it costs: the resource -> the amount (`0.20 USD`).
Shown = Mapping[str, str]
#: What runs out so soon counts as run out: it could do so before the request arrives.
_SOON = timedelta(minutes=5)


def charged(change: FieldChange, live: Live | None, kind: KindSpec, now: datetime) -> FieldChange:
    """Return a change of one field with what it costs: to publish what never was, or to renew what has run out."""
    cost = due(change.path, change.after, live, kind, now)
    return replace(change, cost=cost) if cost else change


def due(path: str, after: Value, live: Live | None, kind: KindSpec, now: datetime) -> Money | None:
    """Return what it costs to write a value over what is live now. `now` is the marketplace's time.

    The fact `renews` says that a return to sale is a renewal, or from when on (seconds since 1970).
    """
    if not kind.fees or path != _STATUS or after != "active":
        return None
    before = live.fields.get(_STATUS) if live else None
    if before in (None, "draft"):
        return kind.fees.get("publish")
    return kind.fees.get("renew") if before != "active" and live and _has_run_out(live, now) else None


def _has_run_out(live: Live, now: datetime) -> bool:
    found = live.facts.get("renews")
    if type(found) is int:
        return datetime.fromtimestamp(found, UTC) <= now + _SOON
    return bool(found)


def shown_in(part: AccountPlan) -> dict[str, str]:
    """Return what a plan shows that it costs, to be held against what it would cost when it is sent."""
    return {str(change.key): str(each.cost) for change in part.changes for each in change.fields if each.cost}


def unshown(target: Target, live: Live | None, kind: KindSpec, shown: Shown, now: datetime) -> str:
    """Say what a write would cost now that its plan has not shown; empty where it has, or nothing is charged."""
    cost = due(_STATUS, target.after.get(_STATUS), live, kind, now)
    if cost is None:
        return ""
    told = shown.get(str(target.key))
    if told and Money.parse(told).currency == cost.currency and Money.parse(told).amount >= cost.amount:
        return ""
    return f"the marketplace would charge {cost} for it now, which the plan has not shown"


def totals(costs: list[Money]) -> Mapping[str, Money]:
    """Add amounts up, by currency."""
    return {each.currency: each for each in added_up(costs)}
