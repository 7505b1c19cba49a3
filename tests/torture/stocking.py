"""Random days of a stockroom, and an independent judge of what the product made of them.

A step lets some seconds pass and something happen: purchases (also while a run is under way), receipts, sales that
lower the warehouse system late, feeds that are cut, empty, missing or late, people in the panel. Two applies a
minute go on meanwhile. A day is its seed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from world import differences

from reconciler.model.outcomes import Outcome, Result, StopReason
from reconciler.model.plan import Plan
from reconciler.model.tables import ReadingState
from reconciler.runtime.errors import GuardRefused
from torture.stockroom import BY_KEY, FULL, ITEMS, LOGINS, OFFERS, WAREHOUSES, WITHIN, Stockroom, offers_of

EVERY = 30.0
QUANTITY, STATUS = "stock.quantity", "stock.status"


@dataclass
class Found:
    """What a campaign came to."""

    steps: int = 0
    ticks: int = 0
    refused: int = 0
    writes: int = 0
    sold: int = 0
    in_runs: int = 0
    receipts: int = 0
    outages: int = 0
    feeds: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    oversold: Counter[str] = field(default_factory=Counter)
    lag_sold: int = 0
    by_hand: int = 0
    resumed: int = 0
    ended: int = 0
    caused: int = 0
    rests: int = 0
    second_plans: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Days:
    """One random world while its days go by."""

    room: Stockroom
    found: Found = field(default_factory=Found)
    applied: float = 0.0
    good: list[float] = field(default_factory=lambda: [0.0, 0.0])
    trouble: tuple[str, float] = ("", 0.0)
    alone: tuple[str, float] = ("", 0.0)
    raised: dict[str, float] = field(default_factory=dict)
    over: Counter[str] = field(default_factory=Counter)
    hand: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    resumptions: Counter[str] = field(default_factory=Counter)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    judged: int = 0

    def begin(self) -> None:
        """Bring the offers to what is in stock, before anybody buys."""
        self.look()
        self.tick()

    def step(self) -> None:
        """Let some time pass, and one thing happen."""
        dice = self.room.dice
        self.found.steps += 1
        self.wait(dice.uniform(2, 26))
        event = dice.choices(
            (self.buy, self.receive, self.spoil, self.person, self.crowd, self.out, self.rest),
            (40, 18, 3, 12, 4, 1, 1),
        )[0]
        event()
        self.look()
        if self.room.now - self.applied >= EVERY:
            self.feed()
            self.tick()

    def wait(self, seconds: float) -> None:
        with self.room.made.simulator() as simulator:
            simulator.clock.advance(seconds)

    # --- what happens -----------------------------------------------------------------------------------------

    def buy(self) -> None:
        """Somebody buys of one offer: a piece, some, or all that it shows."""
        dice = self.room.dice
        key = dice.choice(OFFERS).key
        with self.room.made.simulator() as simulator:
            simulator.catch_up()
            body = simulator.offer_by_external_id(LOGINS[BY_KEY[key].account], key)
            there = body["stock"]["available"]
            if body["publication"]["status"] == "ACTIVE" and there:
                pieces = dice.choice((1, 1, min(2, there), there))
                simulator.sell(LOGINS[BY_KEY[key].account], body["id"], pieces)

    def receive(self) -> None:
        """Pieces of an article come in; more of those that are scarce."""
        dice = self.room.dice
        item = min(dice.sample(ITEMS, 3), key=self.room.left)
        self.room.receive(item, dice.choice(WAREHOUSES), dice.randint(1, 8))
        self.found.receipts += 1
        self.causes[item] += 1

    def spoil(self) -> None:
        """From now on something is wrong with the feed, for a while."""
        dice = self.room.dice
        kind = dice.choice(("cut", "cut at a line", "empty", "headings only", "missing", "late", "garbled"))
        self.trouble = kind, self.room.now + dice.uniform(30, 900)
        self.found.feeds[kind] += 1

    def feed(self) -> None:
        """The warehouse system writes its feed, as well as it can."""
        room, (kind, until) = self.room, self.trouble
        if room.now >= until:
            if self.trouble[0]:
                self.causes.update(ITEMS)
            self.trouble = ("", 0.0)
            room.write_feed()
            return
        table = room.table()
        ends = [at + 1 for at, letter in enumerate(table) if letter == 10]
        spoiled = {
            "cut": lambda: table[: room.dice.randrange(len(table))],
            "cut at a line": lambda: table[: room.dice.choice(ends)],
            "empty": lambda: b"",
            "headings only": lambda: table[: ends[0]],
            "garbled": lambda: table.replace(b",", b"\xff", 1),
        }
        if kind == "missing":
            room.remove_feed()
        elif kind in spoiled:
            room.write_feed(spoiled[kind]())

    def person(self) -> None:
        """Somebody ends, resumes or recounts an offer in the panel."""
        dice = self.room.dice
        shown = dice.choice(OFFERS)
        login = LOGINS[shown.account]
        with self.room.made.simulator() as simulator:
            simulator.catch_up()
            body = simulator.offer_by_external_id(login, shown.key)
            there, now = body["stock"]["available"], body["publication"]
            if now["status"] == "ENDED" and now["endedBy"] == "USER":
                what, patch = "resumed", {"publication": {"status": "ACTIVE", "endedBy": None}}
                if not there:
                    return
            elif now["status"] != "ACTIVE" or not there:
                return
            elif dice.random() < 0.3:
                simulator.end(login, body["id"])
                what, patch = "ended", {}
            else:
                number = dice.randint(1, max(1, there + 2))
                what = "raised" if number > there else "lowered"
                patch = {"stock": {"available": number}}
            if patch:
                simulator.panel_edit(login, body["id"], patch)
        if what in ("raised", "resumed"):
            self.raised[shown.key] = self.room.now
        self.found.edits[what] += 1
        self.causes.update(shown.takes)

    def crowd(self) -> None:
        """Buyers come more often, or less, and also while a run is under way."""
        dice = self.room.dice
        every, offers, pieces = dice.choice(((0, 1, 1), (60, 1, 1), (20, 1, 1), (5, 2, 1), (2, 1, 2)))
        self.room.made.set(sales={"every_seconds": every, "offers": offers, "quantity": pieces})

    def out(self) -> None:
        """For a while nothing is applied to one of the accounts: its login has run out, say."""
        self.alone = self.room.dice.choice(list(LOGINS)), self.room.now + self.room.dice.uniform(60, 1800)
        self.found.outages += 1

    def rest(self) -> None:
        """Nobody buys and the feed is well, until the warehouse system knows all: one apply, and no change is left."""
        self.room.made.set(sales={"every_seconds": 0})
        self.trouble = self.alone = ("", 0.0)
        self.causes.update(ITEMS)
        for seconds in (1, WITHIN + 60, 1, 1):
            self.wait(seconds)
            self.look()
            self.feed()
            self.tick()
        self.found.rests += 1
        left = differences(self.plan())
        if left:
            self.say(f"not at rest: {left}")

    # --- the product ------------------------------------------------------------------------------------------

    def plan(self, **options: Any) -> Plan:
        self.room.age_files()
        return self.room.made.plan(**options)

    def tick(self) -> None:
        """One apply, as a job of the minute runs it; and what it did, judged."""
        room = self.room
        began = self.applied = room.now
        self.found.ticks += 1
        options: dict[str, Any] = {"accounts": (self.alone[0],)} if room.now < self.alone[1] else {}
        allow = {"source": ""} if room.feed == "spoiled" and room.dice.random() < 0.5 else {}
        plan = self.plan(**options, allow=allow)
        self._judge_zeros(plan, options)
        sold = sum(room.sold.values())
        outcomes, stopped = self._applied(plan)
        self.look()
        self.found.in_runs += sum(room.sold.values()) - sold
        self._count(plan, {each.key.name for each in outcomes if each.result is Result.APPLIED})
        well = all(each.state is ReadingState.OK for each in plan.sources)
        if well and not options and not stopped and all(each.result is Result.APPLIED for each in outcomes):
            self.raised = {key: at for key, at in self.raised.items() if at > began}
            self.good = [self.good[1], began]
            if room.dice.random() < 0.1:
                self._insist_on_nothing_left()

    def _applied(self, plan: Plan) -> tuple[tuple[Outcome, ...], bool]:
        """Apply a plan; return what became of its rows, and whether anything stopped it."""
        refused = self.trouble[0] or self.room.feed == "spoiled"
        try:
            report = self.room.made.apply(plan)
        except GuardRefused as stop:
            outcomes, reasons = (), {StopReason.GUARD}
            said = stop.summary
        else:
            outcomes, reasons = report.outcomes, {each.reason for each in report.stops}
            said = "; ".join(each.summary for each in report.stops)
        self.found.refused += StopReason.GUARD in reasons
        if reasons - {StopReason.STALE, StopReason.GUARD} or (StopReason.GUARD in reasons and not refused):
            self.say(f"stopped: {said}")
        return outcomes, bool(reasons)

    def _count(self, plan: Plan, done: set[str]) -> None:
        for key, path, before, after in self.fields(plan):
            if key in done:
                self.found.writes += 1
                self.found.resumed += path == STATUS and after == "active"
                self.resumptions[key] += path == STATUS and after == "active"
                self.found.ended += path == QUANTITY and not after and bool(before)

    def _judge_zeros(self, plan: Plan, options: dict[str, Any]) -> None:
        """A spoiled feed takes nothing off sale that a whole one would not."""
        if self.room.feed != "spoiled":
            return
        zeroed = self._zeroed(plan)
        if zeroed and (
            extra := zeroed - self._zeroed(self.plan(**options, sources={"erp": str(self.room.whole)}))
        ):
            self.say(f"zeroed by a feed that was {self.trouble[0]}: {sorted(extra)}")

    def _zeroed(self, plan: Plan) -> set[str]:
        return {key for key, path, before, after in self.fields(plan) if path == QUANTITY and before and not after}

    def _insist_on_nothing_left(self) -> None:
        """When nobody has bought since the apply before this one, there is nothing left to do."""
        if any(sale.seen > self.good[0] for sale in self.room.sales):
            return
        self.found.second_plans += 1
        left, before = differences(self.plan()), len(self.room.sales)
        self.look()
        if left and before == len(self.room.sales):
            self.say(f"second plan: {left}")

    def fields(self, plan: Plan) -> Iterable[tuple[str, str, Any, Any]]:
        for change in plan.changes:
            for each in change.fields:
                yield change.key.name, each.path, each.before, each.after

    # --- the judge --------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Book what was sold, and judge it; what was sold lowers the warehouse system in its time."""
        room = self.room
        self.seen = room.look()
        fresh = room.sales[self.judged :]
        self.judged = len(room.sales)
        for sale in fresh:
            self.found.sold += sale.pieces
            for item, each in BY_KEY[sale.key].takes.items():
                self.causes[item] += 1
                if sale.key in self.raised:
                    self.hand[item] += sale.pieces * each
        for item in sorted({item for sale in fresh for item in BY_KEY[sale.key].takes}):
            self._judge(item)
        self.causes.update(room.lower())

    def _judge(self, item: str) -> None:
        room = self.room
        over = max(0, -room.left(item))
        more = over - self.over[item]
        self.over[item] = over
        if more <= 0:
            return
        by_hand = min(more, self.hand[item])
        self.hand[item] -= by_hand
        self.found.by_hand += by_hand
        more -= by_hand
        if not more:
            return
        self.found.oversold["full" if item in FULL else "shared out"] += more
        since = self.good[0]
        lag: Counter[str] = Counter()
        for sale in room.sales:
            if sale.seen > since and item in BY_KEY[sale.key].takes:
                lag[sale.key] += sale.pieces * BY_KEY[sale.key].takes[item]
        others = sum(lag.values()) - max(lag.values())
        if item in FULL:
            self.found.lag_sold += others
            if more > others:
                self.say(f"{item} oversold by {more}, others sold {others} in the lag")
        else:
            shows = {each.key: self.seen[each.key]["stock"]["available"] for each in offers_of(item)}
            self.say(
                f"{item} oversold by {more}: shown {shows}, known {[room.known[item, w] for w in WAREHOUSES]}, {dict(lag)}"
            )

    def say(self, wrong: str) -> None:
        self.found.wrong.append(f"step {self.found.steps}: {wrong}")


def played(root: Path, seed: int, steps: int) -> Found:
    """Play one world."""
    os.environ.setdefault("RECONCILE_KEY", "a key for tests, and for nothing else")
    days = Days(Stockroom.open(root, seed))
    days.begin()
    for _ in range(steps):
        days.step()
    for key, number in days.resumptions.items():
        if number > sum(days.causes[item] for item in BY_KEY[key].takes):
            days.say(f"{key} was resumed {number} times")
    days.found.caused = sum(days.causes.values())
    return days.found
