"""Which files of documents are as they were when all in them was at rest.

A file is left alone when its own content is the same, and that of all that its documents inherit from. What is not
left alone is read, and with it comes what says that the rest may not be left alone after all: another Defaults or
template, a new name that may be taken, something that is not declared any more.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from posixpath import dirname

from reconciler.documents.document import Document, Documents, folders_up
from reconciler.documents.kinds import DEFAULTS, OFFER, PROJECT, TEMPLATE, named_kinds
from reconciler.model.texts import looks
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import FileSeen, Workspace, digest_of
from reconciler.runtime.rests.book import Book, QuietFile

#: Kinds that other documents inherit from.
_ABOVE = frozenset({DEFAULTS, TEMPLATE})


class QuietFiles:
    """The files that a plan leaves alone; it grows smaller while reasons are found to look at some."""

    def __init__(self, workspace: Workspace, book: Book, stirred: Iterable[str] = ()) -> None:
        self._workspace = workspace
        self._book = book
        self._stirred = set(stirred)
        self.known: dict[str, QuietFile] = {}

    def leave_alone(self, seen: Sequence[FileSeen]) -> Mapping[str, str]:
        """Return the files that need not be read, with their digests."""
        files = self._book.files
        known = {path: there for path, stamp in seen if (there := files.get(path)) and there.stamp == stamp != ""}
        for path, stamp in seen:
            there = files.get(path)
            if there is not None and path not in known and path not in self._stirred:
                data = self._workspace.content(path)
                if data is not None and digest_of(data) == there.digest:
                    known[path] = there._replace(stamp=stamp)
        for path in self._stirred:
            known.pop(path, None)
        if moved := {number for number, above in enumerate(self._book.above) if not self._is_same(above)}:
            known = {path: there for path, there in known.items() if there.above not in moved}
        self.known = known
        return {path: there.digest for path, there in known.items()}

    def only(self, stirred: frozenset[str]) -> Callable[[Sequence[FileSeen]], Mapping[str, str]]:
        """Return how to leave all alone but these, and what was read each time."""
        return lambda seen: {path: "" for path, _ in seen if path in self.known and path not in stirred}

    def _is_same(self, above: Mapping[str, str]) -> bool:
        return all(_content(self._workspace, path) == digest for path, digest in above.items())


def _content(workspace: Workspace, path: str) -> str:
    """Return the digest of a file that documents inherit from: a document or a content template."""
    data = workspace.content(path)
    return "" if data is None else digest_of(data)


def above_of(documents: Documents, path: str, files: Iterable[str]) -> list[str]:
    """Return what a file's documents inherit from: what has a say in them, and what may have one any time."""
    folders = set(folders_up(dirname(path)))
    defaults = (each.source.path for each in documents.of(DEFAULTS) if each.folder in folders)
    return sorted({*files, *defaults} - {path})


def digests_of(workspace: Workspace, paths: Iterable[str]) -> dict[str, str]:
    """Return the digests of files that documents inherit from."""
    return {path: workspace.read[path][1] if path in workspace.read else _content(workspace, path) for path in paths}


def structure_of(documents: Documents) -> str:
    """Return the digest of what documents inherit from, by place and name, and of the whole project file."""
    told = sorted(
        (each.source.path, str(each.index), each.kind, each.name, str(each.account))
        for each in documents.documents
        if each.kind in _ABOVE or each.kind == PROJECT
    )
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def named_in(documents: Documents) -> frozenset[str]:
    """Return the things that have documents and are no offers: kind, name and account as one text each."""
    kinds = named_kinds()
    return frozenset(
        f"{each.kind} {each.account} {each.name}"
        for each in documents.documents
        if each.kind in kinds and each.kind != OFFER
    )


def chooses_by_labels(documents: Documents) -> bool:
    """Tell whether Defaults choose by labels: whom they mean shows in all documents together."""
    return any("match" in each.body for each in documents.of(DEFAULTS))


def offer_name(each: Document) -> str:
    """Return account and name of an offer's document as one text."""
    return f"{each.account} {each.name}"


def are_clear(documents: Documents, book: Book, asleep: Callable[[], Iterable[str]]) -> bool:
    """Tell whether what was read leaves the rest as it was.

    `asleep` are the names of the offers that were not read; they are asked for where there are new names.
    """
    if documents.fatal or documents.unusable or chooses_by_labels(documents):
        return False
    if structure_of(documents) != book.structure or not book.named <= named_in(documents):
        return False
    new = {offer_name(each) for each in documents.of(OFFER)} - book.names
    if not new:
        return True
    seen = {looks(each) for each in asleep()}
    return not any(looks(each) in seen for each in new)
