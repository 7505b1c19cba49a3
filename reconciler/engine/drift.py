"""What of a plan is drift: our side as it was applied last, the live side not. Pure."""

from dataclasses import replace

from reconciler.model.plan import AccountPlan, Plan


def drift_of(plan: Plan) -> Plan:
    """Return a plan with the fields only that moved on the marketplace; it sends nothing.

    `before` of a field is what is live, `after` what is declared and was applied.
    """
    return replace(plan, accounts=tuple(_of_account(part) for part in plan.accounts))


def _of_account(part: AccountPlan) -> AccountPlan:
    kept = (replace(change, fields=tuple(each for each in change.fields if each.drift)) for change in part.changes)
    return replace(part, changes=tuple(change for change in kept if change.fields), actions=(), violations=())
