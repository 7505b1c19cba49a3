"""One apply per account at a time, across processes and hosts that share a ledger."""

import shlex
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic

from reconciler.model.states import RunPhase
from reconciler.runtime.clock import WallClock
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import Locked
from reconciler.runtime.execute.run_state import RunState
from reconciler.runtime.ledger.locks import this_process
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.who import command

_LOOK_EVERY = 1.0


@asynccontextmanager
async def locked(opened: Session, wait: float, beside: str = "") -> AsyncIterator[None]:
    """Hold the account's lock; wait up to `wait` seconds of real time for it, else Locked says who has it.

    `beside` names a lock of its own for what may run beside an apply, such as a resync.
    """
    account = f"{opened.account.name} {beside}" if beside else opened.account.name
    name = f"{opened.place.site} {beside}" if beside else str(opened.place.site)
    mine = this_process(
        name, account, uuid.uuid4().hex, command(), datetime.now(UTC).isoformat(timespec="seconds")
    )
    locks = opened.ledger.locks
    until = monotonic() + wait
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
    opened.lock = mine
    try:
        yield
    finally:
        locks.release(name, mine.holder)


def run_state_of(opened: Session, run: Run) -> RunState:
    """Return this process on a run that it has taken. Without a lock it is the holder of nothing."""
    return RunState(ledger=opened.ledger, clock=opened.clock, run=run, holder=_holder(opened))


def _holder(opened: Session) -> str:
    return opened.lock.holder if opened.lock else ""


def give_up(opened: Session, left: Run) -> None:
    """Close a run that is not gone on with; whoever still executes it can send nothing more."""
    take_run(opened, left.id)
    opened.ledger.runs.finish(left.id, _holder(opened), RunPhase.STOPPED, opened.clock.now().isoformat())


def set_aside(opened: Session, left: Run) -> None:
    """Close a run that nobody can read any more: its rows stay for a person to look at."""
    take_run(opened, left.id)
    opened.ledger.runs.finish(left.id, _holder(opened), RunPhase.UNREADABLE, opened.clock.now().isoformat())


def take_run(opened: Session, run_id: str) -> None:
    """Make this process the one that executes a run. Locked, when its lock was broken while it was not looking."""
    lock = opened.lock
    if lock is not None and opened.ledger.holders.take(run_id, lock):
        return
    other = opened.ledger.locks.held(lock.name) if lock else None
    now = f", and is held by {other}," if other else ""
    raise Locked(
        f"the lock of account {opened.account.name} was broken{now} while this process stood still; "
        "it sent nothing more",
        "run the same command again when nobody else is at work",
    )
