"""The one way to write a file: whole or not at all, so that neither a reader nor whoever comes after a crash finds
half of one. What is private can be read by its owner only, whatever the umask.

A draft that a kill leaves behind (`.new-…`) is read by nobody, and is in nobody's way.
"""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO

_DRAFT = ".new-"
_OTHERS = 0o077
#: What the system says of a place that may not be written to.
NO_RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
#: What a file system says that knows no second name for a file, or no flushing of folders.
_UNKNOWN = {errno.EPERM, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def replace_file(file: Path, data: bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Put a file in place in one step, over the one that is there. What is no file, say a pipe, is written to.

    Pieces of it are written as they come.
    """
    pieces = (data,) if isinstance(data, bytes) else data
    if file.exists() and not file.is_file():
        with file.open("wb") as out:
            out.writelines(pieces)
        return
    draft = _draft(file, pieces, private=private)
    try:
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _flush(file.parent)


def set_time(file: Path, moment: datetime) -> None:
    """Let a file be of a moment: that of the numbers in it, say."""
    os.utime(file, (moment.timestamp(), moment.timestamp()))


def create_file(file: Path, data: bytes, *, private: bool = False) -> bool:
    """Put a file in place that is not there yet. False: it is there, and was left as it is."""
    if os.path.lexists(file):
        return False
    if private:
        private_folder(file.parent)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(file, (data,), private=private)
    try:
        _give_name(draft, file)
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    _flush(file.parent)
    return True


def put_in_place(draft: Path, file: Path) -> None:
    """Rename a file or folder that is complete; FileExistsError when the name is taken."""
    if os.path.lexists(file):
        raise FileExistsError(f"{file} is there already")
    draft.rename(file)


def write_aside(file: Path, data: bytes) -> None:
    """Write a file of a set that nobody reads before all of it is put in place; `flush_all` comes between."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def flush_all() -> None:
    """What was done so far reaches the disk before what follows; one call for all files, however many."""
    if hasattr(os, "sync"):
        os.sync()


def private_folder(folder: Path) -> None:
    """Have a folder that only its owner can enter. One of somebody else stays as it is."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        folder.chmod(0o700)  # the umask may forbid the owner, too
    except FileExistsError:
        _close(folder, folder.lstat().st_mode)


def close_to_others(folder: Path) -> None:
    """Take the rights of others on everything in a folder of ours, at any depth."""
    if os.name != "posix":
        return
    for here, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(here) / name
            try:
                _close(path, path.lstat().st_mode)
            except FileNotFoundError:
                continue  # another process puts its files in place, or takes them away


def private_file(file: Path) -> None:
    """Have a file for a program that writes by itself, such as a database: empty when it is new, and private.

    SQLite gives the files that it puts beside (`-wal`, `-shm`) the rights of the file. One that is there is not
    opened: to close it would let go of all locks that SQLite holds on it for this process (POSIX).
    """
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        _close(file, file.lstat().st_mode)
        insist_on_writing(file)
        return
    os.close(handle)
    file.chmod(0o600)  # as above


def insist_on_writing(file: Path) -> None:
    """Raise the OSError of a file that is there and may not be read or written; it is not opened, as above.

    One that is gone by then is not there: SQLite takes away what it keeps beside a file that nobody has open.
    """
    try:
        before = file.stat()
        if os.access(file, os.R_OK | os.W_OK):
            return
        code = errno.EROFS if _cannot_change(file) else errno.EACCES
        after = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    if (after.st_ino, after.st_ctime_ns) == (before.st_ino, before.st_ctime_ns):
        raise OSError(code, os.strerror(code), str(file))


def _cannot_change(file: Path) -> bool:
    """Tell whether a file lies on a disk that nobody can write to."""
    return os.name == "posix" and bool(os.statvfs(file).f_flag & os.ST_RDONLY)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file as it is now into a folder of our own."""
    shutil.copyfile(source, target)
    target.chmod(0o600)


def open_lock(file: Path) -> IO[bytes]:
    """Open a file that is there to be locked: nothing is ever written to it."""
    private_file(file)
    return file.open("ab")


def _close(path: Path, mode: int) -> None:
    """Take the rights of others. Who is not the owner cannot, and changes nothing."""
    if os.name != "posix" or stat.S_ISLNK(mode) or not mode & _OTHERS:
        return
    try:
        path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
    except OSError as wrong:
        if wrong.errno not in (errno.EPERM, errno.EROFS):
            raise


def _draft(file: Path, pieces: Iterable[bytes], *, private: bool) -> Path:
    """Write beside the file, under a name that no loader reads, and see it on the disk before it gets its name."""
    draft = file.with_name(f"{_DRAFT}{os.getpid()}-{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(draft, flags, 0o600 if private else 0o666)
    try:
        with os.fdopen(handle, "wb") as out:
            if private and os.name == "posix":
                os.fchmod(out.fileno(), 0o600)
            out.writelines(pieces)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _give_name(draft: Path, file: Path) -> None:
    """Give a complete file its name; of several processes one is the first. FileExistsError for the others."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise
    except OSError as wrong:
        if wrong.errno not in _UNKNOWN:
            raise
        put_in_place(draft, file)


def _flush(folder: Path) -> None:
    """See a new name on the disk."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as wrong:
        if wrong.errno not in _UNKNOWN:
            raise
    finally:
        os.close(handle)
