"""An offer of which price and stock alone were edited is not read, and not looked at, as a whole; a plan says the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import world
import yaml
from resting_shop import (
    DEARER,
    OTHER_TEXT,
    at_rest,
    both,
    copied,
    document,
    panel,
    path_of,
    planned,
    said,
    shop,
    unseen,
)
from world import SWITCH_OFF_GUARDS, World

from reconciler.model.values import Money
from reconciler.runtime.commands.resolving import known_images
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.rests.book import RESTS_BOOK, read_book
from reconciler.runtime.rests.loading import load_awake


def lines(body: Mapping[str, Any]) -> str:
    """A document in lines, as people write them."""
    text: str = yaml.dump(body, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10**6)
    return text


def write(made: World, *bodies: Mapping[str, Any]) -> None:
    """Write documents of offers, each in its place."""
    for body in bodies:
        made.write(path_of(body["name"]), lines(body))


def put(made: World, path: str, *bodies: Mapping[str, Any]) -> None:
    made.write(path, "---\n".join(map(lines, bodies)))


def says(name: str = "A-1", **sections: Any) -> Callable[[World], None]:
    return lambda made: write(made, document(name, **sections))


def adds(text: str) -> Callable[[World], Any]:
    """The document of A-1 with more lines at its end."""
    return lambda made: made.write(path_of("A-1"), lines(document("A-1")) + text)


def without(*sections: str) -> Callable[[World], None]:
    body = {key: value for key, value in document("A-1").items() if key not in sections}
    return lambda made: write(made, body)


def then(*steps: Callable[[World], Any]) -> Callable[[World], Any]:
    return lambda made: [each(made) for each in steps]


def replaced(old: str, new: str) -> Callable[[World], Any]:
    """The text of A-1, with something in it said otherwise."""

    def happens(made: World) -> None:
        file = made.root / path_of("A-1")
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        made.write(path_of("A-1"), text.replace(old, new))

    return happens


def forgotten(made: World) -> None:
    """As if another copy of the ledger lay there."""
    with closing(sqlite3.connect(made.root / ".reconcile/ledger.db")) as ledger, ledger:
        assert ledger.execute("DELETE FROM baselines WHERE name = 'A-1'").rowcount == 1


def bundle(made: World) -> None:
    slots = [{"offers": [each], "entry": each == "A-1"} for each in ("A-1", "B-1")]
    discount = {"whole": {"minimum": 2, "allegro-pl": 10}}
    put(
        made,
        "b.yaml",
        {"kind": "Bundle", "account": "main", "name": "zestaw", "slots": slots, "discount": discount},
    )


def in_part(made: World) -> set[str]:
    """The offers of whose documents a plan would read the numbers alone."""
    workspace, book = Workspace(made.root), read_book(made.root, RESTS_BOOK)
    awake = load_awake(workspace, book, known_images(workspace), None, datetime.now(UTC))
    return {Path(path).stem for path in awake.numbers.path}


class Edit(NamedTuple):
    """What happens, of which offers the numbers alone are read then, which change, and which codes are said."""

    happens: Callable[[World], Any]
    in_part: set[str] = {"A-1"}  # noqa: RUF012 - nobody adds to it
    changed: tuple[str, ...] = ("A-1",)
    codes: tuple[str, ...] = ()


WITHOUT_PRICE = {key: value for key, value in document("A-1").items() if key != "price"}
DEAR = says(price="150.00 PLN")
HANDLING = {"kind": "Defaults", "Offer": {"delivery": {"handling": "PT24H"}}}
FOR_A_TIME = {"from": "2026-01-01T00:00Z", "until": "2199-01-01T00:00Z", "base": "9.00 PLN"}
EDITS = {
    "another price": Edit(DEAR),
    "another price in its long form": Edit(says(price={"base": "150.00 PLN"})),
    "a price on another site": Edit(says(price={"base": "199.00 PLN", "allegro-cz": "990.00 CZK"})),
    "another number": Edit(says(stock={"always": 6, "status": "active"})),
    "another form of the number": Edit(says(stock={"count": 5, "status": "active"}), changed=()),
    "no more pieces": Edit(says(stock={"always": 0, "status": "active"})),
    "it is to end": Edit(says(stock={"always": 5, "status": "ended"})),
    "no price": Edit(without("price"), changed=()),
    "neither": Edit(without("price", "stock"), changed=()),
    "a comment": Edit(adds("# cheap\n"), changed=()),
    "another price at another place": Edit(
        lambda made: write(made, {"kind": "Offer", "name": "A-1", "price": "150.00 PLN"} | WITHOUT_PRICE)
    ),
    "the same number, spelled otherwise": Edit(replaced("199.00 PLN", "199 PLN"), changed=()),
    "the numbers of several": Edit(
        then(DEAR, says("A-2", price="9.00 PLN"), says("B-1", stock={"always": 7})),
        {"A-1", "A-2", "B-1"},
        ("A-1", "A-2", "B-1"),
    ),
    "a number and a text": Edit(says(price="150.00 PLN", content={"title": "Miska do zupy biała"}), set()),
    "a number and a label": Edit(says(price="150.00 PLN", labels={"brand": "x"}), set()),
    "a number and a toggle": Edit(says(price="150.00 PLN", sync={"price": "manual"}), set()),
    "no price that there is": Edit(says(price="much"), set(), (), ("D207",)),
    "a price that is not permitted": Edit(says(price="0.00 PLN"), set(), (), ("D503",)),
    "a price of another currency": Edit(says(price="10.00 EUR"), changed=(), codes=("P234",)),
    "a number with a tag": Edit(replaced("199.00 PLN", "!!str 150.00 PLN"), set(), (), ("D113",)),
    "a number with an anchor": Edit(replaced("199.00 PLN", "&it 150.00 PLN"), set()),
    "a second price": Edit(adds("price: 150.00 PLN\n"), set(), (), ("D109",)),
    "a second price in quotes": Edit(adds('"price": 150.00 PLN\n'), set(), (), ("D109",)),
    "a price in the place of another key": Edit(replaced("content:", "contents:"), set(), (), ("D204",)),
    "a second document": Edit(adds("---\n" + lines(document("C-1"))), set(), ("C-1",)),
    "a price for a time": Edit(
        says(price={"base": "199.00 PLN", "windows": [FOR_A_TIME]}), set(), codes=("P761", "P762")
    ),
    "somebody has edited the price, too": Edit(then(lambda made: panel(made, "A-1", DEARER), DEAR)),
    "somebody has edited a text, too": Edit(then(lambda made: panel(made, "A-1", OTHER_TEXT), DEAR)),
    "somebody has edited a text unseen": Edit(then(lambda made: unseen(made, "A-1", OTHER_TEXT), DEAR)),
    "somebody has edited the title unseen": Edit(
        then(lambda made: unseen(made, "A-1", {"name": "Inny talerz biały"}), DEAR)
    ),
    "somebody has ended it": Edit(
        then(lambda made: panel(made, "A-1", {"publication": {"status": "ENDED"}}), DEAR)
    ),
    "another bears its key": Edit(
        then(lambda made: made.panel("17000000001", {"external": {"id": "A-1"}}), DEAR),
        changed=(),
        codes=("P101",),
    ),
    "it is remembered no more": Edit(then(forgotten, DEAR)),
    "another folder has Defaults now": Edit(
        then(lambda made: put(made, "offers/b/d.yaml", HANDLING), DEAR), set()
    ),
    "its folder has other Defaults": Edit(
        then(lambda made: put(made, "offers/a/d.yaml", {**HANDLING, "sync": {"price": "off"}}), DEAR),
        set(),
        (),
        ("P201",),
    ),
    "a bundle names it": Edit(then(bundle, DEAR), set(), ("A-1",), ("P207",)),
    "another has its name": Edit(
        then(lambda made: put(made, "offers/x.yaml", document("A-1")), DEAR), set(), (), ("D301",)
    ),
    "its document is gone": Edit(lambda made: (made.root / path_of("A-1")).unlink(), set()),
}


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("numbers") / "shop")
    put(made, "offers/a/d.yaml", HANDLING)
    write(made, *map(document, ("A-1", "A-2", "B-1", "B-2")))
    return at_rest(made)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit(name: str, resting: World, tmp_path: Path) -> None:
    edit = EDITS[name]
    made = copied(resting, tmp_path / "shop")
    edit.happens(made)
    assert in_part(made) == edit.in_part
    found = both(made)
    assert {each.code for each in found.book.diagnostics} == set(edit.codes)
    assert tuple(each.key.name for each in found.book.changes) == edit.changed
    assert found.parsed >= edit.in_part
    again = both(copied(made, tmp_path / "again"))  # the book still says what was at rest
    assert said(again.book) == said(found.book)


def test_one_edit_after_another(resting: World, tmp_path: Path) -> None:
    """The rest stays at rest whatever the numbers come to, and all of it rests again when they are applied."""
    made = copied(resting, tmp_path / "shop")
    for price in ("150.00 PLN", "151.00 PLN"):
        says(price=price)(made)
        assert in_part(made) == {"A-1"}
        assert [each.after for each in made.plan().changes[0].fields] == [Money.parse(price)]
    says()(made)
    assert (in_part(made), planned(made)[1]) == (set(), {"d"})  # Defaults are always read
    DEAR(made)
    made.apply(made.plan())
    made.rest()
    assert not made.plan().accounts[0].compared  # all of it is remembered
    assert (in_part(made), planned(made)[1]) == (set(), {"d"})  # Defaults are always read
    says(price="152.00 PLN")(made)
    assert in_part(made) == {"A-1"}


def test_what_it_counts_as(tmp_path: Path) -> None:
    """Its modules, what is off and who says so, what its marketplace does not have, and what it uses."""
    made = shop(tmp_path / "shop")
    off: dict[str, Any] = {"kind": "Defaults", "sync": {"stock": "off", "delivery": "off"}}
    off["Offer"] = {"content": {"materials": ["glina"]}}
    prices = {"kind": "DeliveryPriceList", "name": "Nowy cennik", "type": "physical", "dispatch_country": "PL"}
    price_list = {**prices, "account": "main", "methods": {world.LOCKER_NAME: "12.99 PLN"}}
    put(made, "cennik.yaml", price_list)
    uses = {"delivery": {"prices": "Nowy cennik", "handling": "PT24H"}}
    write(made, *(document(name, **uses) for name in ("A-1", "A-2", "B-1", "B-2")))
    at_rest(made)
    put(made, "offers/b/d.yaml", off)
    at_rest(made)
    put(made, "cennik.yaml", {**price_list, "methods": {world.LOCKER_NAME: "13.99 PLN"}})
    write(made, document("A-1", price="150.00 PLN", **uses), document("B-1", price="150.00 PLN", **uses))
    assert in_part(made) == {"A-1", "B-1"}
    found = both(made).book
    assert {each.key.name: each.uses for each in found.changes} == {"Nowy cennik": 4, "A-1": 0, "B-1": 0}
    assert {"off.delivery": 2, "off.stock": 2, "equal.content": 4, "equal.delivery": 2}.items() <= found.accounts[
        0
    ].counts.items()
    assert {"P201", "D508"} <= {each.code for each in found.diagnostics}


def test_a_window_that_is_taken_out_is_to_come_no_more(resting: World, tmp_path: Path) -> None:
    """It was one of the numbers: when prices change next is counted without it, also by the plan that follows."""
    made = copied(resting, tmp_path / "shop")
    later = {"from": "2198-01-01T00:00Z", "until": "2199-01-01T00:00Z", "base": "9.00 PLN"}
    windows = {"price": {"base": "199.00 PLN", "windows": [later]}}
    write(made, document("A-1", **windows), document("A-2", **windows))
    at_rest(made)
    for name, left in (("A-1", ["1 offer"]), ("A-2", [])):
        write(made, document(name, price={"base": "199.00 PLN"}))
        for step in range(2):
            found = both(copied(made, tmp_path / f"{name} {step}")).book
            told = [each.summary.rpartition(": ")[2] for each in found.diagnostics if each.code == "P762"]
            assert told == left
            planned(made)


def test_of_two_accounts_one_has_moved(tmp_path: Path) -> None:
    """What is looked at as a whole on one account, and in its numbers on the other, is taken for done on neither."""
    made = shop(tmp_path / "shop")
    with made.simulator() as simulator:
        simulator.seed(world.seller([], login="drugi", user_id="9001", clients=[], refresh_token=None))
    account = {"marketplace": "allegro", "environment": "simulator"}
    accounts = {"main": {**account, "login": made.login}, "second": {**account, "login": "drugi"}}
    made.project({"accounts": accounts, "guards": SWITCH_OFF_GUARDS})
    each_of_both = {"accounts": ["main", "second"]}
    write(made, *(document(name, **each_of_both) for name in ("A-1", "A-2", "B-1", "B-2")))
    at_rest(made)
    says(price="150.00 PLN", **each_of_both)(made)
    assert in_part(made) == {"A-1"}
    made.apply(made.plan(accounts=("main",)))
    made.rest()
    made.apply(made.plan(accounts=("main",)))
    made.rest()
    for copy in ("once", "twice"):
        assert [each.key for each in both(copied(made, tmp_path / copy)).book.changes] == [
            ("second", "Offer", "A-1")
        ]
        made.plan()


def test_a_text_that_names_a_number(tmp_path: Path) -> None:
    """What a template writes may be about the price: it is written anew with another one."""
    made = shop(tmp_path / "shop")
    made.write("opis.html", "<p>Teraz za {{ price.base }}</p>")
    texts = {"content": document("A-1")["content"] | {"description": {"template": "opis.html"}}}
    write(made, document("A-1", **texts), *map(document, ("A-2", "B-1", "B-2")))
    at_rest(made)
    write(made, document("A-1", price="150.00 PLN", **texts), document("A-2", price="150.00 PLN"))
    assert in_part(made) == {"A-2"}
    changes = both(made).book.changes
    assert {each.key.name: {field.path for field in each.fields} for each in changes} == {
        "A-1": {"price.base", "content.description"},
        "A-2": {"price.base"},
    }


def test_prices_and_pieces_outdate_no_full_read(resting: World, tmp_path: Path) -> None:
    """Neither a sale, nor what a person does to them, nor an apply: the list says what they are."""
    made = copied(resting, tmp_path / "shop")
    says(price="150.00 PLN", stock={"always": 9, "status": "active"})(made)
    panel(made, "A-2", DEARER)
    panel(made, "B-1", {"stock": {"available": 3}})
    plan = made.plan()
    assert plan.accounts[0].reads.get("Offer.detail", 0) == 0
    made.apply(plan)
    made.rest()
    after = made.plan()
    assert (len(after.changes), after.accounts[0].reads.get("Offer.detail", 0)) == (0, 0)
    panel(made, "A-2", {"publication": {"status": "ENDED"}})  # who ended it is in no row
    assert made.plan().accounts[0].reads["Offer.detail"] == 1
