"""Which files differ from a revision: committed, staged, unstaged and untracked ones alike.

Git compares the index with the revision, and says which files it would have to look at; their contents are
compared here, since git would run the filters that a repository names. What git ignores differs from no revision.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from reconciler.model.bounds import TABLE
from reconciler.runtime.git import filters_off, git, is_blob
from reconciler.runtime.reading import read_file

_LINK, _REPOSITORY = "120000", "160000"
_AS_INDEXED = "H"


class _Entry(NamedTuple):
    mode: str
    blob: str


class Changed(Struct, frozen=True):
    """The files that differ from a revision, by their paths below the project's folder.

    `files` are those that came, went or say something else, by every path that leads to them. `folders` are other
    repositories below the project: of what lies there this one does not tell.
    """

    files: frozenset[str]
    folders: tuple[str, ...] = ()

    def __contains__(self, path: object) -> bool:
        """Tell whether a file is not known to be as it was."""
        return path in self.files or (bool(self.folders) and str(path).startswith(self.folders))


def changed_since(root: Path, commit: str) -> Changed:
    """Return what differs from a commit. The cost is one look at the index. Raise GitSilent."""
    then = dict(_tree(root, commit))
    indexed, doubtful = _index(root)
    _, edited = git(
        root, *filters_off(root), "diff-files", "--name-only", "--relative", "--ignore-submodules", "-z"
    )
    _, untracked = git(root, "ls-files", "--others", "--exclude-standard", "-z")
    new = set(_paths(untracked))
    folders = {f"{path}/" for each in (then, indexed) for path, entry in each.items() if entry.mode == _REPOSITORY}
    folders |= {path for path in new if path.endswith("/")}
    maybe = {path for path in {*then, *indexed} if then.get(path) != indexed.get(path)}
    maybe |= doubtful | {*_paths(edited)} | new
    files = {path for path in maybe if not _is_as_it_was(root / path, then.get(path))}
    links = {path for path, entry in indexed.items() if entry.mode == _LINK}
    links |= {path for path in new if (root / path).is_symlink()}
    return Changed(frozenset((*files, *_through(root, links, files))), tuple(sorted(folders)))


def _tree(root: Path, commit: str) -> Iterator[tuple[str, _Entry]]:
    """Yield the files below the project's folder in a commit: `mode type id<tab>path`."""
    _, said = git(root, "ls-tree", "-r", "-z", commit)
    for entry in _paths(said):
        about, _, path = entry.partition("\t")
        mode, _, blob = about.split(" ")
        yield path, _Entry(mode, blob)


def _index(root: Path) -> tuple[Mapping[str, _Entry], set[str]]:
    """Return what the index holds, and the paths that git does not look at, or of which it holds several."""
    _, said = git(root, "ls-files", "--stage", "-v", "-z")
    found: dict[str, _Entry] = {}
    doubtful: set[str] = set()
    for entry in _paths(said):
        about, _, path = entry.partition("\t")
        tag, mode, blob, stage = about.split(" ")
        found[path] = _Entry(mode, blob)
        if tag != _AS_INDEXED or stage != "0":
            doubtful.add(path)
    return found, doubtful


def _paths(said: str) -> Iterator[str]:
    return (each for each in said.split("\0") if each)


def _is_as_it_was(file: Path, then: _Entry | None) -> bool:
    """Tell whether what lies here is what was committed; nothing here and nothing there is the same, too."""
    try:
        data = os.fsencode(file.readlink()) if file.is_symlink() else read_file(file, TABLE)
    except FileNotFoundError:
        return then is None
    except OSError:
        return False  # what cannot be read is for others to tell
    return then is not None and (then.mode == _LINK) == file.is_symlink() and is_blob(then.blob, data)


def _through(root: Path, links: Iterable[str], files: Iterable[str]) -> Iterator[str]:
    """Yield by which other paths, that go through links, the same files are known."""
    for link in links:
        target = (root / link).resolve()
        if target.is_relative_to(root):
            real = target.relative_to(root).as_posix()
            yield from (link + path[len(real) :] for path in files if path == real or path.startswith(f"{real}/"))
