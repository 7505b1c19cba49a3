"""Request limits of an application on the marketplace's clock, and the headers that tell of them.

First the second, then the sliding day (developers.etsy.com, rate limits); what is refused does not count.
"""

from __future__ import annotations

from math import ceil

from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.settings import Limits
from reconciler.simulator.etsy.world import EtsyWorld
from reconciler.simulator.rates import Bound
from reconciler.simulator.traffic import Charge

SECOND, DAY = 1, 86_400
PER_SECOND, PER_DAY = 1, 2
OF_CLIENT = PER_SECOND | PER_DAY
NAMES = (("second", "second"), ("day", "today"))


def admit(world: EtsyWorld, client: str, seller: str) -> None:
    """Count one request of an application."""
    limits = world.settings.limits
    charges = _charges(limits) if limits.enabled else []
    wait = world.traffic.admit(client, seller, charges, prolong=False)
    if wait is not None:
        headers = headers_of(world, client)
        if limits.retry_after:
            headers["retry-after"] = str(ceil(wait))
        raise Refusal(429, "Exceeded rate limit.", headers=headers)


def headers_of(world: EtsyWorld, client: str) -> dict[str, str]:
    """What every answer tells an application of its limits."""
    limits = world.settings.limits
    if not limits.enabled or not limits.headers or not client:
        return {}
    charges = _charges(limits)
    found = {}
    for (name, left), charge, used in zip(NAMES, charges, world.traffic.used(client, "", charges), strict=True):
        found[f"x-limit-per-{name}"] = str(charge.limit)
        rest = "x-remaining-this-second" if left == "second" else f"x-remaining-{left}"
        found[rest] = str(max(0, charge.limit - used))
    return found


def _charges(limits: Limits) -> list[Charge]:
    return [Charge(PER_SECOND, SECOND, limits.per_second), Charge(PER_DAY, DAY, limits.per_day)]


def bounds(limits: Limits) -> list[Bound]:
    """All limits, as the knobs set them."""
    return [
        Bound("second", PER_SECOND, SECOND, limits.per_second, of_client=True),
        Bound("day", PER_DAY, DAY, limits.per_day, of_client=True),
    ]
