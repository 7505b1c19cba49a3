"""Which files a document may name: what a template or an image draws in ends in a public offer.

So nothing is read that its owner keeps to himself: what is hidden, what git or `ignore:` leaves out, what lies
outside of the project whichever way a link goes, and what we wrote ourselves.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from reconciler.runtime.git import GitSilent, git, in_repository
from reconciler.runtime.reading import reason

_DRIVE = re.compile(r"[A-Za-z]:")
#: How files begin that hold what we remember, and keys: no template and no image begins so.
_OURS = {
    b"SQLite format 3\x00": "a database",
    b"\x37\x7f\x06\x82": "a database",
    b"\x37\x7f\x06\x83": "a database",
    b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7": "a database",
    b'{"format_version":': "a plan or a report",
    b"-----BEGIN ": "a key or a certificate",
}


class WorkspaceFault(OSError):  # noqa: N818 - a finding about a user's file; callers make a Diagnostic of it
    """A file that a document names cannot be read, or may not be. `hint` says what to do.

    With `of_all` it is nothing about this file: the next one has the same fault.
    """

    def __init__(self, said: str, hint: str = "", *, of_all: bool = False) -> None:
        super().__init__(said)
        self.hint = hint
        self.of_all = of_all


class Named:
    """The gate for paths that documents name. `left_out` tells what `ignore:` of the project leaves out."""

    def __init__(self, root: Path, left_out: Callable[[str], bool]) -> None:
        self._root = root
        self._left_out = left_out
        self._ignored: dict[Path, frozenset[str]] = {}

    def found(self, path: str) -> Path:
        """Return the real path of a file that may be read, whether it is there or not. Raise WorkspaceFault."""
        file = self.table(path)
        real = file.relative_to(self._root).as_posix()
        if any(self._left_out(each) for each in (*_upwards(real), *_upwards(path))):
            raise WorkspaceFault(
                f"{path} is left out by `ignore:` in reconcile.yaml; {_NEVER}",
                "Name something narrower in `ignore:`, or move the file.",
            )
        if self._git_ignores(file):
            raise WorkspaceFault(f"git ignores {path}; {_NEVER}", _exception(real))
        return file

    def shown_no_more(self, paths: Iterable[str]) -> set[str]:
        """Return those of these files that may not be read any more. All might be, when `ignore:` was as it is.

        A plan of files at rest asks this of all that they take in. So what holds for a folder is asked once, and
        of a file in it only whether it is a link, or among what git ignores.
        """
        around: dict[str, list[tuple[frozenset[str], str]] | None] = {}
        return {path for path in paths if not self._is_shown(path, around)}

    def _is_shown(self, path: str, around: dict[str, list[tuple[frozenset[str], str]] | None]) -> bool:
        folder, _, name = path.rpartition("/")
        if folder not in around:
            around[folder] = self._around(folder)
        lists = around[folder]
        here = f"{self._root}{os.sep}{path}"
        if lists is not None and path.isascii() and not os.path.islink(here):  # noqa: PTH114 - of each, and no Path
            return not any(_key(f"{way}{name}") in ignored for ignored, way in lists)
        try:
            self.found(path)
        except WorkspaceFault:
            return False
        return True

    def _around(self, folder: str) -> list[tuple[frozenset[str], str]] | None:
        """Return what git ignores in each repository that a folder lies in, and the way from there to the folder.

        None where nothing in it may be read, but perhaps by a link.
        """
        try:
            real = self.found(folder) if folder else self._root
            told = [(self._ignored_in(each), real.relative_to(each).as_posix()) for each in self._asked(real)]
        except WorkspaceFault:
            return None
        return [(ignored, "" if way == "." else f"{way}/") for ignored, way in told if ignored]

    def table(self, path: str) -> Path:
        """Return the real path of a file that lies in the project, and is not hidden. Raise WorkspaceFault."""
        self._check_words(path)
        named = self._root / _as_stored(self._root, path)
        try:
            file = named.resolve()
            circle = any(each.is_symlink() for each in (file, *file.parents))  # as Python 3.13 leaves them
        except RuntimeError:  # as Python 3.11 and 3.12 say it
            file, circle = named, True
        except OSError as wrong:
            raise WorkspaceFault(f"{path}: {reason(wrong)}") from wrong
        if circle:
            raise WorkspaceFault(f"{path}: its symbolic links go in a circle", "Remove the link.")
        if not file.is_relative_to(self._root):
            raise WorkspaceFault(f"{path} lies outside of the project", "Copy the file into the project.")
        real = file.relative_to(self._root).as_posix()
        if _hidden(real):
            raise WorkspaceFault(f"{path} is a link to {real}, which is hidden; {_NEVER}", _RENAME)
        return file

    def _check_words(self, path: str) -> None:
        """Refuse what can be refused without looking at the disk."""
        parts = path.split("/")
        if "\x00" in path or not _is_text(path):
            raise WorkspaceFault(f"`{path}` is no path", _FORM)
        if "\\" in path or path.startswith("/") or _DRIVE.match(path) or ".." in parts:
            raise WorkspaceFault(f"{path} may lie outside of the project", _FORM)
        if _hidden(path):
            raise WorkspaceFault(f"{path} is hidden; {_NEVER}", _RENAME)

    def _git_ignores(self, file: Path) -> bool:
        return any(
            not self._ignored_in(each).isdisjoint(_upwards(_key(file.relative_to(each).as_posix())))
            for each in self._asked(file.parent)
        )

    def _asked(self, folder: Path) -> list[Path]:
        """Return every repository that a folder lies in: that of the project, and those below it."""
        below = [each for each in (folder, *folder.parents) if each.is_relative_to(self._root)]
        return [each for each in below if each == self._root or os.path.lexists(each / ".git")]

    def _ignored_in(self, folder: Path) -> frozenset[str]:
        if folder not in self._ignored:
            try:
                self._ignored[folder] = _ignored_below(folder) if in_repository(folder) else frozenset()
            except GitSilent as silent:
                raise WorkspaceFault(
                    f"nobody can tell which files git ignores: {silent.reason}",
                    _sentence(silent.hint),
                    of_all=True,
                ) from silent
        return self._ignored[folder]


def check_content(path: str, data: bytes) -> None:
    """Refuse what is ours by its first bytes, wherever it lies. Raise WorkspaceFault."""
    for beginning, what in _OURS.items():
        if data.startswith(beginning):
            raise WorkspaceFault(f"{path} is {what}, and is never shown in an offer", "Name another file.")


def _ignored_below(folder: Path) -> frozenset[str]:
    """Ask git once for all; a folder of which everything is ignored is one entry.

    Where the folder itself is ignored by a repository around it, that one is not about this project.
    """
    if not os.path.lexists(folder / ".git"):
        code, _ = git(folder.parent, "check-ignore", "--quiet", "--", f"./{folder.name}", fine=(0, 1))
        if code == 0:
            return frozenset()
    everything = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    _, out = git(folder, *everything)
    return frozenset(_key(each.rstrip("/")) for each in out.split("\0") if each)


def _as_stored(root: Path, path: str) -> str:
    """Return the path as the disk spells it: documents are read composed (NFC), names of files may not be."""
    if path.isascii() or os.path.lexists(root / path):
        return path
    other = unicodedata.normalize("NFD", path)
    return other if os.path.lexists(root / other) else path


def _hidden(path: str) -> bool:
    return any(part.startswith(".") and part != "." for part in path.split("/"))


def _upwards(path: str) -> list[str]:
    """Return a path and the folders that it lies in."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _key(path: str) -> str:
    """Some file systems take two spellings for one file; here, too, whichever this one is."""
    return unicodedata.normalize("NFC", path).casefold()


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _exception(path: str) -> str:
    folder, _, _ = path.rpartition("/")
    lines = f"`!/{folder}/` for the folder, `!/{path}` for the file" if folder else f"`!/{path}`"
    return (
        f"`git check-ignore -v {path}` names the line. If everybody may see the file, add an exception below that "
        f"line ({lines}), or `git add -f` it."
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


_NEVER = "such files are never shown in an offer"
_RENAME = "Rename or move the file, if everybody may see it."
_FORM = "A path starts at the project's folder, has forward slashes, and does not lead upwards."
