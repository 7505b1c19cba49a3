"""Writing down what is at rest after a plan."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from posixpath import dirname

from msgspec import Struct
from msgspec.structs import replace

from reconciler.documents.checks import offers_named_in
from reconciler.documents.document import Document, Documents, folders_up
from reconciler.documents.kinds import DEFAULTS, OFFER
from reconciler.documents.numbers import cut
from reconciler.documents.source import FileText
from reconciler.engine.rules.fill import ANY_OFFER
from reconciler.model.resting import RowsRead
from reconciler.model.texts import looks
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import NO_REST, AccountRests, Book, FileAtRest, FilesAtRest
from reconciler.runtime.rests.files import are_in_doubt, named_in, names_of, structure_of
from reconciler.runtime.rests.followers import definitions_of
from reconciler.runtime.rests.loading import in_files

#: Which files have a say in an offer, by account and name.
FilesOf = Callable[[str, str], frozenset[str]]
#: The digest of all but the numbers of a file of these offers.
RestOf = Callable[[list[Document]], bytes]
_NONE: Mapping[str, RowsRead] = {}


class _Above(Struct):
    """What documents take anything in from, numbered: sets of the book before, and new ones."""

    workspace: Workspace
    defaults: Mapping[str, list[str]]
    sets: dict[tuple[str, ...], int]

    def number(self, path: str, files: Iterable[str]) -> int:
        """Return the number of what a file takes in: from what has a say in it, and what may have one any time."""
        near = (file for folder in folders_up(dirname(path)) for file in self.defaults.get(folder, ()))
        found = tuple(sorted({*files, *near} - {path}))
        return self.sets.setdefault(found, len(self.sets))


def book_of(
    workspace: Workspace,
    documents: Documents,
    articles: frozenset[str],
    woken: Iterable[Document],
    asleep: FilesAtRest,
    before: Book | None,
    accounts: Mapping[str, AccountRests],
    files_of: FilesOf,
    rest_of: RestOf,
    readings: Mapping[str, RowsRead] = _NONE,
) -> Book:
    """Return the book of what is at rest after a plan.

    `documents` are those that were loaded at first, `articles` those that any of them follows, `woken` the offers
    that were loaded then, and `asleep` the files that never were, or of which the numbers were read alone: these
    are as they were. `accounts` are the offers at rest, also of files that are not at rest as a whole: these are
    left out. `readings` are the sources as they were read.
    """
    resting = {name: frozenset(account.rests.name) for name, account in accounts.items()}
    defaults: dict[str, list[str]] = defaultdict(list)
    for each in documents.of(DEFAULTS):
        defaults[each.folder].append(each.source.path)
    above = _Above(workspace, defaults, {each: n for n, each in enumerate(before.above)} if before else {})
    new: dict[str, FileAtRest] = {}
    for path, offers in _offers_by_file(documents, woken).items():
        if all(each.name in resting.get(str(each.account), ()) for each in offers):
            said = frozenset().union(*(files_of(str(each.account), each.name) for each in offers))
            new[path] = FileAtRest(*workspace.read[path], above.number(path, said), rest_of(offers))
    files = asleep.with_more(new)
    used = {*files.above}
    sets = [each for each, number in above.sets.items() if number in used]
    place = {above.sets[each]: number for number, each in enumerate(sets)}
    if any(number != then for then, number in place.items()):
        files = replace(files, above=[place[each] for each in files.above])
    there = frozenset(files.path) if len(files) else frozenset()
    return Book(
        structure=structure_of(documents, workspace),
        named=named_in(documents),
        above=tuple(sets),
        inherited={path: _seen(workspace, path) for each in sets for path in each},
        files=files,
        names=frozenset(
            name for each in documents.of(OFFER) if each.source.path not in there for name in names_of(each)
        ),
        accounts={name: within(each, files) for name, each in accounts.items()},
        articles=articles,
        definitions=definitions_of(documents),
        readings=readings,
    )


def rest_in(source: FileText) -> bytes:
    """Return the digest of all but the numbers of a file; none where they cannot be read alone."""
    found = cut(source.data) if source.plain else None
    return found.rest if found else NO_REST


def _seen(workspace: Workspace, path: str) -> tuple[str, str]:
    """Return a file as this command has seen it, not as it is by now; what it has not seen is known by nothing."""
    return workspace.read.get(path) or workspace.taken.get(path, ("", ""))


def can_be_kept(documents: Documents, articles: Collection[str]) -> bool:
    """Tell whether it can be said at all of single files that they are at rest.

    `articles` are those that offers follow: with a table that says whose is which, each may be any offer's.
    """
    return not are_in_doubt(documents) and ANY_OFFER not in articles


def _offers_by_file(documents: Documents, woken: Iterable[Document]) -> dict[str, list[Document]]:
    """Return the offers of each file that has nothing else, nothing wrong, and no offer that others name.

    Nor one that looks as another does of which something is said: that may be what is said.
    """
    found: dict[str, list[Document]] = defaultdict(list)
    whole = (each for each in documents.of(OFFER) if each.source.path not in documents.numbers_only)
    for each in (*whole, *woken):
        found[each.source.path].append(each)
    mentioned = offers_named_in(documents.documents)
    spoilt = {each.source.path for each in documents.documents if each.kind != OFFER or each.name in mentioned}
    told = {each.mark.file for each in documents.diagnostics if each.mark}
    alike = {looks(name) for path in told for each in found.get(path, ()) for name in names_of(each)}
    every = chain.from_iterable(found.values()) if alike else ()
    spoilt |= told | {each.source.path for each in every if not alike.isdisjoint(map(looks, names_of(each)))}
    return {path: offers for path, offers in found.items() if path not in spoilt}


def within(account: AccountRests, files: FilesAtRest) -> AccountRests:
    """Return what is at rest of an account in these files only."""
    rests = in_files(account.rests, files)
    if rests is account.rests:
        dropped = []
    else:
        left = frozenset(rests.name)
        dropped = [each for each in account.rests if each.name not in left]
    used = {*rests.shape}
    return replace(
        account,
        besides={**account.besides, **{each.name: each.memory for each in dropped}},
        references=account.references if len(rests) else {},
        images=account.images if len(rests) else {},
        shapes={number: shape for number, shape in account.shapes.items() if number in used},
        others=account.others | {each.remote_id for each in dropped},
        rests=rests,
    )
