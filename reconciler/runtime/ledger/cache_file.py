"""The file of the cache: begun anew when it is damaged or of another version, in memory where none can be."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TypeVar

from reconciler.runtime.ledger.copying import primary_code
from reconciler.runtime.ledger.database import PAGES_KIB
from reconciler.runtime.locking import Held, holding
from reconciler.runtime.writing import private_file, private_folder

#: Raised with every change of the tables, and of what is kept in them.
VERSION = 7
_PATIENCE = 30
#: What says nothing of the content: no room, no right, no memory, or somebody who does not let go.
_NO_DAMAGE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
}
T = TypeVar("T")


class _OfAnotherVersion(sqlite3.DatabaseError):
    """The file has tables that another version of the program made."""


class CacheFile:
    """One connection to the file, or to what stands in its place."""

    def __init__(self, path: Path, schema: str, note: Callable[[str], None]) -> None:
        self._path = path
        self._schema = schema
        self._note = note
        self._db: sqlite3.Connection
        self._identity: tuple[int, int] | None = None
        self._begun_anew = self._in_memory = False
        try:
            with self._alone():
                self._open()
        except PermissionError as wrong:
            self._mend(wrong)
        except (OSError, Held) as wrong:
            self._live_in_memory(getattr(wrong, "strerror", None) or "another process opens it and does not end")
        except sqlite3.Error as wrong:
            self._mend(wrong)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some work in the file; where that cannot be, in what stands in its place."""
        while True:
            try:
                return work(self._db)
            except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
                raise  # a mistake of ours
            except sqlite3.Error as wrong:
                if self._in_memory:
                    raise  # in memory nothing is damaged, and there is no disk
                self._db.close()
                self._mend(wrong)

    def _mend(self, wrong: Exception) -> None:
        if self._begun_anew or (isinstance(wrong, sqlite3.Error) and primary_code(wrong) in _NO_DAMAGE):
            self._live_in_memory(str(wrong))
            return
        self._begun_anew = True
        try:
            with self._alone():
                if self._is_still_there():
                    self._remove()
                self._open()
        except (OSError, Held, sqlite3.Error) as again:
            self._live_in_memory(getattr(again, "strerror", None) or str(again))
        else:
            self._note(
                f"the cache ({self._path}) was begun anew, since {_why(wrong)}: this costs requests, no more"
            )

    def _alone(self) -> AbstractContextManager[None]:
        """Files are opened and taken away by one process at a time: another would find half of them."""
        private_folder(self._path.parent)
        return holding(self._path.with_name("cache.lock"), _PATIENCE)

    def _open(self) -> None:
        private_file(self._path)
        about = self._path.stat()
        self._identity = about.st_dev, about.st_ino
        self._db = sqlite3.connect(self._path, timeout=_PATIENCE)
        try:
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = off")
            self._db.execute(f"pragma cache_size = {-PAGES_KIB}")
            (version,) = self._db.execute("pragma user_version").fetchone()
            if version not in (0, VERSION):
                raise _OfAnotherVersion
            if version == 0:
                self._db.executescript(f"{self._schema} pragma user_version = {VERSION};")
        except sqlite3.Error:
            self._db.close()
            raise

    def _is_still_there(self) -> bool:
        """Tell whether the file is the one that was opened: another process may have put a new one there."""
        try:
            about = self._path.stat()
        except FileNotFoundError:
            return False
        return self._identity in (None, (about.st_dev, about.st_ino))

    def _remove(self) -> None:
        for end in ("-wal", "-shm", ""):
            with suppress(FileNotFoundError):
                self._path.with_name(self._path.name + end).unlink()

    def _live_in_memory(self, why: str) -> None:
        self._in_memory = True
        self._db = sqlite3.connect(":memory:")
        self._db.executescript(self._schema)
        self._note(f"the cache ({self._path}) cannot be written ({why.lower()}): what is read is not kept")


def _why(wrong: Exception) -> str:
    if isinstance(wrong, _OfAnotherVersion):
        return "another version of reconcile made it"
    if isinstance(wrong, OSError):
        return "it could not be read"
    return f"it was damaged ({wrong})"
