"""A machine whose clock is set between two commands: they do their work, and say whose clock is wrong."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pictures
import pytest
import world
from e2e.shell import Done, reconcile
from torture.market import Market
from warm import ROOT
from world import World

from .conftest import REFRESH, SECRET, hosts_of

#: What Python runs first: the machine's clock, set by so many seconds.
_SET = """
import os, time
ahead, right = int(os.environ["CLOCK_AHEAD"]), time.time_ns
time.time_ns = lambda: right() + ahead * 1_000_000_000
"""
HOUR, DAY = 3600, 86400


class Shop:
    """A project whose commands run on a machine with such a clock."""

    def __init__(self, folder: Path, server: str) -> None:
        self.made = World(folder / "project")
        self.made.project(hosts_of(server))
        (folder / "sitecustomize.py").write_text(_SET)
        self._path = f"{folder}:{ROOT}"

    def run(self, ahead: int, *words: str) -> Done:
        return reconcile(
            self.made.root,
            *words,
            PYTHONPATH=self._path,
            CLOCK_AHEAD=str(ahead),
            RECONCILE_MAIN_CLIENT_ID="app",
            RECONCILE_MAIN_CLIENT_SECRET=SECRET,
            RECONCILE_MAIN_REFRESH_TOKEN=REFRESH,
        )

    def priced(self, price: int, title: str) -> None:
        self.made.documents(world.offer("A", price=f"{price} PLN", content={"title": title}))


def test_commands_go_on_whatever_the_clock_says(tmp_path: Path, server: str) -> None:
    """Price by a command, title by an edit; then nothing is left to do, at any time of day."""
    shop = Shop(tmp_path, server)
    for step, (ahead, said) in enumerate(
        [
            (0, ""),
            (3 * DAY, "this machine's clock is 3 days ahead of the marketplace's"),
            (-HOUR, "this machine's clock is 1 hour behind the marketplace's"),
            (-3 * DAY, "this machine's clock is 3 days behind the marketplace's"),
            (HOUR, "this machine's clock is 1 hour ahead of the marketplace's"),
            (0, ""),
        ]
    ):
        shop.priced(50 + step, f"Kubek emaliowany {step} biały")
        done = shop.run(ahead, "apply", "--auto-approve")
        assert done.code == 0, done.said
        assert said in done.said if said else "clock" not in done.said.replace("the clock was set back", "")
        assert not re.search(r"waiting \d+ s", done.said)  # for a limit that is used up until another day
    again = shop.run(-HOUR, "plan", "--detailed-exitcode")
    assert again.code == 0, again.said


def test_a_run_that_had_ended_is_before_a_plan_though_its_clock_was_ahead(tmp_path: Path, server: str) -> None:
    """Two machines of one ledger differ by some seconds: too little to follow the marketplace's time."""
    shop = Shop(tmp_path, server)
    for step, ahead in enumerate((4, -4)):
        shop.priced(50 + step, f"Kubek emaliowany {step} biały")
        done = shop.run(ahead, "apply", "--auto-approve")
        assert done.code == 0, done.said


@pytest.mark.parametrize("later", [0, 5])
def test_a_picture_that_was_uploaded_just_now_is_not_uploaded_again(
    tmp_path: Path, server: str, later: int
) -> None:
    """It was noted by the marketplace's clock, which is ahead: that is no moment in the future.

    Nor is one that is `later` by some seconds: two processes know the time of the marketplace to the second only.
    """
    shop, place = Shop(tmp_path, server), Market(server)
    shop.made.write("images/new.png", pictures.png())
    shop.made.documents(world.offer("A", content={"images": ["images/new.png"]}))
    edit = {"do": "refuse", "times": None, "when": {"method": ["PATCH"]}}
    place.ask("/_sim/settings", {"faults": {"schedule": [edit]}})
    assert "upload images" in shop.run(-HOUR, "apply", "--auto-approve").said
    place.ask("/_sim/settings", {"faults": {"schedule": []}})
    with closing(sqlite3.connect(shop.made.root / ".reconcile" / "ledger.db")) as ledger, ledger:
        ((noted,),) = ledger.execute("select at from images").fetchall()
        at = datetime.fromisoformat(noted) + timedelta(seconds=later)
        ledger.execute("update images set at = ?", (at.isoformat(),))
    done = shop.run(-HOUR, "apply", "--auto-approve")
    assert done.code == 0, done.said
    assert "edit offers" in done.said
    assert "upload images" not in done.said


def test_what_is_written_while_a_plan_reads_is_after_it(
    tmp_path: Path, server: str, heard: dict[str, datetime]
) -> None:
    shop = Shop(tmp_path, server)
    shop.priced(50, "Inny tytuł kubka")
    assert shop.run(0, "plan", "--out", "plan.json").code == 0
    (part,) = json.loads((shop.made.root / "plan.json").read_bytes())["accounts"]
    assert datetime.fromisoformat(part["seen_at"]) < heard["/sale/offers"]


def test_a_plan_from_the_future_is_said_and_applied(tmp_path: Path, server: str) -> None:
    shop = Shop(tmp_path, server)
    shop.priced(50, "Inny tytuł kubka")
    assert shop.run(3 * DAY, "plan", "--out", "plan.json").code == 0
    done = shop.run(0, "apply", "plan.json", "--auto-approve")
    assert done.code == 0, done.said
    assert "in the future: this machine's clock is wrong, or was then" in done.said


def test_a_plan_that_is_too_old_by_a_wrong_clock_names_the_clock(tmp_path: Path, server: str) -> None:
    shop = Shop(tmp_path, server)
    shop.priced(50, "Inny tytuł kubka")
    assert shop.run(0, "plan", "--out", "plan.json").code == 0
    done = shop.run(8 * DAY, "apply", "plan.json", "--auto-approve")
    assert done.code != 0
    assert "8 days old by this machine's clock" in done.said
