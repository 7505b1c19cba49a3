"""What may still be written of each resource today, by what the ledger knows that was sent."""

from reconciler.engine.allowance import DAY, Allowance, counted, within
from reconciler.model.outcomes import Outcome
from reconciler.model.plan import AccountPlan, Plan
from reconciler.runtime.connection.session import Session
from reconciler.runtime.execute.begin import with_requests
from reconciler.runtime.execute.run_state import held_rows


def allowance_of(opened: Session) -> Allowance:
    """Return what is left of the allowances of an account; nothing is asked where its marketplace has none."""
    now, operations = opened.clock.now(), counted(opened.spec)
    spent = opened.ledger.spent.since(opened.place, now - DAY, operations) if operations else {}
    return Allowance(opened.spec, now, spent)


def admitted(opened: Session, plan: Plan, part: AccountPlan) -> tuple[AccountPlan, tuple[Outcome, ...]]:
    """Return what of a plan still fits into the allowances, and the rows that wait."""
    found = within(part, allowance_of(opened))
    if not found.held:
        return part, ()
    return with_requests(plan, found.part, opened.spec), held_rows(part.actions, found.held)
