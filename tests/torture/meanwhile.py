"""A run at the real limits while somebody else edits the same offers: whose edits are overwritten, and how old."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from simulator import example
from world import World, undone

from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import Plan
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.allegro.simulator import AllegroSimulator
from torture import pace

#: How old an edit may be that a write overwrites: nothing can be looked at in the moment in which it is written.
FRESH = 5.0
#: Full reads that are permitted in a minute.
_READS = 3500
Measure = Callable[..., "Meddled"]


@dataclass(frozen=True)
class Edit:
    """What somebody else did, to which offer, and when."""

    offer: str
    at: float


@dataclass(frozen=True)
class Meddled:
    """What became of the edits of somebody else. The overwritten ones are ages in seconds."""

    what: str
    offers: int
    edits: int
    overwritten_late: list[float]
    overwritten_young: list[float]
    too_late: int
    stale: int
    refused: int
    share: float
    slow: bool  # the machine itself took much of the marketplace's time
    requests: dict[str, int]

    def __str__(self) -> str:
        return (
            f"{self.offers} {self.what} | {self.edits} | {len(self.overwritten_late)} | {len(self.overwritten_young)} "
            f"| {self.stale} | {self.too_late} | {self.share:.1%}"
        )


@dataclass
class Meddler(Silent):
    """A progress display during which somebody edits a few offers whenever a chunk is done."""

    login: str
    offers: int
    edit: Callable[[int], dict[str, Any]]
    each: int = 1  # so many offers ...
    every: int = 1  # ... after so many chunks
    simulator: AllegroSimulator | None = None
    edits: list[Edit] = field(default_factory=list)
    _applying: bool = False
    _chunks: int = 0
    _dice: random.Random = field(default_factory=lambda: random.Random(7))
    _edited: set[int] = field(default_factory=set)

    def open(self, path: Path) -> AllegroSimulator:
        """Open the run's marketplace, where the others work too: their clock is the same."""
        self.simulator = AllegroSimulator(path)
        return self.simulator

    def start(self, task: str, total: int | None = None) -> None:
        self._applying = task.startswith("applying")

    def advance(self, steps: int = 1) -> None:
        self._chunks += 1
        if self._applying and not self._chunks % self.every:
            self._work(self.each)

    def note(self, text: str) -> None:
        """While the run is told to wait, the others are not."""
        if "too many requests" in text:
            self._work(self.offers // 4)

    def _work(self, offers: int) -> None:
        assert self.simulator is not None
        for number in self._dice.sample(range(self.offers), offers):
            if number not in self._edited:
                self._edited.add(number)
                body = self.simulator.panel_edit(self.login, _id(number), self.edit(number))
                self.edits.append(Edit(body["id"], self.simulator.clock.now().timestamp()))


def _id(number: int) -> str:
    return pace.shop.live_offer(number, "K", example.PRODUCT)["offer"]["id"]  # type: ignore[no-any-return]


def prices(root: Path, offers: int, **knobs: Any) -> Meddled:
    """Each offer to a price of its own, in bulk commands of the marketplace's size."""
    made = pace.many(
        root, offers, lambda n: {"price": f"{20 + n % 9000 / 100:.2f} PLN"}, {**pace.AT_ONCE, **knobs}
    )
    return _meddled(made, "own prices", pace.PRICES / 60, Meddler(made.login, offers, _other_price, 2))


def shared_prices(root: Path, offers: int, **knobs: Any) -> Meddled:
    """Many offers to few prices, in commands of up to a thousand offers."""
    made = pace.many(root, offers, lambda n: {"price": f"{20 + n % 5}.10 PLN"}, {**pace.AT_ONCE, **knobs})
    return _meddled(
        made, "shared prices", pace.PRICES / 60, Meddler(made.login, offers, _other_price, offers // 50)
    )


def handling(root: Path, offers: int, **knobs: Any) -> Meddled:
    """Many offers to few handling times: commands for many offers, each of which is read by itself."""
    made = pace.many(
        root, offers, lambda n: {"delivery": {"handling": ("P2D", "P3D")[n % 2]}}, {**pace.AT_ONCE, **knobs}
    )
    return _meddled(made, "handling times", _READS / 60, Meddler(made.login, offers, _other_handling, 8))


def edits(root: Path, offers: int, **knobs: Any) -> Meddled:
    """Each offer to a title of its own, one by one."""
    made = pace.many(
        root, offers, lambda n: {"content": {"title": f"Kubek ceramiczny numer {n}"}}, {**pace.AT_ONCE, **knobs}
    )
    return _meddled(made, "titles", pace.WRITES / 60, Meddler(made.login, offers, _other_title, 1, every=8))


def _other_price(number: int) -> dict[str, Any]:
    return {"sellingMode": {"price": example.money(f"{900 + number % 90}.00")}}


def _other_handling(number: int) -> dict[str, Any]:
    return {"delivery": {"handlingTime": "PT240H"}}


def _other_title(number: int) -> dict[str, Any]:
    return {"name": f"Ktoś inny nazwał kubek {number}"}


def _meddled(made: World, what: str, a_second: float, meddler: Meddler) -> Meddled:
    plan = made.plan()
    made.forget_requests()
    began = time.monotonic()
    with patch("reconciler.simulator.allegro.simulator.AllegroSimulator", meddler.open):
        report = _applied(made, plan, meddler)
    took = time.monotonic() - began
    with made.simulator() as simulator:
        refused = simulator.rate()["refused"]
    writes = _writes(made)
    ages = [_age(edit, writes) for edit in meddler.edits]
    overwritten = [age for age in ages if age is not None and age >= 0]
    moments = sorted(at for times in writes.values() for at in times)
    return Meddled(
        what=what,
        offers=meddler.offers,
        edits=len(ages),
        overwritten_late=[age for age in overwritten if age > FRESH],
        overwritten_young=[age for age in overwritten if age <= FRESH],
        too_late=sum(age is not None and age < 0 for age in ages),
        stale=sum(outcome.stale for outcome in report.outcomes),
        refused=refused,
        share=_rate(moments) / a_second,
        slow=took > 0.2 * (moments[-1] - moments[0]),
        requests=dict(report.requests),
    )


def _applied(made: World, plan: Plan, meddler: Meddler) -> Report:
    report = apply_plan(Workspace(made.root), plan, ApplyOptions(), meddler)
    left = [each for each in report.outcomes if each.result is not Result.APPLIED and not each.stale]
    # An offer that was edited after it was written does not read back as written.
    late = {edit.offer for edit in meddler.edits}
    assert {each.remote_id for each in left} <= late, undone(report)[:3]
    return report


def _writes(made: World) -> dict[str, list[float]]:
    """When each offer was written by the run, as far as the marketplace accepted it."""
    found: dict[str, list[float]] = {}
    for each in made.writes():
        if each["status"] < 300:
            at = datetime.fromisoformat(each["at"]).timestamp()
            for offer in set(re.findall(r"\b17\d{9}\b", each["url"] + (each["request_body"] or ""))):
                found.setdefault(offer, []).append(at)
    return found


def _age(edit: Edit, writes: dict[str, list[float]]) -> float | None:
    """How old an edit was when it was overwritten; negative when it came after the write; None when it stands."""
    times = writes.get(edit.offer)
    return max(times) - edit.at if times else None


def _rate(moments: list[float]) -> float:
    """The changes in a second: the first command's are not among those that came in the time after it."""
    counted = Counter(moments)
    first, last = min(counted), max(counted)
    return (len(moments) - counted[first]) / (last - first)


__all__ = ["Meddled", "edits", "handling", "prices", "shared_prices"]
