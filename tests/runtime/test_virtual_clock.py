"""The clock of an embedded marketplace: it moves to the earliest moment that somebody waits for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from reconciler.runtime.clock import VirtualClock


class Time:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, tzinfo=UTC)

    def move(self, moment: datetime) -> None:
        self.now = moment


def test_who_waits_for_ever_ends_nothing_and_stops_nobody() -> None:
    """No calendar has the moment; a failed wait was waited for anew at once, and time stood still for all others."""
    time = Time()
    clock = VirtualClock(lambda: time.now, time.move)

    async def waited() -> bool:
        for_ever = asyncio.ensure_future(clock.sleep((1 << 62) / 1_000_000))
        await clock.sleep(2.0)
        ended = for_ever.done()
        for_ever.cancel()
        return ended

    assert asyncio.run(asyncio.wait_for(waited(), 5)) is False
    assert (time.now - datetime(2026, 11, 29, tzinfo=UTC)).total_seconds() == 2.0
