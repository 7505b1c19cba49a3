"""Limits that refuse a plan: a mistake is stopped before it is sold.

A rule's name is what `--allow` takes. Limits come from `reconcile.yaml` (project, account, label), the rest
from the defaults below. `off` switches a rule off.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from reconciler.model.changes import CREATED_AGAIN, Change, Verb
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import Violation
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money

#: What holds when `guards` says nothing. Shares are percent of the account's live offers; a share is not judged
#: below ten offers, so that a small shop is not refused for ending one of three. An empty account may be filled.
DEFAULTS: Mapping[str, Any] = {
    "price_change": Decimal(50),
    "price_shift": True,
    "currency": True,
    "ends": {"count": 100, "share": Decimal(10)},
    "zeros": {"share": Decimal(25)},
    "creates": {"count": 1000, "share": Decimal(50)},
}
MIN_POPULATION = 10
#: So many offers that nobody remembers are new to any shop, however small; above that their share is judged, too.
_FREE = 100
_SHIFTS = (Decimal(10), Decimal(100), Decimal("0.1"), Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class _Price:
    """One planned price: what it was (None for a creation) and what it shall be."""

    key: Key
    path: str
    before: Money | None
    after: Money

    @property
    def percent(self) -> Decimal:
        """The change in percent of the old price."""
        if self.before is None or not self.before.amount:
            return Decimal(0)
        return (self.after.amount - self.before.amount) * 100 / self.before.amount

    def __str__(self) -> str:
        change = f" ({self.percent:+.1f} %)" if self.before else ""
        return f"{self.key.name}: {self.path} {self.before or 'new'} -> {self.after}{change}"


Rule = Callable[["_Case"], Iterable[Violation]]


@dataclass(frozen=True, slots=True)
class _Case:
    """What is judged: the changes that would be applied, under the limits that hold for them."""

    changes: tuple[Change, ...]
    population: int
    limits: Mapping[str, Any]
    spec: MarketplaceSpec

    def prices(self) -> list[_Price]:
        return [
            _Price(change.key, each.path, each.before if isinstance(each.before, Money) else None, each.after)
            for change in self.changes
            for each in change.fields
            if each.module is Module.PRICE and isinstance(each.after, Money) and not each.held
        ]


def judge(
    changes: Iterable[Change],
    population: int,
    guards: Mapping[str, Any],
    labels: Callable[[Key], Mapping[str, str]],
    spec: MarketplaceSpec,
    allow: Mapping[str, str],
) -> tuple[Violation, ...]:
    """Judge the plan of one account. `population` is its number of live offers; `allow` lifts rules.

    Each rule is judged over all changes that share its limit: a labelled guard that says nothing of a rule does
    not split what the rule counts.
    """
    offers = tuple(c for c in changes if c.key.kind == OFFER and c.verb is not Verb.REPORT)
    limits = [_limits_of(labels(change.key), guards) for change in offers]
    lifted = _lifted(allow)
    found: list[Violation] = []
    for rule, check in RULES.items():
        for limit, members in _by_limit(rule, offers, limits):
            strict = _Case(members, population, {rule: limit}, spec)
            loose = _Case(members, population, {rule: lifted.get(rule, limit)}, spec)
            found.extend(_judged(rule, check, loose, strict))
    return tuple(found)


def _judged(rule: str, check: Rule, loose: _Case, strict: _Case) -> Iterable[Violation]:
    """What breaks the lifted limit is refused; what breaks only the strict one was allowed by hand."""
    refused = list(check(loose)) if _on(loose.limits[rule]) else []
    yield from refused
    if not refused:
        yield from (replace(each, allowed=True) for each in check(strict))


def _by_limit(
    rule: str, changes: tuple[Change, ...], limits: list[Mapping[str, Any]]
) -> Iterable[tuple[Any, tuple[Change, ...]]]:
    groups: dict[str, tuple[Any, list[Change]]] = {}
    for change, mine in zip(changes, limits, strict=True):
        if _on(mine.get(rule)):
            groups.setdefault(repr(mine[rule]), (mine[rule], []))[1].append(change)
    for limit, members in groups.values():
        yield limit, tuple(members)


def _on(limit: Any) -> bool:
    return limit is not None and limit is not False and limit != "off"


def _lifted(allow: Mapping[str, str]) -> dict[str, Any]:
    lifted: dict[str, Any] = {}
    for name, value in allow.items():
        rule = name.replace("-", "_")
        if not value:
            lifted[rule] = "off"
        elif rule in ("ends", "updates", "zeros", "creates"):
            lifted[rule] = {"count": int(value)}
        else:
            lifted[rule] = Decimal(value) if rule == "price_change" else "off"
    return lifted


def _limits_of(labels: Mapping[str, str], guards: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the limits for an offer: those of the last labelled guard that matches, over the general ones."""
    limits = {**DEFAULTS, **{rule: limit for rule, limit in guards.items() if rule != "labels"}}
    for guard in reversed(guards.get("labels") or ()):
        if all(labels.get(name) == value for name, value in guard["match"].items()):
            return {**limits, **{rule: limit for rule, limit in guard.items() if rule != "match"}}
    return limits


def _price_change(case: _Case) -> Iterable[Violation]:
    limit = Decimal(case.limits["price_change"])
    rows = [price for price in case.prices() if price.before and abs(price.percent) > limit]
    if rows:
        yield _violation("price-change", f"prices may move by {limit} % at most", rows)


def _price_shift(case: _Case) -> Iterable[Violation]:
    rows = [
        price
        for price in case.prices()
        if price.before and price.before.currency == price.after.currency and _shifted(price.before, price.after)
    ]
    if rows:
        yield _violation("price-shift", "a decimal point has moved (x10, x100, /10, /100)", rows)


def _shifted(before: Money, after: Money) -> bool:
    """A shift by whole powers of ten, to within half a percent: 149.00 -> 14.90, and 149.99 -> 15.00 too."""
    return any(abs(after.amount - before.amount * by) <= before.amount * by / 200 for by in _SHIFTS)


def _price_bound(rule: str, word: str, breaks: Callable[[Decimal, Decimal], bool]) -> Rule:
    def check(case: _Case) -> Iterable[Violation]:
        bounds = case.limits[rule]
        for bound in bounds if isinstance(bounds, list | tuple) else (bounds,):
            limit = bound if isinstance(bound, Money) else Money.parse(str(bound))
            rows = [
                price
                for price in case.prices()
                if price.after.currency == limit.currency and breaks(price.after.amount, limit.amount)
            ]
            if rows:
                yield _violation(rule.replace("_", "-"), f"no price may be {word} {limit}", rows)

    return check


def _currency(case: _Case) -> Iterable[Violation]:
    rows = [price for price in case.prices() if price.before and price.before.currency != price.after.currency]
    if rows:
        yield _violation("currency", "a price keeps its currency", rows)


def _volume(rule: str, said: str, counts: Callable[[Change], bool]) -> Rule:
    def check(case: _Case) -> Iterable[Violation]:
        rows = [change for change in case.changes if counts(change)]
        limit = case.limits[rule]
        yield from _too_many(rule, said, rows, limit) or _too_large_a_share(
            rule, said, rows, len(rows), case.population, limit
        )

    return check


def _too_many(rule: str, said: str, rows: list[Change], limit: Mapping[str, Any]) -> list[Violation]:
    most = limit.get("count")
    if most is None or len(rows) <= most:
        return []
    return [_violation(rule, f"{said} in one plan: {most} offers at most, {len(rows)} here", rows)]


def _too_large_a_share(
    rule: str, said: str, rows: list[Change], number: int, population: int, limit: Mapping[str, Any]
) -> list[Violation]:
    """Refuse all rows when so many of them are too large a share."""
    share = limit.get("share")
    if share is None or population < MIN_POPULATION or number * 100 <= share * population:
        return []
    percent = Decimal(number * 100) / population
    return [_violation(rule, f"{said} in one plan: {share} % of the offers at most, {percent:.1f} % here", rows)]


def _creates(case: _Case) -> Iterable[Violation]:
    """Judge creations: a list that came out empty must not make a second shop.

    What is managed and missing belongs to the offers of the account, so its share is that of a whole.
    """
    rows = [change for change in case.changes if change.verb is Verb.CREATE and _is_sent(change)]
    again = [change for change in rows if change.reason == CREATED_AGAIN]
    new = [change for change in rows if change.reason != CREATED_AGAIN]
    rows, limit, population = [*again, *new], case.limits["creates"], case.population + len(again)
    number = len(rows) if len(new) > _FREE else len(again)
    return _too_many("creates", "created", rows, limit) or _too_large_a_share(
        "creates", "created", rows, number, population, limit
    )


def _is_sent(change: Change) -> bool:
    return not change.fields or not all(each.held for each in change.fields)


def _ends(change: Change) -> bool:
    return change.verb in (Verb.END, Verb.DELETE)


def _zeroes(change: Change) -> bool:
    return any(each.path == "stock.quantity" and each.after == 0 and each.before for each in change.fields)


def _violation(rule: str, message: str, rows: Iterable[object]) -> Violation:
    named = tuple(str(row) if not isinstance(row, Change) else row.key.name for row in rows)
    return Violation(rule=rule, message=message, rows=named)


RULES: Mapping[str, Rule] = {
    "price_shift": _price_shift,
    "price_change": _price_change,
    "price_floor": _price_bound("price_floor", "under", lambda price, bound: price < bound),
    "price_ceiling": _price_bound("price_ceiling", "over", lambda price, bound: price > bound),
    "currency": _currency,
    "ends": _volume("ends", "ended", _ends),
    "zeros": _volume("zeros", "set to zero", _zeroes),
    "creates": _creates,
    "updates": _volume("updates", "changed", lambda change: change.verb is not Verb.CREATE),
}
