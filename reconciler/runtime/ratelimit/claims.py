"""What a request takes from the limits of its budgets, in slots of their cursors."""

from collections.abc import Mapping
from fractions import Fraction

from reconciler.model.budgets import BudgetSpec
from reconciler.runtime.ledger.budgets import LATE, TICK, Claim

_SECOND = 1_000_000
_MINUTE, _HOUR = 60, 3600
_LONG = {3600: "hour", 86_400: "day"}
#: Requests a second where a marketplace says only how many a day may have: none that we could send, but these have
#: a slot, and so they wait when it says that it was too fast.
_UNTOLD = 1000


class Limits:
    """The limits of all budgets for one user. Requests that take as much of one get the same claim."""

    def __init__(self, budgets: Mapping[str, BudgetSpec], user: str) -> None:
        self._budgets = budgets
        self._user = user
        self._by_cost: dict[tuple[str, int], tuple[Claim, ...]] = {}
        self._by_budgets: dict[tuple[tuple[str, ...], int], tuple[Claim, ...]] = {}

    def claims(self, budgets: tuple[str, ...], weight: int) -> tuple[Claim, ...]:
        """Return what a request takes that changes `weight` offers: long limits first, then the scarcest."""
        found = self._by_budgets.get((budgets, weight))
        if found is None:
            claims = [claim for name in budgets for claim in self._of_budget(name, weight)]
            if claims and all(claim.limit for claim in claims):
                claims.append(_paced(f"{budgets[0]}/1", 1, _UNTOLD, _SECOND, varies=False))
            claims.sort(key=lambda claim: (not claim.limit, -claim.step))
            found = self._by_budgets[budgets, weight] = tuple(claims)
        return found

    def _of_budget(self, name: str, weight: int) -> tuple[Claim, ...]:
        budget = self._budgets[name]
        if budget.scope == "offer":
            return ()  # what it does not let through is held back before: waiting is of no use
        cost = weight if budget.counts == "offers" else 1
        if (name, cost) not in self._by_cost:
            self._by_cost[name, cost] = _claims(budget, cost, self._user, varies=budget.counts == "offers")
        return self._by_cost[name, cost]


def _claims(budget: BudgetSpec, cost: int, user: str, *, varies: bool) -> tuple[Claim, ...]:
    """Return what so much takes from each window of a limit, at an even rate. What `varies` is counted besides."""
    name = f"{budget.name} of {user}" if budget.scope == "user" else budget.name
    return tuple(
        Claim(name=f"{name}/{_LONG[seconds]}", cost=cost, limit=limit, minutes=seconds // _MINUTE + 1)
        if seconds >= _HOUR
        else _paced(f"{name}/{seconds}", cost, limit, seconds * _SECOND, varies=varies)
        for limit, seconds in budget.windows()
    )


def _paced(name: str, cost: int, limit: int, window: int, *, varies: bool) -> Claim:
    """Return how far apart slots lie, so that no second, and no whole window of the limit, holds more than it.

    Either has the slots of all ticks that it can touch: in a second as many as are whole, where that costs less
    than a fiftieth. Of requests that are further apart than a second, only the whole window can hold too many;
    they may be later, since a slot that is missed costs much. That holds for requests of one cost. Where costs
    vary, a window may begin with the last of many small ones and end with the first of the large: so what it holds
    is counted.
    """
    often = window * cost < _SECOND * limit
    span, late = (_SECOND, LATE) if often else (window, window // 100)
    slots = Fraction(limit * span, cost * window)
    if int(slots) >= slots * Fraction(49, 50):
        slots = Fraction(int(slots))
    ticks = -(-(span + late) // TICK)
    step = int(ticks * TICK / slots) + 1  # more than even: an early request needs a slot that is really left
    if not varies:
        return Claim(name=name, step=step, late=late)
    latest = max(window // 100, TICK + LATE)  # of what is counted: a slot's end, or a resync's late in a tick
    counted = -(-(window + latest) // TICK)
    return Claim(name=name, step=step, late=late, cost=cost, most=limit, ticks=counted)
