"""The beginning of a run: its rows, made of the changes that were judged and shown, and of nothing else."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from reconciler.engine.batch import batch
from reconciler.engine.fees import limits_in, not_known, shown_in
from reconciler.engine.lapsed import until_of
from reconciler.engine.overtaken import as_far_as_latest, reckons_from_another_number
from reconciler.engine.resync import gentle
from reconciler.engine.stages import PHASE
from reconciler.engine.values_used import references_used
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.history import DIRTY
from reconciler.model.marks import Mark
from reconciler.model.memory import Compared
from reconciler.model.offers import EXTERNAL_ID, OFFER, Key
from reconciler.model.outcomes import Accepted
from reconciler.model.plan import AccountPlan, Action, Plan
from reconciler.model.plan_json import UnreadablePlan
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.states import RunPhase
from reconciler.model.values import Gain
from reconciler.runtime.clock import SAME_TIME
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.execute.lock import Execution, take_run
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import Operation, Run, untouched
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.ratelimit.priority import lane
from reconciler.runtime.who import who


def with_requests(plan: Plan, part: AccountPlan, spec: MarketplaceSpec) -> AccountPlan:
    """Derive the requests of a plan from its changes: what was judged and read is what is sent.

    Those that a plan file lists are for its readers.
    """
    how = gentle(spec) if plan.purpose == "resync" else spec
    return replace(part, actions=batch(part.changes, how, plan.id))


def run_of(
    opened: Session,
    execution: Execution,
    workspace: Workspace,
    plan: Plan,
    part: AccountPlan,
    options: ApplyOptions,
    scope: Mapping[str, Any] | None = None,
) -> Run:
    """Return the run of this plan: a new one, or the one that was interrupted. A finished plan is spent."""
    runs = opened.ledger.runs
    found = runs.of_plan(opened.place, plan.id)
    if found is not None and found.state is RunPhase.OPEN:
        opened.progress.note(f"going on with run {found.id[:8]}, which was interrupted")
        take_run(opened, execution, found.id)
        return found
    if found is not None:
        raise StalePlan(f"this plan was applied on {found.started_at} (run {found.id[:8]})", "plan again")
    _insist_on_freshness(opened, part)
    fresh = _fresh(opened, workspace, plan, part, options, scope)
    if part.actions:
        take_run(opened, execution, fresh.id)
        operations = _operations(fresh.id, part, options, opened.spec, plan.id)
        runs.begin(fresh, operations, _compared_of_written(opened, part))
    return fresh


def _compared_of_written(opened: Session, part: AccountPlan) -> list[Compared]:
    """Return what was compared of the resources that the run writes to, as far as it is the latest."""
    touched = {change.key for change in part.changes}
    seen = [each for each in part.compared if each.key in touched]
    known = opened.ledger.baselines_of(opened.place, touched).get
    seen_at, latest = datetime.fromisoformat(part.seen_at), opened.clock.now() + SAME_TIME
    return as_far_as_latest(seen, known, lambda: opened.ledger.managed(opened.place), seen_at, latest)


def _fresh(
    opened: Session,
    workspace: Workspace,
    plan: Plan,
    part: AccountPlan,
    options: ApplyOptions,
    scope: Mapping[str, Any] | None,
) -> Run:
    return Run(
        id=str(uuid.uuid4()),
        site=str(opened.place.site),
        project=opened.place.project,
        account=part.account,
        purpose=plan.purpose,
        plan_id=plan.id,
        digest=plan.digest,
        state=RunPhase.OPEN if part.actions else RunPhase.FINISHED,
        started_at=opened.clock.now().isoformat(timespec="milliseconds"),
        finished_at=None,
        who={**who(workspace.root), **({"approved": options.approved_by} if options.approved_by else {})},
        context={
            "references": references_used(part.actions, part.references, opened.spec),
            "offers": part.population.get(OFFER, 0),
            "login": part.login,
            "spec_revision": part.spec_revision,
            "allowed": {**plan.allowed, **options.allow},
            "origins": _origins(part),
            "because": _because(part),
            "until": until_of(part),
            "fees": shown_in(part),
            "unpriced": [str(each.key) for each in not_known(part.changes, opened.spec.kinds)],
            "fee_limits": limits_in(opened.account.guards.get("fees"), {**plan.allowed, **options.allow}),
            "rows": sum(len(action.targets) for action in part.actions),
            "undoes": plan.undoes,
            "scope": dict(scope or {}),
            "gone": [[each.key.kind, each.key.name] for each in part.changes if _for_good(each)],
            "adopted": [[key.kind, key.name] for key in _named_otherwise(part)],
            "regained": [[key.kind, key.name] for key in _regained(opened, plan, part)],
        },
    )


def _named_otherwise(part: AccountPlan) -> list[Key]:
    """Return what does not bear its key when it is written: what is taken over, and what a creation has begun."""
    taken = [each.key for each in part.compared if each.takes_over or each.moved_from]
    named = (each.key for each in part.changes if any(field.path == EXTERNAL_ID for field in each.fields))
    return [*dict.fromkeys((*taken, *named))]


def _for_good(change: Change) -> bool:
    """Tell whether a change takes a resource off the account, and is ours no longer: only then it says why."""
    return change.verb in (Verb.END, Verb.DELETE) and bool(change.reason)


def _regained(opened: Session, plan: Plan, part: AccountPlan) -> Iterable[Key]:
    """What an undo brings back that was let go of with its end is managed again."""
    if not plan.undoes:
        return ()
    gone = {tuple(each) for each in opened.ledger.runs.by_id(plan.undoes).context["gone"]}
    return (each.key for each in part.changes if (each.key.kind, each.key.name) in gone)


def insist_on_what_it_undoes(opened: Session, plan: Plan, part: AccountPlan) -> None:
    """An undo writes to what its run wrote to, and to nothing else: an offer may bear another key since.

    StalePlan where this ledger does not know the run; UnreadablePlan where a change names something else.
    """
    if not plan.undoes:
        return
    runs = opened.ledger.runs
    past = runs.find(opened.place, plan.undoes)
    if past is None:
        raise StalePlan(f"run {plan.undoes[:8]}, which the plan undoes, is not in this ledger", "plan again")
    ids: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    for operation in runs.operations(past.id):
        for target in operation.action.targets:
            ids[target.key.kind, target.key.name].add(target.remote_id)
    for where, created in runs.created(opened.place, past.id).items():
        ids[where] = {created}
    for each in part.changes:
        there = ids.get((each.key.kind, each.key.name), set())
        if each.remote_id not in there and None not in there:
            raise UnreadablePlan(f"the plan cannot be one of ours: run {past.id[:8]} wrote nothing to {each.key}")


def _insist_on_freshness(opened: Session, part: AccountPlan) -> None:
    """A plan is stale where a later run has overtaken it."""
    if found := written_otherwise(opened.ledger, opened.place, part, opened.clock.now() + SAME_TIME):
        write, path = found
        raise StalePlan(
            f"run {write.run_id[:8]} wrote `{path}` of {write.target.key.name} after this plan was made",
            "plan again",
        )
    _insist_on_declared_numbers(opened, part)


def written_otherwise(
    ledger: Ledger, place: Place, part: AccountPlan, latest: datetime, but: str = ""
) -> tuple[Accepted, str] | None:
    """Return a field of a plan to which a later run wrote another value, though it may be undone.

    The same difference is another value: a second one comes on top of it. What was written in the future, by a
    clock that was wrong, is neither earlier nor later: each row is compared with what is there before it is sent.
    `but` is the plan's own run.
    """
    wanted = {(each.key.kind, each.key.name): {f.path: f.after for f in each.fields} for each in part.changes}
    for write in ledger.pending.between(place, datetime.fromisoformat(part.seen_at), latest):
        planned = wanted.get((write.target.key.kind, write.target.key.name), {})
        for path, value in write.target.after.items():
            another = path in planned and (planned[path] != value or isinstance(value, Gain))
            if another and write.run_id != but:
                return write, path
    return None


def _insist_on_declared_numbers(opened: Session, part: AccountPlan) -> None:
    """A difference is reckoned from the number that was declared last: found true, another one holds since."""
    adding = {each.key for each in part.changes if any(isinstance(f.after, Gain) for f in each.fields)}
    known = opened.ledger.baselines_of(opened.place, adding)
    for each in part.compared:
        if each.key in adding and reckons_from_another_number(each, known.get(each.key)):
            raise StalePlan(
                f"another number of {each.key.name} was declared, and found to be there, after this plan was made",
                "plan again",
            )


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
        yield untouched(run_id, seq, lane(action) if options.lane is None else options.lane, action)


def _origins(part: AccountPlan) -> dict[str, dict[str, str]]:
    """Return where each planned value was written: Kind/name -> field, or part of one -> file:line:column.

    What was not committed says so: the commit of the run has not written it.
    """
    return {
        str(change.key): {
            path: f"{mark}{DIRTY if each.uncommitted else ''}"
            for each in change.fields
            for path, mark in _marks(each)
        }
        for change in part.changes
    }


def _because(part: AccountPlan) -> dict[str, dict[str, str]]:
    """Return how values came from their sources: Kind/name -> field -> one line, as the plan said it."""
    said = {
        str(change.key): {each.path: each.because for each in change.fields if each.because}
        for change in part.changes
    }
    return {key: lines for key, lines in said.items() if lines}


def _marks(each: FieldChange) -> Iterator[tuple[str, Mark]]:
    if each.mark:
        yield each.path, each.mark
    yield from ((f"{each.path}.{part}", mark) for part, mark in each.places.items())
