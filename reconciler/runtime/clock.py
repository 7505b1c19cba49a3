"""Time comes from here: the wall's, or that of an embedded simulator, whose waits cost nothing."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Aware UTC time, and a way to wait for it."""

    def now(self) -> datetime:
        """Return the time of this account's world."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait until so many seconds have passed there."""
        ...


class WallClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for real."""
        await asyncio.sleep(seconds)


class VirtualClock:
    """The clock of an embedded simulator: waiting moves it forward, for everyone who looks at it."""

    def __init__(self, now: Callable[[], datetime], advance_to: Callable[[datetime], None]) -> None:
        self._now = now
        self._advance_to = advance_to

    def now(self) -> datetime:
        """Return the simulator's time."""
        return self._now()

    async def sleep(self, seconds: float) -> None:
        """Let others run, then be there. Waits of several tasks overlap, as they would in real time."""
        from datetime import timedelta

        moment = self._now() + timedelta(seconds=seconds)
        await asyncio.sleep(0)
        self._advance_to(moment)
