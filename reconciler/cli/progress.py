"""How far long work is: a bar on a terminal, plain lines in CI. Always on stderr."""

import os
import time
from collections.abc import Callable
from typing import Any, TextIO

from reconciler.cli.output import say
from reconciler.cli.terminal import is_terminal
from reconciler.render.gate import through
from reconciler.render.words import lasting
from reconciler.runtime.progress import Progress

_EVERY = 5.0


def progress_for(stream: TextIO) -> Progress:
    """Choose the display: a bar needs a terminal that can move its cursor, and CI logs are none."""
    moving = is_terminal(stream) and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")
    return Bar() if moving else Lines()


class Lines:
    """One line every few seconds, and one at the end of a task that took that long."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, every: float = _EVERY) -> None:
        self._clock = clock
        self._every = every
        self._task = ""
        self._total: int | None = None
        self._done = 0
        self._begun = self._told = clock()

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a task."""
        self._task, self._total, self._done = task, total, 0
        self._begun = self._told = self._clock()

    def advance(self, steps: int = 1) -> None:
        """Count, and say so now and then."""
        self._done += steps
        now = self._clock()
        if now - self._told >= self._every:
            self._told = now
            say(f"{self._task} {self._count()}{self._rate(now)}")

    def finish(self) -> None:
        """Say where a task ended; one that was over at once needs no line."""
        took = self._clock() - self._begun
        if self._task and took >= 1 and self._done:
            say(f"{self._task} {self._count()} in {lasting(took).removeprefix('about ')}")
        self._task = ""

    def note(self, text: str) -> None:
        """Say one line."""
        say(text)

    def _count(self) -> str:
        return f"{self._done}/{self._total}" if self._total else str(self._done)

    def _rate(self, now: float) -> str:
        rate = self._done / max(now - self._begun, 0.001)
        said = f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s"
        if not self._total or not rate:
            return f" ({said})"
        left = max(self._total - self._done, 0) / rate
        return f" ({said}, {lasting(left).removeprefix('about ')} left)"


class Bar:
    """A moving bar with count, rate and time left; it vanishes when its task is over."""

    def __init__(self) -> None:
        self._shown: Any = None
        self._row: Any = None

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a task."""
        self.finish()
        self._shown = _rich_progress()
        self._shown.start()
        self._row = self._shown.add_task(through([task]), total=total)

    def advance(self, steps: int = 1) -> None:
        """Move on."""
        if self._shown is not None:
            self._shown.advance(self._row, steps)

    def finish(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None

    def note(self, text: str) -> None:
        """Say one line; while a bar moves, rich stands in for stderr and puts it above."""
        say(text)


def _rich_progress() -> Any:
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.0f}/s" if task.speed else "", style="dim")

    return RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=RichConsole(stderr=True),
        transient=True,
    )
