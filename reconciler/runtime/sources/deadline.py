"""A moment after which reading ends, whoever is waited for."""

from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self

#: Seconds in which a server that is late may say so by itself.
GRACE = 0.5


class Deadline:
    """After so many seconds calls `interrupt`, and `hang_up` when a grace is over, too, from another thread.

    Nothing is called after the `with` block has ended.
    """

    def __init__(self, seconds: float, interrupt: Callable[[], None], hang_up: Callable[[], None]) -> None:
        self._seconds, self._interrupt, self._hang_up = seconds, interrupt, hang_up
        self._ended, self._passed = Event(), Event()
        self._watch = Thread(target=self._watched, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._watch.join()

    @property
    def passed(self) -> bool:
        """Tell whether the time is over."""
        return self._passed.is_set()

    def _watched(self) -> None:
        if self._ended.wait(self._seconds):
            return
        self._passed.set()
        self._interrupt()
        if not self._ended.wait(GRACE):
            self._hang_up()
