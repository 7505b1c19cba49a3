"""The ledger of a runner that forgets: a copy for this process, published before anything depends on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import LedgerFailed, Locked
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.leases import Leases
from reconciler.runtime.ledger.locks import Lock, Locks, is_lost
from reconciler.runtime.ledger.remote.replica import Replica
from reconciler.runtime.ledger.rows import Attempt
from reconciler.runtime.ledger.runs import Runs
from reconciler.runtime.ledger.store import Ledger

#: Outcomes are published so often while requests are sent, in seconds, and after a failure so soon again.
EVERY, AGAIN = 60.0, 10.0
#: A lease that another host sees lasts at least so long, in milliseconds: fetching and pushing take seconds. Below
#: the grace of a used refresh token (60 s).
_SEEN = 20_000


class RemoteLedger(Ledger):
    """One connection to the copy. With `looking` nothing is published at the end, but only what is asked for."""

    forgets = True
    locks: "_Locks"

    def __init__(self, copy: Path, replica: Replica, *, looking: bool) -> None:
        super().__init__(copy)
        self._replica = replica
        self._looking = looking
        self.runs = _Runs(self.database, replica)
        self.locks = _Locks(self.database, replica)
        self.leases = _Leases(self.database, replica)

    def publish(self) -> None:
        """Have all that has changed where the next runner finds it."""
        self._replica.publish()

    @asynccontextmanager
    async def publishing(self, note: Callable[[str], None]) -> AsyncIterator[None]:
        """Publish now, and inside every minute; whoever cannot for too long sends nothing more."""
        self.publish()
        task = asyncio.create_task(self._every_minute(note))
        try:
            yield
        finally:
            task.cancel()

    async def _every_minute(self, note: Callable[[str], None]) -> None:
        pause = EVERY
        while True:
            await WallClock().sleep(pause)
            try:
                self.locks.beat()
                self.publish()
                pause = EVERY
            except Locked:
                return  # the rows that were taken over say so to whoever sends next
            except LedgerFailed as failed:
                note(f"{failed.summary}; trying again")
                pause = AGAIN

    def close(self) -> None:
        """Publish what a command that does not only look has left, and close the connection."""
        try:
            if not self._looking:
                self.publish()
        finally:
            super().close()


class _Runs(Runs):
    """Runs whose holder stops when it cannot publish any more: its account may count as lost by then."""

    def __init__(self, database: Database, replica: Replica) -> None:
        super().__init__(database)
        self._replica = replica

    def claim(self, run_id: str, operation_id: str, holder: str) -> Attempt | None:
        self._insist()
        return super().claim(run_id, operation_id, holder)

    def sending(self, run_id: str, operation_id: str, epoch: int, holder: str, at: str) -> bool:
        self._insist()
        return super().sending(run_id, operation_id, epoch, holder, at)

    def holds(self, run_id: str, operation_id: str, epoch: int, holder: str) -> bool:
        self._insist()
        return super().holds(run_id, operation_id, epoch, holder)

    def _insist(self) -> None:
        self._replica.insist_on_being_current()


class _Locks(Locks):
    """Locks that are taken where everybody sees them, and that a beat keeps."""

    def __init__(self, database: Database, replica: Replica) -> None:
        super().__init__(database)
        self._replica = replica
        self._ours: dict[str, str] = {}

    def take(self, lock: Lock) -> tuple[Lock | None, Lock | None]:
        """Take a lock here, and have it there; whoever was faster there has it."""
        self._replica.follow()
        other, dead = super().take(lock)
        if other is not None:
            return other, None
        try:
            self._replica.publish()
        except LedgerFailed:
            super().release(lock.name, lock.holder)
            raise
        held = self.held(lock.name)
        if held is None or held.holder != lock.holder:
            return held or lock, None
        self._replica.hold(lock.name, lock.holder)
        self._ours[lock.name] = lock.holder
        return None, dead

    def is_free(self, held: Lock) -> bool:
        """Also a holder on another host is gone when it has not been heard of for long enough."""
        return super().is_free(held) or is_lost(held, WallClock().now())

    def beat(self) -> None:
        """Say that the holder of our locks is alive."""
        at = WallClock().now().isoformat(timespec="seconds")
        for name, holder in self._ours.items():
            self._db.run("update locks set beat = ? where name = ? and holder = ?", (at, name, holder))

    def release(self, name: str, holder: str) -> bool:
        """Give a lock back, with all that was done under it."""
        released = super().release(name, holder)
        self._ours.pop(name, None)
        self._replica.let_go(name)
        self._replica.publish()
        return released


class _Leases(Leases):
    """Leases that are taken where everybody sees them."""

    def __init__(self, database: Database, replica: Replica) -> None:
        super().__init__(database)
        self._replica = replica

    def take(self, name: str, holder: str, milliseconds: int) -> bool:
        self._replica.follow()
        if not super().take(name, holder, max(milliseconds, _SEEN)):
            return False
        self._replica.publish()
        return self._db.row("select 1 from leases where name = ? and holder = ?", (name, holder)) is not None
