"""Who asked how often: request limits that hold between processes, and what a run's rates were.

Every request is one record of a file beside the store. A process reads, under a lock, what the others have
appended, decides, and appends its own; so a limit holds in any sliding window, however many processes there are.
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from reconciler.simulator.clock import SteppedClock
from reconciler.simulator.store import Store

if sys.platform == "win32":
    import msvcrt

    def _hold(file: int) -> None:
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)

    def _release(file: int) -> None:
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _hold(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _release(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


LINE = struct.Struct("<dIIIIdB3x")  # at, client, user, limits as bits, size, blocked until, what it is
SERVED, REFUSED, UNCHARGED, FORGOTTEN, RUN, CHANGES, CHANGES_REFUSED = range(7)
REQUESTS = frozenset({SERVED, REFUSED, UNCHARGED})
CHUNK = LINE.size * 2048
LARGEST = 64 << 20  # an older file than this is begun anew when the store is opened


class Charge(NamedTuple):
    """One limit that a request counts against."""

    bit: int
    span: float
    limit: int


class Line(NamedTuple):
    """One record as it lies in the file."""

    at: float
    client: int
    user: int
    limits: int
    size: int
    until: float
    what: int


@dataclass
class Window:
    """What was admitted within the span, oldest first, and until when everything is refused."""

    hits: deque[tuple[float, int]] = field(default_factory=deque)
    used: int = 0
    until: float = 0.0

    def forget(self, before: float) -> None:
        hits = self.hits
        while hits and hits[0][0] <= before:
            self.used -= hits.popleft()[1]

    def room_at(self, charge: Charge, size: int, now: float) -> float:
        """When `size` more will fit: the moment when enough of the oldest have left the window."""
        excess = self.used + size - charge.limit
        for moment, amount in self.hits:
            excess -= amount
            if excess <= 0:
                return moment + charge.span
        return now + charge.span


@lru_cache(maxsize=65_536)
def number_of(name: str) -> int:
    """A client or a user as a number for the file; 0 is nobody."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little") if name else 0


class Traffic:
    """The file of one store, and this process's view of the windows in it."""

    def __init__(self, store: Store, clock: SteppedClock, of_client: int, longest: float) -> None:
        """`of_client` are the limits that are counted by client, as bits; the others are counted by user.

        No limit looks further back than `longest` seconds.
        """
        self._of_client, self._longest = of_client, longest
        self.path = store.path.with_name(f"{store.path.name}-traffic")
        self._clock = clock
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(self.path, flags, 0o644)
        self._windows: dict[tuple[int, int], Window] = {}
        self._last = 0.0
        self._read = 0
        with self._locked():
            self._check_head(_nonce(store))
            self._begin_late()

    def close(self) -> None:
        os.close(self._file)

    def admit(
        self,
        client: str,
        user: str,
        charges: Sequence[Charge],
        what: int = SERVED,
        size: int = 1,
        *,
        prolong: bool,
    ) -> float | None:
        """Count a request, unless a limit forbids it: then the seconds until there is room again."""
        numbers = number_of(client), number_of(user)
        with self._locked():
            self._follow()
            now = self._last = max(self._clock.seconds(), self._last)
            bits = 0
            for charge in charges:
                window = self._window(charge.bit, numbers)
                until = _refusal(window, charge, size, now, prolong=prolong)
                if until is not None:
                    refused = CHANGES_REFUSED if what == CHANGES else REFUSED
                    self._append(Line(now, *numbers, charge.bit, size, until, refused))
                    return until - now
                bits |= charge.bit
            for charge in charges:
                window = self._window(charge.bit, numbers)
                window.hits.append((now, size))
                window.used += size
            self._append(Line(now, *numbers, bits, size, 0.0, what))
            return None

    def used(self, client: str, user: str, charges: Sequence[Charge]) -> list[int]:
        """How much of each limit is used up, as this process last learnt it."""
        numbers, found = (number_of(client), number_of(user)), []
        for charge in charges:
            window = self._window(charge.bit, numbers)
            window.forget(self._last - charge.span)
            found.append(window.used)
        return found

    def note(self, what: int, client: str = "", user: str = "") -> None:
        """A request outside the limits, the begin of a run, or the end of all memory."""
        with self._locked():
            self._follow()
            self._last = max(self._clock.seconds(), self._last)
            line = Line(self._last, number_of(client), number_of(user), 0, 1, 0.0, what)
            self._learn(line)
            self._append(line)

    def lines(self) -> Iterator[Line]:
        """All that lies in the file."""
        with self._locked():
            os.lseek(self._file, 0, os.SEEK_SET)
            content = b"".join(iter(lambda: os.read(self._file, CHUNK), b""))
        whole = len(content) - len(content) % LINE.size
        yield from map(Line._make, LINE.iter_unpack(content[LINE.size : whole]))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        _hold(self._file)
        try:
            yield
        finally:
            _release(self._file)

    def _check_head(self, nonce: bytes) -> None:
        """A file of another store, or one that has grown too long, is begun anew."""
        os.lseek(self._file, 0, os.SEEK_SET)
        head = nonce.ljust(LINE.size, b"\0")
        size = os.fstat(self._file).st_size
        if os.read(self._file, LINE.size) != head or size > LARGEST:
            os.ftruncate(self._file, 0)
            os.write(self._file, head)

    def _begin_late(self) -> None:
        """Only what a limit looks back to matters: find where it begins, for moments only grow in the file."""
        count = os.fstat(self._file).st_size // LINE.size - 1
        oldest = self._clock.seconds() - self._longest
        first = bisect_left(range(count), oldest, key=self._moment_at)
        self._read = (first + 1) * LINE.size
        self._windows.clear()
        self._follow()

    def _moment_at(self, place: int) -> float:
        os.lseek(self._file, (place + 1) * LINE.size, os.SEEK_SET)
        return float(LINE.unpack(os.read(self._file, LINE.size))[0])

    def _follow(self) -> None:
        """Learn what other processes have appended."""
        os.lseek(self._file, self._read, os.SEEK_SET)
        while True:
            content = os.read(self._file, CHUNK)
            if not content:
                return
            whole = len(content) - len(content) % LINE.size
            for values in LINE.iter_unpack(content[:whole]):
                self._learn(Line._make(values))
            self._read += whole
            if len(content) < CHUNK:
                return

    def _learn(self, line: Line) -> None:
        self._last = max(self._last, line.at)
        if line.what == FORGOTTEN:
            self._windows.clear()
            return
        bits = line.limits
        while bits:
            bit = bits & -bits
            bits ^= bit
            window = self._window(bit, (line.client, line.user))
            if line.until:
                window.until = line.until
            else:
                window.hits.append((line.at, line.size))
                window.used += line.size

    def _append(self, line: Line) -> None:
        os.write(self._file, LINE.pack(*line))
        self._read += LINE.size
        if os.lseek(self._file, 0, os.SEEK_CUR) != self._read:
            self._begin_late()  # somebody began the file anew

    def _window(self, bit: int, numbers: tuple[int, int]) -> Window:
        key = bit, numbers[0] if bit & self._of_client else numbers[1]
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = Window()
        return window


def _refusal(window: Window, charge: Charge, size: int, now: float, *, prolong: bool) -> float | None:
    """Until when the limit refuses everything, if it does."""
    if now < window.until:
        if prolong:
            window.until = now + charge.span
        return window.until
    window.forget(now - charge.span)
    if window.used + size > charge.limit:
        window.until = window.room_at(charge, size, now)
        return window.until
    return None


def _nonce(store: Store) -> bytes:
    """What ties the file to its store."""
    found = store.get("traffic")
    if found is None:
        with store.write():
            found = store.get("traffic")
            if found is None:
                found = os.urandom(12).hex()
                store.put("traffic", found)
    return str(found).encode()
