"""Where things happen: the project on disk, its marketplace, and the offers that are free for an accident."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from reconciler.demo.corrections import Correction
from reconciler.demo.documents import offer_text
from reconciler.demo.offers import DemoOffer
from reconciler.demo.shop import Shop
from reconciler.demo.words import LOGIN
from reconciler.runtime.writing import write_aside
from reconciler.simulator.allegro.simulator import AllegroSimulator


@dataclass(slots=True)
class Scene:
    """The project on disk, its marketplace, and the everyday offers to which nothing has happened yet."""

    directory: Path
    shop: Shop
    market: AllegroSimulator
    random: Random
    pool: list[DemoOffer]
    corrections: list[Correction] = field(default_factory=list)

    def take(self, count: int = 1) -> list[DemoOffer]:
        """Return so many offers that nothing has happened to, or fewer."""
        return [self.pool.pop() for _ in range(min(count, len(self.pool)))]

    def write(self, path: str, text: str) -> None:
        """Write one file of the project."""
        write_aside(self.directory / path, text.encode())

    def rewrite(self, offer: DemoOffer, **changes: Any) -> None:
        """Change the document of an offer."""
        self.write(offer.path, offer_text(replace(offer, **changes)))

    def edit(self, offer: DemoOffer, patch: dict[str, Any]) -> None:
        """Change the live offer, as a person does in the marketplace's panel."""
        self.market.panel_edit(LOGIN, offer.remote_id, patch)

    def note(self, file: str, wrong: str, right: str) -> None:
        """Note a line that a person would correct."""
        self.corrections.append(Correction(file=file, wrong=wrong, right=right))


Incident = Callable[[Scene], Iterator[str]]
