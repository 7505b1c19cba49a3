"""Each reason to look at an offer again: the plan says the same as without the book, and only so much is parsed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from resting_shop import (
    DEARER,
    NAMES,
    OTHER_TEXT,
    at_rest,
    both,
    copied,
    declare,
    document,
    panel,
    path_of,
    planned,
    put,
    shop,
    unseen,
)
from world import World

from reconciler.model.modules import Module
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import RESTS_BOOK, read_book
from reconciler.runtime.rests.loading import load_awake

EVERY = set(NAMES)


class Reason(NamedTuple):
    """What happens, which documents are parsed then, which resources change, and which codes are said."""

    happens: Callable[[World], Any]
    parsed: set[str]
    changed: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def removed(*names: str) -> Callable[[World], None]:
    def happens(made: World) -> None:
        for name in names:
            (made.root / path_of(name)).unlink()

    return happens


def renamed(made: World) -> None:
    (made.root / path_of("A-1")).unlink()
    declare(made, document("C-1", moved={"from": "A-1"}))


def read_in_full(made: World) -> None:
    unseen(made, "A-1", OTHER_TEXT)
    assert made.plan(refresh="full", targets=("Offer/A-1",)).changes


def event_was_told(made: World) -> None:
    """The event is used up by a plan of another offer."""
    panel(made, "A-1", OTHER_TEXT)
    made.rest()
    made.plan(targets=("Offer/B-1",))


def a_day_passes(made: World) -> None:
    unseen(made, "A-1", OTHER_TEXT)
    with made.simulator() as simulator:
        simulator.clock.advance(25 * 3600)
        simulator.catch_up()


def keys_change_places(made: World) -> None:
    ids = {name: (made.by_key(name) or {})["id"] for name in ("A-1", "B-1")}
    made.panel(ids["A-1"], {"external": {"id": "B-1"}})
    made.panel(ids["B-1"], {"external": {"id": "A-1"}})


def policy_has_another_name(made: World) -> None:
    with made.simulator() as simulator:
        sql = "UPDATE dictionaries SET body = replace(body, '14 dni', '15 dni') WHERE kind LIKE '%return%'"
        simulator.world.store.run(sql)


def same_title_without_document(made: World) -> None:
    (made.root / path_of("A-1")).unlink()
    declare(made, document("C-1", content=document("A-1")["content"]))


def ended_by_hand(made: World) -> None:
    panel(made, "B-1", {"publication": {"status": "ENDED"}})


def adopting(made: World) -> None:
    declare(made, document("C-1", adopt=(made.by_key("B-1") or {})["id"]))


def lost(name: str) -> Callable[[World], None]:
    return lambda made: (made.root / ".reconcile" / name).unlink()


def remembered_no_more(made: World) -> None:
    """As if another copy of the ledger lay there."""
    with closing(sqlite3.connect(made.root / ".reconcile/ledger.db")) as ledger, ledger:
        assert ledger.execute("DELETE FROM baselines WHERE name = 'A-1'").rowcount == 1


def managed_by_another(made: World) -> None:
    with closing(sqlite3.connect(made.root / ".reconcile/ledger.db")) as ledger, ledger:
        sql = "UPDATE managed SET project = 'another' WHERE name = 'A-1'"
        assert ledger.execute(sql).rowcount == 1


def bundle(*parts: str) -> dict[str, Any]:
    slots = [{"offers": [each], "entry": number == 0} for number, each in enumerate(parts)]
    discount = {"whole": {"minimum": 2, "allegro-pl": 10}}
    return {"kind": "Bundle", "account": "main", "name": "zestaw", "slots": slots, "discount": discount}


def broken(name: str, **more: Any) -> dict[str, Any]:
    """A document with a mistake."""
    return document(name, price="?", **more)


def policy(name: str) -> dict[str, Any]:
    return {"kind": "ReturnPolicy", "account": "main", "name": name}


def defaults(**more: Any) -> dict[str, Any]:
    return {"kind": "Defaults", **more}


REASONS = {
    "nothing": Reason(lambda _made: None, set()),
    "its document says something else": Reason(
        lambda made: declare(made, document("A-1", price="150.00 PLN")), {"A-1"}, ("A-1",)
    ),
    "its document is written anew and says the same": Reason(lambda made: declare(made, document("A-1")), set()),
    "its document is broken": Reason(lambda made: declare(made, broken("A-1")), {"A-1"}, (), ("D207",)),
    "its document is broken, and others move": Reason(
        lambda made: (declare(made, broken("A-1")), panel(made, "A-1", DEARER), panel(made, "B-1", DEARER)),
        {"A-1", "B-1"},
        ("B-1",),
        ("D207",),
    ),
    "a broken one is beside it": Reason(lambda made: declare(made, broken("C-1")), {"C-1"}, (), ("D207",)),
    "a broken one has its name": Reason(
        lambda made: put(made, "offers/x.yaml", broken("A-1")), EVERY | {"x"}, (), ("D207",)
    ),
    "a broken one has its name as sku": Reason(
        lambda made: declare(made, broken("C-1", sku="A-1")), EVERY | {"C-1"}, (), ("D207",)
    ),
    "a broken one comes from it": Reason(
        lambda made: declare(made, broken("C-1", moved={"from": "A-1"})), EVERY | {"C-1"}, (), ("D207",)
    ),
    "a broken one adopts it": Reason(
        lambda made: declare(made, broken("C-1", adopt=(made.by_key("A-1") or {})["id"])),
        EVERY | {"C-1"},
        (),
        ("D207",),
    ),
    "a broken one looks as it is called": Reason(
        lambda made: declare(made, broken("a-1")), EVERY | {"a-1"}, (), ("D207",)
    ),
    "a broken one has no name": Reason(
        lambda made: put(made, "offers/x.yaml", {k: v for k, v in broken("C-1").items() if k != "name"}),
        EVERY | {"x"},
        (),
        ("D205", "D207", "P112"),
    ),
    "a broken one is of no account": Reason(
        lambda made: put(made, "offers/x.yaml", broken("C-1", account="nobody")), {"x"}, (), ("P113",)
    ),
    "a file cannot be read": Reason(
        lambda made: made.write("offers/x.yaml", "kind: [\n"), EVERY | {"x"}, (), ("D105", "P112")
    ),
    "what a bundle names is broken": Reason(
        lambda made: (put(made, "b.yaml", bundle("A-1", "B-1")), declare(made, broken("A-1"))),
        EVERY,
        ("zestaw",),
        ("D207",),
    ),
    "somebody edits it": Reason(lambda made: panel(made, "B-1", DEARER), {"B-1"}, ("B-1",)),
    "somebody edits what no list shows": Reason(lambda made: panel(made, "B-1", OTHER_TEXT), {"B-1"}, ("B-1",)),
    "both move, one after the other": Reason(
        lambda made: (panel(made, "A-1", DEARER), declare(made, document("B-1", price="150.00 PLN"))),
        {"A-1", "B-1"},
        ("A-1", "B-1"),
    ),
    "its document is gone": Reason(removed("A-2"), set(), ("A-2",)),
    "its folder has another name": Reason(
        lambda made: (made.root / "offers/a").rename(made.root / "offers/z"), {"A-1", "A-2"}
    ),
    "it is renamed": Reason(renamed, {"C-1"}, ("C-1",)),
    "another takes its place and it is still there": Reason(
        lambda made: declare(made, document("C-1", moved={"from": "A-1"})), {"A-1", "C-1"}, (), ("D310", "P105")
    ),
    "it is let go": Reason(
        lambda made: (
            removed("A-1")(made),
            put(made, "r.yaml", {"kind": "Released", "of": "Offer", "account": "main", "names": ["A-1"]}),
        ),
        set(),
    ),
    "another adopts it": Reason(adopting, {"B-1", "C-1"}, (), ("P105",)),
    "another bears its key": Reason(
        lambda made: made.panel("17000000001", {"external": {"id": "B-1"}}), {"B-1"}, (), ("P101",)
    ),
    "two change their keys": Reason(keys_change_places, {"A-1", "B-1"}, ("A-1", "B-1")),
    "somebody ended it": Reason(ended_by_hand, {"B-1"}, ("B-1",)),
    "something is created beside it": Reason(lambda made: declare(made, document("C-1")), {"C-1"}, ("C-1",)),
    "a twin is created beside what lost its document": Reason(same_title_without_document, {"C-1"}, (), ("P305",)),
    "another has its name": Reason(
        lambda made: put(made, "offers/x.yaml", document("A-1")), EVERY | {"x"}, (), ("D301",)
    ),
    "another has its name as sku": Reason(
        lambda made: declare(made, document("C-1", sku="A-1")), EVERY | {"C-1"}, (), ("D301",)
    ),
    "another looks as it is called": Reason(
        lambda made: put(made, "offers/x.yaml", document("a-1")), EVERY | {"x"}, ("a-1",), ("D531",)
    ),
    "another looks so by its sku": Reason(
        lambda made: declare(made, document("C-1", sku="a-1")), EVERY | {"C-1"}, ("a-1",), ("D531",)
    ),
    "a bundle names it": Reason(
        lambda made: put(made, "b.yaml", bundle("A-1", "B-1")), {"A-1", "B-1"}, (), ("P207",)
    ),
    "a bundle nearly names it": Reason(
        lambda made: put(made, "b.yaml", bundle("a-1", "B-1")), EVERY, (), ("P202",)
    ),
    "a policy is nearly called as it says": Reason(
        lambda made: put(made, "p.yaml", policy("14 dnii")), EVERY, ("14 dnii",), ("D308",)
    ),
    "its policy has another name": Reason(policy_has_another_name, EVERY, (), ("P202",)),
    "its folder has Defaults": Reason(
        lambda made: put(made, "offers/a/d.yaml", defaults(sync={"price": "off"})),
        EVERY | {"d"},
        (),
        ("P201",),
    ),
    "its folder has broken Defaults": Reason(
        lambda made: put(made, "offers/a/d.yaml", defaults(Offer={"labels": {"x": "y"}})),
        EVERY | {"d"},
        (),
        ("D204", "P111", "P112"),
    ),
    "Defaults choose by labels": Reason(
        lambda made: put(made, "d.yaml", defaults(match={"x": "y"}, sync={"price": "off"})), EVERY, (), ("D647",)
    ),
    "another read of it says something else": Reason(read_in_full, {"A-1"}, ("A-1",)),
    "an event spoke of it to another plan": Reason(event_was_told, {"A-1"}, ("A-1",)),
    "a day passes": Reason(a_day_passes, EVERY, ("A-1",)),
    "the ledger remembers it no more": Reason(remembered_no_more, {"A-1"}),
    "another project manages it": Reason(managed_by_another, {"A-1"}, (), ("P403",)),
    "the cache is lost": Reason(lost("cache.db"), EVERY),
    "the book is lost": Reason(lost("rests"), EVERY),
}


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    return at_rest(shop(tmp_path_factory.mktemp("rests") / "shop"))


@pytest.mark.parametrize("name", REASONS)
def test_a_reason(name: str, resting: World, tmp_path: Path) -> None:
    reason = REASONS[name]
    made = copied(resting, tmp_path / "shop")
    reason.happens(made)
    found = both(made)
    assert {each.code for each in found.book.diagnostics} == set(reason.codes)
    assert tuple(each.key.name for each in found.book.changes) == reason.changed
    assert found.parsed == reason.parsed


@pytest.mark.parametrize("name", REASONS)
def test_a_reason_that_stays(name: str, resting: World, tmp_path: Path) -> None:
    """What is said of it once is said as long as it is so."""
    made = copied(resting, tmp_path / "shop")
    REASONS[name].happens(made)
    planned(made)
    both(made)


def test_what_was_looked_at_rests_again(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    panel(made, "A-1", DEARER)
    for _ in range(2):
        plan, parsed = planned(made)
        assert (len(plan.changes), parsed) == (1, {"A-1"})
    at_rest(made)
    assert planned(made)[1] == set()


def test_the_ledger_is_lost(resting: World, tmp_path: Path) -> None:
    """Nothing is remembered any more: all is compared, and would be remembered again."""
    made = copied(resting, tmp_path / "shop")
    lost("ledger.db")(made)
    found = both(made)
    assert found.parsed == EVERY
    assert len(found.book.accounts[0].compared) == len(NAMES)


def test_what_asks_for_more_is_planned_without_the_book(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    for options in ({"refresh": "full"}, {"cached": False}):
        assert planned(made, **options)[1] == EVERY
    assert planned(made)[1] == set()


@pytest.mark.parametrize("looks", [{"targets": ("A-1",)}, {"only": frozenset({Module.CONTENT})}, {}])
def test_a_cache_that_is_found_damaged_in_the_middle_of_a_plan(
    looks: dict[str, Any], resting: World, tmp_path: Path
) -> None:
    """The notes of what moved are numbered anew in a new one: a book never has a number of the one before."""
    made = copied(resting, tmp_path / "shop")
    with closing(sqlite3.connect(made.root / ".reconcile/cache.db")) as cache, cache:
        assert cache.execute("UPDATE details SET sum = sum + 1").rowcount > 1
    content = document("A-1")["content"] | {"title": "Talerz obiadowy biały"}
    declare(made, document("A-1", content=content))
    assert [each.key.name for each in planned(made)[0].changes] == ["A-1"]
    panel(made, "B-1", OTHER_TEXT)
    made.rest()
    planned(made, **looks)
    assert [each.key.name for each in both(made).book.changes] == ["A-1", "B-1"]


def test_what_is_read_instead_of_a_file_is_awake(
    resting: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says something else than what lies there, whatever that is known by."""
    monkeypatch.setattr("reconciler.runtime.project.walk._STEP", 0)  # a file is known by its stamp at once
    resting, path = copied(resting, tmp_path / "shop"), path_of("A-1")
    planned(resting)
    text = (resting.root / path).read_bytes().replace(b"199.00 PLN", b"150.00 PLN")
    workspace = Workspace(resting.root, {path: text})
    book = read_book(resting.root, RESTS_BOOK)
    awake = load_awake(workspace, book, lambda _place: {}, None, datetime.now(UTC))
    [offer] = [each for each in awake.resolved.wanted[0].desired if each.key.kind == "Offer"]
    assert (offer.key.name, str(offer.fields["price.base"])) == ("A-1", "150.00 PLN")
    assert len(awake.rests(book, "main")) == len(NAMES) - 1
