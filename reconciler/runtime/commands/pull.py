"""`pull`: from a live account to documents, beside those that are there. Nothing is overwritten.

All documents of an account come, or none; what an earlier pull left that was cut off is taken back first. What
was written is loaded again as any document is, compared with what is live, and remembered as seen equal: so the
next plan says `No changes.`, and drift can be told from there on. Nothing becomes managed by it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.kinds import BUNDLE, named_kinds
from reconciler.documents.skus import SKU
from reconciler.documents.writing import to_yaml
from reconciler.engine.diff import Scope, diff
from reconciler.engine.importing.account import import_account
from reconciler.engine.importing.imported import Draft, Imported
from reconciler.engine.importing.names import slug
from reconciler.engine.match import match
from reconciler.engine.memory import Recollection, compare
from reconciler.engine.resolve import relabel
from reconciler.model.diagnostics import Severity, in_reading_order
from reconciler.model.memory import Compared
from reconciler.model.offers import OFFER, Key
from reconciler.model.spec import MarketplaceSpec
from reconciler.runtime.collector import collector_off
from reconciler.runtime.commands.looking import nothing_named
from reconciler.runtime.commands.pull_present import (
    Declared,
    present_in,
    remembered,
    with_what_is_there,
    without_remembered,
)
from reconciler.runtime.commands.resolving import load_what_can_be
from reconciler.runtime.commands.rested import Resting, begun
from reconciler.runtime.connection.session import Session, run, session
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.execute.baseline import keep_compared
from reconciler.runtime.observe.snapshot import Observed, observe
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.placing import alone, place, take_back
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.workspace import Workspace

#: What is written after all else: offers inherit and refer, and bundles refer to offers.
_LAST = {OFFER: 1, BUNDLE: 2}


class Pulled(Struct, frozen=True, kw_only=True):
    """What was written: files relative to the project, how many documents of each kind, and what to know."""

    files: tuple[str, ...]
    documents: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Targets(Struct):
    """What is to be pulled: names with shell wildcards, or ids; none: everything. Which of them mean something."""

    given: tuple[str, ...] = ()
    met: set[str] = field(default_factory=set)
    seen: set[Key] = field(default_factory=set)

    def ask(self, kind: str, name: str, remote_id: str) -> bool:
        """Tell whether a resource is to be pulled."""
        if not self.given:
            return True
        self.seen.add(Key("", kind, name))
        met = {each for each in self.given if self._means(each, kind, name, remote_id)}
        self.met |= met
        return bool(met)

    @staticmethod
    def _means(target: str, kind: str, name: str, remote_id: str) -> bool:
        return fnmatchcase(name, target) or fnmatchcase(f"{kind}/{name}", target) or target == remote_id

    def insist(self) -> None:
        """Refuse what means nothing. It is known when the last account was looked at, before that is written."""
        for each in self.given:
            if each not in self.met:
                raise nothing_named(each, self.seen, " on the marketplace")


def pull(
    workspace: Workspace, accounts: Sequence[str], into: Path, progress: Progress, targets: tuple[str, ...] = ()
) -> Pulled:
    """Write documents for all that is live and has none; of the named accounts, or of all; or for these alone.

    In a project of several accounts each has a folder of its own below `into`.
    """
    target = _inside(workspace, into)
    with alone(workspace.root):
        left = _taken_back(workspace.root)
        pulled = _pull(workspace, accounts, target, progress, Targets(targets))
    return replace(pulled, notes=(*left, *pulled.notes))


def _taken_back(root: Path) -> tuple[str, ...]:
    taken = take_back(root)
    if not taken:
        return ()
    return (
        f"an earlier pull was cut off; what it had written was taken back first ({len(taken):,} of its files)",
    )


def _pull(
    workspace: Workspace, accounts: Sequence[str], target: Path, progress: Progress, targets: Targets
) -> Pulled:
    files: list[str] = []
    counts: Counter[str] = Counter()
    notes: list[str] = []
    first = _load(workspace, progress, accounts)
    names = [each.wanted.account.name for each in first]
    for each in first:
        name = each.wanted.account.name
        # Again for each account: it has new documents.
        [declared] = _load(workspace, progress, (name,)) if len(names) > 1 else first
        several = len(declared.resolved.documents.project.accounts) > 1
        folder = target / slug(name) if several else target
        insist = targets.insist if name == names[-1] else _leave_open
        found = run(_pull_account(workspace, declared, folder, progress, targets, insist))
        files.extend(found.files)
        counts.update(found.documents)
        notes.extend(f"{name}: {note}" if several else note for note in found.notes)
    notes.extend(_mistaken(first[0].resolved) if first else ())
    return Pulled(files=tuple(files), documents=dict(sorted(counts.items())), notes=tuple(notes))


def _load(workspace: Workspace, progress: Progress, accounts: Sequence[str]) -> list[Declared]:
    """Load what can be used, but for what is at rest. BadDocuments where nobody knows what is declared already,
    or what would be inherited.

    A document with mistakes has a name all the same: what it stands for gets no second one.
    """
    resting = begun(workspace, PlanOptions(accounts=tuple(accounts)), progress, None)
    resolved = resting.awake.resolved if resting else load_what_can_be(workspace, progress, accounts)
    wrong = [each for each in resolved.diagnostics if each.severity is Severity.ERROR]
    if any(each.about is None or each.about.kind not in named_kinds() or not each.about.name for each in wrong):
        raise BadDocuments(in_reading_order(wrong))
    return [_declared(resolved, each, resting) for each in resolved.wanted]


def _declared(resolved: Resolved, wanted: Wanted, resting: Resting | None) -> Declared:
    if resting is None:
        return Declared(resolved, wanted)
    left_alone = (*resting.awake.asleep.path, *resting.awake.numbers.path)
    return Declared(resolved, wanted, resting.apart(wanted.account.name), left_alone)


def _mistaken(resolved: Resolved) -> tuple[str, ...]:
    wrong = {each.about for each in resolved.diagnostics if each.about and each.severity is Severity.ERROR}
    if not wrong:
        return ()
    one = len(wrong) == 1
    what = f"{len(wrong):,} {'document has' if one else 'documents have'} mistakes"
    whose = "it stands" if one else "they stand"
    return (f"{what}, and nothing was written for what {whose} for: `reconcile validate` says what is wrong",)


def _inside(workspace: Workspace, into: Path) -> Path:
    target = into.resolve()
    if not target.is_relative_to(workspace.root):
        raise RunStopped(
            f"{into} lies outside of the project {workspace.root}",
            "documents are read from the project's folder only",
        )
    return target


def _leave_open() -> None:
    """What an account does not have, the next one may."""


async def _pull_account(
    workspace: Workspace,
    declared: Declared,
    folder: Path,
    progress: Progress,
    targets: Targets,
    insist: Callable[[], None],
) -> Pulled:
    wanted = declared.wanted
    async with session(workspace, wanted.account, wanted.spec, progress) as opened:
        with collector_off():
            present = present_in(workspace, declared, folder, targets.ask, alone=bool(targets.given))
            asked, sleepers = without_remembered(opened, present, declared), declared.sleepers
            observed = await observe(opened, (), refresh="full", everything=True, asked=asked, sleepers=sleepers)
            present = with_what_is_there(present, opened, declared, observed)
            imported = import_account(observed.snapshot.live, wanted.spec, present)
            insist()
            files = _write(workspace, folder, _owned(imported, declared), progress)
            [now] = _load(workspace, progress, (opened.account.name,)) if files else (declared,)
            notes = _remember(opened, now, imported, observed)
    counts = Counter(document.kind for document in imported.documents)
    said = (
        *_short_listing(observed),
        *_not_granted(observed),
        *_same_names(observed, wanted.spec),
        *imported.notes,
        *notes,
    )
    return Pulled(files=files, documents=dict(counts), notes=said)


# --- writing ----------------------------------------------------------------------------------------------------


def _owned(imported: Imported, declared: Declared) -> tuple[Draft, ...]:
    """In a project of several accounts every document says whose it is."""
    if len(declared.resolved.documents.project.accounts) == 1:
        return imported.documents
    account = {"account": declared.wanted.account.name}
    return tuple(replace(document, body={**document.body, **account}) for document in imported.documents)


def _write(
    workspace: Workspace, folder: Path, documents: tuple[Draft, ...], progress: Progress
) -> tuple[str, ...]:
    """Put them in place, what others inherit from and refer to before them."""
    progress.start("writing documents", len(documents))
    texts = (_file(workspace, folder, each) for each in sorted(documents, key=_rank))
    files = place(workspace.root, texts, progress.advance)
    progress.finish()
    return files


def _rank(document: Draft) -> int:
    return _LAST.get(document.kind, 0)


def _file(workspace: Workspace, folder: Path, document: Draft) -> tuple[str, str]:
    path = (folder / document.path).relative_to(workspace.root).as_posix()
    return path, to_yaml(document.body, schema=workspace.schema_of(path, document.kind))


# --- remembering ------------------------------------------------------------------------------------------------


def _remember(opened: Session, now: Declared, imported: Imported, observed: Observed) -> tuple[str, ...]:
    """Remember what holds of all documents as they are now, and say what of the new ones does not.

    Also of documents that were there: an earlier pull may have ended before it remembered them.
    """
    loaded = {each.key for each in now.wanted.desired}
    woken = (each for each in observed.woken if each.key not in loaded)
    desired = relabel((*now.wanted.desired, *woken), opened.spec, opened.names.labels)
    unread = {
        (each.kind, str(each.body.get(SKU) or each.body["name"])): each.path
        for each in imported.documents
        if each.live is not None
    }
    new, known = frozenset(unread), remembered(opened, now, (each.key for each in desired))
    rows: list[Compared] = []
    moved: list[str] = []
    for each, live in match(desired, observed.snapshot.live, opened.spec, {}).pairs:
        what, kind = (each.key.kind, each.key.name), opened.spec.kinds[each.key.kind]
        unread.pop(what, None)
        if live is None or (what not in new and each.key in known):
            continue
        found = diff(replace(each, adopt=None, moved_from=""), live, kind, Scope(now=opened.clock.now()))
        differs = found.differs
        if what in new or not differs:
            seen = compare(each, live, found, kind, Recollection(baselines={}, managed={}))
            rows.extend([seen] if seen else [])
        if what in new and differs:
            moved.append(each.key.name)
    keep_compared(opened, "pull", rows)
    return (
        *_told(
            list(unread.values()), "is not among the files that the project reads (see `ignore` in reconcile.yaml)"
        ),
        *_told(moved, "inherits values that differ from the account; `reconcile plan` shows them"),
    )


def _told(names: list[str], what: str) -> tuple[str, ...]:
    if not names:
        return ()
    more = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    return (f"{names[0]}{more} {what}",)


def _short_listing(observed: Observed) -> tuple[str, ...]:
    if observed.snapshot.complete:
        return ()
    return ("the listing of offers came out short or inconsistent: pull again for the rest",)


def _not_granted(observed: Observed) -> tuple[str, ...]:
    """Say which kinds the account does not have, so that nobody takes them for written."""
    return tuple(f"no {kind} is written: {words}" for kind, words in sorted(observed.refused_kinds.items()))


def _same_names(observed: Observed, spec: MarketplaceSpec) -> tuple[str, ...]:
    """Say which names stand for several objects: these have no document, and offers refer to them by id."""
    notes = []
    for label, ids in sorted(observed.ambiguous.items()):
        kind, _, name = label.partition("/")
        if kind in spec.kinds:
            notes.append(f"{len(ids)} objects of kind {kind} are named {name} ({', '.join(ids)}): not written")
    return tuple(notes)
