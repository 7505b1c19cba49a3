"""Limits of requests on the marketplace's clock. What counts against which limit; `traffic` does the counting.

eBay counts by day and tells the state of its counters in the analytics API. Days slide here: that is stricter.
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.simulator.ebay.refusals import Refusal, error
from reconciler.simulator.ebay.settings import Limits
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.http import Request
from reconciler.simulator.rates import Bound
from reconciler.simulator.traffic import CHANGES, SERVED, Charge, number_of

DAY = 86_400


class Kind(NamedTuple):
    """One limit: its knob, its window in seconds, and under which API the analytics tell it."""

    knob: str
    seconds: int
    context: str
    api: str
    of_client: bool = True


KINDS = {
    "inventory": Kind("inventory_per_day", DAY, "sell", "Inventory"),
    "account": Kind("account_per_day", DAY, "sell", "Account"),
    "feed": Kind("feed_per_day", DAY, "sell", "Feed"),
    "taxonomy": Kind("taxonomy_per_day", DAY, "commerce", "Taxonomy"),
    "metadata": Kind("metadata_per_day", DAY, "sell", "Metadata"),
    "other": Kind("other_per_day", DAY, "developer", "Analytics"),
    "reports": Kind("reports_per_day", DAY, "sell", "Feed", of_client=False),
    "images": Kind("images_per_5_seconds", 5, "commerce", "Media", of_client=False),
    "codes": Kind("codes_per_day", DAY, "commerce", "Identity"),
    "refreshes": Kind("refreshes_per_day", DAY, "commerce", "Identity"),
    "applications": Kind("client_tokens_per_day", DAY, "commerce", "Identity"),
}
BIT = {name: 1 << place for place, name in enumerate(KINDS)}
OF_CLIENT = sum(BIT[name] for name, kind in KINDS.items() if kind.of_client)
PREFIXES = {
    "/sell/inventory/": "inventory",
    "/sell/account/": "account",
    "/sell/feed/": "feed",
    "/commerce/taxonomy/": "taxonomy",
    "/sell/metadata/": "metadata",
}


def limit_of(limits: Limits, name: str) -> int | None:
    value: int | None = getattr(limits, KINDS[name].knob)
    return value


def admit(world: EbayWorld, request: Request, client: str, seller: str) -> None:
    """Count one request against every limit that it touches."""
    path = request.path.removeprefix("/upload")
    names = [next((name for prefix, name in PREFIXES.items() if path.startswith(prefix)), "other")]
    if request.method == "POST" and path.startswith("/commerce/media/"):
        names = ["images"]
    _count(world, client, seller, names, SERVED)


def admit_report(world: EbayWorld, client: str, seller: str) -> bool:
    """Count a report against the seller's cap; False when it is used up."""
    return _room(world, client, seller, ["reports"], CHANGES)


def admit_token(world: EbayWorld, client: str, name: str) -> None:
    """Count one answer of the token endpoint against the cap of its grant."""
    _count(world, client, "", [name], CHANGES)


def used(world: EbayWorld, client: str, seller: str) -> dict[str, tuple[int, float]]:
    """How much of each limit is used in its window, and when the oldest of it leaves."""
    now = world.clock.seconds()
    found = {name: (0, now + kind.seconds) for name, kind in KINDS.items()}
    whose = number_of(client), number_of(seller)
    admitted = (line for line in world.traffic.lines() if line.what in {SERVED, CHANGES} and line.limits)
    for line in admitted:
        for name, kind in KINDS.items():
            own = line.client == whose[0] if kind.of_client else line.user == whose[1]
            if line.limits & BIT[name] and own and line.at > now - kind.seconds:
                count, reset = found[name]
                found[name] = count + line.size, reset if count else line.at + kind.seconds
    return found


def bounds(limits: Limits) -> list[Bound]:
    """All limits, as the knobs set them."""
    return [
        Bound(name, BIT[name], kind.seconds, limit_of(limits, name), of_client=kind.of_client)
        for name, kind in KINDS.items()
    ]


def _count(world: EbayWorld, client: str, seller: str, names: list[str], what: int) -> None:
    if not _room(world, client, seller, names, what):
        limits = world.settings.limits
        headers = {} if limits.retry_after is None else {"retry-after": str(limits.retry_after)}
        message = "The request limit has been reached for the resource."
        raise Refusal(429, error(2001, message), headers=headers)


def _room(world: EbayWorld, client: str, seller: str, names: list[str], what: int) -> bool:
    limits = world.settings.limits
    if not limits.enabled and what != SERVED:
        return True
    charges = [
        Charge(BIT[name], KINDS[name].seconds, limit)
        for name in names
        if limits.enabled and (limit := limit_of(limits, name)) is not None
    ]
    return world.traffic.admit(client, seller, charges, what, prolong=False) is None
