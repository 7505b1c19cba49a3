"""Runners that forget everything: killed at any moment, the next one begins on an empty disk; and two at once.

What is left of a runner is what it has published: on a branch of a bare repository, or in an object store. The
marketplace's own files stay, and so do the documents.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from random import Random

import world
from world import Project

from torture.crash import Tally, finish
from torture.grounds import Ground
from torture.grounds.allegro import ALLEGRO
from torture.grounds.base import Json
from torture.killing import APPLY, Aim, Process, run, shoot
from torture.market import Market, application, market

#: The marketplace's own files, and the record of what it was asked.
KEPT = ("simulator-", "record.jsonl")
KEY = {"RECONCILE_KEY": "the key of all runners of a shop"}
#: An access token is refused after so many requests: each runner renews its own several times.
_REQUESTS = 20
#: Beyond the grace of a refresh token that was used, in seconds.
_LATER = 61.0


def with_a_remote(root: Path) -> str:
    """Make a bare repository beside a project, and the project a clone of it; return what `ledger:` says."""
    subprocess.run(["git", "init", "-q", "--bare", str(_bare(root))], check=True)
    _clone(root)
    return "git"


def new_runner(root: Path) -> None:
    """Leave nothing of a runner but what it has published."""
    for each in (root / ".reconcile").iterdir():
        if not each.name.startswith(KEPT):
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    shutil.rmtree(root / ".git")
    _clone(root)


def _bare(root: Path) -> Path:
    return root.with_name(f"{root.name}.git")


def _clone(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "remote", "add", "origin", str(_bare(root))], check=True)


def _project(root: Path, ledger: str) -> dict[str, str]:
    return {"name": "shop", "ledger": with_a_remote(root) and (ledger or "git")}


def one_round(
    root: Path, seed: int, *, at: Ground = ALLEGRO, ledger: str = "", kills: int = 12, offers: int = 24
) -> Tally:
    """Build a shop, kill runners up to so many times, let one finish, and look; then so does one more.

    `ledger` is an address in an object store; on a branch without it. The folder stays when it is wrong.
    """
    random = Random(f"{seed}/{ledger[:2] or 'git'}")
    made = at.build(root, seed, offers=offers, project=_project(root, ledger))
    tally = Tally(rounds=1)
    while tally.kills < kills:
        code = shoot(root, Aim.at_random(random, at.requests, at.writes), **KEY)
        new_runner(root)
        if code is not None:
            tally.applies[f"ended with {code} before the shot"] += 1
            break
        tally.kills += 1
    found = finish(made, tally, **KEY)
    new_runner(root)
    found += finish(made, tally, **KEY)
    return _told(root, seed, ledger, tally, found)


def one_round_of_logins(
    root: Path, seed: int, *, at: Ground = ALLEGRO, ledger: str = "", kills: int = 12
) -> Tally:
    """The same with tokens that are renewed all the time, each refresh token once: nobody has to log in again.

    All that a runner is given is the first refresh token, which is spent by the first of them.
    """
    random = Random(f"{seed}/logins/{ledger[:2] or 'git'}")
    project = _project(root, ledger)
    made = _edits(at, root, seed, project)
    known = application("main", "first-refresh")
    tally, found = Tally(rounds=1), list[str]()
    with market(root / ".reconcile", made.store, marketplace=at.name) as running:
        _have(made, {**project, "guards": made.guards}, running)
        running.ask("/_sim/settings", {"faults": {"token_requests": _REQUESTS}})
        while tally.kills < kills:
            code = shoot(root, Aim(seconds=random.uniform(0.1, 2.0)), **known)
            new_runner(root)
            if code is not None:
                tally.applies[f"ended with {code} before the shot"] += 1
                found += [f"a login is lost: ended with {code}"] if code == 4 else []
                break
            tally.kills += 1
        found += _finished(root, known)
        new_runner(root)
        running.ask("/_sim/clock", {"advance_seconds": _LATER})
        found += _finished(root, known)
    return _told(root, seed, ledger, tally, found)


def _edits(at: Ground, root: Path, seed: int, project: dict[str, str]) -> Project:
    """A shop in which nothing is made: what was cut off need not be looked for, for a quarter of an hour."""
    keys = [f"K{number:03d}" for number in range(12)]
    live = [at.live(number, key) for number, key in enumerate(keys)]
    documents = [world.offer(key, content={"title": f"Kubek ceramiczny {key} numer {seed}"}) for key in keys]
    return at.project.make(root, at.seller(live), documents, settings={**at.brisk, **at.renewing}, project=project)


def _finished(root: Path, known: dict[str, str]) -> list[str]:
    """Return what is wrong when one more runner applies, and when it plans."""
    found = []
    for command in (APPLY, ("plan", "--refresh", "full", "--detailed-exitcode")):
        code, told = run(root, *command, **known)
        lost = "a login is lost, " if code == 4 else ""
        found += [] if code == 0 else [f"{lost}{command[0]} ended with {code}: {told[-1500:]}"]
    return found


def one_pair(root: Path, seed: int, *, at: Ground = ALLEGRO, ledger: str = "") -> Tally:
    """Two runners with disks of their own begin at once: one goes on, the other ends with 7 and says who has it."""
    random = Random(f"{seed}/pair/{ledger[:2] or 'git'}")
    root.mkdir(parents=True)
    first, second = root / "1", root / "2"
    project = _project(first, ledger)
    # where no events tell of creations, a new ledger waits minutes before it makes anything
    made = at.build(first, seed, offers=10, creations=int(at.events), project=project, settings=at.brisk)
    known = {**KEY, **at.token(made.world.login)}
    tally = Tally(rounds=1)
    with market(root / "market", made.world.store, marketplace=at.name) as running:
        _have(made.world, {**project, "guards": made.guards}, running)
        slow = {"do": "slow", "times": None, "seconds": 0.3, "when": {"method": ["POST", "PUT", "PATCH"]}}
        running.ask("/_sim/settings", {"faults": {"schedule": [slow]}})
        shutil.copytree(first, second, ignore=shutil.ignore_patterns(".reconcile"))
        pair = []
        for each in (first, second):
            pair.append(Process(each, *APPLY, **known, **_job(each.name)))
            time.sleep(random.choice((0.0, 0.0, random.uniform(0.0, 0.4))))
        codes = [each.end() for each in pair]
        found = _one_goes_on(codes, [each.told() for each in pair])
        tally.applies[f"ended with {codes[0]} and {codes[1]}"] += 1
        running.ask("/_sim/settings", {"faults": {"schedule": []}})
        found += finish(made, tally, **known)
    return _told(root, seed, ledger, tally, found)


def _one_goes_on(codes: list[int], told: list[str]) -> list[str]:
    """Return what is wrong with the ends of two."""
    if sorted(codes) != [0, 7]:
        return [f"two at once ended with {codes}: {told[0][-700:]} {told[1][-700:]}"]
    winner = codes.index(0)
    wanted = (f"acme/shop/actions/runs/{winner + 1}", "`reconcile apply --auto-approve` on ")
    return [
        f"it does not say {each}: {told[1 - winner][-700:]}" for each in wanted if each not in told[1 - winner]
    ]


def _job(number: str) -> dict[str, str]:
    """The environment by which a runner knows its run."""
    return {
        "GITHUB_RUN_ID": number,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/shop",
    }


def _have(made: Project, project: Json, running: Market) -> None:
    """Have the project use this marketplace."""
    made.project({**project, "accounts": {"main": running.account(made.login)}})


def _told(root: Path, seed: int, ledger: str, tally: Tally, found: list[str]) -> Tally:
    tally.faults = [f"round {seed} {ledger[:2] or 'git'}: {each}" for each in found]
    if not found:
        shutil.rmtree(root)
        shutil.rmtree(_bare(root), ignore_errors=True)
    return tally
