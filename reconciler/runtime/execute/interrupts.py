"""Ctrl-C and SIGTERM: the first one finishes what is in flight and saves, the second one stops at once."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible(stop: Callable[[], None], say: Callable[[str], None]) -> Iterator[None]:
    """Call `stop` at the first signal; cancel the running task at the second."""
    task = asyncio.current_task()
    count = 0

    def received() -> None:
        nonlocal count
        count += 1
        if count == 1:
            say("stopping: what is in flight is finished and saved; once more stops at once")
            stop()
        elif task is not None:
            task.cancel()

    loop = asyncio.get_running_loop()
    installed = [each for each in _SIGNALS if _install(loop, each, received)]
    try:
        yield
    finally:
        for each in installed:
            loop.remove_signal_handler(each)


def _install(loop: asyncio.AbstractEventLoop, which: signal.Signals, received: Callable[[], None]) -> bool:
    """Handlers can be set in the main thread only; elsewhere somebody else owns the signals."""
    try:
        loop.add_signal_handler(which, received)
    except (ValueError, RuntimeError, NotImplementedError):
        return False
    return True
