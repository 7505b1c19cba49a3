"""Somebody else edits prices while an apply sends its own at the real limits: whose edits are overwritten, and how old."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from simulator import example
from world import World

from reconciler.model.outcomes import Report, Result
from reconciler.runtime.connection.environment import _App
from torture import pace

#: How old an edit may be that a write still overwrites, in seconds: the law of docs/reliability.md.
LAW = 5.0
#: Between a look and the sending lie the end of a tick and the request's own time.
TICK = 0.2


@dataclass
class Meddler:
    """Edits prices by the marketplace's clock, one every so many seconds, of offers drawn by the seed."""

    login: str
    ids: list[str]
    every: float
    seed: int = 0
    edits: list[tuple[float, str, str]] = field(default_factory=list)
    _next: float = 0.0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._random.shuffle(self.ids)

    def meddle(self, simulator: Any) -> None:
        """Make the edits that are due."""
        now = simulator.clock.now().timestamp()
        self._next = self._next or now
        while self._next <= now and self.ids:
            self._next += self.every
            offer = self.ids.pop()
            amount = f"{500 + len(self.edits) % 400}.77"
            simulator.panel_edit(self.login, offer, {"sellingMode": {"price": example.money(amount)}})
            self.edits.append((now, offer, amount))


@contextmanager
def meddling(act: Callable[[Any], None]) -> Iterator[None]:
    """Let something happen on the embedded marketplace before each request that it gets."""
    call = _App.__call__

    async def called(self: Any, scope: Any, receive: Any, send: Any) -> None:
        act(self._simulator)
        await call(self, scope, receive, send)

    with patch.object(_App, "__call__", called):
        yield


@dataclass(frozen=True)
class Overwritten:
    """What became of edits that somebody made before our write to the same offer left."""

    offers: int
    edits: int
    before_write: int
    stale: int
    overwritten: int
    oldest: float
    too_old: int
    applied: int
    wrong: int
    list_reads: int
    told_reads: int
    pace: float
    real_seconds: float

    def __str__(self) -> str:
        return (
            f"{self.offers} own prices, {self.edits} edits by somebody else | {self.before_write} edited before our "
            f"write was due | {self.stale} | {self.overwritten}, the oldest {self.oldest:.1f} s | {self.too_old} | "
            f"{self.pace:.1%} of {pace.PRICES} a minute | {self.list_reads} (foreseen {self.told_reads})"
        )


def while_somebody_edits(root: Path, offers: int, every: float = 0.1, *, shared: bool = False) -> Overwritten:
    """Plan, then apply so many prices, while somebody else edits; each offer once at the most."""
    own = (lambda number: number % 3) if shared else (lambda number: number % 9000)
    made = pace.many(root, offers, lambda number: {"price": f"{20 + own(number) / 100:.2f} PLN"}, pace.AT_ONCE)
    plan = made.plan()
    with made.simulator() as simulator:
        simulator.begin_run()
    made.forget_requests()
    ids = [target.remote_id for action in plan.accounts[0].actions for target in action.targets]
    meddler = Meddler(made.login, [str(each) for each in ids], every)
    began = time.monotonic()
    with meddling(meddler.meddle):
        report = made.apply(plan)
    return _judged(made, plan, report, meddler, time.monotonic() - began)


def _judged(made: World, plan: Any, report: Report, meddler: Meddler, took: float) -> Overwritten:
    commands = [each for each in made.writes() if "-change-commands" in each["url"] or "bulk" in each["url"]]
    written: dict[str, float] = {}
    rows: list[tuple[float, int]] = []
    for each in commands:
        at, ids = datetime.fromisoformat(each["at"]).timestamp(), _ids(json.loads(each["request_body"]))
        written.update(dict.fromkeys(ids, at))
        rows.append((at, len(ids)))
    now = made.stored()
    ages = []
    for at, offer, amount in meddler.edits:
        ours = now[offer]["sellingMode"]["price"]["amount"] != amount
        if ours:
            ages.append(written[offer] - at)
    ends = Counter((each.result, each.stale) for each in report.outcomes)
    edited = {offer: at for at, offer, _ in meddler.edits}
    early = sum(1 for offer, at in edited.items() if at < written.get(offer, float("inf")))
    span = (rows[-1][0] - rows[0][0]) * len(rows) / max(1, len(rows) - 1)
    asked = sum(len(target.after) for action in plan.accounts[0].actions for target in action.targets)
    return Overwritten(
        offers=len(report.outcomes),
        edits=len(meddler.edits),
        before_write=early,
        stale=ends[Result.SKIPPED, True],
        overwritten=len(ages),
        oldest=max(ages, default=0.0),
        too_old=sum(age > LAW + TICK for age in ages),
        applied=ends[Result.APPLIED, False],
        wrong=sum(count for (result, stale), count in ends.items() if not stale and result is not Result.APPLIED),
        list_reads=report.requests.get("Offer.list", 0),
        told_reads=plan.forecast.requests.get("Offer.list", 0),
        pace=asked / span * 60 / pace.PRICES if span else 0.0,
        real_seconds=took,
    )


def _ids(body: Any) -> list[str]:
    if "modifications" in body:
        return [each["offerId"] for each in body["modifications"]]
    return [each["id"] for each in body["offerCriteria"][0]["offers"]]


__all__ = ["LAW", "TICK", "Meddler", "Overwritten", "meddling", "while_somebody_edits"]
