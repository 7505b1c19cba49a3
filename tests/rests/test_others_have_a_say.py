"""What other documents, and keys of others, have to say of an offer at rest: rules of its article, and its own key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from resting_shop import DEARER, at_rest, both, copied, declare, document, panel, planned, put, shop
from world import World

from reconciler.runtime.commands.validate import validate
from reconciler.runtime.project.workspace import Workspace

ERP = {"kind": "Source", "name": "erp", "type": "csv", "path": "erp.csv"}
COLUMNS = {"columns": {"item": "text", "quantity": "whole"}, "orders": {"by": "erp", "within": "15m"}}


def follows(made: World, name: str, item: str) -> None:
    declare(made, document(name, stock={"from": "erp", "status": "active"}, item=item))


def declared_on(made: World, name: str) -> None:
    body: dict[str, Any] = document(name)
    declare(made, body | {"settings": body["settings"] | {"renewal": True}})


@pytest.fixture(scope="module")
def resting(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = shop(tmp_path_factory.mktemp("articles") / "shop")
    made.write("erp.csv", "item,quantity\nA-1,5\nB-1,5\nB-2,5\n")
    put(made, "erp.yaml", ERP | COLUMNS)
    return at_rest(made)


def settings_of(made: World) -> set[str]:
    """The offers of which a plan with the book, as one without, finds other settings than there were."""
    found = both(made).book
    return {
        each.key.name for each in found.accounts[0].compared if "settings.renewal" in {*each.equal, *each.differ}
    }


def test_an_article_that_is_followed_now(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    follows(made, "B-2", "A-1")
    assert "A-1" in settings_of(made)
    assert {"B-1", "A-2"}.isdisjoint(both(copied(made, tmp_path / "again")).parsed)  # of other articles


def test_an_article_that_nobody_follows_any_more(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    follows(made, "B-2", "A-1")
    at_rest(made)
    assert "A-1" not in planned(made)[1]
    declare(made, document("B-2"))
    assert "A-1" in both(made).parsed


def test_who_says_what_his_article_is_called_never_rests(resting: World, tmp_path: Path) -> None:
    made = copied(resting, tmp_path / "shop")
    declare(made, document("A-2", item="A-1"))
    at_rest(made)
    assert planned(made)[1] == {"A-2"}
    follows(made, "B-2", "A-1")
    assert {"A-1", "A-2"} <= settings_of(made)


def test_what_was_valid_may_not_be_so_any_more(resting: World, tmp_path: Path) -> None:
    """An offer that renews itself was valid until another one of its article follows a source."""
    made = copied(resting, tmp_path / "shop")
    declared_on(made, "A-1")
    for expected in (set[str](), set[str]()):
        assert {each.code for each in validate(Workspace(made.root)).diagnostics} == expected
    follows(made, "B-2", "A-1")
    assert "D616" in {each.code for each in validate(Workspace(made.root)).diagnostics}
    declare(made, document("B-2"))
    assert "D616" not in {each.code for each in validate(Workspace(made.root)).diagnostics}


def test_what_was_adopted_with_another_key_never_rests(resting: World, tmp_path: Path) -> None:
    """A plan lists it under the key that it bears."""
    made = copied(resting, tmp_path / "shop")
    made.panel("17000000001", {"external": {"id": "another"}})
    declare(made, document("C-1", adopt="17000000001"))
    for _ in range(2):
        made.apply(made.plan())
        made.rest()
    assert both(made).parsed == {"C-1"}
    declare(made, document("C-1", adopt="17000000001", price="71 PLN"))
    found = both(copied(made, tmp_path / "again"))
    assert found.book.accounts[0].references["Offer"]["another"] == "17000000001"


def test_what_wakes_is_still_of_its_article(resting: World, tmp_path: Path) -> None:
    """An offer that is looked at again for another reason is so with those that have a say in it."""
    made = copied(resting, tmp_path / "shop")
    follows(made, "B-2", "A-1")
    at_rest(made)
    assert "A-1" not in planned(made)[1]
    panel(made, "A-1", DEARER)
    found = both(made).book
    assert [(each.key.name, [field.path for field in each.fields]) for each in found.changes] == [
        ("A-1", ["price.base"])
    ]
    assert found.accounts[0].compared[0].rest_known


def test_a_table_that_says_whose_an_article_is(resting: World, tmp_path: Path) -> None:
    """Each offer may be of any article then, and of another one tomorrow: nothing rests."""
    made = copied(resting, tmp_path / "shop")
    put(made, "erp.yaml", ERP | COLUMNS | {"map": "whose.csv"})
    made.write("whose.csv", "offer,item\nA-1,B-1\n")
    follows(made, "B-2", "B-1")
    assert {"A-1", "B-1"} <= settings_of(made)
    at_rest(made)
    assert planned(made)[1] == {"A-1", "A-2", "B-1", "B-2"}
    made.write("whose.csv", "offer,item\nA-2,B-1\n")
    assert "A-2" in settings_of(copied(made, tmp_path / "again"))
    assert not (made.root / ".reconcile/valid").exists()
    validate(Workspace(made.root))
    assert not (made.root / ".reconcile/valid").exists()


@pytest.mark.parametrize("key", ["A-2", "B-2", "other", None])
def test_an_offer_that_got_another_key_by_hand_is_there_once(
    key: str | None, resting: World, tmp_path: Path
) -> None:
    """What is remembered under its id is read by it; it stands in the list as well, under that key or without one."""
    made = copied(resting, tmp_path / "shop")
    count = len(made.stored())
    panel(made, "A-1", {"external": {"id": key} if key else None})
    for step in range(3):
        found = both(copied(made, tmp_path / f"step {step}"))
        planned(made)
        assert found.book.accounts[0].counts["live"] == count
        assert not found.book.changes
