"""A source that is not as it should be takes its fields out of the plan: neither changed nor cleared, and said."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import world
from msgspec.structs import replace
from world import World

from reconciler.cli.main import run
from reconciler.engine.rules.judging import judged
from reconciler.model.undone import Reason

from .declared import stock
from .shop import erp, feed, shop, values

COLUMNS = {"item": "text", "quantity": "whole", "net": {"type": "money", "currency": "PLN"}}
HEADINGS = "item,quantity,net"
GOOD = [f"{name},{pieces},{net}" for name, pieces, net in (("A", 7, "150"), ("B", 8, "160"), ("C", 9, "170"))]
#: State -> what becomes of the feed, and a few words of what is said.
TROUBLES: dict[str, tuple[Callable[[World], Any], str]] = {
    "old": (lambda made: os.utime(made.root / "stock.csv", (1_700_000_000,) * 2), "numbers are"),
    "short: cut": (lambda made: feed(made, *GOOD[:1], headings=HEADINGS), "1 row, and 3 are the fewest"),
    "short: empty": (lambda made: made.write("stock.csv", ""), "the file is empty"),
    "short: headings only": (lambda made: feed(made, headings=HEADINGS), "0 rows, and 3 are the fewest"),
    "failed: gone": (lambda made: (made.root / "stock.csv").unlink(), "no such file"),
    "failed: other columns": (lambda made: feed(made, "A,7", headings="sku,qty"), "no heading"),
    "failed: no number": (lambda made: feed(made, *GOOD[:2], "C,x,170", headings=HEADINGS), '"x" is no number'),
    "failed: cut in a row": (
        lambda made: made.write("stock.csv", "\n".join([HEADINGS, *GOOD]).encode()[:-2]),
        "the last line has no end",
    ),
}


def made_of(root: Path) -> World:
    """Three offers whose stock and price come from a source; of one the title is declared, too."""
    follows = {"stock": {"from": "erp"}, "price": {"base": {"formula": "erp.net * 1.23"}}}
    title = {"content": {"title": "Kubek ceramiczny zielony Fabryka"}}
    made = shop(
        root,
        erp(columns=COLUMNS, freshness="30m", rows={"minimum": 3}),
        *(world.offer(name, **follows, **(title if name == "A" else {})) for name in "ABC"),
        live=3,
    )
    feed(made, *GOOD, headings=HEADINGS)
    return made


def told(made: World, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run a command; return its exit code and what it says."""
    capsys.readouterr()
    code = run(["-C", str(made.root), *arguments])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def on_sale(made: World) -> dict[str, tuple[Any, ...]]:
    """Pieces, price, title and status of each offer as the marketplace has them."""
    return {
        body["external"]["id"]: (
            body["stock"]["available"],
            body["sellingMode"]["price"]["amount"],
            body["name"],
            body["publication"]["status"],
        )
        for body in made.stored().values()
    }


def test_a_good_source_is_ok(tmp_path: Path) -> None:
    made = made_of(tmp_path / "shop")
    plan = made.plan()
    assert [(each.name, each.state, each.rows, each.why) for each in plan.sources] == [("erp", "ok", 3, "")]
    assert not plan.refused
    assert {path for name in "ABC" for path in values(plan, name)} == {
        "stock.quantity",
        "price.base",
        "content.title",
    }


@pytest.mark.parametrize("trouble", TROUBLES)
def test_its_fields_are_neither_changed_nor_cleared(
    trouble: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan is refused and sends nothing; `--allow source=NAME` goes on without these fields."""
    made = made_of(tmp_path / "shop")
    made.plan()  # the last good reading
    worsen, said = TROUBLES[trouble]
    worsen(made)
    before = on_sale(made)
    plan = made.plan()
    assert [each.state for each in plan.sources] == [trouble.partition(":")[0]]
    assert [each.rule for part in plan.accounts for each in part.violations] == ["source"]
    assert plan.refused
    assert {name: [*values(plan, name)] for name in "ABC"} == {"A": ["content.title"], "B": [], "C": []}
    assert len(plan.accounts[0].undone[Reason.SOURCE]) == 6
    code, out = told(made, capsys, "plan")
    assert code == 3
    assert said in out
    assert "--allow source" in out
    assert "what comes from it would be left as it is (6 rows)" in out
    made.forget_requests()
    assert told(made, capsys, "apply", "--auto-approve")[0] == 3
    assert told(made, capsys, "apply", "--auto-approve", "--allow", "source=other")[0] == 3
    assert not made.writes()
    assert on_sale(made) == before
    code, out = told(made, capsys, "apply", "--auto-approve", "--allow", "source=erp")
    assert (code, on_sale(made)) == (
        0,
        {**before, "A": (*before["A"][:2], "Kubek ceramiczny zielony Fabryka", "ACTIVE")},
    ), out


@pytest.mark.parametrize("trouble", TROUBLES)
def test_it_goes_on_when_the_source_is_good_again(trouble: str, tmp_path: Path) -> None:
    """What was left as it was is written then, and nothing is left to do."""
    made = made_of(tmp_path / "shop")
    made.converge()
    TROUBLES[trouble][0](made)
    assert made.plan().refused
    feed(made, "A,17,150", "B,18,160", "C,19,170", headings=HEADINGS)
    made.converge()
    assert {name: seen[0] for name, seen in on_sale(made).items()} == {"A": 17, "B": 18, "C": 19}


def test_far_fewer_rows_than_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Held against the last good reading, until somebody says that it is right, once."""
    made = shop(tmp_path / "shop", erp(missing="keep"), world.offer("A", stock={"from": "erp"}))
    feed(made, "A,7", *(f"K-{number},1" for number in range(9)))
    assert not made.plan().refused
    feed(made, "A,6", *(f"K-{number},1" for number in range(6)))
    for _ in range(2):  # a short reading is not what the next one is held against
        code, out = told(made, capsys, "plan")
        assert code == 3
        assert "7 rows, where the last good reading had 10; 20 % fewer are allowed" in out
    assert told(made, capsys, "plan", "--allow", "shrink=other")[0] == 3
    assert told(made, capsys, "plan", "--allow", "shrink=erp")[0] == 0
    assert told(made, capsys, "plan")[0] == 0  # now it is


def test_only_what_comes_from_it_is_held(tmp_path: Path) -> None:
    """Another source goes on filling, and a source that nobody follows refuses nothing."""
    made = shop(
        tmp_path / "shop",
        erp(),
        erp(name="two", path="two.csv"),
        erp(name="three", path="three.csv"),
        world.offer("A", stock={"from": "erp"}),
        world.offer("B", stock={"from": "two"}),
        live=2,
    )
    feed(made, "A,7", name="two.csv")
    feed(made, "B,8", name="two.csv")
    plan = made.plan(allow={"source": "erp"})
    assert {each.name: each.state for each in plan.sources} == {"erp": "failed", "two": "ok"}
    assert (values(plan, "A"), values(plan, "B")) == ({}, {"stock.quantity": 8})
    assert not plan.refused


def test_a_refused_source_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Machines are told the same."""
    made = made_of(tmp_path / "shop")
    (made.root / "stock.csv").unlink()
    assert run(["-C", str(made.root), "plan", "--json"]) == 3
    body = json.loads(capsys.readouterr().out)
    (source,) = body["sources"]
    assert (source["state"], source["why"]) == ("failed", "stock.csv: no such file or directory")
    assert body["ends"][0]["exit_code"] == 3


@pytest.mark.parametrize(
    ("freshness", "old", "said"),
    [
        (timedelta(seconds=10), timedelta(seconds=31), "31 seconds old, and 10 seconds are allowed"),
        (timedelta(minutes=30), timedelta(minutes=40), "40 minutes old, and 30 minutes are allowed"),
        (timedelta(hours=3), timedelta(days=4), "4 days old, and 3 hours are allowed"),
    ],
)
def test_how_old_is_too_old_is_said_in_a_unit_that_tells_them_apart(
    freshness: timedelta, old: timedelta, said: str
) -> None:
    now = datetime(2026, 11, 28, 9, tzinfo=UTC)
    source = replace(stock(), freshness=freshness)
    reading = judged(source, (("A", "PL1", 1, None),), (), "", now - old, now, None)
    assert reading.why == f"its numbers are {said}"
