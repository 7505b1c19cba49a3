"""What every operation is given: the data, the knobs, the time and the seeded dice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from reconciler.simulator.clock import SteppedClock, at, iso
from reconciler.simulator.settings import Settings, Span
from reconciler.simulator.store import Store
from reconciler.simulator.traffic import Traffic

Json = dict[str, Any]


@dataclass
class World:
    """The moment is fixed for one request or one job, so everything in it bears the same time."""

    store: Store
    settings: Settings
    clock: SteppedClock
    traffic: Traffic
    moment: float = 0.0
    horizon: float = 0.0  # up to when everything is being settled

    @property
    def time(self) -> datetime:
        return at(self.moment)

    @property
    def stamp(self) -> str:
        return iso(self.time)

    def dice(self, name: str) -> Random:
        """A generator for one draw: the same seed and history give the same marketplace."""
        return Random(f"{self.settings.seed}/{name}/{self.store.count(name)}")

    def span(self, name: str, bounds: Span) -> float:
        low, high = bounds
        return low if low == high else self.dice(name).uniform(low, high)

    def uuid(self, name: str) -> str:
        return str(uuid.UUID(int=self.dice(name).getrandbits(128), version=4))
