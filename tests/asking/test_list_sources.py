"""`reconcile list` of offers that follow a source: the state that a plan would find, by the numbers of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import world

from tests.rules.shop import ERP, Shop, erp, follows, there

PRICED = erp(columns={**ERP["columns"], "net": {"type": "money", "currency": "PLN"}})


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Two offers, applied: one with a stock and a price of the source, one with a stock."""
    live = [there(1, "A"), there(2, "B")]
    made = Shop.make(tmp_path, live, _documents(), {}, source=PRICED)
    _feed(made, A=(7, "40.00"), B=(9, "1.00"))
    made.apply()
    return made


def _documents() -> list[dict[str, Any]]:
    return [{**follows("A"), "price": {"base": {"formula": "erp.net * 1.23"}}}, follows("B")]


def _feed(shop: Shop, **rows: tuple[int, str]) -> None:
    lines = (f"{item},PL1,{pieces},{net}" for item, (pieces, net) in rows.items())
    shop.made.write("erp.csv", "\n".join(("item,warehouse,quantity,net", *lines, "")))


def _states(shop: Shop, *arguments: str) -> dict[str, str]:
    return {each["key"]["name"]: each["state"] for each in shop.ask("list", *arguments)["resources"]}


@pytest.mark.parametrize("arguments", [(), ("--offline",)], ids=["asked", "remembered"])
def test_as_it_is_and_after_a_row_has_changed(shop: Shop, arguments: tuple[str, ...]) -> None:
    assert _states(shop, *arguments) == {"A": "in-sync", "B": "in-sync"}
    modules = {each["key"]["name"]: each["modules"] for each in shop.ask("list", *arguments)["resources"]}
    assert modules["A"] == ["settings", "price", "stock"]
    _feed(shop, A=(7, "41.00"), B=(9, "1.00"))
    assert _states(shop, *arguments) == {"A": "changes", "B": "in-sync"}
    _feed(shop, A=(7, "40.00"), B=(8, "1.00"))
    assert _states(shop, *arguments) == {"A": "in-sync", "B": "changes"}


def test_what_was_sold_and_is_open_is_no_change(shop: Shop) -> None:
    """The source has not been lowered yet: a plan leaves the number, so it is in sync."""
    shop.sell("B", 2)
    assert shop.plan()["accounts"][0]["changes"] == []
    assert _states(shop) == {"A": "in-sync", "B": "in-sync"}


@pytest.mark.parametrize("arguments", [(), ("--offline",)], ids=["asked", "remembered"])
def test_an_article_without_a_row_costs_its_own_offer(shop: Shop, arguments: tuple[str, ...]) -> None:
    """All others are listed as ever; of this one nobody knows what it should be."""
    _feed(shop, A=(7, "40.00"))
    shop.declare(*_documents(), source={**PRICED, "rows": {"shrink": "90%"}})
    assert _states(shop, *arguments) == {"A": "in-sync", "B": "unclear"}
    told = str(shop.ask("explain", "A", *arguments))
    assert "erp A: PL1 7" in told


@pytest.mark.parametrize("arguments", [(), ("--offline",)], ids=["asked", "remembered"])
def test_a_feed_that_broke_off_tells_nothing(shop: Shop, arguments: tuple[str, ...]) -> None:
    shop.made.write("erp.csv", "item,warehouse,quantity,net\nA,PL1,7,4")
    assert _states(shop, *arguments) == {"A": "unclear", "B": "unclear"}


def test_a_mistake_in_a_document_is_told_as_ever(shop: Shop) -> None:
    shop.declare(*_documents(), world.offer("C", stock={"from": "erq"}), source=PRICED)
    shop.ask("list", code=1)


def test_what_another_offer_of_the_article_has_sold_counts(tmp_path: Path) -> None:
    """Both offer all pieces: two that one of them sold are no other's to sell."""
    both = [{**follows(name), "item": "K-300"} for name in ("A", "B")]
    shop = Shop.make(tmp_path, [there(1, "A"), there(2, "B")], both, {"K-300": {"PL1": 9}})
    shop.apply()
    shop.sell("A", 2)
    (planned,) = shop.plan()["accounts"][0]["changes"]
    assert planned["key"]["name"] == "B"
    assert _states(shop) == {"A": "in-sync", "B": "changes"}
