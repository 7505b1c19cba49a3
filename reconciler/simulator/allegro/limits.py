"""Request limits on the marketplace's clock. Counted in memory: each process has its own window."""

from __future__ import annotations

from reconciler.simulator.http import Call, Refusal, Request, fault
from reconciler.simulator.settings import Limits
from reconciler.simulator.world import World


def too_many(limits: Limits) -> Refusal:
    headers = {} if limits.retry_after is None else {"Retry-After": str(limits.retry_after)}
    return Refusal(429, fault("TooManyRequests", "The limit of requests is used up."), headers=headers)


def admit(world: World, request: Request, client: str, seller: str) -> None:
    """Charge one request against every limit that it touches."""
    limits = world.settings.limits
    if not limits.enabled:
        return
    _charge(world, ("client", client), 60, limits.client_per_minute)
    path, method = request.path, request.method
    if path.startswith("/sale/product-offers"):
        if method == "GET" and path.count("/") == 3:
            _charge(world, ("reads", seller), 60, limits.offer_reads_per_minute)
        elif method in {"POST", "PATCH"}:
            _charge(world, ("writes", seller), 60, limits.offer_writes_per_minute)
            _charge(world, ("writes/h", seller), 3600, limits.offer_writes_per_hour)
    elif path.startswith("/sale/price-automation"):
        _charge(world, ("rules", seller), 1, limits.price_rules_per_second)


def admit_changes(call: Call, family: str, size: int) -> None:
    """Charge the offers of a command: its limits count changes, not requests."""
    limits = call.world.settings.limits
    if not limits.enabled:
        return
    hourly = limits.price_changes_per_hour if family in {"price", "bulk"} else limits.changes_per_hour
    _charge(call.world, (f"{family}/min", call.seller), 60, limits.changes_per_minute, size)
    _charge(call.world, (f"{family}/h", call.seller), 3600, hourly, size)


def _charge(world: World, key: tuple[str, str], span: float, limit: int, size: int = 1) -> None:
    limits = world.settings.limits
    if not world.meter.take(key, world.moment, span, limit, size, prolong=limits.prolong):
        raise too_many(limits)
