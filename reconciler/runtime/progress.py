"""How long work tells where it stands. The command line draws it; a test counts it."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
#: So many steps are told at once: to tell each would cost as much as most of them.
_TOLD = 500
#: What has fewer steps is over before anybody could read how far it is.
_SHORT = 2_000


class Progress(Protocol):
    """Receives the course of one command: tasks one after the other, each with its count."""

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a task of so many steps (None: nobody knows yet)."""
        ...

    def advance(self, steps: int = 1) -> None:
        """So many more steps are done."""
        ...

    def finish(self) -> None:
        """The task is over."""
        ...

    def note(self, text: str) -> None:
        """Say one line, such as a wait for a rate limit."""
        ...


class Silent:
    """Says nothing."""

    def start(self, task: str, total: int | None = None) -> None:
        """Begin in silence."""

    def advance(self, steps: int = 1) -> None:
        """Go on in silence."""

    def finish(self) -> None:
        """End in silence."""

    def note(self, text: str) -> None:
        """Keep silent."""


SILENT: Progress = Silent()


def in_steps(steps: Collection[T], task: str, progress: Progress) -> Iterator[T]:
    """Yield these as a task whose steps they are, if they are many."""
    if len(steps) < _SHORT:
        yield from steps
        return
    with one_task(len(steps), task, progress) as counted:
        yield from counted(steps)


@contextmanager
def one_task(total: int, task: str, progress: Progress) -> Iterator[Callable[[Iterable[Any]], Iterable[Any]]]:
    """Give what yields the steps of one task, if they are many: of several collections, one after the other."""
    if total < _SHORT:
        yield iter
        return

    def counted(steps: Iterable[T]) -> Iterator[T]:
        number = 0
        for number, step in enumerate(steps, 1):
            yield step
            if number % _TOLD == 0:
                progress.advance(_TOLD)
        progress.advance(number % _TOLD)

    progress.start(task, total)
    try:
        yield counted
    finally:
        progress.finish()
