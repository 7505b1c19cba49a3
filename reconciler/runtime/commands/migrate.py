"""`migrate`: takes in what was made elsewhere. There is no way back, so nothing else does it.

What is migrated is a run like any other: its rows stand in the ledger before a request leaves, whoever goes on
with it looks first what was done, and each row is read back. Nothing becomes managed: documents decide that.
"""

import uuid
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Account
from reconciler.engine.migrating import PURPOSE, actions, changes
from reconciler.model.offers import OFFER, MadeElsewhere
from reconciler.model.outcomes import Report
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.plan_json import sealed
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.clock import WallClock
from reconciler.runtime.commands.apply import resume
from reconciler.runtime.commands.tally import RunTally, now
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.execute.begin import run_of
from reconciler.runtime.execute.lock import locked
from reconciler.runtime.execute.resume import finish_unfinished
from reconciler.runtime.execute.run import execute
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import account_of, project_of, spec_of
from reconciler.runtime.project.freezing import freezes_of, insist_on_no_freeze
from reconciler.runtime.project.workspace import Workspace


class Apart(Struct, frozen=True, kw_only=True):
    """What was made elsewhere on one account; `title` is the marketplace's, which may not have such things."""

    account: str
    title: str
    has: bool
    listings: tuple[MadeElsewhere, ...] = field(default_factory=tuple)


def made_elsewhere(workspace: Workspace, name: str, progress: Progress) -> Apart:
    """Look what was made elsewhere. RunStopped where the marketplace does not tell it now."""
    account = account_of(workspace, name)
    spec = spec_of(account)
    if not spec.kinds[OFFER].migrate:
        return Apart(account=account.name, title=spec.title, has=False)
    listings = run(_look(workspace, account, spec, progress))
    if listings is None:
        raise RunStopped(
            f"{spec.title} does not tell now what is for sale on account {account.name}",
            "ask again tomorrow; or the login lacks a right: `reconcile login` gets all of them",
        )
    return Apart(account=account.name, title=spec.title, has=True, listings=listings)


def finished_first(workspace: Workspace, name: str, options: ApplyOptions, progress: Progress) -> Report:
    """Finish what an earlier process left open on the account: what it has migrated is nowhere else any more."""
    return resume(workspace, options, progress, (account_of(workspace, name).name,))


def migrate(
    workspace: Workspace, name: str, some: Sequence[MadeElsewhere], options: ApplyOptions, progress: Progress
) -> Report:
    """Take these in, after what an earlier run left open; one outcome for each."""
    account, started, tally = account_of(workspace, name), now(), RunTally()
    plan = run(_migrate(workspace, account, some, options, progress, tally))
    return replace(tally.report(started), plan_id=plan)


async def _look(
    workspace: Workspace, account: Account, spec: MarketplaceSpec, progress: Progress
) -> tuple[MadeElsewhere, ...] | None:
    async with session(workspace, account, spec, progress) as opened:
        progress.start("reading the list of offers")
        found = await opened.ask(opened.provider.inventory(opened.reading()))
        progress.finish()
        return found.elsewhere


async def _migrate(
    workspace: Workspace,
    account: Account,
    some: Sequence[MadeElsewhere],
    options: ApplyOptions,
    progress: Progress,
    tally: RunTally,
) -> str:
    freezes = freezes_of(project_of(workspace), account, options.allow)
    insist_on_no_freeze(freezes, account.name)
    opening = session(workspace, account, spec_of(account), progress)
    async with opening as opened, locked(opened, options.lock_timeout) as execution:
        began = opened.clock.now()
        earlier = await finish_unfinished(opened, execution, options, freezes)
        tally.add(earlier)
        plan = _plan(opened, workspace, some)
        if not (earlier.stop or earlier.interrupted):
            mine = run_of(opened, execution, workspace, plan, plan.accounts[0], options)
            tally.add(await execute(opened, execution, mine, options.parallelism))
        tally.requests.update(opened.runner.requests)
        tally.seconds += (opened.clock.now() - began).total_seconds()
    return plan.id


def _plan(opened: Session, workspace: Workspace, some: Sequence[MadeElsewhere]) -> Plan:
    plan_id, account, kind = str(uuid.uuid4()), opened.account.name, opened.spec.kinds[OFFER]
    part = AccountPlan(
        account=account,
        marketplace=opened.spec.name,
        login=opened.identity.login,
        site=str(opened.place.site),
        seen_at=opened.seen_at.isoformat(timespec="milliseconds"),
        spec_revision=opened.spec.revision,
        complete=True,
        changes=changes(some, account),
        actions=actions(some, account, kind, plan_id),
    )
    return sealed(
        Plan(
            id=plan_id,
            digest="",
            created_at=WallClock().now().isoformat(timespec="seconds"),
            accounts=(part,),
            purpose=PURPOSE,
            documents=workspace.fingerprint(),
        )
    )
