"""The book of files whose text is canonical: what a formatter need not look at again."""

from collections.abc import Iterable

from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import FORMATTED_BOOK, NO_REST, Book, FilesAtRest, read_book, write_book
from reconciler.runtime.rests.files import QuietFiles


def formatted_before(workspace: Workspace) -> QuietFiles:
    """Return the files that were found canonical, as far as they are as they were."""
    return QuietFiles(workspace, read_book(workspace.root, FORMATTED_BOOK) or _book(FilesAtRest()))


def note_formatted(workspace: Workspace, before: FilesAtRest, found: Iterable[str]) -> None:
    """Write down what was canonical before and is left as it was, and what was found to be."""
    seen = before.seen(before.path) | {path: workspace.read[path] for path in found}
    paths = sorted(seen)
    files = FilesAtRest(
        path=paths,
        stamp=[seen[path][0] for path in paths],
        digest=[seen[path][1] for path in paths],
        above=[0] * len(paths),
        rest=NO_REST * len(paths),
    )
    write_book(workspace.root, FORMATTED_BOOK, _book(files))


def _book(files: FilesAtRest) -> Book:
    """Return a book of files that stand for themselves."""
    return Book(
        structure="", named=frozenset(), above=((),), inherited={}, files=files, names=frozenset(), accounts={}
    )
