"""Limits that refuse a plan: a mistake is stopped before it is sold.

A rule's name is what `--allow` takes. Limits come from `reconcile.yaml` (project, account, label), the rest
from the defaults below. `off` switches a rule off. What each rule refuses stands in `engine/guard_rules.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from reconciler.engine.figures import Figure, figures, sent
from reconciler.engine.guard_rules import RULES, Case, Rule
from reconciler.model.changes import Change
from reconciler.model.offers import Key
from reconciler.model.plan import Violation
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money, Value

#: What holds when `guards` says nothing. Shares are percent of what of the kind is on the account; a share is not
#: judged below ten, so that a small shop is not refused for ending one of three. An empty account may be filled.
#: A stock number is refused when it grows by more than so many pieces and to more than so many times itself.
DEFAULTS: Mapping[str, Any] = {
    "price_change": Decimal(50),
    "price_shift": True,
    "currency": True,
    "stock_change": {"pieces": 1000, "times": 20},
    "ends": {"count": 100, "share": Decimal(10)},
    "zeros": {"share": Decimal(25)},
    "zero_wave": {"share": Decimal(5)},
    "margin": True,
    "creates": {"count": 1000, "share": Decimal(50)},
    "fees": [],
}
#: Rules whose limit is a number of resources.
_COUNTED = frozenset({"ends", "updates", "zeros", "creates", "zero_wave"})


def judge(
    changes: Iterable[Change],
    population: Mapping[str, int],
    guards: Mapping[str, Any],
    labels: Callable[[Key], Mapping[str, str]],
    spec: MarketplaceSpec,
    allow: Mapping[str, str],
    base_market: str = "",
) -> tuple[Violation, ...]:
    """Judge what a plan of one account would write. `population` is how many of each kind are live.

    Each rule is judged over all changes that share its limit: a labelled guard that says nothing of a rule does
    not split what the rule counts. `allow` lifts rules.
    """
    written = sent(changes)
    places = [_guard_of(labels(change.key), guards) for change in written]
    under = {place: _limits_under(place, guards) for place in dict.fromkeys(places)}
    numbers = [figures((change,), spec) for change in written]
    lifted = _lifted(allow)
    market = spec.marketplaces.get(base_market or spec.base_market)
    found: list[Violation] = []
    counted: dict[frozenset[int], tuple[tuple[Change, ...], tuple[Figure, ...]]] = {}
    for rule, check in RULES.items():
        for limit, together in _by_limit(rule, under):
            if together not in counted:
                members = [number for number, place in enumerate(places) if place in together]
                every = tuple(each for number in members for each in numbers[number])
                counted[together] = tuple(written[number] for number in members), every
            strict = Case(
                changes=counted[together][0],
                figures=counted[together][1],
                population=population,
                limit=limit,
                spec=spec,
                base_currency=market.currency if market else "",
            )
            found.extend(_judged(check, strict, lifted.get(rule, limit)))
    return tuple(found)


def limits_of(
    changes: Iterable[Change],
    guards: Mapping[str, Any],
    labels: Callable[[Key], Mapping[str, str]],
    allow: Mapping[str, str],
) -> dict[str, tuple[Value, ...]]:
    """Return what `judge` refuses by: each rule that is on, with every limit of it that holds for a change.

    A rule is called as `--allow` takes it, and a lifted one has the limit that it was lifted to.
    """
    places = dict.fromkeys(_guard_of(labels(change.key), guards) for change in sent(changes))
    under = {place: _limits_under(place, guards) for place in places}
    lifted = _lifted(allow)
    found: dict[str, tuple[Value, ...]] = {}
    for rule in RULES:
        told = (
            _told(lifted.get(rule, limit)) for limit, _ in _by_limit(rule, under) if _on(lifted.get(rule, limit))
        )
        if distinct := tuple({repr(each): each for each in told}.values()):
            found[rule.replace("_", "-")] = distinct
    return found


def _told(limit: Any) -> Value:
    if isinstance(limit, Mapping):
        return {name: _told(each) for name, each in limit.items()}
    if isinstance(limit, list | tuple):
        return [_told(each) for each in limit]
    if isinstance(limit, Decimal | float):
        return f"{Decimal(str(limit)).normalize():f}"
    return str(limit) if isinstance(limit, Money) else limit


def _judged(check: Rule, strict: Case, loose: Any) -> Iterable[Violation]:
    """What breaks the lifted limit is refused; what breaks only the strict one was allowed by hand."""
    refused = list(check(replace(strict, limit=loose))) if _on(loose) else []
    yield from refused
    if not refused:
        yield from (replace(each, allowed=True) for each in check(strict))


def _by_limit(rule: str, under: Mapping[int, Mapping[str, Any]]) -> Iterator[tuple[Any, frozenset[int]]]:
    """Yield each limit of a rule that is on, with the guards, by their places, that say it."""
    groups: dict[str, list[int]] = {}
    for guard, limits in under.items():
        if _on(limits.get(rule)):
            groups.setdefault(repr(limits[rule]), []).append(guard)
    for together in groups.values():
        yield under[together[0]][rule], frozenset(together)


def _on(limit: Any) -> bool:
    return limit is not None and limit is not False and limit != "off"


def _lifted(allow: Mapping[str, str]) -> dict[str, Any]:
    return {name.replace("-", "_"): _lifted_to(name.replace("-", "_"), value) for name, value in allow.items()}


def _lifted_to(rule: str, value: str) -> Any:
    if value and rule == "fees":
        return Decimal(value)  # in the currency of the fees
    if value and rule in _COUNTED:
        return {"count": int(value)}
    if value and rule == "stock_change":
        return {"pieces": int(value)}
    return Decimal(value) if value and rule == "price_change" else "off"


def _guard_of(labels: Mapping[str, str], guards: Mapping[str, Any]) -> int:
    """Return the place of the last labelled guard that matches; -1 where only the general ones hold."""
    labelled = guards.get("labels") or ()
    for place in range(len(labelled) - 1, -1, -1):
        if all(labels.get(name) == value for name, value in labelled[place]["match"].items()):
            return place
    return -1


def _limits_under(place: int, guards: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the limits under a labelled guard, or the general ones for -1: its own go before those."""
    limits = {**DEFAULTS, **{rule: limit for rule, limit in guards.items() if rule != "labels"}}
    mine = guards["labels"][place] if place >= 0 else {}
    return {**limits, **{rule: limit for rule, limit in mine.items() if rule != "match"}}
