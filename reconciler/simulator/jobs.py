"""What the marketplace does later by itself: each job happens at its own moment, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from reconciler.simulator.world import Json, World

Job = Callable[[Any, Json], None]
_KINDS: dict[str, Job] = {}


def job(kind: str) -> Callable[[Job], Job]:
    """Register what happens when a job of this kind is due. All marketplaces of a process share the kinds."""

    def register(function: Job) -> Job:
        if kind in _KINDS:
            raise ValueError(f"there are two jobs named {kind}")
        _KINDS[kind] = function
        return function

    return register


def schedule(world: World, delay: float, kind: str, **body: Any) -> float:
    """Do `kind` after `delay` seconds of the marketplace's clock; returns the moment."""
    due = world.moment + delay
    world.store.run("INSERT INTO jobs (due, kind, body) VALUES (?, ?, ?)", due, kind, orjson.dumps(body))
    return due


def settle(world: World, now: float) -> None:
    """Do everything that is due; a job may schedule others, which are done too when their time has come."""
    next_due = "SELECT n, due, kind, body FROM jobs WHERE due <= ? ORDER BY due, n LIMIT 1"
    if world.store.one(next_due, now) is None:
        return
    world.horizon = now
    with world.store.write():
        while (row := world.store.one(next_due, now)) is not None:
            number, due, kind, body = row
            world.store.run("DELETE FROM jobs WHERE n = ?", number)
            world.moment = due
            _KINDS[kind](world, orjson.loads(body))
