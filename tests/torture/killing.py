"""`reconcile` as a process that is killed: after so many requests, so many writes, or so many milliseconds."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import warm
from world import READS, RECORD

ROOT = Path(__file__).parents[2]
APPLY = ("apply", "--auto-approve")
_READS = tuple(map(str.encode, READS))


@dataclass(frozen=True)
class Aim:
    """When to pull the trigger: at that many lines (or writes) of the record, and so many seconds later."""

    requests: int = 0
    writes: int = 0
    seconds: float = 0.0

    @classmethod
    def at_random(cls, random: Random, requests: int = 70, writes: int = 8) -> Aim:
        """Mostly between two requests of the execution, sometimes at any time at all. Up to so many of each."""
        later = random.choice((0.0, 0.0, random.uniform(0.0, 0.004), random.uniform(0.0, 0.05)))
        kind = random.random()
        if kind < 0.4:
            return cls(requests=random.randint(1, requests), seconds=later)
        if kind < 0.85:
            return cls(writes=random.randint(1, writes), seconds=later)
        return cls(seconds=random.uniform(0.3, 2.0))


class Process:
    """One run of the command line, with a record of its own of what the embedded marketplace was asked."""

    def __init__(self, root: Path, *arguments: str, output: str = "output.txt", **environment: str) -> None:
        self.record = root / ".reconcile" / "record.jsonl"
        self.record.parent.mkdir(exist_ok=True)
        self._mark = self.record.stat().st_size if self.record.exists() else 0
        self.output = root / ".reconcile" / output
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
        env = {**kept, RECORD: str(self.record), **environment}
        with open(os.devnull, "rb") as nothing, self.output.open("wb") as out:
            self.process = warm.start(arguments, root, env, (nothing, out, out))

    def asked(self) -> tuple[int, int]:
        """How many requests, and how many writes, the marketplace has had from this process."""
        if not self.record.exists():
            return 0, 0
        with self.record.open("rb") as record:
            record.seek(self._mark)
            lines = record.read().split(b"\n")[:-1]
        return len(lines), sum(
            b'"method":"GET"' not in line[:40] and not any(read in line[:200] for read in _READS) for line in lines
        )

    def wait_for(self, aim: Aim, timeout: float = 300.0) -> bool:
        """Wait for the moment of an aim; False when the process has ended before."""
        until = time.monotonic() + timeout
        size = -1
        while aim.requests or aim.writes:
            if self.process.poll() is not None:
                return False
            now = self.record.stat().st_size if self.record.exists() else 0
            if now != size:
                size = now
                requests, writes = self.asked()
                if (aim.requests and requests >= aim.requests) or (aim.writes and writes >= aim.writes):
                    break
            if time.monotonic() > until:
                raise TimeoutError(self.output.read_text(errors="replace"))
            time.sleep(0.0003)
        time.sleep(aim.seconds)
        return self.process.poll() is None

    def wait_for_words(self, words: str, timeout: float = 60.0) -> None:
        """Wait until it has printed this."""
        until = time.monotonic() + timeout
        while words not in self.told():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self.told())
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self, timeout: float = 300.0) -> int:
        """Wait for the end and return the exit code."""
        return self.process.wait(timeout)

    def told(self) -> str:
        """What it has printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")


def shoot(root: Path, aim: Aim, *arguments: str, **environment: str) -> int | None:
    """Run `reconcile apply` and kill it at the aim; its exit code when it was faster."""
    running = Process(root, *(arguments or APPLY), **environment)
    if running.wait_for(aim):
        running.kill()
        return None
    return running.end()


def run(root: Path, *arguments: str, output: str = "output.txt", **environment: str) -> tuple[int, str]:
    """Run a command to its end: exit code and what it printed."""
    running = Process(root, *(arguments or APPLY), output=output, **environment)
    return running.end(), running.told()
