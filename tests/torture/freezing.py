"""A process is frozen in the middle of an apply, another one takes its work over, and then it thaws."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from random import Random

from torture import crash
from torture.crash import Tally
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.killing import APPLY, Aim, Process, run
from torture.market import market


def one_round(root: Path, seed: int, *, at: Ground = ALLEGRO, ledger: str = "") -> Tally:
    """Freeze an apply at a random moment, break its lock, apply to the end, and thaw: it writes nothing any more.

    The marketplace is a process of its own, which goes on, and whose record tells who wrote when. The folder stays
    when it is wrong.
    """
    random = Random(f"{seed}/frozen/{ledger[:4]}")
    project = {"ledger": ledger} if ledger else None
    made = at.build(root, seed, offers=16, settings=at.brisk, project=project)
    record, tally = root / ".reconcile" / "record.jsonl", Tally(rounds=1)
    with market(root / ".reconcile", made.world.store, record, at.name) as running:
        account = {"accounts": {"main": running.account(made.world.login)}, "guards": made.guards}
        made.world.project({**account, **(project or {})})
        known = at.token(made.world.login)
        crash.be_known(root, at, ledger, **known)
        zombie = Process(root, *APPLY, **known)
        if zombie.wait_for(Aim(writes=random.randint(1, 10), seconds=random.uniform(0.0, 0.08))) and freeze(
            zombie, root, ledger, random
        ):
            tally.kills += 1
            found = succeed(root, ledger, zombie, known, tally)
        else:
            found = []
            tally.applies[f"ended with {zombie.end()} before it was frozen"] += 1
        found += crash.finish(made, tally, **known)
    tally.faults = [f"frozen round {seed} {ledger[:4] or 'sqlite'}: {each}" for each in found]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def freeze(zombie: Process, root: Path, ledger: str, random: Random) -> bool:
    """Stop a process where it stands; a moment later, when it holds the one file that everybody needs.

    A file has no server that would take a transaction from a client that does not move: until it thaws or is
    killed, the others are told that the ledger is locked.
    """
    while zombie.process.poll() is None:
        zombie.process.send_signal(signal.SIGSTOP)
        _until_stopped(zombie.process.pid)
        if ledger or _writable(root / ".reconcile" / "ledger.db"):
            return zombie.process.poll() is None
        zombie.process.send_signal(signal.SIGCONT)
        time.sleep(random.uniform(0.001, 0.02))
    return False


def _until_stopped(pid: int) -> None:
    for _ in range(200):
        if Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] in "TZ":
            return
        time.sleep(0.005)


def _writable(file: Path) -> bool:
    if not file.exists():
        return True
    with closing(sqlite3.connect(file, timeout=0.3, isolation_level=None)) as opened:
        try:
            opened.execute("begin immediate")
            opened.execute("rollback")
        except sqlite3.OperationalError:
            return False
    return True


def succeed(root: Path, ledger: str, zombie: Process, known: Mapping[str, str], tally: Tally) -> list[str]:
    """Do what a person does about it, and let it thaw. Return what was wrong."""
    code, told = run(root, "unlock", "main", "--force", "--yes", output="unlock.txt", **known)
    found = [] if code == 0 else [f"unlock ended with {code}: {told[-1500:]}"]
    crash.grow_old(root, ledger)
    code, told = run(root, *APPLY, output="successor.txt", **known)
    tally.applies[f"the successor ended with {code}"] += 1
    found += [] if code == 0 else [f"the successor ended with {code}: {told[-1500:]}"]
    before = zombie.asked()[1]
    zombie.process.send_signal(signal.SIGCONT)
    code, told = zombie.end(120), zombie.told()
    tally.applies[f"the thawed one ended with {code}"] += 1
    if zombie.asked()[1] != before:
        found.append(f"the thawed one has sent {zombie.asked()[1] - before} writes: {told[-1500:]}")
    return [*found, f"the thawed one shows a traceback: {told[-3000:]}"] if "Traceback" in told else found
