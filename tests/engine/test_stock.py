"""A piece is sold once: the three forms of a stock number, case by case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.engine.diff import Scope, diff
from reconciler.engine.stock import arrival
from reconciler.model.memory import Baseline, Counted
from reconciler.model.modules import StockForm
from reconciler.model.outcomes import Arrival
from reconciler.model.values import Gain, canonical_json, from_jsonable, jsonable

from .build import SPEC, desired, live

NOW = datetime(2026, 11, 28, tzinfo=UTC)
BASELINE, COUNT, ALWAYS = StockForm.BASELINE, StockForm.COUNT, StockForm.ALWAYS
Q, S = "stock.quantity", "stock.status"


def seen(left: int, sold: int | None = 0, days_ago: float = 1) -> Counted:
    """A look at a stock, some time ago."""
    return Counted(left=left, sold=sold, at=(NOW - timedelta(days=days_ago)).isoformat())


def found(form: StockForm, declared: int, there: int, remembered: int | None, sold: int, *, start: bool = False):
    """What becomes of a declared number; `sold` since the apply at which `remembered` was declared."""
    before = None
    if remembered is not None:
        before = Baseline(remote_id="1", declared={Q: remembered}, counted=seen(remembered))
    wanted = {Q: declared, S: "active" if declared else "ended"}
    shown = {Q: there, S: "active" if there else "ended"}
    scope = Scope(now=NOW, baseline=lambda _key: before, start=start)
    offer = desired("K1", wanted, stock_form=form)
    return diff(offer, live("K1", shown, sold=sold), SPEC.kinds["Offer"], scope)


def changes(difference: Any) -> dict[str, Any]:
    return {each.path: each.after for each in difference.change.fields} if difference.change else {}


CASES: dict[str, tuple[tuple[StockForm, int, int, int | None, int], dict[str, Any]]] = {
    "nothing has happened": ((BASELINE, 11, 11, 11, 0), {}),
    "three are sold": ((BASELINE, 11, 8, 11, 3), {}),
    "sold out": ((BASELINE, 11, 0, 11, 11), {}),
    "somebody took two": ((BASELINE, 11, 9, 11, 0), {}),
    "somebody put two": ((BASELINE, 11, 13, 11, 0), {}),
    "a delivery": ((BASELINE, 20, 11, 11, 0), {Q: Gain(9)}),
    "a delivery after sales": ((BASELINE, 20, 8, 11, 3), {Q: Gain(9)}),
    "a delivery after the last was sold": ((BASELINE, 20, 0, 11, 11), {Q: 9, S: "active"}),
    "a delivery that is there already": ((BASELINE, 20, 17, 11, 3), {}),
    "three are broken": ((BASELINE, 8, 11, 11, 0), {Q: Gain(-3)}),
    "more are broken than are there": ((BASELINE, 2, 3, 11, 8), {Q: 0}),
    "all are gone": ((BASELINE, 0, 8, 11, 3), {Q: 0, S: "ended"}),
    "nobody remembers, and it is so": ((BASELINE, 11, 11, None, 0), {}),
    "nobody remembers, and it differs": ((BASELINE, 11, 8, None, 0), {}),
    "nobody remembers, and it is sold out": ((BASELINE, 11, 0, None, 0), {}),
    "nobody remembers, and nothing shall be sold": ((BASELINE, 0, 8, None, 0), {Q: 0, S: "ended"}),
    "a count": ((COUNT, 9, 8, 11, 3), {Q: 9}),
    "a count that was written": ((COUNT, 9, 7, 9, 2), {}),
    "a count that nobody remembers": ((COUNT, 9, 7, None, 0), {}),
    "a count of what has ended": ((COUNT, 9, 0, 11, 11), {Q: 9, S: "active"}),
    "always": ((ALWAYS, 5, 2, 5, 3), {Q: 5}),
    "always, sold out": ((ALWAYS, 5, 0, None, 5), {Q: 5, S: "active"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_written(case: str) -> None:
    given, expected = CASES[case]
    assert changes(found(*given)) == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((BASELINE, 11, 8, 11, 3), (3, 0, False)),
        ((BASELINE, 11, 13, 11, 0), (0, 2, False)),
        ((BASELINE, 11, 7, 11, 3), (3, -1, False)),
        ((BASELINE, 11, 8, None, 0), (0, 0, True)),
    ],
)
def test_what_is_told(given: Any, told: tuple[int, int, bool]) -> None:
    """Sales, what sales do not explain, and what nobody remembers are told apart."""
    stock = found(*given).stock
    assert (stock.sold, stock.strange, stock.unknown) == told


@pytest.mark.parametrize(
    ("then", "sold", "there", "told"),
    [
        # the days of the count reach back to the look: no more were sold than are counted
        (seen(11, 0, 5), 3, 8, (3, 0, 0)),
        (seen(11, 0, 28), 3, 8, (3, 0, 0)),
        (seen(11, 0, 5), 3, 6, (3, 0, -2)),
        (seen(11, 4, 5), 3, 9, (0, 2, 0)),  # four have left the count by now, or three have not
        (seen(11, 4, 5), 3, 7, (0, 3, -1)),
        (seen(11, 4, 5), 6, 8, (2, 1, 0)),
        (seen(11, 4, 5), 6, 11, (2, 0, 2)),
        (seen(11, 4, 5), 4, 11, (0, 0, 0)),
        (seen(2, 0, 5), 9, 0, (2, 0, 0)),
        # the look lies before them: all that is counted was sold since, and nobody knows what else
        (seen(11, 0, 40), 3, 8, (3, 0, 0)),
        (seen(11, 4, 40), 3, 8, (3, 0, 0)),
        (seen(11, 4, 40), 3, 1, (3, 7, 0)),
        (seen(11, 4, 40), 3, 9, (3, 0, 1)),
        (seen(11, 4, 40), 0, 2, (0, 9, 0)),
        # on the edge neither holds for certain
        (seen(11, 4, 30), 3, 9, (0, 2, 0)),
        (seen(11, 4, 30.5), 3, 1, (0, 10, 0)),
        (seen(11, 4, 29.5), 6, 9, (2, 0, 0)),
        # the marketplace did not say
        (seen(11, None), 6, 3, (0, 8, 0)),
        (seen(11, None), 6, 12, (0, 0, 1)),
        (seen(11, 4), None, 3, (0, 8, 0)),
    ],
)
def test_what_was_sold_since_a_look_is_a_bound(
    then: Counted, sold: int | None, there: int, told: tuple[int, int, int]
) -> None:
    """The marketplace counts the sales of the last 30 days: what has gone was sold, perhaps sold, or somebody's."""
    stock = compared(BASELINE, 11, there, then, sold).stock
    assert (stock.sold, stock.perhaps, stock.strange) == told


@pytest.mark.parametrize(
    ("written", "there", "then_sold", "sold", "told"),
    [
        (Gain(9), 20, 0, 0, Arrival.COME),
        (Gain(9), 17, 0, 3, Arrival.COME),
        (Gain(9), 8, 0, 3, Arrival.NOT_YET),
        (Gain(9), 15, 0, 3, Arrival.STRANGE),
        (Gain(2), 10, 4, 4, Arrival.UNSURE),  # three sold and four left the count, or one sold
        (Gain(2), 12, 4, 4, Arrival.COME),
        (15, 15, 0, 0, Arrival.COME),
        (15, 15, 0, 2, Arrival.COME),  # it came over the two
        (15, 14, 0, 2, Arrival.COME),
        (15, 13, 0, 2, Arrival.COME),
        (15, 9, 0, 2, Arrival.NOT_YET),
        (15, 10, 0, 2, Arrival.STRANGE),
        (9, 9, 0, 2, Arrival.UNSURE),
        (9, 8, 0, 2, Arrival.COME),
        (15, 10, None, 6, Arrival.UNSURE),
    ],
)
def test_what_a_number_tells_of_a_write(
    written: Any, there: int, then_sold: int | None, sold: int, told: Arrival
) -> None:
    """11 were there when the plan looked, and the write went out; what stands there tells whether it has come."""
    then = seen(11 + written.amount if isinstance(written, Gain) else written, then_sold)
    assert arrival(11, written, then, live("K1", {Q: there}, sold=sold), NOW, 30) is told


@pytest.mark.parametrize("form", [BASELINE, COUNT])
@pytest.mark.parametrize("there", [0, 1, 8, 11, 14])
@pytest.mark.parametrize("sold", [None, 0, 3, 30])
@pytest.mark.parametrize("days", [0, 16, 30, 400])
def test_no_bound_makes_a_number_be_written(form: StockForm, there: int, sold: int | None, days: int) -> None:
    """Whatever is there, and whatever is counted: the number that was declared is declared still."""
    for counted in (None, 0, 7):
        assert not changes(compared(form, 11, there, seen(11, counted, days), sold))


def test_what_is_explained_is_reckoned_from_anew_before_it_is_too_old() -> None:
    """An apply every fortnight keeps the counts comparable; what nobody explains stays told."""
    assert compared(BASELINE, 11, 8, seen(11, 0, 14), 3).stock.counted is None
    assert compared(BASELINE, 11, 8, seen(11, 0, 16), 3).stock.counted == seen(8, 3, 0)
    assert compared(BASELINE, 11, 13, seen(11, 0, 16), 0).stock.counted is None


@pytest.mark.parametrize(
    ("declared", "there", "then", "sold", "written"),
    [
        (20, 20, seen(11, 0), 0, {}),  # somebody has put it there
        (20, 18, seen(11, 4), 6, {}),
        (8, 8, seen(11, 0), 0, {}),
        (8, 8, seen(11, 4), 4, {Q: Gain(-3)}),  # three may have been sold: that takes none of the broken ones away
        (12, 12, seen(11, 4), 4, {}),
        (20, 13, seen(11, 4), 4, {Q: Gain(9)}),  # two more than there were are not these nine
        (20, 5, seen(11, 4, 40), 1, {Q: Gain(9)}),
    ],
)
def test_a_difference_is_there_already_only_where_no_sales_lead_to_it(
    declared: int, there: int, then: Counted, sold: int, written: Any
) -> None:
    assert changes(compared(BASELINE, declared, there, then, sold)) == written


def compared(form: StockForm, declared: int, there: int, then: Counted, sold: int | None) -> Any:
    """What becomes of a number where 11 was declared before."""
    before = Baseline(remote_id="1", declared={Q: 11}, counted=then)
    shown = {Q: there, S: "active" if there else "ended"}
    scope = Scope(now=NOW, baseline=lambda _key: before)
    offer = desired("K1", {Q: declared}, stock_form=form)
    return diff(offer, live("K1", shown, sold=sold), SPEC.kinds["Offer"], scope)


def test_a_number_that_nobody_remembers_is_written_by_hand_only() -> None:
    """`--allow stock-baseline` is the way out of a lost ledger."""
    assert changes(found(BASELINE, 11, 8, None, 0, start=True)) == {Q: 11}
    assert found(BASELINE, 11, 8, None, 0).differs == {Q}


def test_another_offer_with_the_key_has_no_past() -> None:
    """A baseline is of one offer: a new one under the same key starts anew."""
    before = Baseline(remote_id="9", declared={Q: 11}, counted=seen(11, 10))
    scope = Scope(now=NOW, baseline=lambda _key: before)
    there = live("K1", {Q: 8}, sold=10)
    assert diff(desired("K1", {Q: 20}), there, SPEC.kinds["Offer"], scope).stock.unknown


def test_a_difference_survives_json() -> None:
    assert from_jsonable(jsonable(Gain(-7))) == Gain(-7)
    assert canonical_json(Gain(7)) == '{"gain":7}'
