"""A resync of what follows a source: its numbers of now, less what was sold since, and never one of long ago."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.diff import Scope
from reconciler.engine.resync import resync as again
from reconciler.model.memory import Baseline, Counted
from reconciler.model.modules import StockForm
from reconciler.model.sourced import Followed, Sourced
from tests import world
from tests.engine.build import NOW, SPEC, desired, live
from tests.rules.shop import Shop, changes, erp, follows, refusals, there


def resync(shop: Shop, *arguments: str, code: int = 0) -> dict[str, Any]:
    """Send everything again; what is due on the marketplace has happened then."""
    shop.made.forget_requests()
    report = shop.ask("resync", "--account", "main", "--yes", *arguments, code=code)
    shop.made.stored()
    return report


def numbers(shop: Shop) -> list[int]:
    """The stock numbers that were sent."""
    bodies = [json.loads(each["request_body"]) for each in shop.made.writes() if each["request_body"]]
    rows = [row for body in bodies for row in body.get("modifications", [])]
    single = [body["modification"]["value"] for body in bodies if "changeType" in body.get("modification", {})]
    return [row["stock"]["value"] for row in rows if "stock" in row] + single


def one(root: Path, pieces: int = 5, **stock: Any) -> Shop:
    shop = Shop.make(root, [there(1, "A", pieces)], [follows("A", **stock)], {"A": {"PL1": 5}})
    shop.apply()
    return shop


def test_the_number_is_sent_though_it_stands_there(tmp_path: Path) -> None:
    shop = one(tmp_path)
    resync(shop)
    assert numbers(shop) == [5]
    assert shop.state("A") == ("ACTIVE", 5)
    shop.rest()


def test_a_number_that_differs_is_sent_as_the_source_says_it_now(tmp_path: Path) -> None:
    shop = one(tmp_path)
    shop.feed({"A": {"PL1": 12}})
    resync(shop)
    assert numbers(shop) == [12]
    assert shop.state("A") == ("ACTIVE", 12)
    shop.rest()


def test_what_was_sold_and_has_not_lowered_the_source_is_not_put_back(tmp_path: Path) -> None:
    """2 of 5 are sold; the source says 5 for a while. The number of the marketplace is sent, now and by applies."""
    shop = one(tmp_path)
    shop.sell("A", 2)
    resync(shop)
    assert numbers(shop) == [3]
    assert shop.state("A") == ("ACTIVE", 3)
    shop.rest()


def test_a_resync_forgets_no_open_orders(tmp_path: Path) -> None:
    """An apply has seen two go; after the resync they still count, until the source has had its time."""
    shop = one(tmp_path)
    shop.sell("A", 2)
    shop.apply()
    resync(shop)
    shop.rest()
    shop.wait(16)
    assert changes(shop.plan()) == {"A": {"stock.quantity": (3, 5)}}


def test_no_zero_for_a_source_that_is_broken(tmp_path: Path) -> None:
    """It is refused, as a plan would be; and goes on without these fields when that is allowed."""
    shop = one(tmp_path)
    shop.made.write("erp.csv", "item,warehouse,quantity\n")
    assert refusals(resync(shop, code=3)) == {"source"}
    assert numbers(shop) == []
    resync(shop, "--allow", "source=erp")
    assert numbers(shop) == []
    assert shop.state("A") == ("ACTIVE", 5)


def test_a_number_that_the_rule_leaves_is_not_sent(tmp_path: Path) -> None:
    shop = one(tmp_path, only="down")
    shop.feed({"A": {"PL1": 12}})
    resync(shop)
    assert numbers(shop) == []


@pytest.mark.parametrize("zero", [0, 3])
def test_a_literal_number_beside_it_is_left(tmp_path: Path, zero: int) -> None:
    shop = Shop.make(
        tmp_path,
        [there(1, "A"), there(2, "B")],
        [follows("A"), world.offer("B", stock=5 + zero)],
        {"A": {"PL1": 5}},
    )
    shop.apply()
    resync(shop)
    assert numbers(shop) == [5]


def test_a_price_by_its_rule_is_sent(tmp_path: Path) -> None:
    columns = {"item": "text", "quantity": "whole", "net": {"type": "money", "currency": "PLN"}}
    document = {**follows("A"), "price": {"base": {"formula": "erp.net * 2"}}}
    shop = Shop.make(tmp_path, [there(1, "A")], [document], {}, source=erp(columns=columns))
    shop.made.write("erp.csv", "item,quantity,net\nA,5,24.50\n")
    shop.apply()
    shop.made.forget_requests()
    resync(shop)
    assert "49.00" in "".join(each["request_body"] for each in shop.made.writes())


class Untold:
    """Where nobody asks how a number came to be."""

    def because(self, path: str) -> str:
        return path

    def rows(self, path: str) -> dict[str, str]:
        return {path: ""}

    def trace(self, path: str) -> tuple[()]:
        return ()


def test_open_orders_are_remembered_also_where_nobody_counts_sales() -> None:
    """2 of 5 have gone, and the marketplace tells no sales: what is sent is 3, and the 2 stay open after it."""
    followed = Followed(
        source="erp",
        age=timedelta(0),
        within=timedelta(minutes=15),
        items={"K1": 1},
        pieces=lambda sold: 5 - sold.get("K1", 0),
    )
    wanted = desired(
        fields={"stock.quantity": 5},
        stock_form=StockForm.SOURCED,
        sourced=Sourced(told=Untold(), stock=followed),
    )
    there = live(fields={"stock.quantity": 3, "stock.status": "active"})
    last = Baseline(remote_id="1", counted=Counted(left=5, sold=None, at=NOW.isoformat()))
    found = again([(wanted, there)], SPEC, Scope(now=NOW, baseline=lambda _key: last), images=False)
    assert [(each.path, each.after) for change in found.changes for each in change.fields] == [
        ("stock.quantity", 3)
    ]
    (seen,) = found.compared
    assert seen.counted is not None
    assert (seen.counted.left, [pieces for _, pieces in seen.counted.gone]) == (3, [2])
