"""`apply --reviewed`: the plan that was reviewed is what runs, also when the documents have moved on since.

Where the documents are still what the plan was made of, it is applied as it is. Else a new one is made, and of it
only what the reviewed one contained.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.document import Account
from reconciler.engine.batch import batch
from reconciler.engine.guard import judge
from reconciler.engine.plan import labels_in
from reconciler.engine.reviewed import Reviewed, within
from reconciler.engine.source_guards import SOURCE
from reconciler.model.modules import Module
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.plan_json import sealed
from reconciler.runtime.clock import WallClock, span
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import project_of, spec_of
from reconciler.runtime.project.revision import revision_of
from reconciler.runtime.project.workspace import Workspace


class Chosen(Struct, frozen=True):
    """What is applied: the reviewed plan itself (`narrowed` is None), or what a new one has in common with it."""

    plan: Plan
    narrowed: Reviewed | None = None


def choose(workspace: Workspace, reviewed: Plan, progress: Progress) -> Chosen:
    """Return what may be applied without another review. StalePlan for a plan that was no plan of documents."""
    if reviewed.purpose != "apply":
        raise StalePlan(
            f"a plan of {reviewed.purpose} is not reviewed with documents", "give it to `apply` as it is"
        )
    if reviewed.refresh == "none":
        raise StalePlan(
            "the reviewed plan was made without asking for any offer (--refresh none)", "review a new plan"
        )
    if reviewed.tree and reviewed.tree == revision_of(workspace.root).tree:
        progress.note(
            "the documents are those of the reviewed plan: it is applied as it is, without planning anew"
        )
        return Chosen(reviewed)
    _insist_on_age(workspace, reviewed)
    progress.note("the documents are not those of the reviewed plan: planning anew, for what was reviewed only")
    options = PlanOptions(
        accounts=tuple(part.account for part in reviewed.accounts),
        only=frozenset(Module(name) for name in reviewed.only),
        allow=reviewed.allowed,
    )
    found = within(make_plan(workspace, options, progress), reviewed)
    accounts = project_of(workspace).accounts
    parts = tuple(
        judged(found.plan, part, accounts[part.account]) if part.account in accounts else part
        for part in found.plan.accounts
    )
    return Chosen(sealed(replace(found.plan, accounts=parts)), found)


def _insist_on_age(workspace: Workspace, reviewed: Plan) -> None:
    """What was reviewed long ago is reviewed again; a plan that is applied as it is, is asked when that begins."""
    holds, age = (
        project_of(workspace).plans_expire,
        WallClock().now() - datetime.fromisoformat(reviewed.created_at),
    )
    if holds is not None and age > holds:
        raise StalePlan(f"the reviewed plan is {span(age)} old; plans hold for {span(holds)}", "review a new plan")


def judged(plan: Plan, part: AccountPlan, account: Account) -> AccountPlan:
    """Judge and pack what is left of a part."""
    spec, allowed = spec_of(account), plan.allowed
    labels = labels_in(part.changes)
    found = judge(part.changes, part.population, account.guards, labels, spec, allowed, part.base_market)
    of_sources = tuple(each for each in part.violations if each.rule == SOURCE)
    return replace(part, actions=batch(part.changes, spec, plan.id), violations=(*of_sources, *found))
