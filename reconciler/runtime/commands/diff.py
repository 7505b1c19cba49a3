"""`diff`: what the documents of two revisions mean differently, without asking the marketplace."""

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import Struct

from reconciler.documents.kinds import PROJECT_FILE
from reconciler.engine.revisions import differences
from reconciler.model.changes import Change
from reconciler.model.diagnostics import Severity, error
from reconciler.model.offers import Desired, Key
from reconciler.runtime.clock import WallClock
from reconciler.runtime.commands.resolving import is_broken, known_images
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.earlier import KeptReadings, resolved_at
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.touched import range_since
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import RESTS_BOOK, read_book
from reconciler.runtime.rests.loading import Awake, Images, load_awake
from reconciler.runtime.rests.ranged import load_range
from reconciler.runtime.sources.gather import SourceReader


class RevisionDiff(Struct, frozen=True, kw_only=True):
    """What differs from one revision to another; `after` is empty for the files as they lie here.

    Both are whole names of commits. `left_out` are documents that cannot be used in one of them.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    left_out: tuple[Key, ...]


def compare_revisions(
    workspace: Workspace, first: str, second: str, accounts: Sequence[str], progress: Progress
) -> RevisionDiff:
    """Compare the documents of two git revisions; without `second`, of one and of the files as they are.

    Numbers come from the rows of sources that were read last, the same for both. BadDocuments where a revision is
    not known, or its project cannot be read as a whole.
    """
    options, images = PlanOptions(accounts=tuple(accounts)), known_images(workspace)
    kept = KeptReadings(SourceReader(workspace=workspace, progress=progress, near=True))
    progress.start("reading documents")
    try:
        if not second and (found := _with_now(workspace, first, options, kept, images)):
            return found
        before = Committed(workspace.root, first)
        after = Committed(workspace.root, second) if second else workspace
        new = _whole(resolved_at(after, options, kept, images), second)
        old = _whole(resolved_at(before, options, kept.again(), images), first)
    finally:
        progress.finish()
    commit = after.commit if isinstance(after, Committed) else ""
    return _compared(old, new, before.commit, commit)


def _compared(
    old: Sequence[Wanted],
    new: Sequence[Wanted],
    before: str,
    after: str = "",
    is_meant: Callable[[Desired], bool] = lambda _each: True,
) -> RevisionDiff:
    wrong = {key for part in (*old, *new) for key in part.mistaken()}
    specs = {part.account.name: part.spec for part in (*old, *new)}
    then, now = (filter(is_meant, _usable(parts, wrong)) for parts in (old, new))
    changes = differences(then, now, specs)
    return RevisionDiff(before=before, after=after, changes=changes, left_out=tuple(sorted(wrong)))


def _with_now(
    workspace: Workspace, first: str, options: PlanOptions, kept: KeptReadings, images: Images
) -> RevisionDiff | None:
    """Compare with the files as they are what a git range touches, where the rest of them was at rest; None where
    everything has to be read.
    """
    book = read_book(workspace.root, RESTS_BOOK)
    if book is None:
        return None
    since, now = range_since(workspace, first), WallClock().now()

    def load(files: Collection[str]) -> Awake:
        return load_awake(workspace, book, images, kept, now, accounts=options.accounts, chosen=files)

    found = load_range(workspace, book, since, load)
    if found is None or found.awake.resolved.sources:
        return None
    documents = found.awake.resolved.documents
    files = {each.source.path for each in documents.documents} - documents.numbers_only
    before = resolved_at(since.then, options, kept.again(), images, files | since.files.files | {PROJECT_FILE})
    old, new = _whole(before, first), _whole(found.awake.resolved, "")
    every = [each for part in new for each in part.desired]
    here, touched = {each.key for each in every}, found.touched.keys
    origins = {each.key._replace(name=each.moved_from) for each in every if each.moved_from}
    return _compared(
        old,
        new,
        since.then.commit,
        is_meant=lambda each: each.key in touched or each.key in origins or each.key not in here,
    )


def _whole(found: Resolved | None, revision: str) -> tuple[Wanted, ...]:
    """Return what is wanted of a revision; BadDocuments where files of it can say nothing, or anything."""
    if found is None:
        return ()
    unread = next((mark for part in found.wanted for mark in part.unread), None)
    if not is_broken(found) and unread is None:
        return found.wanted
    said = tuple(each for each in found.diagnostics if each.severity is Severity.ERROR)
    if not revision:
        raise BadDocuments(said)
    first = next((each for each in said), None)
    detail = f"{first.mark}: {first.summary}." if first and first.mark else ""
    summary = f"the documents of revision {revision} cannot be compared as a whole"
    raise BadDocuments((error("P742", summary, detail=detail, hint="name a revision in which they are right"),))


def _usable(parts: Iterable[Wanted], wrong: set[Key]) -> Iterable[Desired]:
    return (each for part in parts for each in part.desired if each.key not in wrong)
