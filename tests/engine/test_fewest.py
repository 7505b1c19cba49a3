"""The packing takes as few requests as any packing could, held against brute force on small cases."""

from __future__ import annotations

from itertools import combinations
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.fewest import worth_a_command

COMMAND, LIST = 5, 2


def cost(groups: list[list[int]], chosen: frozenset[int]) -> int:
    """Requests of a choice: chosen groups as commands, everything else in keyed lists."""
    listed = {offer for index, members in enumerate(groups) if index not in chosen for offer in members}
    return sum(ceil(len(groups[index]) / COMMAND) for index in chosen) + ceil(len(listed) / LIST)


def least(groups: list[list[int]]) -> int:
    """The fewest requests of all choices there are."""
    indexes = range(len(groups))
    return min(
        cost(groups, frozenset(some)) for size in range(len(groups) + 1) for some in combinations(indexes, size)
    )


@st.composite
def changes(draw: st.DrawFn) -> list[list[int]]:
    """Groups of equal values: each of some offers has a price of few, a stock of few, or both."""
    prices = draw(st.lists(st.integers(0, 3), min_size=1, max_size=9))
    stocks = draw(st.lists(st.integers(0, 4), min_size=len(prices), max_size=len(prices)))
    groups: dict[tuple[str, int], list[int]] = {}
    for offer, (price, stock) in enumerate(zip(prices, stocks, strict=True)):
        if price:
            groups.setdefault(("price", price), []).append(offer)
        if stock:
            groups.setdefault(("stock", stock), []).append(offer)
    return list(groups.values())


@given(changes())
def test_no_choice_takes_fewer_requests(groups: list[list[int]]) -> None:
    """What is chosen costs as much as the best of all choices."""
    chosen = worth_a_command(groups, [COMMAND] * len(groups), LIST)
    assert cost(groups, chosen) == least(groups)


def test_a_common_price_rides_in_the_lists_that_the_stocks_need_anyway() -> None:
    """Thirty offers with one new price and a stock each take two lists, not a command and two lists."""
    offers = list(range(30))
    groups = [offers, *([each] for each in offers)]
    assert worth_a_command(groups, [1000] * len(groups), 25) == frozenset()


def test_many_large_groups_are_weighed_in_linear_time() -> None:
    """With more large groups than all combinations allow, each group that pays is still a command."""
    groups = [list(range(start, start + 60)) for start in range(0, 60 * 40, 60)]
    assert worth_a_command(groups, [1000] * len(groups), 25) == frozenset(range(40))
