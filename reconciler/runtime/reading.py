"""Reads a file whole, within bounds: regular files only, and no more than is sensible for what it is."""

import os
import stat
from pathlib import Path

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NoFile(OSError):  # noqa: N818 - a finding about a user's file
    """What is there is a folder, a pipe, a socket or a device."""


class TooLarge(OSError):  # noqa: N818 - as above
    """The file has more bytes than are read of its kind."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__(None, f"it has {_shown(size)}; at most {_shown(most)} are read")
        self.size = size


def read_file(file: Path, most: int) -> bytes:
    """Return the bytes of a file. NoFile or TooLarge before a byte is read; any other OSError as it is."""
    insist_on_file(file)  # opening some devices does something
    with open(file, "rb", opener=_open_without_waiting) as opened:
        about = os.fstat(opened.fileno())
        _insist_on_file(about)
        if about.st_size > most:
            raise TooLarge(about.st_size, most)
        data = opened.read(most + 1)
    if len(data) > most:
        raise TooLarge(len(data), most)
    return data


def insist_on_file(file: Path) -> os.stat_result:
    """Return what the system says of a regular file. NoFile when it is something else."""
    about = file.stat()
    _insist_on_file(about)
    return about


def _insist_on_file(about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        kind = _KINDS.get(stat.S_IFMT(about.st_mode), "something else")
        raise NoFile(None, f"it is {kind}, not a file")


def _open_without_waiting(path: str, flags: int) -> int:
    """Opening a named pipe would wait for a writer for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _shown(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"
