"""Which files of documents lie below a folder, each with a stamp by which a change of it shows."""

import os
from collections.abc import Callable, Collection
from contextlib import ExitStack
from operator import attrgetter
from typing import NamedTuple

from reconciler.model.bounds import FOLDERS
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.marks import Mark
from reconciler.runtime.clock import WallClock
from reconciler.runtime.reading import folder_opened, reason

SUFFIXES = (".yaml", ".yml")
#: Two changes of a file within so many nanoseconds may bear one time: file systems count in steps.
_STEP = 2_000_000_000


class FilesSeen(NamedTuple):
    """Files of documents in their order: paths, and stamps by which a change shows; an empty one shows none."""

    paths: list[str]
    stamps: list[str]


class Walk:
    """What was found below folders: the files that were `seen`, symbolic `links` (path below the project, place),
    and what is wrong with folders.

    `is_ignored` is asked with path and name; files `without_stamp` get an empty one.
    """

    def __init__(
        self, is_ignored: Callable[[str, str], bool] | None = None, without_stamp: Collection[str] = ()
    ) -> None:
        self._is_ignored = is_ignored
        self._without_stamp = without_stamp
        self._newest = _believed_until()
        self.seen = FilesSeen([], [])
        self.links: list[tuple[str, str]] = []
        self.diagnostics: list[Diagnostic] = []

    def below(self, folder: str, prefix: str, levels: int = FOLDERS) -> None:
        """Find the YAML files below a folder, sorted. Their paths begin with the prefix."""
        if levels == 0:
            hint = "Move it up, or add it to `ignore:`."
            self._say("D121", prefix, f"folders lie deeper than {FOLDERS} levels in each other", hint)
            return
        with ExitStack() as opened:
            for entry in self._entries(folder, prefix, opened):
                name = entry.name
                path = prefix + name
                if name[0] == "." or (self._is_ignored is not None and self._is_ignored(path, name)):
                    continue
                if entry.is_symlink():
                    self.links.append((path, f"{folder}{os.sep}{name}"))
                elif entry.is_dir(follow_symlinks=False):
                    self.below(f"{folder}{os.sep}{name}", f"{path}/", levels - 1)
                elif name.endswith(SUFFIXES):
                    self.seen.paths.append(path)
                    self.seen.stamps.append(_stamp(entry, self._newest) if path not in self._without_stamp else "")

    def _entries(self, folder: str, prefix: str, opened: ExitStack) -> list[os.DirEntry[str]]:
        """Return what a folder has, to be asked as long as it is `opened`."""
        try:
            with os.scandir(opened.enter_context(folder_opened(folder))) as found:
                return sorted(found, key=attrgetter("name"))
        except OSError as wrong:
            self._say("D116", prefix or ".", f"the folder cannot be read: {reason(wrong)}")
            return []

    def _say(self, code: str, path: str, summary: str, hint: str = "") -> None:
        self.diagnostics.append(error(code, summary, mark=Mark(path), hint=hint))


def _believed_until() -> int:
    """Return the time (nanoseconds) after which a file was changed that has no stamp: a change that follows might
    bear the same time."""
    return WallClock().microseconds() * 1000 - _STEP


def _stamp(entry: os.DirEntry[str], newest: int) -> str:
    try:
        return _stamp_of(entry.stat(follow_symlinks=False), newest)
    except OSError:
        return ""  # it is gone again, which is told where it is read


def stamp_of(about: os.stat_result) -> str:
    """Return the stamp of a file that was looked at just now."""
    return _stamp_of(about, _believed_until())


def _stamp_of(about: os.stat_result, newest: int) -> str:
    written, changed = about.st_mtime_ns, about.st_ctime_ns
    return f"{about.st_size} {written} {changed} {about.st_ino}" if written < newest > changed else ""
