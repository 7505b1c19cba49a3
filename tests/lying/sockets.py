"""Lies over real sockets: every command is a process, its marketplace `reconcile simulate`, the proxy between them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from torture.crash import grow_old
from torture.grounds.allegro import ALLEGRO
from torture.killing import ROOT
from torture.market import application, market, token
from world import LOGIN, SWITCH_OFF_GUARDS, World

from lying import judge, stall
from lying.case import Verdict
from lying.command import Ended
from lying.liar import Liar, Tale
from lying.lies import LIES
from lying.proxy import Proxy, proxy
from lying.scripts import Chosen
from lying.wire import SLOW, WIRE

SIZE = "sockets"
#: What a command may take in memory and in time, whatever it is told.
MOST_MEBIBYTES, MOST_SECONDS = 300, 150.0
APPLY = ("apply", "--auto-approve", "--json")
SCRIPTS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "apply": (APPLY, 5),
    "plan": (("plan", "--json"), 2),
    "pull": (("pull", "--json"), 1),
    "login": (("login", "main", "--json"), 1),
    "whose token": (("login", "--check", "--json"), 1),
}
#: What is left alone here: a first plan of a site ends nothing that it has not made.
KEPT = {"Offer/DD", "OfferTag/Zima", "Bundle/stary zestaw"}
_ON_TIME = tuple(name for name in LIES if "Retry-After" not in name)
#: What the processes print is kept up to this.
_SHOWN = 20_000_000


@dataclass(frozen=True)
class Ran(Ended):
    """A process that has ended, and the most memory that it had."""

    mebibytes: float = 0.0

    def faults(self) -> list[str]:
        """What is wrong with any end, memory and time among it."""
        found = super().faults()
        if self.mebibytes > MOST_MEBIBYTES:
            found.append(f"memory: {self.mebibytes:,.0f} MiB")
        return found


def run(root: Path, *arguments: str, hasty: bool = False, **environment: str) -> Ran:
    """Run `reconcile` as a process to its end, or for as long as a command may take."""
    module = "lying.hasty" if hasty else "reconciler.cli.main"
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    began = time.monotonic()
    out, err = root / ".reconcile" / "out.txt", root / ".reconcile" / "err.txt"
    with out.open("wb") as said, err.open("wb") as complained:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
            env={**kept, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", **environment},
        )
    clock = threading.Timer(MOST_SECONDS, process.kill)
    clock.start()
    _, status, used = os.wait4(process.pid, 0)
    clock.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    texts = [each.read_bytes()[:_SHOWN].decode("utf-8", "replace") for each in (out, err)]
    return Ran(
        arguments, process.returncode, *texts, 0.0, time.monotonic() - began, mebibytes=used.ru_maxrss / 1024
    )


class Base:
    """The project and its marketplace, made once; and what each script calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> Base:
        """Build the stall and rehearse every script over HTTP."""
        made = stall.build(self.folder / "base", "small")
        made.set(**ALLEGRO.brisk)
        calls = {}
        for script in SCRIPTS:
            with self.opened(self.folder / f"rehearsal-{script}") as (copy, middle):
                ran = _command(copy, script, hasty=False)
                assert ran.code == 0, (script, ran)
                calls[script] = dict(middle.liar.calls)
        (self.folder / "calls.json").write_text(json.dumps(calls), encoding="utf-8")
        return self

    def calls(self, script: str) -> dict[str, int]:
        """Return how often a script makes each call."""
        found: dict[str, int] = json.loads((self.folder / "calls.json").read_text(encoding="utf-8"))[script]
        return found

    @contextmanager
    def opened(self, root: Path) -> Iterator[tuple[World, Proxy]]:
        """A copy of the project, its marketplace running, and the proxy before it."""
        shutil.copytree(self.folder / "base", root)
        for old in ("ledger.db", "cache.db"):
            (root / ".reconcile" / old).unlink()
        made = World(root, LOGIN)
        store, record = root / ".reconcile" / "simulator-allegro.db", root / ".reconcile" / "record.jsonl"
        with (
            market(root / ".reconcile", store, record) as running,
            proxy(int(running.address.rpartition(":")[2])) as middle,
        ):
            places = {"api": middle.address, "auth": middle.address, "upload": f"{middle.address}/upload"}
            account = {"marketplace": "allegro", "environment": places, "login": LOGIN}
            made.project({"accounts": {"main": account}, "guards": SWITCH_OFF_GUARDS})
            yield made, middle


def _command(made: World, script: str, *, hasty: bool) -> Ran:
    words, _ = SCRIPTS[script]
    return run(made.root, *words, hasty=hasty, **_environment(script))


def _environment(script: str) -> dict[str, str]:
    return application("main", "") if script == "login" else token(LOGIN)


def chosen(seed: int, base: Base) -> Chosen:
    """Choose a script, one of its calls, and a lie: more often one below the answer than one in it."""
    random = Random(f"lies over sockets/{seed}")
    script = random.choices(list(SCRIPTS), [share for _, share in SCRIPTS.values()])[0]
    calls = base.calls(script)
    call = random.choice(sorted(calls))
    lie = random.choice(list(WIRE)) if random.random() < 0.6 else random.choice(_ON_TIME)
    nth = random.randint(1, min(calls[call], 3))
    return Chosen(seed, script, SIZE, Tale(call, nth, lie, seed, random.random() < 0.2))


def play(what: Chosen, base: Base, folder: Path) -> Verdict:
    """Lie to a command and judge it; the folder stays when something is wrong."""
    root = folder / f"sockets-{what.seed}"
    with base.opened(root) as (made, middle):
        before = stall.look(made)
        liar = middle.liar = Liar(what.tale)
        ran = _command(made, what.script, hasty=what.tale.lie in SLOW)
        middle.liar = Liar()
        found = ran.faults()
        if what.script == "apply":
            found += judge.report_faults(ran, liar, None)
            then = stall.look(made)
            found += judge.untrue(ran, liar, then, "small") + judge.dragged(ran, liar, before, then, {})
        grow_old(root)
        found += _settled(made, what.script)
    if not found:
        shutil.rmtree(root)
    else:
        (root / "told.txt").write_text(f"{what}\n\n{ran.out}\n{ran.err}\n", encoding="utf-8")
    return Verdict(what, len(liar.told), ran.code, tuple(found))


def _settled(made: World, script: str) -> list[str]:
    """Nobody lies any more: two applies settle everything, and a plan has no more to do."""
    if script == "pull":
        return []
    environment = _environment(script)
    if script == "login":
        ran = run(made.root, *SCRIPTS[script][0], **environment)
        return [f"afterwards, login: {each}" for each in ran.faults()] + (
            [] if ran.code == 0 else [f"afterwards, login ends with {ran.code}"]
        )
    found = [f"afterwards, apply: {each}" for each in run(made.root, *APPLY, **environment).faults()]
    for words in (APPLY, ("plan", "--refresh", "full", "--detailed-exitcode")):
        ran = run(made.root, *words, **environment)
        if ran.code:
            found.append(f"afterwards, {words[0]} ends with {ran.code}: {(ran.err or ran.out)[-300:]!r}")
    then = stall.look(made)
    missing = [name for name, there in stall.true_of(then, "small").items() if not there and name not in KEPT]
    found += [f"afterwards, not as wanted: {missing[:5]}"] if missing else []
    return found + ([f"twice: {then.twice}"] if then.twice else [])
