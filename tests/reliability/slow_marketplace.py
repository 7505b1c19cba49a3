"""A small account on a marketplace that takes its time: writes show later, or the list trails them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import world
from torture import shop
from world import World

from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import Plan

TITLE = "Zupełnie inny tytuł kubka"
HOUR = 3600.0
MINUTE = 60.0
#: Every write is at work for an hour before it shows.
SLOW = {"faults": {"schedule": [{"do": "operation_hangs", "times": None, "seconds": 3600, "when": {}}]}}
#: The list shows writes ten minutes later.
LAGGING = {"list_lag_seconds": 600.0}


def seller(root: Path, *documents: dict[str, Any], **knobs: Any) -> World:
    """Three offers that are on sale, and a slow marketplace."""
    live = [shop.live_offer(number, name, shop.example.PRODUCT) for number, name in enumerate("ABC")]
    made = World.make(root, world.seller(live), list(documents))
    made.set(accepted_ratio=0.0, **knobs)
    return made


def titled(name: str = "A") -> dict[str, Any]:
    """A document that asks for another title: an edit of this offer alone."""
    return world.offer(name, content={"title": TITLE})


def later(made: World, seconds: float) -> None:
    """Time passes on the marketplace, and whatever is due happens."""
    with made.simulator() as simulator:
        simulator.clock.advance(seconds)
        simulator.catch_up()


def settling(plan: Plan) -> list[tuple[str, str, Any, Any]]:
    """What a plan calls settling: verb, field, value now, value to come."""
    return [
        (each.change.verb.value, field.path, field.before, field.after)
        for part in plan.accounts
        for each in part.settling
        for field in each.change.fields
    ]


def unshown(report: Report) -> list[str]:
    """The keys of the rows that settle; nothing else is left open."""
    left = [each for each in report.outcomes if each.result is not Result.APPLIED]
    assert all(each.settling and each.result is Result.UNKNOWN for each in left), world.undone(report)
    return sorted(each.key.name for each in left)


def nothing_to_send(plan: Plan) -> bool:
    return not plan.changes and not plan.actions


def offers_named(made: World, key: str) -> list[str]:
    """The ids of the offers with this key."""
    return [body["id"] for body in made.stored().values() if (body.get("external") or {}).get("id") == key]
