"""Rule 10 warehouse by warehouse: who may take from one place only, and who from all, never take a piece twice."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.engine.rules.sharing import Demand, Pool, share_out
from reconciler.engine.rules.stock_rule import PERCENT, PRIORITY, SPLIT, Share, StockRule
from reconciler.model.offers import Key

PLACES = ("PL", "CZ", "DE")
SHARES = st.one_of(
    st.just(Share(SPLIT)),
    st.builds(Share, st.just(PERCENT), st.sampled_from([Decimal(30), Decimal(60), Decimal(100)])),
    st.builds(Share, st.just(PRIORITY), st.sampled_from([Decimal(1), Decimal(2)])),
)
WHERE = st.one_of(st.none(), st.sets(st.sampled_from(PLACES), min_size=1).map(frozenset))


def demand(number: int, where: frozenset[str] | None, share: Share, pieces: int) -> Demand:
    """One offer's wish."""
    rule = StockRule(source="erp", warehouses=where, share=share, names={})
    return Demand(Key("main", "Offer", f"offer-{number}"), rule, pieces)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.fixed_dictionaries({place: st.integers(0, 12) for place in PLACES}),
    st.lists(st.tuples(WHERE, SHARES, st.integers(1, 3)), min_size=1, max_size=5),
)
@example({"PL": 3, "CZ": 9, "DE": 0}, [(frozenset({"PL"}), Share(PRIORITY, Decimal(n)), 1) for n in (1, 2)])
def test_no_warehouse_gives_a_piece_twice(
    there: dict[str, int], wishes: list[tuple[frozenset[str] | None, Share, int]]
) -> None:
    demands = [demand(number, *wish) for number, wish in enumerate(wishes)]
    found = share_out(demands, Pool(there))
    # A source that has decimals says the same as one that has whole numbers; a broken piece is nobody's.
    for more in (Decimal(0), Decimal("0.3")):
        assert share_out(demands, Pool({place: number + more for place, number in there.items()})) == found
    assert sum(found[each.key] * each.pieces for each in demands) <= sum(there.values())
    for size in range(1, len(PLACES) + 1):
        for some in map(frozenset, combinations(PLACES, size)):
            bound = [each for each in demands if each.rule.warehouses and each.rule.warehouses <= some]
            assert sum(found[each.key] * each.pieces for each in bound) <= sum(there[place] for place in some)
