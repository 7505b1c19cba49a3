"""`validate`: everything that can be known without the marketplace."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Documents
from reconciler.engine.resting import holds_until, valid_shape
from reconciler.engine.summed import SUMMED, summed
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.model.offers import OFFER, Desired, Key
from reconciler.model.plan import Problem
from reconciler.model.resting import Rest, Rests, RestShapes, at_rest
from reconciler.model.tables import SourceRead
from reconciler.runtime.clock import WallClock
from reconciler.runtime.progress import SILENT, Progress
from reconciler.runtime.project.images import files_of
from reconciler.runtime.project.resolve import Resolved, resolve_project
from reconciler.runtime.project.touched import touched
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import NO_ROW, VALID_BOOK, AccountRests, Book, read_book, write_book
from reconciler.runtime.rests.loading import Awake, load_awake
from reconciler.runtime.rests.writing import book_of, can_be_kept


class Online(Struct, frozen=True, kw_only=True):
    """What a check with the marketplace saw: the sources, the accounts that could not be checked, the requests."""

    sources: tuple[SourceRead, ...] = ()
    unchecked: Mapping[str, Problem] = field(default_factory=dict)
    requests: int = 0


class Validation(Struct, frozen=True, kw_only=True):
    """What was read, what is desired, and every finding in reading order.

    `online` is None where the marketplace was not asked. `unread` are the offers of each account whose documents
    are as they were when they were found valid: nothing of them is in the documents. Of `not_selected` resources
    nothing is told: a git range does not touch them.
    """

    documents: Documents
    desired: tuple[Desired, ...]
    diagnostics: tuple[Diagnostic, ...]
    online: Online | None = None
    unread: tuple[Rests, ...] = ()
    not_selected: int = 0

    @property
    def offers(self) -> int:
        """Return how many offers were checked, now or before."""
        return sum(each.key.kind == OFFER for each in self.desired) + sum(map(len, self.unread))

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
    if changed_since:
        resolved = resolve_project(workspace, asked=accounts, progress=progress)
        found = touched(workspace, resolved, changed_since)
        concerned = tuple(each for each in resolved.diagnostics if found.concerns(each))
        return validation(resolved, (*concerned, *found.notes), only=found.keys)
    return _of_all(workspace, accounts, progress, cached=cached)


def _of_all(workspace: Workspace, accounts: Sequence[str], progress: Progress, *, cached: bool) -> Validation:
    if accounts or not workspace.is_as_it_lies:
        resolved = resolve_project(workspace, asked=accounts, progress=progress)
        return validation(resolved, resolved.diagnostics)
    book = read_book(workspace.root, VALID_BOOK) if cached else None
    awake = load_awake(workspace, book, lambda _place: {}, None, WallClock().now(), progress)
    unread = {each.account.name: awake.rests(book, each.account.name) for each in awake.resolved.wanted}
    _keep(workspace, book, awake, unread)
    found = [each for each in awake.resolved.diagnostics if each.code not in SUMMED]
    for wanted in awake.resolved.wanted:
        name = wanted.account.name
        before = at_rest(unread[name], book.accounts[name].shapes).shares if book and len(unread[name]) else {}
        found.extend(summed(wanted.desired, wanted.spec, before))
    return replace(validation(awake.resolved, found), unread=tuple(each for each in unread.values() if len(each)))


def _keep(workspace: Workspace, before: Book | None, awake: Awake, unread: Mapping[str, Rests]) -> None:
    """Write down what is valid: every offer of which nothing is said."""
    documents = replace(awake.resolved.documents, diagnostics=awake.resolved.diagnostics)
    if not can_be_kept(documents):
        return
    spoken_of = {(each.about.kind, each.about.name) for each in awake.resolved.diagnostics if each.about}
    desired: dict[tuple[str, str], Desired] = {}
    accounts: dict[str, AccountRests] = {}
    for wanted in awake.resolved.wanted:
        name = wanted.account.name
        offers = {e.key.name: e for e in wanted.desired if _may_rest(e)}
        files = {each.name: each.source.path for each in documents.of(OFFER) if each.account == name}
        desired |= {(name, key): each for key, each in offers.items()}
        shapes = RestShapes.of(before.accounts[name].shapes if before and len(unread[name]) else {})
        new = [
            Rest(files[key], key, "", NO_ROW, "", "", holds_until(each), shapes.number(valid_shape(each)))
            for key, each in offers.items()
            if key in files and (OFFER, key) not in spoken_of
        ]
        accounts[name] = AccountRests(
            site="", cache="", events=0, shapes=shapes.told(), rests=unread[name].with_more(new)
        )
    made = book_of(workspace, documents, (), awake.asleep, before, accounts, lambda *of: files_of(desired[of]))
    write_book(workspace.root, VALID_BOOK, made)


def _may_rest(desired: Desired) -> bool:
    """Tell whether only the files of an offer say whether it is valid: not what rules of it ask of sources."""
    simple = not desired.document and not desired.moved_from and desired.sourced is None
    return desired.key.kind == OFFER and simple


def validation(
    resolved: Resolved,
    found: Sequence[Diagnostic],
    online: Online | None = None,
    only: Container[Key] | None = None,
) -> Validation:
    """Return what was resolved, all of it or `only` what a range touches, with the findings on it."""
    every = tuple(each for wanted in resolved.wanted for each in wanted.desired)
    desired = every if only is None else tuple(each for each in every if each.key in only)
    return Validation(
        documents=resolved.documents,
        desired=desired,
        diagnostics=in_reading_order(found),
        online=online,
        not_selected=len(every) - len(desired),
    )
