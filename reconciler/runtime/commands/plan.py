"""`plan`: documents, a snapshot of each account, and the pure planner between them."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from reconciler.documents.kinds import SOURCE, modules
from reconciler.engine.along import Along, coming_along, within_reach
from reconciler.engine.diff import Scope
from reconciler.engine.forecast import Known
from reconciler.engine.implied import implied
from reconciler.engine.memory import Recollection
from reconciler.engine.plan import Planned, plan_account
from reconciler.engine.question import Question
from reconciler.engine.rereads import Fact
from reconciler.engine.resolve import relabel
from reconciler.engine.stock import START
from reconciler.engine.summed import SUMMED, summed
from reconciler.engine.unlisted import told_of_waiting
from reconciler.model.diagnostics import Diagnostic, error, in_reading_order
from reconciler.model.modules import Module
from reconciler.model.offers import Desired, Key
from reconciler.model.outcomes import Accepted
from reconciler.model.plan import AccountPlan, Plan, Problem
from reconciler.runtime.clock import WallClock, ahead_of_machine
from reconciler.runtime.collector import collector_off
from reconciler.runtime.commands.resolving import known_images, load_what_can_be
from reconciler.runtime.commands.rested import Resting, begun, remembered_of
from reconciler.runtime.commands.sealing import seal
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import (
    AuthenticationFailed,
    BadDocuments,
    Locked,
    MarketplaceFailed,
    RunStopped,
    StalePlan,
)
from reconciler.runtime.execute.allowance import allowance_of
from reconciler.runtime.execute.baseline import note_arrivals, resumptions
from reconciler.runtime.execute.lost_creations import LOOKS
from reconciler.runtime.observe.aged import told as aged_notes
from reconciler.runtime.observe.catalogue import known, promises
from reconciler.runtime.observe.directory import in_doubt
from reconciler.runtime.observe.elsewhere import elsewhere
from reconciler.runtime.observe.events import known_since, may_lack_creations
from reconciler.runtime.observe.known import what_is_known, with_fees
from reconciler.runtime.observe.pending import accepted, left_open
from reconciler.runtime.observe.prices import told_lowest
from reconciler.runtime.observe.resting import keys_of
from reconciler.runtime.observe.snapshot import Observed, named_anew, observe
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress, Silent, in_steps
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.earlier import KeptReadings, caused, files_of_changes, resolved_at
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.resolve import ReadSources, Resolved, Wanted
from reconciler.runtime.project.revision import Revision, revision_of
from reconciler.runtime.project.selection import Selection, chosen_unusable, declares_all, mistakes, select
from reconciler.runtime.project.state import read_ledger
from reconciler.runtime.project.tables import unknown_sources
from reconciler.runtime.project.touched import range_since, touched
from reconciler.runtime.project.uncommitted import told_uncommitted
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.committed import TablesOf
from reconciler.runtime.sources.gather import SourceReader


def make_plan(workspace: Workspace, options: PlanOptions, progress: Progress) -> Plan:
    """Plan all chosen accounts, each on its own. BadDocuments when the project itself has errors.

    Where there are several, what ends one is its problem, and the others are planned.
    """
    read = reader_of(workspace, options, progress)
    if not options.base:
        return _planned(workspace, options, progress, read)[0]
    compared, kept = Committed(workspace.root, options.base), KeptReadings(read)
    plan, resolved, at_rest = _planned(workspace, replace(options, base=""), progress, kept)
    there = TablesOf(now=workspace, then=compared, instead=options.sources)
    files = files_of_changes(workspace, plan, resolved, compared.commit) if at_rest else None
    before = resolved_at(compared, options, kept.again(there), known_images(workspace), files)
    return caused(plan, (part for each in resolved for part in each.wanted), before, compared.commit)


def _planned(
    workspace: Workspace, options: PlanOptions, progress: Progress, read: ReadSources
) -> tuple[Plan, Sequence[Resolved], bool]:
    """Return a plan, what was resolved for it, and whether there is more, which is at rest."""
    with collector_off():  # what is at rest is many small things that stay
        if (resting := begun(workspace, options, progress, read)) is not None:
            plan = plan_of(workspace, resting.awake.resolved, options, progress, resting)
            resting.write()
            return plan, resting.resolved(), True
    resolved = load_what_can_be(workspace, progress, options.accounts, read, options.at)
    return plan_of(workspace, resolved, options, progress), (resolved,), False


def reader_of(workspace: Workspace, options: PlanOptions, progress: Progress) -> SourceReader:
    """Return how a plan reads sources."""
    return SourceReader(workspace=workspace, progress=progress, instead=options.sources, allow=options.allow)


def plan_of(
    workspace: Workspace,
    resolved: Resolved,
    options: PlanOptions,
    progress: Progress,
    resting: Resting | None = None,
) -> Plan:
    """Plan what was resolved, and what is at rest. BadDocuments where a flag names what is not there."""
    if wrong := unknown_sources(resolved.documents.of(SOURCE), options.sources):
        raise BadDocuments(wrong)
    ranged: tuple[Diagnostic, ...] = ()
    if options.changed_since:
        known = resting.touched if resting else None
        since = known or touched(workspace, resolved, range_since(workspace, options.changed_since))
        options, ranged = replace(options, touched=since.keys), since.notes
    plan_id, parts = str(uuid.uuid4()), list[AccountPlan]()
    of_none = (each for each in resolved.diagnostics if each.about is None)
    said = [*ranged, *(each for each in of_none if not (resting and each.code in SUMMED))]
    promised: set[tuple[str, Fact]] = set()
    insist_on_matches(workspace, resolved.wanted, options, resting)
    for wanted in resolved.wanted:
        try:
            part, notes = run(_plan_account(workspace, wanted, options, plan_id, promised, progress, resting))
        except (AuthenticationFailed, MarketplaceFailed, StalePlan, Locked) as ended:
            if len(resolved.wanted) == 1:
                raise
            part, notes = _not_planned(wanted, ended), wanted.findings
        parts.append(part)
        said.extend(notes)
    accounts, edited = told_uncommitted(parts, workspace.root, progress)
    revision = revision_of(workspace.root, edited=edited) if options.kept else Revision()
    return seal(
        Plan(
            id=plan_id,
            digest="",
            created_at=WallClock().now().isoformat(timespec="seconds"),
            accounts=accounts,
            diagnostics=in_reading_order(_answered(said)),
            allowed=dict(options.allow),
            only=tuple(sorted(options.only)),
            documents=workspace.fingerprint(),
            commit=revision.commit,
            tree=revision.tree,
            sources=tuple(resolved.sources.values()),
            at=resolved.moment.isoformat() if options.at else "",
            refresh=options.refresh,
        ),
        progress,
    )


def _answered(said: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out the doubt about a name (D308) where the account was asked, and has none either (P202)."""
    unknown = {_of_document(each) for each in said if each.code == "P202"}
    return (each for each in said if each.code != "D308" or _of_document(each) not in unknown)


def _of_document(each: Diagnostic) -> tuple[str, str, str]:
    about, file = each.about, each.mark.file if each.mark else ""
    return (about.kind, about.name, file) if about else ("", "", file)


def _not_planned(wanted: Wanted, ended: RunStopped) -> AccountPlan:
    """Return the part of an account of which nothing is known, and why."""
    return AccountPlan(
        account=wanted.account.name,
        marketplace=wanted.spec.name,
        login=wanted.account.login,
        site=str(place_of(wanted.account, wanted.spec).site),
        seen_at=WallClock().now().isoformat(timespec="milliseconds"),
        spec_revision=wanted.spec.revision,
        complete=False,
        changes=(),
        actions=(),
        problem=Problem(reason=_ENDS[type(ended)], summary=ended.summary, hint=ended.hint),
    )


#: What ends the planning of one account and says nothing of another one.
_ENDS: Mapping[type[RunStopped], str] = {
    AuthenticationFailed: "authentication",
    MarketplaceFailed: "marketplace",
    StalePlan: "stale",
    Locked: "locked",
}


def insist_on_matches(
    workspace: Workspace, accounts: Iterable[Wanted], options: PlanOptions, resting: Resting | None = None
) -> None:
    """BadDocuments where a flag chooses nothing in all these accounts: nothing is asked then."""
    wanted = tuple(accounts)
    unusable = [
        Key(each.account.name, one.kind, name)
        for each in wanted
        for one in each.unusable
        for name in {one.name, one.known_as}
    ]
    found = mistakes(
        (each.desired for each in wanted),
        options,
        lambda: frozenset(_managed_modules(workspace, wanted)).union(resting.modules() if resting else ()),
        unusable=unusable,
    )
    if found:
        raise BadDocuments(found)


def _managed_modules(workspace: Workspace, accounts: Iterable[Wanted]) -> Iterator[Module]:
    """Yield the modules in which something managed may have lost its document."""
    ledger = read_ledger(workspace.root, Silent().note)
    try:
        for each in accounts:
            for key in ledger.managed(place_of(each.account, each.spec)):
                yield modules().get(key.kind, Module.STOCK)
    finally:
        ledger.close()


async def _plan_account(
    workspace: Workspace,
    wanted: Wanted,
    options: PlanOptions,
    plan_id: str,
    promised: set[tuple[str, Fact]],
    progress: Progress,
    resting: Resting | None,
) -> tuple[AccountPlan, tuple[Diagnostic, ...]]:
    selected = select(wanted.desired, options)
    reach = within_reach(selected.chosen, selected.others, wanted.spec)
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        with collector_off():
            sleepers = resting.sleepers(wanted.account.name) if resting else None
            asked = (*selected.chosen, *reach)
            observed = await observe(opened, asked, refresh=options.refresh, trusting=True, sleepers=sleepers)
            if sleepers is not None and (observed.woken or observed.numbers):
                every = sleepers.now_desired(wanted.desired, observed.numbers, observed.woken)
                wanted, selected = replace(wanted, desired=every), select(every, options)
            selected = selected.accompanied(_along(opened, selected, reach, observed))
            desired = relabel(selected.wanted, wanted.spec, opened.names.labels)
            desired = (*desired, *implied(desired, observed.references, observed.ambiguous, wanted.spec))
            written = accepted(opened, observed.snapshot)
            if options.refresh != "none":  # else nothing is known that could have arrived
                written = note_arrivals(opened, written, observed.snapshot.understood())
            kept = replace(known(opened, promised), doubts=LOOKS if may_lack_creations(opened) else 0)
            remembered = remembered_of(opened, desired, observed)
            about = opened, wanted, desired, selected, remembered
            planned = judge(*about, observed, options, plan_id, kept, written)
            if doubtful := in_doubt(planned.part, observed.trusted, wanted.spec):
                observed = await named_anew(opened, observed, doubtful)
                planned = judge(*about, observed, options, plan_id, kept, written)
            if priced := await with_fees(opened, observed, planned.part.changes):
                observed = priced
                planned = judge(*about, observed, options, plan_id, kept, written)
            declared = chain((each.key for each in wanted.desired), keys_of(observed.resting, wanted.account.name))
            found = await what_is_known(opened, desired, declared, observed, planned.part)
            if found:
                planned = judge(*about, observed, options, plan_id, kept, written, found)
            part, notes = planned.foreseen(dict(opened.runner.requests)), planned.notes
            if resting is not None:
                resting.note(opened, observed, planned.quiet)
            promised |= promises(opened, part.actions)
            waits = told_of_waiting(part.changes, opened.spec, known_since(opened), opened.clock.now())
            aged = aged_notes(observed.snapshot.live, opened.clock.now(), wanted.spec)
            of_all = summed(wanted.desired, wanted.spec, observed.at_rest.shares) if resting else ()
            along = (each.told() for each in selected.along)
            part = replace(told_lowest(opened, part), ages=observed.snapshot.ages)
            return part, (*notes, *of_all, *aged, *waits, *along)


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
    remembered: Recollection,
    observed: Observed,
    options: PlanOptions,
    plan_id: str,
    known: Known,
    written: tuple[Accepted, ...],
    findings: tuple[Diagnostic, ...] = (),
) -> Planned:
    """Compare what is desired with what was observed, and with what was `written` and does not show yet.

    `findings` are what was looked up and found wrong: an error about a resource holds that back.
    """
    now = opened.clock.now()
    baselines, managed = remembered.baselines, remembered.managed
    question = Question(
        plan_id=plan_id,
        login=opened.identity.login,
        site=str(opened.place.site),
        seen_at=opened.seen_at,
        base_market=opened.identity.base_market,
        scope=Scope(
            now=now,
            ahead=ahead_of_machine(now),
            only=options.only,
            baseline=baselines.get,
            start=START in options.allow,
            fights=resumptions(opened) if any(each.sourced for each in desired) else lambda _key: 0,
        ),
        guards=wanted.account.guards,
        allow=options.allow,
        remembered=replace(remembered, whole=not options.only),
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
        sources=wanted.sources,
        elsewhere=elsewhere(opened, wanted.places, desired),
        begun=lambda key: left_open(opened, key.kind, key.name) is not None,
        accepted=written,
        spent=allowance_of(opened).spent,
        known=known,
        findings=(*wanted.findings, *_ambiguous(desired, observed, wanted), *findings),
        unusable=wanted.unusable,
        chosen=chosen_unusable(wanted.account.name, wanted.unusable, options),
        unread=wanted.unread,
        at_rest=observed.at_rest,
        counted=lambda steps, task: in_steps(steps, task, opened.progress),
    )
    return plan_account(desired, observed.snapshot, wanted.spec, question)


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
                        about=each.key,
                    )
                )
    return problems
