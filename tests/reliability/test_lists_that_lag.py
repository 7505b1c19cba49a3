"""The marketplace's list trails its writes: what was created a moment ago is missing there, and is not created again."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import world
from torture import faults, shop
from torture.killing import Aim, Process, run
from torture.market import market, token
from world import World


def lagging(root: Path, creations: int) -> World:
    """A shop whose list is ten minutes behind, and documents of new offers."""
    made = World.make(
        root,
        world.seller([shop.live_offer(0, "A", shop.example.PRODUCT)]),
        [world.whole_offer(f"N{number}") for number in range(creations)],
    )
    made.set(list_lag_seconds=600)
    return made


def twice(made: World) -> dict[str, int]:
    """The keys that stand on more than one offer."""
    with made.simulator() as simulator:
        found: dict[str, int] = simulator.census(made.login)["duplicates"]["offers"]
    return found


def test_a_second_apply_within_the_lag_creates_nothing_again(tmp_path: Path) -> None:
    """Apply, and apply again at once: the ledger knows what the list does not show yet."""
    made = lagging(tmp_path, 2)
    assert run(tmp_path)[0] == 0
    run(tmp_path)
    assert twice(made) == {}
    faults.calm(made)
    assert run(tmp_path, "plan", "--detailed-exitcode")[0] == 0


def test_a_crash_within_the_lag_creates_nothing_again(tmp_path: Path) -> None:
    """Killed in the middle of creations while the list is behind: the next apply finishes, and none is there twice."""
    made = lagging(tmp_path, 4)
    for writes in (2, 4):
        running = Process(tmp_path, "apply", "--auto-approve")
        if running.wait_for(Aim(writes=writes)):
            running.kill()
    run(tmp_path)
    run(tmp_path)
    assert twice(made) == {}
    faults.calm(made)
    code, told = run(tmp_path)
    assert code == 0, told
    assert twice(made) == {}
    assert run(tmp_path, "plan", "--detailed-exitcode")[0] == 0


def test_two_kills_within_the_lag_create_nothing_again(tmp_path: Path) -> None:
    """Killed before its first request and again right after it: the second kill is what the waiting counts from."""
    made = lagging(tmp_path, 1)
    slow = {"do": "slow", "times": None, "seconds": 30, "when": {"method": "POST", "path": "/upload"}}
    made.set(faults={"schedule": [slow]})
    first = Process(tmp_path, "apply", "--auto-approve")
    assert first.wait_for(Aim(writes=1))  # the picture: the operation is claimed, the offer is not sent
    first.kill()
    slow["when"] = {"method": "POST", "path": "/sale/product-offers"}
    made.set(faults={"schedule": [slow]})
    second = Process(tmp_path, "apply", "--auto-approve")
    while b"/sale/product-offers" not in sent(second):
        assert second.process.poll() is None, second.told()
        time.sleep(0.01)
    second.kill()
    made.set(faults={"schedule": []})
    assert run(tmp_path)[0] in (0, 5)
    assert twice(made) == {}
    faults.calm(made)
    code, told = run(tmp_path)
    assert code == 0, told
    assert twice(made) == {}


def sent(running: Process) -> bytes:
    """The lines of the record that are creations."""
    lines = running.record.read_bytes().split(b"\n") if running.record.exists() else []
    return b"\n".join(line[:200] for line in lines if b'"method":"POST"' in line[:40])


def test_ctrl_c_ends_the_search_for_what_may_have_been_created(tmp_path: Path) -> None:
    """The answer to a creation is lost and the list is behind: the search may take a quarter of an hour, and one
    signal ends it; the row stays open, and the next apply goes on with it and creates nothing again.
    """
    made = lagging(tmp_path / "shop", 1)
    lost = {"do": "drop_after", "times": 1, "when": {"method": "POST", "path": "/sale/product-offers"}}
    made.set(faults={"schedule": [lost]})
    database, record = (made.root / ".reconcile" / name for name in ("simulator.db", "record.jsonl"))
    with market(tmp_path / "market", database, record) as place:
        made.project({"accounts": {"main": place.account(made.login)}, "guards": world.SWITCH_OFF_GUARDS})
        running = Process(made.root, "apply", "--auto-approve", **token(made.login))
        until = time.monotonic() + 60
        while "looking for it" not in running.told():
            assert running.process.poll() is None, running.told()
            assert time.monotonic() < until, running.told()
            time.sleep(0.05)
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.end(20) == 5, running.told()
        assert time.monotonic() - began < 5
        place.ask("/_sim/clock", {"advance_seconds": 600})
        code, told = run(made.root, **token(made.login))
        assert code == 0, told
    assert twice(made) == {}
