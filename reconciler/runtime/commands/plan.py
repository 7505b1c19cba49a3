"""`plan`: documents, a snapshot of each account, and the pure planner between them."""

import gc
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.documents.kinds import MODULES
from reconciler.engine.along import Along, coming_along, within_reach
from reconciler.engine.diff import Scope
from reconciler.engine.forecast import Known
from reconciler.engine.memory import Recollection
from reconciler.engine.plan import plan_account
from reconciler.engine.question import Question
from reconciler.engine.rereads import Fact
from reconciler.engine.resolve import relabel
from reconciler.engine.stock import START
from reconciler.model.diagnostics import Diagnostic, error, has_errors, in_reading_order
from reconciler.model.modules import Module
from reconciler.model.offers import Desired
from reconciler.model.outcomes import Accepted
from reconciler.model.plan import AccountPlan, Forecast, Plan
from reconciler.model.plan_json import sealed
from reconciler.runtime.clock import WallClock
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.execute.baseline import note_arrivals
from reconciler.runtime.execute.lost_creations import LOOKS
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.observe.catalogue import known, promises
from reconciler.runtime.observe.events import may_lack_creations
from reconciler.runtime.observe.known import what_is_known
from reconciler.runtime.observe.pending import accepted
from reconciler.runtime.observe.snapshot import Observed, observe
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.resolve import Resolved, Wanted, resolve_project
from reconciler.runtime.project.selection import Selection, declares_all, mistakes, select
from reconciler.runtime.project.state import read_ledger
from reconciler.runtime.project.uncommitted import told_uncommitted
from reconciler.runtime.project.workspace import Workspace


def make_plan(workspace: Workspace, options: PlanOptions, progress: Progress) -> Plan:
    """Plan all chosen accounts. BadDocuments when the documents have errors; nothing is asked then."""
    resolved = load(workspace, progress)
    plan_id = str(uuid.uuid4())
    parts: list[AccountPlan] = []
    said = list(resolved.diagnostics)
    promised: set[tuple[str, Fact]] = set()
    accounts_chosen = chosen(resolved, options)
    insist_on_matches(workspace, accounts_chosen, options)
    for wanted in accounts_chosen:
        part, notes = run(_plan_account(workspace, wanted, options, plan_id, promised, progress))
        parts.append(part)
        said.extend(notes)
    accounts = told_uncommitted(parts, workspace.root)
    return sealed(
        Plan(
            id=plan_id,
            digest="",
            created_at=WallClock().now().isoformat(timespec="seconds"),
            accounts=accounts,
            diagnostics=in_reading_order(said),
            allowed=dict(options.allow),
            only=tuple(sorted(options.only)),
            documents=workspace.fingerprint(),
        )
    )


def load(workspace: Workspace, progress: Progress) -> Resolved:
    """Load and resolve everything; BadDocuments carries every error at once."""
    progress.start("reading documents")
    try:
        resolved = resolve_project(workspace, known_images(workspace))
    finally:
        progress.finish()
    if has_errors(resolved.diagnostics):
        raise BadDocuments(in_reading_order(resolved.diagnostics))
    return resolved


def known_images(workspace: Workspace) -> Callable[[Place], Mapping[str, str]]:
    """Return how to find the addresses of the images that are at a site."""

    def known(place: Place) -> Mapping[str, str]:
        ledger = read_ledger(workspace.root, Silent().note)  # the session tells it
        try:
            return ledger.images(place)
        finally:
            ledger.close()

    return known


def chosen(resolved: Resolved, options: PlanOptions) -> list[Wanted]:
    """Return the accounts that were asked for. An unknown one is a mistake of the command."""
    known = {wanted.account.name for wanted in resolved.wanted}
    unknown = [name for name in options.accounts if name not in known]
    if unknown:
        raise BadDocuments(
            tuple(
                error("D302", f"there is no account {name}", hint=f"the accounts are {', '.join(sorted(known))}")
                for name in unknown
            )
        )
    return [
        wanted for wanted in resolved.wanted if not options.accounts or wanted.account.name in options.accounts
    ]


def insist_on_matches(workspace: Workspace, accounts: Iterable[Wanted], options: PlanOptions) -> None:
    """BadDocuments where a flag chooses nothing in all these accounts: nothing is asked then."""
    wanted = tuple(accounts)
    found = mistakes(
        (each.desired for each in wanted), options, lambda: frozenset(_managed_modules(workspace, wanted))
    )
    if found:
        raise BadDocuments(found)


def _managed_modules(workspace: Workspace, accounts: Iterable[Wanted]) -> Iterator[Module]:
    """Yield the modules in which something managed may have lost its document."""
    ledger = read_ledger(workspace.root, Silent().note)
    try:
        for each in accounts:
            for key in ledger.managed(place_of(each.account, each.spec)):
                yield MODULES.get(key.kind, Module.STOCK)
    finally:
        ledger.close()


async def _plan_account(
    workspace: Workspace,
    wanted: Wanted,
    options: PlanOptions,
    plan_id: str,
    promised: set[tuple[str, Fact]],
    progress: Progress,
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    selected = select(wanted.desired, options)
    reach = within_reach(selected.chosen, selected.others, wanted.spec)
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        gc.disable()
        try:
            observed = await observe(opened, (*selected.chosen, *reach), full=options.refresh == "full")
            selected = selected.accompanied(_along(opened, selected, reach, observed))
            desired = relabel(selected.wanted, wanted.spec, opened.names.labels)
            written = note_arrivals(opened, accepted(opened, observed.snapshot), observed.snapshot.understood())
            kept = replace(known(opened, promised), doubts=LOOKS if may_lack_creations(opened) else 0)
            about = opened, wanted, desired, selected
            part, notes = judge(*about, observed, options, plan_id, kept, written)
            so_far = dict(opened.runner.requests)
            declared = (each.key for each in wanted.desired)
            found = await what_is_known(opened, desired, declared, observed, part)
            if found or so_far != opened.runner.requests:  # else nothing is known now that was not before
                snapshot = replace(observed.snapshot, requests=dict(opened.runner.requests))
                observed = replace(observed, snapshot=snapshot)
                part, notes = judge(
                    opened, wanted, desired, selected, observed, options, plan_id, kept, written, found
                )
            promised |= promises(opened, part.actions)
            return part, (*notes, *(each.told() for each in selected.along))
        finally:
            gc.enable()


def _along(
    opened: Session, selected: Selection, reach: tuple[Desired, ...], observed: Observed
) -> tuple[Along, ...]:
    known = {key: each.remote_id for key, each in opened.ledger.managed(opened.place).items()} if reach else {}
    return coming_along(selected.chosen, reach, observed.snapshot.live, opened.spec, known)


def judge(
    opened: Session,
    wanted: Wanted,
    desired: tuple[Desired, ...],
    selected: Selection,
    observed: Observed,
    options: PlanOptions,
    plan_id: str,
    known: Known,
    written: tuple[Accepted, ...],
    findings: tuple[Diagnostic, ...] = (),
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    """Compare what is desired with what was observed, and with what was `written` and does not show yet.

    `findings` are what was looked up and found wrong.
    """
    ambiguous = tuple(_ambiguous(desired, observed, wanted))
    baselines, managed = opened.ledger.baselines(opened.place), opened.ledger.managed(opened.place)
    question = Question(
        plan_id=plan_id,
        login=opened.identity.login,
        site=str(opened.place.site),
        base_market=opened.identity.base_market,
        scope=Scope(
            now=opened.clock.now(), only=options.only, baseline=baselines.get, start=START in options.allow
        ),
        guards=wanted.account.guards,
        allow=options.allow,
        remembered=Recollection(baselines=baselines, managed=managed, whole=not options.only),
        project=opened.place.project,
        managed=managed,
        foreign=opened.ledger.foreign(opened.place),
        released=wanted.released,
        levels=wanted.levels,
        protected=wanted.protected,
        whole=declares_all(options),
        others=selected.others,
        along=frozenset(each.desired.key for each in selected.along),
        references=observed.references,
        accepted=written,
        known=known,
        findings=findings,
    )
    part, notes = plan_account(desired, observed.snapshot, wanted.spec, question)
    if ambiguous:  # as with every other error, the plan is shown and carries nothing out
        part = replace(part, actions=(), forecast=Forecast())
    return part, (*ambiguous, *notes)


def _ambiguous(desired: tuple[Desired, ...], observed: Observed, wanted: Wanted) -> list[Diagnostic]:
    """A reference by a name that the account has twice is an error that names both ids."""
    if not observed.ambiguous:
        return []
    problems = []
    for each in desired:
        kind = wanted.spec.kinds[each.key.kind]
        for path, value in each.fields.items():
            known = kind.field(path)
            ids = observed.ambiguous.get(f"{known.refers}/{value}") if known and isinstance(value, str) else None
            if ids:
                problems.append(
                    error(
                        "P104",
                        f"{each.key.name}: account {each.key.account} has {len(ids)} objects named {value}: "
                        f"{', '.join(ids)}",
                        mark=each.origin(path).mark,
                        hint=f'say which one: `{{id: "{ids[0]}"}}`',
                    )
                )
    return problems
