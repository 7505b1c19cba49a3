"""Offers that follow sources rest with the rows that decide them: a plan with the book says what one without says."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from resting_shop import (
    OTHER_TEXT,
    at_rest,
    both,
    changed,
    copied,
    document,
    outcome,
    panel,
    path_of,
    planned,
    put,
    shop,
)
from test_base import commit, git
from test_numbers import lines
from world import World

from reconciler.model.modules import Module
from reconciler.runtime.commands.plan import make_plan
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import RESTS_BOOK, read_book
from reconciler.runtime.rests.loading import load_awake

ERP = {
    "kind": "Source",
    "name": "erp",
    "type": "csv",
    "path": "erp.csv",
    "columns": {"item": "text", "quantity": "whole", "net": {"type": "money", "currency": "PLN"}},
    "orders": {"by": "erp", "within": "15m"},
}
NBP = {
    "kind": "Source",
    "name": "nbp",
    "type": "csv",
    "path": "nbp.csv",
    "item": "currency",
    "columns": {"currency": "text", "rate": {"type": "money", "currency": "PLN"}, "valid_on": "date"},
    "orders": "none",
}
ROWS = {
    "A-1": (5, "40.00"),
    "A-2": (6, "41.00"),
    "K-3": (7, "42.00"),
    "K-7": (20, "43.00"),
    "E-1": (9, "44.00"),
}
FORMULA = {"base": {"formula": "erp.net + 9.99"}}
RATED = {"base": "199.00 PLN", "allegro-cz": {"formula": "convert(erp.net, 'CZK')", "rates": "nbp"}}
FOLLOWS = {"from": "erp", "status": "active"}
#: Each offer with what it follows. Those of K-7 share it: what one of them gets is known with both only.
DOCUMENTS: Mapping[str, Mapping[str, Any]] = {
    "A-1": {"stock": FOLLOWS},
    "A-2": {"stock": FOLLOWS, "price": FORMULA},
    "B-1": {},
    "B-2": {"stock": FOLLOWS, "item": "K-3"},
    "C-1": {"stock": {**FOLLOWS, "share": "split"}, "item": "K-7"},
    "C-2": {"stock": {**FOLLOWS, "share": "split"}, "item": "K-7"},
    "E-1": {"price": RATED, "stock": {"quantity": 4, "status": "active"}},
}
EVERY = set(DOCUMENTS)
SHARED = {"C-1", "C-2"}
FOLLOWING = EVERY - {"B-1"}


def feed(made: World, rows: Mapping[str, tuple[Any, str]] = ROWS, *more: str) -> None:
    told = [f"{item},{pieces},{net}" for item, (pieces, net) in rows.items()]
    made.write("erp.csv", "".join(f"{each}\n" for each in ("item,quantity,net", *told, *more)))


def rates(made: World, *rows: tuple[str, str, int]) -> None:
    """Rates by currency, each with how many days ago it began to hold."""
    today = datetime.now(UTC).date()
    told = (f"{currency},{rate},{today - timedelta(days=ago)}" for currency, rate, ago in rows)
    made.write("nbp.csv", "".join(f"{each}\n" for each in ("currency,rate,valid_on", *told)))


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("followers") / "shop", *DOCUMENTS)
    for name in DOCUMENTS:
        says(name)(made)
    put(made, "sources.yaml", ERP, NBP)
    feed(made)
    rates(made, ("CZK", "0.17", 3))
    return at_rest(made)


class Case(NamedTuple):
    """What happens, which documents are parsed then, and what changes."""

    happens: Callable[[World], Any]
    parsed: set[str]
    changed: tuple[str, ...] = ()


def row(item: str, pieces: Any = None, net: str = "") -> Callable[[World], None]:
    """The row of an article says something else."""
    before = ROWS.get(item, (0, "1.00"))
    return lambda made: feed(made, {**ROWS, item: (before[0] if pieces is None else pieces, net or before[1])})


def says(name: str, **more: Any) -> Callable[[World], None]:
    """A document, in lines: so the numbers in it may be read alone."""
    text = lines(document(name, **{**DOCUMENTS.get(name, {}), **more}))
    return lambda made: made.write(path_of(name), text)


def source(**more: Any) -> Callable[[World], None]:
    return lambda made: put(made, "sources.yaml", {**ERP, **more}, NBP)


def sold(name: str, pieces: int) -> Callable[[World], None]:
    def happens(made: World) -> None:
        with made.simulator() as simulator:
            simulator.sell(made.login, simulator.offer_by_external_id(made.login, name)["id"], pieces)

    return happens


def with_bad_rows(*rows: str) -> Callable[[World], None]:
    def happens(made: World) -> None:
        source(rows={"bad": 5})(made)
        at_rest(made)
        feed(made, ROWS, *rows)

    return happens


def no_feed(made: World) -> None:
    (made.root / "erp.csv").unlink()


def written_again(made: World) -> None:
    """The same rows in another order, and one more."""
    feed(made, dict(reversed(ROWS.items())), "Z-1,3,1.00")


def a_sale_that_lowers_its_source(made: World) -> None:
    sold("A-1", 2)(made)
    made.apply(made.plan())
    made.rest()
    row("A-1", 3)(made)


CASES = {
    "nothing": Case(lambda _: None, SHARED),
    "the same rows": Case(written_again, SHARED),
    "a number": Case(row("A-1", 8), SHARED | {"A-1"}, ("A-1",)),
    "a number of an article that an offer names": Case(row("K-3", 8), SHARED | {"B-2"}, ("B-2",)),
    "a price": Case(row("A-2", net="50.00"), SHARED | {"A-2"}, ("A-2",)),
    "a price that decides nothing": Case(row("A-1", net="50.00"), SHARED | {"A-1"}),
    "none in stock": Case(row("A-1", 0), SHARED | {"A-1"}, ("A-1",)),
    "no number": Case(row("A-1", ""), SHARED | {"A-1"}),
    "no row": Case(lambda made: feed(made, {k: v for k, v in ROWS.items() if k != "A-1"}), SHARED | {"A-1"}),
    "a row of nothing": Case(row("Q-1", 1), SHARED),
    "a shared one": Case(row("K-7", 30), SHARED, ("C-1", "C-2")),
    "a new rate": Case(
        lambda made: rates(made, ("CZK", "0.17", 3), ("CZK", "0.16", 0)), SHARED | {"E-1"}, ("E-1",)
    ),
    "another rate": Case(lambda made: rates(made, ("CZK", "0.17", 3), ("EUR", "4.2", 1)), SHARED),
    "no rate": Case(lambda made: rates(made, ("EUR", "4.2", 1)), SHARED | {"E-1"}),
    "a row that cannot be used": Case(with_bad_rows("A-1,many,1.00"), SHARED | {"A-1"}),
    "a row of nobody": Case(with_bad_rows(",4,1.00"), FOLLOWING),
    "no feed": Case(no_feed, FOLLOWING),
    "a short feed": Case(lambda made: feed(made, {"A-1": (5, "40.00")}), FOLLOWING),
    "other words of the source": Case(source(available="quantity - 1"), FOLLOWING, ("A-1", "A-2", "B-2", "C-2")),
    "another source": Case(
        lambda made: put(made, "more.yaml", {**ERP, "name": "more", "path": "erp.csv"}), FOLLOWING
    ),
    "a part of an article": Case(says("B-1", stock=FOLLOWS, item="A-1"), SHARED | {"A-1", "B-1"}),
    "another offer of an article": Case(says("F-1", item="A-1", stock=4), SHARED | {"A-1", "F-1"}, ("F-1",)),
    "an offer that is called as an article": Case(says("K-3", stock=4), SHARED | {"B-2", "K-3"}, ("K-3",)),
    "a number instead": Case(says("A-1", stock=9), SHARED | {"A-1"}),
    "a number instead, of what names its article": Case(says("B-2", stock=9), SHARED | {"B-2"}),
    "another article": Case(says("A-1", item="K-3"), SHARED | {"A-1", "B-2"}, ("A-1",)),
    "what does not follow begins to": Case(says("B-1", stock=FOLLOWS), SHARED | {"B-1"}),
    "a buffer": Case(says("A-1", stock={**FOLLOWS, "buffer": 2}), SHARED | {"A-1"}, ("A-1",)),
    "a price of its own": Case(says("A-2", price="60.00 PLN"), SHARED | {"A-2"}, ("A-2",)),
    "no stock": Case(says("A-1", sync={"stock": "off"}), SHARED | {"A-1"}),
    "its document is gone": Case(lambda made: (made.root / path_of("A-1")).unlink(), SHARED, ("A-1",)),
    "defaults of its folder": Case(
        lambda made: put(made, "offers/a/defaults.yaml", {"kind": "Defaults", "Offer": {"stock": {"buffer": 1}}}),
        EVERY | {"defaults"},
        ("A-1", "A-2"),
    ),
    "a sale": Case(sold("A-1", 2), SHARED | {"A-1"}),
    "a sale that lowers its source": Case(a_sale_that_lowers_its_source, SHARED | {"A-1"}, ("A-1",)),
    "a sale of a shared one": Case(sold("C-1", 2), SHARED),
    "somebody's number": Case(
        lambda made: panel(made, "A-1", {"stock": {"available": 17}}), SHARED | {"A-1"}, ("A-1",)
    ),
    "somebody's text": Case(lambda made: panel(made, "A-1", OTHER_TEXT), SHARED | {"A-1"}, ("A-1",)),
    "somebody's end": Case(
        lambda made: panel(made, "A-1", {"publication": {"status": "ENDED"}}), SHARED | {"A-1"}, ("A-1",)
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_what_wakes(what: str, resting: World, tmp_path: Path) -> None:
    case = CASES[what]
    made = copied(resting, tmp_path / "shop")
    case.happens(made)
    found = both(made)
    assert found.parsed == case.parsed
    assert tuple(each.key.name for each in found.book.changes) == case.changed
    settles(made, tmp_path)


def settles(made: World, folder: Path) -> None:
    """What comes after it is the same with the book, too, until there is nothing left to do."""
    for turn in range(3):
        made.apply(made.plan(allow={"source": ""}))
        made.rest()
        both(copied(made, folder / f"turn-{turn}"))


HARMLESS = [name for name, case in CASES.items() if name not in ("no feed", "a short feed", "another source")]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_one_after_the_other(seed: int, resting: World, tmp_path: Path) -> None:
    """Histories of any happenings, with applies in between: the book never says anything else."""
    chance = random.Random(seed)
    made = copied(resting, tmp_path / "shop")
    for turn in range(6):
        CASES[chance.choice(HARMLESS)].happens(made)
        if chance.random() < 0.5:
            made.apply(made.plan(allow={"source": ""}))
            made.rest()
        both(copied(made, tmp_path / f"turn-{turn}"))
        made.plan()


def test_rates_are_those_of_the_day(resting: World, tmp_path: Path) -> None:
    """What rates have a say in is looked at again when the day of the account is over."""
    made = copied(resting, tmp_path / "shop")
    rests = read_book(made.root, RESTS_BOOK)
    assert rests is not None
    account = rests.accounts["main"].rests
    until = dict(zip(account.name, account.until, strict=True))
    zone = ZoneInfo("Europe/Warsaw")
    tomorrow = datetime.combine(datetime.now(zone).date() + timedelta(days=1), time(0), zone)
    assert until["E-1"] == tomorrow.timestamp()
    assert {name for name, moment in until.items() if moment} == {"E-1"}


def test_how_many_follow_is_counted_without_looking(resting: World, tmp_path: Path) -> None:
    """A guard against zeros asks how many offers follow a source: those at rest are among them."""
    found = both(copied(resting, tmp_path / "shop"))
    assert found.book.accounts[0].population["source erp"] == 5
    assert found.book.accounts[0].population == found.without.accounts[0].population


@pytest.mark.parametrize(
    "options", [{"targets": ("Offer/A-1",)}, {"targets": ("Offer/B-1",)}, {"only": {Module.PRICE}}]
)
def test_some_are_asked_for(options: dict[str, Any], resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    row("A-1", 8, "50.00")(made)
    given = {key: frozenset(each) if key == "only" else each for key, each in options.items()}
    assert outcome(copied(made, tmp_path / "book"), **given)[0] == outcome(made, cached=False, **given)[0]


def test_a_command_that_reads_no_source_looks_at_all_that_follow(resting: World, tmp_path: Path) -> None:
    """Whether their rows are as they were nobody knows there."""
    made = copied(resting, tmp_path / "shop")
    book = read_book(made.root, RESTS_BOOK)
    now = datetime.now(UTC)
    awake = load_awake(Workspace(made.root), book, lambda _place: {}, None, now)
    assert {each.name for each in awake.resolved.documents.of("Offer")} == FOLLOWING


def test_a_sale_that_has_not_lowered_its_source_yet(resting: World, tmp_path: Path) -> None:
    """Nothing is said of the offer until the source has had its time: then its number is written again."""
    made = copied(resting, tmp_path / "shop")
    sold("A-1", 2)(made)
    for _ in range(2):
        made.apply(made.plan())
        assert not made.plan().changes
    with made.simulator() as simulator:
        simulator.clock.advance(3600)
    assert changed([both(made).book]) == ["A-1"]


def test_an_offer_that_is_called_as_an_article_is_woken_by_its_row(resting: World, tmp_path: Path) -> None:
    """Its renewal is off since another one follows that article, though that is at rest."""
    made = copied(resting, tmp_path / "shop")
    says("K-3", stock={"quantity": 4, "status": "active"})(made)
    at_rest(made)
    assert planned(made)[1] == SHARED
    panel(made, "K-3", OTHER_TEXT)
    found = both(made)
    assert (found.parsed, changed([found.book])) == (SHARED | {"K-3"}, ["K-3"])


RANGES = (
    "a number",
    "a price",
    "a new rate",
    "other words of the source",
    "a buffer",
    "another article",
    "no row",
)


@pytest.mark.parametrize("what", RANGES)
@pytest.mark.parametrize("options", [{"changed_since": "HEAD"}, {"base": "HEAD"}])
def test_what_a_range_says_of_rows(options: dict[str, str], what: str, resting: World, tmp_path: Path) -> None:
    """A feed in git is edited as documents are: which offers that is about is looked for in all that follow it."""
    made = copied(resting, tmp_path / "shop")
    (made.root / ".gitignore").write_text(".reconcile/\n")
    git(made, "init", "-q")
    commit(made)
    CASES[what].happens(made)
    assert outcome(copied(made, tmp_path / "book"), **options)[0] == outcome(made, cached=False, **options)[0]


class Reads(Silent):
    """Notes which tasks were begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def start(self, task: str, total: int | None = None) -> None:
        self.begun.append(task)


def test_what_is_looked_at_again_is_decided_by_the_same_reading(resting: World, tmp_path: Path) -> None:
    """Documents are loaded, others with them, and one more for its row: a feed that moves meanwhile decides nothing."""
    made, reads = copied(resting, tmp_path / "shop"), Reads()
    row("A-1", 8)(made)
    panel(made, "A-2", OTHER_TEXT)
    plan = make_plan(Workspace(made.root), PlanOptions(), reads)
    assert changed([plan]) == ["A-1", "A-2"]
    assert reads.begun.count("reading erp") == 1
