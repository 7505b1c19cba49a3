"""What a process takes, with all that it starts: processor time, wall time and memory at the most."""

import os
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_EVERY = 0.05
_KB = 1024


class Failed(Exception):  # noqa: N818 - said as people say it
    """A command ended otherwise than it should; the text is the end of what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one run of a command took. `cpu` and `wall` in seconds, `peak` in MB; `island` is the seconds taken off."""

    cpu: float
    wall: float
    peak: int
    island: float = 0.0
    requests: Mapping[str, int] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many requests were sent."""
        return sum(self.requests.values())


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment of a measured command: what it imports is kept compiled, as it is once installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0", **more}


def compile_all(package: Path) -> None:
    """Compile a package and all that is installed beside it; what is compiled already costs nothing."""
    for folder in (package, Path(sysconfig.get_path("purelib"))):
        command = [sys.executable, "-m", "compileall", "-q", "-q", str(folder)]
        subprocess.run(command, check=False, env=surroundings())


def measure(
    command: Sequence[str],
    *,
    folder: Path,
    log: Path,
    env: Mapping[str, str] | None = None,
    expect: Sequence[int] = (0,),
) -> Figure:
    """Run a command, and insist on its exit code; what it prints goes into the log, which tells more of a failure.

    Processor time is the whole command's: the interpreter's start, and processes that it waited for. Memory is the
    largest process's; where there were several at a time, what all of them held, with shared pages counted once.
    """
    with log.open("wb") as out:
        began = time.perf_counter()
        running = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        watch = _Watch(running.pid)
        watch.start()
        _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
    if running.returncode not in expect:
        said = log.read_text("utf-8", errors="replace")[-2000:]
        raise Failed(f"{' '.join(command)} ended with {running.returncode}:\n{said}")
    unit = 1 if sys.platform == "darwin" else _KB
    peak = max(used.ru_maxrss * unit, watch.most)
    return Figure(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=round(peak / _KB / _KB))


class _Watch(threading.Thread):
    """Looks at a process and its children now and then; `most` is in bytes, and 0 where it had none."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self._pid, self._done = pid, threading.Event()

    def run(self) -> None:
        while not self._done.wait(_EVERY):
            family = _family(self._pid)
            if len(family) > 1:
                self.most = max(self.most, sum(map(_held, family)))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _family(pid: int) -> list[int]:
    found, place = [pid], 0
    while place < len(found):
        try:
            for task in Path(f"/proc/{found[place]}/task").iterdir():
                found.extend(map(int, (task / "children").read_text("ascii").split()))
        except OSError:  # it has ended meanwhile, or the system has no such place
            pass
        place += 1
    return found


def _held(pid: int) -> int:
    """Return what a process holds in bytes, its share of shared pages only."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * _KB for line in text.splitlines() if line.startswith("Pss:")), 0)
