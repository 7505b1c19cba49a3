"""Which files of documents are as they were when all in them was at rest.

A file is left alone when its own content is the same, and that of all that its documents inherit from. What is not
left alone is read, and with it comes what says that the rest may not be left alone after all: another Defaults or
template, a new name that may be taken, something that is not declared any more.
"""

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from reconciler.documents.checks import parts_named_in
from reconciler.documents.document import Document, Documents
from reconciler.documents.kinds import DEFAULTS, OFFER, PROJECT, PROJECT_FILE, TEMPLATE, named_kinds, references
from reconciler.documents.numbers import cut
from reconciler.model.diagnostics import Severity
from reconciler.model.resting import places_of
from reconciler.model.texts import looks
from reconciler.runtime.progress import SILENT, Progress, in_steps
from reconciler.runtime.project.walk import FilesSeen
from reconciler.runtime.project.workspace import LeftAlone, Workspace
from reconciler.runtime.rests.book import Book, FilesAtRest

#: Kinds that other documents inherit from.
_ABOVE = frozenset({DEFAULTS, TEMPLATE})


class QuietFiles:
    """The files that a plan leaves alone (`known`), and those of which it reads the `numbers` alone, since the
    rest is as it was; each as it was at rest. Both grow smaller while reasons are found to look at some.

    `in_part`: numbers may be read alone.
    """

    def __init__(
        self,
        workspace: Workspace,
        book: Book,
        stirred: Iterable[str] = (),
        progress: Progress = SILENT,
        *,
        in_part: bool = True,
    ) -> None:
        self._workspace = workspace
        self._book = book
        self._stirred = set(stirred)
        self._progress = progress
        self._in_part = in_part
        self.known, self.numbers = FilesAtRest(), FilesAtRest()

    def leave_alone(self, seen: FilesSeen) -> Mapping[str, str]:
        """Return the files that need not be read, with their digests."""
        files = self._book.files
        now = dict(zip(seen.paths, seen.stamps, strict=True))
        stamps = [now.get(path) for path in files.path]
        same = [stamp == then != "" for stamp, then in zip(stamps, files.stamp, strict=True)]
        changed = [] if all(same) else [place for place, it_is in enumerate(same) if not it_is]
        for place in in_steps(changed, "looking into files", self._progress):
            same[place] = stamps[place] is not None and self._workspace.says(
                files.path[place], files.digest[place]
            )
        for place in places_of(files.path, self._stirred):
            same[place] = False
        moved = self._moved()
        if moved:
            same = [it_is and above not in moved for it_is, above in zip(same, files.above, strict=True)]
        rest = [place for place in changed if files.above[place] not in moved] if self._in_part else ()
        in_part = [place for place in rest if self._says_the_rest(place)]
        self.numbers = files.at(in_part)
        known = files.kept(same)
        if stamps != files.stamp:  # some were written anew, and say the same
            known = replace(known, stamp=[now[path] for path in known.path])
        self.known = known
        return known.digests()

    def _says_the_rest(self, place: int) -> bool:
        """Tell whether all but the numbers of a file that has changed is as it was: then these are read alone."""
        files, looked_into = self._book.files, self._workspace.looked_into
        path = files.path[place]
        if path in self._stirred or path not in looked_into:
            return False
        data, digest = looked_into[path]
        found = cut(data)
        if found is None or found.rest != files.rest_of(place):
            return False
        looked_into[path] = found.numbers, digest
        return True

    def stir(self, files: Iterable[str]) -> None:
        """Look at these, too, when files are left alone the next time."""
        self._stirred |= set(files)

    def wake_all(self) -> None:
        """Leave nothing alone."""
        self.known, self.numbers = FilesAtRest(), FilesAtRest()

    def _moved(self) -> set[int]:
        """Return the numbers of what is not as it was, of all that documents take anything in from."""
        then = self._book.inherited
        changed = {path for path, (stamp, digest) in then.items() if not self._is_same(path, stamp, digest)}
        changed |= self._workspace.shown_no_more(path for path in then if path not in changed)
        return {number for number, above in enumerate(self._book.above) if not changed.isdisjoint(above)}

    def _is_same(self, path: str, stamp: str, digest: str) -> bool:
        now = self._workspace.stamp(path)
        if not now == stamp != "" and self._workspace.digest_now(path) != digest:
            return False
        self._workspace.taken.setdefault(path, (now, digest))
        return True


def unmoved(book: Book | None) -> LeftAlone | None:
    """Return what tells which files are as a book has them, whatever they inherit from: for their digests only."""
    if book is None:
        return None
    files = book.files

    def as_they_were(seen: FilesSeen) -> Mapping[str, str]:
        now = dict(zip(seen.paths, seen.stamps, strict=True))
        rows = zip(files.path, files.stamp, files.digest, strict=True)
        return {path: digest for path, stamp, digest in rows if now.get(path) == stamp != ""}

    return as_they_were


def structure_of(documents: Documents, workspace: Workspace) -> str:
    """Return the digest of what documents inherit from, by place and name, and of the whole project file."""
    project = workspace.read.get(PROJECT_FILE, ("", ""))[1]
    told = sorted(
        (each.source.path, str(each.index), each.kind, each.name, str(each.account))
        for each in documents.documents
        if each.kind in _ABOVE or each.kind == PROJECT
    )
    return hashlib.blake2b(repr((project, told)).encode(), digest_size=16).hexdigest()


def named_in(documents: Documents) -> frozenset[str]:
    """Return the things that have documents and are no offers: kind, name and account as one text each."""
    kinds = named_kinds()
    return frozenset(
        f"{each.kind} {each.account} {each.name}"
        for each in documents.documents
        if each.kind in kinds and each.kind != OFFER
    )


def _may_be_meant(things: Iterable[str]) -> bool:
    """Tell whether offers refer to things of one of these kinds: a slip in the name of a new one shows in them."""
    kinds = {kind for _, kind in references()}
    return any(each.partition(" ")[0] in kinds for each in things)


def names_of(document: Document) -> tuple[str, ...]:
    """Return what an offer is called, and known as, in its documents."""
    return (document.name, document.sku) if document.sku else (document.name,)


def are_in_doubt(documents: Documents) -> bool:
    """Tell whether nothing can be said of single files: what is wrong is wrong with more than one offer,
    or whom Defaults mean shows in all documents together.
    """
    errors = (each for each in documents.diagnostics if each.severity is Severity.ERROR)
    wrong = any(each.about is None or each.about.kind != OFFER for each in errors)
    return wrong or bool(documents.fatal) or chooses_by_labels(documents)


def chooses_by_labels(documents: Documents) -> bool:
    """Tell whether Defaults choose by labels: whom they mean shows in all documents together."""
    return any("match" in each.body for each in documents.of(DEFAULTS))


def are_clear(documents: Documents, workspace: Workspace, book: Book, asleep: AbstractSet[str]) -> bool:
    """Tell whether what was read leaves the rest as it was.

    `asleep` are the names of the offers that were not read. A name that was not there before may look like any of
    them.
    """
    if are_in_doubt(documents):
        return False
    named, before = named_in(documents), book.named
    if (
        structure_of(documents, workspace) != book.structure
        or not before <= named
        or _may_be_meant(named - before)
    ):
        return False
    names = {name for each in documents.of(OFFER) for name in names_of(each)}
    left_out = {name for each in documents.unusable for name in each.names}
    parts = parts_named_in(documents.documents)
    taken = not asleep.isdisjoint(names | left_out) or any(each.adopt for each in documents.unusable)
    if taken or not (parts <= names or parts <= names | asleep):
        return False
    new = (names | left_out) - book.names
    for account in book.accounts.values() if new else ():
        new -= set(account.rests.name)
    if not new:
        return True
    seen = {looks(each) for each in asleep}
    return not any(looks(each) in seen for each in new)
