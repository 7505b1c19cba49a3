"""Budgets from the spec: no request leaves before all of its budgets permit it.

The count is kept in the ledger, so that any number of processes of one client stay under the limit together. A
resync stands behind all others of its client: how is said in `ledger.budgets`.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from reconciler.model.spec import BudgetSpec
from reconciler.runtime.clock import Clock
from reconciler.runtime.ledger.budgets import Budgets, Claim

_HOUR = 3600
_MICROSECONDS = 1_000_000
#: Percent of a slot that is taken: requests arrive a little late or early, and ten late ones in a window that was
#: filled to the last slot are a refusal, after which the whole client stands still for a minute.
_SLACK = 102
#: After so long a request of low priority goes out beside normal ones: a resync is slow then, and does not starve.
_LONGEST_YIELD = 30 * _MICROSECONDS


class Throttle:
    """All budgets of one client and user. `virtual` tells that time is a simulator's and not the database's."""

    def __init__(
        self, budgets: Mapping[str, BudgetSpec], rows: Budgets, clock: Clock, *, user: str, virtual: bool
    ) -> None:
        self._budgets = budgets
        self._user = user
        self._rows = rows
        self._clock = clock
        self._virtual = virtual
        self._yields = False
        self._turn = asyncio.Lock()

    def stand_back(self) -> None:
        """Give every other request of this client precedence from now on."""
        self._yields = True

    async def permit(self, budgets: tuple[str, ...], weight: int) -> None:
        """Return when a request that changes `weight` offers may be sent."""
        claims = [claim for name in budgets for claim in _claims(self._budgets[name], weight, self._user)]
        if self._yields:
            await self._permit_last(claims)
            return
        wait = self._rows.wait(claims, self._now())
        if wait:
            await self._clock.sleep(wait / _MICROSECONDS)

    async def _permit_last(self, claims: list[Claim]) -> None:
        """Wait until nobody else wants to send and every limit is free. One request asks at a time."""
        async with self._turn:
            waited = 0
            while wait := self._rows.take_if_free(claims, self._now(), yielding=waited < _LONGEST_YIELD):
                await self._clock.sleep(wait / _MICROSECONDS)
                waited += wait

    def block(self, seconds: float) -> None:
        """Stop every process of this client for a while: the marketplace said that it was too fast."""
        self._rows.block(int(seconds * _MICROSECONDS), self._now())

    def _now(self) -> int | None:
        return _microseconds(self._clock.now()) if self._virtual else None


def _claims(budget: BudgetSpec, weight: int, user: str) -> list[Claim]:
    cost = weight if budget.counts == "offers" else 1
    name = f"{budget.name} of {user}" if budget.scope == "user" else budget.name
    return [
        Claim(name=f"{name}/hour", cost=cost, limit=limit)
        if seconds >= _HOUR
        else Claim(name=f"{name}/{seconds}", step=seconds * _MICROSECONDS * cost * _SLACK // (limit * 100))
        for limit, seconds in budget.windows()
    ]


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * _MICROSECONDS)
