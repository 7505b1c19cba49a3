"""Runners that forget everything: killed at any moment, the next one begins on an empty disk, with a ledger on a branch.

What is left of a runner is what it has pushed. The marketplace's own files stay, and so do the documents.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from random import Random

from torture import shop
from torture.crash import Tally, finish
from torture.killing import Aim, shoot

KEPT = ("simulator.db", "simulator.db-wal", "simulator.db-shm", "simulator.db-traffic", "record.jsonl")


def with_a_remote(root: Path) -> str:
    """Make a bare repository beside a project, and the project a clone of it; return what `ledger:` says."""
    subprocess.run(["git", "init", "-q", "--bare", str(_bare(root))], check=True)
    _clone(root)
    return "git"


def new_runner(root: Path) -> None:
    """Leave nothing of a runner but what it has pushed."""
    for each in (root / ".reconcile").iterdir():
        if each.name not in KEPT:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    shutil.rmtree(root / ".git")
    _clone(root)


def _bare(root: Path) -> Path:
    return root.with_name(f"{root.name}.git")


def _clone(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "remote", "add", "origin", str(_bare(root))], check=True)


def one_round(root: Path, seed: int, *, kills: int = 12, offers: int = 24) -> Tally:
    """Build a shop, kill runners up to so many times, let one finish, and look."""
    random = Random(f"{seed}/git")
    made = shop.build(root, seed, offers=offers, project={"name": "shop", "ledger": with_a_remote(root)})
    tally = Tally(rounds=1)
    while tally.kills < kills:
        code = shoot(root, Aim.at_random(random))
        new_runner(root)
        if code is not None:
            tally.applies[f"ended with {code} before the shot"] += 1
            break
        tally.kills += 1
    found = finish(made, tally)
    new_runner(root)
    found += finish(made, tally)
    tally.faults = [f"round {seed} git: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
        shutil.rmtree(_bare(root))
    return tally
