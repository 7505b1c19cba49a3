"""`apply`: executes a plan and nothing else. It may do less than the plan, never more.

The run and all its operations are rows of the ledger before the first request leaves. A run that was
interrupted is finished first, whatever was asked for next: what is unknown is observed, never guessed.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from reconciler.engine.batch import batch
from reconciler.engine.guard import judge
from reconciler.engine.plan import labels_of
from reconciler.engine.values_used import references_used
from reconciler.model.changes import Change, Verb
from reconciler.model.diagnostics import has_errors
from reconciler.model.offers import OFFER
from reconciler.model.outcomes import Outcome, Report, Stop
from reconciler.model.plan import AccountPlan, Action, Plan
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import digest, jsonable
from reconciler.runtime.commands.plan import load
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import AuthenticationFailed, BadDocuments, GuardRefused, StalePlan
from reconciler.runtime.execute.baseline import look_again, record, record_matched
from reconciler.runtime.execute.lock import give_up, locked, take_run
from reconciler.runtime.execute.run import PHASE, execute
from reconciler.runtime.execute.run_state import Executed, not_let_in, skipped, was_interrupted
from reconciler.runtime.ledger.rows import Operation, Run
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.resolve import Wanted
from reconciler.runtime.project.state import open_ledger
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.ratelimit.priority import lane
from reconciler.runtime.who import who


def apply_plan(workspace: Workspace, plan: Plan, options: ApplyOptions, progress: Progress) -> Report:
    """Execute a plan in all its accounts and report what became of every row of every action."""
    if has_errors(plan.diagnostics):
        raise BadDocuments(plan.diagnostics)
    started = _now()
    resolved = load(workspace, progress)
    outcomes: list[Outcome] = []
    stops: list[Stop] = []
    requests: Counter[str] = Counter()
    seconds = 0.0
    interrupted = False
    by_name = {wanted.account.name: wanted for wanted in resolved.wanted}
    for part in plan.accounts:
        wanted = by_name.get(part.account)
        if wanted is None:
            raise StalePlan(
                f"the plan is for account {part.account}, which the project does not have", "plan again"
            )
        if wanted.spec.revision != part.spec_revision:
            raise StalePlan(
                f"the plan was made with another revision of the {part.marketplace} spec", "plan again"
            )
        _insist_on_guards(plan, part, wanted, options)
        found, sent, lasted = _not_begun(was_interrupted(part.account), part), {}, 0.0
        try:
            if not interrupted:
                found, sent, lasted = run(_apply_account(workspace, wanted, plan, part, options, progress))
        except AuthenticationFailed as denied:
            if not outcomes:
                raise
            stop = not_let_in(part.account, denied.summary, denied.hint)
            found = _not_begun(stop, part)
        outcomes.extend(found.outcomes)
        stops.extend([found.stop] if found.stop else [])
        interrupted |= found.interrupted
        requests.update(sent)
        seconds += lasted
    return Report(
        plan_id=plan.id,
        outcomes=tuple(outcomes),
        started_at=started,
        finished_at=_now(),
        requests=dict(requests),
        seconds=round(seconds),
        forecast=plan.forecast,
        stops=tuple(stops),
    )


def _insist_on_guards(plan: Plan, part: AccountPlan, wanted: Wanted, options: ApplyOptions) -> None:
    """Judge again: what is refused depends on what is allowed now, and a plan file may have been edited."""
    violations = judge(
        part.changes,
        part.counts.get("live", 0),
        wanted.account.guards,
        labels_of(wanted.desired),
        wanted.spec,
        {**plan.allowed, **options.allow},
    )
    rules = sorted({violation.rule for violation in violations if not violation.allowed})
    if rules:
        raise GuardRefused(
            f"the plan is refused by: {', '.join(rules)}; nothing was sent",
            "correct the documents, or lift a rule for one run with --allow RULE",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


async def _apply_account(
    workspace: Workspace,
    wanted: Wanted,
    plan: Plan,
    part: AccountPlan,
    options: ApplyOptions,
    progress: Progress,
) -> tuple[Executed, Mapping[str, int], float]:
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        if opened.identity.login != part.login:
            raise StalePlan(
                f"the plan was made for {part.login}, the token is {opened.identity.login}'s", "plan again"
            )
        opened.wait = options.wait
        async with locked(opened, options.lock_timeout):
            began = opened.clock.now()
            opened.labels = {
                kind: {remote_id: label for label, remote_id in labels.items()}
                for kind, labels in part.references.items()
            }
            _give_up_undone(opened, plan)
            earlier = await finish_unfinished(opened, options, but=plan.id)
            if stop := _end_of(earlier, part.account):
                lasted = (opened.clock.now() - began).total_seconds()
                rows = _not_begun(stop, part).outcomes
                ended = Executed((*earlier.outcomes, *rows), stop, earlier.interrupted)
                return ended, dict(opened.runner.requests), lasted
            mine = run_of(opened, workspace, plan, part, options)
            if plan.purpose != "undo":
                record_matched(opened, wanted.desired, part)
            done = await execute(opened, mine, options.parallelism) if part.actions else Executed()
            if plan.purpose != "undo" and not done.overtaken:  # a run in other hands is remembered by those
                record(opened, wanted.desired, part, done.outcomes)
            lasted = (opened.clock.now() - began).total_seconds()
            outcomes = (*earlier.outcomes, *done.outcomes)
            return replace(done, outcomes=outcomes), dict(opened.runner.requests), lasted


def _end_of(done: Executed, account: str) -> Stop | None:
    """Return why nothing may be begun after this, if so."""
    return done.stop or (was_interrupted(account) if done.interrupted else None)


def _not_begun(stop: Stop, part: AccountPlan) -> Executed:
    """What came before was stopped: this plan waits, and its rows say so."""
    why = f"not begun: {stop.summary}"
    rows = tuple(skipped(action.id, target, why) for action in part.actions for target in action.targets)
    return Executed(rows, stop)


def resume(workspace: Workspace, options: ApplyOptions, progress: Progress, account: str | None = None) -> Report:
    """Finish what earlier runs left open in any account, or in one, before a new plan is made.

    With a `wait`, what they left settling is looked for again.
    """
    started = _now()
    outcomes: list[Outcome] = []
    stops: list[Stop] = []
    for wanted in load(workspace, progress).wanted:
        if account not in (None, wanted.account.name):
            continue
        ledger = open_ledger(workspace.root)
        try:
            left = ledger.runs.unfinished(wanted.account.name) is not None
            left |= options.wait is not None and ledger.pending.settling(wanted.account.name)
        finally:
            ledger.close()
        if left:
            done: Executed = run(_resume(workspace, wanted, options, progress))
            outcomes.extend(done.outcomes)
            stop = _end_of(done, wanted.account.name)
            stops.extend([stop] if stop else [])
            if done.interrupted:
                break
    return Report(plan_id="", outcomes=tuple(outcomes), started_at=started, finished_at=_now(), stops=tuple(stops))


async def _resume(workspace: Workspace, wanted: Wanted, options: ApplyOptions, progress: Progress) -> Executed:
    opening = session(workspace, wanted.account, wanted.spec, progress)
    async with opening as opened, locked(opened, options.lock_timeout):
        opened.wait = options.wait
        runs = 1 if options.wait is None else 1 + look_again(opened)
        outcomes: list[Outcome] = []
        stop: Stop | None = None
        for _ in range(runs):
            if not opened.runner.stopping and stop is None:
                done = await finish_unfinished(opened, options)
                outcomes.extend(done.outcomes)
                stop = done.stop
        return Executed(tuple(outcomes), stop, opened.runner.stopping)


async def finish_unfinished(opened: Session, options: ApplyOptions, but: str = "") -> Executed:
    """Finish the run that an earlier process left open, unless it is the run of this very plan."""
    left = opened.ledger.runs.unfinished(opened.account.name)
    if left is None or left.plan_id == but:
        return Executed()
    states = opened.ledger.history.operation_states(left.id)
    why = "which was interrupted" if {"open", "claimed"} & set(states) else "which left rows to be read back"
    opened.progress.note(f"finishing run {left.id[:8]} of {left.started_at}, {why}")
    take_run(opened, left.id)
    done = await execute(opened, left, options.parallelism)
    opened.created.clear()
    return done


def _give_up_undone(opened: Session, plan: Plan) -> None:
    """A run that is undone while it is open is not finished first: what it may have sent is in the undo."""
    left = opened.ledger.runs.unfinished(opened.account.name)
    if left is not None and left.id == plan.undoes:
        opened.progress.note(f"run {left.id[:8]} was interrupted; it is undone, and not finished")
        give_up(opened, left)


def run_of(
    opened: Session,
    workspace: Workspace,
    plan: Plan,
    part: AccountPlan,
    options: ApplyOptions,
    scope: Mapping[str, Any] | None = None,
) -> Run:
    """Return the run of this plan: a new one, or the one that was interrupted. A finished plan is spent."""
    runs = opened.ledger.runs
    found = runs.of_plan(part.account, plan.id)
    if found is not None and found.state == "open":
        opened.progress.note(f"going on with run {found.id[:8]}, which was interrupted")
        take_run(opened, found.id)
        return found
    if found is not None:
        raise StalePlan(f"this plan was applied on {found.started_at} (run {found.id[:8]})", "plan again")
    fresh = Run(
        id=str(uuid.uuid4()),
        account=part.account,
        purpose=plan.purpose,
        plan_id=plan.id,
        digest=plan.digest,
        state="open" if part.actions else "finished",
        started_at=opened.clock.now().isoformat(timespec="milliseconds"),
        finished_at=None,
        who=who(workspace.root),
        context={
            "references": references_used(part, opened.spec),
            "login": part.login,
            "spec_revision": part.spec_revision,
            "allowed": {**plan.allowed, **options.allow},
            "origins": _origins(part),
            "rows": sum(len(action.targets) for action in part.actions),
            "undoes": plan.undoes,
            "scope": dict(scope or {}),
            "gone": [[each.key.kind, each.key.name] for each in part.changes if _for_good(each)],
        },
    )
    if part.actions:
        take_run(opened, fresh.id)
        runs.begin(fresh, _operations(fresh.id, part, options, opened.spec, plan.id))
    return fresh


def _for_good(change: Change) -> bool:
    """Tell whether a change takes a resource off the account, and is ours no longer: only then it says why."""
    return change.verb in (Verb.END, Verb.DELETE) and bool(change.reason)


def _phased(part: AccountPlan, options: ApplyOptions, spec: MarketplaceSpec, plan_id: str) -> tuple[Action, ...]:
    """With a canary, pack its offers (and all named objects) apart, and the rest into later waves."""
    names = [change.key for change in part.changes if change.key.kind == OFFER]
    if not options.canary or len(names) <= options.canary:
        return part.actions
    chosen = set(names[: options.canary])
    first = [each for each in part.changes if each.key.kind != OFFER or each.key in chosen]
    rest = [each for each in part.changes if each.key.kind == OFFER and each.key not in chosen]
    later = (replace(each, wave=each.wave + PHASE) for each in batch(rest, spec, plan_id))
    return (*batch(first, spec, plan_id), *later)


def _operations(
    run_id: str, part: AccountPlan, options: ApplyOptions, spec: MarketplaceSpec, plan_id: str
) -> Iterable[Operation]:
    for seq, action in enumerate(_phased(part, options, spec, plan_id)):
        payload = [[str(target.key), jsonable(target.after)] for target in action.targets]
        yield Operation(
            run_id=run_id,
            seq=seq,
            lane=lane(action) if options.lane is None else options.lane,
            action=action,
            digest=digest(payload),
            state="open",
            epoch=0,
            sent_at=None,
        )


def _origins(part: AccountPlan) -> dict[str, dict[str, str]]:
    """Return where each planned value was written, for `blame`: Kind/name -> field -> file:line:column."""
    return {
        str(change.key): {each.path: str(each.mark) for each in change.fields if each.mark}
        for change in part.changes
    }
