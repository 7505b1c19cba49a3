"""What the torture tools know of each marketplace that can be practised: one description for each, and no more than that."""

from __future__ import annotations

from importlib import import_module

from torture.grounds.base import Ground

#: Where the description of each marketplace is; it is imported when somebody is tortured there.
GROUNDS = {
    "allegro": "torture.grounds.allegro:ALLEGRO",
    "etsy": "torture.grounds.etsy:ETSY",
    "ebay": "torture.grounds.ebay:EBAY",
}


def ground(name: str) -> Ground:
    """The description of a marketplace."""
    module, _, what = GROUNDS[name].partition(":")
    found: Ground = getattr(import_module(module), what)
    return found


__all__ = ["GROUNDS", "Ground", "ground"]
