"""Puts many new documents into a project: all of them or none, whenever the process ends.

They are written to a folder that no loader reads. Then a journal says which files will appear, and they are put
in place by renaming. While the journal is there the documents are half a set, so nobody loads the project: it
goes when all are in place. Whoever comes after a crash takes back what the journal names, and begins anew: what
was read from the marketplace then may be true no more.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from reconciler.model.bounds import DOCUMENT
from reconciler.model.bounds import JOURNAL as MOST_SAID
from reconciler.runtime.errors import Locked, RunStopped
from reconciler.runtime.locking import Held, holding
from reconciler.runtime.project.state import STATE, state_folder
from reconciler.runtime.reading import read_file, reason
from reconciler.runtime.writing import flush_all, put_in_place, replace_file, write_aside

STAGING = ".reconcile-pull"
JOURNAL = f"{STAGING}/journal.json"
_LOCK = "writing.lock"
_NEXT = "run `reconcile pull` again when there is room: it takes back what is left of this one"


def is_half(root: Path) -> bool:
    """Tell whether some documents of a set are in place and others may not be."""
    return os.path.lexists(root / JOURNAL)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Be the only one who puts new files into this project; Locked when somebody else is at it.

    The system frees the lock of a process that is gone, so what that left behind is nobody's.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(holding(state_folder(root) / _LOCK, patience=0))
        except Held:
            raise Locked(
                "another `reconcile pull` or `init` is at work in this project", "wait until it is done"
            ) from None
        except OSError as wrong:
            raise _unwritable(root / STATE, wrong) from wrong
        yield


def place(root: Path, files: Iterable[tuple[str, str]], advance: Callable[[], None]) -> tuple[str, ...]:
    """Write new files, of which path and text are given, in this order; return their paths.

    Whatever goes wrong, nothing is left of them.
    """
    with _all_or_none(root):
        digests = _stage(root, files, advance)
        _announce(root, digests)
        for number, path in enumerate(digests):
            _appear(_staged(root, number), root / path)
    return tuple(digests)


def rewrite(root: Path, files: Mapping[str, tuple[bytes, bytes]]) -> tuple[str, ...]:
    """Replace files, of which the bytes before and after are given; return their paths. All of them, or none."""
    with _all_or_none(root):
        (root / STAGING).mkdir()
        for number, (path, (before, _)) in enumerate(files.items()):
            _stays_inside(root, (root / path).parent)
            write_aside(_staged(root, number), before)
        digests = {path: _digest(after) for path, (_, after) in files.items()}
        _announce(root, digests, replaced=list(files))
        for path, (before, after) in files.items():
            _insist_on(root, path, before)
            replace_file(root / path, after)
    return tuple(files)


@contextmanager
def _all_or_none(root: Path) -> Iterator[None]:
    """Have what is announced inside last, and take it back whatever goes wrong."""
    try:
        yield
        flush_all()
        (root / JOURNAL).unlink()
        shutil.rmtree(root / STAGING)
    except OSError as wrong:
        raise _gave_up(root, wrong) from wrong
    except BaseException:
        _take_back(root)
        raise


def _insist_on(root: Path, path: str, before: bytes) -> None:
    if (root / path).is_symlink():
        raise RunStopped(f"{path} is a symbolic link, so nothing was written", "replace it by the file")
    if read_file(root / path, DOCUMENT) != before:
        raise RunStopped(f"{path} was changed meanwhile, so nothing was written", "run the command again")


def take_back(root: Path) -> tuple[str, ...]:
    """Remove what a `place` that did not come to its end left; return the documents that were in place.

    When somebody has edited one of them they all stay: they are in use, and each was put in place after what it
    inherits from.
    """
    try:
        return _take_back(root)
    except OSError as wrong:
        raise RunStopped(f"what an earlier pull left cannot be removed: {_reason(wrong)}") from wrong


def _take_back(root: Path) -> tuple[str, ...]:
    if not (root / STAGING).is_dir():
        return ()
    taken: tuple[str, ...] = ()
    if is_half(root):
        digests, folders, replaced = _announced(root)
        for number, path in enumerate(replaced):
            if _is_ours(root, path, digests.pop(path)) and not _staged(root, number).is_symlink():
                replace_file(root / path, read_file(_staged(root, number), DOCUMENT))
        there = [path for path in digests if os.path.lexists(root / path)]
        if all(_is_ours(root, path, digests[path]) for path in there):
            taken = tuple(there)
            _remove(root, taken, folders)
        (root / JOURNAL).unlink()
    shutil.rmtree(root / STAGING)
    return taken


def _remove(root: Path, paths: Sequence[str], folders: Iterable[str]) -> None:
    for path in reversed(paths):
        (root / path).unlink()
    for folder in folders:
        _remove_empty(root / folder)
    flush_all()


# --- the folder beside --------------------------------------------------------------------------------------


def _stage(root: Path, files: Iterable[tuple[str, str]], advance: Callable[[], None]) -> dict[str, str]:
    """Write everything beside; return the digest of each file by its path."""
    (root / STAGING).mkdir()
    digests: dict[str, str] = {}
    checked: set[Path] = set()
    for path, text in files:
        folder = (root / path).parent
        if folder not in checked:
            _stays_inside(root, folder)
            checked.add(folder)
        data = text.encode()
        write_aside(_staged(root, len(digests)), data)
        digests[path] = _digest(data)
        advance()
    return digests


def _staged(root: Path, number: int) -> Path:
    return root / STAGING / str(number)


def _appear(staged: Path, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        put_in_place(staged, file)
    except FileExistsError as wrong:
        raise RunStopped(f"{wrong} by now, so nothing was written", "run `reconcile pull` again") from wrong


def _stays_inside(root: Path, folder: Path) -> None:
    """A symbolic link may not lead out of the project."""
    if not folder.resolve().is_relative_to(root):
        raise RunStopped(
            f"{folder} leads out of the project", "remove the symbolic link, or choose another folder"
        )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- the journal --------------------------------------------------------------------------------------------


def _announce(root: Path, digests: dict[str, str], replaced: Sequence[str] = ()) -> None:
    """Say which files and folders will appear, before the first one does; and which will be replaced.

    What these held lies beside, in their order.
    """
    new: set[Path] = set()
    for folder in {(root / path).parent for path in digests}:
        new.update(each for each in (folder, *folder.parents) if each.is_relative_to(root) and not each.exists())
    names = [folder.relative_to(root).as_posix() for folder in new]
    deepest_first = sorted(names, key=lambda name: (-name.count("/"), name))
    body = {"files": digests, "folders": deepest_first, "replaced": list(replaced)}
    flush_all()
    replace_file(root / JOURNAL, json.dumps(body).encode())


def _announced(root: Path) -> tuple[dict[str, str], list[str], list[str]]:
    try:
        said = json.loads(read_file(root / JOURNAL, MOST_SAID))
        files, folders, replaced = said["files"], said["folders"], said["replaced"]
        known = {str(path): str(digest) for path, digest in dict(files).items()}
        return (
            known,
            [str(folder) for folder in folders],
            [path for path in dict.fromkeys(replaced) if path in known],
        )
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        hint = f"remove {root / STAGING}, and the documents that the pull wrote"
        raise RunStopped(f"{root / JOURNAL} of a pull that was cut off cannot be read", hint) from wrong


def _is_ours(root: Path, path: str, digest: str) -> bool:
    file = root / path
    if file.is_symlink() or not file.is_file() or not file.resolve().is_relative_to(root):
        return False
    return _digest(read_file(file, DOCUMENT)) == digest


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # it holds what is not ours, or is gone


# --- what went wrong ----------------------------------------------------------------------------------------


def _gave_up(root: Path, wrong: OSError) -> RunStopped:
    """Take back what was written, and say how far that went."""
    try:
        _take_back(root)
    except OSError:
        hint = _NEXT
    else:
        hint = "nothing was written; the project is as it was"
    return RunStopped(f"the documents cannot be written: {_reason(wrong)}", hint)


def _unwritable(where: Path, wrong: OSError) -> RunStopped:
    return RunStopped(f"{where} cannot be written: {_reason(wrong)}")


def _reason(wrong: OSError) -> str:
    where = f" ({wrong.filename})" if wrong.filename else ""
    return f"{reason(wrong)}{where}"
