"""Counts the requests of one account by seconds, for the timeline of a report.

However long a run takes, there are at most `MOST` spans: when they are used up, each two become one.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import accumulate

from reconciler.model.budgets import BudgetSpec
from reconciler.model.timeline import Timeline
from reconciler.runtime.ratelimit.priority import PRICE, REST, RESYNC, STOCK, TO_ZERO

MOST = 600
LANES = {TO_ZERO: "zero", PRICE: "price", STOCK: "stock", REST: "rest", RESYNC: "resync"}
_SECOND, _HOUR = 1_000_000, 3600
_AGAIN, _THROTTLED, _CAME, _LEFT = "again", "throttled", "came", "left"


class Recorder:
    """Spans since the first thing that happened; moments are microseconds of the account's clock."""

    def __init__(self) -> None:
        self._began: int | None = None
        self._width = 1
        self._spans: defaultdict[str, list[int]] = defaultdict(list)
        self._budgets: set[str] = set()

    def sent(self, now: int, lane: int, budgets: tuple[str, ...], *, again: bool) -> None:
        """Count a request that leaves; `again` is one that was sent before."""
        self._budgets.update(budgets)
        self._count(LANES[lane], now)
        if again:
            self._count(_AGAIN, now)

    def throttled(self, now: int) -> None:
        """Count an answer that it was too fast."""
        self._count(_THROTTLED, now)

    def waits(self, came: int, left: int) -> None:
        """Count a request that waited from one moment to another."""
        self._count(_CAME, came)
        self._count(_LEFT, left)

    def timeline(self, account: str, budgets: Mapping[str, BudgetSpec]) -> Timeline | None:
        """Return what was counted; None where nothing was sent."""
        lanes = [lane for lane in LANES.values() if lane in self._spans]
        if self._began is None or not lanes:
            return None
        length = max(map(len, self._spans.values()))
        spans = {name: (*counts, *[0] * (length - len(counts))) for name, counts in self._spans.items()}
        none = (0,) * length
        still = zip(spans.get(_CAME, none), spans.get(_LEFT, none), strict=True)
        used = (budgets[name] for name in sorted(self._budgets & budgets.keys()))
        return Timeline(
            account=account,
            began=datetime.fromtimestamp(self._began // _SECOND, UTC).isoformat(timespec="seconds"),
            width=self._width,
            sent={lane: spans[lane] for lane in lanes},
            again=spans.get(_AGAIN, none),
            throttled=spans.get(_THROTTLED, none),
            waiting=tuple(accumulate(came - left for came, left in still)),
            limits={each.name: rate for each in used if (rate := _rate(each))},
        )

    def _count(self, what: str, now: int) -> None:
        if self._began is None:
            self._began = now
        at = max(0, now - self._began) // _SECOND // self._width
        while at >= MOST:
            self._halve()
            at //= 2
        counts = self._spans[what]
        counts.extend([0] * (at + 1 - len(counts)))
        counts[at] += 1

    def _halve(self) -> None:
        self._width *= 2
        for counts in self._spans.values():
            counts[:] = [sum(counts[at : at + 2]) for at in range(0, len(counts), 2)]


def _rate(budget: BudgetSpec) -> float:
    """Return how many requests a second a limit lets through; 0 where it counts something else.

    That of an hour is used as fast as the others permit, so it is the line only where there is no other.
    """
    if budget.counts != "requests" or budget.scope == "offer":
        return 0.0
    rates = [(seconds, round(limit / seconds, 2)) for limit, seconds in budget.windows()]
    return min((rate for seconds, rate in rates if seconds < _HOUR), default=rates[0][1] if rates else 0.0)
