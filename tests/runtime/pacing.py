"""The processes of one client at its limits, on a stepped clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from pathlib import Path

from stepping import START, Steps

from reconciler.documents.specs import load_spec
from reconciler.model.budgets import BudgetSpec
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import TICK, Budgets
from reconciler.runtime.ratelimit.priority import LANE
from reconciler.runtime.ratelimit.throttle import Throttle

#: How long a tick is, and how late in it a process may wake.
TICK_SECONDS, LATEST = TICK / 1_000_000, 0.01
READ, EDIT, PRICES = ("client",), ("client", "offer_writes"), ("client", "price_changes")


class Client:
    """The processes of one client, each with a connection of its own to one ledger, and when their requests left."""

    def __init__(
        self,
        where: Path,
        processes: int,
        *,
        one_user: bool = False,
        budgets: Mapping[str, BudgetSpec] | None = None,
    ) -> None:
        self.clock = Steps()
        self.nobody_stops = asyncio.Event()
        self.left: list[tuple[float, str]] = []
        self._ledgers = [Ledger(where / "ledger.db") for _ in range(processes)]
        self.throttles = [
            Throttle(
                budgets or load_spec("allegro").budgets,
                Budgets(each.pace, "app"),
                self.clock,
                user="u" if one_user else f"u{place}",
                virtual=True,
            )
            for place, each in enumerate(self._ledgers)
        ]

    async def send(self, process: int, budgets: tuple[str, ...], name: str, weight: int = 1) -> None:
        for attempt in count():
            permit = await self.throttles[process].permit(budgets, weight, self.nobody_stops)
            if not self.throttles[process].missed(permit, attempt):
                break
        self.left.append(((self.clock.now() - START).total_seconds(), name))

    def for_ever(
        self, process: int, budgets: tuple[str, ...], name: str, lane: int, weight: int = 1
    ) -> Callable[[], Awaitable[None]]:
        async def worker() -> None:
            LANE.set(lane)
            while True:
                await self.send(process, budgets, name, weight)

        return worker

    def run(self, seconds: float, *workers: Callable[[], Awaitable[None]], each: int = 30) -> None:
        """Let so many of each of these workers work, for so long."""
        asyncio.run(self.work(seconds, *workers, each=each))

    async def work(self, seconds: float, *workers: Callable[[], Awaitable[None]], each: int = 30) -> None:
        tasks = [asyncio.ensure_future(worker()) for worker in workers for _ in range(each)]
        await self.clock.run(seconds)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends

    def count(self, name: str, since: float = 0.0) -> int:
        return sum(moment >= since for moment, mine in self.left if mine == name)

    def most_in_a_second(self) -> int:
        moments, first, found = sorted(moment for moment, _ in self.left), 0, 0
        for place, moment in enumerate(moments):
            while moments[first] <= moment - 1 + 1e-9:
                first += 1
            found = max(found, place - first + 1)
        return found

    def close(self) -> None:
        for each in self._ledgers:
            each.close()


def most_in(seconds: float, changes: list[tuple[float, int]]) -> int:
    """The most changes in any so many seconds."""
    first = most = held = 0
    for moment, weight in changes:
        held += weight
        while changes[first][0] <= moment - seconds + 1e-9:
            held -= changes[first][1]
            first += 1
        most = max(most, held)
    return most
