"""What the torture tools know of Allegro."""

from __future__ import annotations

from typing import Any

import world

from torture import shop
from torture.grounds import allegro_kinds
from torture.grounds.base import Ground, Stock


def live(number: int, key: str) -> dict[str, Any]:
    return shop.live_offer(number, key, shop.example.PRODUCT)


def seller(
    offers: list[dict[str, Any]], login: str = world.LOGIN, number: int = 0, refresh: str = "first-refresh"
) -> dict[str, Any]:
    return world.seller(offers, login=login, user_id=str(44_300_001 + number), refresh_token=refresh)


_FIRST = 17_000_000_000


def _with_pieces(number: int, key: str, pieces: int) -> dict[str, Any]:
    return world.live_offer(number, key, stock={"available": pieces, "unit": "UNIT"})


def _pieces(made: world.World) -> dict[int, int]:
    return {int(key) - _FIRST: body["stock"]["available"] for key, body in made.stored().items()}


def _refused(numbers: list[int], named: str) -> list[dict[str, Any]]:
    """Every command that has one of them is refused as a whole."""
    offers = [str(_FIRST + number) for number in numbers]
    return [{"do": "refuse_rows", "offers": offers, "named": named}]


ALLEGRO = Ground(
    name="allegro",
    project=world.World,
    build=shop.build,
    live=live,
    seller=seller,
    stock=Stock(_with_pieces, _pieces, _refused),
    requests=70,
    writes=8,
    lag=600.0,
    events=True,
    kinds=allegro_kinds.KINDS,
    everything=allegro_kinds.EVERYTHING,
    faults=allegro_kinds.FAULTS,
    case=allegro_kinds.case,
    twice=allegro_kinds.twice,
    brisk={
        "operation_seconds": (0.05, 0.1),
        "command_seconds": (0.05, 0.1),
        "completed_late_seconds": 0.05,
        "activation_seconds": (0.05, 0.1),
        "ending_seconds": (0.05, 0.1),
    },
    calm={"accepted_ratio": 0.2, "operation_seconds": (1.0, 3.0)},
)
