"""One apply per account at a time, across processes and hosts that share a ledger."""

import shlex
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from msgspec import Struct

from reconciler.model.states import RunPhase
from reconciler.runtime.clock import WallClock
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import Locked
from reconciler.runtime.execute.run_state import RunState
from reconciler.runtime.ledger.locks import Lock, this_process
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.who import command, run_address

_LOOK_EVERY = 1.0


class Execution(Struct, frozen=True):
    """This process at work on an account: the lock that it holds, and how long it stays with what was accepted.

    `wait` is in seconds; None: the usual time.
    """

    lock: Lock
    wait: float | None = None


@asynccontextmanager
async def locked(
    opened: Session, patience: float, beside: str = "", *, wait: float | None = None
) -> AsyncIterator[Execution]:
    """Hold the account's lock; wait up to `patience` seconds of real time for it, else Locked says who has it.

    LedgerUnwritable where nobody else would see it.

    `beside` names a lock of its own for what may run beside an apply, such as a resync; `wait` is the execution's.
    """
    opened.ledger.insist_on_keeping()
    account = f"{opened.account.name} {beside}" if beside else opened.account.name
    name = f"{opened.place.site} {beside}" if beside else str(opened.place.site)
    mine = this_process(
        name, account, uuid.uuid4().hex, command(), WallClock().now().isoformat(timespec="seconds"), run_address()
    )
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
        yield Execution(mine, wait)
    finally:
        locks.release(name, mine.holder)


def run_state_of(opened: Session, execution: Execution, run: Run) -> RunState:
    """Return this process on a run that it has taken."""
    return RunState(ledger=opened.ledger, clock=opened.clock, run=run, holder=execution.lock.holder)


def give_up(opened: Session, execution: Execution, left: Run) -> None:
    """Close a run that is not gone on with; whoever still executes it can send nothing more."""
    take_run(opened, execution, left.id)
    _close(opened, execution, left, RunPhase.STOPPED)


def set_aside(opened: Session, execution: Execution, left: Run) -> None:
    """Close a run that nobody can read any more: its rows stay for a person to look at."""
    take_run(opened, execution, left.id)
    _close(opened, execution, left, RunPhase.UNREADABLE)


def _close(opened: Session, execution: Execution, left: Run, phase: RunPhase) -> None:
    opened.ledger.runs.finish(left.id, execution.lock.holder, phase, opened.clock.now().isoformat())


def take_run(opened: Session, execution: Execution, run_id: str) -> None:
    """Make this process the one that executes a run. Locked, when its lock was broken while it was not looking."""
    ledger = opened.ledger
    lost = ledger.forgets and ledger.holders.successor(run_id, execution.lock.holder) is not None
    if ledger.holders.take(run_id, execution.lock):
        if lost:
            ledger.runs.presume_sent(run_id, opened.clock.now().isoformat())
        return
    other = opened.ledger.locks.held(execution.lock.name)
    now = f", and is held by {other}," if other else ""
    raise Locked(
        f"the lock of account {opened.account.name} was broken{now} while this process stood still; "
        "it sent nothing more",
        "run the same command again when nobody else is at work",
    )
