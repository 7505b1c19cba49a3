"""An independent judge of a stockroom: it counts pieces by the world's own books, and knows no rule of the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from reconciler.model.plan import Plan
from torture.stockroom import BY_KEY, FULL, Sale, Stockroom, offers_of

QUANTITY, STATUS = "stock.quantity", "stock.status"
#: Seconds for which pieces that were sold by hand too many may lack: until the last of all delays is over.
_BY_HAND = 3600


@dataclass
class Found:
    """What a campaign came to."""

    steps: int = 0
    ticks: int = 0
    refused: int = 0
    sold: int = 0
    in_runs: int = 0
    receipts: int = 0
    outages: int = 0
    feeds: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    oversold: Counter[str] = field(default_factory=Counter)
    lag_sold: int = 0
    ended: int = 0
    resumed: int = 0
    caused: int = 0
    rests: int = 0
    second_plans: int = 0
    wrong: list[str] = field(default_factory=list)

    def cells(self) -> str:
        """Return the row of the table."""
        counts = (
            *(self.steps, self.ticks, self.refused, self.sold, self.in_runs, self.receipts, self.feeds.total()),
            *(self.outages, self.edits.total(), self.oversold["shared out"], self.oversold["full"], self.lag_sold),
            *(self.oversold["by hand"], self.ended, self.resumed, self.caused, self.rests + self.second_plans),
        )
        return " | ".join(f"{each:,}" for each in counts)


def together(lives: Iterable[Found]) -> Found:
    """Add up what several worlds came to."""
    found = Found()
    for each in lives:
        for name in (one.name for one in fields(Found)):
            setattr(found, name, getattr(found, name) + getattr(each, name))
    return found


@dataclass
class Judge:
    """What is known of a world: what was sold too often, who may have done it, and what moved offers at all.

    `heard` are the beginnings of the last two applies that wrote all that they wanted, in all accounts: what was
    sold since the first of them is within the lag, since news from one account to another take two applies. `raised`
    are offers to which a person has given pieces, with so many of them, until an apply has set them right. `writing`
    are the offers whose number an apply has just written: a purchase between its last look and its write is covered
    by that number until the next apply.
    """

    room: Stockroom
    found: Found = field(default_factory=Found)
    heard: tuple[float, float] = (0.0, 0.0)
    causes: Counter[str] = field(default_factory=Counter)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    edited: float = 0.0
    writing: frozenset[str] = frozenset()
    _covered: list[Sale] = field(default_factory=list)
    _raised: dict[str, tuple[float, int]] = field(default_factory=dict)
    _by_hand: list[tuple[float, str, int]] = field(default_factory=list)
    _over: Counter[str] = field(default_factory=Counter)
    _moved: Counter[str] = field(default_factory=Counter)
    _judged: int = 0

    def say(self, wrong: str) -> None:
        """Note a finding."""
        self.found.wrong.append(f"step {self.found.steps}: {wrong}")

    def look(self) -> None:
        """Book what was sold, and judge it; what was sold lowers the warehouse system in its time."""
        self.shown = self.room.look()
        fresh = self.room.sales[self._judged :]
        self._judged = len(self.room.sales)
        for sale in fresh:
            self.found.sold += sale.pieces
            self.causes.update(BY_KEY[sale.key].takes.keys())
            self._note_by_hand(sale)
            self._covered.extend([sale] if sale.key in self.writing else [])
        for item in sorted({item for sale in fresh for item in BY_KEY[sale.key].takes}):
            self._judge(item)
        self.causes.update(self.room.lower())

    # --- pieces -----------------------------------------------------------------------------------------------

    def raised(self, key: str, pieces: int) -> None:
        """A person has put so many pieces on sale that nobody gave to the offer."""
        self._raised[key] = self.room.now, pieces

    def written(self, began: float) -> None:
        """An apply that began then has written all that it wanted, in all accounts."""
        self.heard = self.heard[1], began
        self._raised = {key: each for key, each in self._raised.items() if each[0] > began}

    def _note_by_hand(self, sale: Sale) -> None:
        at, extra = self._raised.get(sale.key, (0.0, 0))
        taken = min(extra, sale.pieces)
        if taken:
            self._raised[sale.key] = at, extra - taken
            self._by_hand.extend((sale.seen, item, taken * each) for item, each in BY_KEY[sale.key].takes.items())

    def _judge(self, item: str) -> None:
        over = max(0, -self.room.left(item))
        more, self._over[item] = over - self._over[item], over
        more -= self._of_people(item, max(0, more))
        if more <= 0:
            return
        self.found.oversold["full" if item in FULL else "shared out"] += more
        lag: Counter[str] = Counter()
        for sale in self.room.sales:
            if sale.seen > self.heard[0] and item in BY_KEY[sale.key].takes:
                lag[sale.key] += sale.pieces * BY_KEY[sale.key].takes[item]
        self._covered = [sale for sale in self._covered if sale.seen > self.heard[0]]
        covered = sum(sale.pieces * BY_KEY[sale.key].takes.get(item, 0) for sale in self._covered)
        others = sum(lag.values()) - max(lag.values()) if item in FULL else 0
        if more <= others + covered:
            self.found.lag_sold += others
            return
        shows = {each.key: self.shown[each.key]["stock"]["available"] for each in offers_of(item)}
        self.say(f"{item} oversold by {more}; sold in the lag {dict(lag)}; shown then {shows}")

    def _of_people(self, item: str, pieces: int) -> int:
        """Return how many of these pieces people have put on sale that were not there."""
        found, kept = 0, list[tuple[float, str, int]]()
        for at, of, number in self._by_hand:
            taken = min(number, pieces - found) if of == item and self.room.now - at < _BY_HAND else 0
            found += taken
            kept.append((at, of, number - taken))
        self._by_hand = [each for each in kept if each[2] and self.room.now - each[0] < _BY_HAND]
        self.found.oversold["by hand"] += found
        return found

    # --- status -----------------------------------------------------------------------------------------------

    def count(self, plan: Plan, done: set[str]) -> None:
        """Count what an apply has ended by a zero, and resumed."""
        for key, path, before, after in fields_of(plan):
            ends, resumes = path == QUANTITY and not after and bool(before), path == STATUS and after == "active"
            if key in done and (ends or resumes):
                self.found.ended += ends
                self.found.resumed += resumes
                self._moved[key] += 1

    def close(self) -> Found:
        """Hold that no offer was ended and resumed more often than the world gave cause to, and return all."""
        for key, number in sorted(self._moved.items()):
            causes = sum(self.causes[item] for item in BY_KEY[key].takes)
            if number > causes:
                self.say(f"{key} was ended and resumed {number} times for {causes} causes")
        self.found.caused = sum(self.causes.values())
        return self.found


def numbers_in(plan: Plan) -> frozenset[str]:
    """Return the offers whose number a plan writes."""
    return frozenset(key for key, path, _before, _after in fields_of(plan) if path == QUANTITY)


def zeroed(plan: Plan) -> set[str]:
    """Return the offers from which a plan takes the last piece."""
    return {key for key, path, before, after in fields_of(plan) if path == QUANTITY and before and not after}


def fields_of(plan: Plan) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield every field that a plan changes: offer, path, before, after."""
    for change in plan.changes:
        for each in change.fields:
            yield change.key.name, each.path, each.before, each.after
