"""Scopes: addresses on the wire, short names here."""

from __future__ import annotations

from reconciler.simulator.ebay.refusals import OAuthRefusal, refuse

BASE = "https://api.ebay.com/oauth/api_scope"
PUBLIC = "api_scope"  # what everybody may see
INVENTORY, INVENTORY_READ = "sell.inventory", "sell.inventory.readonly"
ACCOUNT, ACCOUNT_READ = "sell.account", "sell.account.readonly"
IDENTITY = "commerce.identity.readonly"
KNOWN = (PUBLIC, INVENTORY, INVENTORY_READ, ACCOUNT, ACCOUNT_READ, IDENTITY, "sell.fulfillment")
ALL = frozenset(KNOWN)


def names_of(asked: str) -> frozenset[str]:
    """The scopes of a request, separated by blanks; OAuthRefusal for one that nobody grants."""
    found = set()
    for address in asked.split():
        name = PUBLIC if address == BASE else address.removeprefix(f"{BASE}/")
        if name not in ALL or (name == address and name != PUBLIC):
            message = (
                "The requested scope is invalid, unknown, malformed, or exceeds the scope granted to the client"
            )
            raise OAuthRefusal("invalid_scope", message)
        found.add(name)
    return frozenset(found)


def address_of(name: str) -> str:
    return BASE if name == PUBLIC else f"{BASE}/{name}"


def require_scope(granted: frozenset[str], wanted: tuple[str, ...]) -> None:
    """Refuse a token that has none of the scopes of the operation."""
    if wanted and granted.isdisjoint(wanted):
        raise refuse(1100, "Insufficient permissions to fulfill the request.", 403)
