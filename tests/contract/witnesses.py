"""Who judges an exchange: each marketplace's own description, and nobody else's."""

from collections.abc import Callable
from importlib import import_module

from contract import witness
from contract.witness import Exchange

#: Where the judge of a marketplace is; an exchange that names none is Allegro's.
JUDGES = {"ebay": "contract.ebay.witness", "etsy": "contract.etsy.witness"}

#: What is a marketplace in tests only, and is described by nobody.
UNDESCRIBED = frozenset({"toy"})


def violations(exchange: Exchange) -> list[str]:
    """What the description of its marketplace forbids in an exchange. DocumentMissingError when it is not there."""
    return _judge(exchange.get("marketplace", "allegro"))(exchange)


def _judge(marketplace: str) -> Callable[[Exchange], list[str]]:
    if marketplace == "allegro":
        return witness.violations
    if marketplace in UNDESCRIBED:
        return lambda _: []
    if marketplace not in JUDGES:
        return lambda _: [f"nobody judges the exchanges of {marketplace}"]
    found: Callable[[Exchange], list[str]] = import_module(JUDGES[marketplace]).violations
    return found
