"""A project of many accounts on one practice marketplace, each with a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import world
from world import World


def many(
    root: Path, names: Sequence[str], offers: int, texts: Mapping[str, str], **changes: Mapping[str, Any]
) -> World:
    """Seed a seller for each name, s01 and so on, of so many live offers; `changes` are made to its declaration.

    `texts` are the documents of each account.
    """
    made = World.make(root, world.seller([]), [])
    accounts = {}
    with made.simulator() as simulator:
        for place, name in enumerate(names, 1):
            login = f"s{place:02}"
            live = [world.live_offer(place * 100 + n, f"{name}-{n}") for n in range(offers)]
            sold_by = {"login": login, "user_id": f"{9000 + place}", "clients": [], "refresh_token": None}
            simulator.seed(world.seller(live, **sold_by))
            accounts[name] = {"marketplace": "allegro", "environment": "simulator", "login": login}
            accounts[name] |= changes.get(name, {})
    made.project({"accounts": accounts})
    for name in names:
        made.write(f"{name}/defaults.yaml", f"kind: Defaults\naccount: {name}\n")
        made.write(f"{name}/offers.yaml", texts[name])
    made.forget_requests()
    return made


def prices(made: World, login: str) -> set[str]:
    """The prices of a seller's offers."""
    with made.simulator() as simulator:
        return {body["sellingMode"]["price"]["amount"] for body in simulator.offers(login)}
