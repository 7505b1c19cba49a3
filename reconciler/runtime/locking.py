"""One apply per account at a time, across processes and hosts that share a ledger."""

import shlex
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic

from reconciler.runtime.clock import WallClock
from reconciler.runtime.errors import Locked
from reconciler.runtime.ledger.locks import this_process
from reconciler.runtime.session import Session
from reconciler.runtime.who import command

_LOOK_EVERY = 1.0


@asynccontextmanager
async def locked(opened: Session, patience: float, beside: str = "") -> AsyncIterator[None]:
    """Hold the account's lock; wait up to `patience` seconds of real time for it, else Locked says who has it.

    `beside` names a lock of its own for what may run beside an apply, such as a resync.
    """
    account = f"{opened.account.name} {beside}" if beside else opened.account.name
    mine = this_process(account, uuid.uuid4().hex, command(), datetime.now(UTC).isoformat(timespec="seconds"))
    locks = opened.ledger.locks
    until = monotonic() + patience
    while True:
        other, dead = locks.take(mine)
        if dead is not None:
            opened.progress.note(f"took over the lock of a process that is gone: {dead}")
        if other is None:
            break
        if monotonic() >= until:
            raise Locked(
                f"account {account} is locked by {other}; nothing was sent",
                "wait for it (--lock-timeout SECONDS), or make sure that it is dead and run "
                f"`{shlex.join(('reconcile', 'unlock', account))}`",
            )
        await WallClock().sleep(_LOOK_EVERY)
    try:
        yield
    finally:
        locks.release(account, mine.holder)
