"""`undo` and `resync` killed at random moments, the ledger on both databases; `make torture` has many more of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world
from torture import resyncing, shop, undoing
from torture.killing import APPLY, Aim, Process, run
from world import World


def of_project(address: str) -> str:
    """The ledger that a project names: none is a file of its own."""
    return address if "://" in address else ""


def test_a_killed_undo_restores_what_nobody_has_changed(ledger_address: str, tmp_path: Path) -> None:
    """Started again until it ends: all is as before the run, edits made since stay and are named, nothing is there twice."""
    tally = undoing.one_round(tmp_path / "shop", 6, ledger=of_project(ledger_address), kills=4, offers=16)
    assert tally.faults == []


def test_a_killed_run_is_undone_by_an_undo_that_is_killed(tmp_path: Path) -> None:
    """The run was cut off, and so is what takes it back."""
    tally = undoing.one_round(tmp_path / "shop", 14, kills=4, offers=16)
    assert tally.applies["runs undone that were killed"] == 1
    assert tally.faults == []


HANDLING = {"delivery": {"handling": "PT72H"}}
TITLE = {"content": {"title": "Kubek zupełnie inny niż był"}}


def killed_while_sending(root: Path, sections: dict[str, Any], **knobs: Any) -> tuple[World, str]:
    """A run that was killed right after its first write, which the marketplace takes its time for; and its id."""
    live = [shop.live_offer(number, key, shop.example.PRODUCT) for number, key in enumerate("ABC")]
    made = World.make(root, world.seller(live), [world.offer(key, **sections) for key in "ABC"], settings=knobs)
    running = Process(root, *APPLY)
    assert running.wait_for(Aim(writes=1)), running.told()
    running.kill()
    return made, undoing.latest(root)


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("sections", [HANDLING, TITLE])
def test_what_was_on_its_way_is_undone_too(sections: dict[str, Any], arrived: bool, tmp_path: Path) -> None:
    """Accepted when the run was killed, carried out half a minute later: the undo sees it, whatever was kept of a plan."""
    slow = {"command_seconds": (30.0, 30.0), "accepted_ratio": 1.0, "operation_seconds": (30.0, 30.0)}
    made, past = killed_while_sending(tmp_path, sections, **slow)
    if arrived:
        made.stored()
    code, told = run(tmp_path, "undo", past, "--auto-approve")
    assert code == 0, told
    stands = {(body["name"], body["delivery"]["handlingTime"]) for body in made.stored().values()}
    assert stands == {("Kubek ceramiczny czerwony duży", "PT24H")}, told


def test_a_plan_after_a_kill_reads_anew_what_the_run_may_have_written(tmp_path: Path) -> None:
    """The killed run had read the offers in full; what it wrote since is on the marketplace, and raised no event."""
    made, _ = killed_while_sending(tmp_path, HANDLING)
    made.stored()
    code, told = run(tmp_path, "plan", "--detailed-exitcode")
    assert code == 0, told


def test_what_nobody_has_seen_arrive_is_said(tmp_path: Path) -> None:
    """The marketplace sits on an edit for hours: the undo cannot know, and says so."""
    hangs = {"do": "operation_hangs", "times": None, "seconds": 7200, "when": {"method": "PATCH"}}
    _, past = killed_while_sending(tmp_path, TITLE, faults={"schedule": [hangs]})
    code, told = run(tmp_path, "undo", past, "--auto-approve")
    assert code == 0, told
    assert "warning[P605]" in told
    assert f"reconcile undo {past[:8]}" in told


def test_a_killed_resync_goes_on_and_tells_the_truth(ledger_address: str, tmp_path: Path) -> None:
    """Everything owned is sent and as declared, what is not synced is not written, no status goes back or says too much."""
    tally = resyncing.one_round(tmp_path / "shop", 5, ledger=of_project(ledger_address), kills=4, offers=16)
    assert tally.faults == []


def test_the_look_sees_a_command_that_the_kill_kept_out_of_the_record(tmp_path: Path) -> None:
    """The marketplace had taken it; what is sent directly is missed when the record does not tell it."""
    made = shop.build(tmp_path / "shop", 5, offers=12, creations=1)
    assert run(made.world.root)[0] == 0
    mark = resyncing.Mark.now(made)
    assert run(made.world.root, *resyncing.RESYNC)[0] == 0
    record = resyncing.shop_record(made.world.root)
    lines = record.read_bytes()[mark.record :].splitlines(keepends=True)
    told = [line for line in lines if b"-commands" not in line]
    assert len(told) < len(lines)
    record.write_bytes(record.read_bytes()[: mark.record] + b"".join(told))
    record.write_bytes(record.read_bytes() + lines[-1][:30])  # a line that a kill has cut off
    assert resyncing.unsent(made, mark, []) == []
    record.write_bytes(record.read_bytes()[: mark.record])
    missed = resyncing.unsent(made, mark, [])
    assert "K002 was never sent again" in missed  # its title is an edit
    assert "K003 was never sent again" not in missed  # its handling time is a command
