"""Holding a lease of the ledger while something slow is under way."""

import asyncio
import os
import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import LedgerFailed, Locked
from reconciler.runtime.ledger.leases import Leases

#: Real time, in seconds. A holder that died is waited for so long; it must be well below the grace of a used
#: refresh token (60 s), so that whoever comes next can still spend it.
LIFE = 15.0
_PROLONG = LIFE / 5
_LOOK_EVERY = 0.1
_PATIENCE = 180.0
_SAY_AFTER = 2.0


class Lease:
    """One lease, held inside `async with` and prolonged until its end. `held` tells whether it was never lost."""

    def __init__(self, leases: Leases, name: str, note: Callable[[str], None], *, life: float = LIFE) -> None:
        self._leases = leases
        self._name = name
        self._note = note
        self._life = int(life * 1000)
        self._holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex}"
        self._prolonging: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.wait()
        self._prolonging = asyncio.create_task(self._prolong())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._prolonging is not None:
            self._prolonging.cancel()
        self._leases.release(self._name, self._holder)

    def held(self) -> bool:
        """Tell whether the lease was ours all the time, and prolong it: in a transaction, to its end."""
        return self._leases.prolong(self._name, self._holder, self._life)

    async def wait(self) -> None:
        """Wait until the lease is ours. Locked, when its holder lives on and on."""
        waited = 0.0
        while not self._leases.take(self._name, self._holder, self._life):
            if waited >= _PATIENCE:
                raise Locked(f"another process has been busy with {self._name} for too long", "try again later")
            if waited < _SAY_AFTER <= waited + _LOOK_EVERY:
                self._note(f"waiting for another process that is busy with {self._name}")
            await WallClock().sleep(_LOOK_EVERY)
            waited += _LOOK_EVERY

    async def _prolong(self) -> None:
        while True:
            await WallClock().sleep(_PROLONG)
            with suppress(LedgerFailed):  # the next time may do; if none does, `held` says so
                self.held()
