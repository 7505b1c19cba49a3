"""`validate --online`: what a plan would find, and no plan."""

from reconciler.model.plan import AccountPlan, Problem
from reconciler.runtime.commands.plan import plan_of, reader_of
from reconciler.runtime.commands.resolving import is_broken, resolve_documents
from reconciler.runtime.commands.validate import Online, Validation, validation
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.touched import range_since, touched
from reconciler.runtime.project.workspace import Workspace


def validate_online(workspace: Workspace, options: PlanOptions, progress: Progress) -> Validation:
    """Find what a plan would find, with sources and the marketplace; the plan itself is of no interest.

    Mistakes of the project itself are told without asking the marketplace.
    """
    reader = reader_of(workspace, options, progress)
    resolved = resolve_documents(workspace, progress, options.accounts, reader)
    if is_broken(resolved):
        return validation(resolved, resolved.diagnostics)
    plan = plan_of(workspace, resolved, options, progress)
    online = Online(
        sources=plan.sources,
        unchecked={part.account: problem for part in plan.accounts if (problem := _problem(part))},
        requests=sum(sum(part.reads.values()) for part in plan.accounts),
    )
    if not options.changed_since:
        return validation(resolved, plan.diagnostics, online)
    found = touched(workspace, resolved, range_since(workspace, options.changed_since))
    return validation(resolved, [each for each in plan.diagnostics if found.concerns(each)], online, found.keys)


def _problem(part: AccountPlan) -> Problem | None:
    if part.problem is None and not part.complete:
        return Problem(reason="marketplace", summary="its list came out short", hint="run it again")
    return part.problem
