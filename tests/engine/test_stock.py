"""A piece is sold once: the three forms of a stock number, case by case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.engine.diff import Scope, diff
from reconciler.model.memory import Baseline
from reconciler.model.modules import StockForm
from reconciler.model.values import Gain, canonical_json, from_jsonable, jsonable

from .build import SPEC, desired, live

NOW = datetime(2026, 11, 28, tzinfo=UTC)
BASELINE, COUNT, ALWAYS = StockForm.BASELINE, StockForm.COUNT, StockForm.ALWAYS
Q, S = "stock.quantity", "stock.status"


def found(form: StockForm, declared: int, there: int, remembered: int | None, sold: int, *, start: bool = False):
    """What becomes of a declared number; `sold` since the apply at which `remembered` was declared."""
    before = None
    if remembered is not None:
        before = Baseline(remote_id="1", declared={Q: remembered}, sold=10)
    wanted = {Q: declared, S: "active" if declared else "ended"}
    shown = {Q: there, S: "active" if there else "ended"}
    scope = Scope(now=NOW, baseline=lambda _key: before, start=start)
    offer = desired("K1", wanted, stock_form=form)
    return diff(offer, live("K1", shown, sold=10 + sold), SPEC.kinds["Offer"], scope)


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


def test_a_number_that_nobody_remembers_is_written_by_hand_only() -> None:
    """`--allow stock-baseline` is the way out of a lost ledger."""
    assert changes(found(BASELINE, 11, 8, None, 0, start=True)) == {Q: 11}
    assert found(BASELINE, 11, 8, None, 0).differs == {Q}


def test_another_offer_with_the_key_has_no_past() -> None:
    """A baseline is of one offer: a new one under the same key starts anew."""
    before = Baseline(remote_id="9", declared={Q: 11}, sold=10)
    scope = Scope(now=NOW, baseline=lambda _key: before)
    there = live("K1", {Q: 8}, sold=10)
    assert diff(desired("K1", {Q: 20}), there, SPEC.kinds["Offer"], scope).stock.unknown


def test_a_difference_survives_json() -> None:
    assert from_jsonable(jsonable(Gain(-7))) == Gain(-7)
    assert canonical_json(Gain(7)) == '{"gain":7}'
