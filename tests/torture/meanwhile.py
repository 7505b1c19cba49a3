"""A run at the real limits while somebody else edits the same offers: whose edits are overwritten, and how old."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from world import Project, undone

from reconciler.model.outcomes import Report, Result
from reconciler.model.plan import Plan
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from torture import pace
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.grounds.base import Meddling

#: How old an edit may be that a write overwrites: nothing can be looked at in the moment in which it is written.
FRESH = 5.0


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
    what: Meddling
    at: Ground
    simulator: Any = None
    edits: list[Edit] = field(default_factory=list)
    _applying: bool = False
    _chunks: int = 0
    _dice: random.Random = field(default_factory=lambda: random.Random(7))
    _edited: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._practice = self.at.project.practice  # its name stands for `open` while the run goes on

    def open(self, path: Path) -> Any:
        """Open the run's marketplace, where the others work too: their clock is the same."""
        self.simulator = self._practice(path)
        return self.simulator

    def start(self, task: str, total: int | None = None) -> None:
        self._applying = task.startswith("applying")

    def advance(self, steps: int = 1) -> None:
        self._chunks += 1
        if self._applying and not self._chunks % self.what.every:
            self._work(self.what.each(self.offers))

    def note(self, text: str) -> None:
        """While the run is told to wait, the others are not."""
        if "too many requests" in text:
            self._work(self.offers // 4)

    def _work(self, offers: int) -> None:
        assert self.simulator is not None
        for number in self._dice.sample(range(self.offers), offers):
            if number not in self._edited:
                self._edited.add(number)
                offer = self.at.remote_id(number)
                self.simulator.panel_edit(self.login, offer, self.what.edit(number))
                self.edits.append(Edit(offer, self.simulator.clock.now().timestamp()))


def meddled(root: Path, offers: int, what: Meddling, at: Ground = ALLEGRO, **knobs: Any) -> Meddled:
    """So many offers are written at the real limits while somebody else edits them."""
    made = pace.many(root, offers, what.sections, {**what.knobs, **knobs}, at)
    meddler = Meddler(made.login, offers, what, at)
    plan = made.plan()
    made.forget_requests()
    began = time.monotonic()
    practice = at.project.practice
    with patch(f"{practice.__module__}.{practice.__name__}", meddler.open):
        report = _applied(made, plan, meddler)
    took = time.monotonic() - began
    with made.simulator() as simulator:
        refused = simulator.rate()["refused"]
    writes = _writes(made, at)
    ages = [_age(edit, writes) for edit in meddler.edits]
    overwritten = [age for age in ages if age is not None and age >= 0]
    moments = sorted(at for times in writes.values() for at in times)
    return Meddled(
        what=what.what,
        offers=meddler.offers,
        edits=len(ages),
        overwritten_late=[age for age in overwritten if age > FRESH],
        overwritten_young=[age for age in overwritten if age <= FRESH],
        too_late=sum(age is not None and age < 0 for age in ages),
        stale=sum(outcome.stale for outcome in report.outcomes),
        refused=refused,
        share=_rate(moments) / what.a_second,
        slow=took > 0.2 * (moments[-1] - moments[0]),
        requests=dict(report.requests),
    )


def _applied(made: Project, plan: Plan, meddler: Meddler) -> Report:
    report = apply_plan(Workspace(made.root), plan, ApplyOptions(), meddler)
    left = [each for each in report.outcomes if each.result is not Result.APPLIED and not each.stale]
    # An offer that was edited after it was written does not read back as written.
    late = {edit.offer for edit in meddler.edits}
    assert {each.remote_id for each in left} <= late, undone(report)[:3]
    return report


def _writes(made: Project, at: Ground) -> dict[str, list[float]]:
    """When each offer was written by the run, as far as the marketplace accepted it."""
    found: dict[str, list[float]] = {}
    for each in made.writes():
        if each["status"] < 300:
            moment = datetime.fromisoformat(each["at"]).timestamp()
            for offer in at.named_in(each):
                found.setdefault(offer, []).append(moment)
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


__all__ = ["Meddled", "meddled"]
