"""The commands that are lied to, the states that they begin in, and which calls each of them makes when all is true."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from world import LOGIN, World

from lying import stall
from lying.command import reconcile
from lying.liar import Liar, Tale, lying
from lying.lies import LIES


@dataclass(frozen=True)
class Script:
    """One command that is lied to: the state of the project before it, and how often it is chosen."""

    state: str
    arguments: tuple[str, ...]
    share: int = 1

    @property
    def writes(self) -> bool:
        """Tell whether it changes anything on the marketplace and reports on it."""
        return self.arguments[0] in ("apply", "undo", "resync")


SCRIPTS: Mapping[str, Script] = {
    "apply a plan": Script("planned", ("apply", "plan.json", "--json"), 9),
    "apply": Script("planned", ("apply", "--auto-approve", "--json"), 3),
    "plan": Script("planned", ("plan", "--json", "--out", "told.json"), 3),
    "plan as text": Script("planned", ("plan",), 1),
    "pull": Script("bare", ("pull", "--json"), 2),
    "undo": Script("applied", ("undo", "latest", "--auto-approve", "--json"), 3),
    "resync": Script("applied", ("resync", "--account", "main", "--yes", "--json"), 2),
    "whose token": Script("planned", ("login", "--check", "--json"), 1),
}


def _planned(made: World) -> None:
    ended = reconcile(made, "plan", "--out", "plan.json")
    assert ended.code == 0, ended


def _applied(made: World) -> None:
    ended = reconcile(made, "apply", "--auto-approve", "--json")
    assert ended.code == 0, ended
    runs = reconcile(made, "history", "--json").document()
    (made.root / "run.txt").write_text(runs["runs"][0]["id"], encoding="utf-8")


def _bare(made: World) -> None:
    for each in ("documents", ".reconcile/ledger.db", ".reconcile/cache.db"):
        path = made.root / each
        shutil.rmtree(path) if path.is_dir() else path.unlink()


STATES: Mapping[str, Callable[[World], None]] = {"planned": _planned, "applied": _applied, "bare": _bare}


class Bases:
    """Each state of each size of stall, made once and copied for every case; and what each script calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, sizes: Sequence[str] = tuple(stall.SIZES)) -> Bases:
        """Build all states and rehearse all scripts."""
        for size in sizes:
            for state, bring in STATES.items():
                bring(stall.build(self.folder / f"{size}-{state}", size))
            for name in SCRIPTS:
                made = self.copy(self.folder / "rehearsal", name, size)
                liar = Liar()
                with lying(liar):
                    ended = reconcile(made, *arguments_of(made, name))
                # A promotion that is given back is paid until its end, and shows until then.
                assert ended.code in ({0, 5} if name == "undo" else {0}), (name, size, ended)
                told = {"calls": dict(liar.calls), "said": ended.out}
                (self.folder / f"{size}-{name}.json").write_text(json.dumps(told), encoding="utf-8")
                if name == "pull":
                    shutil.copytree(made.root, self.folder / f"{size}-pulled")
                shutil.rmtree(made.root)
        return self

    def copy(self, root: Path, script: str, size: str) -> World:
        """Return a fresh copy of the project that a script begins with."""
        shutil.copytree(self.folder / f"{size}-{SCRIPTS[script].state}", root)
        os.utime(root)
        return World(root, LOGIN)

    def calls(self, script: str, size: str) -> dict[str, int]:
        """Return how often a script makes each call."""
        found: dict[str, int] = self._told(script, size)["calls"]
        return found

    def said(self, script: str, size: str) -> str:
        """Return what a script prints when nobody lies."""
        return str(self._told(script, size)["said"])

    def _told(self, script: str, size: str) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / f"{size}-{script}.json").read_text(encoding="utf-8"))
        return found


def arguments_of(made: World, script: str) -> tuple[str, ...]:
    """Return the command line of a script in a project."""
    run = made.root / "run.txt"
    latest = run.read_text(encoding="utf-8") if run.exists() else ""
    return tuple(latest if each == "latest" else each for each in SCRIPTS[script].arguments)


@dataclass(frozen=True)
class Chosen:
    """What a seed stands for."""

    seed: int
    script: str
    size: str
    tale: Tale

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.tale}, during `{self.script}` ({self.size})"


def chosen(seed: int, bases: Bases, sizes: Sequence[str] = tuple(stall.SIZES)) -> Chosen:
    """Choose a script, one of its calls, and a lie."""
    random = Random(f"lies/{seed}")
    names = list(SCRIPTS)
    script = random.choices(names, [SCRIPTS[name].share for name in names])[0]
    size = sizes[0] if random.random() < 0.75 else sizes[-1]
    calls = bases.calls(script, size)
    call = random.choice(sorted(calls))
    nth = random.randint(1, min(calls[call], 3))
    return Chosen(seed, script, size, Tale(call, nth, random.choice(list(LIES)), seed, random.random() < 0.3))
