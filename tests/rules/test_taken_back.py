"""An undo of what follows a source: no old number takes the place of the source's, and that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import world
from tests.rules.shop import Shop, changes, erp, follows, there, told


def undo(shop: Shop, code: int = 0) -> dict[str, Any]:
    """Plan the undoing of the latest apply, as it would be shown, and apply it."""
    run = shop.ask("history")["runs"][0]["id"]
    file = str(shop.made.root / "undo.json")
    plan = shop.ask("undo", run, "--out", file, code=code)
    if plan["accounts"][0]["actions"]:
        shop.ask("apply", file)
        shop.made.stored()
    return plan


def test_the_number_of_a_source_is_left(tmp_path: Path) -> None:
    """73 were written over 5, and 70 of them were sold: 5 would be on sale that are not there."""
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A")], {"A": {"PL1": 40, "CZ": 33}})
    shop.apply()
    shop.sell("A", 70)
    plan = undo(shop)
    assert changes(plan) == {}
    (found,) = told(plan, "P607")
    assert found["summary"] == "the stock of 1 offer follows a source, and is left as it is: A"
    assert found["hint"] == "correct it in the source; or declare `stock: {count: N}` in its document"
    assert shop.state("A") == ("ACTIVE", 3)


def test_also_where_its_document_does_not_follow_any_more(tmp_path: Path) -> None:
    """The commit was reverted first, as one does: the run wrote a source's number all the same."""
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A")], {"A": {"PL1": 40, "CZ": 33}})
    shop.apply()
    shop.declare(world.offer("A", stock=5))
    plan = undo(shop)
    assert changes(plan) == {}
    assert told(plan, "P607")


def test_also_where_it_follows_only_by_now(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "A")], [world.offer("A", stock={"always": 9})], {"A": {"PL1": 7}})
    shop.apply()
    shop.declare(follows("A"))
    assert changes(undo(shop)) == {}
    assert shop.state("A") == ("ACTIVE", 9)


def test_a_resumption_by_a_receipt_is_left_too(tmp_path: Path) -> None:
    """Its end would be a person's, after which no receipt resumes it any more."""
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A")], {"A": {"PL1": 0}})
    shop.apply()
    shop.feed({"A": {"PL1": 7}})
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 7)
    plan = undo(shop)
    assert changes(plan) == {}
    assert told(plan, "P607")
    assert shop.state("A") == ("ACTIVE", 7)


def test_a_zero_of_the_source_is_not_resumed(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A")], {"A": {"PL1": 0}})
    shop.apply()
    assert changes(undo(shop)) == {}
    assert shop.state("A") == ("ENDED", 0)


def test_the_rest_of_the_run_is_undone(tmp_path: Path) -> None:
    """The title, and the end that its document declared; a literal number of another offer, as ever."""
    shop = Shop.make(
        tmp_path,
        [there(1, "A"), there(2, "B")],
        [follows("A"), world.offer("B", stock={"always": 5})],
        {"A": {"PL1": 5}},
    )
    shop.apply()
    shop.feed({"A": {"PL1": 9}})
    shop.declare(follows("A", status="ended") | {"price": "60.00 PLN"}, world.offer("B", stock={"always": 8}))
    shop.apply()
    shop.declare(follows("A"), world.offer("B", stock={"always": 8}))
    planned = {name: sorted(fields) for name, fields in changes(undo(shop)).items()}
    assert planned == {"A": ["price.base", "stock.status"], "B": ["stock.quantity"]}
    assert (shop.state("A"), shop.state("B")) == (("ACTIVE", 5), ("ACTIVE", 5))


def test_a_price_by_its_rule_is_restored_and_the_next_plan_brings_it_back(tmp_path: Path) -> None:
    columns = {"item": "text", "quantity": "whole", "net": {"type": "money", "currency": "PLN"}}
    document = {**follows("A"), "price": {"base": {"formula": "erp.net * 2"}}}
    shop = Shop.make(tmp_path, [there(1, "A")], [document], {}, source=erp(columns=columns))
    shop.made.write("erp.csv", "item,quantity,net\nA,5,30.00\n")
    shop.apply()
    plan = undo(shop)
    assert set(changes(plan)["A"]) == {"price.base"}
    assert told(plan, "P604")
    assert set(changes(shop.plan())["A"]) == {"price.base"}


def test_an_undo_forgets_no_open_orders(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A")], {"A": {"PL1": 9}})
    shop.apply()
    shop.sell("A", 2)
    shop.declare(follows("A") | {"price": "60.00 PLN"})
    shop.apply()
    undo(shop)
    shop.declare(follows("A"))
    shop.rest()


def test_a_run_that_goes_on_sends_no_number_of_before(tmp_path: Path) -> None:
    """What is asked for again is planned again, with the numbers of now."""
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A")], {"A": {"PL1": 9}})
    file = str(shop.made.root / "plan.json")
    shop.plan("--out", file)
    shop.ask("apply", file)
    shop.made.stored()
    shop.sell("A", 4)
    shop.ask("apply", file, code=6)
    assert shop.state("A") == ("ACTIVE", 5)
