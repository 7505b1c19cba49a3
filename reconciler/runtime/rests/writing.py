"""Writing down what is at rest after a plan."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from posixpath import dirname

from reconciler.documents.checks import offers_named_in
from reconciler.documents.document import Document, Documents, folders_up
from reconciler.documents.kinds import DEFAULTS, OFFER
from reconciler.model.resting import Rest
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import AccountRests, Book, QuietFile
from reconciler.runtime.rests.files import chooses_by_labels, content_of, named_in, structure_of

#: Which files have a say in an offer, by account and name.
FilesOf = Callable[[str, str], frozenset[str]]


@dataclass(slots=True)
class _Above:
    """What documents inherit from, numbered: of the book before, and what is new. Who is not used makes room."""

    workspace: Workspace
    documents: Documents
    sets: list[Mapping[str, str]]
    _known: dict[frozenset[str], int] = field(default_factory=dict)
    _defaults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _digests: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for each in self.documents.of(DEFAULTS):
            self._defaults[each.folder].append(each.source.path)

    def number(self, path: str, files: Iterable[str]) -> int:
        """Return the number of what a file inherits from: what has a say in it, and what may have one any time."""
        folders = folders_up(dirname(path))
        inherited = frozenset(
            {*files, *(file for folder in folders for file in self._defaults.get(folder, ()))} - {path}
        )
        if inherited not in self._known:
            self._known[inherited] = self._add({file: self._digest(file) for file in sorted(inherited)})
        return self._known[inherited]

    def _add(self, told: Mapping[str, str]) -> int:
        if told in self.sets:
            return self.sets.index(told)
        self.sets.append(told)
        return len(self.sets) - 1

    def _digest(self, file: str) -> str:
        if file not in self._digests:
            read = self.workspace.read.get(file)
            self._digests[file] = read[1] if read else content_of(self.workspace, file)
        return self._digests[file]


def book_of(
    workspace: Workspace,
    documents: Documents,
    woken: Iterable[Document],
    asleep: Mapping[str, QuietFile],
    before: Book | None,
    accounts: Mapping[str, AccountRests],
    files_of: FilesOf,
) -> Book:
    """Return the book of what is at rest after a plan.

    `documents` are those that were loaded at first, `woken` the offers that were loaded then, and `asleep` the
    files that never were. `accounts` are the offers at rest, also of files that are not at rest as a whole: these
    are left out.
    """
    resting = {(name, each.name) for name, account in accounts.items() for each in account.rests}
    above = _Above(workspace, documents, list(before.above) if before else [])
    files = dict(asleep)
    for path, offers in _offers_by_file(documents, woken).items():
        if all((each.account, each.name) in resting for each in offers):
            said = frozenset().union(*(files_of(str(each.account), each.name) for each in offers))
            stamp, digest = workspace.read[path]
            files[path] = QuietFile(stamp, digest, above.number(path, said))
    used = {each.above for each in files.values()}
    return Book(
        structure=structure_of(documents, workspace),
        named=named_in(documents),
        above=tuple(each if number in used else {} for number, each in enumerate(above.sets)),
        files=files,
        names=frozenset(each.name for each in documents.of(OFFER) if each.source.path not in files),
        accounts={name: _within(each, files) for name, each in accounts.items()},
    )


def can_be_kept(documents: Documents) -> bool:
    """Tell whether it can be said at all of single files that they are at rest."""
    return not documents.fatal and not documents.unusable and not chooses_by_labels(documents)


def _offers_by_file(documents: Documents, woken: Iterable[Document]) -> dict[str, list[Document]]:
    """Return the offers of each file that has nothing else, nothing wrong, and no offer that others name."""
    found: dict[str, list[Document]] = defaultdict(list)
    for each in (*documents.of(OFFER), *woken):
        found[each.source.path].append(each)
    mentioned = offers_named_in(documents.documents)
    spoilt = {each.source.path for each in documents.documents if each.kind != OFFER or each.name in mentioned}
    spoilt |= {each.mark.file for each in documents.diagnostics if each.mark}
    return {path: offers for path, offers in found.items() if path not in spoilt}


def _within(account: AccountRests, files: Mapping[str, QuietFile]) -> AccountRests:
    rests = tuple(each for each in account.rests if each.file in files)
    used = {each.shape for each in rests}
    shapes = {number: shape for number, shape in account.shapes.items() if number in used}
    others = account.others | {each.remote_id for each in account.rests if each.file not in files}
    return AccountRests(
        site=account.site,
        cache=account.cache,
        events=account.events,
        references=account.references if rests else {},
        shapes=shapes,
        others=others,
        rests=rests,
    )


def rests_of(account: AccountRests) -> dict[str, Rest]:
    """Return the offers at rest of an account by their names."""
    return {each.name: each for each in account.rests}
