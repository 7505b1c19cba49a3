"""A plan of several accounts that was applied before, and not in all of them: what is done stays as told."""

from collections.abc import Iterator

from reconciler.documents.document import Project
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.states import RunPhase
from reconciler.runtime.clock import WallClock
from reconciler.runtime.commands.tally import RunTally
from reconciler.runtime.execute.run_state import RunState
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.ledger.store import Ledger
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import spec_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import open_ledger
from reconciler.runtime.project.workspace import Workspace


def left_of(
    workspace: Workspace, plan: Plan, project: Project, progress: Progress, tally: RunTally
) -> list[AccountPlan]:
    """Return the parts that no earlier apply of this plan has done; the rows of the others are told as they were.

    Where all is done that there was to do the plan is spent, and each part says so itself.
    """
    if len(plan.accounts) < 2:
        return list(plan.accounts)
    ledger = open_ledger(workspace.root)
    try:
        done = {run.account: run for run in _finished(ledger, plan, project)}
        if all(part.account in done for part in plan.accounts if part.actions):
            return list(plan.accounts)
        for name, run in done.items():
            progress.note(f"account {name}: applied before, by run {run.id[:8]} on {run.started_at}")
            state = RunState(ledger=ledger, clock=WallClock(), run=run, holder="")
            tally.add(state.executed(ledger.runs.operations(run.id), "it was not sent"))
    finally:
        ledger.close()
    return [part for part in plan.accounts if part.account not in done]


def _finished(ledger: Ledger, plan: Plan, project: Project) -> Iterator[Run]:
    for part in plan.accounts:
        account = project.accounts.get(part.account)
        if account is None:
            continue
        place = place_of(account, spec_of(account))
        run = ledger.runs.of_plan(place, plan.id) if str(place.site) == part.site else None
        if run is not None and run.state is RunPhase.FINISHED:
            yield run
