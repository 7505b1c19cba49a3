"""What every operation of eBay is given besides: its knobs, numbers of its own, who asks and in which language."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from reconciler.simulator.ebay.refusals import refuse
from reconciler.simulator.ebay.settings import EbaySettings
from reconciler.simulator.http import Call
from reconciler.simulator.router import Route
from reconciler.simulator.world import Json, World

JSON = "application/json"


@dataclass
class EbayWorld(World):
    """The world with eBay's knobs."""

    settings: EbaySettings

    def number(self, kind: str, first: int, step: int) -> int:
        """A fresh id of a kind: they grow, with gaps."""
        return first + self.store.count(kind) * step

    def offer_id(self) -> int:
        return self.number("offer", 9_000_000_010, 7)

    def listing_id(self) -> int:
        return self.number("listing", 110_500_000_000, 13)

    def policy_id(self) -> int:
        return self.number("policy", 6_196_900_000, 10)

    def picture(self, source: str) -> str:
        """A fresh address at eBay's picture service."""
        digest = hashlib.sha256(f"{self.settings.seed}/{source}/{self.store.count('picture')}".encode())
        return f"https://i.ebayimg.com/00/s/MTYwMFgxNjAw/z/{digest.hexdigest()[:16]}/$_1.JPG"

    def normalises(self, row: str) -> bool:
        return row in self.settings.normalise


@dataclass
class EbayCall(Call):
    """A request on its way through an operation of eBay; `warnings` go beside a success."""

    world: EbayWorld
    language: str = ""  # Content-Language, where the operation demands it
    warnings: list[Json] = field(default_factory=list)

    def page(self, name: str, default: int, low: int, high: int, number: int = 25706) -> int:
        """A number of the query, which eBay types as text."""
        text = self.arg(name)
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise refuse(number, f"{name} must be between {low} and {high}.", value=text)
        return int(text)

    @property
    def home(self) -> str:
        """The site on which the seller is registered."""
        row = self.world.store.one("SELECT base FROM sellers WHERE id = ?", self.seller)
        return str(row[0]) if row else "EBAY_DE"


@dataclass(frozen=True)
class EbayRoute(Route):
    """One operation, and the headers and scopes that it asks for."""

    scopes: tuple[str, ...] = ()  # one of these is enough
    language: bool = False  # Content-Language is demanded
    application: bool = False  # a token of the application is enough
    upload: bool = False  # on the host for pictures as well
