"""`validate`: everything that can be known without the marketplace."""

from collections import Counter
from collections.abc import Collection, Container, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Documents
from reconciler.engine.resting import holds_until, valid_shape
from reconciler.engine.summed import SUMMED, summed, told_of
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.model.offers import OFFER, Desired, Key
from reconciler.model.plan import Problem
from reconciler.model.resting import Rest, Rests, RestShape, RestShapes, at_rest
from reconciler.model.tables import SourceRead
from reconciler.runtime.clock import WallClock
from reconciler.runtime.collector import collector_off
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.progress import SILENT, Progress
from reconciler.runtime.project.images import files_of
from reconciler.runtime.project.one_by_one import Judged, judge
from reconciler.runtime.project.resolve import Resolved
from reconciler.runtime.project.touched import Range, range_since
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import (
    NO_REST,
    NO_ROW,
    VALID_BOOK,
    AccountRests,
    Book,
    FilesAtRest,
    read_book,
    write_book,
)
from reconciler.runtime.rests.loading import Awake, concerned, load_awake, load_documents, rests_in
from reconciler.runtime.rests.ranged import load_range
from reconciler.runtime.rests.writing import book_of, can_be_kept

H = TypeVar("H", bound=Hashable)


class Online(Struct, frozen=True, kw_only=True):
    """What a check with the marketplace saw: the sources, the accounts that could not be checked, the requests."""

    sources: tuple[SourceRead, ...] = ()
    unchecked: Mapping[str, Problem] = field(default_factory=dict)
    requests: int = 0


class Validation(Struct, frozen=True, kw_only=True):
    """What was read, the keys of what was resolved, and every finding in reading order.

    `online` is None where the marketplace was not asked. `unread` are the offers of each account whose documents
    are as they were when they were found valid: nothing of them is in the documents. So many of them as `before`
    are among what was asked for. Of `not_selected` resources nothing is told: a git range does not touch them.
    """

    documents: Documents
    keys: tuple[Key, ...]
    diagnostics: tuple[Diagnostic, ...]
    online: Online | None = None
    unread: tuple[Rests, ...] = ()
    before: int = 0
    not_selected: int = 0

    @property
    def offers(self) -> int:
        """Return how many offers were checked, now or before."""
        return sum(each.kind == OFFER for each in self.keys) + self.before

    def kinds(self) -> Counter[str]:
        """Count the documents by their kinds."""
        kinds = Counter(document.kind for document in self.documents.written)
        unread = {each for rests in self.unread for each in zip(rests.file, rests.name, strict=True)}
        kinds.update({OFFER: len(unread)} if unread else {})
        return kinds


def validate(
    workspace: Workspace,
    accounts: Sequence[str] = (),
    changed_since: str = "",
    *,
    cached: bool = True,
    progress: Progress = SILENT,
) -> Validation:
    """Check syntax, grammar, references, templates, and the limits of each marketplace's spec.

    What was found valid and is as it was is not read again, unless it is not `cached`. With `changed_since`, a git
    revision, findings are told of what differs from it and what that has a say in.
    """
    cached = cached and workspace.is_as_it_lies
    with collector_off():
        if changed_since:
            return _of_range(workspace, accounts, range_since(workspace, changed_since), progress, cached=cached)
        if accounts or not workspace.is_as_it_lies:
            return _of_some(workspace, accounts, progress, cached=cached)
        return _of_all(workspace, progress, cached=cached)


def _of_some(workspace: Workspace, accounts: Sequence[str], progress: Progress, *, cached: bool) -> Validation:
    book = read_book(workspace.root, VALID_BOOK) if cached else None
    awake = load_awake(workspace, book, _no_images, None, WallClock().now(), progress, accounts)
    told = validation(awake.resolved, tuple(_said(awake, book)))
    return replace(told, unread=_unread(awake, book), before=_before(awake, book))


def _of_range(
    workspace: Workspace, accounts: Sequence[str], since: Range, progress: Progress, *, cached: bool
) -> Validation:
    book, now = read_book(workspace.root, VALID_BOOK) if cached else None, WallClock().now()

    def load(files: Collection[str]) -> Awake:
        return load_awake(workspace, book, _no_images, None, now, progress, accounts, files)

    found = load_range(workspace, book, since, load)
    if found is None:
        return _of_range(workspace, accounts, since, progress, cached=False)
    awake, touched = found.awake, found.touched
    concerned = tuple(each for each in _said(awake, book) if touched.concerns(each))
    told = validation(awake.resolved, (*concerned, *touched.notes), only=touched.keys)
    left = told.not_selected + _before(awake, book)
    return replace(told, unread=_unread(awake, book), not_selected=left)


def _no_images(_place: Place) -> Mapping[str, str]:
    return {}


def _unread(awake: Awake, book: Book | None) -> tuple[Rests, ...]:
    """Return what was left alone, of whichever account."""
    every = (awake.rests(book, name) for name in (book.accounts if book else ()))
    return tuple(each for each in every if len(each))


def _before(awake: Awake, book: Book | None) -> int:
    """Count what was left alone of the accounts that are asked for."""
    return sum(len(awake.rests(book, each.account.name)) for each in awake.resolved.wanted)


def _said(awake: Awake, book: Book | None) -> Iterator[Diagnostic]:
    """Yield the findings, with what is said of many counted in what was left alone, too."""
    yield from (each for each in awake.resolved.diagnostics if each.code not in SUMMED)
    for wanted in awake.resolved.wanted:
        rests = awake.rests(book, wanted.account.name)
        shapes = book.accounts[wanted.account.name].shapes if book and len(rests) else {}
        yield from summed(wanted.desired, wanted.spec, at_rest(rests, shapes).shares)


def _of_all(workspace: Workspace, progress: Progress, *, cached: bool) -> Validation:
    book = read_book(workspace.root, VALID_BOOK) if cached else None
    documents, asleep = load_documents(workspace, book, WallClock().now(), progress)
    paths = {(each.account, each.name): each.source.path for each in documents.of(OFFER)}
    judged = judge(workspace, documents, _Keeping(paths), progress)
    if book is not None and any(concerned(book, asleep, judged.articles)):
        return _of_all(workspace, progress, cached=False)
    unread = {each.name: rests_in(asleep, book, each.name) for each in judged.accounts}
    found = [each for each in judged.diagnostics if each.code not in SUMMED]
    for each in judged.accounts:
        shapes = book.accounts[each.name].shapes if book and len(unread[each.name]) else {}
        counts = Counter(share for one in each.kept for share in one.shape.shares)
        counts.update(at_rest(unread[each.name], shapes).shares)
        found.extend(told_of(counts, each.spec))
    told = replace(documents, diagnostics=judged.diagnostics)
    if can_be_kept(told, judged.articles):
        write_book(workspace.root, VALID_BOOK, _book(workspace, told, asleep, book, judged, unread, paths))
    return Validation(
        documents=documents,
        keys=tuple(one.key for each in judged.accounts for one in each.kept),
        diagnostics=in_reading_order(found),
        unread=tuple(each for each in unread.values() if len(each)),
        before=sum(map(len, unread.values())),
    )


class _Checked(NamedTuple):
    """What stays of a resource once it was checked.

    `rests`: it may be left at rest where nothing is said of it. `files` have a say in it besides its own.
    """

    key: Key
    rests: bool
    until: int
    shape: RestShape
    files: frozenset[str]


class _Keeping:
    """Says what stays of resources; what many have in common is there once."""

    def __init__(self, paths: Mapping[tuple[str | None, str], str]) -> None:
        self._paths = paths
        self._same: dict[Hashable, Any] = {}

    def __call__(self, desired: Desired) -> _Checked:
        own = self._paths.get((desired.key.account, desired.key.name), "")
        return _Checked(
            desired.key,
            _may_rest(desired),
            holds_until(desired),
            self._once(valid_shape(desired)),
            self._once(files_of(desired) - {own}),
        )

    def _once(self, value: H) -> H:
        found: H = self._same.setdefault(value, value)
        return found


def _book(
    workspace: Workspace,
    documents: Documents,
    asleep: FilesAtRest,
    before: Book | None,
    judged: Judged[_Checked],
    unread: Mapping[str, Rests],
    paths: Mapping[tuple[str | None, str], str],
) -> Book:
    """Return what is to be written down as valid: every offer of which nothing is said."""
    spoken_of = {(each.about.kind, each.about.name) for each in judged.diagnostics if each.about}
    checked: dict[tuple[str, str], _Checked] = {}
    accounts: dict[str, AccountRests] = {}
    for account in judged.accounts:
        name = account.name
        offers = {each.key.name: each for each in account.kept if each.rests}
        checked |= {(name, key): each for key, each in offers.items()}
        shapes = RestShapes.of(before.accounts[name].shapes if before and len(unread[name]) else {})
        new = [
            Rest(path, key, "", NO_ROW, "", "", each.until, shapes.number(each.shape), "", "")
            for key, each in offers.items()
            if (path := paths.get((name, key))) and (OFFER, key) not in spoken_of
        ]
        accounts[name] = AccountRests(
            site="", cache="", events=0, shapes=shapes.told(), rests=unread[name].with_more(new)
        )
    return book_of(
        workspace,
        documents,
        judged.articles,
        (),
        asleep,
        before,
        accounts,
        files_of=lambda *of: checked[of].files,
        rest_of=lambda _offers: NO_REST,
    )


def _may_rest(desired: Desired) -> bool:
    """Tell whether only the files of an offer say whether it is valid: not what rules of it ask of sources."""
    apart = desired.document or desired.moved_from or desired.item or desired.in_window
    return desired.key.kind == OFFER and not apart and desired.sourced is None


def validation(
    resolved: Resolved,
    found: Sequence[Diagnostic],
    online: Online | None = None,
    only: Container[Key] | None = None,
) -> Validation:
    """Return what was resolved, all of it or `only` what a range touches, with the findings on it."""
    every = tuple(each.key for wanted in resolved.wanted for each in wanted.desired)
    keys = every if only is None else tuple(each for each in every if each in only)
    return Validation(
        documents=resolved.documents,
        keys=keys,
        diagnostics=in_reading_order(found),
        online=online,
        not_selected=len(every) - len(keys),
    )
