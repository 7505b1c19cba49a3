"""One document in two accounts: it rests where it rests in both."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import world
from resting_shop import DEARER, NAMES, at_rest, both, copied, declare, document, panel, planned, said, shop
from world import SWITCH_OFF_GUARDS, World

BOTH = {"accounts": ["main", "second"]}
REFUSED = {"faults": {"schedule": [{"do": "401", "times": None, "when": {"login": "drugi"}}]}}
FINE: dict[str, Any] = {"faults": {"schedule": []}}


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("rests") / "shop", **BOTH)
    with made.simulator() as simulator:
        simulator.seed(world.seller([], login="drugi", user_id="9001", clients=[], refresh_token=None))
    account = {"marketplace": "allegro", "environment": "simulator"}
    accounts = {"main": {**account, "login": made.login}, "second": {**account, "login": "drugi"}}
    made.project({"accounts": accounts, "guards": SWITCH_OFF_GUARDS})
    return at_rest(made)


def test_all_of_it_rests(resting: World, tmp_path: Path) -> None:
    assert both(copied(resting, tmp_path / "shop")).parsed == set()


def test_what_moves_in_one_is_looked_at(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    panel(made, "B-1", DEARER)
    found = both(made)
    assert ([each.key for each in found.book.changes], found.parsed) == (
        [("main", "Offer", "B-1")],
        {"B-1"},
    )


def test_what_is_said_for_an_account_that_cannot_be_seen_is_not_taken_for_done(
    resting: World, tmp_path: Path
) -> None:
    """The document was edited for `second`, whose login is refused just then; in `main` nothing moves."""
    made = copied(resting, tmp_path / "shop")
    made.set(**REFUSED)
    declare(made, document("A-1", **BOTH, **{"for": {"second": {"price": "150.00 PLN"}}}))
    plan, parsed = planned(made)
    assert [each.account for each in plan.accounts if each.problem] == ["second"]
    assert parsed == {"A-1"}
    made.set(**FINE)
    found = both(made)
    assert [each.key for each in found.book.changes] == [("second", "Offer", "A-1")]
    assert found.parsed == {"A-1"}


def test_an_account_that_cannot_be_seen_keeps_its_rest(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    made.set(**REFUSED)
    declare(made, document("C-1", account="main"))
    assert planned(made)[1] == {"C-1"}
    made.set(**FINE)
    assert both(made).parsed == {"C-1"}
    assert set(NAMES).isdisjoint(planned(made)[1])


ONE: dict[str, Any] = {"accounts": ("main",)}


@pytest.mark.parametrize("asked", [ONE, {"accounts": ("!main",)}, {**ONE, "targets": ("?-1",)}], ids=str)
@pytest.mark.parametrize(
    "happens",
    [
        lambda _made: None,
        lambda made: panel(made, "B-1", DEARER),
        lambda made: declare(made, document("A-1", **BOTH, price="150.00 PLN")),
        lambda made: declare(made, document("A-1", **BOTH, **{"for": {"second": {"price": "150.00 PLN"}}})),
        lambda made: declare(made, document("A-1", account="second")),
        lambda made: declare(made, document("C-1", account="main")),
    ],
    ids=["nothing", "a row", "a document", "what it says for one", "one less", "one more"],
)
def test_a_plan_of_one_account_leaves_the_other_as_it_was(
    happens: Any, asked: dict[str, Any], resting: World, tmp_path: Path
) -> None:
    """It says the same with the book and without, so does one of all accounts then, and both rest after it."""
    made = copied(resting, tmp_path / "shop")
    happens(made)
    for _ in range(2):
        other = copied(made, tmp_path / "other")
        without, _ = planned(other, cached=False, **asked)
        found, parsed = planned(made, **asked)
        assert said(found) == said(without)
        assert parsed <= {"A-1", "B-1", "C-1"}
        shutil.rmtree(other.root)
    both(made)
    at_rest(made)
    assert planned(made)[1] == set()
