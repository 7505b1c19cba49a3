"""Waiting that is cut short, by Ctrl-C or a kill, is gone on with."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import world
from torture import faults
from torture.grounds.allegro import ALLEGRO
from torture.killing import Aim, Process, run
from torture.market import Market, market, token
from world import World

from reconciler.model.outcomes import Result
from reconciler.runtime.commands.apply import resume
from reconciler.runtime.commands.history import history
from reconciler.runtime.options import ApplyOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reliability.slow_marketplace import LAGGING, MINUTE, SLOW, later, offers_named, seller, unshown


@contextmanager
def served(tmp_path: Path) -> Iterator[tuple[World, Market, Path]]:
    """A seller whose marketplace runs in real time, and whose list is ten minutes behind."""
    made = seller(tmp_path / "shop", world.offer("A", price="55 PLN"), **LAGGING)
    record = made.root / ".reconcile" / "record.jsonl"
    with market(tmp_path / "market", made.root / ".reconcile" / "simulator-allegro.db", record) as place:
        made.project({"accounts": {"main": place.account(made.login)}, "guards": world.SWITCH_OFF_GUARDS})
        yield made, place, record


def waiting(made: World, record: Path) -> Process:
    """An apply that has sent its write and has looked for it twice."""
    running = Process(made.root, "apply", "--auto-approve", "--wait", "30m", **token(made.login))
    until = time.monotonic() + 60
    while _looks(record) < 2:
        assert running.process.poll() is None, running.told()
        assert time.monotonic() < until, running.told()
        time.sleep(0.05)
    return running


def _looks(record: Path) -> int:
    """How often the list was read since the last write."""
    lines = [json.loads(line) for line in record.read_bytes().split(b"\n")[:-1]] if record.exists() else []
    wrote = [place for place, each in enumerate(lines) if each["method"] in ("PUT", "POST")]
    after = lines[wrote[-1] :] if wrote else []
    return sum("/sale/offers?" in each["url"] for each in after)


def test_ctrl_c_stops_the_waiting_and_the_next_apply_goes_on(tmp_path: Path) -> None:
    """One signal while it waits: true counts at once, exit code 5; the next apply reads the same run back."""
    with served(tmp_path) as (made, place, record):
        running = waiting(made, record)
        running.process.send_signal(signal.SIGINT)
        assert running.end(60) == 5, running.told()  # of thirty minutes
        assert "1 unknown (1 settling) of 1 planned" in running.told()
        _finished_by_the_next(made, place)


def test_ctrl_c_in_the_canary_sends_nothing_more(tmp_path: Path) -> None:
    """One signal while the canary is written: it is finished and read back, and no other offer is touched."""
    documents = [world.offer(name, content={"title": f"Kubek ceramiczny {name} duży"}) for name in "ABC"]
    slow = {"do": "slow", "times": None, "seconds": 0.8, "when": {"method": "PATCH"}}
    made = seller(tmp_path, *documents, faults={"schedule": [slow]})
    running = Process(made.root, "apply", "--auto-approve", "--canary", "1")
    assert running.wait_for(Aim(writes=1)), running.told()
    running.process.send_signal(signal.SIGINT)
    assert running.end(30) == 5, running.told()
    assert "1 applied, 2 skipped of 3 planned" in running.told()
    assert sum("duży" in body["name"] and "miczny A" in body["name"] for body in made.stored().values()) == 1
    made.set(faults={"schedule": []})
    code, told = run(made.root)
    assert code == 0, told
    assert run(made.root, "plan", "--detailed-exitcode")[0] == 0


def test_a_kill_while_waiting_is_gone_on_with(tmp_path: Path) -> None:
    """SIGKILL while it waits: a plan calls the rows settling, and the next apply reads the same run back."""
    with served(tmp_path) as (made, place, record):
        waiting(made, record).kill()
        code, told = run(made.root, "plan", "--detailed-exitcode", **token(made.login))
        assert code == 2, told
        assert "Settling: 1 field of 1 offer" in told
        _finished_by_the_next(made, place)


def _finished_by_the_next(made: World, place: Market) -> None:
    place.ask("/_sim/clock", {"advance_seconds": 600})
    code, told = run(made.root, **token(made.login))
    assert code == 0, told
    assert "rows to be read back" in told
    assert "Finished what earlier runs left open: 1 of 1 applied." in told
    assert "No changes." in told
    assert [each.counts for each in history(Workspace(made.root), None, 5)] == [{Result.APPLIED: 1}]


def test_what_was_seen_before_the_kill_is_not_looked_for_again(tmp_path: Path) -> None:
    """Rows that were read back stay applied, even when they sell while the rest of their command settles."""
    made = seller(tmp_path, *(world.offer(name, stock={"always": 4}) for name in "AB"), **LAGGING)
    plan = made.plan()
    made.panel(offers_named(made, "A")[0], {"stock": {"available": 4, "unit": "UNIT"}})
    later(made, 1200)
    report = made.apply(plan)
    assert unshown(report) == ["B"]
    made.panel(offers_named(made, "A")[0], {"stock": {"available": 2, "unit": "UNIT"}})
    later(made, 1200)
    outcomes = resume(Workspace(made.root), ApplyOptions(wait=MINUTE), Silent()).outcomes
    assert {each.key.name: each.result for each in outcomes} == {"A": Result.APPLIED, "B": Result.APPLIED}


def test_the_worst_lists_and_operations_end_well(tmp_path: Path) -> None:
    """Everything at once on a marketplace that takes an hour and lags: nothing twice, and in the end nothing to do."""
    made = ALLEGRO.case(tmp_path / "shop", ALLEGRO.everything)
    made.set(**SLOW, **LAGGING)
    made.apply(made.plan(), wait=MINUTE)
    faults.calm(made, ALLEGRO)
    assert faults.unsettled(made) == []
