"""What the torture tools know of Allegro."""

from __future__ import annotations

from typing import Any

import world

from torture import shop
from torture.grounds import allegro_kinds
from torture.grounds.base import Ground


def live(number: int, key: str) -> dict[str, Any]:
    return shop.live_offer(number, key, shop.example.PRODUCT)


def seller(
    offers: list[dict[str, Any]], login: str = world.LOGIN, number: int = 0, refresh: str = "first-refresh"
) -> dict[str, Any]:
    return world.seller(offers, login=login, user_id=str(44_300_001 + number), refresh_token=refresh)


ALLEGRO = Ground(
    name="allegro",
    project=world.World,
    build=shop.build,
    live=live,
    seller=seller,
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
