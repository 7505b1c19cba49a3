"""A clock that tests step: nothing happens between two moments that somebody waits for."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Steps:
    """A clock that stands until everybody waits, and then goes to the earliest moment that is waited for."""

    def __init__(self) -> None:
        self.moment = START
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self.moment

    def microseconds(self) -> int:
        return round(self.moment.timestamp() * 1_000_000)

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.moment + timedelta(seconds=seconds), next(self._order), woken))
        await woken

    @property
    def sleepers(self) -> int:
        """How many wait for a moment of this clock."""
        return sum(not woken.done() for _, _, woken in self._waiting)

    async def run(self, seconds: float) -> None:
        """Let so much time pass."""
        until = self.moment + timedelta(seconds=seconds)
        loop: Any = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(0)
            while loop._ready:  # noqa: ASYNC110 - whoever was woken comes to wait again, through locks and queues
                await asyncio.sleep(0)
            if not self._waiting or self._waiting[0][0] > until:
                self.moment = until
                return
            self.moment, _, woken = heapq.heappop(self._waiting)
            if not woken.done():
                woken.set_result(None)
