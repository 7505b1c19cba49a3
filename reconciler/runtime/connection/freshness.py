"""A write leaves only while what it was made from is fresh: its base is read again shortly before its turn.

The limits may let a write go minutes after it was made. So it waits for its permit together with a `Freshness`:
when its turn comes within seconds and its last look would be too old by then, it looks again; until it has, its
slots go to others. So a permit is only ever given to a write whose base is fresh at that very moment.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import NamedTuple

from reconciler.engine.rereads import FRESH
from reconciler.runtime.ledger.budgets import Slot

_SECOND = 1_000_000
#: One that has ended just now is as fresh as can be had, however long the marketplace took to answer.
_JUST_NOW = _SECOND // 2


class Look(NamedTuple):
    """When a look began and ended, in microseconds of the account's clock."""

    began: int
    ended: int

    def is_fresh(self, now: int, seconds: int) -> bool:
        """Tell whether a write may still rely on it. With `seconds` it is no older, however long it took."""
        young = now - self.began <= (seconds or FRESH) * _SECOND
        return young or (not seconds and now - self.ended <= _JUST_NOW)


#: No look at all.
NEVER = Look(-(1 << 62), -(1 << 62))


class Moved(Exception):  # noqa: N818 - it names what happened
    """What a write was made from is not there any more; nothing was sent, and its permit is still in hand."""


class Restless(Exception):  # noqa: N818 - it names what happened
    """What a write would be made from moves faster than it can be read, or is old before it is read."""


@dataclass(slots=True, kw_only=True)
class Freshness:
    """The look of one write that waits for its permit.

    `look` reads anew and returns when it did so, less the time that it had to wait for others, and whether the
    request must be made anew. `seconds` is how old a look may be when the write leaves, counted from where it
    began; 0: as fresh as can be had. `looks` were made since it last left: it may come back, and leave again.
    `permit` is one that was granted to a request that had to be made anew: it is for the next one.
    """

    last: Look
    seconds: int
    look: Callable[[], Awaitable[tuple[Look, bool]]]
    moved: bool = False
    looks: int = 0
    permit: Slot | None = None
    _failure: Exception | None = field(default=None, repr=False)
    _looking: asyncio.Task[None] | None = field(default=None, repr=False)
    _context: Context = field(default_factory=copy_context, repr=False)

    def ready(self, now: int) -> bool:
        """Tell whether the write may leave now. One whose look has failed may come and hear of it."""
        return self._failure is not None or (self._looking is None and self.last.is_fresh(now, self.seconds))

    def soon(self, at: int, again: Callable[[], None]) -> None:
        """Look, if the last look will be too old at the moment `at`; then call `again`."""
        if self._looking is not None or self._failure is not None or self.last.is_fresh(at, self.seconds):
            return
        # Its requests queue in the lane of the write, not of whoever tells that its turn comes.
        self._looking = asyncio.create_task(self._look(again), context=self._context)

    async def prepared(self) -> None:
        """Look now, or wait for the look that is under way."""
        if self._looking is None:
            await self._look(lambda: None)
        else:
            await asyncio.wait([self._looking])

    def expire(self) -> None:
        """Rely on nothing that was seen before now: something was waited for."""
        self.last = NEVER

    def check(self, permit: Slot) -> None:
        """Raise what ended the look; Moved, with the permit kept, when the request must be made anew."""
        if self._failure is not None:
            raise self._failure
        if self.moved:
            self.permit = permit
            raise Moved

    def close(self) -> None:
        """Stop looking: nobody waits any more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self, again: Callable[[], None]) -> None:
        self.looks += 1
        try:
            self.last, moved = await self.look()
            self.moved |= moved
        except Exception as failure:  # noqa: BLE001 - the write raises it
            self._failure = failure
        finally:
            self._looking = None
        again()
