"""Prices that hold for a time, of offers at rest: when they change next is said with them, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from resting_shop import at_rest, both, copied, declare, document, planned, shop
from world import World

from reconciler.runtime.commands.validate import validate
from reconciler.runtime.project.workspace import Workspace

LATER = {"from": "2199-01-01T00:00Z", "until": "2199-02-01T00:00Z", "base": "9.00 PLN"}
NOW = {"from": "2026-01-01T00:00Z", "until": "2198-12-01T00:00Z", "base": "199.00 PLN"}
NEXT = "prices of main change next at {} (Europe/Warsaw): {}"


def declared(made: World, name: str, *windows: dict[str, str]) -> None:
    declare(made, document(name, price={"base": "199.00 PLN", "windows": list(windows)}))


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("windows") / "shop")
    for name in ("A-1", "A-2"):
        declared(made, name, LATER)
    return at_rest(made)


def said(made: World) -> tuple[list[str], set[str]]:
    """What a plan says of when prices change, with the book as without; and what it has parsed."""
    found = both(made)
    return [each.summary for each in found.book.diagnostics if each.code == "P762"], found.parsed


def test_what_is_to_come_is_counted(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    assert said(made) == ([NEXT.format("2199-01-01T01:00", "2 offers")], set())
    declare(made, document("A-2"))
    assert said(copied(made, tmp_path / "one")) == ([NEXT.format("2199-01-01T01:00", "1 offer")], {"A-2"})
    declared(made, "B-1", LATER | {"from": "2198-12-31T23:00Z"})
    assert said(copied(made, tmp_path / "sooner"))[0] == [NEXT.format("2199-01-01T00:00", "1 offer")]


def test_what_holds_is_said_each_time(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    declared(made, "B-1", NOW)
    at_rest(made)
    assert planned(made)[1] == {"B-1"}
    assert said(made) == ([NEXT.format("2198-12-01T01:00", "1 offer")], {"B-1"})


def test_what_was_valid_is_counted_too(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    for _ in range(2):
        found = validate(Workspace(made.root)).diagnostics
        assert [each.summary for each in found] == [NEXT.format("2199-01-01T01:00", "2 offers")]
