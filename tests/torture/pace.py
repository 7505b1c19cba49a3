"""How near the permitted rate a run comes, whether it ever passes it, and what a request costs the client."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import chdir
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import httpx
import world
from world import Project

from reconciler.model.budgets import BudgetSpec
from reconciler.model.outcomes import Result
from reconciler.runtime.clock import WallClock
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import LATE, Budgets, Slot
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.ratelimit.throttle import Throttle, Turn
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.grounds.base import Rate
from torture.killing import Process
from torture.market import Market, application


@dataclass(frozen=True)
class Pace:
    """A rate: what was let through in how many seconds of the marketplace's time, and the most in one window."""

    what: str
    changes: int
    requests: int
    seconds: float
    limit: int  # of what is counted in so many seconds
    window: int
    most_in_a_window: int
    most_in_a_second: int
    refused: int
    real_seconds: float

    @property
    def share(self) -> float:
        """The part of the permitted rate that was used."""
        return self.changes / self.seconds * self.window / self.limit

    @property
    def requests_a_second(self) -> float:
        """The limit in requests, each of which carries so many changes."""
        return self.limit / self.window * self.requests / self.changes

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.changes} in {self.seconds:.1f} s, {self.share:.1%} of {self.limit} in {self.window} s; "
            f"at most {self.most_in_a_window} in any {self.window} s, "
            f"{self.most_in_a_second} requests in any second, {self.refused} refused ({self.real_seconds:.0f} s of work)"
        )


def many(root: Path, offers: int, sections: Any, settings: dict[str, Any], at: Ground = ALLEGRO) -> Project:
    """A shop with so many offers, one document for each; `sections` says what the document of a number declares."""
    live = [at.live(number, f"K{number:06d}") for number in range(offers)]
    made = at.project.make(root, at.seller(live), [], settings=settings)
    size = 2000
    for start in range(0, offers, size):
        numbers = range(start, min(offers, start + size))
        made.write(
            f"documents/{start:06d}.yaml",
            "---\n".join(
                json.dumps(world.offer(f"K{number:06d}", **sections(number))) + "\n" for number in numbers
            ),
        )
    return made


def measured(root: Path, offers: int, rate: Rate, at: Ground = ALLEGRO) -> Pace:
    """So many offers are written as fast as is permitted, in the marketplace's own time."""
    made = many(root, offers, rate.sections, dict(rate.knobs), at)
    plan = made.plan()
    with made.simulator() as simulator:
        simulator.begin_run()
    made.forget_requests()
    began = time.monotonic()
    report = made.apply(plan)
    took = time.monotonic() - began
    left = [each for each in report.outcomes if each.result is not Result.APPLIED]
    assert not left, left[:3]
    with made.simulator() as simulator:
        told = simulator.rate()
    (window,) = told["limits"][rate.limit].values()
    sent = [each for each in made.sent() if rate.counts(each)]
    moments = [datetime.fromisoformat(each["at"]).timestamp() for each in sent]
    # The last request takes its time as well as the others: n requests last n intervals.
    seconds = (moments[-1] - moments[0]) * len(moments) / (len(moments) - 1)
    return Pace(
        what=rate.what,
        changes=window["admitted"],
        requests=len(sent),
        seconds=seconds,
        limit=window["limit"],
        window=window["seconds"],
        most_in_a_window=window["max"],
        most_in_a_second=most(moments, 1.0),
        refused=told["refused"] + window["refused"],
        real_seconds=took,
    )


def most(moments: list[float], span: float) -> int:
    """The most of them in any window of this length."""
    first = found = 0
    moments = sorted(moments)
    for place, moment in enumerate(moments):
        while moments[first] <= moment - span:
            first += 1
        found = max(found, place - first + 1)
    return found


# --- several processes ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shares:
    """What each of several processes got of one limit in the same time."""

    counts: list[int]
    seconds: float
    limit: float
    most_in_a_second: int

    @property
    def uneven(self) -> float:
        """How far the poorest or richest is from the mean."""
        mean = sum(self.counts) / len(self.counts)
        return max(abs(each - mean) for each in self.counts) / mean

    @property
    def share(self) -> float:
        return sum(self.counts) / self.seconds / self.limit

    def __str__(self) -> str:
        return (
            f"{len(self.counts)} processes: {self.counts} in {self.seconds:.1f} s, {self.share:.1%} of "
            f"{self.limit:.0f} a second, at most {self.most_in_a_second} in any second, "
            f"{self.uneven:.1%} from an even share"
        )


_PERMITS = """
import asyncio, json, sys, time
sys.path.insert(0, {tests!r})
from torture.pace import throttle
where, limit, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
permits, stop = throttle(where, limit), asyncio.Event()
print("ready", flush=True)
begin = float(sys.stdin.readline())
async def main():
    moments = []
    async def worker():
        while time.time() < begin + seconds:
            permit = await permits.permit(("one",), 1, stop)
            if not permits.missed(permit, 0):
                moments.append(time.time())
    await asyncio.sleep(begin - time.time())
    await asyncio.gather(*(worker() for _ in range(8)))
    print(json.dumps(moments))
asyncio.run(main())
"""


def throttle(where: str, per_minute: int) -> Throttle:
    """The product's throttle with one limit, on this ledger."""
    spec = BudgetSpec(name="one", scope="client", counts="requests", per_minute=per_minute, per_hour=None)
    return Throttle({"one": spec}, Budgets(Ledger(where).pace, "test"), WallClock(), user="u", virtual=False)


def shares(where: str, *, per_minute: int = 6000, seconds: float = 4.0, processes: int = 4) -> Shares:
    """So many processes ask one throttle for permits as fast as they can, with a ledger between them."""
    command = [
        sys.executable,
        "-c",
        _PERMITS.format(tests=str(Path(__file__).parents[1])),
        where,
        str(per_minute),
        str(seconds),
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [subprocess.Popen(command, **pipes) for _ in range(processes)]  # type: ignore[call-overload]
    for each in started:
        each.stdout.readline()  # it is ready: all begin at the same moment
    begin = time.time() + 0.3
    for each in started:
        each.stdin.write(f"{begin}\n".encode())
        each.stdin.flush()
    found = [json.loads(each.communicate(timeout=60)[0]) for each in started]
    moments = sorted(moment for each in found for moment in each if moment < begin + seconds)
    counts = [sum(moment < begin + seconds for moment in each) for each in found]
    return Shares(counts, moments[-1] - moments[0], per_minute / 60, most(moments, 1.0))


@dataclass(frozen=True)
class Four:
    """Four applies of four accounts of one application at once, over HTTP."""

    requests: dict[str, int]
    seconds: dict[str, float]
    most_in_a_second: int
    most_in_a_minute: int
    refused: int
    rate: float
    codes: list[int]
    said: list[str]  # by those that did not end well

    def __str__(self) -> str:
        return (
            f"four accounts over HTTP: {self.requests} requests, ended after {self.seconds} s, {self.rate:.0f} requests "
            f"a second, at most {self.most_in_a_second} in any second and {self.most_in_a_minute} in any minute, "
            f"{self.refused} refused"
        )


def four(folder: Path, market: Market, offers: int, ledger: str, at: Ground = ALLEGRO) -> Four:
    """Four projects, each with an account of its own, one application, one ledger: edits as fast as permitted."""
    market.ask("/_sim/settings", dict(at.at_once))
    logins = [f"sklep{number}" for number in range(4)]
    roots = []
    for number, login in enumerate(logins):
        live = [at.live(10_000 * number + place, f"K{place:04d}") for place in range(offers)]
        market.ask("/_sim/seed", at.seller(live, login=login, number=100 + number, refresh=f"r{number}"))
        made = at.project(folder / login, login)
        made.project({"accounts": {login: market.account(login)}, "guards": made.guards, "ledger": ledger})
        made.documents(
            *(
                world.offer(f"K{place:04d}", content={"title": f"Kubek ceramiczny numer {place}"})
                for place in range(offers)
            )
        )
        roots.append(made.root)
    market.ask("/_sim/run", {})
    began = time.monotonic()
    running = [
        Process(root, "apply", "--auto-approve", **application(login, f"r{number}"))
        for number, (root, login) in enumerate(zip(roots, logins, strict=True))
    ]
    ended: dict[str, float] = {}
    while len(ended) < len(running):
        for login, each in zip(logins, running, strict=True):
            if login not in ended and each.process.poll() is not None:
                ended[login] = round(time.monotonic() - began, 1)
        time.sleep(0.05)
    told = market.ask("/_sim/rate")
    client = next(iter(told["clients"].values()))
    return Four(
        requests={login: told["users"].get(login, {"requests": 0})["requests"] for login in logins},
        seconds=ended,
        most_in_a_second=client["max_per_second"],
        most_in_a_minute=client["max_per_minute"],
        refused=told["refused"],
        rate=client["mean_per_second"],
        codes=[each.process.returncode for each in running],
        said=[each.output.read_text(errors="replace") for each in running if each.process.returncode],
    )


@dataclass(frozen=True)
class Cost:
    """The client's own processor time."""

    requests: int
    seconds: float

    @property
    def milliseconds(self) -> float:
        return self.seconds / self.requests * 1000

    def __str__(self) -> str:
        return f"{self.requests} requests, {self.seconds:.2f} s of processor time, {self.milliseconds:.2f} ms each"


class Timed(Silent):
    """Takes the processor time from the first task of an execution to the end of the last."""

    def __init__(self) -> None:
        self.began = self.ended = 0.0

    def start(self, task: str, total: int | None = None) -> None:
        if task == "applying":
            self.began = time.process_time()

    def finish(self) -> None:
        self.ended = time.process_time()


def cost(
    folder: Path, market: Market, offers: int, login: str = "koszt", first: int = 90_000, at: Ground = ALLEGRO
) -> Cost:
    """Apply single edits over HTTP at the pace that the limits allow; what a request costs in this process."""
    live = [at.live(first + place, f"K{place:04d}") for place in range(offers)]
    market.ask("/_sim/seed", at.seller(live, login=login, number=first, refresh=f"r-{login}"))
    made = at.project(folder / login, login)
    made.project({"accounts": {"koszt": market.account(login)}, "guards": made.guards})
    made.documents(
        *(
            world.offer(f"K{place:04d}", content={"title": f"Kubek ceramiczny numer {place}"})
            for place in range(offers)
        )
    )
    os.environ.update(at.token(login, "koszt"))
    timed = Timed()
    with chdir(folder):
        report = apply_plan(Workspace(made.root), made.plan(), ApplyOptions(), timed)
    assert report.counts()[Result.APPLIED] == offers, world.undone(report)[:3]
    return Cost(sum(report.requests.values()), timed.ended - timed.began)


def unpaced(folder: Path, market: Market, offers: int, at: Ground = ALLEGRO) -> Cost:
    """The same edits as fast as they can be, on a marketplace without limits: what the program itself works."""

    async def at_once(
        self: Throttle, budgets: tuple[str, ...], weight: int, stop: asyncio.Event, turn: Turn | None = None
    ) -> Slot:
        now = WallClock().microseconds()
        return Slot(now, now + LATE)

    market.ask("/_sim/settings", {"limits": {"enabled": False}, **at.at_once})
    with patch.object(Throttle, "permit", at_once):
        return cost(folder, market, offers, "rozped", 95_000, at)


def bare(market: Market, library: str, requests: int = 300, login: str = "koszt", at: Ground = ALLEGRO) -> Cost:
    """The floor: an HTTP library alone, one GET after the other at the pace of single edits."""
    path, others = at.myself
    headers = {"authorization": f"Bearer simulator-{login}", **others}

    async def ask() -> float:
        client: Any = httpx.AsyncClient(headers=headers)
        if library == "aiohttp":
            await client.aclose()
            client = aiohttp.ClientSession(headers=headers)
        async with client:
            began = time.process_time()
            for _ in range(requests):
                answer = await client.get(market.address + path)
                await answer.aread() if library == "httpx" else await answer.read()
                await asyncio.sleep(1 / at.a_second)
            return time.process_time() - began

    return Cost(requests, asyncio.run(ask()))


__all__ = ["Cost", "Four", "Pace", "Shares", "bare", "cost", "four", "many", "measured", "shares", "unpaced"]
