"""The crash campaign: apply is killed again and again until it has finished, and then the shop is looked at."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from world import Project

from reconciler.runtime.errors import LedgerFailed
from reconciler.runtime.ledger.database import Database
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.grounds.base import Shop
from torture.killing import Aim, run, shoot
from torture.market import market


@dataclass
class Tally:
    """What a campaign found."""

    kills: int = 0
    rounds: int = 0
    applies: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.kills += other.kills
        self.rounds += other.rounds
        self.applies.update(other.applies)
        self.faults += other.faults


def one_round(
    root: Path,
    seed: int,
    *,
    at: Ground = ALLEGRO,
    ledger: str = "",
    kills: int = 12,
    offers: int = 24,
    lose_ledger: float = 0.0,
    lag: float = 0.0,
) -> Tally:
    """Build a shop, kill `apply` up to so many times, let it finish, and look. The folder stays when it is wrong.

    With a `lag` the marketplace's list is so many seconds behind until all is done.
    """
    random = Random(f"{seed}/{ledger[:4]}")
    made = at.build(root, seed, offers=offers, project={"ledger": ledger} if ledger else None)
    made.world.set(list_lag_seconds=lag)
    tally = Tally(rounds=1)
    unshown = made.unshown(random)
    while tally.kills < kills:
        code = shoot(root, Aim.at_random(random, at.requests, at.writes))
        if code is None:
            tally.kills += 1
        else:
            tally.applies[f"ended with {code} before the shot"] += 1
            break
        if random.random() < lose_ledger:
            forget(root)
            tally.applies["lost ledgers"] += 1
    if lag:
        run(root)
        calm(made.world, at)
        tally.applies["rounds on a list that lags"] += 1
    if tally.applies["lost ledgers"]:
        run(root)
        made.settle()
    found = [*unshown, *finish(made, tally)]
    tally.faults = [f"round {seed} {ledger[:4] or 'sqlite'}: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def one_round_over_http(root: Path, seed: int, *, at: Ground = ALLEGRO, kills: int = 8) -> Tally:
    """The same with the marketplace in a process of its own, which goes on when the client is killed.

    Each next apply comes as if a quarter of an hour had passed: the time for which a creation that was cut off is
    looked for is real time there.
    """
    random = Random(f"{seed}/http")
    made = at.build(root, seed, offers=16, settings=at.brisk)
    record = root / ".reconcile" / "record.jsonl"
    tally = Tally(rounds=1)
    with market(root / ".reconcile", made.world.store, record, at.name) as running:
        account, known = running.account(made.world.login), at.token(made.world.login)
        made.world.project({"accounts": {"main": account}, "guards": made.guards})
        be_known(root, at, **known)
        while tally.kills < kills:
            code = shoot(root, Aim.at_random(random, at.requests, at.writes), **known)
            if code is not None:
                tally.applies[f"ended with {code} before the shot"] += 1
                break
            tally.kills += 1
            grow_old(root)
        found = finish(made, tally, **known)
    tally.faults = [f"round {seed} over HTTP: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def grow_old(root: Path, ledger: str = "") -> None:
    """What the ledger says was tried, or seen first, just now was 16 minutes ago."""
    if not ledger and not (root / ".reconcile" / "ledger.db").exists():
        return
    opened = Database(ledger or root / ".reconcile" / "ledger.db")
    try:
        for site, seen in opened.rows("select site, min(at) from price_reads group by site"):
            opened.run("update price_reads set at = ? where site = ? and at = ?", (_earlier(seen), site, seen))
        found = opened.rows("select run_id, id, sent_at from operations where sent_at is not null")
        for run_id, operation, claimed in found:
            opened.run(
                "update operations set sent_at = ? where run_id = ? and id = ?",
                (_earlier(claimed), run_id, operation),
            )
    except LedgerFailed:
        return  # killed before it had made its tables
    finally:
        opened.close()


def _earlier(told: str) -> str:
    return (datetime.fromisoformat(told) - timedelta(minutes=16)).isoformat()


def be_known(root: Path, at: Ground, ledger: str = "", **environment: str) -> None:
    """Where no events tell of creations a new ledger waits before it makes anything: it has known the account for long."""
    if not at.events:
        run(root, "plan", **environment)
        grow_old(root, ledger)


def calm(made: Project, at: Ground) -> None:
    """The trouble ends; what lagged or was on its way has an hour to arrive, and longer than that."""
    made.set(faults={"schedule": []}, list_lag_seconds=0.0, clock_skew_seconds=0.0, **at.calm)
    with made.simulator() as simulator:
        simulator.clock.advance(3 * 3600)
        simulator.catch_up()


def finish(made: Shop, tally: Tally, **environment: str) -> list[str]:
    """Let apply run undisturbed: once must do. Return everything that is wrong afterwards."""
    root = made.world.root
    code, told = run(root, **environment)
    if code == 5 and made.is_to_be_repeated(told):
        tally.applies["what an interrupted run may not do was planned anew"] += 1
        code, told = run(root, **environment)
    tally.applies[f"the apply after the last shot ended with {code}"] += 1
    found = [] if code == 0 else [f"apply ended with {code}: {told[-1500:]}"]
    found += made.faults()
    for refresh in (
        "auto",
        "full",
    ):  # as everybody plans, from what was kept of earlier reads too; and all of it anew
        code, told = run(root, "plan", "--refresh", refresh, "--detailed-exitcode", **environment)
        found += [] if code == 0 else [f"the second plan ({refresh}) ended with {code}: {told[-1500:]}"]
    return found


def forget(root: Path) -> None:
    """Lose the ledger, as a runner without a disk does."""
    for file in (root / ".reconcile").glob("ledger.db*"):
        file.unlink()
