"""What the marketplace charges for at once, as soon as it is done: nothing of it happens unasked."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.model.changes import FieldChange
from reconciler.model.offers import Live
from reconciler.model.spec import KindSpec
from reconciler.model.values import Money

_STATUS = "stock.status"


def charged(change: FieldChange, live: Live | None, kind: KindSpec) -> FieldChange:
    """Return a change of one field with what it costs: to publish what never was, or to renew what has run out."""
    if not kind.fees or change.path != _STATUS or change.after != "active":
        return change
    before = live.fields.get(_STATUS) if live else None
    act = "publish" if before in (None, "draft") else "renew" if live and live.facts.get("renews") else ""
    return replace(change, cost=kind.fees[act]) if act in kind.fees else change


def totals(costs: list[Money]) -> Mapping[str, Money]:
    """Add amounts up, by currency."""
    found: dict[str, Money] = {}
    for each in costs:
        before = found.get(each.currency)
        found[each.currency] = Money(each.amount + (before.amount if before else 0), each.currency)
    return found
