"""Reads a file whole, within bounds: regular files only, and no more than is sensible for what it is.

And holds folders open.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PORTION = 1 << 20
#: Opening a named pipe would wait for a writer for ever.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
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


@contextmanager
def folder_opened(folder: str) -> Iterator[int | str]:
    """Hold a folder open, for `os.scandir`: each file of it is looked at from there, a quarter cheaper than by
    its whole path. Where the system cannot do that, it is the path. Raise OSError.
    """
    if os.scandir not in os.supports_fd:
        yield folder
        return
    opened = os.open(folder, _FLAGS | os.O_DIRECTORY)
    try:
        yield opened
    finally:
        os.close(opened)


def reason(wrong: OSError) -> str:
    """Return why a file cannot be read, as part of a sentence."""
    return (wrong.strerror or str(wrong)).lower()


def read_file(file: Path | str, most: int) -> bytes:
    """Return the bytes of a file. NoFile or TooLarge before a byte is read; any other OSError as it is."""
    insist_on_file(file)  # opening some devices does something
    opened = os.open(file, _FLAGS)
    try:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode):
            raise _no_file(about)
        if about.st_size > most:
            raise TooLarge(about.st_size, most)
        data = _read_to_end(opened, about.st_size, most + 1)
    finally:
        os.close(opened)
    if len(data) > most:
        raise TooLarge(len(data), most)
    return data


def read_line(file: Path, most: int) -> bytes:
    """Return the first line of a file, or as much of it. Raise OSError."""
    insist_on_file(file)
    with file.open("rb") as opened:
        return opened.readline(most)


def _read_to_end(opened: int, expected: int, most: int) -> bytes:
    """Return what is left of a file, also where it has grown meanwhile, and no more than `most` bytes."""
    data = os.read(opened, min(expected + 1, most))
    if len(data) == expected:
        return data  # there was no more
    while len(data) < most and (more := os.read(opened, min(most - len(data), _PORTION))):
        data += more
    return data


def insist_on_file(file: Path | str) -> os.stat_result:
    """Return what the system says of a regular file. NoFile when it is something else."""
    about = os.stat(file)  # noqa: PTH116 - a Path would keep each of its parts for ever
    if not stat.S_ISREG(about.st_mode):
        raise _no_file(about)
    return about


def _no_file(about: os.stat_result) -> NoFile:
    return NoFile(None, f"it is {_KINDS.get(stat.S_IFMT(about.st_mode), 'something else')}, not a file")


def _shown(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"
