"""`apply`: executes a plan and nothing else. It may do less than the plan, never more.

Each write is checked against the live value that the plan saw, by the cheapest read that shows it. Waves run
one after the other, so an offer is never written twice at once. `applied` means read back.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from reconciler.model.diagnostics import has_errors
from reconciler.model.outcomes import Outcome, Report
from reconciler.model.plan import AccountPlan, Plan
from reconciler.runtime.application import Application
from reconciler.runtime.errors import BadDocuments, GuardRefused, StalePlan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.planning import load
from reconciler.runtime.progress import Progress
from reconciler.runtime.recording import record
from reconciler.runtime.resolving import Wanted
from reconciler.runtime.session import run, session
from reconciler.runtime.workspace import Workspace


def apply_plan(workspace: Workspace, plan: Plan, options: ApplyOptions, progress: Progress) -> Report:
    """Execute a plan in all its accounts and report what became of every row of every action."""
    _check(plan, options)
    started = _now()
    resolved = load(workspace, progress)
    outcomes: list[Outcome] = []
    requests: Counter[str] = Counter()
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
        found, sent = run(_apply_account(workspace, wanted, part, options, progress))
        outcomes.extend(found)
        requests.update(sent)
    return Report(
        plan_id=plan.id,
        outcomes=tuple(outcomes),
        started_at=started,
        finished_at=_now(),
        requests=dict(requests),
    )


def _check(plan: Plan, options: ApplyOptions) -> None:
    if has_errors(plan.diagnostics):
        raise BadDocuments(plan.diagnostics)
    refused = [violation for violation in plan.refused if violation.rule not in options.allow]
    if refused:
        rules = ", ".join(sorted({violation.rule for violation in refused}))
        raise GuardRefused(
            f"the plan is refused by: {rules}; nothing was sent",
            "correct the documents, or lift a rule for one run with --allow RULE",
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


async def _apply_account(
    workspace: Workspace, wanted: Wanted, part: AccountPlan, options: ApplyOptions, progress: Progress
) -> tuple[tuple[Outcome, ...], Mapping[str, int]]:
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        if opened.identity.login != part.login:
            raise StalePlan(
                f"the plan was made for {part.login}, the token is {opened.identity.login}'s", "plan again"
            )
        opened.labels = {
            kind: {remote_id: label for label, remote_id in labels.items()}
            for kind, labels in part.references.items()
        }
        application = Application(opened=opened, part=part, parallelism=options.parallelism)
        outcomes = await application.run()
        record(opened, wanted.desired, part, outcomes)
        return outcomes, dict(opened.runner.requests)
