"""Request limits on the marketplace's clock. What counts against which limit; `traffic` does the counting."""

from __future__ import annotations

from math import ceil

from reconciler.simulator.allegro.refusals import Refusal, fault
from reconciler.simulator.allegro.settings import Limits
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.http import Request
from reconciler.simulator.rates import Bound
from reconciler.simulator.traffic import CHANGES, Charge

MINUTE, HOUR = 60, 3600
PRICED = frozenset({"price", "bulk"})
# The names of the limits by bit; the first is counted by client, the others by user.
NAMES = ["client", "reads", "writes", "writes/h", "rules", "tokens/h"]
NAMES += [
    f"{family}/{span}" for family in ("publication", "price", "quantity", "modification", "bulk") for span in "mh"
]
BIT = {name: 1 << place for place, name in enumerate(NAMES)}
OF_CLIENT = BIT["client"]


def too_many(limits: Limits, wait: float) -> Refusal:
    headers = {}
    if limits.retry_after_exact:
        headers["Retry-After"] = str(ceil(wait))
    elif limits.retry_after is not None:
        headers["Retry-After"] = str(limits.retry_after)
    return Refusal(429, fault("TooManyRequests", "The limit of requests is used up."), headers=headers)


def admit(world: AllegroWorld, request: Request, client: str, seller: str) -> None:
    """Count one request against every limit that it touches."""
    limits = world.settings.limits
    charges = _charges(limits, request) if limits.enabled else []
    wait = world.traffic.admit(client, seller, charges, prolong=limits.prolong)
    if wait is not None:
        raise too_many(limits, wait)


def _charges(limits: Limits, request: Request) -> list[Charge]:
    found = [Charge(BIT["client"], MINUTE, limits.client_per_minute)]
    path, method = request.path, request.method
    if path.startswith("/sale/product-offers"):
        if method == "GET" and path.count("/") == 3:
            found.append(Charge(BIT["reads"], MINUTE, limits.offer_reads_per_minute))
        elif method in {"POST", "PATCH"}:
            found.append(Charge(BIT["writes"], MINUTE, limits.offer_writes_per_minute))
            found.append(Charge(BIT["writes/h"], HOUR, limits.offer_writes_per_hour))
    elif path.startswith("/sale/price-automation"):
        found.append(Charge(BIT["rules"], 1, limits.price_rules_per_second))
    return found


def admit_changes(call: AllegroCall, family: str, size: int) -> None:
    """Count the offers of a command: its limits are of changes, not of requests."""
    limits = call.world.settings.limits
    if not limits.enabled:
        return
    hourly = limits.price_changes_per_hour if family in PRICED else limits.changes_per_hour
    _further(
        call.world,
        call.client,
        call.seller,
        [
            Charge(BIT[f"{family}/m"], MINUTE, limits.changes_per_minute),
            Charge(BIT[f"{family}/h"], HOUR, hourly),
        ],
        size,
    )


def admit_token(world: AllegroWorld, client: str, seller: str) -> None:
    """Count one answer of the token endpoint against the cap of its user (issue #8321)."""
    limits = world.settings.limits
    if limits.enabled and limits.tokens_per_hour is not None:
        _further(world, client, seller, [Charge(BIT["tokens/h"], HOUR, limits.tokens_per_hour)], 1)


def _further(world: AllegroWorld, client: str, seller: str, charges: list[Charge], size: int) -> None:
    limits = world.settings.limits
    wait = world.traffic.admit(client, seller, charges, CHANGES, size, prolong=limits.prolong)
    if wait is not None:
        raise too_many(limits, wait)


def bounds(limits: Limits) -> list[Bound]:
    """All limits, as the knobs set them."""
    return [Bound(name, BIT[name], *_bound(limits, name), of_client=BIT[name] == OF_CLIENT) for name in NAMES]


def _bound(limits: Limits, name: str) -> tuple[int, int | None]:
    match name:
        case "client":
            return 60, limits.client_per_minute
        case "reads":
            return 60, limits.offer_reads_per_minute
        case "writes":
            return 60, limits.offer_writes_per_minute
        case "writes/h":
            return 3600, limits.offer_writes_per_hour
        case "rules":
            return 1, limits.price_rules_per_second
        case "tokens/h":
            return 3600, limits.tokens_per_hour
        case "price/h" | "bulk/h":
            return 3600, limits.price_changes_per_hour
    return (60, limits.changes_per_minute) if name.endswith("/m") else (3600, limits.changes_per_hour)
