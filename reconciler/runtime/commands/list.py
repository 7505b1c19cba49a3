"""`list`: everything that is declared, and every live offer without a document, with the state of each."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from reconciler.engine.listing import declared, declared_offline, mistaken, undeclared, undeclared_offline
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.listed import Listed, ListedState
from reconciler.model.offers import Key
from reconciler.runtime.commands.looking import looked, mistakes, nothing_named, remembered
from reconciler.runtime.commands.resolving import load_what_can_be
from reconciler.runtime.commands.rested import begun
from reconciler.runtime.connection.session import run
from reconciler.runtime.observe.resting import Sleepers, keys_of
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.resolve import Wanted
from reconciler.runtime.project.selection import declares_all, select
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.gather import SourceReader


class ListOptions(Struct, frozen=True, kw_only=True):
    """What is listed: `chosen` narrows as for a plan, `kinds` and `states` choose rows; empty: all."""

    chosen: PlanOptions
    kinds: tuple[str, ...] = ()
    states: tuple[ListedState, ...] = ()
    offline: bool = False

    @property
    def leaves_out_the_quiet(self) -> bool:
        """Tell whether nothing is listed of what is as it is declared, and is found so by a look."""
        return bool(self.states) and ListedState.IN_SYNC not in self.states and not self.offline


class ListedAll(Struct, frozen=True, kw_only=True):
    """The rows of a list, and what is wrong with documents: what these stand for is `unclear`."""

    rows: tuple[Listed, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def list_all(workspace: Workspace, options: ListOptions, progress: Progress) -> ListedAll:
    """Return the rows of all chosen accounts: by account, kind and name, those without a document last."""
    read = SourceReader(workspace=workspace, progress=progress, near=options.offline)
    some = not declares_all(options.chosen) or options.leaves_out_the_quiet
    resting = begun(workspace, options.chosen, progress, read) if some else None
    if resting is None:
        resolved = load_what_can_be(workspace, progress, options.chosen.accounts, read)
    else:
        resolved = resting.awake.resolved
    accounts = resolved.wanted
    rows: list[Listed] = []
    for wanted in accounts:
        sleepers = resting.sleepers(wanted.account.name) if resting and resting.book else None
        rows.extend(_rows(workspace, wanted, options, progress, sleepers))
    _insist_on_targets(options.chosen, rows, (each.key for wanted in accounts for each in wanted.desired))
    kept = (each for each in rows if not options.kinds or each.key.kind in options.kinds)
    ordered = sorted(
        (each for each in kept if not options.states or each.state in options.states),
        key=lambda each: (each.key.account, each.mark is None, each.key.kind, each.key.name),
    )
    return ListedAll(rows=tuple(ordered), diagnostics=mistakes(resolved))


def _rows(
    workspace: Workspace, wanted: Wanted, options: ListOptions, progress: Progress, sleepers: Sleepers | None
) -> Iterator[Listed]:
    chosen = {each.key for each in select(wanted.desired, options.chosen).chosen}
    declared = {each.key for each in wanted.desired}
    found = _all_rows(workspace, wanted, options, progress, sleepers)
    for row in mistaken(found, wanted.mistaken(), wanted.claimed(), unread=bool(wanted.unread)):
        if row.key in chosen or (row.key not in declared and _is_named(row, options.chosen)):
            yield row


def _all_rows(
    workspace: Workspace, wanted: Wanted, options: ListOptions, progress: Progress, sleepers: Sleepers | None
) -> Iterator[Listed]:
    """Yield the rows of the documents that are chosen, and of all that has none that can be used.

    What is at rest has one that nobody has loaded.
    """
    asleep = frozenset(keys_of(sleepers.rests, wanted.account.name)) if sleepers else frozenset()
    account, spec, named = wanted.account.name, wanted.spec, select(wanted.desired, options.chosen).chosen
    if options.offline:
        known = remembered(workspace, wanted, some=sleepers is not None)
        managed = {key: each for key, each in known.managed.items() if key not in asleep}
        yield from declared_offline(named, spec, known.baselines)
        yield from undeclared_offline(wanted.desired, managed, wanted.released)
        return
    here = run(looked(workspace, wanted, named, progress, sleepers))
    managed = {key: each for key, each in here.managed.items() if key not in asleep}
    asked = select(here.desired, options.chosen).chosen
    yield from declared(asked, here.matched, spec, here.scope, complete=here.complete)
    yield from undeclared(here.matched.unmanaged, account, managed, wanted.released)


def _is_named(row: Listed, options: PlanOptions) -> bool:
    """What has no document has no labels, so a label never chooses it."""
    if options.select:
        return False
    return declares_all(options) or any(_means(target, row) for target in options.targets)


def _means(target: str, row: Listed) -> bool:
    keys = (row.key, row.key._replace(name=row.document or row.key.name))
    return any(fnmatchcase(key.name, target) or fnmatchcase(str(key), target) for key in keys)


def _insist_on_targets(options: PlanOptions, rows: Iterable[Listed], known: Iterable[Key]) -> None:
    """A target that means nothing is a mistake of the command."""
    found = list(rows)
    for target in options.targets:
        if not any(_means(target, row) for row in found):
            raise nothing_named(target, known)
