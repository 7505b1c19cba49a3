"""Cuts a piece of work off in the middle: at its n-th step on files, as a process that is killed is cut off."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

#: What Python tells of before it does it. `os.replace` is told as a rename.
_STEPS = frozenset({"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "sqlite3.connect"})
KILLED = 9
_DONE, _FAILED = 0, 1


def cut_off(work: Callable[[], Any], step: int, below: Path) -> bool:
    """Do the work in a process that ends at its n-th step below a folder, before the step. False: it had fewer.

    The process is a fork of this one and ends without any handler, as if it were killed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads: the child needs none of them
        child = os.fork()
    if child == 0:
        os.environ.pop("RECONCILE_SIMULATOR_RECORD", None)
        _end_at(step, str(below))
        try:
            work()
        except BaseException:  # noqa: BLE001 - a child of a test may not go on as a second test run
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(_FAILED)
        os._exit(_DONE)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (KILLED, _DONE), f"the work failed at step {step}, with {code}"
    return code == KILLED


def cuts(first: int = 1, every: int = 1) -> Iterator[int]:
    """Yield the numbers of steps, for as long as the caller goes on."""
    step = first
    while True:
        yield step
        step += every


def _end_at(step: int, below: str) -> None:
    left = step

    def count(event: str, values: tuple[Any, ...]) -> None:
        nonlocal left
        if _writes(event, values) and _concerns(event, values, below):
            left -= 1
            if left == 0:
                os._exit(KILLED)

    sys.addaudithook(count)


def _writes(event: str, values: tuple[Any, ...]) -> bool:
    return event in _STEPS or (event == "open" and bool(values[2] & (os.O_WRONLY | os.O_RDWR)))


def _concerns(event: str, values: tuple[Any, ...], below: str) -> bool:
    """Names that are relative to an open folder are those of a tree that is being removed."""
    path = values[1] if event in ("os.rename", "os.link") else values[0]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    return str(path).startswith(below) or (event in ("os.remove", "os.rmdir") and not os.path.isabs(str(path)))
