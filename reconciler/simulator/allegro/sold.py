"""How many pieces an offer has sold, as the list tells it.

OfferListingDtoV1Stock.sold: "The number of sold items in the last 30 days on the base marketplace."; and of each
additional one: "The number of sold items in the last 30 days on the given marketplace." (Allegro's OpenAPI
description, 2026-07-18.) So the numbers fall while time passes.
"""

from __future__ import annotations

from reconciler.simulator.world import Json

WINDOW = 30 * 86_400
#: Sales of the same hour leave together, so that an offer keeps no more of them than a month has hours.
_HOUR = 3600


def note_sale(meta: Json, moment: float, market: str, quantity: int) -> None:
    """Keep a sale for as long as it counts."""
    hour = int(moment // _HOUR)
    kept = [each for each in meta.get("sales", ()) if _leaves(each) > moment]
    same = [each for each in kept if each[:2] == [hour, market]]
    for each in same:
        each[2] += quantity
    meta["sales"] = kept if same else [*kept, [hour, market, quantity]]


def sold_lately(meta: Json, moment: float, market: str) -> int:
    """The number that the list shows for a marketplace."""
    return sum(each[2] for each in meta.get("sales", ()) if each[1] == market and _leaves(each) > moment)


def next_to_leave(meta: Json, moment: float) -> float | None:
    """When the list shows another number by itself."""
    return min((at for each in meta.get("sales", ()) if (at := _leaves(each)) > moment), default=None)


def _leaves(sale: list[int]) -> float:
    return float(sale[0] * _HOUR + WINDOW)
