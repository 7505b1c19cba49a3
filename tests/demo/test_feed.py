"""The stock of the demo comes from a warehouse's file: an article runs out, the file breaks off, goods come."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli.running import reconcile

from reconciler.demo import Feed, put_right, write_demo, write_feed
from reconciler.demo.words import LOGIN
from reconciler.runtime.commands.apply import apply_plan
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.commands.validate import validate
from reconciler.runtime.options import ApplyOptions, PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.state import practice_store
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.allegro.simulator import AllegroSimulator


@pytest.fixture(scope="module")
def converged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a demo in which all is equal; nobody changes it."""
    shop = write_demo(tmp_path_factory.mktemp("feed") / "shop", offers=60, seed=7).directory
    put_right(shop)
    apply_plan(Workspace(shop), make_plan(Workspace(shop), PlanOptions(), Silent()), ApplyOptions(), Silent())
    return shop


@pytest.fixture
def shop(converged: Path, tmp_path: Path) -> Path:
    """Return a copy of it to change."""
    return Path(shutil.copytree(converged, tmp_path / "shop"))


def _live(shop: Path) -> Mapping[str, tuple[str, int]]:
    with closing(AllegroSimulator(practice_store(shop, "allegro"))) as market:
        market.clock.advance(60.0)
        market.catch_up()
        return {
            str(each["external"]["id"]): (each["publication"]["status"], each["stock"]["available"])
            for each in market.offers(LOGIN)
            if each.get("external")
        }


def _say(shop: Path, feed: str) -> str:
    done = reconcile("demo", "--feed", feed, shop)
    assert (done.returncode, done.stderr) == (0, "")
    return str(done.stdout)


def _changes(shop: Path, code: int = 0) -> list[dict[str, Any]]:
    done = reconcile("plan", "--json", cwd=shop)
    assert done.returncode == code, done.stdout
    return list(json.loads(done.stdout)["accounts"][0]["changes"])


def test_the_story(shop: Path) -> None:
    """Zero ends the offer, a file that broke off is refused and changes nothing, and a receipt resumes the offer."""
    before = _live(shop)
    assert "is gone: the file says 0" in _say(shop, "sold-out")
    (out,) = _changes(shop)
    name, fields = out["key"]["name"], out["fields"]
    assert [(each["path"], each["before"], each["after"]) for each in fields] == [
        ("stock.quantity", before[name][1], 0)
    ]
    assert reconcile("apply", "--auto-approve", cwd=shop).returncode == 0
    assert _live(shop) == {**before, name: ("ENDED", 0)}

    assert "ends after" in _say(shop, "cut")
    refused = reconcile("plan", cwd=shop)
    assert refused.returncode == 3
    assert "source: magazyn cannot be read" in refused.stdout
    assert " -> " not in refused.stdout
    assert _changes(shop, code=3) == []
    assert reconcile("apply", "--auto-approve", cwd=shop).returncode == 3
    assert _live(shop) == {**before, name: ("ENDED", 0)}

    assert f"40 pieces of {name}" in _say(shop, "receipt")
    (row,) = _changes(shop)
    assert (row["key"]["name"], row["verb"]) == (name, "activate")
    assert [(each["path"], each["before"], each["after"]) for each in row["fields"]] == [
        ("stock.quantity", 0, 40),
        ("stock.status", "ended", "active"),
    ]
    assert reconcile("apply", "--auto-approve", cwd=shop).returncode == 0
    assert _live(shop) == {**before, name: ("ACTIVE", 40)}
    assert reconcile("plan", "--detailed-exitcode", cwd=shop).returncode == 0


def test_the_switch_itself_changes_nothing(shop: Path) -> None:
    """The file has what is on sale, so only the article that ran out changes; documents lose a line and gain one."""
    texts = {file: file.read_text("utf-8") for file in shop.glob("offers/*/**/*.yaml")}
    write_feed(shop, Feed.SOLD_OUT)
    assert {each.code for each in validate(Workspace(shop)).diagnostics} <= {"P201"}
    plan = make_plan(Workspace(shop), PlanOptions(), Silent())
    assert [[each.after for each in change.fields] for change in plan.changes] == [[0]]
    changed = [file for file, text in texts.items() if file.read_text("utf-8") != text]
    assert len(changed) > 30
    for file in changed:
        before, after = set(texts[file].splitlines()), set(file.read_text("utf-8").splitlines())
        assert [line.partition(":")[0] for line in (*(before - after), *(after - before))] == ["stock", "item"]


def test_in_any_order_and_again(shop: Path) -> None:
    """What the file says depends on what was asked last, and on nothing else."""
    said = {}
    for feed in (Feed.CUT, Feed.RECEIPT, Feed.SOLD_OUT, Feed.RECEIPT, Feed.CUT, Feed.SOLD_OUT):
        write_feed(shop, feed)
        text = (shop / "feeds" / "magazyn.csv").read_bytes()
        assert said.setdefault(feed, text) == text
    assert said[Feed.SOLD_OUT].startswith(said[Feed.CUT])
    assert not said[Feed.CUT].endswith(b"\n")


def test_where_there_is_nothing_to_follow(tmp_path: Path) -> None:
    """A folder that is no demo, and one that is too small."""
    other = reconcile("demo", "--feed", "cut", tmp_path)
    assert other.returncode == 1
    assert "is no demo shop" in other.stderr
    write_demo(tmp_path / "shop", offers=1)
    for file in (tmp_path / "shop" / "offers").glob("*/*.yaml"):
        file.unlink()
    small = reconcile("demo", "--feed", "cut", tmp_path / "shop")
    assert small.returncode == 1
    assert "no offer with a number of its own is on sale" in small.stderr
    assert "Traceback" not in small.stderr
