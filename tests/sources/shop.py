"""A seller whose stock and prices come from sources: on the practice marketplace, as anybody would try it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import world
from world import World

from reconciler.model.changes import Change
from reconciler.model.plan import Plan

COLUMNS = {"item": "text", "quantity": "whole"}
ORDERS = {"by": "erp", "within": "15m"}


def erp(**said: Any) -> dict[str, Any]:
    """A Source document: a CSV of the project's folder, unless said otherwise; None leaves a key out."""
    usual = {
        "kind": "Source",
        "name": "erp",
        "type": "csv",
        "path": "stock.csv",
        "columns": COLUMNS,
        "orders": ORDERS,
    }
    return {key: value for key, value in {**usual, **said}.items() if value is not None}


def offers(*names: str, **sections: Any) -> list[dict[str, Any]]:
    """Offers of these names, which follow `erp` with their stock."""
    return [world.offer(name, **{"stock": {"from": "erp"}, **sections}) for name in names]


def shop(root: Path, *documents: Mapping[str, Any], live: int = 1) -> World:
    """A project with these documents; on the marketplace are A, B, C … with 5 pieces and a price of 199.00 PLN."""
    names = [chr(ord("A") + number) for number in range(live)]
    bodies = [world.live_offer(number, name) for number, name in enumerate(names, start=1)]
    return World.make(root, world.seller(bodies), [*documents])


def feed(made: World, *rows: str, name: str = "stock.csv", headings: str = "item,quantity") -> Path:
    """Write a CSV file of the project."""
    return made.write(name, "".join(f"{line}\n" for line in (headings, *rows)))


def change_of(plan: Plan, name: str) -> Change | None:
    """What a plan does to an offer."""
    return next((each for each in plan.changes if each.key.name == name), None)


def values(plan: Plan, name: str) -> dict[str, Any]:
    """The values that a plan writes to an offer, by their paths."""
    change = change_of(plan, name)
    return {each.path: each.after for each in change.fields} if change else {}
