"""Texts that live values were written into are read again, as the project would read them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reconciler.engine.diff import Scope, diff, differing
from reconciler.engine.memory import Recollection, compare
from reconciler.engine.resolve import relabel
from reconciler.model.diagnostics import Severity, has_errors, in_reading_order
from reconciler.model.memory import Compared
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.taking import Taken
from reconciler.runtime.commands.resolving import known_images
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.project.resolve import Resolved, Wanted, resolve_project
from reconciler.runtime.project.workspace import Workspace

_Field = tuple[Key, str]


class Seen(Struct, frozen=True, kw_only=True):
    """One account as it was seen: pairs of a document and what is live, and how labels are spelled."""

    wanted: Wanted
    place: Place
    pairs: tuple[tuple[Desired, Live], ...]
    labels: Mapping[str, Mapping[str, str]]
    now: datetime
    differs: Mapping[Key, frozenset[str]]


def verified(
    workspace: Workspace,
    before: Resolved,
    seen: Iterable[Seen],
    files: Mapping[str, tuple[bytes, bytes]],
    taken: Iterable[Taken],
) -> tuple[tuple[tuple[Place, tuple[Compared, ...], datetime], ...], set[_Field]]:
    """Resolve the project with the new texts; return what is to be remembered, and which fields came out wrong.

    RunStopped where it is no valid project any more, and that is not for what was written into one of the files.
    """
    written = list(taken)
    put = {(each.key, each.path) for each in written}
    if not put:
        return (), set()
    after = Workspace(workspace.root, {path: new for path, (_, new) in files.items()})
    accounts = [each.account.name for each in before.wanted]
    resolved = resolve_project(after, known_images(workspace), accounts)
    if has_errors(resolved.diagnostics):
        first = next(each for each in in_reading_order(resolved.diagnostics) if each.severity is Severity.ERROR)
        broken = {each.mark.file for each in resolved.diagnostics if each.mark and each.severity is Severity.ERROR}
        if theirs := {(each.key, each.path) for each in written if each.file in broken}:
            return (), theirs
        raise RunStopped(
            "with the values of the marketplace the documents have errors; nothing was written",
            f"{first.mark}: {first.summary}",
        )
    wrong = _changed_besides(before, resolved, put)
    remembered = []
    for here in seen:
        now = next(each for each in resolved.wanted if each.account.name == here.wanted.account.name)
        desired = {each.key: each for each in relabel(now.desired, here.wanted.spec, here.labels)}
        rows: list[Compared] = []
        for each, live in here.pairs:
            mine = {path for key, path in put if key == each.key}
            if not mine:
                continue
            kind = here.wanted.spec.kinds[each.key.kind]
            new = replace(desired[each.key], adopt=None, moved_from="")
            found = diff(new, live, kind, Scope(now=here.now))
            off = {path for path, _ in differing(new.unsynced, live.fields, kind)}
            wrong |= {(each.key, path) for path in mine & (found.differs | off)}
            row = compare(new, live, found, kind, Recollection(baselines={}, managed={}))
            rows.extend([row] if row else [])
        remembered.append((here.place, tuple(rows), here.now))
    return tuple(remembered), wrong


#: What a content template may write: from the values of other fields.
_TEMPLATED = frozenset({"content.title", "content.description"})


def _changed_besides(before: Resolved, after: Resolved, put: set[_Field]) -> set[_Field]:
    """Return the fields to leave out: those of a resource of which something else changed with them.

    A text that a template writes may change with the values that it names.
    """
    old = {each.key: each for wanted in before.wanted for each in wanted.desired}
    touched = {key for key, _ in put}
    besides = {
        each.key
        for wanted in after.wanted
        for each in wanted.desired
        for path in _moved(old[each.key], each)
        if (each.key, path) not in put and not (each.key in touched and path in _TEMPLATED)
    }
    mine = {(key, path) for key, path in put if key in besides}
    return mine or (set(put) if besides else set())


def _moved(old: Desired, new: Desired) -> Iterator[str]:
    was, now = {**old.unsynced, **old.fields}, {**new.unsynced, **new.fields}
    yield from (path for path in {**was, **now} if path not in was or path not in now or was[path] != now[path])
