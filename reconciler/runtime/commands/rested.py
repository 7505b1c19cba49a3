"""What a plan leaves alone since nothing has moved, and what it writes down for the next one.

A book is read where a plan asks for all that is declared, now. It only says which documents and offers need not be
looked at: what a plan comes to is the same without it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.document import Document
from reconciler.engine.memory import Recollection
from reconciler.engine.stock import START
from reconciler.engine.summed import SUMMED, summed
from reconciler.model.diagnostics import Diagnostic, has_errors, in_reading_order
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.resting import Rest
from reconciler.runtime.clock import WallClock
from reconciler.runtime.commands.resolving import is_broken, known_images, load
from reconciler.runtime.connection.session import Session
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.observe.noting import Noting
from reconciler.runtime.observe.resting import Sleepers, whereabouts
from reconciler.runtime.observe.snapshot import Observed
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.earlier import KeptReadings
from reconciler.runtime.project.images import files_of
from reconciler.runtime.project.resolve import ReadSources, Resolved
from reconciler.runtime.project.selection import declares_all, mistakes, only
from reconciler.runtime.project.touched import Touched, range_since
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import (
    NO_REST,
    RESTS_BOOK,
    AccountRests,
    Book,
    FilesAtRest,
    read_book,
    write_book,
)
from reconciler.runtime.rests.chosen import chosen_files
from reconciler.runtime.rests.followers import readings_of
from reconciler.runtime.rests.loading import Awake, Images, in_files, load_awake, wake
from reconciler.runtime.rests.ranged import load_range
from reconciler.runtime.rests.writing import book_of, can_be_kept, rest_in, within

#: What narrows a plan, and leaves what it does not mean at rest.
_SOME: Mapping[str, Any] = {
    "accounts": (),
    "targets": (),
    "files": (),
    "select": {},
    "only": frozenset(),
    "changed_since": "",
}
_NOTHING_KNOWN = AccountRests(site="", cache="", events=0)


def asks_as_of_now(workspace: Workspace, options: PlanOptions) -> bool:
    """Tell whether a plan is of what is declared, as it lies there and as it holds now: all of it, or some.

    Whatever else is asked for, by an option that there will be one day, too, is answered without a book.
    """
    refresh = "auto" if options.refresh == "list" else options.refresh
    is_plain = replace(options, cached=True, kept=False, allow={}, refresh=refresh, **_SOME) == PlanOptions()
    return workspace.is_as_it_lies and is_plain and START not in options.allow


class _Woken(Struct, frozen=True):
    """What was loaded of an account since something else than its documents had moved."""

    account: str
    files: frozenset[str]
    resolved: Resolved


class Resting(Struct):
    """The book of one plan: what it is told by it, and what it will write.

    `narrowed`: of what is at rest nothing was asked; with `only`, these modules are. Without `writes` a plan has
    not looked as one does that says what is at rest. `touched` is what a range touches, where one was named.
    """

    workspace: Workspace
    images: Images
    progress: Progress
    read: ReadSources | None
    book: Book | None
    awake: Awake
    narrowed: bool = False
    only: frozenset[Module] = frozenset()
    writes: bool = True
    touched: Touched | None = None
    _woken: list[_Woken] = field(default_factory=list)
    _accounts: dict[str, AccountRests] = field(default_factory=dict)

    def sleepers(self, account: str) -> Sleepers:
        """Return the offers of an account that may stay at rest."""
        known, rests = self._asked_for(account), self.awake.rests(self.book, account)
        numbers = frozenset(in_files(rests, self.awake.numbers).name)
        return Sleepers(
            known=known,
            rests=rests,
            wake=lambda some: self._wake(account, some),
            in_order=lambda some: self._in_order(account, some),
            numbers=numbers,
            narrowed=self.narrowed,
            only=self.only,
        )

    def apart(self, account: str) -> Sleepers | None:
        """Return offers at rest of an account for who only tells them apart; None where nobody knows of any."""
        return replace(self.sleepers(account), narrowed=True) if self.book else None

    def _asked_for(self, account: str) -> AccountRests:
        """Return what was noted of an account; of references those that the modules have which are asked for."""
        known = self._before(account)
        if not self.only:
            return known
        spec = next(each.spec for each in self.awake.resolved.wanted if each.account.name == account)
        kinds = {each.refers for each in spec.kinds[OFFER].fields.values() if each.module in self.only}
        named = {kind: labels for kind, labels in known.references.items() if kind in kinds}
        return replace(known, references=named)

    def modules(self) -> frozenset[Module]:
        """Return the modules that offers at rest declare."""
        known = ((self._before(each.account.name), each.account.name) for each in self.awake.resolved.wanted)
        rests = ((account, self.awake.rests(self.book, name)) for account, name in known)
        shapes = (account.shapes[number] for account, some in rests for number in {*some.shape})
        return frozenset(Module(each) for shape in shapes for each in shape.modules("equal", "off"))

    def _before(self, account: str) -> AccountRests:
        return self.book.accounts.get(account, _NOTHING_KNOWN) if self.book else _NOTHING_KNOWN

    def _wake(self, account: str, rests: Collection[Rest]) -> tuple[Desired, ...]:
        resolved = wake(self.workspace, self.awake, account, rests, self.images, self.read, self.progress)
        self._woken.append(_Woken(account, frozenset(each.file for each in rests), resolved))
        names = {each.name for each in rests}
        woken = (each for each in _offers(resolved, account) if each.key.name in names)
        return tuple(only(each, self.only) if self.only else each for each in woken)

    def _in_order(self, account: str, desired: Iterable[Desired]) -> tuple[Desired, ...]:
        """Return what is desired of an account as its documents lie there, whenever they were loaded."""
        every = [each for resolved in self._loaded(account) for each in resolved.documents.documents]
        documents = [each for each in every if each.account in (account, None)]
        named = {each.source.path for each in documents}
        files = {path: number for number, path in enumerate(self.workspace.paths) if path in named}
        places = {(each.kind, each.name): (files.get(each.source.path, 0), each.index) for each in documents}
        return tuple(
            sorted(desired, key=lambda each: places.get((each.key.kind, each.document or each.key.name), (0, 0)))
        )

    def resolved(self) -> list[Resolved]:
        """Return all that was resolved, what was loaded last at the end."""
        return [self.awake.resolved, *(each.resolved for each in self._woken)]

    def _loaded(self, account: str) -> list[Resolved]:
        return [self.awake.resolved, *(each.resolved for each in self._woken if each.account == account)]

    def note(self, opened: Session, observed: Observed, quiet: Iterable[tuple[Desired, Live]]) -> None:
        """Note what of an account is at rest."""
        if not self.writes:
            return
        account = opened.account.name
        noting = Noting.of(self.workspace, opened, observed, self._before(account), self._files(account))
        new = [*noting.rests(quiet)] if observed.snapshot.complete else []
        new += observed.numbers  # as they were: their documents are others, perhaps for a time
        listed = {each.remote_id for each in observed.snapshot.live if each.kind == OFFER}
        rests, looked = observed.resting.with_more(new), observed.looked
        self._accounts[account] = AccountRests(
            site=whereabouts(opened),
            cache=looked.cache,
            events=looked.events,
            memory=looked.memory.mark,
            besides=looked.memory.besides(rests),
            references=noting.references,
            images=noting.images,
            shapes=noting.shapes.told(),
            others=frozenset(listed - {each.remote_id for each in new}),
            stretches=looked.stretches,
            rests=rests,
        )

    def _files(self, account: str) -> dict[str, str]:
        """Return the file of each offer that was loaded, by name."""
        return {
            each.name: each.source.path
            for resolved in self._loaded(account)
            for each in resolved.documents.of(OFFER)
            if each.account == account
        }

    def summed(self, account: str, observed: Observed) -> tuple[Diagnostic, ...]:
        """Say what all documents of an account have shares in."""
        wanted = next(each for each in self.awake.resolved.wanted if each.account.name == account)
        return summed((*wanted.desired, *observed.woken), wanted.spec, observed.at_rest.shares)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what is found in all documents: in those that were left alone as well, what is said of many."""
        resolved = self.awake.resolved
        yield from (each for each in resolved.diagnostics if each.code not in SUMMED)
        for wanted in resolved.wanted:
            sleepers = self.sleepers(wanted.account.name)
            yield from summed(wanted.desired, wanted.spec, sleepers.counted(sleepers.rests).shares)

    def write(self) -> None:
        """Write the book, where one can be kept."""
        documents, articles = self.awake.resolved.documents, self.awake.articles()
        if not self.writes or not can_be_kept(documents, articles):
            return
        stirred = {file for each in self._woken for file in each.files}
        in_part = self._woken_in_part(stirred)
        woken = {
            (each.account, each.name): each
            for part in self._woken
            for each in part.resolved.documents.of(OFFER)
            if each.source.path in part.files - in_part
        }
        self.workspace.read |= self.awake.asleep.seen(stirred)
        desired = {(name, each.key.name): each for name, each in self._desired()}
        unseen = self.book.accounts.keys() - self._accounts.keys() if self.book else ()
        asleep = self.awake.left_alone(stirred)
        # Of an account that could not be seen there is what it had before.
        accounts = {**{name: within(self._before(name), asleep) for name in unseen}, **self._accounts}
        made = book_of(
            self.workspace,
            documents,
            articles,
            woken.values(),
            asleep,
            self.book,
            {name: accounts[name] for name in documents.project.accounts if name in accounts},
            lambda *of: files_of(desired[of]),
            lambda offers: _rest_of(offers, desired),
            readings_of(self.awake.resolved.sources, self.awake.resolved.tables),
        )
        write_book(self.workspace.root, RESTS_BOOK, made)

    def _woken_in_part(self, stirred: Collection[str]) -> set[str]:
        """Return the files of which one account's offers were loaded, and of another's only the numbers."""
        woken = {(part.account, each.name) for part in self._woken for each in part.resolved.documents.of(OFFER)}
        files = self.awake.numbers
        return {
            file
            for account in (self.book.accounts if self.book and files and stirred else ())
            for file, name in self._rests_in(account, files)
            if file in stirred and (account, name) not in woken
        }

    def _rests_in(self, account: str, files: FilesAtRest) -> Iterator[tuple[str, str]]:
        rests = in_files(self._before(account).rests, files)
        return zip(rests.file, rests.name, strict=True)

    def _desired(self) -> Iterator[tuple[str, Desired]]:
        for name in self._accounts:
            for resolved in self._loaded(name):
                yield from ((name, each) for each in _offers(resolved, name))


def _rest_of(offers: list[Document], desired: Mapping[tuple[str, str], Desired]) -> bytes:
    """Return the digest of all but the numbers of a file, unless a text is written that may be about these."""
    written = any(desired[str(each.account), each.name].written for each in offers)
    return NO_REST if written else rest_in(offers[0].source)


def _offers(resolved: Resolved, account: str) -> Iterator[Desired]:
    for part in resolved.wanted:
        if part.account.name == account:
            yield from (each for each in part.desired if each.key.kind == OFFER)


def begun(
    workspace: Workspace,
    options: PlanOptions,
    progress: Progress,
    read: ReadSources | None,
    *,
    in_part: bool = True,
) -> Resting | None:
    """Load and resolve what may have moved, and what is named; None where a plan has to look at everything.

    Without `read`, what comes from sources is left out; with `in_part`, numbers may be read alone. BadDocuments as
    when all is loaded.
    """
    if not asks_as_of_now(workspace, options):
        return None
    book = read_book(workspace.root, RESTS_BOOK) if options.cached else None
    narrowed = bool(options.changed_since) or not declares_all(options)
    chosen = chosen_files(book, options) if narrowed and book else frozenset()
    images, now = known_images(workspace), WallClock().now()
    read = KeptReadings(read) if read is not None else None  # what is looked at again is decided by the same rows
    may_follow = read is not None and not options.changed_since  # a range may touch the rows themselves

    def load(files: Collection[str] = frozenset()) -> Awake:
        some = chosen.union(files)
        return load_awake(
            workspace,
            book,
            images,
            read,
            now,
            progress,
            options.accounts,
            some,
            in_part=in_part,
            may_follow=may_follow,
        )

    found = None
    if options.changed_since:
        ranged = load_range(workspace, book, range_since(workspace, options.changed_since), load)
        if ranged is None:
            return None
        awake, found = ranged.awake, ranged.touched
    else:
        awake = load()
    writes = not narrowed and not options.only and options.refresh == "auto"
    resting = Resting(workspace, images, progress, read, book, awake, narrowed, options.only, writes, found)
    if book and mistakes((each.desired for each in awake.resolved.wanted), options, resting.modules):
        return None  # what is wrong with the names is told of all that there are
    if is_broken(awake.resolved):
        raise BadDocuments(in_reading_order(awake.resolved.diagnostics))
    return resting


def load_some(
    workspace: Workspace, options: PlanOptions, progress: Progress, read: ReadSources | None = None
) -> tuple[Resolved, Resting | None]:
    """Load what options name and what is not at rest, each file as a whole; all of it where they name nothing.

    BadDocuments for any mistake. Without `read`, what comes from sources is left out.
    """
    if declares_all(options):
        return load(workspace, progress, options.accounts, read), None
    return load_stirred(workspace, replace(options, only=frozenset()), progress, read)


def load_stirred(
    workspace: Workspace, options: PlanOptions, progress: Progress, read: ReadSources | None = None
) -> tuple[Resolved, Resting | None]:
    """Do the same where nothing is looked for in what is at rest, also where options name nothing of it."""
    resting = begun(workspace, options, progress, read, in_part=False)
    if resting is None:
        return load(workspace, progress, options.accounts, read), None
    resolved = resting.awake.resolved
    if has_errors(resolved.diagnostics):
        raise BadDocuments(in_reading_order(resting.diagnostics()))
    return resolved, resting


def remembered_of(opened: Session, desired: Iterable[Desired], observed: Observed) -> Recollection:
    """Return what is remembered: all of it, or all but what is at rest."""
    ledger, place = opened.ledger, opened.place
    if not len(observed.resting):
        return Recollection(baselines=ledger.baselines(place), managed=ledger.managed(place))
    managed = ledger.managed_but(place, OFFER, observed.looked.memory.besides(observed.resting))
    keys = {*managed, *(key for each in desired for key in _keys_of(each))}
    return Recollection(baselines=ledger.baselines_of(place, keys), managed=managed)


def _keys_of(desired: Desired) -> Iterator[Key]:
    yield desired.key
    if desired.moved_from:
        yield desired.key._replace(name=desired.moved_from)
