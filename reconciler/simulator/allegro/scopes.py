"""Which scope an operation asks of a token, as the marketplace's description of the API declares it."""

from __future__ import annotations

from functools import cache

from reconciler.simulator.allegro.refusals import refuse

PREFIX = "allegro:api:"
KNOWN = (
    "profile:read",
    "sale:offers:read",
    "sale:offers:write",
    "sale:settings:read",
    "sale:settings:write",
)
NONE = (
    "/marketplaces",
    "/sale/tax-settings",
    "/sale/categories",
    "/sale/delivery-methods",
    "/sale/offer-promotion-packages",
    "/sale/matching-categories",
)
SETTINGS = (
    "/sale/shipping-rates",
    "/sale/delivery-settings",
    "/sale/offer-contacts",
    "/sale/offer-tags",
    "/sale/responsible-",
    "/sale/offer-additional-services",
    "/sale/size-tables",
    "/after-sales-service-conditions",
)


def require_scope(granted: frozenset[str], method: str, path: str) -> None:
    """Refuse a token that was issued without the scope of the operation (issues #6650, #7864)."""
    needed = scope_of(method, path)
    if needed and needed not in granted:
        message = f"insufficient_scope: the token lacks {PREFIX}{needed}."
        raise refuse(403, "AccessDenied", message, None, scope=f"{PREFIX}{needed}")


@cache
def scope_of(method: str, path: str) -> str:
    """The scope of one operation; empty where every token will do."""
    if path.startswith(NONE):
        return ""
    if path == "/me":
        return "profile:read"
    if path.startswith(SETTINGS):
        return "sale:settings:read" if method == "GET" else "sale:settings:write"
    # The state of a command needs the scope of writing, but for promotion options.
    reads = method == "GET" and ("-commands" not in path or "promo" in path)
    return "sale:offers:read" if reads else "sale:offers:write"
