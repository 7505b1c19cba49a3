"""The execution of one account's run: the canary, the rest, reading back, and the account of it all."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.engine.verify import missing
from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import Target
from reconciler.runtime.chunks import Chunks, skipped, unknown
from reconciler.runtime.driver import LocalDriver
from reconciler.runtime.images import image_identity, image_names
from reconciler.runtime.interrupts import interruptible
from reconciler.runtime.ledger.runs import Operation, Run
from reconciler.runtime.reading_back import Rereader, Waiting
from reconciler.runtime.session import Session
from reconciler.runtime.settling import settle

#: A canary's actions run in their own waves, the rest in waves from here on.
PHASE = 1000
_CUT_OFF = "the run was interrupted while it was sent"


async def execute(opened: Session, run: Run, parallelism: int) -> tuple[Outcome, ...]:
    """Execute a run to its end, or go on with one that was interrupted. Every row gets one outcome.

    Chunks of a canary's later phase start only when the canary is found well.
    """
    opened.run_id = run.id
    opened.created.update(opened.ledger.runs.created(opened.account.name, run.id))
    _know_labels(opened, run)
    reread = Rereader(opened)
    chunks = Chunks(opened=opened, run=run, reread=reread)
    operations = opened.ledger.runs.operations(run.id)
    left = [each for each in operations if each.state in ("open", "claimed")]
    await reread.rows(
        t for each in left if not chunks.single(each.action) for t in each.action.targets if t.remote_id
    )
    rest = [each for each in operations if each.action.wave >= PHASE]
    canary = [each for each in operations if each.action.wave < PHASE] if rest else []
    if canary:
        await _run_phase(opened, chunks, canary, parallelism, "applying the canary")
        await _look_at_canary(opened, chunks, canary)
    await _run_phase(opened, chunks, rest or operations, parallelism, "applying")
    return _close(opened, chunks, operations)


def _know_labels(opened: Session, run: Run) -> None:
    """Read live references as the plan of this run saw them; a run of an earlier process brings its own index."""
    references: Mapping[str, Mapping[str, str]] = run.context["references"]
    for kind, labels in references.items():
        opened.labels.setdefault(kind, {}).update({remote_id: label for label, remote_id in labels.items()})
    for (kind, name), remote_id in opened.created.items():
        opened.labels.setdefault(kind, {})[remote_id] = name


async def _run_phase(
    opened: Session, chunks: Chunks, operations: list[Operation], parallelism: int, told: str
) -> None:
    left = [each for each in operations if each.state in ("open", "claimed")]
    await run_chunks(opened, chunks, left, parallelism, told)
    await read_back(opened, chunks, operations)


async def run_chunks(
    opened: Session, chunks: Chunks, operations: list[Operation], parallelism: int, told: str
) -> None:
    """Run chunks until they are done or the run is told to stop."""
    if not operations:
        return
    driver = LocalDriver(apply=chunks.apply, parallelism=parallelism)

    def stop() -> None:
        opened.runner.stopping = True
        driver.cancel()

    opened.progress.start(told, sum(len(each.action.targets) for each in operations))
    driver.submit(operations)
    _read_anew(opened, operations)  # a process that is killed cannot do it afterwards
    with interruptible(stop, opened.progress.note):
        while await driver.tick():
            pass
    opened.progress.finish()


def _read_anew(opened: Session, operations: list[Operation]) -> None:
    """What is written, or may have been, is read again by the next plan: not every write raises an event."""
    touched = {t.remote_id for each in operations for t in each.action.targets if t.remote_id}
    opened.cache.drop(opened.account.name, OFFER, touched | set(opened.created.values()))


async def look_back(opened: Session, run: Run) -> None:
    """See what an interrupted run has sent, and record it; nothing is sent. A creation is left to whoever goes on.

    Its process, should it be frozen, is overtaken by this.
    """
    opened.run_id = run.id
    opened.created.update(opened.ledger.runs.created(opened.account.name, run.id))
    _know_labels(opened, run)
    runs, at = opened.ledger.runs, opened.clock.now().isoformat()
    for each in runs.operations(run.id, "claimed"):
        epoch = runs.claim(run.id, each.action.id) if each.action.operation != "create" else None
        if epoch is not None:
            outcomes = [unknown(each.action, target, _CUT_OFF) for target in each.action.targets]
            runs.record(run.id, each.action.id, epoch, outcomes, state="answered", at=at)
    chunks = Chunks(opened=opened, run=run, reread=Rereader(opened))
    await read_back(opened, chunks, runs.operations(run.id))


async def _look_at_canary(opened: Session, chunks: Chunks, operations: list[Operation]) -> None:
    """Stop before the rest when a canary was not applied, or is not active and valid any more."""
    if chunks.stopped:
        return
    for outcome in opened.ledger.runs.outcomes(chunks.run.id):
        if outcome.result is not Result.APPLIED:
            chunks.stopped = f"the canary {outcome.key.name} was {outcome.result}"
            return
    targets = {t.key: t for each in operations for t in each.action.targets if t.key.kind == OFFER}
    for key, target in targets.items():
        remote_id = target.remote_id or opened.created.get((key.kind, key.name))
        live = await chunks.reread.full(replace(target, remote_id=remote_id), opened.spec.kinds[OFFER])
        if ailment := _ailment(live, target):
            chunks.stopped = f"the canary {key.name} {ailment}"
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


async def read_back(opened: Session, chunks: Chunks, operations: list[Operation]) -> None:
    """Turn `the marketplace says it is done` into `it is there`, or into unknown, and record it."""
    runs = opened.ledger.runs
    phase = {each.action.id for each in operations}
    answered = {
        each.action.id: each for each in runs.operations(chunks.run.id, "answered") if each.action.id in phase
    }
    waiting = []
    said: dict[tuple[str, Key], Outcome] = {}
    for outcome in runs.outcomes_answered(chunks.run.id):
        operation = answered.get(outcome.action)
        if operation is not None and outcome.remote_id and _may_be_there(outcome, operation):
            target = next(each for each in operation.action.targets if each.key == outcome.key)
            waiting.append((replace(outcome, result=Result.APPLIED, fault=None), operation.action, target))
            said[outcome.action, outcome.key] = outcome
    opened.progress.start("reading back", len(waiting))
    verified = await chunks.reread.verify(waiting, chunks.translated, chunks.single, missing)
    opened.progress.finish()
    _settle_images(opened, waiting, verified)
    _read_anew(opened, operations)
    at = opened.clock.now().isoformat()
    found: dict[str, list[Outcome]] = {operation_id: [] for operation_id in answered}
    for where, outcome in verified.items():
        refused = said[where].result is Result.REFUSED and outcome.result is Result.UNKNOWN
        found[outcome.action].append(said[where] if refused else outcome)
    for operation_id, outcomes in found.items():
        runs.record(chunks.run.id, operation_id, answered[operation_id].epoch, outcomes, state="done", at=at)


def _settle_images(opened: Session, waiting: list[Waiting], verified: Mapping[tuple[str, Key], Outcome]) -> None:
    """Images that an offer shows now stay where they are, and their address may be relied on."""
    used = {
        image_identity(name)
        for outcome, _, target in waiting
        if verified[outcome.action, outcome.key].result is Result.APPLIED
        for name in image_names(target)
    }
    opened.ledger.confirm_images(opened.account.name, used)


def _may_be_there(outcome: Outcome, operation: Operation) -> bool:
    """Stock 0 ends an offer by itself, so an offer that cannot be ended may have ended already."""
    if outcome.result is Result.REFUSED:
        return operation.action.operation == "end"
    return outcome.result in (Result.APPLIED, Result.UNKNOWN)


def _close(opened: Session, chunks: Chunks, operations: list[Operation]) -> tuple[Outcome, ...]:
    """Finish the run when no row is open; what was never tried is skipped, and says why."""
    runs = opened.ledger.runs
    recorded = {(o.action, o.key): o for o in runs.outcomes(chunks.run.id)}
    for operation in operations:
        for target in operation.action.targets:
            why = chunks.stopped or "the run was interrupted"
            recorded.setdefault((operation.action.id, target.key), skipped(operation.action.id, target, why))
    settle(opened, chunks.run, operations, recorded.values())
    open_rows = any(each.state in ("open", "claimed") for each in runs.operations(chunks.run.id))
    if not open_rows or chunks.stopped:
        runs.finish(chunks.run.id, "stopped" if open_rows else "finished", opened.clock.now().isoformat())
    return tuple(recorded.values())
