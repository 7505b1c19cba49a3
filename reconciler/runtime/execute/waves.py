"""Who runs which operation, and when: a small port, and the driver of this process.

A driver on a distributed queue would implement the same four calls in a file of its own: the operations, their
state and their fencing are rows of the ledger, and applying one is the same function whoever calls it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import groupby
from typing import Protocol

from reconciler.runtime.ledger.rows import Operation

Apply = Callable[[Operation], Awaitable[None]]


class Driver(Protocol):
    """Runs sender wave by wave, those of a wave at once."""

    def submit(self, operations: Iterable[Operation]) -> None:
        """Take sender to run."""
        ...

    async def tick(self) -> bool:
        """Go on; False when nothing is left."""
        ...

    def cancel(self) -> None:
        """Start nothing more; what is in flight is finished."""
        ...

    def health(self) -> dict[str, int]:
        """Tell how many sender wait and how many run."""
        ...


class LocalDriver:
    """Runs sender in this process, one wave per tick, the most urgent lane first."""

    def __init__(self, apply: Apply, parallelism: int, settle: Callable[[], None] = lambda: None) -> None:
        """`settle` is called by whoever has applied one and takes no other."""
        self._apply = apply
        self._settle = settle
        self._parallelism = parallelism
        self._waves: list[list[Operation]] = []
        self._running = 0
        self._cancelled = False

    def submit(self, operations: Iterable[Operation]) -> None:
        """Take sender to run."""
        ordered = sorted(operations, key=lambda each: (each.action.wave, each.lane, each.seq))
        self._waves = [list(wave) for _, wave in groupby(ordered, key=lambda each: each.action.wave)]

    async def tick(self) -> bool:
        """Run the next wave to its end; False when there is none, or when it was cancelled."""
        if self._cancelled or not self._waves:
            return False
        wave = iter(self._waves.pop(0))

        async def worker() -> None:
            try:
                for operation in wave:
                    if self._cancelled:
                        return
                    self._running += 1
                    try:
                        await self._apply(operation)
                    finally:
                        self._running -= 1
            finally:
                self._settle()

        async with asyncio.TaskGroup() as group:
            for _ in range(self._parallelism):
                group.create_task(worker())
        return True

    def cancel(self) -> None:
        """Start nothing more; what is in flight is finished."""
        self._cancelled = True

    def health(self) -> dict[str, int]:
        """Tell how many sender wait and how many run."""
        return {"waiting": sum(map(len, self._waves)), "running": self._running}
