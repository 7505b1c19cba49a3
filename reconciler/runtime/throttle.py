"""Budgets from the spec, kept by this process: no request leaves before its budgets permit it.

Each window of a budget is a cursor (virtual scheduling): a request moves it by its share of the window, and
waits until the cursor's old place. A slot that nobody used is void, never caught up, so the rate holds in any
second. Windows of an hour count what was sent instead, so that a burst within the hour's allowance is not held.
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from reconciler.model.spec import BudgetSpec
from reconciler.runtime.clock import Clock

_HOUR = 3600
#: How far requests may bunch up: a quarter of a second's worth, so that several can be in flight at once.
_BUNCH = timedelta(seconds=0.25)


class Throttle:
    """All budgets of one client and user."""

    def __init__(self, budgets: Mapping[str, BudgetSpec], clock: Clock) -> None:
        self._clock = clock
        self._cursors = {
            name: [_cursor(limit, seconds) for limit, seconds in budget.windows()]
            for name, budget in budgets.items()
        }
        self._counts = {name: budget.counts for name, budget in budgets.items()}
        self._blocked_until: datetime | None = None

    async def permit(self, budgets: tuple[str, ...], weight: int) -> None:
        """Return when a request that changes `weight` offers may be sent."""
        while wait := self._until_unblocked():
            await self._clock.sleep(wait)
        now = self._clock.now()
        moment = now
        for name in budgets:
            cost = weight if self._counts.get(name) == "offers" else 1
            for cursor in self._cursors.get(name, ()):
                moment = max(moment, cursor.take(now, cost))
        if moment > now:
            await self._clock.sleep((moment - now).total_seconds())

    def block(self, seconds: float) -> None:
        """Stop everything for a while: the marketplace said that it was too fast."""
        until = self._clock.now() + timedelta(seconds=seconds)
        if self._blocked_until is None or until > self._blocked_until:
            self._blocked_until = until

    def _until_unblocked(self) -> float:
        if self._blocked_until is None:
            return 0.0
        left = (self._blocked_until - self._clock.now()).total_seconds()
        if left <= 0:
            self._blocked_until = None
        return max(0.0, left)


class _Paced:
    """A short window: an even pace."""

    def __init__(self, limit: int, seconds: int) -> None:
        self._step = timedelta(seconds=seconds) / limit
        self._next: datetime | None = None

    def take(self, now: datetime, cost: int) -> datetime:
        start = now if self._next is None or self._next < now - _BUNCH else self._next
        self._next = start + self._step * cost
        return max(now, start)


class _Counted:
    """A long window: what was sent within it, counted by the minute."""

    def __init__(self, limit: int, seconds: int) -> None:
        self._limit = limit
        self._window = timedelta(seconds=seconds)
        self._sent: deque[tuple[datetime, int]] = deque()
        self._total = 0

    def take(self, now: datetime, cost: int) -> datetime:
        moment = now
        while self._sent and (self._sent[0][0] <= now - self._window or self._total + cost > self._limit):
            oldest, amount = self._sent.popleft()
            self._total -= amount
            moment = max(moment, oldest + self._window)
        self._total += cost
        self._sent.append((moment, cost))
        return moment


def _cursor(limit: int, seconds: int) -> _Paced | _Counted:
    return _Counted(limit, seconds) if seconds >= _HOUR else _Paced(limit, seconds)
