"""Rates from a Source: the newest that holds today, and what is said where there is none."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.rules.faults import RuleFault
from reconciler.engine.rules.price import Priced, priced
from reconciler.engine.rules.rates import rates_of
from reconciler.model.tables import Cell, Column, ColumnType, TableRow
from reconciler.model.values import Money

from .prices import cells, rule

TODAY = date(2026, 11, 28)
KINDS = {
    "currency": ColumnType.TEXT,
    "per": ColumnType.WHOLE,
    "rate": ColumnType.MONEY,
    "valid_on": ColumnType.DATE,
}


def columns(**said: ColumnType) -> tuple[Column, ...]:
    """The columns of a Source of rates to CZK."""
    return tuple(
        Column(name=name, type=kind, place=name, currency="CZK" if kind is ColumnType.MONEY else "")
        for name, kind in (said or KINDS).items()
    )


def rated(currency: str, rate: str | None, days_ago: int = 0, per: Cell = 1) -> TableRow:
    """A row of the Source."""
    return currency, per, rate and Decimal(rate), TODAY - timedelta(days=days_ago)


def in_crowns(*rows: TableRow, oldest: timedelta | None = None) -> Priced:
    """What 10 PLN come to."""
    wanted = rule({"formula": "convert(base, 'CZK')", "rates": "cnb"}, "CZK", 0)
    return priced(wanted, cells(base="10"), rates_of(rows, columns(), TODAY, oldest))


@pytest.mark.parametrize(
    ("rows", "amount"),
    [
        ([rated("PLN", "5.80")], 58),
        ([rated("PLN", "580", per=100)], 58),
        ([rated("PLN", "5.70", 3), rated("PLN", "5.80", 2), rated("PLN", "5.60", 4)], 58),
        ([rated("PLN", "5.80", 1), rated("PLN", "9", -1)], 58),
        ([rated("PLN", "5.80"), rated("PLN", "5.80"), rated("EUR", "25")], 58),
        ([rated("PLN", "5.80"), rated("CZK", "7")], 58),
        ([rated("PLN", "4", 2), rated("PLN", "3", 2), rated("PLN", "5.80", 1)], 58),
    ],
)
def test_the_newest_rate_that_holds_today_counts(rows: list[TableRow], amount: int) -> None:
    assert in_crowns(*rows).price == Money(Decimal(amount), "CZK")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "there is no rate of PLN"),
        ([rated("EUR", "25")], "there is no rate of PLN"),
        ([rated("PLN", "5.8", -1), rated("PLN", "5.9", -2)], "no rate of PLN holds before 2026-11-29"),
        ([rated("PLN", "5.8"), rated("PLN", "5.9")], "there are two rates of PLN of 2026-11-28"),
        ([rated("PLN", "5.8", 2), rated("PLN", None)], "the rate of PLN is not a number above 0 of a known day"),
        ([rated("PLN", "0")], "the rate of PLN is not a number above 0 of a known day"),
        ([rated("PLN", "5.8", per=0)], "the rate of PLN is not a number above 0 of a known day"),
        ([("PLN", 1, Decimal(5), None)], "the rate of PLN is not a number above 0 of a known day"),
        ([rated("PLN", "5.8", 5)], "the newest rate of PLN is of 2026-11-23, 5 days ago: too old"),
    ],
)
def test_a_price_without_a_usable_rate_is_held_and_says_why(rows: list[TableRow], said: str) -> None:
    found = in_crowns(*rows, oldest=timedelta(days=4))
    assert (found.price, found.missing) == (None, said)


def test_a_rate_is_as_old_as_it_may_be() -> None:
    row = rated("PLN", "5.80", 4)
    assert in_crowns(row, oldest=timedelta(days=4)).price is not None
    assert in_crowns(row, oldest=timedelta(days=3, hours=23)).price is None


def test_rates_without_days_and_units_are_todays_of_one() -> None:
    plain = columns(currency=ColumnType.TEXT, rate=ColumnType.MONEY)
    found = rates_of([("PLN", Decimal("5.80"))], plain, TODAY, timedelta(days=1))
    assert found.units["PLN"] == Decimal("5.80")


@given(
    st.permutations([rated("PLN", "5.80", 1), rated("PLN", "5.7", 2), rated("EUR", "25"), rated("EUR", "1", -3)])
)
def test_the_order_of_the_rows_does_not_matter(rows: list[TableRow]) -> None:
    found = rates_of(rows, columns(), TODAY)
    assert dict(found.units) == {"PLN": Decimal("5.80"), "EUR": Decimal(25)}
    assert found.base == "CZK"


@pytest.mark.parametrize(
    ("said", "path", "summary"),
    [
        ({"currency": ColumnType.TEXT}, ("columns",), "a Source of rates needs a column `rate`"),
        ({"rate": ColumnType.MONEY}, ("columns",), "a Source of rates needs a column `currency`"),
        ({**KINDS, "rate": ColumnType.DECIMAL}, ("columns", "rate"),
         "the column `rate` of rates is decimal, and should be money"),
        ({**KINDS, "valid_on": ColumnType.TEXT}, ("columns", "valid_on"),
         "the column `valid_on` of rates is text, and should be date"),
    ],
)  # fmt: skip
def test_other_columns_are_no_rates(said: dict[str, ColumnType], path: tuple[str, ...], summary: str) -> None:
    with pytest.raises(RuleFault) as told:
        rates_of([], columns(**said), TODAY)
    assert (told.value.path, told.value.summary) == (path, summary)
    assert told.value.hint
