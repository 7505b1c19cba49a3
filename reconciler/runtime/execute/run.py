"""The execution of one account's run: the canary, the rest, reading back, and the account of it all."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from msgspec.structs import replace

from reconciler.engine.freezes import Why
from reconciler.engine.stages import stages
from reconciler.engine.stock import QUANTITY
from reconciler.engine.verify import lost, missing_but_sold
from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Target
from reconciler.model.spec import KindSpec, Role
from reconciler.model.states import LEFT_TO_SEND, OperationState
from reconciler.model.values import Value
from reconciler.runtime.connection.runner import first_of
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed
from reconciler.runtime.execute.baseline import looks_of, settle
from reconciler.runtime.execute.interrupts import interruptible
from reconciler.runtime.execute.lock import Execution, run_state_of, take_run
from reconciler.runtime.execute.lost_creations import LostCreations, creations_of
from reconciler.runtime.execute.numbers import adds
from reconciler.runtime.execute.readback import Rereader, Waiting
from reconciler.runtime.execute.run_state import Executed, RunState, unknown
from reconciler.runtime.execute.sender import Sender
from reconciler.runtime.execute.waves import LocalDriver
from reconciler.runtime.ledger.rows import Operation, Record, Run
from reconciler.runtime.observe.own_writes import forget_reads, tell_of
from reconciler.runtime.project.images import image_identity, image_names

#: So many new objects come between two looks of the garbage collector.
_SELDOM = 200_000
_INTERRUPTED = "the run was interrupted"
_CUT_OFF = "the run was interrupted while it was sent"


async def execute(
    opened: Session,
    execution: Execution,
    run: Run,
    parallelism: int,
    *,
    resumed: bool = False,
    frozen: Why = MappingProxyType({}),
) -> Executed:
    """Execute a run to its end, or go on with one that was interrupted (`resumed`). Every row gets one outcome.

    `frozen` are modules of which an interrupted one sends nothing now.

    The run was taken before (`locking.take_run`). A token that is refused in the middle, or a question
    without an answer that it cannot do without, stops it with a report.
    """
    _know_names(opened, run)
    operations = opened.ledger.runs.operations(run.id)
    run_state, reread = run_state_of(opened, execution, run), Rereader(opened, execution.wait)
    lost = creations_of(opened, reread, operations)
    sender = Sender(
        opened=opened, run=run, reread=reread, run_state=run_state, lost=lost, resumed=resumed, frozen=frozen
    )
    async with opened.ledger.publishing(opened.progress.note):
        with stopped_with_a_report(run_state), _collecting_seldom():
            await _run_all(opened, sender, operations, parallelism)
    managed = 0
    if not run_state.look_for_successor():
        outcomes = run_state.executed(operations, _INTERRUPTED).outcomes
        managed = settle(opened, run, run_state.as_split(operations), outcomes, reread.row)
        run_state.finish()
        tell_of(opened, run.id)
    done = run_state.executed(operations, _INTERRUPTED, interrupted=opened.runner.stopping)
    return replace(done, managed=managed)


@contextmanager
def stopped_with_a_report(run_state: RunState) -> Iterator[None]:
    """Let what no operation can do without stop the run, and not the account of it."""
    try:
        yield
    except* AuthenticationFailed as denied:
        run_state.deny(first_of(denied))
    except* MarketplaceFailed as failed:
        run_state.give_up(first_of(failed))


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Keep the garbage collector from looking at everything for each request: what a run gathers is no garbage."""
    gc.freeze()
    young, middle, old = gc.get_threshold()
    gc.set_threshold(_SELDOM, middle, old)
    try:
        yield
    finally:
        gc.set_threshold(young, middle, old)


async def _run_all(opened: Session, sender: Sender, operations: list[Operation], parallelism: int) -> None:
    """Run the canary and the rest. Sender of its later phase start only when the canary is found well."""
    reread = sender.reread
    left = [each for each in operations if each.state in LEFT_TO_SEND]
    if not opened.spec.kinds[OFFER].views["list"].besides:  # a row that takes a read of its own has it in its turn
        await reread.rows(
            t for each in left for t in each.action.targets if t.remote_id and not reread.in_full(each.action, t)
        )
    by_id = {each.action.id: each for each in operations}
    for stage in stages(each.action for each in operations):
        some = [by_id[action.id] for action in stage.actions]
        await _run_phase(opened, sender, some, parallelism, stage.told)
        if stage.is_canary:
            if opened.runner.stopping:
                return
            await _look_at_canary(opened, sender, some)


def _know_names(opened: Session, run: Run) -> None:
    """Read live references as the plan of this run saw them; a run of an earlier process brings its own index."""
    created = opened.ledger.runs.created(opened.place, run.id)
    opened.names.take_up(run.context["references"], run.context["offers"], created)


async def _run_phase(
    opened: Session, sender: Sender, operations: list[Operation], parallelism: int, told: str
) -> None:
    left = [each for each in operations if each.state in LEFT_TO_SEND]
    await run_operations(opened, sender, left, parallelism, told)
    if not sender.run_state.overtaken:
        await read_back(opened, sender, operations)


async def run_operations(
    opened: Session, sender: Sender, operations: list[Operation], parallelism: int, told: str
) -> None:
    """Run sender until they are done or the run is told to stop."""
    if not operations:
        return
    driver = LocalDriver(sender.apply, parallelism, sender.run_state.settle)

    def stop() -> None:
        opened.runner.stop.set()
        sender.reread.stop_waiting()
        driver.cancel()

    opened.progress.start(told, sum(len(each.action.targets) for each in operations))
    driver.submit(operations)
    forget_reads(opened, (each.action for each in operations))  # a process that is killed cannot do it afterwards
    with interruptible(stop, opened.progress.note):
        while await driver.tick():
            pass
    opened.progress.finish()


async def look_back(opened: Session, execution: Execution, run: Run) -> None:
    """See what an interrupted run has sent, and record it; nothing is sent. A creation is left to whoever goes on.

    Its process, should it be frozen, is overtaken by this.
    """
    _know_names(opened, run)
    take_run(opened, execution, run.id)
    run_state, reread = run_state_of(opened, execution, run), Rereader(opened, execution.wait)
    for each in opened.ledger.runs.operations(run.id, OperationState.CLAIMED):
        claimed = run_state.claim(each.action) if each.action.operation != Role.CREATE else None
        if claimed is not None:
            run_state.record(
                claimed, tuple(unknown(each.action, target, _CUT_OFF) for target in each.action.targets)
            )
    lost = LostCreations(opened, reread, frozenset())
    sender = Sender(opened=opened, run=run, reread=reread, run_state=run_state, lost=lost)
    await read_back(opened, sender, opened.ledger.runs.operations(run.id))


async def _look_at_canary(opened: Session, sender: Sender, operations: list[Operation]) -> None:
    """Stop before the rest when a canary was not applied, or is not active and valid any more."""
    run_state = sender.run_state
    if run_state.stopped:
        return
    for outcome in opened.ledger.runs.outcomes(sender.run.id):
        if outcome.result is not Result.APPLIED:
            run_state.stopped = f"the canary {outcome.key.name} was {outcome.result}"
            return
    targets = {t.key: t for each in operations for t in each.action.targets if t.key.kind == OFFER}
    for key, target in targets.items():
        remote_id = target.remote_id or opened.names.created.get((key.kind, key.name))
        live = await sender.reread.full(replace(target, remote_id=remote_id), opened.spec.kinds[OFFER])
        if ailment := _ailment(live, target):
            run_state.stopped = f"the canary {key.name} {ailment}"
            return
    count = len(targets)
    opened.progress.note(f"the canary is well: {count} offer{'s' * (count != 1)} applied, active and valid")


def _ailment(live: Live | None, target: Target) -> str:
    if live is None:
        return "is not there any more"
    if problems := live.facts.get("problems"):
        return f"is not valid: {'; '.join(problems)}"
    ending = "ended" in (target.after.get("stock.status"), target.before.get("stock.status"))
    if live.fields.get("stock.status") == "ended" and not ending and target.after.get("stock.quantity") != 0:
        return "was ended by the marketplace"
    return ""


async def read_back(opened: Session, sender: Sender, operations: list[Operation]) -> None:
    """Turn `the marketplace says it is done` into `it is there`, or into unknown, and record it.

    When the waiting is cut short, what settles stays answered: the next apply goes on reading back.
    """
    runs = opened.ledger.runs
    phase = {each.action.id: each for each in sender.run_state.as_split(operations)}
    epochs = {action_id: epoch for action_id, epoch in runs.answered(sender.run.id).items() if action_id in phase}
    answered = {action_id: phase[action_id] for action_id in epochs}
    targets = {
        (action_id, target.key): target for action_id, each in answered.items() for target in each.action.targets
    }
    adding = {action_id for action_id, each in answered.items() if adds(each.action)}
    outcomes = runs.outcomes_answered(sender.run.id)
    seen_before = {each.action for each in outcomes if each.settling}
    waiting = []
    said: dict[tuple[str, Key], Outcome] = {}
    for outcome in outcomes:
        operation = answered.get(outcome.action)
        if operation is None or not outcome.remote_id or not _may_be_there(outcome, operation):
            continue
        if outcome.action in seen_before and not outcome.settling:
            continue
        if outcome.action in adding and outcome.result is not Result.APPLIED:
            continue  # a difference shows in no number: only the marketplace's own report tells of it
        target = targets[outcome.action, outcome.key]
        was_accepted = outcome.settling or outcome.result is Result.APPLIED
        waiting.append((replace(outcome, fault=None, settling=was_accepted), operation.action, target))
        said[outcome.action, outcome.key] = outcome
    verified = await _verified(opened, sender, waiting)
    _settle_images(opened, waiting, verified)
    forget_reads(opened, (each.action for each in operations))
    at = opened.clock.now().isoformat()
    found: dict[str, list[Outcome]] = {operation_id: [] for operation_id in answered}
    for where, outcome in verified.items():
        found[outcome.action].append(_last_word(said[where], outcome))
    records = [
        Record(operation_id, epochs[operation_id], _state(rows, sender.reread), tuple(rows))
        for operation_id, rows in found.items()
    ]
    runs.record_all(sender.run.id, records, at)


def _last_word(said: Outcome, seen: Outcome) -> Outcome:
    """Choose between what was answered and what was seen of a row: why nobody knows is not forgotten."""
    if seen.result is not Result.UNKNOWN:
        return seen
    if said.result is Result.REFUSED:
        return said
    return seen if seen.settling else replace(seen, fault=said.fault)


def _state(rows: list[Outcome], reread: Rereader) -> OperationState:
    waits = reread.cut_short and any(each.settling for each in rows)
    return OperationState.ANSWERED if waits else OperationState.DONE


async def _verified(opened: Session, sender: Sender, waiting: list[Waiting]) -> Mapping[tuple[str, Key], Outcome]:
    """Look for what was written until all of it shows, the timeout is over, or somebody is in a hurry."""

    def stop() -> None:
        opened.runner.stop.set()
        sender.reread.stop_waiting()

    looks = looks_of(opened, sender.run.id) if any(QUANTITY in target.after for _, _, target in waiting) else {}

    def lacking(target: Target, live: Live | None, kind: KindSpec) -> dict[str, Value]:
        found = missing_but_sold(target, live, kind, looks.get(target.key), opened.clock.now())
        return {**lost(sender.repeated.get(target.key, {}), live, kind), **found}

    sender.reread.wait_again()
    opened.progress.start("reading back", len(waiting))
    with interruptible(stop, opened.progress.note):
        verified = await sender.reread.verify(waiting, sender.translated, lacking)
    opened.progress.finish()
    return verified


def _settle_images(opened: Session, waiting: list[Waiting], verified: Mapping[tuple[str, Key], Outcome]) -> None:
    """Images that an offer has taken stay where they are, and their address may be relied on."""
    used = {
        image_identity(name)
        for outcome, _, target in waiting
        if (end := verified[outcome.action, outcome.key]).result is Result.APPLIED or end.settling
        for name in image_names(target)
    }
    opened.ledger.confirm_images(opened.place, used)


def _may_be_there(outcome: Outcome, operation: Operation) -> bool:
    """Stock 0 ends an offer by itself, so an offer that cannot be ended may have ended already."""
    if outcome.result is Result.REFUSED:
        return operation.action.operation == Role.END
    return outcome.result in (Result.APPLIED, Result.UNKNOWN)
