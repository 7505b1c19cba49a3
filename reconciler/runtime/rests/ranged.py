"""Loading what a git range touches, and leaving at rest what it does not."""

from collections.abc import Callable, Collection, Iterator

from msgspec import Struct

from reconciler.documents.kinds import references
from reconciler.model.resting import places_of
from reconciler.runtime.project.touched import Range, Touched, touched
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import Book
from reconciler.runtime.rests.chosen import touched_files
from reconciler.runtime.rests.loading import Awake, in_files


class AwakeInRange(Struct, frozen=True):
    """What was loaded of a project, all that a range touches among it, and what that is."""

    awake: Awake
    touched: Touched


def load_range(
    workspace: Workspace, book: Book | None, since: Range, load: Callable[[Collection[str]], Awake]
) -> AwakeInRange | None:
    """Load what may have moved since a book was written, and what a range touches; `load` takes files to look at
    besides. None where everything has to be looked at.
    """
    if book is not None and since.touches_all:
        return None
    chosen = touched_files(book, since.files) if book else frozenset()
    awake = load(chosen)
    found = touched(workspace, awake.resolved, since)
    if book is None or not (len(awake.asleep) or len(awake.numbers)):
        return AwakeInRange(awake, found)
    if found.embeds or any(key.kind in _referred_to() for key in found.keys):
        return None  # whoever refers to it is touched, too
    more = frozenset((*_below(awake, found.folders), *_called(book, awake, {name for _, name in found.gone})))
    if more:
        awake = load(chosen | more)
        found = touched(workspace, awake.resolved, since)
    return AwakeInRange(awake, found)


def _referred_to() -> frozenset[str]:
    return frozenset(kind for _, kind in references())


def _below(awake: Awake, folders: Collection[str]) -> Iterator[str]:
    """Yield the files of these folders that were left alone: Defaults held there that do not any more, perhaps."""
    inside = tuple(f"{folder}/" if folder else "" for folder in folders)
    paths = (*awake.asleep.path, *awake.numbers.path) if inside else ()
    return (path for path in paths if path.startswith(inside))


def _called(book: Book, awake: Awake, names: Collection[str]) -> Iterator[str]:
    """Yield the files that were left alone and have offers of these names: then these are not gone."""
    for account in book.accounts.values() if names else ():
        for files in (awake.asleep, awake.numbers):
            rests = in_files(account.rests, files)
            yield from (rests.file[place] for place in places_of(rests.name, names))
