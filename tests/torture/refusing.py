"""The refusals campaign: `apply` is killed again and again while some of what it writes is refused.

What is written are differences of pieces: one that is delivered twice, or under a new id after all, is seen in the
marketplace's own store.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import world
from world import Project

from torture.crash import Tally
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.killing import Aim, run, shoot

BEFORE, MORE = 10, 5


def one_round(
    root: Path, seed: int, *, at: Ground = ALLEGRO, ledger: str = "", kills: int = 8, offers: int = 40
) -> Tally:
    """Kill `apply` up to so many times on a marketplace that refuses some rows, let it finish, and look."""
    random = Random(f"{seed}/refusals")
    made = build(root, offers, ledger, at)
    bad = frozenset(random.sample(range(offers), random.randint(1, 4)))
    refuse(made, bad, random.choice(("path", "pointer", "", "")), at)
    tally = Tally(rounds=1)
    while tally.kills < kills:
        code = shoot(root, Aim.at_random(random, requests=25, writes=4))
        if code is not None:
            tally.applies[f"ended with {code} before the shot"] += 1
            break
        tally.kills += 1
    code, told = run(root)
    tally.applies[f"the apply after the last shot ended with {code}"] += 1
    found = [] if code == 5 else [f"apply ended with {code}: {told[-1500:]}"]
    found += unlike(made, bad, offers, at) + _untrue(root, bad, offers)
    made.set(faults={"schedule": []})
    code, told = run(root)
    found += [] if code == 0 else [f"the apply in peace ended with {code}: {told[-1500:]}"]
    found += unlike(made, frozenset(), offers, at)
    code, told = run(root, "plan", "--refresh", "full", "--detailed-exitcode")
    found += [] if code == 0 else [f"the second plan ended with {code}: {told[-1500:]}"]
    tally.faults = [f"refusals round {seed} {ledger[:4] or 'sqlite'}: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def build(root: Path, offers: int, ledger: str = "", at: Ground = ALLEGRO) -> Project:
    """Offers with ten pieces, as an apply has seen them, whose documents declare five more."""
    live = [at.stock.live(number, name(number), BEFORE) for number in range(offers)]
    project = {"ledger": ledger} if ledger else None
    made = at.project.make(root, at.seller(live), _documents(offers, BEFORE), project=project)
    made.converge()
    made.documents(*_documents(offers, BEFORE + MORE))
    made.forget_requests()
    return made


def name(number: int) -> str:
    return f"K{number:04}"


def _documents(offers: int, pieces: int) -> list[dict[str, Any]]:
    return [world.offer(name(number), stock={"quantity": pieces}) for number in range(offers)]


def refuse(made: Project, bad: frozenset[int], named: str, at: Ground = ALLEGRO) -> None:
    """Let the marketplace refuse every write that has one of these offers; `named` is how a command names them."""
    made.set(faults={"schedule": at.stock.refused(sorted(bad), named)})


def unlike(made: Project, bad: frozenset[int], offers: int, at: Ground = ALLEGRO) -> list[str]:
    """Each good row has its difference once, each bad one not at all."""
    stored = at.stock.pieces(made)
    found = []
    for number in range(offers):
        wanted = BEFORE if number in bad else BEFORE + MORE
        if stored[number] != wanted:
            word = "twice" if stored[number] > wanted else "lost"
            found.append(f"{name(number)}: {word}: {stored[number]} pieces, not {wanted}")
    return found


def _untrue(root: Path, bad: frozenset[int], offers: int) -> list[str]:
    """The history of all runs together tells of each good row that it was applied once, of each bad one never."""
    told = json.loads(run(root, "history", "--json")[1])["runs"]
    results: dict[str, Counter[str]] = {name(number): Counter() for number in range(offers)}
    for each in told:
        rows = Counter()
        for row in json.loads(run(root, "history", "show", str(each["id"]), "--json")[1])["rows"]:
            results[row["key"]["name"]][str(row["result"])] += 1
            rows[row["key"]["name"]] += 1
        if any(number > 1 for number in rows.values()):
            return [f"run {each['id']} has rows with more than one outcome"]
    wrong = {
        key: dict(seen)
        for key, seen in results.items()
        if seen["applied"] != (int(key[1:]) not in bad) or seen.keys() - {"applied", "refused"}
    }
    return [f"the history is not true: {wrong}"] if wrong else []
