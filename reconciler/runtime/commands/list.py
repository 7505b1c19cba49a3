"""`list`: everything that is declared, and every live offer without a document, with the state of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from reconciler.engine.listing import declared, declared_offline, undeclared, undeclared_offline
from reconciler.model.listed import Listed, ListedState
from reconciler.model.offers import Desired, Key
from reconciler.runtime.commands.looking import looked, nothing_named, remembered
from reconciler.runtime.commands.plan import load_to_tell
from reconciler.runtime.connection.session import run
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.resolve import Wanted
from reconciler.runtime.project.selection import declares_all, select
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.gather import SourceReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """What is listed: `chosen` narrows as for a plan, `kinds` and `states` choose rows; empty: all."""

    chosen: PlanOptions
    kinds: tuple[str, ...] = ()
    states: tuple[ListedState, ...] = ()
    offline: bool = False


def list_all(workspace: Workspace, options: ListOptions, progress: Progress) -> tuple[Listed, ...]:
    """Return the rows of all chosen accounts: by account, kind and name, those without a document last."""
    read = SourceReader(workspace=workspace, progress=progress, near=options.offline)
    resolved = load_to_tell(workspace, progress, options.chosen.accounts, read)
    accounts = resolved.wanted
    rows: list[Listed] = []
    for wanted in accounts:
        rows.extend(_rows(workspace, wanted, options, progress))
    _insist_on_targets(options.chosen, rows, (each.key for wanted in accounts for each in wanted.desired))
    kept = (each for each in rows if not options.kinds or each.key.kind in options.kinds)
    return tuple(
        sorted(
            (each for each in kept if not options.states or each.state in options.states),
            key=lambda each: (each.key.account, each.mark is None, each.key.kind, each.key.name),
        )
    )


def _rows(workspace: Workspace, wanted: Wanted, options: ListOptions, progress: Progress) -> Iterator[Listed]:
    account, spec, named = wanted.account.name, wanted.spec, select(wanted.desired, options.chosen).chosen
    if options.offline:
        known = remembered(workspace, wanted)
        yield from declared_offline(named, spec, known.baselines)
        others = undeclared_offline(wanted.desired, known.managed, wanted.released)
    else:
        here = run(looked(workspace, wanted, named, progress))
        keys = {each.key for each in named}
        asked: Iterable[Desired] = (each for each in here.desired if each.key in keys)
        yield from declared(asked, here.matched, spec, here.scope, complete=here.complete)
        others = undeclared(here.matched.unmanaged, account, here.managed, wanted.released)
    yield from (each for each in others if _is_named(each, options.chosen))


def _is_named(row: Listed, options: PlanOptions) -> bool:
    """What has no document has no labels, so a label never chooses it."""
    if options.select:
        return False
    return declares_all(options) or any(_means(target, row) for target in options.targets)


def _means(target: str, row: Listed) -> bool:
    return fnmatchcase(row.key.name, target) or fnmatchcase(str(row.key), target)


def _insist_on_targets(options: PlanOptions, rows: Iterable[Listed], known: Iterable[Key]) -> None:
    """A target that means nothing is a mistake of the command."""
    found = list(rows)
    for target in options.targets:
        if not any(_means(target, row) for row in found):
            raise nothing_named(target, known)
