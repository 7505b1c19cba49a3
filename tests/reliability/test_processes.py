"""`reconcile` as several processes: signals, the lock, a frozen process and its successor, a database that dies."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import warm
import world
from pictures import png
from postgresql import Server
from torture import crash, shop
from torture.killing import Aim, Process, run
from torture.market import market, token
from world import World

WRITES = ["POST", "PUT", "PATCH", "DELETE"]
OFFERS = 12


def slow_shop(root: Path, *, seconds: float = 0.15, ledger: str = "", when: Any = None) -> World:
    """Offers to be edited one by one, on a marketplace whose answers (to writes) take their time, for real."""
    keys = [f"K{number:03d}" for number in range(OFFERS)]
    live = [shop.live_offer(number, key, shop.example.PRODUCT) for number, key in enumerate(keys)]
    documents = [world.offer(key, content={"title": f"Kubek ceramiczny {key} duży"}) for key in keys]
    made = World.make(root, world.seller(live), documents, project={"ledger": ledger} if ledger else None)
    rule = {"do": "slow", "times": None, "seconds": seconds, "when": when or {"method": WRITES}}
    made.set(faults={"schedule": [rule]}, accepted_ratio=0.0)
    return made


APPLY = ("apply", "--auto-approve", "--parallelism", "2")


def started(made: World, *more: str, writes: int = 2) -> Process:
    """An apply that has sent so many writes."""
    running = Process(made.root, *APPLY, *more)
    assert running.wait_for(Aim(writes=writes)), running.told()
    return running


def titles_done(made: World) -> int:
    """How many offers have the title of their document."""
    return sum("duży" in body["name"] and "K0" in body["name"] for body in made.stored().values())


def in_peace(made: World) -> None:
    """The marketplace answers at once again; one more apply finishes, and then there is nothing to do."""
    made.set(faults={"schedule": []})
    code, told = run(made.root)
    assert code == 0, told
    assert run(made.root, "plan", "--refresh=full", "--detailed-exitcode")[0] == 0
    assert titles_done(made) == OFFERS


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_finishes_what_is_in_flight(tmp_path: Path, which: signal.Signals) -> None:
    """One signal: what was sent is read back and counted, the rest is skipped, and the next apply goes on with it."""
    made = slow_shop(tmp_path)
    running = Process(made.root, *APPLY, "--json")
    running.wait_for(Aim(writes=3))
    running.process.send_signal(which)
    assert running.end() == 5, running.told()
    told = running.told()
    assert "stopping" in told
    report = json.loads(told[told.index("{") :])
    results = [each["result"] for each in report["outcomes"]]
    assert len(results) == OFFERS
    assert results.count("applied") == titles_done(made)
    assert set(results) == {"applied", "skipped"}
    assert 3 <= results.count("applied") < OFFERS
    in_peace(made)


def test_a_signal_ends_an_apply_whose_pictures_are_twins(tmp_path: Path) -> None:
    """Two files with the same bytes, named crosswise by two offers: their uploads wait for each other's, and end."""
    made = slow_shop(tmp_path, seconds=1.0, when={"path": "/sale/images"})
    for name in ("a", "twin"):
        made.write(f"images/{name}.png", png(600, 600))
    galleries = ["images/a.png", "images/twin.png"], ["images/twin.png", "images/a.png"]
    titled = [
        world.offer(f"K{n:03d}", content={"title": f"Kubek ceramiczny K{n:03d} duży"}) for n in range(OFFERS)
    ]
    for document, images in zip(titled, galleries, strict=False):
        document["content"]["images"] = images
    made.documents(*titled)
    running = Process(made.root, *APPLY)
    assert running.wait_for(Aim(writes=1)), running.told()
    running.process.send_signal(signal.SIGTERM)
    assert running.end(60) == 5, running.told()
    in_peace(made)


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_stops_at_once(tmp_path: Path, which: signal.Signals) -> None:
    """Two signals end the process before its requests are answered; the next apply finds out what they did."""
    made = slow_shop(tmp_path, seconds=600)
    running = started(made)
    running.process.send_signal(which)
    time.sleep(0.3)
    running.process.send_signal(which)
    assert running.end(60) == 130, running.told()
    assert "Traceback" not in running.told()
    in_peace(made)


def test_the_first_signal_does_not_wait_for_a_block_to_end(tmp_path: Path) -> None:
    """The marketplace lets nobody in for ten minutes: one signal ends at once with true counts, and nothing is lost."""
    made = slow_shop(tmp_path / "shop")
    blocked = {"do": "429", "times": None, "retry_after": 600, "when": {"method": "PATCH", "after_requests": 2}}
    made.set(faults={"schedule": [blocked]})
    with market(tmp_path / "market", made.root / ".reconcile" / "simulator-allegro.db") as place:
        made.project({"accounts": {"main": place.account(made.login)}, "guards": world.SWITCH_OFF_GUARDS})
        running = Process(made.root, *APPLY, "--json", **token(made.login))
        running.wait_for_words("too many requests; waiting 600 s")
        running.process.send_signal(signal.SIGINT)
        assert running.end(60) == 5, running.told()
        report = json.loads(running.told()[running.told().index("{") :])
        results = Counter(each["result"] for each in report["outcomes"])
        assert results == {"unknown": 2, "skipped": OFFERS - 2}
        with sqlite3.connect(made.root / ".reconcile" / "ledger.db") as ledger:
            ledger.execute("delete from budgets")  # the ten minutes are over
        place.ask("/_sim/settings", {"faults": {"schedule": []}})
        code, told = run(made.root, **token(made.login))
        assert code == 0, told
        assert run(made.root, "plan", "--refresh=full", "--detailed-exitcode", **token(made.login))[0] == 0
    assert titles_done(made) == OFFERS


def test_one_signal_stops_before_the_next_account(tmp_path: Path) -> None:
    """Two accounts, interrupted in the first: of the second nothing is sent, its rows say so, and apply goes on."""
    made = slow_shop(tmp_path)
    with made.simulator() as simulator:
        other = [shop.live_offer(8000, "D000", shop.example.PRODUCT)]
        simulator.seed(world.seller(other, login="drugi", user_id="44300002", refresh_token="r2"))
    main = {"marketplace": "allegro", "environment": "simulator", "login": made.login}
    accounts = {"main": main, "second": {**main, "login": "drugi"}}
    made.project({"accounts": accounts, "guards": world.SWITCH_OFF_GUARDS})
    for file in made.root.glob("documents/*.yaml"):
        file.write_text(json.dumps({**json.loads(file.read_text()), "account": "main"}))
    second = {**world.offer("D000", content={"title": "Kubek ceramiczny drugi duży"}), "account": "second"}
    made.write("documents/second.yaml", json.dumps(second))
    running = Process(made.root, *APPLY, "--json")
    running.wait_for(Aim(writes=2))
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 5, running.told()
    report = json.loads(running.told()[running.told().index("{") :])
    assert [(each["account"], each["reason"]) for each in report["stops"]] == [
        ("main", "interrupted"),
        ("second", "interrupted"),
    ]
    (row,) = [each for each in report["outcomes"] if each["key"]["account"] == "second"]
    assert (row["result"], row["detail"]) == ("skipped", "not begun: account second: the run was interrupted")
    in_peace(made)


def test_a_signal_while_an_earlier_run_is_finished_ends_the_command(tmp_path: Path) -> None:
    """What was asked to stop plans nothing anew: exit code 5, and how to go on; the next apply finishes it."""
    made = slow_shop(tmp_path, seconds=0.4)
    started(made).kill()
    running = Process(made.root, *APPLY)
    assert running.wait_for(Aim(writes=2)), running.told()
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 5, running.told()
    assert "finishing run" in running.told()
    assert "Plan:" not in running.told()
    assert "Stopped: account main: the run was interrupted." in running.told()
    assert running.told().rstrip().endswith("Next: run the same command again: it goes on where this one stopped.")
    assert titles_done(made) < OFFERS
    in_peace(made)


def test_the_second_apply_is_refused_with_the_words_of_the_first(tmp_path: Path) -> None:
    """One apply for an account at a time: exit code 7, who holds it, and nothing sent."""
    made = slow_shop(tmp_path, seconds=0.6)
    first = started(made)
    code, told = _other(made)
    assert code == 7, told
    assert f"process {first.process.pid}" in told
    assert "apply --auto-approve" in told
    assert "--lock-timeout" in told
    assert first.end() == 0, first.told()
    in_peace(made)


def test_a_lock_timeout_waits_for_the_first(tmp_path: Path) -> None:
    """With --lock-timeout the second waits, and then finds nothing that is left to do, or does it."""
    made = slow_shop(tmp_path)
    first = started(made)
    code, told = _other(made, "--lock-timeout", "60")
    assert first.end() == 0, first.told()
    assert code in (0, 6), told
    assert "Traceback" not in told
    in_peace(made)


def _other(made: World, *more: str) -> tuple[int, str]:
    """Run a second apply whose output and record are kept apart from those of the first."""
    env = {**os.environ, world.RECORD: str(made.root / "other.jsonl")}
    code, out, err = warm.run([*APPLY, *more], made.root, env, timeout=120)
    return code, (out + err).decode()


def test_the_lock_of_a_killed_process_is_taken_over_and_said(tmp_path: Path) -> None:
    """After kill -9 the next apply needs nobody's help, and says whose lock it took over."""
    made = slow_shop(tmp_path)
    running = started(made)
    running.kill()
    code, told = run(made.root)
    assert code == 0, told
    assert "took over the lock of a process that is gone" in told
    assert str(running.process.pid) in told
    in_peace(made)


@pytest.mark.parametrize(("parallelism", "writes"), [(2, 2), (OFFERS, OFFERS)])
def test_a_frozen_process_writes_nothing_after_its_successor(
    ledger_address: str, tmp_path: Path, parallelism: int, writes: int
) -> None:
    """Its lock is broken by hand, another apply finishes its run, and when it thaws it notices and sends nothing.

    Also when nothing was left to begin: all of it was in flight.
    """
    made = slow_shop(tmp_path / "p", seconds=0.4, ledger=_of_project(ledger_address))
    zombie = started(made, "--parallelism", str(parallelism), writes=writes)
    zombie.process.send_signal(signal.SIGSTOP)
    told = _succeed(made, zombie)
    before = zombie.asked()[1]
    done = titles_done(made)
    assert done == OFFERS, told
    zombie.process.send_signal(signal.SIGCONT)
    code = zombie.end(120)
    assert zombie.asked()[1] == before, "the zombie wrote"
    _told_that_it_was_overtaken(zombie, code)
    in_peace(made)


def test_a_frozen_process_thaws_while_its_successor_is_at_work(ledger_address: str, tmp_path: Path) -> None:
    """It takes nothing back of what was taken over, sends nothing, and leaves the lock to whoever has it."""
    made = slow_shop(tmp_path / "p", seconds=0.4, ledger=_of_project(ledger_address))
    zombie = started(made)
    zombie.process.send_signal(signal.SIGSTOP)
    assert _command(made, "unlock", "main", "--force", "--yes")[0] == 0
    with ThreadPoolExecutor(1) as pool:
        successor = pool.submit(_other, made)
        other = made.root / "other.jsonl"
        while not other.exists() or b'"PATCH"' not in other.read_bytes():
            assert not successor.done(), successor.result()
            time.sleep(0.01)
        before = zombie.asked()[1]
        zombie.process.send_signal(signal.SIGCONT)
        code = zombie.end(120)
        assert not successor.done(), "the successor was too fast: nothing was tested"
        refused, told = _command(made, "unlock", "main", "--yes")
        assert refused == 7, told
        assert str(zombie.process.pid) not in told
        assert successor.result() == (0, successor.result()[1])
    assert zombie.asked()[1] == before, "the zombie wrote"
    _told_that_it_was_overtaken(zombie, code)
    in_peace(made)


def test_a_frozen_process_whose_run_is_undone_goes_on_with_nothing(tmp_path: Path) -> None:
    """An undo gives the open run up: what the frozen process has not sent by then is never sent."""
    made = slow_shop(tmp_path, seconds=0.4)
    zombie = started(made)
    zombie.process.send_signal(signal.SIGSTOP)
    assert _command(made, "unlock", "main", "--force", "--yes")[0] == 0
    _, told = _command(made, "history", "--json")
    made.set(faults={"schedule": []})
    code, undone = _command(made, "undo", json.loads(told)["runs"][0]["id"], "--auto-approve")
    assert code == 0, undone
    before = zombie.asked()[1]
    zombie.process.send_signal(signal.SIGCONT)
    code = zombie.end(120)
    assert zombie.asked()[1] == before, "the zombie wrote"
    assert code == 7, zombie.told()
    assert "(holder `reconcile undo" in zombie.told()
    assert titles_done(made) == 0


def _told_that_it_was_overtaken(zombie: Process, code: int) -> None:
    """Exit code 7, who has the run now, and nothing of the successor's work as its own."""
    told = zombie.told()
    assert "Traceback" not in told
    assert code == 7, told
    assert "has taken this run over; this one stopped, and nothing more was sent by it" in told
    assert "(holder `reconcile apply" in told
    assert "Apply complete" not in told
    assert told.strip().splitlines()[-1].startswith("Next: `reconcile history show ")
    counts = next(line for line in told.splitlines() if line.startswith("Apply ended:"))
    applied = int(counts.split(" applied")[0].rpartition(" ")[2]) if " applied" in counts else 0
    assert applied <= 2, counts
    assert f"of {OFFERS} planned." in counts


def test_a_process_that_was_frozen_before_a_write_does_not_send_it(ledger_address: str, tmp_path: Path) -> None:
    """It has claimed an edit and is reading what stands there when it freezes: the write after that is not sent."""
    reads = {"method": ["GET"], "path": "/sale/product-offers/"}
    made = slow_shop(tmp_path / "p", seconds=0.5, ledger=_of_project(ledger_address), when=reads)
    zombie = started(made)
    time.sleep(0.15)
    zombie.process.send_signal(signal.SIGSTOP)
    before = zombie.asked()[1]
    assert before < OFFERS
    _succeed(made, zombie)
    zombie.process.send_signal(signal.SIGCONT)
    zombie.end(120)
    assert zombie.asked()[1] == before, "the zombie wrote"
    in_peace(made)


def _of_project(address: str) -> str:
    return address if "://" in address else ""


def _succeed(made: World, zombie: Process) -> str:
    """Break the lock as a person does, and apply."""
    refused, told = _command(made, "unlock", "main", "--yes")
    assert refused == 7, told
    assert str(zombie.process.pid) in told
    forced, told = _command(made, "unlock", "main", "--force", "--yes")
    assert forced == 0, told
    made.set(faults={"schedule": []})
    code, told = _other(made)
    assert code == 0, told
    return told


def _command(made: World, *arguments: str) -> tuple[int, str]:
    code, out, err = warm.run(arguments, made.root, os.environ)
    return code, (out + err).decode()


def test_a_database_that_dies_stops_the_run_and_nothing_is_lost(postgresql: Server, tmp_path: Path) -> None:
    """PostgreSQL is stopped the hard way in the middle of a run: a sentence, exit code 1, and the next apply finishes."""
    made = shop.build(tmp_path, 5, offers=16, project={"ledger": postgresql.database()})
    running = Process(tmp_path, "apply", "--auto-approve")
    running.wait_for(Aim(writes=4))
    postgresql.stop("immediate")
    try:
        assert running.end(60) == 1, running.told()
        told = running.told()
        assert "the ledger failed" in told
        assert "Traceback" not in told
        code, told = run(tmp_path, "plan")
        assert code == 1
        assert "ledger" in told
    finally:
        postgresql.start()
    assert crash.finish(made, crash.Tally()) == []


@pytest.mark.parametrize(("lose", "lag"), [(0.0, 0.0), (0.5, 0.0), (0.5, 600.0)], ids=["kept", "lost", "lagging"])
def test_kills_at_random_moments(lose: float, lag: float, tmp_path: Path) -> None:
    """Killed again and again, with its ledger or without: nothing twice, nothing lost, no wrong value, no second plan.

    Also while the list is ten minutes behind.
    """
    tally = crash.one_round(tmp_path / "shop", 11, kills=5, offers=16, lose_ledger=lose, lag=lag)
    assert tally.faults == []


def test_kills_with_the_ledger_on_postgresql(postgresql: Server, tmp_path: Path) -> None:
    """The same with the ledger in a database server."""
    tally = crash.one_round(tmp_path / "shop", 12, kills=5, offers=16, ledger=postgresql.database())
    assert tally.faults == []


def test_a_bundle_whose_creation_was_not_recorded_is_found(tmp_path: Path) -> None:
    """Killed right after the marketplace had made a bundle: the next apply finds it by its offers."""
    made = shop.build(tmp_path / "shop", 13, offers=8, creations=1)
    made.world.set(faults={"schedule": [{"do": "slow", "seconds": 30, "times": None, "when": _BUNDLE}]})
    running = Process(made.world.root, "apply", "--auto-approve")
    deadline = time.monotonic() + 60
    while b"flexible-bundles" not in _writes(running) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.kill()
    made.world.set(faults={"schedule": []})
    assert crash.finish(made, crash.Tally()) == []


_BUNDLE = {"method": "POST", "path": "/sale/flexible-bundles"}


def _writes(running: Process) -> bytes:
    lines = running.record.read_bytes().split(b"\n") if running.record.exists() else []
    return b"\n".join(line[:300] for line in lines if b'"method":"POST"' in line[:60])


def test_losing_the_ledger_between_runs_costs_nothing_but_history(tmp_path: Path) -> None:
    """After a finished run the ledger is deleted: the next plan is as empty as before, and the next change is planned."""
    made = slow_shop(tmp_path, seconds=0)
    made.set(faults={"schedule": []})
    assert run(made.root)[0] == 0
    crash.forget(made.root)
    assert run(made.root, "plan", "--detailed-exitcode")[0] == 0
    made.documents(world.offer("K000", price="55 PLN"))
    crash.forget(made.root)
    code, told = run(made.root)
    assert code == 0, told
    assert "1 applied" in told
