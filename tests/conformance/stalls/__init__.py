"""What conformance tests know of each marketplace: one stall for each, and no more than that."""

from __future__ import annotations

from importlib import import_module

from .base import Stall, Ware

#: Where the stall on each marketplace is.
STALLS = {
    "allegro": "allegro:AllegroStall",
    "ebay": "ebay:EbayStall",
    "etsy": "etsy:EtsyStall",
    "toy": "toy:ToyStall",
}


def stall_of(marketplace: str) -> type[Stall]:
    """The stall on a marketplace."""
    module, _, name = STALLS[marketplace].partition(":")
    found: type[Stall] = getattr(import_module(f"{__name__}.{module}"), name)
    return found


__all__ = ["STALLS", "Stall", "Ware", "stall_of"]
