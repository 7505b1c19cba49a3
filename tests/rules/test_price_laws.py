"""What holds for every price, whatever the rule and the numbers."""

from __future__ import annotations

import decimal
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from reconciler.engine.rules.price import ignored
from reconciler.engine.rules.rounding import Rounding, within
from reconciler.model.values import Money

from .prices import price_of, rule

CENT = Decimal("0.01")


def cents(least: int, most: int) -> st.SearchStrategy[Decimal]:
    """Amounts of two decimals."""
    return st.integers(least, most).map(lambda n: Decimal(n).scaleb(-2))


#: What a formula may come to: few digits, or as many as it keeps.
exact_values = st.one_of(
    cents(1, 10_000_000),
    st.builds(lambda n, e: Decimal(n).scaleb(-e), st.integers(1, 10**34 - 1), st.integers(23, 60)),
)
endings = st.one_of(cents(0, 99), st.integers(0, 999).map(Decimal), cents(100, 99_999))
hows = st.sampled_from(["up", "down", "nearest"])
roundings = st.one_of(
    st.builds(lambda to, how: Rounding(to=to, how=how), endings, hows),
    st.builds(lambda step, how: Rounding(step=step, how=how), cents(1, 50_000), hows),
    st.just(Rounding(whole=True)),
)
#: Above this, every grid has an amount: a rule without any under its ceiling is refused.
MOST_OF_A_GRID = Decimal(1000)
bounds = st.one_of(st.none(), cents(1, 1_000_000))


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Rules as people write them, in PLN."""
    body: dict[str, Any] = {}
    how = draw(hows)
    form = draw(st.sampled_from(["none", "whole", "to", "step"]))
    if form == "whole":
        body["round"] = "whole"
    elif form != "none":
        body["round"] = {form: draw(endings if form == "to" else cents(1, 50_000)), "how": how}
    floor, ceiling = sorted([draw(cents(1, 1_000_000)), draw(cents(1, 1_000_000))])
    if draw(st.booleans()):
        body["floor"] = f"{floor} PLN"
    if draw(st.booleans()) and ("floor" in body or ceiling >= MOST_OF_A_GRID):
        body["ceiling"] = f"{ceiling} PLN"
    return body


def on_the_grid(amount: Decimal, rounding: Rounding) -> bool:
    """As one would check by hand: an ending by its last digits, a step by division."""
    if rounding.to is None:
        return amount % (rounding.step or 1) == 0
    whole = str(int(rounding.to))
    if amount < 0:
        return True  # below the first ending there is none: no price comes of it
    if amount - int(amount) != rounding.to - int(rounding.to):
        return False
    return whole == "0" or str(int(amount)).endswith(whole)


@given(value=exact_values, rounding=roundings)
def test_a_rounded_price_has_the_ending_or_is_a_multiple(value: Decimal, rounding: Rounding) -> None:
    assert on_the_grid(rounding.of(value), rounding)


@given(value=exact_values, rounding=roundings)
@example(value=Decimal("51.99"), rounding=Rounding(to=Decimal("0.99"), how="up"))
@example(value=Decimal("1E-60"), rounding=Rounding(step=Decimal(500), how="up"))
def test_up_is_never_lower_down_never_higher_and_nearest_within_half(value: Decimal, rounding: Rounding) -> None:
    found = rounding.of(value)
    apart = abs(Fraction(found) - Fraction(value))
    if rounding.how == "up":
        assert found >= value
        assert apart < rounding.period
    elif rounding.how == "down":
        assert found <= value
        assert apart < rounding.period
    else:
        assert apart <= Fraction(rounding.period) / 2
        assert apart < Fraction(rounding.period) / 2 or found > value, "halfway goes up"


@given(value=exact_values, rounding=st.one_of(st.none(), roundings), one=bounds, other=bounds)
def test_bounds_are_kept_and_what_lies_inside_is_on_the_grid_if_any_is(
    value: Decimal, rounding: Rounding | None, one: Decimal | None, other: Decimal | None
) -> None:
    floor, ceiling = sorted([one, other]) if one and other else (one, other)
    rounded, found = within(value, rounding, floor, ceiling)
    assume(rounded > 0 or floor is not None)
    assert floor is None or found >= floor
    assert ceiling is None or found <= ceiling
    if rounding is not None and not on_the_grid(found, rounding):
        lowest = rounding.at_least(max(floor or CENT, CENT))
        assert ceiling is not None
        assert lowest > ceiling, "an amount of the grid lies inside, and was not taken"
        assert found in (floor, ceiling)


@given(body=bodies(), value=exact_values)
def test_a_price_is_kept_by_its_own_rule(body: dict[str, Any], value: Decimal) -> None:
    once = price_of(body, value).price
    assume(once is not None)
    assert once is not None
    assert price_of(body, once.amount).price == once


@given(body=bodies(), value=exact_values, decimals=st.sampled_from([0, 2]))
def test_a_price_has_the_decimals_of_the_market_and_lies_inside(
    body: dict[str, Any], value: Decimal, decimals: int
) -> None:
    if not decimals:
        body = {key: said for key, said in body.items() if key == "round" and said == "whole"}
    price = price_of(body, value, decimals=decimals).price
    assume(price is not None)
    assert price is not None
    assert price.amount.as_tuple().exponent == -decimals
    assert price.amount > 0
    assert "floor" not in body or price.amount >= Money.parse(body["floor"]).amount
    assert "ceiling" not in body or price.amount <= Money.parse(body["ceiling"]).amount


@given(body=bodies(), low=exact_values, high=exact_values)
def test_a_higher_cost_never_makes_a_lower_price(body: dict[str, Any], low: Decimal, high: Decimal) -> None:
    low, high = sorted([low, high])
    cheap, dear = price_of(body, low).price, price_of(body, high).price
    assume(cheap is not None)
    assert cheap is not None
    assert dear is not None
    assert cheap.amount <= dear.amount


@given(body=bodies(), value=exact_values, precision=st.integers(1, 50))
def test_the_callers_context_neither_matters_nor_changes(
    body: dict[str, Any], value: Decimal, precision: int
) -> None:
    expected = price_of(body, value)
    with decimal.localcontext(prec=precision, rounding=decimal.ROUND_CEILING) as context:
        context.clear_flags()
        assert price_of(body, value) == expected
        assert not any(context.flags.values())


@given(live=cents(200, 100_000), apart=cents(1, 199), share=cents(0, 9_999), amount=cents(0, 300))
def test_what_is_ignored_is_so_in_both_directions(
    live: Decimal, apart: Decimal, share: Decimal, amount: Decimal
) -> None:
    here = Money(live, "PLN")
    up, down = Money(live + apart, "PLN"), Money(live - apart, "PLN")
    by_share, by_amount = rule({"ignore_below": f"{share}%"}), rule({"ignore_below": f"{amount} PLN"})
    assert ignored(by_share, up, here) == ignored(by_share, down, here) == (apart * 100 < share * live)
    assert ignored(by_amount, up, here) == ignored(by_amount, here, up) == (apart < amount)
    assert not ignored(by_share, here, here)
