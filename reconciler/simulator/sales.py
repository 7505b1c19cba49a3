"""When purchases go on by themselves, as the knob `sales` says; what is bought is each marketplace's own."""

from __future__ import annotations

from dataclasses import asdict

from reconciler.simulator.jobs import schedule
from reconciler.simulator.world import Json, World

AT_ONCE = 500  # of purchases that were missed while nobody asked, so many are made up for


def are_planned(world: World, kind: str) -> bool:
    """Whether jobs of this kind, which are a marketplace's purchases, are to come."""
    return world.store.one("SELECT 1 FROM jobs WHERE kind = ? LIMIT 1", kind) is not None


def plan(world: World, kind: str, now: float) -> None:
    """Begin the purchases, or stop them, as the knob says."""
    every = world.settings.sales.every_seconds
    if every <= 0 and not are_planned(world, kind):
        return
    with world.store.write():
        world.store.run("DELETE FROM jobs WHERE kind = ?", kind)
        if every > 0:
            world.moment = now
            schedule(world, every, kind, **asdict(world.settings.sales))


def go_on(world: World, kind: str, body: Json) -> None:
    """Have the next purchases. The knobs travel with the job: another process may be the one to carry it out."""
    every = body["every_seconds"]
    missed = world.horizon - world.moment - AT_ONCE * every
    schedule(world, max(every, missed), kind, **body)
