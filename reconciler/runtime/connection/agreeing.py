"""Whose time counts: the marketplace's, where this machine's clock tells another.

What is remembered is compared with moments that the marketplace tells, and with what earlier commands noted. A
machine's clock may have been set in between; its answers say in `Date` what time it is there.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from msgspec import Struct, field

from reconciler.model.wire import Response, date_of
from reconciler.runtime.clock import SAME_TIME, Clock, WallClock, span

#: `Date` counts whole seconds, and an answer takes a while.
_CLOSE = timedelta(seconds=5)


class TheirTime(Struct):
    """How far the marketplace's clock is ahead of this machine's, by the answer that came last."""

    clock: Clock
    ahead: timedelta = field(default=timedelta(0))

    def heed(self, response: Response) -> None:
        """Look at an answer's date; one without any tells nothing."""
        told = date_of(response.headers)
        self.ahead = timedelta(0) if told is None else told - self.clock.now()

    async def agree(self, ask_again: Callable[[], Awaitable[object]], note: Callable[[str], None]) -> None:
        """After a first answer: count on with the marketplace's time, when a second one tells it as well.

        One alone may have lain in somebody's cache, or be wrong.
        """
        first = self.ahead
        if not isinstance(self.clock, WallClock) or abs(first) <= _CLOSE:
            return
        await ask_again()
        if abs(self.ahead - first) > (SAME_TIME / 2 if abs(first) > SAME_TIME else _CLOSE):
            return
        self.ahead = max(self.ahead, first)  # that answer was on its way for less long
        self.clock.follow(self.ahead)
        if abs(self.ahead) > SAME_TIME:
            where = "behind" if self.ahead > timedelta(0) else "ahead of"
            about = span(abs(self.ahead) + timedelta(seconds=30))  # `Date` has lost its fraction
            note(f"this machine's clock is {about} {where} the marketplace's, whose time counts")
