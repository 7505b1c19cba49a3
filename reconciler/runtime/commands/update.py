"""`pull --update` and `adopt --drift`: live values go into the documents, each to the line where it is defined.

All that differ, or only those that have drifted: what the documents have changed themselves is left alone then.

Nothing is written before all of it was read again as the project would read it: the fields that were taken mean
what is live, and nothing else means anything else. Then the files are replaced, all of them or none.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reconciler.engine.diff import Scope, diff, differing
from reconciler.engine.match import match
from reconciler.engine.resolve import relabel
from reconciler.model.memory import Baseline, Compared
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.taking import Taking
from reconciler.runtime.clock import ahead_of_machine
from reconciler.runtime.collector import collector_off
from reconciler.runtime.commands.history import reading
from reconciler.runtime.commands.looking import nothing_named
from reconciler.runtime.commands.rested import Resting, load_some
from reconciler.runtime.commands.update_check import Seen, UpdateCheck
from reconciler.runtime.commands.update_texts import FilesToBe
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.execute.baseline import keep_seen
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.observe.snapshot import observe
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.placing import alone, rewrite, take_back
from reconciler.runtime.project.resolve import Wanted
from reconciler.runtime.project.selection import select
from reconciler.runtime.project.workspace import Workspace


class Update(Struct, frozen=True, kw_only=True):
    """What would be written, and what is remembered afterwards of each account."""

    taking: Taking
    compared: tuple[tuple[Place, tuple[Compared, ...], datetime], ...] = ()


def make_update(
    workspace: Workspace, options: PlanOptions, progress: Progress, *, override: bool, drift: bool = False
) -> Update:
    """Find the live values that differ, or have drifted, and write them into texts. Nothing is put in place.

    All that is asked for is read in full: not every edit raises an event. Where that is some, the others stay at
    rest. What an earlier one left that was cut off is taken back first.
    """
    with alone(workspace.root):
        take_back(workspace.root)
    resolved, resting = load_some(workspace, options, progress)
    _insist_on_targets(options, resolved.wanted)
    seen = [run(_look(workspace, wanted, options, progress, resting, drift=drift)) for wanted in resolved.wanted]
    found = [each for here in seen for each in _differing(here)]
    writer = FilesToBe(workspace, resolved, override=override)
    taken, refused = writer.write(found, {each.wanted.account.name: each.wanted.spec for each in seen})
    check = UpdateCheck(workspace, resolved, resting.book if resting else None, tuple(seen))
    compared, wrong = check.verified(writer.files, taken)
    if wrong:  # what cannot be told apart from the rest is left out, and the rest is written anew
        refused = [
            *refused,
            *(replace(each, reason=_ELSEWHERE) for each in taken if (each.key, each.path) in wrong),
        ]
        writer = FilesToBe(workspace, resolved, override=override)
        kept = [each for each in found if (each[0].key, each[1]) in {(t.key, t.path) for t in taken} - wrong]
        taken, _ = writer.write(kept, {each.wanted.account.name: each.wanted.spec for each in seen})
        compared, wrong = check.verified(writer.files, taken)
        if wrong:
            raise RunStopped("the values cannot be written so that only they change; nothing was written")
    files = {path: both for path, both in writer.files.items() if both[0] != both[1]}
    return Update(taking=Taking(taken=tuple(taken), refused=tuple(refused), files=files), compared=compared)


def write_update(workspace: Workspace, update: Update) -> None:
    """Replace the files, all of them or none, and remember that they say what is live."""
    with alone(workspace.root):
        take_back(workspace.root)
        rewrite(workspace.root, update.taking.files)
    with reading(workspace) as ledger:
        for place, compared, now in update.compared:
            keep_seen(ledger, place, "pull", compared, now)


_ELSEWHERE = "written there, it would not come out as what is live, or change something else"


def _insist_on_targets(options: PlanOptions, accounts: Iterable[Wanted]) -> None:
    declared = [each for wanted in accounts for each in wanted.desired]
    for target in options.targets:
        if not select(tuple(declared), PlanOptions(targets=(target,))).chosen:
            raise nothing_named(target, (each.key for each in declared), " in the documents")


async def _look(
    workspace: Workspace,
    wanted: Wanted,
    options: PlanOptions,
    progress: Progress,
    resting: Resting | None,
    *,
    drift: bool,
) -> Seen:
    asked = select(wanted.desired, PlanOptions(targets=options.targets, select=options.select)).chosen
    keys = {each.key for each in asked}
    sleepers = resting.sleepers(wanted.account.name) if resting and resting.book else None
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        with collector_off():
            observed = await observe(opened, asked, refresh="full", sleepers=sleepers)
            labels = dict(opened.names.labels)
            every = wanted.desired
            if sleepers is not None:  # others may have a claim to what is named
                every = sleepers.now_desired(every, observed.numbers, observed.woken)
            managed, baselines = _remembered(opened, every, some=sleepers is not None)
            desired = relabel(every, wanted.spec, labels)
            matched = match(desired, observed.snapshot.live, wanted.spec, managed)
            pairs = tuple((each, live) for each, live in matched.pairs if live is not None and each.key in keys)
            now = opened.clock.now()
            scope = Scope(now=now, ahead=ahead_of_machine(now), baseline=baselines.get)
            paths = _drifted if drift else _paths
            differs = {each.key: paths(each, live, wanted.spec, scope, options.only) for each, live in pairs}
            return Seen(
                wanted=wanted,
                place=opened.place,
                pairs=pairs,
                labels=labels,
                now=scope.now,
                differs=differs,
            )


def _remembered(
    opened: Session, desired: Collection[Desired], *, some: bool
) -> tuple[Mapping[Key, str], Mapping[Key, Baseline]]:
    """Return the ids and the baselines that are remembered: of all, or of `some`, which were loaded."""
    ledger, place = opened.ledger, opened.place
    if some:
        names = {name for each in desired for name in (each.key.name, each.moved_from)}
        managed = ledger.managed_but(place, OFFER, names)
        baselines = ledger.baselines_of(place, (each.key for each in desired))
    else:
        managed, baselines = ledger.managed(place), ledger.baselines(place)
    return {key: each.remote_id for key, each in managed.items()}, baselines


def _paths(
    desired: Desired, live: Live, spec: MarketplaceSpec, scope: Scope, only: frozenset[Module]
) -> frozenset[str]:
    """Return which fields differ: those that are not as declared to an apply; of modules that were named, all.

    To an apply a stock number that sales have moved is as declared, and what is off is none of its business.
    """
    if live.unclear(desired.fields):
        return frozenset()
    kind = spec.kinds[desired.key.kind]
    paths = set(diff(replace(desired, adopt=None, moved_from=""), live, kind, scope).differs)
    if not only:
        return frozenset(paths)
    paths |= {path for path, _ in differing({**desired.unsynced, **desired.fields}, live.fields, kind)}
    named = {path: (field.module if (field := kind.field(path)) else None) or kind.module for path in paths}
    return frozenset(path for path in paths if named[path] in only)


def _drifted(
    desired: Desired, live: Live, spec: MarketplaceSpec, scope: Scope, only: frozenset[Module]
) -> frozenset[str]:
    """Return which fields have drifted, as a plan tells it; of the modules that were named, if any were."""
    if live.unclear(desired.fields):
        return frozenset()
    found = diff(replace(desired, adopt=None, moved_from=""), live, spec.kinds[desired.key.kind], scope).change
    fields = found.fields if found else ()
    return frozenset(each.path for each in fields if each.drift and (not only or each.module in only))


def _differing(here: Seen) -> list[tuple[Desired, str, Live]]:
    return [
        (desired, path, live)
        for desired, live in here.pairs
        for path in (*desired.fields, *desired.unsynced)
        if path in here.differs[desired.key]
    ]
