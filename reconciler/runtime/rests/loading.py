"""Loading what is awake: all documents but those of files that are as they were when all in them was at rest."""

from collections.abc import Callable, Collection, Container, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from reconciler.documents.checks import offers_named_in
from reconciler.documents.document import Documents
from reconciler.documents.kinds import OFFER, PROJECT_FILE
from reconciler.documents.load import load
from reconciler.model.resting import Rest
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.progress import SILENT, Progress, in_steps
from reconciler.runtime.project.resolve import ReadSources, Resolved, resolve_project
from reconciler.runtime.project.workspace import Workspace, digest_of
from reconciler.runtime.rests.book import Book, QuietFile
from reconciler.runtime.rests.files import QuietFiles, are_clear

Images = Callable[[Place], Mapping[str, str]]


class Awake(Struct, frozen=True):
    """What was loaded of a project, and what was not: `asleep` are the files that were left alone."""

    resolved: Resolved
    asleep: Mapping[str, QuietFile]

    def rests(self, book: Book | None, account: str) -> dict[str, Rest]:
        """Return the offers of an account whose documents were left alone, by remote id."""
        return {each.remote_id: each for each in rests_in(self.asleep, book, account)}


def rests_in(asleep: Container[str], book: Book | None, account: str) -> Iterator[Rest]:
    """Yield the offers of an account whose documents were left alone."""
    known = book.accounts.get(account) if book else None
    return (each for each in known.rests if each.file in asleep) if known else iter(())


def load_awake(
    workspace: Workspace,
    book: Book | None,
    images: Images,
    read: ReadSources | None,
    now: datetime,
    progress: Progress = SILENT,
) -> Awake:
    """Load and resolve what may have moved since a book was written: everything, where that cannot be told."""
    if book is None:
        return Awake(resolve_project(workspace, images, (), read, progress=progress), {})
    quiet = QuietFiles(workspace, book, _due(book, now))

    def loading() -> Documents:
        return _load(workspace, book, quiet, progress)

    resolved = resolve_project(workspace, images, (), read, load=loading, progress=progress)
    return Awake(resolved, quiet.known)


def load_documents(
    workspace: Workspace, book: Book | None, now: datetime, progress: Progress = SILENT
) -> tuple[Documents, Mapping[str, QuietFile]]:
    """Load what may have moved since a book was written, and return the files that were left alone, too."""
    if book is None:
        return workspace.load(progress=progress), {}
    quiet = QuietFiles(workspace, book, _due(book, now))
    return _load(workspace, book, quiet, progress), quiet.known


def _load(workspace: Workspace, book: Book, quiet: QuietFiles, progress: Progress) -> Documents:
    documents = workspace.load(quiet.leave_alone, progress)
    if not quiet.known:
        return documents  # all of them
    asleep = {rest.name for rest in _resting(book, quiet)}
    if not are_clear(documents, workspace, book, asleep):
        quiet.wake_all()
        return workspace.load(progress=progress)
    mentioned = offers_named_in(documents.documents) & asleep
    if mentioned:
        quiet.stir({rest.file for rest in _resting(book, quiet) if rest.name in mentioned})
        documents = workspace.load(quiet.leave_alone, progress)
    return documents


def _resting(book: Book, quiet: QuietFiles) -> Iterator[Rest]:
    """Yield the offers at rest, of all accounts, whose files are left alone."""
    return (rest for account in book.accounts.values() for rest in account.rests if rest.file in quiet.known)


def _due(book: Book, now: datetime) -> set[str]:
    """Return the files of which a document says something else by now."""
    moment = now.timestamp()
    return {
        each.file
        for account in book.accounts.values()
        for each in account.rests
        if each.until and each.until <= moment
    }


def wake(
    workspace: Workspace,
    awake: Awake,
    account: str,
    rests: Collection[Rest],
    images: Images,
    progress: Progress = SILENT,
) -> Resolved:
    """Load and resolve the documents of offers whose files were left alone, with all that they inherit from.

    Raise StalePlan where one of them has changed since it was looked at.
    """
    others = (one.source.path for one in awake.resolved.documents.documents if one.kind != OFFER)
    files = sorted({PROJECT_FILE, *others, *(one.file for one in rests)})

    def loading() -> Documents:
        counted = in_steps(files, "reading documents", progress)
        return load((path, _unmoved(workspace, path, awake)) for path in counted)

    return resolve_project(workspace, images, (account,), None, load=loading, progress=progress)


def _unmoved(workspace: Workspace, path: str, awake: Awake) -> bytes:
    """Return the bytes of a file that was looked at before. Raise StalePlan where it has changed since."""
    there = awake.asleep.get(path)
    digest = there.digest if there else workspace.read.get(path, ("", ""))[1]
    data = workspace.content(path)
    if data is None or (digest and digest_of(data) != digest):
        raise StalePlan(f"{path} has changed while this plan was made", "plan again")
    return data
