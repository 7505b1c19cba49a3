"""A pull beside offers at rest: it writes and says the same as without the book, and loads no document of theirs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import world
from resting_shop import (
    DEARER,
    NAMES,
    at_rest,
    copied,
    declare,
    document,
    outcome,
    panel,
    path_of,
    put,
    shop,
    without_book,
)
from test_numbers import EDITS, write
from test_waking import REASONS, Reason, bundle
from world import World

from reconciler.runtime.commands.pull import pull
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace


def renamed_there(made: World, name: str, key: str) -> None:
    panel(made, name, {"external": {"id": key}})


def adopted(made: World) -> str:
    return str((made.by_key("A-1") or {})["id"])


#: What else a pull must know of what is at rest.
PULLED = {
    "its key is another there": lambda made: renamed_there(made, "A-1", "Z-9"),
    "it is adopted, and its key is another there": lambda made: (
        declare(made, document("A-1", adopt=adopted(made))),
        at_rest(made),
        renamed_there(made, "A-1", "Z-9"),
    ),
    "it is adopted, its number moves, and its key is another there": lambda made: (
        declare(made, document("A-1", adopt=adopted(made))),
        at_rest(made),
        declare(made, document("A-1", adopt=adopted(made), price="150.00 PLN")),
        renamed_there(made, "A-1", "Z-9"),
    ),
    "one without a document has its key": lambda made: made.panel("17000000001", {"external": {"id": "A-1"}}),
    "there is a bundle, and its document is gone": lambda made: (
        declare(
            made, document("C-1", content=document("C-1")["content"] | {"product": {"gtin": world.THIRD_GTIN}})
        ),
        made.converge(),
        put(made, "b.yaml", bundle("A-1", "C-1")),
        made.converge(),
        at_rest(made),
        (made.root / "b.yaml").unlink(),
    ),
    "its document is gone, and all were pulled before": lambda made: (
        pulled(made),
        at_rest(made),
        (made.root / path_of("A-1")).unlink(),
    ),
    "it is remembered no more, and all were pulled before": lambda made: (
        pulled(made),
        at_rest(made),
        REASONS["the ledger remembers it no more"].happens(made),
    ),
    "what others have in common is another there": lambda made: (
        pulled(made),
        at_rest(made),
        [panel(made, name, {"delivery": {"handlingTime": "PT72H"}}) for name in ("A-1", "B-1")],
    ),
}
EVERY = {**REASONS, **{name: Reason(happens, set()) for name, happens in PULLED.items()}}
TARGETS: tuple[tuple[str, ...], ...] = ((), ("A-1",), ("by-*",), ("*-1",), ("nothing",))


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Four offers have documents, and five have none."""
    others = [world.live_offer(number, name) for number, name in enumerate(("by-hand", *"NMKL"), 1)]
    made = World.make(tmp_path_factory.mktemp("rests") / "shop", world.seller(others), [])
    declare(made, *map(document, NAMES))
    return at_rest(made)


@pytest.fixture(scope="module")
def in_lines(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("lines") / "shop")
    write(made, *map(document, NAMES))
    return at_rest(made)


def pulled(made: World, *targets: str, into: str = ".") -> tuple[Any, dict[str, str], set[str]]:
    """What a pull says or is refused for, the documents after it, and whose were loaded."""
    workspace = Workspace(made.root)
    try:
        said: Any = pull(workspace, (), made.root / into, Silent(), targets)
    except BadDocuments as wrong:
        said = [str(each) for each in wrong.diagnostics]
    files = {str(each.relative_to(made.root)): each.read_text() for each in made.root.rglob("*.yaml")}
    return said, files, {Path(path).stem for path in workspace.read if path.startswith("offers/")}


def remembered(made: World) -> list[tuple[str, str]]:
    """The resources of which the ledger knows what was last true."""
    with closing(sqlite3.connect(made.root / ".reconcile/ledger.db")) as ledger:
        return ledger.execute("SELECT kind, name FROM baselines ORDER BY kind, name").fetchall()


def same(made: World, *targets: str) -> set[str]:
    """Pull with the book and without it; return what was loaded with it. The next plan says the same after both."""
    other = without_book(made, made.root.with_name(f"{made.root.name}-without"))
    *without, _ = pulled(other, *targets)
    *found, loaded = pulled(made, *targets)
    assert found == without
    assert remembered(made) == remembered(other)
    assert outcome(made)[0] == outcome(other, cached=False)[0]
    return loaded


@pytest.mark.parametrize("reason", EVERY)
def test_everything_is_pulled_as_without_the_book(reason: str, resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    EVERY[reason].happens(made)
    same(made)


@pytest.mark.parametrize("targets", TARGETS, ids=" ".join)
@pytest.mark.parametrize("reason", ["nothing", *PULLED])
def test_some_are_pulled_as_without_the_book(
    targets: tuple[str, ...], reason: str, resting: World, tmp_path: Path
) -> None:
    made = copied(resting, tmp_path / "shop")
    EVERY[reason].happens(made)
    same(made, *targets)


@pytest.mark.parametrize("edit", EDITS)
def test_everything_is_pulled_so_where_numbers_move(edit: str, in_lines: World, tmp_path: Path) -> None:
    made = copied(in_lines, tmp_path / "shop")
    EDITS[edit].happens(made)
    same(made)


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Everything was pulled, and is at rest."""
    made = shop(tmp_path_factory.mktemp("pulled") / "shop")
    pulled(made)
    return at_rest(made)


def test_what_is_at_rest_is_neither_loaded_nor_read(complete: World, tmp_path: Path) -> None:
    made = copied(complete, tmp_path / "shop")
    (made.root / path_of("B-1")).unlink()
    made.forget_requests()
    assert same(made) == {"b-1"}
    reads = {each["url"] for each in made.sent() if "/sale/product-offers/" in each["url"]}
    assert {url.rpartition("/")[2] for url in reads} == {(made.by_key("B-1") or {})["id"]}


def test_what_moved_is_not_written_either(complete: World, tmp_path: Path) -> None:
    """Its row is decoded, its document is known by its name all the same."""
    made = copied(complete, tmp_path / "shop")
    panel(made, "B-1", DEARER)
    before = (made.root / path_of("B-1")).read_text()
    assert same(made) == set()
    assert (made.root / path_of("B-1")).read_text() == before
