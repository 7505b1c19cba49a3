"""The crash campaign: apply is killed again and again until it has finished, and then the shop is looked at."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from torture import shop
from torture.killing import Aim, run, shoot


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
    root: Path, seed: int, *, ledger: str = "", kills: int = 12, offers: int = 24, lose_ledger: float = 0.0
) -> Tally:
    """Build a shop, kill `apply` up to so many times, let it finish, and look. The folder stays when it is wrong."""
    random = Random(f"{seed}/{ledger[:4]}")
    made = shop.build(root, seed, offers=offers, project={"ledger": ledger} if ledger else None)
    tally = Tally(rounds=1)
    while tally.kills < kills:
        code = shoot(root, Aim.at_random(random))
        if code is None:
            tally.kills += 1
        else:
            tally.applies[f"ended with {code} before the shot"] += 1
            break
        if random.random() < lose_ledger:
            forget(root)
            tally.applies["lost ledgers"] += 1
    tally.faults = [f"round {seed} {ledger[:4] or 'sqlite'}: {each}" for each in finish(made, tally)]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def finish(made: shop.Shop, tally: Tally) -> list[str]:
    """Let apply run undisturbed: once must do. Return everything that is wrong afterwards."""
    root = made.world.root
    code, told = run(root)
    tally.applies[f"the apply after the last shot ended with {code}"] += 1
    faults = [] if code == 0 else [f"apply ended with {code}: {told[-1500:]}"]
    faults += shop.faults_of(made)
    code, told = run(root, "plan", "--refresh=full", "--detailed-exitcode")
    return faults if code == 0 else [*faults, f"the second plan ended with {code}: {told[-1500:]}"]


def forget(root: Path) -> None:
    """Lose the ledger, as a runner without a disk does."""
    for file in (root / ".reconcile").glob("ledger.db*"):
        file.unlink()


def campaign(folder: Path, *, kills: int, first: int = 0, **how: object) -> Tally:
    """Rounds until so many kills are reached."""
    total = Tally()
    seed = first
    while total.kills < kills:
        total.add(one_round(folder / f"round-{seed}", seed, kills=min(12, kills - total.kills), **how))  # type: ignore[arg-type]
        seed += 1
    return total
