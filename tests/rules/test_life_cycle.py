"""The rules of stock that a source decides, by their numbers: what ends, what is resumed, and by whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.rules.shop import Shop, changes, follows, there, told

RENEWS = {"publication": {"status": "ACTIVE", "endedBy": None, "republish": True}}


def one(root: Path, pieces: int = 5, in_stock: int = 5, **stock: Any) -> Shop:
    """One offer with so many pieces there, and so many in stock."""
    return Shop.make(root, [there(1, "A", pieces)], [follows("A", **stock)], {"A": {"PL1": in_stock}})


def sent(shop: Shop) -> list[Any]:
    """What was sent to the marketplace: the changes of every bulk command, and edits."""
    bodies = [json.loads(each["request_body"]) for each in shop.made.writes() if each["request_body"]]
    return [body.get("modifications", body) for body in bodies]


def test_rule_03_zero_ends_by_the_quantity(tmp_path: Path) -> None:
    """One field of the plan, one write, no word about the status: the marketplace records EMPTY_STOCK."""
    shop = one(tmp_path)
    shop.apply()
    shop.feed({"A": {"PL1": 0}})
    assert changes(shop.plan()) == {"A": {"stock.quantity": (5, 0)}}
    shop.made.forget_requests()
    shop.apply()
    assert shop.state("A") == ("ENDED", 0)
    assert shop.ended_by("A") == "EMPTY_STOCK"
    assert "status" not in json.dumps(sent(shop))
    shop.rest()


def test_rule_03_at_zero_keep_leaves_the_last_number_and_lists_it(tmp_path: Path) -> None:
    shop = one(tmp_path, in_stock=0, at_zero="keep")
    plan = shop.plan()
    assert changes(plan) == {}
    assert plan["accounts"][0]["undone"] == {"source": ["Offer/A: stock.quantity"]}


def test_rule_04_a_receipt_resumes_the_same_offer_in_one_row_quantity_first(tmp_path: Path) -> None:
    """The record of requests proves the order: when the activation is sent, the pieces stand there."""
    shop = one(tmp_path, in_stock=0)
    shop.apply()
    number = shop.offer("A")["id"]
    assert shop.ended_by("A") == "EMPTY_STOCK"
    shop.feed({"A": {"PL1": 12}})
    plan = shop.plan()
    (change,) = plan["accounts"][0]["changes"]
    assert [(each["path"], each["before"], each["after"]) for each in change["fields"]] == [
        ("stock.quantity", 0, 12),
        ("stock.status", "ended", "active"),
    ]
    shop.made.forget_requests()
    shop.apply()
    quantity, status = sent(shop)
    assert quantity == [{"offerId": number, "stock": {"changeType": "FIXED", "value": 12}}]
    assert status["publication"] == {"action": "ACTIVATE"}
    assert shop.state("A") == ("ACTIVE", 12)
    assert shop.offer("A")["id"] == number
    shop.rest()


def test_rule_04_what_the_last_sale_ended_is_resumed_too(tmp_path: Path) -> None:
    """Sold out on the marketplace; the warehouse is lowered, then gets more."""
    shop = one(tmp_path)
    shop.apply()
    shop.sell("A", 5)
    shop.feed({"A": {"PL1": 0}})
    assert shop.state("A") == ("ENDED", 0)
    shop.rest()
    shop.apply()
    shop.wait(20)
    shop.feed({"A": {"PL1": 3}})
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 3)


def test_rule_04_on_restock_stay_leaves_it_ended(tmp_path: Path) -> None:
    shop = one(tmp_path, in_stock=0, on_restock="stay")
    shop.apply()
    shop.feed({"A": {"PL1": 12}})
    plan = shop.plan()
    assert changes(plan) == {}
    assert plan["accounts"][0]["undone"] == {"source": ["Offer/A: stock.status"]}


@pytest.mark.parametrize("by", ["USER", "ADMIN", "EXPIRATION", "PRODUCT_DETACHMENT", "ERROR"])
def test_rule_05_what_a_person_or_the_marketplace_ended_stays_ended(tmp_path: Path, by: str) -> None:
    """However much is in stock; it is said who ended it, and not that all is well."""
    shop = one(tmp_path)
    shop.apply()
    shop.end("A", by)
    shop.feed({"A": {"PL1": 12}})
    plan = shop.plan()
    assert changes(plan) == {}
    (found,) = told(plan, "P612")
    assert "stays ended, though 12 are in stock" in found["summary"]
    assert (found["mark"]["file"], found["mark"]["line"]) == ("documents/000.yaml", 5)
    assert found["hint"] == ("" if by == "ADMIN" else "`status: active` in its document resumes it")
    assert plan["accounts"][0]["undone"] == {"source": ["Offer/A: stock.status"]}
    shop.apply()
    assert shop.state("A") == ("ENDED", 5)


@pytest.mark.parametrize(("by", "resumed"), [("USER", True), ("EXPIRATION", True), ("ADMIN", False)])
def test_rule_05_its_document_may_resume_it_unless_the_marketplace_itself_ended_it(
    tmp_path: Path, by: str, resumed: bool
) -> None:
    shop = one(tmp_path, status="active")
    shop.apply()
    shop.end("A", by)
    shop.feed({"A": {"PL1": 12}})
    assert ("stock.status" in changes(shop.plan()).get("A", {})) is resumed
    shop.apply()
    assert shop.state("A")[0] == ("ACTIVE" if resumed else "ENDED")


def renewing(offer: dict[str, Any]) -> dict[str, Any]:
    """The document with renewal declared."""
    return {**offer, "settings": {"renewal": True}}


def test_rule_06_renewal_declared_on_an_offer_of_the_item_is_an_error_that_names_both(tmp_path: Path) -> None:
    """The sibling follows nothing itself; it is the article whose stock would be listed twice."""
    sibling = renewing({**world.offer("B", stock=3), "item": "A"})
    shop = Shop.make(tmp_path, [there(1, "A"), there(2, "B")], [follows("A"), sibling], {"A": {"PL1": 5}})
    (found,) = told(shop.plan(code=1), "D616")
    assert found["mark"]["file"] == "documents/001.yaml"
    assert "documents/000.yaml" in found["detail"]


def test_rule_06_renewal_declared_on_the_offer_itself_is_an_error(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "A")], [renewing(follows("A"))], {"A": {"PL1": 5}})
    (found,) = told(shop.plan(code=1), "D616")
    assert found["summary"] == "A renews itself, and the stock of its article follows a source"


def test_rule_06_renewal_that_is_on_there_is_switched_off_on_all_offers_of_the_item(tmp_path: Path) -> None:
    """That is a change of the plan; afterwards nothing lists the first number again."""
    sibling = {**world.offer("B", stock=3), "item": "A"}
    live = [there(1, "A", **RENEWS), there(2, "B", 3, **RENEWS)]
    shop = Shop.make(tmp_path, live, [follows("A"), sibling], {"A": {"PL1": 5}})
    planned = changes(shop.plan())
    assert planned == {name: {"settings.renewal": (True, False)} for name in ("A", "B")}
    shop.apply()
    assert not shop.offer("A")["publication"]["republish"]
    assert not shop.offer("B")["publication"]["republish"]
    shop.rest()


def test_rule_07_siblings_without_sourced_stock_may_be_ended_and_resumed_by_hand(tmp_path: Path) -> None:
    """Their status is nobody's but the person's: in the browser, or by a word in their document."""
    sibling = {**world.offer("B", stock=3), "item": "A"}
    shop = Shop.make(tmp_path, [there(1, "A"), there(2, "B", 3)], [follows("A"), sibling], {"A": {"PL1": 5}})
    shop.apply()
    shop.end("B")
    shop.rest()
    shop.made.panel(shop.offer("B")["id"], {"publication": {"status": "ACTIVE", "endedBy": None}})
    shop.rest()
    shop.declare(follows("A"), {**sibling, "stock": {"quantity": 3, "status": "ended"}})
    assert changes(shop.plan()) == {"B": {"stock.status": ("active", "ended")}}
    shop.apply()
    assert shop.state("B") == ("ENDED", 3)
    shop.declare(follows("A"), {**sibling, "stock": {"quantity": 3, "status": "active"}})
    shop.apply()
    assert shop.state("B") == ("ACTIVE", 3)


def test_rule_08_an_item_without_sourced_stock_keeps_its_renewal(tmp_path: Path) -> None:
    """One that is declared, and one that only is on there; another article follows a source beside them."""
    live = [there(1, "A"), there(2, "B", 3), there(3, "C", 3, **RENEWS)]
    shop = Shop.make(
        tmp_path,
        live,
        [follows("A"), renewing(world.offer("B", stock=3)), world.offer("C", stock=3)],
        {"A": {"PL1": 5}, "B": {"PL1": 3}},
    )
    plan = shop.plan()
    assert not told(plan, "D616")
    assert changes(plan) == {"B": {"settings.renewal": (False, True)}}


def test_rule_09_an_auction_is_an_error(tmp_path: Path) -> None:
    """It sells one lot to the highest bid: nothing is written to it."""
    bids = {"sellingMode": {"format": "AUCTION", "startingPrice": {"amount": "1.00", "currency": "PLN"}}}
    shop = Shop.make(
        tmp_path,
        [there(1, "A", 1, **bids), there(2, "B")],
        [follows("A"), follows("B")],
        {"A": {"PL1": 40}, "B": {"PL1": 7}},
    )
    plan = shop.plan(code=1)
    (found,) = told(plan, "P611")
    assert (found["severity"], found["about"]["name"]) == ("error", "A")
    assert (found["mark"]["file"], found["mark"]["line"]) == ("documents/000.yaml", 5)
    assert found["hint"] == "take `from` away from its stock, or let `sync: {stock: off}` leave it"
    assert changes(plan) == {"B": {"stock.quantity": (5, 7)}}


def test_rule_11_literal_numbers_are_no_business_of_a_source(tmp_path: Path) -> None:
    """Beside offers that follow: a baseline is not filled up, a count is written once, `always` every time."""
    literal = {"B": 9, "C": {"count": 9}, "D": {"always": 9}}
    live = [there(1, "A"), *(there(number, name, 9) for number, name in enumerate(literal, 2))]
    shop = Shop.make(
        tmp_path,
        live,
        [follows("A"), *(world.offer(name, stock=said) for name, said in literal.items())],
        {name: {"PL1": 5} for name in ("A", *literal)},
    )
    shop.apply()
    for name in literal:
        shop.sell(name, 4)
    assert changes(shop.plan()) == {"D": {"stock.quantity": (5, 9)}}
    shop.declare(follows("A"), *(world.offer(name, stock=_one_more(said)) for name, said in literal.items()))
    planned = {name: said["stock.quantity"][1] for name, said in changes(shop.plan()).items()}
    assert planned == {"B": {"gain": 1}, "C": 10, "D": 10}


def _one_more(said: Any) -> Any:
    return {form: number + 1 for form, number in said.items()} if isinstance(said, dict) else said + 1


def test_rule_12_ended_in_the_document_wins_over_a_receipt(tmp_path: Path) -> None:
    shop = one(tmp_path, in_stock=0)
    shop.apply()
    shop.declare(follows("A", status="ended"))
    shop.feed({"A": {"PL1": 12}})
    assert changes(shop.plan()) == {}
    shop.apply()
    assert shop.state("A") == ("ENDED", 0)


def test_rule_12_ended_in_the_document_ends_what_is_on_sale(tmp_path: Path) -> None:
    """By a word of a person, so it is an end, and no quantity; its pieces stay."""
    shop = one(tmp_path, status="ended", in_stock=12)
    assert changes(shop.plan()) == {"A": {"stock.status": ("active", "ended")}}
    shop.apply()
    assert shop.state("A") == ("ENDED", 5)
    shop.rest()


def test_rule_04_without_its_quantity_nothing_is_activated(tmp_path: Path) -> None:
    """Somebody has put another number there since the plan: it is left alone, and so is the status."""
    shop = one(tmp_path, in_stock=0)
    shop.apply()
    shop.feed({"A": {"PL1": 12}})
    file = str(tmp_path / "plan.json")
    shop.plan("--out", file)
    shop.made.panel(shop.offer("A")["id"], {"stock": {"available": 40, "unit": "UNIT"}})
    shop.ask("apply", file, code=6)
    shop.made.stored()
    assert shop.state("A") == ("ENDED", 40)
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 12)


def test_rule_04_a_refused_quantity_activates_nothing(tmp_path: Path) -> None:
    """The marketplace takes no number just now: the offer stays ended, with what it had."""
    shop = Shop.make(tmp_path, [there(1, "A", 5)], [follows("A", status="active")], {"A": {"PL1": 5}})
    shop.apply()
    shop.end("A")
    shop.feed({"A": {"PL1": 12}})
    number = {"path": ["/sale/offer-quantity", "/sale/offer-bulk"]}
    refuse = {"do": "refuse", "times": None, "when": number, "status": 422, "code": "Nope", "message": "not now"}
    shop.made.set(faults={"schedule": [refuse]})
    shop.apply(code=5)
    assert shop.state("A") == ("ENDED", 5)


def test_rule_04_what_is_refused_with_others_and_written_by_itself_is_activated(tmp_path: Path) -> None:
    """A command with one bad row is refused as a whole; the others are sent again, and then resumed."""
    names = ["A", "B", "C"]
    live = [there(number, name) for number, name in enumerate(names, 1)]
    shop = Shop.make(tmp_path, live, [follows(name) for name in names], {name: {"PL1": 0} for name in names})
    shop.apply()
    shop.feed({name: {"PL1": number} for number, name in enumerate(names, 7)})
    bad = {"do": "refuse_rows", "when": {"path": "/sale/offer-bulk"}, "offers": [shop.offer("B")["id"]]}
    shop.made.set(faults={"schedule": [{**bad, "status": 422, "code": "Nope", "message": "not this one"}]})
    shop.apply(code=5)
    assert [shop.state(name) for name in names] == [("ACTIVE", 7), ("ENDED", 0), ("ACTIVE", 9)]
