"""The marketplace's list trails its writes: what was created a moment ago is missing there, and is not created again."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
import world
from torture import crash, shop
from torture.grounds.allegro import ALLEGRO
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
    crash.calm(made, ALLEGRO)
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
    crash.calm(made, ALLEGRO)
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
    crash.calm(made, ALLEGRO)
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
    database, record = (made.root / ".reconcile" / name for name in ("simulator-allegro.db", "record.jsonl"))
    with market(tmp_path / "market", database, record) as place:
        made.project({"accounts": {"main": place.account(made.login)}, "guards": world.SWITCH_OFF_GUARDS})
        running = Process(made.root, "apply", "--auto-approve", **token(made.login))
        running.wait_for_words("looking for it")
        running.process.send_signal(signal.SIGINT)
        assert running.end(60) == 5, running.told()  # of a quarter of an hour
        place.ask("/_sim/clock", {"advance_seconds": 600})
        code, told = run(made.root, **token(made.login))
        assert code == 0, told
    assert twice(made) == {}


# --- and the ledger is lost ------------------------------------------------------------------------------------


def test_a_ledger_lost_after_a_run_within_the_lag(tmp_path: Path) -> None:
    """A runner without a disk: the list shows nothing of the run before, the events do; only pictures are sent again."""
    made = lagging(tmp_path, 3)
    assert run(tmp_path)[0] == 0
    crash.forget(tmp_path)
    with made.simulator() as simulator:
        simulator.clock.advance(5)  # all of them are listed by now, and ten minutes from being shown
    code, told = run(tmp_path, "plan", "--json")
    assert code == 0, told
    changes = json.loads(told[told.index("{") :])["accounts"][0]["changes"]
    assert [(each["verb"], [field["path"] for field in each["fields"]]) for each in changes] == [
        ("update", ["content.images"])
    ] * 3
    crash.forget(tmp_path)
    assert run(tmp_path)[0] == 0
    assert twice(made) == {}


@pytest.mark.parametrize("saved", [True, False])
@pytest.mark.parametrize(("creations", "seconds"), [(2, 4.0), (4, 4.0), (3, 8.0)])
def test_a_ledger_lost_in_the_middle_of_a_run_within_the_lag(
    tmp_path: Path, creations: int, seconds: float, saved: bool
) -> None:
    """Killed when some offers were listed and the last one was not yet: it is found out before anything is created.

    The last one may be on its way for longer than apply waits between two looks: those that the plan found by
    their events are the mark then, though this run remembers them as compared.
    """
    made = lagging(tmp_path, 5)
    made.set(accepted_ratio=1.0, operation_seconds=(seconds, seconds + 1))
    assert run(tmp_path, "plan", "--out", "plan.json")[0] == 0
    command = ("apply", "plan.json") if saved else ("apply", "--auto-approve")
    running = Process(tmp_path, *command, "--parallelism", "1")
    while sent(running).count(b"/sale/product-offers") < creations:
        assert running.process.poll() is None, running.told()
        time.sleep(0.001)
    running.kill()
    crash.forget(tmp_path)
    code, told = run(tmp_path, *command)
    assert code in (0, 5), told  # a picture whose address is lost reads back as another one
    assert twice(made) == {}
    crash.calm(made, ALLEGRO)
    assert run(tmp_path)[0] == 0
    assert twice(made) == {}
    assert run(tmp_path, "plan", "--detailed-exitcode")[0] == 0


def test_what_the_ledger_knows_is_no_mark_of_a_forgotten_run(tmp_path: Path) -> None:
    """Two applies after each other on a list that lags: the second one creates what is new without a long wait."""
    made = lagging(tmp_path, 2)
    assert run(tmp_path)[0] == 0
    with made.simulator() as simulator:
        simulator.clock.advance(5)
        before = simulator.clock.now()
    made.documents(*(world.whole_offer(f"N{number}") for number in range(3)))
    code, told = run(tmp_path)
    assert code == 0, told
    assert "looking for it" not in told
    with made.simulator() as simulator:
        assert (simulator.clock.now() - before).total_seconds() < 120
    assert twice(made) == {}


def test_what_was_created_without_a_word_of_ours_is_not_waited_for(tmp_path: Path) -> None:
    """A first apply is not slow: the events tell nothing that the list does not show, so it creates in a moment."""
    made = World.make(
        tmp_path, world.seller([world.live_offer(1, "A")]), [world.whole_offer("N0"), world.whole_offer("N1")]
    )
    with made.simulator() as simulator:
        before = simulator.clock.now()
    made.panel("17000000001", {"publication": {"status": "ENDED"}})
    made.panel("17000000001", {"publication": {"status": "ACTIVE"}})
    made.forget_requests()
    report = made.apply(made.plan())
    assert not world.undone(report), world.undone(report)
    assert len(asked(made)) == 3  # by the plan, and twice by the apply
    with made.simulator() as simulator:
        assert (simulator.clock.now() - before).total_seconds() < 60


def test_a_ledger_that_is_old_enough_is_not_doubted(tmp_path: Path) -> None:
    """It remembers everything that the list may not show, so nothing is asked."""
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")])
    made.converge()
    with made.simulator() as simulator:
        simulator.clock.advance(16 * 60)
    made.documents(world.offer("A", price="55 PLN"), world.whole_offer("N0"))
    made.forget_requests()
    assert not world.undone(made.apply(made.plan()))
    assert asked(made) == []


def asked(made: World) -> list[str]:
    """The questions which offers were activated."""
    return [each["url"] for each in made.sent() if "OFFER_ACTIVATED" in each["url"]]
