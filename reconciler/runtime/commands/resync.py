"""`resync`: sends every owned field again. It may last for days, beside normal runs and behind them.

It has a lock of its own, so that an apply need not wait for it, and its rows stand in the ledger as any run's: the
next `resync` goes on where this one stopped. Since hours may lie between plan and write, each operation is checked
against what stands there at that moment: a value that anybody has changed meanwhile is left alone.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Account
from reconciler.engine.diff import Scope
from reconciler.engine.freezes import Why
from reconciler.engine.known.subject import without
from reconciler.engine.match import Matched, match
from reconciler.engine.open_orders import siblings_of
from reconciler.engine.plan import assembled
from reconciler.engine.question import Question
from reconciler.engine.resolve import relabel
from reconciler.engine.resync import differences, everything, gentle, resync
from reconciler.engine.stages import slices
from reconciler.engine.summed import SUMMED
from reconciler.model.diagnostics import Diagnostic, has_errors, in_reading_order, warning
from reconciler.model.history import ResyncStatus
from reconciler.model.modules import Module, StockForm
from reconciler.model.offers import OFFER, Key
from reconciler.model.outcomes import Report
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.states import LEFT_TO_SEND, OperationState
from reconciler.runtime.clock import WallClock, ahead_of_machine
from reconciler.runtime.commands.history import reading
from reconciler.runtime.commands.plan import insist_on_matches
from reconciler.runtime.commands.rested import Resting, load_some
from reconciler.runtime.commands.resync_status import status_of
from reconciler.runtime.commands.sealing import seal
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import (
    BadDocuments,
    GuardRefused,
    RunStopped,
    StalePlan,
)
from reconciler.runtime.execute.allowance import admitted
from reconciler.runtime.execute.baseline import settle
from reconciler.runtime.execute.begin import run_of, with_requests
from reconciler.runtime.execute.lock import Execution, give_up, locked, run_state_of, take_run
from reconciler.runtime.execute.lost_creations import LostCreations
from reconciler.runtime.execute.readback import Rereader
from reconciler.runtime.execute.resume import unreadable
from reconciler.runtime.execute.run import read_back, run_operations, stopped_with_a_report
from reconciler.runtime.execute.run_state import Executed, RunState, held_rows
from reconciler.runtime.execute.sender import Sender
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import Operation, Run
from reconciler.runtime.observe.catalogue import known
from reconciler.runtime.observe.elsewhere import elsewhere
from reconciler.runtime.observe.known import refused_now, with_fees
from reconciler.runtime.observe.snapshot import observe
from reconciler.runtime.options import ApplyOptions, PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import account_of, project_of, spec_of
from reconciler.runtime.project.freezing import freezes_of, insist_on_no_freeze, thawed
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.resolve import Wanted
from reconciler.runtime.project.selection import select
from reconciler.runtime.project.uncommitted import told_uncommitted
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.ratelimit.priority import RESYNC
from reconciler.runtime.sources.gather import SourceReader

LOCK = "resync"
#: Requests that are sent before they are read back: a value that sells is not what was sent for long.
_SLICE = 200


class ResyncOptions(Struct, frozen=True, kw_only=True):
    """What to send again, of one account, and how. `restart` gives up one that is unfinished."""

    account: str
    targets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    select: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[Module] = frozenset()
    images: bool = False
    all_modules: bool = False
    allow: Mapping[str, str] = field(default_factory=dict)
    parallelism: int = 10
    lock_timeout: float = 0.0
    restart: bool = False

    def scope(self) -> dict[str, Any]:
        """Return what decides the rows, as the ledger keeps it."""
        return {
            "only": sorted(self.only),
            "targets": sorted(self.targets),
            "files": sorted(self.files),
            "select": dict(sorted(self.select.items())),
            "images": self.images,
            "all_modules": self.all_modules,
        }

    def narrowing(self) -> PlanOptions:
        """Return what narrows the documents, as a plan is asked."""
        return PlanOptions(
            accounts=(self.account,), targets=self.targets, files=self.files, select=self.select, only=self.only
        )


# --- planning --------------------------------------------------------------------------------------------------


def make_resync(workspace: Workspace, options: ResyncOptions, progress: Progress) -> Plan:
    """Plan a resync of one account: every owned field of every matched offer. Of some, the others stay at rest."""
    reader = SourceReader(workspace=workspace, progress=progress, allow=options.allow)
    resolved, resting = load_some(workspace, options.narrowing(), progress, reader)
    [wanted] = resolved.wanted
    wanted = replace(wanted, desired=tuple(each for each in wanted.desired if each.key.kind == OFFER))
    if options.all_modules:
        wanted = replace(wanted, desired=tuple(everything(each) for each in wanted.desired))
    insist_on_matches(workspace, [wanted], options.narrowing(), resting)
    plan_id = str(uuid.uuid4())
    part, notes = run(_plan(workspace, wanted, options, plan_id, progress, resting))
    said = (each for each in resolved.diagnostics if not (resting and each.code in SUMMED))
    return seal(
        Plan(
            id=plan_id,
            digest="",
            created_at=WallClock().now().isoformat(timespec="seconds"),
            accounts=told_uncommitted([part], workspace.root, progress)[0],
            diagnostics=in_reading_order((*said, *notes)),
            allowed=dict(options.allow),
            only=tuple(sorted(options.only)),
            purpose="resync",
            documents=workspace.fingerprint(),
            sources=tuple(resolved.sources.values()),
        ),
        progress,
    )


async def _plan(
    workspace: Workspace,
    wanted: Wanted,
    options: ResyncOptions,
    plan_id: str,
    progress: Progress,
    resting: Resting | None,
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        opened.runner.throttle.stand_back()
        desired = select(wanted.desired, options.narrowing()).chosen
        sleepers = resting.sleepers(wanted.account.name) if resting else None
        observed = await observe(opened, desired, sleepers=sleepers)
        desired = relabel(desired, wanted.spec, opened.names.labels)
        matched = match(desired, observed.snapshot.live, wanted.spec, {})
        spec = gentle(wanted.spec)
        scope = _scope(opened, wanted, matched, options)
        images = options.images or spec.images_always_resent
        changes, notes, compared = resync(matched.pairs, spec, scope, images=images)
        if priced := await with_fees(opened, observed, changes):
            observed = priced
            matched = match(desired, observed.snapshot.live, wanted.spec, {})
            changes, notes, compared = resync(matched.pairs, spec, scope, images=images)
        gone = await refused_now(opened, differences(changes), desired, observed)
        changes = without(changes, gone)
        question = Question(
            plan_id=plan_id,
            login=opened.identity.login,
            site=str(opened.place.site),
            seen_at=opened.seen_at,
            base_market=opened.identity.base_market,
            scope=scope,
            guards=wanted.account.guards,
            allow=options.allow,
            references=observed.references,
            sources=wanted.sources,
            known=known(opened),
            slice_of=_SLICE,
            at_rest=observed.at_rest,
        )
        of_all = resting.summed(wanted.account.name, observed) if resting else ()
        problems = (*matched.diagnostics, *notes, *_left_out(gone), *of_all)
        part = assembled(
            changes,
            desired,
            observed.snapshot,
            spec,
            question,
            broken=has_errors(problems),
            judged=differences(changes),
        )
        return replace(part, compared=compared), problems


def _left_out(gone: Mapping[tuple[Key, str], Diagnostic]) -> Iterator[Diagnostic]:
    """Yield what is not sent, since it would be refused; the rest of its offer is."""
    for why in {id(why): why for why in gone.values()}.values():
        yield warning("P703", f"not sent again: {why.summary}", mark=why.mark, detail=why.detail, hint=why.hint)


def _scope(opened: Session, wanted: Wanted, matched: Matched, options: ResyncOptions) -> Scope:
    """Return what a comparison has to know: only what follows a source is reckoned from what was last true."""
    sourced = [each.key for each, _ in matched.pairs if each.stock_form is StockForm.SOURCED]
    there, now = [*(live for _, live in matched.pairs if live), *matched.unmanaged], opened.clock.now()
    managed = opened.ledger.managed(opened.place) if sourced else {}
    every = [each for each in there if each.key in managed]
    keys = {*sourced, *(each.key for each in every if each.key)}
    ahead, followed = ahead_of_machine(now), opened.ledger.baselines_of(opened.place, keys)
    others = elsewhere(opened, wanted.places, (each for each, _ in matched.pairs))
    siblings = siblings_of(matched.pairs, every, followed.get, others, now, ahead)
    return Scope(now=now, ahead=ahead, only=options.only, baseline=followed.get, siblings=siblings)


# --- executing -------------------------------------------------------------------------------------------------


def start_resync(workspace: Workspace, plan: Plan, options: ResyncOptions, progress: Progress) -> Report:
    """Begin a resync that was planned and agreed to, and stay with it."""
    _insist(plan)
    report: Report = run(_begin(workspace, plan, options, progress))
    return replace(report, plan_id=plan.id, forecast=plan.forecast)


def resume_resync(workspace: Workspace, options: ResyncOptions, progress: Progress) -> Report:
    """Go on with the unfinished resync of an account."""
    report: Report = run(_resume(workspace, options, progress))
    return report


def unfinished_resync(workspace: Workspace, options: ResyncOptions) -> ResyncStatus | None:
    """Return the resync that would be gone on with. RunStopped when it is about something else than asked for."""
    with reading(workspace) as ledger:
        left = ledger.runs.unfinished_resync(_place(workspace, options.account))
        if left is None:
            return None
        asked, usual = options.scope(), ResyncOptions(account=options.account).scope()
        if asked not in (usual, left.context["scope"]):
            raise RunStopped(
                f"account {options.account} has an unfinished resync of another scope (run {left.id[:8]})",
                "go on with it without these flags, or give it up with --restart",
            )
        return status_of(ledger, left)


def _insist(plan: Plan) -> None:
    if has_errors(plan.diagnostics):
        raise BadDocuments(plan.diagnostics)
    if plan.refused:
        rules = ", ".join(sorted({each.rule for each in plan.refused}))
        raise GuardRefused(f"the resync is refused by: {rules}; nothing was sent", "lift a rule with --allow RULE")


def _declared(workspace: Workspace, name: str) -> tuple[Account, MarketplaceSpec]:
    account = account_of(workspace, name)
    return account, spec_of(account)


def _place(workspace: Workspace, name: str) -> Place:
    return place_of(*_declared(workspace, name))


async def _begin(workspace: Workspace, plan: Plan, options: ResyncOptions, progress: Progress) -> Report:
    account, spec = _declared(workspace, options.account)
    part = with_requests(plan, plan.accounts[0], spec)
    found = thawed(freezes_of(project_of(workspace), account, options.allow), part, spec)
    rows = held_rows(part.actions, found.held)
    part = with_requests(plan, found.part, spec)
    async with session(workspace, account, spec, progress) as opened:
        _check_login(opened, part.login)
        async with locked(opened, options.lock_timeout, LOCK) as execution:
            _make_room(opened, execution, options)
            part, waiting = admitted(opened, plan, part)
            how = ApplyOptions(lane=RESYNC, allow=options.allow)
            mine = run_of(opened, execution, workspace, plan, part, how, options.scope())
            report = await _execute(opened, execution, mine, options)
            return replace(report, outcomes=(*rows, *waiting, *report.outcomes))


async def _resume(workspace: Workspace, options: ResyncOptions, progress: Progress) -> Report:
    account, spec = _declared(workspace, options.account)
    freezes = freezes_of(project_of(workspace), account, options.allow)
    insist_on_no_freeze(freezes, account.name, "the resync is not gone on with")
    opening = session(workspace, account, spec, progress)
    async with opening as opened, locked(opened, options.lock_timeout, LOCK) as execution:
        left = opened.ledger.runs.unfinished_resync(opened.place)
        if left is None:
            raise RunStopped(f"account {opened.account.name} has no unfinished resync")
        if why := unreadable(opened, left):
            raise StalePlan(f"resync {left.id[:8]} cannot be gone on with: {why}", "give it up: --restart")
        _check_login(opened, left.context["login"])
        if left.context["spec_revision"] != opened.spec.revision:
            raise StalePlan(
                f"resync {left.id[:8]} was planned with another revision of the spec", "give it up: --restart"
            )
        take_run(opened, execution, left.id)
        return await _execute(opened, execution, left, options, resumed=True, frozen=freezes.why())


def _make_room(opened: Session, execution: Execution, options: ResyncOptions) -> None:
    """One resync at a time; giving up an unfinished one is said, not guessed."""
    left = opened.ledger.runs.unfinished_resync(opened.place)
    if left is None:
        return
    if not options.restart:
        raise RunStopped(
            f"account {opened.account.name} has an unfinished resync (run {left.id[:8]})",
            "`reconcile resync` goes on with it; --restart gives it up",
        )
    opened.progress.note(f"gave up resync {left.id[:8]} of {left.started_at}")
    give_up(opened, execution, left)


def _check_login(opened: Session, login: str) -> None:
    if opened.identity.login != login:
        raise StalePlan(f"the resync is for {login}, the token is {opened.identity.login}'s", "plan again")


async def _execute(
    opened: Session,
    execution: Execution,
    mine: Run,
    options: ResyncOptions,
    *,
    resumed: bool = False,
    frozen: Why = MappingProxyType({}),
) -> Report:
    """Send what is left, or as much of it as the marketplace lets in, and tell what became of every row."""
    began = opened.clock.now()
    opened.runner.throttle.stand_back()
    run_state, reread = run_state_of(opened, execution, mine), Rereader(opened, execution.wait)
    nothing = LostCreations(opened, reread, creations=frozenset())
    sender = Sender(
        opened=opened,
        run=mine,
        reread=reread,
        run_state=run_state,
        lost=nothing,
        resumed=resumed,
        frozen=frozen,
    )
    opened.names.know_only(mine.context["references"], mine.context["offers"])
    operations = opened.ledger.runs.operations(mine.id)
    with stopped_with_a_report(run_state):
        await _send_all(opened, sender, operations, options)
    return _report(opened, began, _closed(opened, run_state, operations))


async def _send_all(opened: Session, sender: Sender, operations: list[Operation], options: ResyncOptions) -> None:
    """Send slice by slice; each slice is read back before the next one leaves."""
    await read_back(opened, sender, [each for each in operations if each.state is OperationState.ANSWERED])
    left = [each for each in operations if each.state in LEFT_TO_SEND]
    by_id = {each.action.id: each for each in left}
    for stage in slices((each.action for each in left), _SLICE):
        if opened.runner.stopping or sender.run_state.stopped:
            break
        some = [by_id[action.id] for action in stage.actions]
        await run_operations(opened, sender, some, options.parallelism, stage.told)
        if not sender.run_state.overtaken:
            await read_back(opened, sender, some)


def _closed(opened: Session, run_state: RunState, operations: list[Operation]) -> Executed:
    """Finish the run when no row is open. Whatever stopped it leaves it open: it can be gone on with."""
    why = "not sent yet: run resync again to go on"
    run_state.goes_on = True
    if not run_state.look_for_successor():
        outcomes = run_state.executed(operations, why).outcomes
        settle(opened, run_state.run, run_state.as_split(operations), outcomes)
        run_state.finish()
    return run_state.executed(operations, why, interrupted=opened.runner.stopping)


def _report(opened: Session, began: datetime, done: Executed) -> Report:
    ended = opened.clock.now()
    told = opened.runner.recorder.timeline(opened.account.name, opened.spec.budgets)
    return Report(
        plan_id="",
        outcomes=done.outcomes,
        started_at=began.isoformat(timespec="seconds"),
        finished_at=ended.isoformat(timespec="seconds"),
        requests=dict(opened.runner.requests),
        timelines=(told,) if told else (),
        seconds=round((ended - began).total_seconds()),
        stops=(done.stop,) if done.stop else (),
    )
