"""Keeping apart what the embedded practice marketplace does.

It answers in the process of the command, so its work has to be taken off: the processor time of the thread in which
it answers, for as long as it answers, for its clock, and while its modules are imported, it opens its store and reads
what it was asked before. Everything around it (the client that calls it, ASGI) stays in our figures, and its memory
does, too.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_NUMBER = re.compile(r"(?<=/)(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")


@dataclass
class Island:
    """What the practice marketplace took: seconds of a processor, and requests by method and path."""

    cpu: float = 0.0
    requests: Counter[str] = field(default_factory=Counter)


@contextmanager
def apart(outside: Callable[[bool], None] = lambda _there: None) -> Iterator[Island]:
    """Measure the practice marketplace of this process; `outside` is told when it begins (True) and ends (False)."""
    from reconciler.simulator import app
    from reconciler.simulator.marketplace import Marketplace, SharedClock

    island, answer, advance = Island(), Marketplace.respond, SharedClock.advance_to
    opening, importing = Marketplace.__init__, app.simulator_of
    within = False

    def measured(method: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        nonlocal within
        if within:
            return method(*args)
        outside(True)
        within, before = True, time.thread_time()
        try:
            return method(*args)
        finally:
            island.cpu += time.thread_time() - before
            within = False
            outside(False)

    def respond(self: Any, request: Any) -> Any:
        island.requests[f"{request.method} {_NUMBER.sub('{id}', request.path)}"] += 1
        return measured(answer, (self, request))

    def advance_to(*args: Any) -> Any:
        return measured(advance, args)

    def opened(self: Any, *args: Any, **named: Any) -> None:
        measured(lambda: opening(self, *args, **named), ())

    def imported(marketplace: str) -> Any:
        return measured(importing, (marketplace,))

    Marketplace.__init__ = opened  # type: ignore[method-assign]
    Marketplace.respond, SharedClock.advance_to = respond, advance_to  # type: ignore[method-assign]
    app.simulator_of = imported
    try:
        yield island
    finally:
        Marketplace.respond, SharedClock.advance_to = answer, advance  # type: ignore[method-assign]
        Marketplace.__init__ = opening  # type: ignore[method-assign]
        app.simulator_of = importing
