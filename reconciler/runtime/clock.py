"""Time comes from here: the wall's, or that of an embedded simulator, whose waits cost nothing.

A machine's clock is set while a command runs, and between two commands. So a clock of ours reads it once and
counts on from there, and a moment in the future was told by a clock that was wrong (`is_within`).
"""

import asyncio
import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

#: Seconds that a command which was told to stop still waits, to finish what is in flight.
SOON = 3.0
#: Two clocks that differ by no more than this tell the same time; so much may an answer take on its way, too.
SAME_TIME = timedelta(minutes=2)


class Clock(Protocol):
    """Aware UTC time, and a way to wait for it."""

    def now(self) -> datetime:
        """Return the time of this account's world."""
        ...

    def microseconds(self) -> int:
        """Return microseconds since 1970 for what is paced and measured here: they never jump."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait until so many seconds have passed there."""
        ...


def _elapsed() -> int:
    """Return nanoseconds that nobody can set, with those of a machine that slept, where the system counts them."""
    counting = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if counting is None else time.clock_gettime_ns(counting)


class WallClock:
    """The real time, as the machine told it when this was made; `follow` sets it by a better clock.

    `wall` and `elapsed` are the machine's own, in nanoseconds: what is set, and what never is.
    """

    def __init__(self, wall: Callable[[], int] = time.time_ns, elapsed: Callable[[], int] = _elapsed) -> None:
        self._elapsed = elapsed
        self._began = wall() - elapsed()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.fromtimestamp(self.microseconds() / 1_000_000, UTC) + self._ahead

    def microseconds(self) -> int:
        """Return microseconds since 1970 by this machine's clock."""
        return (self._began + self._elapsed()) // 1000

    def follow(self, ahead: timedelta) -> None:
        """Tell the time of a clock that is so far ahead of this machine's; what is paced here stays as it is."""
        self._ahead = ahead

    async def sleep(self, seconds: float) -> None:
        """Wait for real."""
        await asyncio.sleep(seconds)


#: Whoever waits for longer waits for something else to happen: no calendar has the moment, in seconds.
_NEVER = 100 * 365 * 86_400.0


class VirtualClock:
    """The clock of an embedded simulator: waiting costs no real time.

    It moves only when nothing else can be done, to the earliest moment that somebody waits for: a wait of one
    task never drags the time of the others forward.
    """

    def __init__(self, now: Callable[[], datetime], advance_to: Callable[[datetime], None]) -> None:
        self._now = now
        self._advance_to = advance_to
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()
        self._ticking = False

    def now(self) -> datetime:
        """Return the simulator's time."""
        return self._now()

    def microseconds(self) -> int:
        """Return the simulator's time in microseconds since 1970."""
        return round(self._now().timestamp() * 1_000_000)

    async def sleep(self, seconds: float) -> None:
        """Wait until the simulator's time has come so far."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        moment = self._now() + timedelta(seconds=min(seconds, _NEVER))
        heapq.heappush(self._waiting, (moment, next(self._order), woken))
        if not self._ticking:
            self._ticking = True
            loop.call_soon(self._tick)
        await woken

    def _tick(self) -> None:
        """Wake the next one who waits, once the loop has nothing else that is ready."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            self._ticking = False
            return
        if not getattr(loop, "_ready", ()):  # asyncio tells its ready callbacks nowhere else
            moment, _, woken = heapq.heappop(self._waiting)
            if not woken.done():
                self._advance_to(moment)
                woken.set_result(None)
        loop.call_soon(self._tick)


def ahead_of_machine(moment: datetime) -> timedelta:
    """Return how far a clock that tells this moment now is ahead of this machine's."""
    return moment - WallClock().now()


def is_within(moment: datetime, past: timedelta, now: datetime) -> bool:
    """Tell whether a moment lies so little back. One in the future was told by a clock that was wrong."""
    return -SAME_TIME <= now - moment < past


def span(time: timedelta) -> str:
    """Write a span of time in its largest unit."""
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if time.total_seconds() >= seconds:
            count = int(time.total_seconds() // seconds)
            return f"{count} {unit}{'s' * (count != 1)}"
    return f"{int(time.total_seconds())} seconds"


class Interrupted(Exception):  # noqa: N818 - it names what happened
    """The command was told to stop while this waited; a later one goes on with it."""


async def rested(clock: Clock, seconds: float, stop: asyncio.Event) -> None:
    """Sleep so long. Interrupted, when it is for long and `stop` comes before the end, or has come already."""
    if seconds <= SOON:
        await clock.sleep(seconds)
    elif not await slept(clock, seconds, stop):
        raise Interrupted


async def slept(clock: Clock, seconds: float, stop: asyncio.Event) -> bool:
    """Sleep so long; False when `stop` came before the end."""
    tasks = (asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(stop.wait()))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in tasks:
            each.cancel()
    return not stop.is_set()


def awake_or_not() -> float:
    """Return seconds that go on while a machine sleeps; only differences mean anything."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time() if boot is None else time.clock_gettime(boot)
