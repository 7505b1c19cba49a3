"""`reconcile` within this process: what it prints, how it ends, and how long that takes on the stepped clock."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from world import World

from reconciler.cli import main

DOCUMENTED = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 64})
#: Seconds of a processor that a command may take, whatever it is told, and seconds of the stepped clock.
BUSY_SECONDS = 60
UNENDING = -9
STEPPED_SECONDS = 6 * 3600.0


@dataclass(frozen=True)
class Ended:
    """One command that has ended."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str
    stepped: float
    seconds: float

    def document(self) -> Any:
        """What it printed as JSON; None when that is not one document."""
        try:
            return json.loads(self.out)
        except ValueError:
            return None

    def faults(self) -> list[str]:
        """What is wrong with any end, whatever the command was to do."""
        told = self.out + self.err
        found = []
        if self.code == UNENDING:
            return [f"unbounded: ended by force after {self.seconds:.0f} s"]
        if "Traceback" in told or "bug in reconcile" in told:
            found.append(f"traceback: {_last_words(self.err)}")
        if self.code not in DOCUMENTED:
            found.append(f"exit code {self.code}")
        if "--json" in self.arguments and self.document() is None:
            found.append(
                f"--json printed {len(self.out.encode())} bytes that are no document (exit code {self.code})"
            )
        if self.code and not self.err.strip() and not self.out.strip():
            found.append(f"exit code {self.code} without a word")
        if self.stepped > STEPPED_SECONDS:
            found.append(f"unbounded: {self.stepped:,.0f} s of the stepped clock")
        return found


def _last_words(err: str) -> str:
    """The exception of a traceback and where it came from."""
    lines = err.splitlines()
    places = [line.strip() for line in lines if line.strip().startswith("File ") and "/reconciler/" in line]
    ends = [
        line
        for line in lines
        if line and not line.startswith((" ", "Traceback", "This is", "Please", "public", "The above", "During"))
    ]
    where = places[-1].rpartition("/reconciler/")[2].replace('", line ', ":").split(",")[0] if places else ""
    said = next((line for line in reversed(ends) if "Error" in line or "Exception" in line or ":" in line), "")
    return f"{said[:150]} at {where}"


class TooLong(BaseException):
    """A command that does not end."""


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def end(*_: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, BUSY_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def clock_of(made: World) -> float:
    """How far the marketplace's clock is ahead of the real one."""
    with made.simulator() as simulator:
        return simulator.clock.offset


def reconcile(made: World, *arguments: str) -> Ended:
    """Run a command in the folder of a project."""
    out, err = io.StringIO(), io.StringIO()
    before, began, here = clock_of(made), time.process_time(), Path.cwd()
    os.chdir(made.root)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _limited():
            code = main.run(list(arguments))
    except TooLong:
        code = UNENDING
    except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever gets past the last line of defence
        code = -2
        err.write(f"Traceback past the command line: {type(problem).__name__}: {problem}")
    finally:
        os.chdir(here)
    stepped = clock_of(made) - before
    return Ended(arguments, int(code), out.getvalue(), err.getvalue(), stepped, time.process_time() - began)
