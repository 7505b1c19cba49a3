"""Two programs that undo each other: after two foreign ends in a day the status of an offer is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.diagnostics import Severity
from tests.rules.shop import Shop, changes, follows, there, told


def fought(root: Path, how: str) -> Shop:
    """An offer that its document wants on sale, and that another program has ended; it was resumed."""
    shop = Shop.make(root, [there(1, "A")], [follows("A", status="active")], {"A": {"PL1": 5}})
    shop.apply()
    by_another_program(shop, how)
    assert shop.state("A")[0] == "ENDED"
    shop.apply()
    shop.wait(30)  # pieces that have gone may have been sold, for as long as the source may not know it
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 5)
    return shop


def by_another_program(shop: Shop, how: str) -> None:
    """It ends the offer, or takes its pieces away."""
    if how == "end":
        shop.end("A")
    else:
        shop.made.panel(shop.offer("A")["id"], {"stock": {"available": 0, "unit": "UNIT"}})
        shop.end("A", "EMPTY_STOCK")


@pytest.mark.parametrize("how", ["end", "zero"])
def test_after_two_foreign_ends_in_a_day_the_status_is_left_alone(tmp_path: Path, how: str) -> None:
    shop = fought(tmp_path, how)
    by_another_program(shop, how)
    shop.apply()
    shop.wait(30)
    plan = shop.plan()
    assert changes(plan) == {}
    (found,) = told(plan, "P613")
    assert found["severity"] == Severity.WARNING.value
    assert "was ended 2 times in a day by somebody else and resumed here" in found["summary"]
    assert "sync: {stock: off}" in found["hint"]
    assert plan["accounts"][0]["undone"] == {"source": ["Offer/A: stock.status"]}
    shop.apply()
    assert shop.state("A")[0] == "ENDED"


@pytest.mark.parametrize("how", ["end", "zero"])
def test_a_day_later_it_is_resumed_again(tmp_path: Path, how: str) -> None:
    shop = fought(tmp_path, how)
    by_another_program(shop, how)
    shop.apply()
    shop.wait(25 * 60)
    shop.apply()
    assert shop.state("A") == ("ACTIVE", 5)


def test_receipts_are_no_fight(tmp_path: Path) -> None:
    """It ran out and was resumed twice in a day, by the warehouse; then somebody ends it once."""
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A", status="active")], {"A": {"PL1": 5}})
    for pieces in (5, 0, 5, 0, 5):
        shop.feed({"A": {"PL1": pieces}})
        shop.wait(30)
        shop.apply()
    shop.end("A")
    plan = shop.plan()
    assert not told(plan, "P613")
    assert changes(plan) == {"A": {"stock.status": ("ended", "active")}}


def test_a_warehouse_that_runs_out_thrice_a_day_is_no_fight(tmp_path: Path) -> None:
    shop = Shop.make(tmp_path, [there(1, "A")], [follows("A")], {"A": {"PL1": 5}})
    for pieces in (5, 0, 5, 0, 5, 0, 5):
        shop.feed({"A": {"PL1": pieces}})
        shop.wait(30)
        shop.apply()
        assert shop.state("A") == ("ACTIVE" if pieces else "ENDED", pieces)
