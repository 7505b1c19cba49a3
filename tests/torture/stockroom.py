"""A warehouse system, two accounts, buyers and people: what a stock that follows a source has to live with.

The world keeps books of its own: what came in, and what was sold of it. Nothing of the product's has a say in them.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from stepping import START
from world import LOGIN, SECOND_GTIN, SWITCH_OFF_GUARDS, World, live_offer, seller

#: Seconds within which the warehouse system is lowered for what was sold on the marketplace, as its document says.
WITHIN = 15 * 60
FEED, WHOLE = "erp.csv", "whole.csv"
SOURCE = {
    "kind": "Source",
    "name": "erp",
    "type": "csv",
    "path": FEED,
    "columns": {"item": "text", "warehouse": "text", "quantity": "whole"},
    "freshness": "10m",
    "missing": "keep",
    "orders": {"by": "erp", "within": f"{WITHIN // 60}m"},
}
LOGINS = {"main": LOGIN, "second": "drugi"}
WAREHOUSES = ("PL", "CZ")


@dataclass(frozen=True)
class Shown:
    """An offer: what one piece of it takes of each article, and its stock rule."""

    key: str
    account: str
    takes: Mapping[str, int]
    rule: Mapping[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> str:
        return next(iter(self.takes))


SPLIT = {"share": "split"}
OFFERS = (
    Shown("A-1", "main", {"A": 1}, SPLIT),
    Shown("A-2", "second", {"A": 1}, SPLIT),
    Shown("A-3", "main", {"A": 1}, SPLIT),
    Shown("B-1", "main", {"B": 1}, {**SPLIT, "buffer": 1}),
    Shown("B-2", "second", {"B": 1}, SPLIT),
    Shown("C-1", "main", {"C": 1}),
    Shown("C-2", "second", {"C": 1}),
    Shown("C-3", "main", {"C": 1}),
    Shown("D-1", "main", {"D": 1}, {"share": "40%"}),
    Shown("D-2", "second", {"D": 1}, {"share": {"priority": 1}, "cap": 5}),
    Shown("D-3", "main", {"D": 1}, {"share": {"priority": 2}}),
    Shown("E-1", "main", {"E": 1}, {"warehouses": ["PL"], "minimum": 2, "cap": 6}),
    Shown("F-1", "second", {"F": 1}, SPLIT),
    Shown("FG", "main", {"F": 1, "G": 2}, SPLIT),
    Shown("G-1", "main", {"G": 1}, SPLIT),
)
ITEMS = sorted({item for each in OFFERS for item in each.takes})
#: Articles of which several offers show every piece: they may be sold twice within a lag.
FULL = frozenset({"C"})
BY_KEY = {each.key: each for each in OFFERS}


def offers_of(item: str) -> list[Shown]:
    """Return the offers that take pieces of an article."""
    return [each for each in OFFERS if item in each.takes]


@dataclass
class Sale:
    """Pieces of one offer that were sold between two looks of the world; moments are seconds of its clock."""

    key: str
    pieces: int
    after: float
    seen: float


@dataclass
class Stockroom:
    """The world: its project, its dice, and its books."""

    made: World
    dice: Random
    came_in: Counter[str] = field(default_factory=Counter)
    sold: Counter[str] = field(default_factory=Counter)
    known: dict[tuple[str, str], int] = field(default_factory=dict)
    due: list[tuple[float, str, str, int]] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    now: float = 0.0
    written: float = 0.0
    spoiled: bool = False
    ids: dict[str, str] = field(default_factory=dict)
    _sold: Counter[str] = field(default_factory=Counter)

    @classmethod
    def open(cls, root: Path, dice: Random) -> Stockroom:
        """Make the project and its two accounts; some of everything is in stock."""
        ids = {each.key: str(17_000_000_000 + number) for number, each in enumerate(OFFERS)}
        accounts = {name: [] for name in LOGINS}
        for number, each in enumerate(OFFERS):
            accounts[each.account].append(live_offer(number, each.key))
        place = {"marketplace": "allegro", "environment": "simulator"}
        project = {
            "accounts": {name: {**place, "login": login} for name, login in LOGINS.items()},
            "guards": {**SWITCH_OFF_GUARDS, "zero_wave": "off"},
        }
        main = seller(accounts["main"])
        knobs = {"seed": dice.randrange(2**31), "limits": {"enabled": False}}
        root.mkdir(parents=True)
        with World(root).simulator() as simulator:
            simulator.stand_still(START)
        made = World.make(root, main, [SOURCE, *map(_document, OFFERS)], settings=knobs, project=project)
        room = cls(made, dice, ids=ids)
        with made.simulator() as simulator:
            simulator.seed(seller(accounts["second"], login=LOGINS["second"], user_id="44300200"))
            room.now = simulator.clock.seconds()
        for item in ITEMS:
            for warehouse in WAREHOUSES:
                room.receive(item, warehouse, dice.randint(1, 12))
        room.write_feed()
        return room

    @property
    def whole(self) -> Path:
        """Where the feed lies as it would be if nothing had gone wrong with it."""
        return self.made.root / WHOLE

    # --- the books --------------------------------------------------------------------------------------------

    def left(self, item: str) -> int:
        """Return how many pieces of an article are really there; under none where too many were sold."""
        return self.came_in[item] - self.sold[item]

    def look(self) -> dict[str, dict[str, Any]]:
        """Let happen what is due, book what was sold, and return the offers by key."""
        before, found = self.now, {}
        with self.made.simulator() as simulator:
            simulator.catch_up()
            self.now = simulator.clock.seconds()
            for login in LOGINS.values():
                for each in simulator.mark_all(login):
                    found[each.body["external"]["id"]] = {**each.body, "sold": each.sold}
        for key, body in sorted(found.items()):
            if (pieces := body["sold"] - self._sold[key]) > 0:
                self._sold[key] = body["sold"]
                self._book(Sale(key, pieces, before, self.now))
        return found

    def _book(self, sale: Sale) -> None:
        self.sales.append(sale)
        for item, each in BY_KEY[sale.key].takes.items():
            self.sold[item] += sale.pieces * each
            delay = self.dice.choice((0.0, self.dice.uniform(0, WITHIN), float(WITHIN)))
            place = "PL" if item == "E" else self._fullest(item)
            self.due.append((sale.after + delay, item, place, sale.pieces * each))

    def _fullest(self, item: str) -> str:
        return max(WAREHOUSES, key=lambda each: self.known[item, each])

    def lower(self) -> list[str]:
        """Lower the warehouse system for the sales whose time has come; return the articles."""
        due = [each for each in self.due if each[0] <= self.now]
        self.due = [each for each in self.due if each[0] > self.now]
        for _, item, warehouse, pieces in due:
            self.known[item, warehouse] -= pieces
        return [item for _, item, _, _ in due]

    def receive(self, item: str, warehouse: str, pieces: int) -> None:
        """Pieces come in, and the warehouse system knows it."""
        self.came_in[item] += pieces
        self.known[item, warehouse] = self.known.get((item, warehouse), 0) + pieces

    # --- the feed ---------------------------------------------------------------------------------------------

    def table(self) -> bytes:
        """Return the feed as the warehouse system would write it now."""
        rows = [f"{item},{place},{self.known[item, place]}" for item in ITEMS for place in WAREHOUSES]
        return "\n".join(("item,warehouse,quantity", *rows, "")).encode()

    def write_feed(self, content: bytes | None = None) -> None:
        """Write the feed, whole or as given; beside it lies what it would be if nothing had gone wrong."""
        self.written = self.now
        self.made.write(WHOLE, self.table())
        self.made.write(FEED, self.table() if content is None else content)
        self.spoiled = content is not None

    def remove_feed(self) -> None:
        """Take the feed away."""
        (self.made.root / FEED).unlink(missing_ok=True)
        self.spoiled = True

    def age_files(self) -> None:
        """Make the files as old as they are by the world's clock, which runs ahead of the machine's."""
        moment = time.time() - (self.now - self.written)
        for name in (FEED, WHOLE):
            if (self.made.root / name).exists():
                os.utime(self.made.root / name, (moment, moment))


def _document(shown: Shown) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": "Offer", "name": shown.key, "account": shown.account, "item": shown.item}
    parts = [
        {"product": {"gtin": SECOND_GTIN}, "quantity": each, "item": item}
        for item, each in list(shown.takes.items())[1:]
    ]
    if parts:
        body["bundle"] = parts
    return {**body, "stock": {"from": "erp", **shown.rule}}
