"""A plan gets its digest: of very many changes that takes seconds, and is counted."""

from reconciler.model.plan import Plan
from reconciler.model.plan_json import sealed, steps_of
from reconciler.runtime.progress import Progress, one_task


def seal(plan: Plan, progress: Progress) -> Plan:
    """Return the plan with the digest of its content."""
    with one_task(steps_of(plan), "sealing the plan", progress) as counted:
        return sealed(plan, counted)
