"""Plans one account, without a marketplace."""

from reconciler.engine.plan import plan_account
from reconciler.engine.question import Question
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.offers import Desired, Snapshot
from reconciler.model.plan import AccountPlan
from reconciler.model.spec import MarketplaceSpec


def plan_of(
    desired: tuple[Desired, ...], snapshot: Snapshot, spec: MarketplaceSpec, question: Question
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    """The plan as it is shown, and what is said of it."""
    planned = plan_account(desired, snapshot, spec, question)
    return planned.foreseen(snapshot.requests), planned.notes
