"""Loading what is awake: all documents but those of files that are as they were when all in them was at rest."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.checks import offers_named_in
from reconciler.documents.document import Documents
from reconciler.documents.kinds import OFFER, PROJECT_FILE
from reconciler.documents.load import load
from reconciler.engine.rules.fill import ANY_OFFER
from reconciler.model.resting import Rest, Rests, places_of
from reconciler.runtime.errors import StalePlan
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.progress import SILENT, Progress, in_steps
from reconciler.runtime.project.resolve import ReadSources, Resolved, resolve_project
from reconciler.runtime.project.workspace import Workspace, digest_of
from reconciler.runtime.rests.book import Book, FilesAtRest
from reconciler.runtime.rests.files import QuietFiles, are_clear
from reconciler.runtime.rests.followers import Followers, followers_of

Images = Callable[[Place], Mapping[str, str]]
_NO_FILES = FilesAtRest()
_NO_FOLLOWERS = Followers()


class Awake(Struct, frozen=True):
    """What was loaded of a project, and what was not: `asleep` are the files that were left alone.

    Of `numbers` price and stock were loaded, and nothing else: the rest of them is as it was. `followers` are the
    offers that were at rest before and follow sources.
    """

    resolved: Resolved
    asleep: FilesAtRest
    numbers: FilesAtRest = _NO_FILES
    followers: Followers = _NO_FOLLOWERS

    def articles(self) -> frozenset[str]:
        """Return the articles that any offer follows, whether its document was loaded or not."""
        asleep = self.followers.articles(frozenset(self.asleep.path)) if self.followers.every else frozenset()
        return self.resolved.articles | asleep

    def rests(self, book: Book | None, account: str) -> Rests:
        """Return the offers of an account whose documents were left alone, but perhaps for their numbers."""
        return rests_in(self.asleep, book, account, self.numbers)

    def left_alone(self, but: Collection[str]) -> FilesAtRest:
        """Return the files that were left alone, but perhaps for their numbers, without some; as they were."""
        asleep = self.asleep.kept([path not in but for path in self.asleep.path]) if but else self.asleep
        return asleep.with_more({path: each for path, each in self.numbers.rows().items() if path not in but})


def rests_in(asleep: FilesAtRest, book: Book | None, account: str, more: FilesAtRest = _NO_FILES) -> Rests:
    """Return the offers of an account whose documents are in these files."""
    known = book.accounts.get(account) if book else None
    return in_files(known.rests, asleep, more) if known else Rests()


def in_files(rests: Rests, files: FilesAtRest, more: FilesAtRest = _NO_FILES) -> Rests:
    """Return those offers at rest whose documents are in these files."""
    if rests.file == files.path:
        return rests
    some = frozenset((*files.path, *more.path))
    if not some:
        return Rests()
    return rests.without(place for place, file in enumerate(rests.file) if file not in some)


def load_awake(
    workspace: Workspace,
    book: Book | None,
    images: Images,
    read: ReadSources | None,
    now: datetime,
    progress: Progress = SILENT,
    accounts: Sequence[str] = (),
    chosen: Collection[str] = (),
    *,
    in_part: bool = True,
    may_follow: bool = False,
) -> Awake:
    """Load and resolve what may have moved since a book was written: everything, where that cannot be told.

    `accounts` are those that are asked for, all of them without any. Where files are `chosen`, these are loaded
    besides, and each as a whole; with `in_part` of others the numbers may be. What follows sources is left alone
    where it `may_follow` them, and their rows say the same.
    """
    if book is None:
        return Awake(resolve_project(workspace, images, accounts, read, progress=progress), FilesAtRest())
    followers = followers_of(book)
    loaded = chosen if may_follow else followers.files().union(chosen)
    quiet = QuietFiles(workspace, book, _due(book, now).union(loaded), progress, in_part=in_part)

    def loading() -> Documents:
        return _load(workspace, book, quiet, progress)

    def followed() -> frozenset[str]:
        return followers.sources(frozenset(quiet.known.path)) if followers.every else frozenset()

    def resolving() -> Awake:
        resolved = resolve_project(
            workspace, images, accounts, read, load=loading, progress=progress, besides=followed
        )
        return Awake(resolved, quiet.known, quiet.numbers, followers)

    awake = resolving()
    moved = followers.moved(book, awake.resolved).intersection(awake.asleep.path)
    while stirred := frozenset((*_reasons(awake, book), *moved)):
        quiet.stir(stirred)
        awake, moved = resolving(), frozenset()
    return awake


def _reasons(awake: Awake, book: Book) -> Iterator[str]:
    """Yield the files that may not be left alone beside what was loaded."""
    yield from _more_than_numbers(awake.resolved, book, awake.numbers)
    articles = awake.articles()
    for files in (awake.asleep, awake.numbers):
        yield from concerned(book, files, articles)
    if awake.followers.every:
        # Of an article that others are of, too, an offer may get another part, and its renewal has to end.
        asleep, followers = frozenset(awake.asleep.path), awake.followers
        yield from asleep.intersection(followers.of(awake.resolved.items))
        yield from followers.files().intersection(awake.numbers.path)


def concerned(book: Book, files: FilesAtRest, articles: frozenset[str]) -> Iterator[str]:
    """Yield those of these files of whose offers an article is followed now, or is not any more."""
    moved = articles ^ book.articles
    if not moved:
        return
    for account in book.accounts.values():
        rests = in_files(account.rests, files)
        every = ANY_OFFER in articles | book.articles
        yield from rests.file if every else (rests.file[place] for place in places_of(rests.name, moved))


def _more_than_numbers(resolved: Resolved, book: Book, files: FilesAtRest) -> Iterator[str]:
    """Yield those of these files of which the numbers alone do not tell all: whatever is said of an offer whose
    numbers were read is said by the whole of it.
    """
    if not files:
        return
    said = {(each.about.account, each.about.name) for each in resolved.diagnostics if each.about}
    spoken_of = {each.mark.file for each in resolved.diagnostics if each.mark}
    yield from spoken_of.intersection(files.path)
    plain = {
        (each.key.account, each.key.name)
        for wanted in resolved.wanted
        for each in wanted.desired
        if each.key.kind == OFFER and each.sourced is None and not (each.until or each.moved_from)
    }
    for name, account in book.accounts.items():
        rests = in_files(account.rests, files)
        for file, key in zip(rests.file, rests.name, strict=True):
            if (name, key) not in plain or (name, key) in said or ("", key) in said:
                yield file
    not_plain = (each.source for each in resolved.documents.documents if not each.source.plain)
    yield from {each.path for each in not_plain}.intersection(files.path)


def load_documents(
    workspace: Workspace, book: Book | None, now: datetime, progress: Progress = SILENT
) -> tuple[Documents, FilesAtRest]:
    """Load what may have moved since a book was written, and return the files that were left alone, too."""
    if book is None:
        return workspace.load(progress=progress), FilesAtRest()
    quiet = QuietFiles(workspace, book, _due(book, now), progress)
    return _load(workspace, book, quiet, progress), quiet.known


def _load(workspace: Workspace, book: Book, quiet: QuietFiles, progress: Progress) -> Documents:
    documents = workspace.load(quiet.leave_alone, progress)
    if not (quiet.known or quiet.numbers):
        return documents  # all of them
    asleep = [in_files(account.rests, quiet.known) for account in book.accounts.values()]
    names = set[str]().union(*(rests.name for rests in asleep))
    if not are_clear(documents, workspace, book, names):
        quiet.wake_all()
        return workspace.load(progress=progress)
    in_part = [in_files(account.rests, quiet.numbers) for account in book.accounts.values()]
    mentioned = offers_named_in(documents.documents) & names.union(*(rests.name for rests in in_part))
    if mentioned:
        for rests in (*asleep, *in_part):
            quiet.stir(rests.file[place] for place in places_of(rests.name, mentioned))
        documents = workspace.load(quiet.leave_alone, progress)
    return replace(documents, numbers_only=frozenset(quiet.numbers.path))


def _due(book: Book, now: datetime) -> set[str]:
    """Return the files of which a document says something else by now."""
    moment = now.timestamp()
    due = set[str]()
    for rests in (account.rests for account in book.accounts.values()):
        if any(rests.until):
            due.update(rests.file[place] for place, until in enumerate(rests.until) if until and until <= moment)
    return due


def wake(
    workspace: Workspace,
    awake: Awake,
    account: str,
    rests: Collection[Rest],
    images: Images,
    read: ReadSources | None,
    progress: Progress = SILENT,
) -> Resolved:
    """Load and resolve the documents of offers whose files were left alone, with all that has a say in them.

    `read` reads sources, as it did for what was loaded before. Raise StalePlan where one of the files has changed
    since it was looked at.
    """
    others = (one.source.path for one in awake.resolved.documents.documents if one.kind != OFFER)
    names = frozenset(one.name for one in rests)
    following = _following(awake.resolved) if awake.resolved.articles & names else ()
    asleep = awake.followers.of(names)  # these have a say in what is called like an article of theirs
    files = sorted({PROJECT_FILE, *others, *following, *asleep, *(one.file for one in rests)})
    seen = {path: digest for path, (_, digest) in awake.asleep.seen(files).items()}
    seen |= {path: workspace.read[path][1] for path in files if path in workspace.read and path not in seen}

    def loading() -> Documents:
        counted = in_steps(files, "reading documents", progress)
        return load((path, _unmoved(workspace, path, seen.get(path, ""))) for path in counted)

    return resolve_project(workspace, images, (account,), read, load=loading, progress=progress)


def _following(resolved: Resolved) -> Iterator[str]:
    """Yield the files of offers that follow a source: these have a say in all offers of their articles."""
    keys = {each.key for wanted in resolved.wanted for each in wanted.desired if each.sourced is not None}
    yield from (each.source.path for each in resolved.documents.of(OFFER) if each.key in keys)


def _unmoved(workspace: Workspace, path: str, digest: str) -> bytes:
    """Return the bytes of a file that was looked at before. Raise StalePlan where it has changed since."""
    data = workspace.content(path)
    if data is None or (digest and digest_of(data) != digest):
        raise StalePlan(f"{path} has changed while this plan was made", "plan again")
    return data
