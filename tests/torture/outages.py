"""The ledger's database dies in the middle of an apply, again and again; and then the shop is looked at."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from postgresql import Server

from torture import crash
from torture.crash import Tally
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.killing import APPLY, Aim, Process


def one_round(
    root: Path, seed: int, server: Server, *, at: Ground = ALLEGRO, stops: int = 3, offers: int = 24
) -> Tally:
    """Apply, and stop PostgreSQL the hard way at a random moment, up to so many times; then let it finish, and look.

    Every second time the database is back at once, and the process has lost its connection all the same. What it
    must do: say that the ledger failed, send nothing more, and end with 1. The folder stays when it is wrong.
    """
    random = Random(f"{seed}/outage")
    made = at.build(root, seed, offers=offers, project={"ledger": server.database()})
    tally, found = Tally(rounds=1), list[str]()
    while not found and tally.kills < stops:
        running = Process(root, *APPLY)
        if not running.wait_for(Aim.at_random(random, at.requests + 20, at.writes)):
            tally.applies[f"ended with {running.end()} before the database did"] += 1
            break
        server.stop("immediate")
        sent = running.asked()[1]
        if random.random() < 0.5:
            server.start()
        found += stopped(running, sent, tally)
        server.start()
        tally.kills += 1
    tally.faults = [f"outage round {seed}: {each}" for each in found + crash.finish(made, tally)]
    if not tally.faults:
        shutil.rmtree(root)
    return tally


def stopped(running: Process, sent: int, tally: Tally) -> list[str]:
    """What a process that had sent so many writes says and does that it should not when its ledger is gone."""
    code, told = running.end(120), running.told()
    tally.applies[f"ended with {code} when the database was gone"] += 1
    found = [f"it ended with {code}: {told[-1500:]}"] if code not in (0, 1) else []
    if code == 1 and "the ledger failed" not in told:
        found.append(f"it does not say that the ledger failed: {told[-1500:]}")
    if running.asked()[1] != sent:
        found.append(f"it has sent {running.asked()[1] - sent} writes without a ledger")
    return [*found, "it shows a traceback"] if "Traceback" in told else found
