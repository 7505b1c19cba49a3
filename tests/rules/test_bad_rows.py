"""Rows that cannot be used: whatever they are of keeps what it has, and is listed with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.rules.shop import END, Shop, changes, erp, follows, there, told

HEADING = "item,warehouse,quantity\n"
EVERY_WORD = ["error", "keep", "zero"]


def shop(root: Path, rows: str, missing: str, **settings: Any) -> Shop:
    """Two offers; the Source lets some bad rows pass, and says what a missing row means."""
    source = erp(missing=missing, rows={"bad": 5}, **settings)
    made = Shop.make(root, [there(1, "A"), there(2, "B")], [follows("A"), follows("B")], {}, source=source)
    made.made.write("erp.csv", HEADING + rows + _end(missing))
    return made


def _end(missing: str) -> str:
    return f"{END}\n" if missing == "zero" else ""


@pytest.mark.parametrize("missing", EVERY_WORD)
def test_an_item_whose_row_cannot_be_used_keeps_its_number(tmp_path: Path, missing: str) -> None:
    """A bad row is no missing row: it is neither an error of the offer nor a zero."""
    made = shop(tmp_path, "A,PL1,8\nB,PL1,many\n", missing)
    plan = made.plan()
    assert changes(plan) == {"A": {"stock.quantity": (5, 8)}}
    (found,) = told(plan, "P617")
    assert found["summary"] == "erp has a row that cannot be used of 1 offer, left as it is: B"
    assert found["detail"] == 'B: line 3: quantity: "many" is no number'
    assert not told(plan, "P615")
    assert plan["accounts"][0]["undone"] == {"source": ["Offer/B: stock.quantity"]}
    made.apply()
    assert made.state("B") == ("ACTIVE", 5)


@pytest.mark.parametrize("missing", EVERY_WORD)
def test_its_other_warehouses_are_not_all_there_is(tmp_path: Path, missing: str) -> None:
    """40 in one warehouse and nobody knows in the other: 40 would be too few, and 0 an end."""
    made = shop(tmp_path, "A,PL1,8\nB,PL1,0\nB,CZ,many\n", missing)
    assert changes(made.plan()) == {"A": {"stock.quantity": (5, 8)}}


@pytest.mark.parametrize("missing", EVERY_WORD)
def test_two_rows_of_the_same_are_both_of_no_use(tmp_path: Path, missing: str) -> None:
    made = shop(tmp_path, "A,PL1,8\nB,PL1,0\nB,PL1,3\n", missing)
    plan = made.plan()
    assert changes(plan) == {"A": {"stock.quantity": (5, 8)}}
    assert "stands in line" in told(plan, "P617")[0]["detail"]


def test_two_rows_of_the_same_are_of_no_use_whatever_their_days(tmp_path: Path) -> None:
    """A day makes a row another one in a list of rates only."""
    columns = {"item": "text", "warehouse": "text", "quantity": "whole", "valid_on": "date"}
    made = shop(tmp_path, "", "keep", columns=columns)
    rows = ["A,PL1,8,2026-11-01", "B,PL1,3,2026-11-01", "B,PL1,4,2026-12-28"]
    for given in (rows, rows[::-1]):
        made.made.write("erp.csv", "\n".join((f"{HEADING.strip()},valid_on", *given, "")))
        plan = made.plan()
        assert changes(plan) == {"A": {"stock.quantity": (5, 8)}}
        assert "`B` in `PL1` stands in line" in told(plan, "P617")[0]["detail"]


def test_a_row_of_which_nobody_knows_whose_it_is_may_be_that_of_what_has_none(tmp_path: Path) -> None:
    """With `missing: zero`, B would be ended for a line that was cut."""
    made = shop(tmp_path, "A,PL1,8\n,PL1,4\n", "zero")
    plan = made.plan()
    assert changes(plan) == {"A": {"stock.quantity": (5, 8)}}
    (found,) = told(plan, "P617")
    assert found["detail"] == "B: it has no row, and line 3 cannot be read: item: the cell is empty"


def test_a_row_of_which_nobody_knows_whose_it_is_may_be_that_of_the_other_warehouse(tmp_path: Path) -> None:
    """Of B one warehouse is empty; the row that cannot be read may tell of the other one."""
    made = shop(tmp_path, "A,PL1,8\nB,PL1,0\n,CZ,4\n", "keep")
    plan = made.plan()
    assert changes(plan) == {"A": {"stock.quantity": (5, 8)}}
    assert told(plan, "P617")[0]["detail"].startswith("B: it comes to none, and line 4 cannot be read")


def test_without_bad_rows_a_missing_row_is_zero_where_the_source_says_so(tmp_path: Path) -> None:
    made = shop(tmp_path, "A,PL1,8\n", "zero")
    assert changes(made.plan())["B"] == {"stock.quantity": (5, 0)}


@pytest.mark.parametrize("missing", EVERY_WORD)
def test_a_set_waits_for_each_of_its_parts(tmp_path: Path, missing: str) -> None:
    rows = [{"item": "S", "product": {"gtin": world.THIRD_GTIN}, "quantity": 1}]
    made = Shop.make(
        tmp_path,
        [there(1, "SET")],
        [{**follows("SET"), "bundle": rows, "sync": {"bundle": "off"}}],
        {},
        source=erp(missing=missing, rows={"bad": 5}),
    )
    made.made.write("erp.csv", HEADING + "SET,PL1,9\nS,PL1,many\n" + _end(missing))
    plan = made.plan()
    assert changes(plan) == {}
    assert told(plan, "P617")


def test_a_price_is_left_as_it_is_too(tmp_path: Path) -> None:
    """The number of pieces could be read; the row is bad all the same, and all that it decides stays."""
    columns = {
        "item": "text",
        "warehouse": "text",
        "quantity": "whole",
        "net": {"type": "money", "currency": "PLN"},
    }
    documents = [{**follows(name), "price": {"base": {"formula": "erp.net * 2"}}} for name in ("A", "B")]
    made = Shop.make(
        tmp_path,
        [there(1, "A"), there(2, "B")],
        documents,
        {},
        source=erp(columns=columns, rows={"bad": 5}, missing="zero"),
    )
    made.made.write("erp.csv", "item,warehouse,quantity,net\nA,PL1,8,30.00\nB,PL1,8,dear\nEND\n")
    plan = made.plan()
    assert set(changes(plan)) == {"A"}
    assert plan["accounts"][0]["undone"] == {"source": ["Offer/B: price.base", "Offer/B: stock.quantity"]}
    assert len(told(plan, "P617")) == 1


def test_an_older_rate_does_not_stand_in_for_one_that_cannot_be_used(tmp_path: Path) -> None:
    rates = {
        "kind": "Source",
        "name": "cnb",
        "type": "csv",
        "path": "cnb.csv",
        "item": "currency",
        "warehouse": "valid_on",
        "columns": {"currency": "text", "valid_on": "date", "rate": {"type": "money", "currency": "PLN"}},
        "rows": {"bad": 1},
    }
    priced = {"base": "50.00 PLN", "allegro-cz": {"formula": "convert(base, 'CZK')", "rates": "cnb"}}
    made = Shop.make(tmp_path, [there(1, "A")], [world.offer("A", price=priced), rates], {})
    made.made.write("cnb.csv", "currency,valid_on,rate\nCZK,2026-01-02,0.17\nCZK,2026-01-03,cheap\n")
    plan = made.plan()
    assert "price.allegro-cz" not in changes(plan).get("A", {})
    assert "Offer/A: price.allegro-cz" in plan["accounts"][0]["undone"]["source"]
