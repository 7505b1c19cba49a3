"""A copy in memory of a SQLite file that cannot be written, nor can anything beside it."""

import sqlite3
import tempfile
from pathlib import Path
from urllib.parse import quote

from reconciler.runtime.writing import copy_file


def primary_code(failure: sqlite3.Error) -> int | None:
    """Return SQLite's own code without what narrows it; None where Python itself complains."""
    code: int | None = getattr(failure, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def beside(path: Path) -> tuple[Path, Path]:
    """Return the files that SQLite keeps beside one: what is not in it yet, and what its processes share."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def copy_of(path: Path) -> sqlite3.Connection:
    """Return a database in memory with what is in a file; an empty one where there is no file."""
    memory = sqlite3.connect(":memory:", isolation_level=None)
    try:
        if path.exists():
            _fill(memory, path)
    except BaseException:
        memory.close()
        raise
    return memory


def _fill(memory: sqlite3.Connection, path: Path) -> None:
    """Read the file where it is; where SQLite cannot (it needs a file beside it for that), read a copy of both."""
    try:
        _read(memory, f"file:{quote(str(path))}?mode=ro")
    except sqlite3.OperationalError as wrong:
        if primary_code(wrong) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        with tempfile.TemporaryDirectory(prefix="reconcile-") as folder:
            _read(memory, f"file:{quote(str(copied_into(path, Path(folder))))}?mode=rw")


def copied_into(path: Path, folder: Path) -> Path:
    """Copy a file with what SQLite has not put into it yet; return where the copy is, or would be."""
    copied = folder / path.name
    for end in ("", "-wal"):
        beside = path.with_name(path.name + end)
        if beside.exists():
            copy_file(beside, copied.with_name(copied.name + end))
    return copied


def _read(memory: sqlite3.Connection, address: str) -> None:
    source = sqlite3.connect(address, uri=True, isolation_level=None)
    try:
        source.backup(memory)
    finally:
        source.close()
