"""`--changed-since`: what a git range touches is planned and checked with a book as without, and nothing else is read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import world
from resting_shop import (
    BOOK,
    DEARER,
    NAMES,
    OTHER_TEXT,
    at_rest,
    copied,
    declare,
    document,
    outcome,
    panel,
    path_of,
    planned,
    put,
    shop,
)
from shares import share
from test_base import commit, git
from test_numbers import EDITS, write
from test_waking import bundle
from world import World

from reconciler.model.modules import Module
from reconciler.runtime.commands.diff import compare_revisions
from reconciler.runtime.commands.validate import Validation, validate
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace

LETTER_A = ("A-1", "A-2")
SHELF = {"kind": "Defaults", "labels": {"room": "kitchen"}}


class Range(NamedTuple):
    """What is done between two commits, and the offers that are parsed for it; nothing where all are."""

    happens: Callable[[World], Any]
    parsed: set[str] = set()  # noqa: RUF012 - nobody adds to it


def moved(made: World) -> None:
    (made.root / path_of("A-1")).rename(made.root / "offers/other.yaml")


def edits(made: World, path: str, old: str, new: str) -> None:
    made.write(path, (made.root / path).read_text().replace(old, new))


RANGES = {
    "nothing": Range(lambda _made: None),
    "a text": Range(lambda made: write(made, document("A-1") | {"content": document("A-2")["content"]}), {"A-1"}),
    "a number": Range(lambda made: write(made, document("A-1", price="150.00 PLN")), {"A-1"}),
    "a label": Range(lambda made: write(made, document("A-1", labels={"shelf": "high"})), {"A-1"}),
    "a comment": Range(lambda made: edits(made, path_of("B-2"), "price:", "# cheap\nprice:"), {"B-2"}),
    "a new offer": Range(lambda made: write(made, document("C-1")), {"C-1"}),
    "an offer less": Range(lambda made: (made.root / path_of("A-1")).unlink()),
    "an offer in another file": Range(moved, {"other"}),
    "an offer of another name": Range(
        lambda made: (moved(made), edits(made, "offers/other.yaml", "name: A-1", "name: C-1")), {"other"}
    ),
    "what all inherit": Range(lambda made: edits(made, "d.yaml", "old", "new"), set(NAMES)),
    "what some inherit": Range(
        lambda made: put(made, "offers/a/d.yaml", SHELF | {"sync": {"stock": "off"}}), {*LETTER_A}
    ),
    "what some inherit no more": Range(lambda made: (made.root / "offers/b/d.yaml").unlink(), {"B-1", "B-2"}),
    "what some inherit, elsewhere": Range(
        lambda made: (made.root / "offers/b/d.yaml").rename(made.root / "offers/a/d.yaml"), set(NAMES)
    ),
    "a text of a template": Range(lambda made: made.write("title.j2", "Talerz {{ name }} mały"), {"B-2"}),
    "the project": Range(lambda made: edits(made, "reconcile.yaml", "{", "{ "), set(NAMES)),
    "a thing that offers name": Range(lambda made: edits(made, "delivery.yaml", "9.99", "8.99"), set(NAMES)),
    "a bundle": Range(lambda made: put(made, "b.yaml", bundle("A-1", "B-1")), {"A-1", "B-1"}),
}
#: What else is asked for.
ASKED: dict[str, dict[str, Any]] = {
    "all": {},
    "a name": {"targets": ("A-1", "B-?")},
    "a module": {"only": frozenset({Module.CONTENT})},
    "a label": {"select": {"shelf": "low"}},
}
#: What happens besides, to what is touched and to what is not.
BESIDES: dict[str, Callable[[World], Any]] = {
    "nothing": lambda _made: None,
    "an edit": lambda made: write(made, document("B-1", price="155.00 PLN")),
    "by hand": lambda made: (panel(made, "A-1", DEARER | OTHER_TEXT), panel(made, "B-2", DEARER)),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Documents in lines, of which a title is rendered; all inherit something, and some from their folder, too."""
    made = shop(tmp_path_factory.mktemp("range") / "shop")
    write(made, *map(document, NAMES))
    content = document("B-2")["content"]
    write(made, document("B-2", content=content | {"title": {"template": "title.j2"}}))
    made.write("title.j2", "Talerz {{ name }} duży")
    put(made, "d.yaml", {"kind": "Defaults", "labels": {"house": "old"}})
    put(made, "offers/b/d.yaml", SHELF)
    methods = {world.LOCKER_NAME: "9.99 PLN"}
    price_list = {"kind": "DeliveryPriceList", "name": "Standard", "account": "main", "methods": methods}
    put(made, "delivery.yaml", price_list)
    (made.root / ".gitignore").write_text(".reconcile/\n")
    git(made, "init", "-q")
    commit(made)
    return at_rest(made)


@pytest.fixture(scope="module")
def ranges(first: World, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], World]:
    """The shop after a range, applied or not."""
    known: dict[tuple[str, bool], World] = {}

    def made(name: str, applied: bool) -> World:
        if (name, applied) not in known:
            found = copied(first, tmp_path_factory.mktemp("range") / "shop")
            RANGES[name].happens(found)
            commit(found)
            known[name, applied] = settled(found) if applied else found
        return known[name, applied]

    return made


def settled(made: World) -> World:
    """Apply what can be, and plan: what rests is written down."""
    for _ in range(3):
        made.apply(made.plan())
        made.rest()
    made.plan()
    return made


def compared(made: World, **options: Any) -> set[str]:
    """Plan with the book and without; return what the former has parsed."""
    other = copied(made, made.root.with_name("without"))
    without, _ = outcome(other, cached=False, **options)
    found, parsed = outcome(made, **options)
    shutil.rmtree(other.root)
    assert found == without
    return parsed - {"d"}  # Defaults are always read


@pytest.mark.parametrize(("name", "besides"), share(RANGES, BESIDES, 2))
@pytest.mark.parametrize("applied", [False, True], ids=["new", "applied"])
def test_a_range_is_planned_as_without_the_book(
    name: str, applied: bool, besides: str, ranges: Callable[[str, bool], World], tmp_path: Path
) -> None:
    made = copied(ranges(name, applied), tmp_path / "shop")
    BESIDES[besides](made)
    for options in ASKED.values():
        compared(made, changed_since="HEAD~1", **options)


@pytest.mark.parametrize("name", [name for name, each in RANGES.items() if each.parsed])
def test_what_a_range_touches_is_read_and_nothing_else(
    name: str, ranges: Callable[[str, bool], World], tmp_path: Path
) -> None:
    made = copied(ranges(name, True), tmp_path / "shop")
    anyway = compared(made)  # parts of a bundle, and what looks like another's twin
    assert anyway <= RANGES[name].parsed
    assert compared(made, changed_since="HEAD~1") == RANGES[name].parsed
    assert compared(made, changed_since="HEAD") == anyway


def test_what_was_twice_is_not_gone(first: World, tmp_path: Path) -> None:
    """One of two documents of a name is taken away: the other one rests, and is what there was."""
    made = copied(first, tmp_path / "shop")
    put(made, "offers/twice.yaml", document("A-1"))
    commit(made)
    (made.root / "offers/twice.yaml").unlink()
    commit(made)
    compared(settled(made), changed_since="HEAD~1")


@pytest.mark.parametrize("named", [(), ("main",)], ids=["all", "an account"])
@pytest.mark.parametrize("name", RANGES)
def test_a_range_is_checked_as_without_the_book(
    name: str, named: tuple[str, ...], first: World, tmp_path: Path
) -> None:
    made = copied(first, tmp_path / "shop")
    assert not validate(Workspace(made.root)).unread
    RANGES[name].happens(made)
    for revision in ("HEAD", ""):
        found, without = checked(made, named, revision), checked(made, named, revision, cached=False)
        assert told(found) == told(without)
        assert sum(map(len, found.unread)) + len(found.documents.documents) == len(without.documents.documents)
    commit(made)
    validate(Workspace(made.root))
    assert told(checked(made, named, "HEAD~1")) == told(checked(made, named, "HEAD~1", cached=False))


def checked(made: World, accounts: tuple[str, ...], revision: str, *, cached: bool = True) -> Validation:
    return validate(Workspace(made.root), accounts, revision, cached=cached)


def told(found: Validation) -> Any:
    return found.diagnostics, found.kinds(), found.offers, found.not_selected


def test_what_is_valid_is_not_read_for_a_range(first: World, tmp_path: Path) -> None:
    made = copied(first, tmp_path / "shop")
    declare(made, document("A-1", price="?"))
    validate(Workspace(made.root))
    commit(made)
    write(made, document("A-1", price="151.00 PLN"))
    validate(Workspace(made.root))
    found = checked(made, (), "HEAD")
    assert (found.offers, found.not_selected, sum(map(len, found.unread))) == (1, 4, 3)


def test_a_range_of_the_project_is_of_all(tmp_path: Path) -> None:
    made = shop(tmp_path / "shop")
    (made.root / ".gitignore").write_text(".reconcile/\n")
    git(made, "init", "-q")
    commit(made)
    edits(made, "reconcile.yaml", "{", "{ ")
    commit(made)
    assert compared(at_rest(made)) == set()
    assert compared(made, changed_since="HEAD~1") == set(NAMES)


def difference(made: World, *accounts: str) -> Any:
    """What differs since the commit before the last one, or why that cannot be told."""
    try:
        return compare_revisions(Workspace(made.root), "HEAD~1", "", accounts, Silent())
    except BadDocuments as wrong:
        return [str(each) for each in wrong.diagnostics]


@pytest.mark.parametrize(("name", "besides"), share(RANGES, BESIDES, 2))
@pytest.mark.parametrize("applied", [False, True], ids=["new", "applied"])
def test_revisions_are_compared_as_without_the_book(
    name: str, applied: bool, besides: str, ranges: Callable[[str, bool], World], tmp_path: Path
) -> None:
    made = copied(ranges(name, applied), tmp_path / "shop")
    BESIDES[besides](made)
    found = difference(made), difference(made, "main")
    (made.root / BOOK).unlink()
    assert (difference(made), difference(made, "main")) == found
    if besides == "an edit":
        assert "B-1" in {each.key.name for each in found[0].changes}


@pytest.mark.parametrize("edit", EDITS)
def test_revisions_are_compared_where_numbers_are_edited(edit: str, first: World, tmp_path: Path) -> None:
    made = copied(first, tmp_path / "shop")
    EDITS[edit].happens(made)
    commit(made)
    for _ in range(2):  # as an edit of the range, and as one that was before it
        found = difference(made)
        book = (made.root / BOOK).read_bytes()
        (made.root / BOOK).unlink()
        assert difference(made) == found
        (made.root / BOOK).write_bytes(book)
        commit(made)


def test_what_revisions_have_in_common_is_not_read(ranges: Callable[[str, bool], World], tmp_path: Path) -> None:
    made = copied(ranges("a text", True), tmp_path / "shop")
    workspace = Workspace(made.root)
    found = compare_revisions(workspace, "HEAD~1", "", (), Silent())
    assert [each.key.name for each in found.changes] == ["A-1"]
    assert {Path(path).stem for path in workspace.read if path.startswith("offers/")} == {"A-1", "d"}


def test_what_is_said_of_all_comes_in_one_order(tmp_path: Path) -> None:
    """A project file that has changed wakes everything: that is said first, whatever was at rest."""
    made = shop(tmp_path / "shop")
    made.write(".gitignore", ".reconcile/\n")
    at_rest(made)
    git(made, "init", "-q")
    commit(made)
    body = json.loads((made.root / "reconcile.yaml").read_text())
    made.write("reconcile.yaml", json.dumps(body | {"sync": {"stock": "off"}}))
    other = copied(made, tmp_path / "other")
    told = [
        [each.code for each in planned(one, changed_since="HEAD", cached=cached)[0].diagnostics]
        for one, cached in ((made, True), (other, False))
    ]
    assert told[0] == told[1] == ["P124", "P201"]
