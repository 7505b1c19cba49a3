"""`diff`: what the documents of two revisions mean differently, without asking the marketplace."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from reconciler.engine.revisions import differences
from reconciler.model.changes import Change
from reconciler.model.diagnostics import Severity, error
from reconciler.model.offers import Desired, Key
from reconciler.runtime.commands.resolving import is_broken, known_images
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.earlier import KeptReadings, resolved_at
from reconciler.runtime.project.resolve import Resolved, Wanted
from reconciler.runtime.project.workspace import Workspace
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
    before = Committed(workspace.root, first)
    after = Committed(workspace.root, second) if second else workspace
    kept = KeptReadings(SourceReader(workspace=workspace, progress=progress, near=True))
    progress.start("reading documents")
    try:
        new = _whole(resolved_at(after, options, kept, images), second)
        old = _whole(resolved_at(before, options, kept.again(), images), first)
    finally:
        progress.finish()
    wrong = {key for part in (*old, *new) for key in part.mistaken()}
    specs = {part.account.name: part.spec for part in (*old, *new)}
    changes = differences(_usable(old, wrong), _usable(new, wrong), specs)
    commit = after.commit if isinstance(after, Committed) else ""
    return RevisionDiff(before=before.commit, after=commit, changes=changes, left_out=tuple(sorted(wrong)))


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
