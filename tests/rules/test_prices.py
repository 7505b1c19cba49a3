"""Prices by their rules, case by case: the worked examples of the guide, and what is said of each."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from reconciler.documents.expressions import Rates
from reconciler.engine.rules.price import ignored, priced
from reconciler.engine.rules.price_rule import rule_of
from reconciler.engine.rules.price_told import because, steps
from reconciler.model.marks import Mark
from reconciler.model.values import Money

from .prices import NAMES, NO_RATES, cells, price_of, rule

GUIDE = Path(__file__).parents[2] / "docs" / "prices.md"
FORMULA = "erp.net * 1.23 * 1.11 + 4.99"
UP = {"to": Decimal("0.99"), "how": "up"}
PRIVATE = frozenset({"erp.cost", "erp.net"})
DECIMALS = {"PLN": 2, "CZK": 0}


def worked_examples() -> list[list[str]]:
    """The rows of the guide's table."""
    table = GUIDE.read_text(encoding="utf-8").partition("Worked examples:")[2].strip().split("\n\n")[0]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


@pytest.mark.parametrize(("computed", "rounding", "floor", "ceiling", "price"), worked_examples())
def test_the_worked_examples_of_the_guide(
    computed: str, rounding: str, floor: str, ceiling: str, price: str
) -> None:
    amount, currency = computed.split()
    said = {"round": rounding and yaml.load(rounding, yaml.BaseLoader), "floor": floor, "ceiling": ceiling}
    body = {key: each for key, each in said.items() if each}
    assert price_of(body, amount, currency, DECIMALS[currency]).price == Money.parse(price)


def test_the_formulas_of_the_guide_are_formulas() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("| you write | you get |")[2].split("\n\n")[0]
    formulas = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(formulas) >= 7
    for formula in formulas:
        currency = "CZK" if "CZK" in formula else "PLN"
        assert rule_of({"formula": formula, "rates": "cnb"}, NAMES, currency, 2).formula.text == formula


def test_the_guide_has_its_worked_examples() -> None:
    assert len(worked_examples()) >= 15


@pytest.mark.parametrize(
    ("net", "body", "price"),
    [
        ("51.99", {"round": UP}, "51.99"),
        ("194", {"round": {"to": 9}}, "199"),
        ("193.99", {"round": {"to": 9}}, "189"),
        ("249", {"round": {"to": 99}}, "299"),
        ("1234.56", {"round": {"to": 10, "how": "down"}}, "1210"),
        ("51.75", {"round": {"step": "0.50"}}, "52"),
        ("0.40", {"round": UP}, "0.99"),
        ("3", {"round": {"to": 9}, "floor": "1 PLN"}, "9"),
        ("15", {"round": {"to": 9}, "floor": "20 PLN", "ceiling": "28 PLN"}, "20"),
        ("24", {"round": {"to": 9, "how": "down"}, "floor": "20 PLN", "ceiling": "28 PLN"}, "28"),
        ("23.99", {"round": {"to": 9, "how": "up"}, "floor": "20 PLN", "ceiling": "28 PLN"}, "20"),
        ("51.5449", {}, "51.54"),
        ("51.545", {}, "51.55"),
        ("51.545", {"ceiling": "51.54 PLN"}, "51.54"),
    ],
)
def test_further_examples(net: str, body: dict[str, object], price: str) -> None:
    assert price_of(body, net).price == Money.parse(f"{price} PLN")


@pytest.mark.parametrize(
    ("formula", "row", "said"),
    [
        (FORMULA, {}, "`erp.net` has no value"),
        ("erp.net + erp.fee", {}, "`erp.fee` and `erp.net` have no value"),
        ("erp.net + erp.fee", {"net": "1"}, "`erp.fee` has no value"),
        ("erp.net - erp.fee", {"net": "1", "fee": "4.2"}, "the formula comes to -3.20 PLN, and a price is more than 0"),
        ("erp.net", {"net": "0"}, "the formula comes to 0 PLN, and a price is more than 0"),
        ("erp.net", {"net": "1e12"}, "the formula comes to 1000000000000 PLN or more, which is no price"),
        ("erp.net", {"net": "0.004"}, "the price is rounded to 0.00 PLN, and a price is more than 0"),
    ],
)  # fmt: skip
def test_without_a_price_one_is_told_why(formula: str, row: dict[str, str], said: str) -> None:
    found = priced(rule({"formula": formula}), cells(**row), NO_RATES)
    assert (found.price, found.missing, found.refused) == (None, said, "")


def test_a_floor_does_not_make_a_price_of_nothing() -> None:
    found = price_of({"floor": "19.99 PLN"}, "0")
    assert found.price is None
    assert "0 PLN" in found.missing


def test_dividing_by_zero_is_told_as_a_missing_price() -> None:
    found = priced(rule({"formula": "erp.net / erp.factor"}), cells(net="1", factor=0), NO_RATES)
    assert found.price is None
    assert "zero" in found.missing


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ("88.00", ""),
        ("88.01", "at 100.00 PLN the margin is 11.99%, and has to be 12% at least"),
        ("88.0001", "at 100.00 PLN the margin is a little less than 12.00%, and has to be 12% at least"),
        ("120", "at 100.00 PLN the margin is -20.00%, and has to be 12% at least"),
    ],
)
def test_a_margin_refuses_and_never_moves_a_price(cost: str, said: str) -> None:
    wanted = rule({"margin": {"cost": "erp.cost", "least": "12%"}})
    found = priced(wanted, cells(net="100", cost=cost), NO_RATES)
    assert (found.price, found.refused) == (Money(Decimal(100), "PLN"), said)


def test_a_margin_over_a_private_cost_tells_no_number_of_it() -> None:
    wanted = rule({"margin": {"cost": "erp.cost", "least": "12%"}})
    found = priced(wanted, cells(net="100", cost="91.37"), NO_RATES, PRIVATE)
    assert found.refused == "at 100.00 PLN the margin is under 12%"


def test_a_margin_over_an_unknown_cost_is_no_margin() -> None:
    wanted = rule({"margin": {"cost": "erp.cost", "least": "12%"}})
    found = priced(wanted, cells(net="100"), NO_RATES)
    assert (found.price, found.missing) == (None, "the margin is not known: `erp.cost` has no value")


def test_a_price_in_another_currency_goes_by_the_rates() -> None:
    body = {"formula": "convert(base, 'CZK') * 1.03", "round": {"to": 9, "how": "nearest"}, "rates": "cnb"}
    rates = Rates(units={"PLN": Decimal("5.79"), "CZK": Decimal(1)}, base="CZK")
    wanted = rule(body, "CZK", 0)
    found = priced(wanted, cells(base="51.99"), rates)
    assert found.price == Money(Decimal(309), "CZK")
    line = "convert(base 51.99, 'CZK') * 1.03 = 310.05 -> 309 (ending 9 nearest)"
    assert because(wanted, cells(base="51.99"), found) == line


BECAUSE = [
    ({"round": UP}, "34.10", f"{FORMULA.replace('net', 'net 34.10')} = 51.55 -> 51.99 (ending 0.99 up)"),
    ({}, "34.10", f"{FORMULA.replace('net', 'net 34.10')} = 51.55"),
    ({"formula": "erp.net", "round": UP}, "51.9904", "erp.net 51.9904 = 51.9904 -> 52.99 (ending 0.99 up)"),
    ({"formula": "erp.net", "round": {"step": "0.50"}}, "1.3", "erp.net 1.30 = 1.30 -> 1.50 (step 0.50 nearest)"),
    ({"formula": "erp.net", "round": "whole"}, "1.3", "erp.net 1.30 = 1.30 -> 1.00 (whole nearest)"),
    ({"formula": "erp.net", "floor": "19.99 PLN"}, "5", "erp.net 5 = 5.00 -> 19.99 (floor 19.99)"),
    ({"formula": "erp.net", "round": UP, "ceiling": "100 PLN"}, "101",
     "erp.net 101 = 101.00 -> 101.99 (ending 0.99 up) -> 99.99 (ceiling 100)"),
    ({"formula": "erp.net * (2 if 'erp.net' == erp.name else 1)"}, "5",
     "erp.net 5 * (2 if 'erp.net' == erp.name Kubek else 1) = 5.00"),
    ({"formula": "erp.net - 9"}, "5", "erp.net 5 - 9 = -4.00"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "net", "line"), BECAUSE)
def test_a_price_says_in_one_line_how_it_came_about(body: dict[str, object], net: str, line: str) -> None:
    wanted = rule({"formula": FORMULA, **body})
    row = {**cells(net=net), "erp.name": "Kubek"}
    assert because(wanted, row, priced(wanted, row, NO_RATES)) == line


def test_private_values_are_hidden_with_all_that_follows_from_them() -> None:
    body = {"formula": FORMULA, "round": UP, "margin": {"cost": "erp.cost * 1.23", "least": "12%"}}
    wanted, row = rule(body), cells(net="34.10", cost="17.77")
    found = priced(wanted, row, NO_RATES, PRIVATE)
    line = because(wanted, row, found, PRIVATE)
    assert line == "erp.net … * 1.23 * 1.11 + 4.99 = … -> 51.99 (ending 0.99 up)"
    told = steps(wanted, row, found, {}, PRIVATE)
    assert [each.private for each in told] == [True, True, False, True]
    assert not re.search(r"34\.1|51\.5|17\.7", " ".join(each.text for each in told))


def test_a_price_of_private_numbers_that_is_none_does_not_tell_them() -> None:
    found = priced(rule({"formula": "erp.cost - 20"}), cells(cost="17.77"), NO_RATES, PRIVATE)
    assert found.missing == "the formula comes to 0 or less, and a price is more than 0"


def test_explain_has_a_line_for_each_step_and_where_it_is_written() -> None:
    keys = ("formula", "round", "floor", "margin")
    marks = {key: Mark("offers/_defaults.yaml", line) for line, key in enumerate(keys, 6)}
    body = {"formula": FORMULA, "round": UP, "floor": "54 PLN", "margin": {"cost": "erp.cost", "least": "90%"}}
    row = cells(net="34.10", cost="17")
    wanted = rule(body)
    told = steps(wanted, row, priced(wanted, row, NO_RATES), marks)
    assert [(each.text, each.mark and each.mark.line) for each in told] == [
        ("erp.net 34.10", None),
        (f"{FORMULA} = 51.55", 6),
        ("ending 0.99 up -> 51.99", 7),
        ("floor 54 PLN -> 54.99", 8),
        ("margin of 90% at least over erp.cost 17", 9),
        ("at 54.99 PLN the margin is 69.09%, and has to be 90% at least", 9),
    ]


def test_explain_tells_a_price_that_is_missing() -> None:
    wanted = rule({"formula": FORMULA, "round": UP})
    told = steps(wanted, cells(), priced(wanted, cells(), NO_RATES), {})
    assert [each.text for each in told] == ["erp.net (no value)", FORMULA, "`erp.net` has no value"]


@pytest.mark.parametrize(
    ("below", "wanted", "live", "left"),
    [
        ("1%", "100.99", "100", True),
        ("1%", "101", "100", False),
        ("0.05 PLN", "100.04", "100", True),
        ("0.05 PLN", "100.05", "100", False),
        ("1%", "100", "100", False),
        ("50%", "90", "89", False),
        ("50%", "110", "111", False),
        ("0%", "100.01", "100", False),
    ],
)
def test_small_differences_are_left_but_not_outside_of_the_bounds(
    below: str, wanted: str, live: str, left: bool
) -> None:
    found = rule({"floor": "90 PLN", "ceiling": "110 PLN", "ignore_below": below})
    assert ignored(found, Money.parse(f"{wanted} PLN"), Money.parse(f"{live} PLN")) is left


def test_a_live_price_in_another_currency_is_never_near_enough() -> None:
    found = rule({"ignore_below": "50%"})
    assert not ignored(found, Money(Decimal(100), "PLN"), Money(Decimal(100), "EUR"))
