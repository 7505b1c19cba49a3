"""How much a marketplace takes in a time."""

import math

from msgspec import Struct

_HOUR, _DAY = 3600, 86_400


class BudgetSpec(Struct, frozen=True, kw_only=True):
    """A rate limit: so many per window, counted per client or per user, in requests or in changed offers.

    One of scope `offer` counts the requests that change each resource: nothing waits for it, and what it does not
    let through is held back (`engine.allowance`).

    `everywhere`: every request counts against it, also one of which the spec says nothing.
    """

    name: str
    scope: str
    counts: str
    everywhere: bool = False
    per_second: int = 0
    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0

    def seconds_for(self, amount: float) -> float:
        """Return how long so many take: evenly within a minute, and no more than the limit in any hour or day."""
        if self.scope == "offer":
            return 0
        waited = 0
        for limit, seconds in ((self.per_day, _DAY), (self.per_hour, _HOUR)):
            full = max(0, math.ceil(amount / limit) - 1) if limit else 0
            waited, amount = waited + full * seconds, amount - full * limit
        return waited + max((amount * each / limit for limit, each in self.windows() if each < _HOUR), default=0)

    def windows(self) -> tuple[tuple[int, int], ...]:
        """Return (limit, seconds) of each stated window."""
        stated = ((self.per_second, 1), (self.per_minute, 60), (self.per_hour, _HOUR), (self.per_day, _DAY))
        return tuple((limit, seconds) for limit, seconds in stated if limit)
