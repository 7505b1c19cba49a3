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
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import Book
from reconciler.runtime.rests.loading import load_awake

_Field = tuple[Key, str]


class Seen(Struct, frozen=True, kw_only=True):
    """One account as it was seen: pairs of a document and what is live, and how labels are spelled."""

    wanted: Wanted
    place: Place
    pairs: tuple[tuple[Desired, Live], ...]
    labels: Mapping[str, Mapping[str, str]]
    now: datetime
    differs: Mapping[Key, frozenset[str]]


class UpdateCheck(Struct, frozen=True):
    """Resolves a project with new texts, and holds that to what it was `before`.

    With a `book` what was at rest is left alone again: a value is only ever written into the document of its own
    resource, and nothing at rest takes anything from that.
    """

    workspace: Workspace
    before: Resolved
    book: Book | None
    seen: tuple[Seen, ...]

    def verified(
        self, files: Mapping[str, tuple[bytes, bytes]], taken: Iterable[Taken]
    ) -> tuple[tuple[tuple[Place, tuple[Compared, ...], datetime], ...], set[_Field]]:
        """Return what is to be remembered, and which fields came out wrong.

        RunStopped where it is no valid project any more, and that is not for what was written into a file.
        """
        written = list(taken)
        put = {(each.key, each.path) for each in written}
        if not put:
            return (), set()
        resolved = self._resolved(files)
        if has_errors(resolved.diagnostics):
            every = in_reading_order(resolved.diagnostics)
            first = next(each for each in every if each.severity is Severity.ERROR)
            broken = {each.mark.file for each in every if each.mark and each.severity is Severity.ERROR}
            if theirs := {(each.key, each.path) for each in written if each.file in broken}:
                return (), theirs
            raise RunStopped(
                "with the values of the marketplace the documents have errors; nothing was written",
                f"{first.mark}: {first.summary}",
            )
        wrong = _changed_besides(self.before, resolved, put)
        remembered = []
        for here in self.seen:
            rows, differing_still = _compared(here, resolved, put)
            remembered.append((here.place, tuple(rows), here.now))
            wrong |= differing_still
        return tuple(remembered), wrong

    def _resolved(self, files: Mapping[str, tuple[bytes, bytes]]) -> Resolved:
        after = Workspace(self.workspace.root, {path: new for path, (_, new) in files.items()})
        accounts = [each.account.name for each in self.before.wanted]
        loaded = {each.source.path for each in self.before.documents.documents}
        images, moment = known_images(self.workspace), self.before.moment
        return load_awake(
            after, self.book, images, None, moment, accounts=accounts, chosen=loaded, in_part=False
        ).resolved


def _compared(here: Seen, resolved: Resolved, put: set[_Field]) -> tuple[list[Compared], set[_Field]]:
    """Compare what was written of an account with what is live; return that, and what differs all the same."""
    now = next(each for each in resolved.wanted if each.account.name == here.wanted.account.name)
    desired = {each.key: each for each in relabel(now.desired, here.wanted.spec, here.labels)}
    rows: list[Compared] = []
    wrong: set[_Field] = set()
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
    return rows, wrong


#: What a content template may write: from the values of other fields.
_TEMPLATED = frozenset({"content.title", "content.description"})


def _changed_besides(before: Resolved, after: Resolved, put: set[_Field]) -> set[_Field]:
    """Return the fields to leave out: those of a resource of which something else changed with them.

    A text that a template writes may change with the values that it names.
    """
    old = {each.key: each for wanted in before.wanted for each in wanted.desired}
    if any(each.key not in old for wanted in after.wanted for each in wanted.desired):
        raise RunStopped("documents were changed meanwhile; nothing was written", "run the command again")
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
