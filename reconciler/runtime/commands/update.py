"""`pull --update`: live values that differ go into the documents, each to the line where it is defined.

Nothing is written before all of it was read again as the project would read it: the fields that were taken mean
what is live, and nothing else means anything else. Then the files are replaced, all of them or none.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reconciler.documents.decode import decode
from reconciler.documents.document import Documents
from reconciler.documents.editing import NotEditable, with_field
from reconciler.documents.effective import Effective
from reconciler.documents.layers import effective
from reconciler.documents.said import in_documents
from reconciler.engine.diff import Scope, diff, differing
from reconciler.engine.importing.taken import taken as as_written
from reconciler.engine.match import match
from reconciler.engine.memory import Recollection, compare
from reconciler.engine.resolve import relabel
from reconciler.model.bounds import DOCUMENT
from reconciler.model.diagnostics import Severity, has_errors, in_reading_order
from reconciler.model.memory import Compared
from reconciler.model.modules import Module
from reconciler.model.offers import Desired, Key, Live
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.taking import Taken, Taking
from reconciler.runtime.commands.history import reading
from reconciler.runtime.commands.looking import nothing_named
from reconciler.runtime.commands.plan import chosen, known_images, load
from reconciler.runtime.connection.session import run, session
from reconciler.runtime.errors import RunStopped
from reconciler.runtime.execute.baseline import keep_seen
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.observe.snapshot import observe
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.placing import alone, rewrite, take_back
from reconciler.runtime.project.resolve import Resolved, Wanted, narrowed, resolve_project
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.reading import read_file

_Field = tuple[Key, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One account as it was seen: pairs of a document and what is live, and how labels are spelled."""

    wanted: Wanted
    place: Place
    pairs: tuple[tuple[Desired, Live], ...]
    labels: Mapping[str, Mapping[str, str]]
    now: datetime
    differs: Mapping[Key, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What would be written, and what is remembered afterwards of each account."""

    taking: Taking
    compared: tuple[tuple[Place, tuple[Compared, ...], datetime], ...] = ()


def make_update(workspace: Workspace, options: PlanOptions, progress: Progress, *, override: bool) -> Update:
    """Find the live values that differ, and write them into texts. Nothing is put in place.

    What an earlier one left that was cut off is taken back first.
    """
    with alone(workspace.root):
        take_back(workspace.root)
    resolved = load(workspace, progress)
    accounts = chosen(resolved, options)
    _insist_on_targets(options, accounts)
    seen = [run(_look(workspace, wanted, options, progress)) for wanted in accounts]
    found = [each for here in seen for each in _differing(here)]
    writer = _Writer(workspace, resolved, override=override)
    taken, refused = writer.write(found, {each.wanted.account.name: each.wanted.spec for each in seen})
    compared, wrong = _verified(workspace, resolved, seen, writer.files, taken)
    if wrong:  # what cannot be told apart from the rest is left out, and the rest is written anew
        refused = [
            *refused,
            *(replace(each, reason=_ELSEWHERE) for each in taken if (each.key, each.path) in wrong),
        ]
        writer = _Writer(workspace, resolved, override=override)
        kept = [each for each in found if (each[0].key, each[1]) in {(t.key, t.path) for t in taken} - wrong]
        taken, _ = writer.write(kept, {each.wanted.account.name: each.wanted.spec for each in seen})
        compared, wrong = _verified(workspace, resolved, seen, writer.files, taken)
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
        if not narrowed(tuple(declared), PlanOptions(targets=(target,))):
            raise nothing_named(target, (each.key for each in declared), " in the documents")


async def _look(workspace: Workspace, wanted: Wanted, options: PlanOptions, progress: Progress) -> _Seen:
    asked = narrowed(wanted.desired, PlanOptions(targets=options.targets, select=options.select))
    keys = {each.key for each in asked}
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        gc.disable()
        try:
            observed = await observe(opened, asked, full=True)
            labels = dict(opened.names.labels)
            managed = {key: each.remote_id for key, each in opened.ledger.managed(opened.place).items()}
            desired = relabel(wanted.desired, wanted.spec, labels)
            matched = match(desired, observed.snapshot.live, wanted.spec, managed)
            pairs = tuple((each, live) for each, live in matched.pairs if live is not None and each.key in keys)
            baselines = dict(opened.ledger.baselines(opened.place))
            scope = Scope(now=opened.clock.now(), baseline=baselines.get)
            differs = {each.key: _paths(each, live, wanted.spec, scope, options.only) for each, live in pairs}
            return _Seen(
                wanted=wanted,
                place=opened.place,
                pairs=pairs,
                labels=labels,
                now=scope.now,
                differs=differs,
            )
        finally:
            gc.enable()


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


def _differing(here: _Seen) -> list[tuple[Desired, str, Live]]:
    return [
        (desired, path, live)
        for desired, live in here.pairs
        for path in (*desired.fields, *desired.unsynced)
        if path in here.differs[desired.key]
    ]


# --- writing into texts ----------------------------------------------------------------------------------------


class _Writer:
    """Puts values into the texts of documents. `files` are those that it has touched: bytes before and after."""

    def __init__(self, workspace: Workspace, resolved: Resolved, *, override: bool) -> None:
        self.files: dict[str, tuple[bytes, bytes]] = {}
        self._workspace = workspace
        self._override = override
        self._several = len(resolved.documents.project.accounts) > 1
        self._effective = _effective(resolved.documents)

    def write(
        self, found: Iterable[tuple[Desired, str, Live]], specs: Mapping[str, MarketplaceSpec]
    ) -> tuple[list[Taken], list[Taken]]:
        """Write what can be written; return that, and the rest with the reasons."""
        taken: list[Taken] = []
        refused: list[Taken] = []
        for desired, path, live in found:
            spec = specs[desired.key.account]
            each = _told(desired, path, live, spec)
            reason = self._refused(desired, path) or self._put(desired, path, live, spec)
            (refused if reason else taken).append(replace(each, reason=reason))
        return taken, refused

    def _refused(self, desired: Desired, path: str) -> str:
        """Say why a value may not be written where it is defined."""
        whole = self._effective[desired.key]
        if whole.document.account is None and self._several:
            return "its document holds for several accounts"
        origin = desired.origin(in_documents(path))
        if self._override:
            return ""
        own = whole.layers[0].find(in_documents(path))
        if own is None:
            return f"it is defined by {origin.level}; --override writes it into the document of {desired.key.name}"
        said = _at(whole.document.body, own)
        named = _template(said)
        return f"{named} writes it; --override writes the text itself into the document" if named else ""

    def _put(self, desired: Desired, path: str, live: Live, spec: MarketplaceSpec) -> str:
        document = self._effective[desired.key].document
        own = self._effective[desired.key].layers[0].find(in_documents(path))
        said = _at(document.body, own) if own is not None else None
        value, possible = as_written(path, said, live, spec)
        if not possible:
            return "a document has no way to say it"
        file = document.source.path
        before, after = self.files.get(file) or self._read(file, document.source.text)
        text = after.decode("utf-8-sig")
        try:
            changed = with_field(text, document.index, desired.key.kind, path, value)
        except NotEditable as why:
            return str(why)
        mark = after[: len(after) - len(text.encode())]  # a byte order mark stays
        self.files[file] = (before, mark + changed.encode())
        return ""

    def _read(self, path: str, text: str) -> tuple[bytes, bytes]:
        data = read_file(self._workspace.root / path, DOCUMENT)
        if decode(path, data) != text:
            raise RunStopped(f"{path} was changed meanwhile", "run the command again")
        return data, data


def _effective(documents: Documents) -> dict[Key, Effective]:
    found, _ = effective(documents, render=None)
    return {Key(each.account, each.document.kind, each.document.name): each for each in found}


def _at(body: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        body = body[step]
    return body


def _template(said: Any) -> str:
    """Name the content template that writes a value, if one does."""
    if isinstance(said, Mapping):
        return f"the template {said['template']}" if said.keys() == {"template"} else _template(said.get("text"))
    return next(filter(None, map(_template, said)), "") if isinstance(said, list) else ""


def _told(desired: Desired, path: str, live: Live, spec: MarketplaceSpec) -> Taken:
    declared = {**desired.unsynced, **desired.fields}
    origin = desired.origin(in_documents(path))
    seen = dict(differing({path: declared[path]}, live.fields, spec.kinds[desired.key.kind]))
    return Taken(
        key=desired.key,
        path=path,
        declared=declared[path],
        live=seen.get(path),
        level=origin.level,
        mark=origin.mark,
    )


# --- reading it again ------------------------------------------------------------------------------------------


def _verified(
    workspace: Workspace,
    before: Resolved,
    seen: Iterable[_Seen],
    files: Mapping[str, tuple[bytes, bytes]],
    taken: Iterable[Taken],
) -> tuple[tuple[tuple[Place, tuple[Compared, ...], datetime], ...], set[_Field]]:
    """Resolve the project with the new texts; return what is to be remembered, and which fields came out wrong.

    RunStopped where it is no valid project any more.
    """
    put = {(each.key, each.path) for each in taken}
    if not put:
        return (), set()
    after = Workspace(workspace.root, {path: new for path, (_, new) in files.items()})
    resolved = resolve_project(after, known_images(workspace))
    if has_errors(resolved.diagnostics):
        first = next(each for each in in_reading_order(resolved.diagnostics) if each.severity is Severity.ERROR)
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
