"""How one process gets on with a run: what it has claimed, sent and recorded, what stopped it, and how it is told.

Every row gets one true outcome, sent or not, also when the token was refused in the middle, and when another
process has taken the run over.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result, Stop, StopReason
from reconciler.model.plan import Action, Target
from reconciler.model.spec import Role
from reconciler.model.states import LEFT_TO_SEND, OperationState, RunPhase
from reconciler.runtime.clock import Clock
from reconciler.runtime.connection.runner import Fence
from reconciler.runtime.errors import (
    AuthenticationFailed,
    BadDocuments,
    GuardRefused,
    Locked,
    MarketplaceFailed,
    RunStopped,
    StalePlan,
)
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.rows import Attempt, Ended, Operation, Record, Run, untouched


class Executed(Struct, frozen=True):
    """What became of every row of a run, and what stopped it, if anything did.

    `interrupted` tells that the command was told to stop, maybe when all of this run was done. `managed` counts
    what is managed since.
    """

    outcomes: tuple[Outcome, ...] = ()
    stop: Stop | None = None
    interrupted: bool = False
    managed: int = 0

    @property
    def overtaken(self) -> bool:
        """Tell whether another process has taken the run over: what became of it is that one's to remember."""
        return self.stop is not None and self.stop.reason is StopReason.OVERTAKEN


class Claimed(Fence, kw_only=True):
    """The fence of an operation that this process has claimed, and when.

    `since` is when an earlier attempt last may have sent it.
    """

    operation: str
    epoch: int
    at: str
    since: datetime | None


class _Step(NamedTuple):
    """What a worker has to have written before it goes on: what it has ended, and what it takes."""

    ended: Ended | None
    operation: str
    taken: asyncio.Future[Attempt | None]


class RunState(Struct, kw_only=True):
    """One process on one run, under the name by which it holds the lock.

    `stopped` is why nothing more is begun, and what rows are skipped for; `stop` says the same as data where the
    reason is not the run's own. `goes_on` tells that the same command can go on with the run.
    """

    ledger: Ledger
    clock: Clock
    run: Run
    holder: str
    stopped: str = ""
    stop: Stop | None = None
    goes_on: bool = False
    _sent: set[str] = field(default_factory=set)
    _recorded: set[str] = field(default_factory=set)
    _splits: dict[str, tuple[Operation, ...]] = field(default_factory=dict)
    _ended: Ended | None = None
    _steps: list[_Step] = field(default_factory=list)

    async def take(self, action: Action) -> Claimed | None:
        """Claim an operation, in one transaction with whatever other workers have ended and take just now."""
        loop = asyncio.get_running_loop()
        if not self._steps:
            loop.call_soon(self._write_steps)
        (ended, self._ended), taken = (self._ended, None), loop.create_future()
        self._steps.append(_Step(ended, action.id, taken))
        return self._claimed(action, await taken)

    def claim(self, action: Action) -> Claimed | None:
        """Take an operation; None when it is done, or when another process has taken the run."""
        self.settle()
        return self._claimed(action, self.ledger.runs.claim(self.run.id, action.id, self.holder))

    def _claimed(self, action: Action, claim: Attempt | None) -> Claimed | None:
        runs, where, holder = self.ledger.runs, (self.run.id, action.id), self.holder
        if claim is None:
            self.look_for_successor()
            return None

        def held() -> bool:
            return runs.holds(*where, claim.epoch, holder)

        def leaving() -> bool:
            return runs.sending(*where, claim.epoch, holder, self._now())

        return Claimed(
            held=held,
            leaving=leaving if action.operation == Role.CREATE else held,
            run_id=self.run.id,
            operation=action.id,
            epoch=claim.epoch,
            at=self._now(),
            since=datetime.fromisoformat(claim.sent_at) if claim.sent_at else None,
        )

    def record(self, claimed: Claimed, outcomes: tuple[Outcome, ...]) -> None:
        """Write what became of an operation; whoever was overtaken writes nothing."""
        self.ended(claimed, outcomes)
        self.settle()

    def ended(self, claimed: Claimed, outcomes: tuple[Outcome, ...]) -> None:
        """Record an operation with the next claim, in one transaction.

        Whoever has ended it takes the next, or settles, before it waits for anything else: so it is written before
        anything that was ready later leaves.
        """
        self.settle()
        record = Record(claimed.operation, claimed.epoch, _state_after(outcomes), outcomes)
        self._ended = Ended(record, self._now(), claimed.at)

    def settle(self) -> None:
        """Write what has ended and no claim has followed, or whose worker was stopped before it was written."""
        if self._ended is not None:
            ended, self._ended = self._ended, None
            self._write([(ended, "")])
        if any(each.taken.cancelled() for each in self._steps):
            self._write_steps()

    def _write_steps(self) -> None:
        """Write what has ended and claim what is taken, for all workers that wait; who was stopped takes none."""
        steps, self._steps = self._steps, []
        try:
            claims = self._write(
                [(each.ended, "" if each.taken.cancelled() else each.operation) for each in steps]
            )
        except Exception as failure:
            waiting = [each.taken for each in steps if not each.taken.cancelled()]
            for each in waiting:
                each.set_exception(failure)
            if not waiting:
                raise
            return
        for step, claim in zip(steps, claims, strict=True):
            if not step.taken.cancelled():
                step.taken.set_result(claim)

    def _write(self, steps: Sequence[tuple[Ended | None, str]]) -> list[Attempt | None]:
        written = self.ledger.runs.record_and_claim(self.run.id, steps, self.holder) if steps else []
        for (ended, _), (recorded, _) in zip(steps, written, strict=True):
            if ended is not None and recorded:
                self._recorded.add(ended.record.operation_id)
        return [claim for _, claim in written]

    def split(
        self, claimed: Claimed, operation: Operation, outcomes: tuple[Outcome, ...], actions: Iterable[Action]
    ) -> tuple[Operation, ...]:
        """Record the outcomes of some rows, and make operations of these actions for the others, which had none.

        Nothing is sent for the parts before they stand in the ledger. None are returned to whoever was overtaken.
        """
        said = {outcome.key for outcome in outcomes}
        kept = replace(
            operation.action, targets=tuple(each for each in operation.action.targets if each.key in said)
        )
        place = (self.run.id, operation.seq, operation.lane)
        rest = replace(untouched(*place, kept), accepted_at=claimed.at)
        parts = tuple(untouched(*place, action) for action in actions)
        record = Record(claimed.operation, claimed.epoch, _state_after(outcomes), outcomes)
        if not self.ledger.runs.split(record, rest, parts, self.holder, self._now()):
            self.look_for_successor()
            return ()
        self._recorded.add(claimed.operation)
        self._splits[claimed.operation] = (rest, *parts)
        return parts

    def as_split(self, operations: Iterable[Operation]) -> list[Operation]:
        """Return these operations, those that were split since in their parts."""
        found: list[Operation] = []
        for each in operations:
            parts = self._splits.get(each.action.id)
            found.extend([parts[0], *self.as_split(parts[1:])] if parts else [each])
        return found

    def keep(self, claimed: Claimed) -> None:
        """Remember that an operation was sent, whatever ended it."""
        if claimed.written:
            self._sent.add(claimed.operation)

    def look_for_successor(self) -> bool:
        """Stop when another process has taken the run over; tell whether one has."""
        other = self.ledger.holders.successor(self.run.id, self.holder)
        if other is not None:
            self.halt(_overtaken(self.run, other))
        return other is not None

    def deny(self, denied: AuthenticationFailed) -> None:
        """Stop because the marketplace does not let this account in any more; a good token can go on."""
        self.goes_on = True
        self.halt(not_let_in(self.run.account, denied.summary, denied.hint))

    def give_up(self, failed: MarketplaceFailed) -> None:
        """Stop because a question that the run cannot do without is not answered; the same command goes on."""
        self.goes_on = True
        self.halt(stop_of(self.run.account, failed))

    def halt(self, stop: Stop) -> None:
        """Begin nothing more, for this reason."""
        self.stop = stop
        self.stopped = stop.summary

    @property
    def overtaken(self) -> bool:
        """Tell whether another process has taken the run over, as far as this one knows."""
        return self.stop is not None and self.stop.reason is StopReason.OVERTAKEN

    def finish(self) -> None:
        """Close the run when no row is open or to be read back, or when it was stopped and is not gone on with."""
        if self.look_for_successor():
            return
        is_open = self._is_open()
        if not is_open or (self.stopped and not self.goes_on):
            phase = RunPhase.STOPPED if is_open else RunPhase.FINISHED
            self.ledger.runs.finish(self.run.id, self.holder, phase, self._now())

    def _is_open(self) -> bool:
        return any(each is not OperationState.DONE for each in self.ledger.runs.states(self.run.id).values())

    def executed(self, operations: Iterable[Operation], why: str, *, interrupted: bool = False) -> Executed:
        """Return one outcome for every row of these operations, which are as they were when the run was taken.

        `why` is what rows are skipped for when nothing stopped the run.
        """
        stop = self.stop or (was_interrupted(self.run.account) if interrupted and self._is_open() else None)
        runs, why = self.ledger.runs, self.stopped or why
        states = runs.states(self.run.id)
        known = {(each.action, each.key): each for each in runs.outcomes(self.run.id)}
        outcomes = tuple(
            self._outcome(operation, target, states, known.get((operation.action.id, target.key)), why)
            for operation in self.as_split(operations)
            for target in operation.action.targets
        )
        return Executed(outcomes, stop, interrupted)

    def _outcome(
        self,
        operation: Operation,
        target: Target,
        states: Mapping[str, OperationState],
        known: Outcome | None,
        why: str,
    ) -> Outcome:
        action = operation.action.id
        ours = not self.overtaken or operation.state not in LEFT_TO_SEND or action in self._recorded
        if known is not None and ours:
            seen = states[action] is not OperationState.ANSWERED or known.result is not Result.APPLIED
            return (
                known if seen else replace(known, result=Result.UNKNOWN, detail=f"accepted, not read back: {why}")
            )
        if action in self._sent:
            return unknown(operation.action, target, f"it was sent, and then: {why}")
        return skipped(action, target, why)

    def _now(self) -> str:
        return self.clock.now().isoformat()


def _state_after(outcomes: Iterable[Outcome]) -> OperationState:
    """What was sent is to be read back."""
    waits = any(outcome.result is not Result.SKIPPED for outcome in outcomes)
    return OperationState.ANSWERED if waits else OperationState.DONE


def not_let_in(account: str, summary: str, hint: str) -> Stop:
    """Return the end of a run whose token is refused or lacks a right."""
    again = "run the same command again"
    return Stop(
        account=account,
        reason=StopReason.AUTHENTICATION,
        summary=summary,
        hint=f"{hint}; then {again}" if hint else again,
    )


def stop_of(account: str, ended: RunStopped) -> Stop:
    """Return the end of a run that could not go on, where no narrower word says why."""
    kinds: Mapping[type[RunStopped], StopReason] = {
        StalePlan: StopReason.STALE,
        Locked: StopReason.LOCKED,
        GuardRefused: StopReason.GUARD,
        BadDocuments: StopReason.DOCUMENTS,
    }
    reason = kinds.get(type(ended), StopReason.FAILED)
    again = ended.hint or "run the same command again"
    return Stop(account=account, reason=reason, summary=f"account {account}: {ended.summary}", hint=again)


def broken(account: str, bug: Exception) -> Stop:
    """Return the end of a run by a mistake of ours."""
    return Stop(
        account=account,
        reason=StopReason.FAILED,
        summary=f"account {account}: a bug in reconcile ended the run ({type(bug).__name__})",
        hint="please report it; the same command goes on with what was begun",
    )


def was_interrupted(account: str) -> Stop:
    """Return the end of a run that was told to stop."""
    return Stop(
        account=account,
        reason=StopReason.INTERRUPTED,
        summary=f"account {account}: the run was interrupted",
        hint="run the same command again: it goes on where this one stopped",
    )


def _overtaken(run: Run, by: str) -> Stop:
    """Return the end of a run that another process goes on with."""
    return Stop(
        account=run.account,
        reason=StopReason.OVERTAKEN,
        summary=(
            f"account {run.account}: another process (holder {by}) has taken this run over; this one stopped, "
            "and nothing more was sent by it"
        ),
        hint=f"`reconcile history show {run.id[:8]}` says what becomes of the run",
    )


def skipped(action: str, target: Target, why: str) -> Outcome:
    """Return the outcome of a row that was not sent."""
    return Outcome(action=action, key=target.key, result=Result.SKIPPED, remote_id=target.remote_id, detail=why)


def held_rows(actions: Iterable[Action], held: Mapping[Key, Mapping[str, str]]) -> tuple[Outcome, ...]:
    """Return the outcomes of rows that are held back now. `held`: the resource -> its field -> why."""
    found = []
    for action in actions:
        for target in action.targets:
            why = held.get(target.key, {})
            if said := why.get("") or next((why[path] for path in target.after if path in why), ""):
                found.append(skipped(action.id, target, f"held back: {said}"))
    return tuple(found)


def stale_row(action: Action, target: Target, why: str) -> Outcome:
    """Return the outcome of a row that was not sent because the marketplace has moved."""
    return replace(skipped(action.id, target, why), stale=True)


def done_row(action: Action, target: Target) -> Outcome:
    """Return the outcome of a row that is as was asked for already."""
    return Outcome(action=action.id, key=target.key, result=Result.APPLIED, remote_id=target.remote_id)


def unknown(action: Action, target: Target, why: str) -> Outcome:
    """Return the outcome of a row that may have been carried out."""
    return Outcome(action=action.id, key=target.key, result=Result.UNKNOWN, remote_id=target.remote_id, detail=why)


def doubted(outcome: Outcome, fence: Claimed) -> Outcome:
    """A row that has moved after it may have been sent is not called skipped: nobody knows in which order."""
    if not outcome.stale or not fence.in_doubt:
        return outcome
    why = f"it may have been carried out, and then: {outcome.detail}"
    return replace(outcome, result=Result.UNKNOWN, detail=why, stale=False)


def cut_off(action: Action, target: Target, why: str, fence: Claimed) -> Outcome:
    """Return the outcome of a row that was given up on the way: unknown only if something may have been sent."""
    if fence.written or fence.epoch > 1:
        return unknown(action, target, why)
    return skipped(action.id, target, f"nothing was sent for it: {why}")
