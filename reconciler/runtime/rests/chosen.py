"""Which files at rest the flags of a narrowed command may mean: these are looked at all the same."""

from collections.abc import Callable, Container, Iterator, Mapping
from itertools import compress

from reconciler.model.offers import OFFER, Key
from reconciler.model.resting import labelled
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.project.selection import WILD, is_target, lies_in
from reconciler.runtime.rests.book import Book


def chosen_files(book: Book, options: PlanOptions) -> frozenset[str]:
    """Return the files of which an offer is a target or has the labels, and those that lie in a named file or
    inherit from it.

    Also where several are named, and only what is in all is planned: each flag has to name something by itself.
    """
    labelled_so = _with_labels(book, options.select) if options.select else ()
    in_files = _of_files(book, lambda path: _is_in(path, options.files)) if options.files else ()
    return frozenset((*_of_targets(book, options.targets), *in_files, *labelled_so))


def touched_files(book: Book, files: Container[str]) -> frozenset[str]:
    """Return those that are among these files, or inherit from one."""
    return frozenset(_of_files(book, lambda path: path in files))


def _of_targets(book: Book, targets: tuple[str, ...]) -> Iterator[str]:
    is_meant = _is_meant(targets)
    for account in book.accounts.values() if targets else ():
        rests = account.rests
        yield from (file for file, name in zip(rests.file, rests.name, strict=True) if is_meant(name))


def _is_meant(targets: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what tells whether an offer of a name is a target: names without wildcards are looked up."""
    plain = {each for each in targets if not any(sign in each for sign in WILD)}
    patterns = [each for each in targets if each not in plain]

    def is_meant(name: str) -> bool:
        key = Key("", OFFER, name)
        return name in plain or str(key) in plain or any(is_target(key, each) for each in patterns)

    return is_meant


def _with_labels(book: Book, labels: Mapping[str, str]) -> Iterator[str]:
    for rests in (account.rests for account in book.accounts.values()):
        yield from compress(rests.file, labelled(rests.labels, labels))


def _of_files(book: Book, is_meant: Callable[[str], bool]) -> Iterator[str]:
    above = {number for number, each in enumerate(book.above) if any(map(is_meant, each))}
    for path, number in zip(book.files.path, book.files.above, strict=True):
        if number in above or is_meant(path):
            yield path


def _is_in(path: str, files: tuple[str, ...]) -> bool:
    return any(lies_in(path, file) for file in files)
