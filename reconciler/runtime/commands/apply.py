"""`apply`: executes a plan and nothing else. It may do less than the plan, never more.

No document is loaded: `reconcile.yaml` says how to connect, what the guards are and where the ledger is, the plan
says the rest. The run and all its operations are rows of the ledger before the first request leaves. A run that
was interrupted is finished first, whatever was asked for next: what is unknown is observed, never guessed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Account, Project
from reconciler.documents.freezes import Freezes
from reconciler.engine.guard import judge
from reconciler.engine.outdated import without_outdated
from reconciler.engine.plan import labels_in
from reconciler.engine.plan_check import misfits, misfits_of_all
from reconciler.engine.source_guards import SOURCE, still_refused
from reconciler.model.offers import OFFER
from reconciler.model.outcomes import Outcome, Report, Stop
from reconciler.model.plan import AccountPlan, Plan
from reconciler.model.plan_json import UnreadablePlan
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.clock import SAME_TIME, WallClock, span
from reconciler.runtime.commands.applied_before import AppliedBefore, applied_before
from reconciler.runtime.commands.source_check import judge_of_rows
from reconciler.runtime.commands.tally import RunTally, now
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import (
    AuthenticationFailed,
    BadDocuments,
    GuardRefused,
    Locked,
    RunStopped,
    StalePlan,
)
from reconciler.runtime.execute.allowance import admitted
from reconciler.runtime.execute.baseline import look_again, remember_compared
from reconciler.runtime.execute.begin import insist_on_what_it_undoes, run_of, with_requests
from reconciler.runtime.execute.lock import Execution, give_up, locked
from reconciler.runtime.execute.resume import finish_unfinished
from reconciler.runtime.execute.run import execute
from reconciler.runtime.execute.run_state import (
    Executed,
    broken,
    held_rows,
    not_let_in,
    skipped,
    stale_row,
    stop_of,
    was_interrupted,
)
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import project_of, spec_of
from reconciler.runtime.project.choosing import chosen_accounts
from reconciler.runtime.project.freezing import freezes_of, thawed
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import open_ledger
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import RESTS_BOOK, read_book
from reconciler.runtime.rests.files import unmoved


class Broken(Exception):  # noqa: N818 - the bug is its cause
    """A bug of ours ended an apply in the middle: `report` tells what became of every row all the same."""

    def __init__(self, report: Report) -> None:
        super().__init__("an apply was ended by a bug")
        self.report = report


class _Part(Struct, frozen=True, kw_only=True):
    """The part of a plan that is about one account, with what `reconcile.yaml` says of that.

    `held` are the rows that a freeze holds back: they are not in it any more.
    """

    account: Account
    spec: MarketplaceSpec
    plan: AccountPlan
    freezes: Freezes = field(default_factory=Freezes)
    held: tuple[Outcome, ...] = ()


def apply_plan(workspace: Workspace, plan: Plan, options: ApplyOptions, progress: Progress) -> Report:
    """Execute a plan in all its accounts and report what became of every row of every action.

    What can refuse an account is asked before anything is sent to any, and costs that account; a file that was
    tampered with is refused whole. After that every account yields its rows, whatever ends it.
    """
    if wrong := misfits_of_all(plan):
        raise UnreadablePlan(f"the plan cannot be one of ours: {wrong[0]}")
    started = now()
    project = project_of(workspace)
    before = applied_before(workspace, project, plan)
    parts = [before.get(part.account) or _admitted(project, plan, part, options) for part in plan.accounts]
    _say_age(workspace, plan, project, progress)
    tally = RunTally(earlier={account: each.run.id for account, each in before.items()})
    parts = _without_outdated(workspace, plan, project, parts, progress, tally)
    for planned, part in zip(plan.accounts, parts, strict=True):
        if not isinstance(part, _Part):
            tally.add(_not_begun(part, planned) if isinstance(part, Stop) else Executed(part.outcomes))
            continue
        tally.outcomes.extend(part.held)
        if tally.interrupted:
            tally.add(_not_begun(was_interrupted(part.account.name), part.plan))
            continue
        try:
            run(_apply_account(workspace, part, plan, options, progress, tally))
        except RunStopped as ended:
            if not tally.outcomes and len(parts) == 1:
                raise
            tally.add(tally.not_told(_not_begun(_stop(part.account.name, ended), part.plan)))
        except Exception as bug:
            if len(parts) == 1:
                raise
            tally.add(tally.not_told(_not_begun(broken(part.account.name, bug), part.plan)))
            raise Broken(tally.report(started, plan)) from bug
    return tally.report(started, plan)


def _without_outdated(
    workspace: Workspace,
    plan: Plan,
    project: Project,
    parts: list[_Part | Stop | AppliedBefore],
    progress: Progress,
    tally: RunTally,
) -> list[_Part | Stop | AppliedBefore]:
    """Leave out what sources that were read again say otherwise by now; each such row is said to be stale."""
    judge_row = judge_of_rows(workspace, plan, project.name, progress)
    if judge_row is None:
        return parts
    found: list[_Part | Stop | AppliedBefore] = []
    for part in parts:
        if not isinstance(part, _Part):
            found.append(part)
            continue
        outdated = without_outdated(part.plan, judge_row)
        for action in part.plan.actions:
            for target in action.targets:
                why = outdated.left_out.get((target.key.kind, target.key.name), {})
                said = next((why[path] for path in target.after if path in why), "")
                tally.outcomes.extend([stale_row(action, target, said)] if said else [])
        kept = with_requests(plan, outdated.part, part.spec) if outdated.left_out else part.plan
        found.append(replace(part, plan=kept))
    return found


def _stop(account: str, ended: RunStopped) -> Stop:
    if isinstance(ended, AuthenticationFailed):
        return not_let_in(account, ended.summary, ended.hint)
    return stop_of(account, ended)


def _admitted(project: Project, plan: Plan, part: AccountPlan, options: ApplyOptions) -> _Part | Stop:
    """Return a part that may be applied, or why not: in a plan of one account that ends the command."""
    try:
        _insist_on_planned(plan, part)
        checked = _thawed(project, plan, _checked(project, plan, part), options)
        _insist_on_guards(plan, checked, options)
    except RunStopped as ended:
        if len(plan.accounts) == 1:
            raise
        return _stop(part.account, ended)
    return checked


def _thawed(project: Project, plan: Plan, part: _Part, options: ApplyOptions) -> _Part:
    """Hold back what is frozen now; where that is all of the account, it is refused."""
    freezes = freezes_of(project, part.account, {**plan.allowed, **options.allow})
    found = thawed(freezes, part.plan, part.spec)
    if not found.held:
        return replace(part, freezes=freezes)
    rows = held_rows(part.plan.actions, found.held)
    return replace(part, plan=with_requests(plan, found.part, part.spec), freezes=freezes, held=rows)


#: What ended the planning of an account ends its part of the apply in the same way.
_PROBLEMS = {"authentication": AuthenticationFailed, "locked": Locked, "stale": StalePlan}


def _insist_on_planned(plan: Plan, part: AccountPlan) -> None:
    problem = part.problem
    if problem is None:
        return
    if problem.reason == "documents":
        ended: RunStopped = BadDocuments(plan.diagnostics)
        ended.summary, ended.hint = problem.summary, problem.hint
        raise ended
    raise _PROBLEMS.get(problem.reason, RunStopped)(problem.summary, problem.hint)


def _checked(project: Project, plan: Plan, part: AccountPlan) -> _Part:
    """Hold a part of a plan against what it would be applied to. StalePlan, or UnreadablePlan for a forged one."""
    account = project.accounts.get(part.account)
    if account is None:
        raise StalePlan(f"the plan is for account {part.account}, which the project does not have", "plan again")
    spec = spec_of(account)
    if spec.revision != part.spec_revision:
        raise StalePlan(f"the plan was made with another revision of the {part.marketplace} spec", "plan again")
    site = str(place_of(account, spec).site)
    if site != part.site:
        raise StalePlan(f"the plan was made for {part.site}, and account {account.name} is {site}", "plan again")
    if wrong := misfits(part, spec):
        raise UnreadablePlan(f"the plan cannot be one of ours: {wrong[0]}")
    return _Part(account=account, spec=spec, plan=with_requests(plan, part, spec))


def _insist_on_guards(plan: Plan, part: _Part, options: ApplyOptions) -> None:
    """Judge again: what is refused depends on what is allowed now."""
    rules = {
        violation.rule
        for violation in judge(
            part.plan.changes,
            part.plan.population,
            part.account.guards,
            labels_in(part.plan.changes),
            part.spec,
            {**plan.allowed, **options.allow},
            part.plan.base_market,
        )
        if not violation.allowed
    }
    if still_refused(part.plan.violations, {**plan.allowed, **options.allow}):
        rules.add(SOURCE)
    if rules:
        raise GuardRefused(
            f"the plan is refused by: {', '.join(sorted(rules))}; nothing was sent",
            "correct the documents, or lift a rule for one run with --allow RULE",
        )


def _say_age(workspace: Workspace, plan: Plan, project: Project, progress: Progress) -> None:
    """Say how old a plan is, and whether the documents have moved on; refuse one that is too old, or too early."""
    insist_on_reading(plan)
    if plan.at and WallClock().now() < datetime.fromisoformat(plan.at):
        raise StalePlan(
            f"the plan is one of {plan.at[:16].replace('T', ' ')} UTC: its prices do not hold yet",
            "apply it then, or plan without --at",
        )
    age = WallClock().now() - datetime.fromisoformat(plan.created_at)
    if project.plans_expire is not None and age > project.plans_expire:
        raise StalePlan(
            f"the plan is {span(age)} old by this machine's clock; plans hold for {span(project.plans_expire)}",
            "plan again; `plans: {expire: …}` in reconcile.yaml says how long they hold",
        )
    if age > timedelta(minutes=1):
        progress.note(f"the plan is {span(age)} old")
    elif age < -SAME_TIME:
        progress.note(f"the plan was made {span(-age)} in the future: this machine's clock is wrong, or was then")
    if plan.documents and plan.documents != workspace.fingerprint(unmoved(read_book(workspace.root, RESTS_BOOK))):
        progress.note("the documents have changed since the plan was made: what is applied is the plan")


def insist_on_reading(plan: Plan) -> None:
    """Refuse a plan that was made without asking for any offer. StalePlan."""
    if plan.refresh == "none":
        raise StalePlan(
            "the plan was made of what was kept, without asking for any offer (--refresh none): it is for looking",
            "plan again without --refresh none, or with --refresh list",
        )


async def _apply_account(
    workspace: Workspace, part: _Part, plan: Plan, options: ApplyOptions, progress: Progress, tally: RunTally
) -> None:
    async with session(workspace, part.account, part.spec, progress) as opened:
        if opened.identity.login != part.plan.login:
            raise StalePlan(
                f"the plan was made for {part.plan.login}, the token is {opened.identity.login}'s", "plan again"
            )
        began = opened.clock.now()
        try:
            async with locked(opened, options.lock_timeout, wait=options.wait) as execution:
                await _finish_and_apply(opened, execution, workspace, part, plan, options, tally)
        finally:
            tally.requests.update(opened.runner.requests)
            if told := opened.runner.recorder.timeline(part.account.name, part.spec.budgets):
                tally.timelines.append(told)
            tally.seconds += (opened.clock.now() - began).total_seconds()


async def _finish_and_apply(
    opened: Session,
    execution: Execution,
    workspace: Workspace,
    part: _Part,
    plan: Plan,
    options: ApplyOptions,
    tally: RunTally,
) -> None:
    opened.names.know_only(part.plan.references, part.plan.population.get(OFFER, 0))
    insist_on_what_it_undoes(opened, plan, part.plan)
    _give_up_undone(opened, execution, plan)
    earlier = await finish_unfinished(opened, execution, options, part.freezes, but=plan.id)
    if stop := _end_of(earlier, part.account.name):
        rows = _not_begun(stop, part.plan).outcomes
        tally.add(replace(earlier, outcomes=(*earlier.outcomes, *rows), stop=stop))
        return
    tally.add(earlier)
    begun = opened.ledger.runs.of_plan(opened.place, plan.id) is not None
    fits, waiting = (part.plan, ()) if begun else admitted(opened, plan, part.plan)
    tally.outcomes.extend(waiting)
    mine = run_of(opened, execution, workspace, plan, fits, options)
    tally.managed += remember_compared(opened, mine, fits)
    tally.released += len(fits.released)
    if fits.actions:
        tally.add(await execute(opened, execution, mine, options.parallelism))


def _end_of(done: Executed, account: str) -> Stop | None:
    """Return why nothing may be begun after this, if so."""
    return done.stop or (was_interrupted(account) if done.interrupted else None)


def _not_begun(stop: Stop, part: AccountPlan) -> Executed:
    """What came before was stopped: this plan waits, and its rows say so."""
    why = f"not begun: {stop.summary}"
    rows = tuple(skipped(action.id, target, why) for action in part.actions for target in action.targets)
    return Executed(rows, stop)


def _give_up_undone(opened: Session, execution: Execution, plan: Plan) -> None:
    """A run that is undone while it is open is not finished first: what it may have sent is in the undo."""
    left = opened.ledger.runs.unfinished(opened.place)
    if left is not None and left.id == plan.undoes:
        opened.progress.note(f"run {left.id[:8]} was interrupted; it is undone, and not finished")
        give_up(opened, execution, left)


# --- going on ---------------------------------------------------------------------------------------------------


def resume(
    workspace: Workspace, options: ApplyOptions, progress: Progress, accounts: Sequence[str] = ()
) -> Report:
    """Finish what earlier runs left open in any account, or in the named ones, before a new plan is made.

    With a `wait`, what they left settling is looked for again. Of several accounts each has its own end.
    """
    started, tally, project = now(), RunTally(), project_of(workspace)
    every = project.accounts
    names = chosen_accounts(accounts, every)
    for each in (every[name] for name in names):
        spec = spec_of(each)
        if _left_open(workspace, each, spec, wait=options.wait is not None):
            try:
                done: Executed = run(
                    _resume(workspace, each, spec, options, freezes_of(project, each, options.allow), progress)
                )
            except RunStopped as ended:
                if len(names) == 1:
                    raise
                tally.add(Executed((), _stop(each.name, ended)))
                continue
            tally.add(replace(done, stop=_end_of(done, each.name)))
            if done.interrupted:
                break
    return tally.report(started)


def _left_open(workspace: Workspace, account: Account, spec: MarketplaceSpec, *, wait: bool) -> bool:
    place = place_of(account, spec)
    ledger = open_ledger(workspace.root)
    try:
        return ledger.runs.unfinished(place) is not None or (wait and ledger.pending.settling(place))
    finally:
        ledger.close()


async def _resume(
    workspace: Workspace,
    account: Account,
    spec: MarketplaceSpec,
    options: ApplyOptions,
    freezes: Freezes,
    progress: Progress,
) -> Executed:
    opening, timeout = session(workspace, account, spec, progress), options.lock_timeout
    async with opening as opened, locked(opened, timeout, wait=options.wait) as execution:
        runs = 1 if options.wait is None else 1 + look_again(opened)
        outcomes: list[Outcome] = []
        stop: Stop | None = None
        for _ in range(runs):
            if not opened.runner.stopping and stop is None:
                done = await finish_unfinished(opened, execution, options, freezes)
                outcomes.extend(done.outcomes)
                stop = done.stop
        return Executed(tuple(outcomes), stop, opened.runner.stopping)
