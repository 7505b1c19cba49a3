"""A plan of several accounts is applied again because one of them failed: what the others have had is done.

A plan is applied once. Where there is nothing left of it in any account, all of it is stale; so is an account
whose rows were not all applied, or were undone or written otherwise since: a new plan knows better.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from reconciler.documents.document import Project
from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.plan import AccountPlan, Plan, Target
from reconciler.model.states import RunPhase
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.execute.begin import with_requests, written_otherwise
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.project.accounts import spec_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import open_ledger
from reconciler.runtime.project.workspace import Workspace

_LAST = datetime.max.replace(tzinfo=UTC)
#: What a row writes: the operation, to which resource, and which fields.
_Written = tuple[str, Key, frozenset[str]]


class AppliedBefore(Struct, frozen=True):
    """The part of an account that an earlier apply of the same plan has done, all of it, and what became of it."""

    run: Run
    outcomes: tuple[Outcome, ...]


def applied_before(workspace: Workspace, project: Project, plan: Plan) -> Mapping[str, AppliedBefore]:
    """Return the accounts whose part was applied, where another one has something left: the ledger says so.

    Nothing is asked of a marketplace, so neither a login nor a guard of now refuses what is done.
    """
    if len(plan.accounts) == 1:
        return {}
    try:
        ledger = open_ledger(workspace.root)
    except RunStopped:
        return {}  # each account comes to that, and says so
    try:
        begun = {part.account: _run_of(ledger, project, plan, part) for part in plan.accounts if part.changes}
        if not any(run is None or run[1].state is RunPhase.OPEN for run in begun.values()):
            return {}
        return {
            part.account: done
            for part in plan.accounts
            if (found := begun.get(part.account)) and (done := _done(ledger, project, plan, part, *found))
        }
    finally:
        ledger.close()


def _run_of(ledger: Ledger, project: Project, plan: Plan, part: AccountPlan) -> tuple[Place, Run] | None:
    account = project.accounts.get(part.account)
    if account is None:
        return None
    place = place_of(account, spec_of(account))
    run = ledger.runs.of_plan(place, plan.id)
    return (place, run) if run else None


def _done(
    ledger: Ledger, project: Project, plan: Plan, part: AccountPlan, place: Place, run: Run
) -> AppliedBefore | None:
    """Return what became of a part; None where a row of it was not applied, or does not hold any more."""
    if run.state is not RunPhase.FINISHED or ledger.history.undos(run):
        return None
    outcomes = tuple(ledger.runs.outcomes(run.id))
    if any(each.result is not Result.APPLIED for each in outcomes):
        return None
    spec = spec_of(project.accounts[part.account])
    wanted = {
        row
        for action in with_requests(plan, part, spec).actions
        for row in _rows(action.operation, action.targets)
    }
    told = {(each.action, each.key) for each in outcomes}
    written = {
        row
        for each in ledger.runs.operations(run.id)
        for row in _rows(
            each.action.operation, (t for t in each.action.targets if (each.action.id, t.key) in told)
        )
    }
    if not wanted <= written or written_otherwise(ledger, place, part, _LAST, but=run.id):
        return None
    return AppliedBefore(run, outcomes)


def _rows(operation: str, targets: Iterator[Target] | tuple[Target, ...]) -> Iterator[_Written]:
    for each in targets:
        yield operation, each.key, frozenset(each.after)
