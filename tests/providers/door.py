"""The one door between a conversation and what it is answered, as the runner keeps it: here for arbitrary answers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.wire import Response, Sleep
from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.providers.base import MarketplaceFault
from reconciler.providers.conversation import Answer, Remember, Request
from reconciler.providers.outcomes import Unwritable
from reconciler.runtime.connection.transport import NoAnswer

#: How a conversation may end besides with a value.
FAULTS = (MarketplaceFault, Unwritable, NoAnswer)
#: Nobody may be made to ask or wait for ever.
MOST_REQUESTS, MOST_SECONDS = 3_000, 4 * 3600.0


class EndlessError(AssertionError):
    """A conversation that goes on and on."""


@dataclass
class Held:
    """What a conversation came to: a value or a fault, and what it wanted to be remembered."""

    value: Any = None
    fault: Exception | None = None
    remembered: list[Remember] = field(default_factory=list)
    requests: int = 0
    seconds: float = 0.0


def hold(conversation: Generator[Any, Any, Any], answer: Callable[[Request], Response]) -> Held:
    """Hold a conversation to its end. Anything but a value or a fault is raised."""
    held = Held()
    step: Callable[[], object] = lambda: next(conversation)  # noqa: E731
    while True:
        try:
            effect = step()
        except StopIteration as end:
            held.value = end.value
            return held
        except FAULTS as fault:
            held.fault = fault
            return held
        step = lambda: conversation.send(None)  # noqa: E731
        if isinstance(effect, Request):
            held.requests += 1
            if held.requests > MOST_REQUESTS:
                raise EndlessError(
                    f"more than {MOST_REQUESTS} requests, the last one {effect.method} {effect.path}"
                )
            step = _answered(conversation, ALLEGRO.answer(effect, answer(effect)))
        elif isinstance(effect, Sleep):
            held.seconds += effect.seconds
            if not held.seconds <= MOST_SECONDS:
                raise EndlessError(f"waits for {held.seconds:,.0f} s")
        elif isinstance(effect, Remember):
            held.remembered.append(effect)


def _answered(conversation: Generator[Any, Any, Any], answer: Answer) -> Callable[[], object]:
    """Hand an answer in, as the runner does."""
    return lambda: conversation.send(answer)
