"""What the marketplace charges for at once, as soon as it is done: nothing of it happens unasked, or unshown."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.fees import added_up
from reconciler.model.offers import Key, Live
from reconciler.model.plan import AccountPlan, Action, Target
from reconciler.model.spec import KindSpec, MarketplaceSpec
from reconciler.model.values import Money, Value

_STATUS = "stock.status"
#: The fact of a live resource that is what it would cost to put it on sale.
FEE = "fee"
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

    The fact `renews` says that a return to sale is a renewal, or from when on (seconds since 1970); the fact `fee`
    what was told when it was asked for, where it has to be.
    """
    if kind.asks_fees and path == _STATUS and after == "active":
        asked = live.facts.get(FEE) if live and live.fields.get(_STATUS) != "active" else None
        return asked if isinstance(asked, Money) and asked.amount else None
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


def not_known(changes: Iterable[Change], kinds: Mapping[str, KindSpec]) -> list[Change]:
    """Return what comes on sale that is not staged yet: what that costs can be asked for afterwards only."""
    return [each for each in _asked(changes, kinds) if not _is_staged(each, kinds[each.key.kind])]


def _is_staged(change: Change, kind: KindSpec) -> bool:
    """Tell whether it can be asked what a change costs: not of what was begun, and lacks what a listing needs."""
    if change.verb is Verb.CREATE:
        return False
    lacks = any(
        each.before is None and (field := kind.field(each.path)) and field.listed for each in change.fields
    )
    return not lacks or any(each.cost for each in change.fields)


def to_ask(changes: Iterable[Change], kinds: Mapping[str, KindSpec]) -> list[Change]:
    """Return what is put on sale that is staged, where what that costs has to be asked for."""
    return [each for each in _asked(changes, kinds) if each.verb is not Verb.CREATE and each.remote_id]


def _asked(changes: Iterable[Change], kinds: Mapping[str, KindSpec]) -> Iterator[Change]:
    for change in changes:
        if kinds[change.key.kind].asks_fees and any(map(_goes_on_sale, change.fields)):
            yield change


def _goes_on_sale(each: FieldChange) -> bool:
    return each.path == _STATUS and each.after == "active" and each.before != "active"


def told_of_unknown(changes: Iterable[Change], spec: MarketplaceSpec) -> tuple[Diagnostic, ...]:
    """Say what a plan cannot say: what it costs to put on sale what it makes."""
    found = not_known(changes, spec.kinds)
    if not found:
        return ()
    noun = "1 new offer" if len(found) == 1 else f"{len(found):,} new offers"
    return (
        Diagnostic(
            severity=Severity.NOTE,
            code="P774",
            summary=f"what {spec.title} charges to put {noun} on sale is not known before it is staged",
            detail="an apply asks then; what would cost more than is allowed stays staged, and is said",
            hint="`--allow fees=AMOUNT` or `guards: {fees: AMOUNT}` says up to how much",
        ),
    )


def may_cost(action: Action, spec: MarketplaceSpec) -> bool:
    """Tell whether it has to be asked what an action costs, just before it is paid for."""
    goes = (each.after.get(_STATUS) == "active" for each in action.targets)
    return spec.kinds[action.kind].asks_fees and any(goes)


class Purse(Struct):
    """What a run may pay for putting on sale: what its plan has shown, and what is allowed besides for the rest.

    `shown` is what the plan shows by resource. `allowed` is the limit by currency, under the empty one for all of
    them; None: any sum. `unknown` are the resources of which the plan could not say anything. A run that is gone
    on with does not know what it has paid: then each resource may cost what was shown of itself.
    """

    shown: Mapping[str, Money]
    allowed: Mapping[str, Decimal] | None
    unknown: frozenset[str]
    resumed: bool
    _paid: dict[str, Money] = field(default_factory=dict)

    def pays(self, key: Key, cost: Money) -> bool:
        """Take so much for a resource, once; False where that is more than is left."""
        name, free = str(key), str(key) in self.unknown
        if self.resumed:
            told = self.shown.get(name)
            return told is not None and told.currency == cost.currency and told.amount >= cost.amount
        others = (paid for other, paid in self._paid.items() if other != name and (other in self.unknown) is free)
        spent = sum((paid.amount for paid in others if paid.currency == cost.currency), cost.amount)
        most = self._most(cost.currency, free=free)
        if most is not None and spent > most:
            return False
        self._paid[name] = cost
        return True

    def _most(self, currency: str, *, free: bool) -> Decimal | None:
        shown = sum((each.amount for each in self.shown.values() if each.currency == currency), Decimal(0))
        if not free:
            return shown
        if self.allowed is None:
            return None
        return self.allowed.get(currency, self.allowed.get("", Decimal(0))) - shown


def purse(context: Mapping[str, Any], *, resumed: bool) -> Purse:
    """Return the purse of a run, from what its beginning has written down."""
    shown = {key: Money.parse(amount) for key, amount in context.get("fees", {}).items()}
    limits = context.get("fee_limits", {})
    allowed = None if limits is None else {currency: Decimal(amount) for currency, amount in limits.items()}
    return Purse(shown, allowed, frozenset(context.get("unpriced", ())), resumed)


def limits_in(guards: Any, allow: Mapping[str, str]) -> dict[str, str] | None:
    """Return up to what may be charged: currency -> amount, the empty one for all; None: any sum."""
    if "fees" in allow:
        return {"": allow["fees"]} if allow["fees"] else None
    if guards == "off":
        return None
    limits = (each if isinstance(each, Money) else Money.parse(str(each)) for each in guards or ())
    return {each.currency: f"{each.amount:f}" for each in limits}


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
