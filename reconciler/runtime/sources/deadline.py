"""A moment after which reading ends, whoever is waited for."""

from collections.abc import Callable
from threading import Event, Timer
from types import TracebackType
from typing import Self


class Deadline:
    """Calls `stop` from another thread when a time is over; not after the `with` block has ended."""

    def __init__(self, seconds: float, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._over = Event()
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()

    @property
    def passed(self) -> bool:
        """Tell whether the time is over."""
        return self._over.is_set()

    def _end(self) -> None:
        self._over.set()
        self._stop()
