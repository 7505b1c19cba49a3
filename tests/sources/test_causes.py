"""`plan --base` with sources: what is of this branch, and what comes from rows that have changed."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from undo.test_history import _git, ask
from world import World

from .shop import erp, feed, offers, shop


def commit(made: World) -> None:
    """Commit all that git does not leave out."""
    _git(made, "add", "-A")
    _git(made, "commit", "-q", "-m", "Numbers")


KEYS = ("A", "B", "C")
ROWS = ("A,7", "B,8", "C,9")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three offers that follow a source; all is applied, and committed as `base`. The feed is not git's."""
    root = tmp_path_factory.mktemp("causes")
    made = shop(root / "shop", erp(), *offers(*KEYS), live=3)
    (made.root / ".gitignore").write_text(".reconcile/\nstock.csv\n*.sqlite\n")
    feed(made, *ROWS)
    _git(made, "init", "-q")
    commit(made)
    _git(made, "tag", "base")
    ask(made, "apply", "--auto-approve")
    return made


@pytest.fixture(autouse=True)
def as_applied(made: World) -> None:
    """Begin with what was applied."""
    made.documents(erp(), *offers(*KEYS))
    feed(made, *ROWS)


def causes(made: World, base: str = "base") -> dict[str, tuple[Any, str]]:
    """Offer -> the number that a plan writes, and where it comes from."""
    file = made.root.parent / "plan.json"
    ask(made, "plan", "--base", base, "--out", str(file))
    (part,) = json.loads(file.read_text())["accounts"]
    rows = ((each["key"]["name"], each) for each in part["changes"])
    return {name: (each["fields"][0]["after"], each["cause"]) for name, each in rows}


def test_a_row_of_a_feed_is_the_sources(made: World) -> None:
    feed(made, "A,17", *ROWS[1:])
    assert causes(made) == {"A": (17, "source")}


def test_how_a_source_is_used_is_judged_by_what_comes_of_it(made: World) -> None:
    """Another freshness changes no number; another `available` those that it changes, and no others."""
    made.documents(erp(freshness="400h"), *offers(*KEYS))
    feed(made, "A,17", *ROWS[1:])
    assert causes(made) == {"A": (17, "source")}
    made.documents(erp(available="min(quantity, 7)"), *offers(*KEYS))
    feed(made, "A,6", *ROWS[1:])
    assert causes(made) == {"A": (6, "source"), "B": (7, "this"), "C": (7, "this")}


def test_a_source_that_is_read_otherwise_makes_its_values_of_this_branch(made: World) -> None:
    made.documents(erp(path="other.csv"), *offers(*KEYS))
    feed(made, "A,17", *ROWS[1:], name="other.csv")
    try:
        assert causes(made) == {"A": (17, "this")}
    finally:
        (made.root / "other.csv").unlink()


def test_a_committed_table_is_read_as_it_was(made: World) -> None:
    """Its rows are edited like documents: what the pull request edits is its own, what was merged before is not."""
    made.documents(erp(path="list*.csv"), *offers(*KEYS))
    feed(made, "A,17", *ROWS[1:], name="list.csv")
    commit(made)
    _git(made, "tag", "-f", "merged")
    feed(made, "A,17", "B,18", ROWS[2], name="list.csv")
    assert causes(made, "merged") == {"A": (17, "source"), "B": (18, "this")}


def test_another_query_in_its_file_is_of_this_branch(made: World) -> None:
    with sqlite3.connect(made.root / "stock.sqlite") as store:
        store.execute("CREATE TABLE stock (item TEXT, quantity INTEGER)")
        store.executemany("INSERT INTO stock VALUES (?, ?)", [("A", 17), ("B", 8), ("C", 9)])
    store.close()
    made.documents(erp(type="sql", path=None, url="sqlite:///stock.sqlite", query="stock.sql"), *offers(*KEYS))
    made.write("stock.sql", "SELECT item, quantity FROM stock")
    commit(made)
    _git(made, "tag", "-f", "queried")
    assert causes(made, "queried") == {"A": (17, "source")}
    made.write("stock.sql", "SELECT item, quantity + 0 AS quantity FROM stock")
    assert causes(made, "queried") == {"A": (17, "this")}
