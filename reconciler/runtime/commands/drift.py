"""`drift` looks at what has moved on the marketplace; `revert` plans that back, and nothing else."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reconciler.engine.drift import drift_of, drifted
from reconciler.engine.reviewed import Reviewed, within
from reconciler.model.drift import Drifted
from reconciler.model.history import Blamed
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Key
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.plan_json import sealed
from reconciler.providers.base import Happening
from reconciler.runtime.commands.history import reading, writers
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.reviewed import judged
from reconciler.runtime.connection.session import run, session
from reconciler.runtime.errors import MarketplaceFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import project_of, spec_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.workspace import Workspace


class FoundDrift(Struct, frozen=True):
    """What has moved in all accounts, and the plan in which it was found; guards are no matter of a look."""

    plan: Plan
    drift: tuple[Drifted, ...]


def find_drift(workspace: Workspace, options: PlanOptions, progress: Progress) -> FoundDrift:
    """Find what has moved on the marketplace. Changes nothing, there or in files."""
    plan = make_plan(workspace, options, progress)
    plan = replace(plan, accounts=tuple(replace(part, violations=()) for part in plan.accounts))
    with reading(workspace) as ledger:
        found = [(part, list(_of(workspace, ledger, part))) for part in plan.accounts]
    told = (_with_events(workspace, part, drift, progress) for part, drift in found if drift)
    return FoundDrift(plan, tuple(each for drift in told for each in drift))


def _of(workspace: Workspace, ledger: Ledger, part: AccountPlan) -> Iterator[Drifted]:
    account = project_of(workspace).accounts[part.account]
    place = place_of(account, spec_of(account))
    if not part.changes:
        return
    writes: dict[Key, Mapping[str, Blamed]] = {}
    for each in drifted(part, ledger.baselines(place)):
        if each.key not in writes:
            writes[each.key] = writers(ledger, each.key, place.project)
        write = writes[each.key].get(each.field.path) if each.field else None
        yield replace(each, written_by=write.run.id, written_at=write.at) if write else each


def _with_events(
    workspace: Workspace, part: AccountPlan, drift: list[Drifted], progress: Progress
) -> Iterator[Drifted]:
    """Add what the marketplace's events tell: the latest of each module of an offer, after our own last write."""
    happened = run(_happenings(workspace, part, progress))
    latest = {(each.remote_id, each.module): each for each in happened}
    for each in drift:
        module = each.field.module if each.field else None
        offer = each.key.kind == OFFER and each.remote_id
        found = latest.get((each.remote_id, module if module in _OWN else None)) if offer else None
        if found is None or (each.written_at and found.at < datetime.fromisoformat(each.written_at)):
            yield each
        else:
            yield replace(each, event=found.what, event_at=found.at.isoformat(), event_by=found.by)


#: Modules that have events of their own.
_OWN = frozenset({Module.PRICE, Module.STOCK})


async def _happenings(workspace: Workspace, part: AccountPlan, progress: Progress) -> tuple[Happening, ...]:
    account = project_of(workspace).accounts[part.account]
    async with session(workspace, account, spec_of(account), progress) as opened:
        try:
            return await opened.ask(opened.provider.happenings())
        except MarketplaceFailed as failed:  # what has moved is known without them
            progress.note(f"the events cannot be read, so they tell nothing: {failed.summary}")
            return ()


def make_revert(workspace: Workspace, options: PlanOptions, progress: Progress) -> Reviewed:
    """Plan that what has drifted becomes again as declared, and nothing else that the documents ask for."""
    plan = make_plan(workspace, options, progress)
    found = within(plan, drift_of(plan))
    accounts = project_of(workspace).accounts
    parts = tuple(judged(found.plan, part, accounts[part.account]) for part in found.plan.accounts)
    return replace(found, plan=sealed(replace(found.plan, accounts=parts)))
