"""What every operation of Etsy is given besides: numbers of its own, and its knobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.settings import EtsySettings
from reconciler.simulator.http import Call
from reconciler.simulator.router import Route
from reconciler.simulator.world import Json, World

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FIRST = {
    "listing": 1_700_000_000,
    "product": 14_000_000_000,
    "offering": 15_000_000_000,
    "image": 5_000_000_000,
    "value": 100_000_000_000,
}
DIVISORS = {"JPY": 1, "VND": 1, "IDR": 1}  # the others have hundredths


@dataclass
class EtsyWorld(World):
    """The world with Etsy's knobs."""

    settings: EtsySettings

    def number(self, kind: str) -> int:
        """A number that nothing has had before; they grow, with gaps."""
        return FIRST.get(kind, 200_000_000) + self.store.count(kind) * 7 + 3

    @property
    def now(self) -> int:
        return int(self.moment)

    def normalises(self, row: int) -> bool:
        return row in self.settings.normalise

    def shop(self, seller: str) -> Json:
        """The shop of a seller, as it is kept: the members of Shop and User, and `lists_in`."""
        row = self.store.one("SELECT body FROM sellers WHERE id = ?", seller)
        if row is None:
            raise Refusal(404, "Resource not found: shop")
        found: Json = orjson.loads(row[0])
        return found

    def era(self) -> str:
        """The newest value of when_made: fixed values turn invalid in January."""
        return f"2020_{self.settings.newest_era or self.time.year}"


def divisor(currency: str) -> int:
    return DIVISORS.get(currency, 100)


def money(amount: int, currency: str) -> Json:
    return {"amount": amount, "divisor": divisor(currency), "currency_code": currency}


@dataclass
class EtsyCall(Call):
    """A request on its way through an operation of Etsy; `ids` are the numbers of its path."""

    world: EtsyWorld
    ids: dict[str, int] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()

    def listed(self, name: str) -> list[str]:
        """The values of a query parameter that is a list: one text with commas; the last of several counts."""
        return [one for one in self.arg(name).split(",") if one]

    def flag(self, name: str) -> bool:
        text = self.arg(name)
        if text not in {"", "true", "false"}:
            raise Refusal(400, f"Expected bool value for '{name}' (got '{text}').")
        return text == "true"

    def number(self, name: str, default: int, low: int, high: int | None = None) -> int:
        text = self.arg(name)
        value = default if not text else whole(text, name)
        if value < low or (high is not None and value > high):
            raise Refusal(400, f"Expected value of '{name}' between {low} and {high} (got {value}).")
        return value

    def choice(self, name: str, known: tuple[str, ...], default: str) -> str:
        text = self.arg(name) or default
        if text not in known:
            raise Refusal(400, f"Invalid value '{text}' for '{name}'; expected one of: {', '.join(known)}.")
        return text


def whole(text: str, name: str) -> int:
    """A number as a path or a form has it."""
    if not text.removeprefix("-").isdecimal() or not text.isascii() or len(text) > 18:
        raise Refusal(400, f"Expected int value for '{name}' (got '{text}').")
    return int(text)


@dataclass(frozen=True)
class EtsyRoute(Route):
    """One operation: the scope that it asks for, and the parameters of its query."""

    scope: str = ""  # none: the key of the application is enough
    query: str = ""  # names, with spaces
    absent: int = 404  # what a number that does not exist is answered
    fields: Mapping[str, Any] = field(default_factory=dict)  # of a body that is a form; see `forms`
