"""How the offers of one article share its pieces: together they never get more than there are. Pure.

First come percentages, of the whole; then priorities, each as much as it can offer; what is left is split evenly.
Who says `full` sees everything, and takes nothing from the others: that is his word.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from reconciler.engine.rules.stock_rule import FULL, PERCENT, PRIORITY, SPLIT, StockRule
from reconciler.model.offers import Key

#: Pieces: whole numbers where the source has such, which cost less than decimals.
Pieces = Decimal | int
_HUNDRED = Decimal(100)


class Demand(NamedTuple):
    """An offer's demand of one article, of which a piece of the offer takes so many."""

    key: Key
    rule: StockRule
    pieces: int


class Pool:
    """The pieces of one article by warehouse."""

    __slots__ = ("_all", "_left")

    def __init__(self, pieces: Mapping[str, Pieces]) -> None:
        self._all = pieces
        self._left: dict[str, Pieces] | None = None  # made when something is given away: mostly nothing is shared

    def of(self, warehouses: frozenset[str] | None) -> Mapping[str, Pieces]:
        """Return what there is in these warehouses; None for all."""
        if warehouses is None:
            return self._all
        return {each: number for each, number in self._all.items() if each in warehouses}

    def whole(self, warehouses: frozenset[str] | None) -> int:
        """Return the whole pieces in these warehouses together: one that is under none takes from the others."""
        return _whole(sum(self.of(warehouses).values()))

    def knows(self, warehouses: frozenset[str]) -> bool:
        """Tell whether any of these warehouses has the article."""
        return not warehouses.isdisjoint(self._all)

    @property
    def _open(self) -> dict[str, Pieces]:
        if self._left is None:
            self._left = {each: max(0, number) for each, number in self._all.items()}
        return self._left

    def left(self, warehouses: frozenset[str] | None) -> int:
        """Return the whole pieces that nobody has been given."""
        open_ = self._open
        there = (open_[each] for each in self._all if warehouses is None or each in warehouses)
        return min(_whole(sum(there)), self.whole(None))

    def take(self, warehouses: frozenset[str] | None, pieces: int) -> int:
        """Give away so many pieces, or as many as there are, and return how many."""
        pieces = min(pieces, self.left(warehouses))
        open_ = self._open
        wanted: Pieces = pieces
        for each in sorted(open_):
            if warehouses is None or each in warehouses:
                part = min(wanted, open_[each])
                open_[each] -= part
                wanted -= part
        return pieces


def share_out(demands: Iterable[Demand], pool: Pool) -> dict[Key, int]:
    """Return how many pieces (sets) of the offer each gets; the order of the demands does not matter."""
    every = sorted(demands, key=lambda each: each.key)
    found = {each.key: pool.whole(each.rule.warehouses) // each.pieces for each in every if _is(each, FULL)}
    budget = _Budget(pool)
    for each in every:
        if _is(each, PERCENT):
            part = _whole(Decimal(pool.whole(each.rule.warehouses)) * each.rule.share.number / _HUNDRED)
            found[each.key] = budget.give(each, part // each.pieces)
    for each in sorted((each for each in every if _is(each, PRIORITY)), key=_rank):
        found[each.key] = budget.give(each, _most(each))
    evenly = [each for each in every if _is(each, SPLIT)]
    found.update(_split(evenly, budget))
    return found


class _Budget:
    """What is left of a pool while it is shared out."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._left = pool.whole(None)

    def left(self, demand: Demand) -> int:
        return min(self._left, self._pool.left(demand.rule.warehouses))

    def give(self, demand: Demand, sets: int) -> int:
        """Give so many sets, or as many as there are."""
        sets = max(0, min(sets, self.left(demand) // demand.pieces))
        taken = self._pool.take(demand.rule.warehouses, sets * demand.pieces)
        self._left -= taken
        return sets


def _split(demands: list[Demand], budget: _Budget) -> dict[Key, int]:
    """Deal even parts: each gets its part of what is left, and what cannot be divided goes to the first."""
    found = {each.key: 0 for each in demands}
    waiting = list(demands)
    while waiting:
        # The scarcest first: who may take from one warehouse only is not left with what others leave there.
        waiting.sort(key=lambda each: (budget.left(each), each.key))
        each = waiting.pop(0)
        rivals = 1 + sum(_overlap(each, other) for other in waiting)
        part = -(-budget.left(each) // rivals)
        found[each.key] = budget.give(each, part // each.pieces)
    return found


def _overlap(one: Demand, other: Demand) -> bool:
    mine, theirs = one.rule.warehouses, other.rule.warehouses
    return mine is None or theirs is None or not mine.isdisjoint(theirs)


def _most(demand: Demand) -> int:
    """Return how many sets an offer can use: its cap and what it keeps back."""
    cap = demand.rule.cap
    return 10**9 if cap is None else cap + demand.rule.buffer


def _rank(demand: Demand) -> tuple[Decimal, Key]:
    return demand.rule.share.number, demand.key


def _is(demand: Demand, kind: str) -> bool:
    return demand.rule.share.kind == kind


def _whole(number: Pieces) -> int:
    if isinstance(number, int):
        return max(0, number)
    return max(0, int(number.to_integral_value(rounding=ROUND_FLOOR)))
