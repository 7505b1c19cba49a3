"""One apply per account at a time: a row with its holder, and who may take it over.

A lock whose process is dead on this host is taken over, and said so. One that is held on another host, in another
container or since before the host was started again is never guessed dead: process numbers say nothing there. Fail
closed, with the words a person needs to settle it.
"""

import os
import socket
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import fields

from reconciler.runtime.ledger.database import Database

#: A holder that publishes is gone when it was not heard of for so long; it stops sending well before.
LOST = timedelta(minutes=5)


class Lock(Struct, frozen=True, kw_only=True):
    """Who holds an account: a random name, the host and process, what it runs, since when.

    `name` is what is locked: a login at a site. `account` is what its holder calls it. `space` tells where the
    process number means something: in one boot and one space of process numbers. `beat` is when the holder was
    last heard of, in a ledger where nobody can look at its process; `url` is where people look at its run.
    """

    name: str
    account: str
    holder: str
    host: str
    pid: int
    started: str
    command: str
    since: str
    space: str
    beat: str = ""
    url: str = ""

    def __str__(self) -> str:
        run = f", {self.url}" if self.url else ""
        return f"`{self.command}` on {self.host} (process {self.pid}) since {self.since}{run}"


_COLUMNS = tuple(each.name for each in fields(Lock))


class Locks:
    """The locks of a ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, lock: Lock) -> tuple[Lock | None, Lock | None]:
        """Try to take a lock. Return (who holds it instead, whose dead lock was taken over)."""
        dead: Lock | None = None
        while not self._insert(lock):
            held = self.held(lock.name)
            if held is not None and not self.is_free(held):
                return held, None
            if held is not None and self.release(held.name, held.holder):
                dead = held
        return None, dead

    def is_free(self, held: Lock) -> bool:
        """Tell whether the holder of a lock is surely gone."""
        return is_dead(held)

    def _insert(self, lock: Lock) -> bool:
        """Of many that try at once exactly one row goes in."""
        return (
            self._db.run(
                f"insert into locks values ({', '.join('?' * len(_COLUMNS))}) on conflict (name) do nothing",  # noqa: S608 - our own words
                tuple(getattr(lock, name) for name in _COLUMNS),
            )
            > 0
        )

    def held(self, name: str) -> Lock | None:
        """Return who holds a lock."""
        row = self._db.row("select * from locks where name = ?", (name,))
        return Lock(**dict(zip(_COLUMNS, row, strict=True))) if row else None

    def release(self, name: str, holder: str) -> bool:
        """Give a lock back; only its holder can."""
        return self._db.run("delete from locks where name = ? and holder = ?", (name, holder)) > 0


def this_process(name: str, account: str, holder: str, command: str, since: str, url: str = "") -> Lock:
    """Return the lock that this process would hold."""
    pid = os.getpid()
    return Lock(
        name=name,
        account=account,
        holder=holder,
        host=socket.gethostname(),
        pid=pid,
        started=_stat(pid)[1],
        command=command,
        since=since,
        space=_space(),
        beat=since,
        url=url,
    )


def is_lost(lock: Lock, now: datetime) -> bool:
    """Tell whether a lock's holder has not been heard of for so long that it has stopped sending by itself."""
    return now - datetime.fromisoformat(lock.beat) > LOST


def is_dead(lock: Lock) -> bool:
    """Tell whether a lock's process is surely gone: it ran right here, and no process is the same one."""
    if not _is_here(lock):
        return False
    try:
        os.kill(lock.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    state, started = _stat(lock.pid)
    # One that has ended and was not waited for has a number still: in a container nobody may ever wait for it.
    return state in ("Z", "X") or (bool(lock.started) and started not in ("", lock.started))


def is_alive_here(lock: Lock) -> bool:
    """Tell whether a lock's process runs on this host now."""
    return _is_here(lock) and not is_dead(lock)


def _is_here(lock: Lock) -> bool:
    """Tell whether a lock's process number means the same to us: two containers may have one host name."""
    return lock.host == socket.gethostname() and lock.space == _space()


def _space() -> str:
    """Name this boot and this space of process numbers; nothing where the system has no such names."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _stat(pid: int) -> tuple[str, str]:
    """Return the state of a process (a letter), and when it started: numbers are used again."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        told = text.rpartition(")")[2].split()
        return told[0], told[19]
    except (OSError, IndexError):
        return "", ""
