"""Locks between the processes of one machine: a file that the system unlocks when its holder is gone."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reconciler.runtime.writing import open_lock

_LOOK_AGAIN = 0.01


class Held(Exception):  # noqa: N818 - an answer, made a sentence by whoever asked
    """Somebody else has the lock, and has it still when patience ends."""


@contextmanager
def holding(file: Path, patience: float) -> Iterator[None]:
    """Hold the lock of a file; wait up to `patience` seconds for it. Held, or the OSError of the file."""
    with open_lock(file) as opened:
        until = time.monotonic() + patience
        while not _try(opened):
            if time.monotonic() >= until:
                raise Held
            time.sleep(_LOOK_AGAIN)
        yield


def _try(opened: IO[bytes]) -> bool:
    if sys.platform == "win32":
        return True  # two at once end with an error there: neither puts a file over one of the other's
    import fcntl

    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
