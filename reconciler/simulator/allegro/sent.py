"""A request about an offer as it came: whose it is, and what it is about."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.simulator.allegro.shapes import Faults
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json


@dataclass
class Sent:
    """What one request says of one offer; `faults` gathers all that is wrong with it."""

    world: AllegroWorld
    seller: str
    base: str
    request: Json
    current: Json | None = None
    faults: Faults = field(default_factory=list)

    def category_of(self, patch: Json) -> str | None:
        key: str | None = dig(patch, "category", "id") or dig(self.current, "category", "id")
        return key
