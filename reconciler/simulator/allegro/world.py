"""What every operation of Allegro is given besides: numbers and addresses of its own, and its knobs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from reconciler.simulator.allegro.refusals import PUBLIC, refuse
from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.http import Call
from reconciler.simulator.router import Route
from reconciler.simulator.world import World


@dataclass
class AllegroWorld(World):
    """The world with Allegro's knobs."""

    settings: AllegroSettings

    def offer_id(self) -> str:
        """A number like Allegro's; they grow, with gaps."""
        while True:
            number = str(17_000_000_000 + self.store.count("offer") * 7 + 3)
            if self.store.one("SELECT 1 FROM offers WHERE id = ?", number) is None:
                return number

    def image_url(self, source: str) -> str:
        """A fresh CDN address: the same bytes sent twice get two (issue #12588)."""
        text = f"{self.settings.seed}/{source}/{self.store.count('image')}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        return f"https://a.allegroimg.com/original/{digest[:6]}/{digest[6:30]}"

    def normalises(self, row: int) -> bool:
        return row in self.settings.normalise


@dataclass
class AllegroCall(Call):
    """A request on its way through an operation of Allegro; `base` is the seller's base marketplace."""

    world: AllegroWorld
    base: str = "allegro-pl"

    def flag(self, name: str) -> bool | None:
        text = self.arg(name).lower()
        if text not in {"", "true", "false"}:
            raise refuse(400, "INVALID_PARAMETER", "The value must be true or false.", name)
        return None if text == "" else text == "true"

    def number(self, name: str, default: int, low: int, high: int, status: int = 400) -> int:
        text = self.arg(name)
        if not text:
            return default
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not low <= int(text) <= high:
            raise refuse(status, "INVALID_PARAMETER", f"The value must be between {low} and {high}.", name)
        return int(text)


@dataclass(frozen=True)
class AllegroRoute(Route):
    """One operation, with the media types that Allegro asks for and answers in."""

    media: str = PUBLIC  # of Accept and of the answer
    error_media: str = PUBLIC
    application: bool = False  # a token of the application is enough
    holder_401: bool = False  # 401 in the ErrorsHolder form instead of OAuth's
