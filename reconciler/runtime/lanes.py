"""Which operation goes first among those that could: stock to zero, then prices, then stock, then the rest."""

import asyncio
import heapq
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count

from reconciler.model.plan import Action
from reconciler.model.values import Value

TO_ZERO, PRICE, STOCK, REST, RESYNC = range(5)

#: The lane of what is being done now: its requests queue by it.
LANE: ContextVar[int] = ContextVar("LANE", default=REST)


def lane(action: Action) -> int:
    """Return the priority of an action; the most urgent of what it carries."""
    return min((_lane(target.after) for target in action.targets), default=REST)


def _lane(after: Mapping[str, Value]) -> int:
    if after.get("stock.quantity") == 0 or after.get("stock.status") == "ended":
        return TO_ZERO
    if any(path.startswith("price.") for path in after):
        return PRICE
    return STOCK if any(path.startswith("stock.") for path in after) else REST


@dataclass(slots=True)
class LaneQueue:
    """Lets so many inside at once; the others queue, the most urgent lane first."""

    room: int
    _inside: int = 0
    _queue: list[tuple[int, int, asyncio.Future[None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    @property
    def waiting(self) -> int:
        """Tell how many queue."""
        return len(self._queue)

    async def enter(self, lane: int) -> None:
        """Wait until there is room; whoever has entered must leave."""
        if self._inside < self.room:
            self._inside += 1
            return
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (lane, next(self._order), called))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Hand the place over to the next one who still waits."""
        while self._queue:
            _, _, called = heapq.heappop(self._queue)
            if not called.done():
                called.set_result(None)
                return
        self._inside -= 1
