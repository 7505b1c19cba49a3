"""The undo campaign: a run is undone by a process that is killed again and again, and then the shop is looked at.

The look compares the marketplace's own store with what it was before the run; the product's planner has no say in it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

from torture import crash
from torture.crash import Tally
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.grounds.base import Shop, Touch
from torture.killing import Aim, Process, run, shoot


def one_round(
    root: Path, seed: int, *, at: Ground = ALLEGRO, ledger: str = "", kills: int = 8, offers: int = 24
) -> Tally:
    """Apply, let people touch some of it, kill `undo` up to so many times, let it finish, and look.

    In every third shop the apply is killed too, and what it has done by then is undone. The folder stays when it is
    wrong.
    """
    random = Random(f"{seed}/undo/{ledger[:4]}")
    made = at.build(root, seed, offers=offers, project={"ledger": ledger} if ledger else None)
    before = made.standing()
    tally = Tally(rounds=1)
    cut = seed % 3 == 2
    found = [] if cut else _applied(root)
    if cut:
        tally.applies["runs undone that were killed"] += shoot(root, Aim(writes=random.randint(3, 14))) is None
    past = latest(root)
    touched = [] if cut else touch(made, random, 3)
    command = ("undo", past, "--auto-approve")
    while not found and tally.kills < kills:
        code = shoot(root, Aim.at_random(random, requests=60, writes=4), *command)
        if code is not None:
            tally.applies[f"ended with {code} before the shot"] += 1
            break
        tally.kills += 1
        if not cut and random.random() < 0.2:
            touched += touch(made, random, 1, touched)
    code, told = run(root, *command)
    tally.applies[f"the undo after the last shot ended with {code}"] += 1
    found += [] if code == 0 else [f"undo ended with {code}: {told[-1500:]}"]
    found += made.unrestored(before, touched) + unsaid(told, touched)
    found += _again(made, command) + _brought_back(made, touched)
    tally.faults = [f"undo round {seed} {ledger[:4] or 'sqlite'}: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def _applied(root: Path) -> list[str]:
    code, told = run(root)
    return [] if code == 0 else [f"the apply that is to be undone ended with {code}: {told[-1500:]}"]


def latest(root: Path) -> str:
    """The id of the latest run."""
    code, told = run(root, "history", "--json")
    runs = json.loads(told)["runs"] if code == 0 else []
    return str(runs[0]["id"]) if runs else ""


def touch(made: Shop, random: Random, number: int, touched: Sequence[Touch] = ()) -> list[Touch]:
    """Somebody changes so many more of the fields that the run wrote, once what was under way has arrived."""
    chosen = random.sample([each for each in made.touchable() if each not in touched], number)
    made.world.rest()
    for each in chosen:
        made.touch(each)
    return chosen


# --- the look ------------------------------------------------------------------------------------------------


def unsaid(told: str, touched: list[Touch]) -> list[str]:
    """What the undo could not restore and did not name."""
    lines = [line for line in told.splitlines() if "cannot be restored" in line]
    return [
        f"not a word of `{each.path}` of {each.key}, which somebody has changed"
        for each in touched
        if not any(f"`{each.path}` of {each.key} " in line for line in lines)
    ]


def _again(made: Shop, command: tuple[str, ...]) -> list[str]:
    """A second undo has nothing to do, sends nothing, and calls nothing lost that it has taken away itself."""
    again = Process(made.world.root, *command)
    code = again.end()
    told = again.told()
    found = []
    if code != 0 or "Nothing to undo." not in told:
        found.append(f"the second undo ended with {code}: {told[-1500:]}")
    if again.asked()[1]:
        found.append("the second undo has sent a write")
    gone = [line for line in told.splitlines() if "it is not there any more" in line]
    return found + [f"the second undo says: {line}" for line in gone]


def _brought_back(made: Shop, touched: list[Touch]) -> list[str]:
    """The documents still say it: the plan is theirs again, as changes and not as drift, and an apply makes it so.

    Of an offer that somebody has changed between the kills the row was skipped as a whole: which of its fields were
    written before, nobody knows, so they may be called drift.
    """
    code, told = run(made.world.root, "plan", "--json", "--detailed-exitcode")
    if code != 2:
        return [f"the plan after the undo ended with {code}: {told[-1500:]}"]
    found = []
    planned = {
        change["key"]["name"]: change for part in json.loads(told)["accounts"] for change in part["changes"]
    }
    found += [f"{key} is undone and not planned" for key in made.wishes if key not in planned]
    left = {each.key for each in touched}
    found += [
        f"the plan calls {each['path']} of {key} drift"
        for key, change in planned.items()
        for each in change["fields"]
        if each["drift"] and key not in left
    ]
    return found + crash.finish(made, Tally())


__all__ = ["Touch", "one_round", "touch", "unsaid"]
