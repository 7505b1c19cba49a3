"""Random days of a stockroom. A world is its seed: its clock stands until somebody waits.

A step lets some seconds pass and something happen: purchases (also while a run is under way), receipts, sales that
lower the warehouse system late, feeds that are cut, empty, missing or late, people in the panel, an account that is
left out. Two applies a minute go on meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from world import differences

from reconciler.model.outcomes import Outcome, Result, StopReason
from reconciler.model.plan import Plan
from reconciler.model.tables import ReadingState
from reconciler.runtime.errors import GuardRefused, StalePlan
from torture.stock_judge import Found, Judge, numbers_in, zeroed
from torture.stockroom import BY_KEY, ITEMS, LOGINS, OFFERS, WAREHOUSES, WITHIN, Stockroom

EVERY = 30.0
#: What a plan says when pieces go from one offer to another: a later apply gives them.
IN_TWO = "P631"
#: Seconds between purchases, offers and pieces each time.
_CROWDS = ((0, 1, 1), (60, 1, 1), (20, 1, 1), (5, 2, 1), (2, 1, 2))


@dataclass
class Days:
    """One world while its days go by. `trouble` and `alone` are what is wrong now, and until when."""

    room: Stockroom
    judge: Judge
    applied: float = 0.0
    trouble: tuple[str, float] = ("", 0.0)
    alone: tuple[str, float] = ("", 0.0)

    def begin(self) -> None:
        """Bring the offers to what is in stock, before anybody buys: what it ends by a zero has a cause."""
        self.judge.look()
        self.judge.causes.update(ITEMS)
        self.tick()

    def step(self) -> None:
        """Let some time pass, and one thing happen."""
        events = (self.buy, self.receive, self.spoil, self.person, self.crowd, self.leave_out, self.rest)
        self.lives(self.room.dice.choices(events, (40, 18, 3, 12, 4, 1, 1))[0])

    def lives(self, event: Callable[[], None]) -> None:
        """Let some time pass, and this happen; the job of the minute comes when it is due."""
        self.judge.found.steps += 1
        self._wait(self.room.dice.uniform(2, 26))
        event()
        self.judge.look()
        if self.room.now - self.applied >= EVERY:
            self.feed()
            self.tick()

    def _wait(self, seconds: float) -> None:
        with self.room.made.simulator() as simulator:
            simulator.clock.advance(seconds)

    # --- what happens -----------------------------------------------------------------------------------------

    def buy(self) -> None:
        """Somebody buys of one offer: a piece, some, or all that it shows."""
        dice = self.room.dice
        key = dice.choice(OFFERS).key
        login = LOGINS[BY_KEY[key].account]
        with self.room.made.simulator() as simulator:
            simulator.catch_up()
            body = simulator.offer_by_external_id(login, key)
            there = body["stock"]["available"]
            if body["publication"]["status"] == "ACTIVE" and there:
                simulator.sell(login, body["id"], dice.choice((1, 1, min(2, there), there)))

    def receive(self) -> None:
        """Pieces of an article come in; more of those that are scarce."""
        dice = self.room.dice
        item = min(dice.sample(ITEMS, 3), key=self.room.left)
        self.room.receive(item, dice.choice(WAREHOUSES), dice.randint(1, 8))
        self.judge.found.receipts += 1
        self.judge.causes[item] += 1

    def spoil(self) -> None:
        """From now on something is wrong with the feed, for a while."""
        dice = self.room.dice
        kind = dice.choice(("cut", "cut at a line", "empty", "headings only", "missing", "late", "garbled"))
        self.trouble = kind, self.room.now + dice.uniform(30, 900)
        self.judge.found.feeds[kind] += 1

    def feed(self) -> None:
        """The warehouse system writes its feed, as well as it can."""
        room, (kind, until) = self.room, self.trouble
        if not kind or room.now >= until:
            self._end_trouble()
            room.write_feed()
            return
        table = room.table()
        ends = [at + 1 for at, letter in enumerate(table) if letter == ord("\n")]
        spoiled = {
            "cut": lambda: table[: room.dice.randrange(len(table))],
            "cut at a line": lambda: table[: room.dice.choice(ends[:-1])],
            "empty": lambda: b"",
            "headings only": lambda: table[: ends[0]],
            "garbled": lambda: table.replace(b",", b"\xff", 1),
        }
        if kind == "missing":
            room.remove_feed()
        elif kind in spoiled:
            room.write_feed(spoiled[kind]())

    def _end_trouble(self) -> None:
        if self.trouble[0]:
            self.judge.causes.update(ITEMS)
        self.trouble = ("", 0.0)

    def person(self) -> None:
        """Somebody ends, resumes or recounts an offer in the panel."""
        dice = self.room.dice
        shown = dice.choice(OFFERS)
        login = LOGINS[shown.account]
        with self.room.made.simulator() as simulator:
            simulator.catch_up()
            body = simulator.offer_by_external_id(login, shown.key)
            there, now = body["stock"]["available"], body["publication"]
            ended = now["status"] == "ENDED" and now["endedBy"] == "USER"
            if not there or (now["status"] != "ACTIVE" and not ended):
                return
            what, more = "ended", 0
            if ended:
                simulator.panel_edit(login, body["id"], {"publication": {"status": "ACTIVE", "endedBy": None}})
                what, more = "resumed", there
            elif dice.random() < 0.3:
                simulator.end(login, body["id"])
            else:
                number = dice.randint(1, there + 2)
                simulator.panel_edit(login, body["id"], {"stock": {"available": number}})
                what, more = ("raised" if number > there else "lowered"), number - there
        if more > 0:
            self.judge.raised(shown.key, more)
        self.judge.edited = self.room.now
        self.judge.found.edits[what] += 1
        self.judge.causes.update(shown.takes.keys())

    def crowd(self) -> None:
        """Buyers come more often, or less, and also while a run is under way."""
        every, offers, pieces = self.room.dice.choice(_CROWDS)
        self.room.made.set(sales={"every_seconds": every, "offers": offers, "quantity": pieces})

    def leave_out(self) -> None:
        """For a while only one of the accounts is applied: the login of the other has run out, say."""
        self.alone = self.room.dice.choice(list(LOGINS)), self.room.now + self.room.dice.uniform(60, 1800)
        self.judge.found.outages += 1

    def rest(self) -> None:
        """Nobody buys and nothing is wrong until the warehouse system knows all: then no change is left."""
        self.room.made.set(sales={"every_seconds": 0})
        self._end_trouble()
        self.alone = ("", 0.0)
        for seconds in (1, WITHIN + 60, 1, 1):
            self._wait(seconds)
            self.judge.look()
            self.feed()
            self.tick()
        self.judge.found.rests += 1
        if left := differences(self.plan()):
            self.judge.say(f"not at rest: {left}")

    # --- the product ------------------------------------------------------------------------------------------

    def plan(self, **options: Any) -> Plan:
        """Plan as the product does, with files that are as old as the world says."""
        self.room.age_files()
        return self.room.made.plan(**options)

    def tick(self) -> None:
        """One apply, as a job of the minute runs it; and what it did, judged."""
        room, judge = self.room, self.judge
        began = self.applied = room.now
        judge.found.ticks += 1
        options: dict[str, Any] = {"accounts": (self.alone[0],)} if room.now < self.alone[1] else {}
        allow = {"source": ""} if room.spoiled and room.dice.random() < 0.5 else {}
        plan = self.plan(**options, allow=allow)
        self._hold_against_the_whole_feed(plan, options)
        sold = judge.found.sold
        outcomes, stopped = self._applied(plan)
        done = {each.key.name for each in outcomes if each.result is Result.APPLIED}
        judge.writing = numbers_in(plan) & done
        judge.look()
        judge.writing = frozenset()
        judge.found.in_runs += judge.found.sold - sold
        judge.count(plan, done)
        well = all(each.state is ReadingState.OK for each in plan.sources)
        if well and not options and not stopped and all(each.result is Result.APPLIED for each in outcomes):
            judge.written(began)
            if room.dice.random() < 0.1 and not any(each.code == IN_TWO for each in plan.diagnostics):
                self._hold_that_nothing_is_left()

    def _applied(self, plan: Plan) -> tuple[tuple[Outcome, ...], bool]:
        """Apply a plan; return what became of its rows, and whether anything stopped it."""
        outcomes: tuple[Outcome, ...] = ()
        try:
            report = self.room.made.apply(plan)
        except (GuardRefused, StalePlan) as stop:  # of a plan of one account
            reason = StopReason.STALE if isinstance(stop, StalePlan) else StopReason.GUARD
            reasons, said = {reason}, stop.summary
        else:
            outcomes, reasons = report.outcomes, {each.reason for each in report.stops}
            said = "; ".join(each.summary for each in report.stops)
        refused = StopReason.GUARD in reasons
        self.judge.found.refused += refused
        if reasons - {StopReason.STALE, StopReason.GUARD} or (refused and not self.trouble[0]):
            self.judge.say(f"stopped: {said}")
        return outcomes, bool(reasons)

    def _hold_against_the_whole_feed(self, plan: Plan, options: dict[str, Any]) -> None:
        """A spoiled feed takes nothing off sale that a whole one would not."""
        if self.room.spoiled and (found := zeroed(plan)):
            extra = found - zeroed(self.plan(**options, sources={"erp": str(self.room.whole)}))
            if extra:
                self.judge.say(f"zeroed by a feed that was {self.trouble[0]}: {sorted(extra)}")

    def _hold_that_nothing_is_left(self) -> None:
        """When nobody has bought or edited since the apply before this one, there is nothing left to do."""
        since = self.judge.heard[0]
        if self.judge.edited > since or any(sale.seen > since for sale in self.room.sales):
            return
        self.judge.found.second_plans += 1
        left, before = differences(self.plan()), self.judge.found.sold
        self.judge.look()
        if left and before == self.judge.found.sold:
            self.judge.say(f"second plan: {left}")


def opened(root: Path, dice: Random) -> Days:
    """Open a new world, whose chances are these dice."""
    os.environ.setdefault("RECONCILE_KEY", "a key for tests, and for nothing else")
    room = Stockroom.open(root, dice)
    days = Days(room, Judge(room))
    days.begin()
    return days


def played(root: Path, seed: int, steps: int, say: Callable[[int], None] = lambda _step: None) -> Found:
    """Play one world for so long; `say` is told how far it is."""
    days = opened(root, Random(seed))
    for step in range(steps):
        days.step()
        say(step + 1)
    return days.judge.close()
