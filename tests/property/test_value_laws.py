"""Laws of values: money, JSON, canonical texts and spellings, digests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine.build import OFFERS, SPEC
from hypothesis import assume, example, given
from hypothesis import strategies as st

from reconciler.engine.canonical import canonical
from reconciler.engine.memory import digest_of
from reconciler.model.values import Money, Value, canonical_json, digest, from_jsonable, jsonable

from .test_laws import AMOUNTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | AMOUNTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(value=JSON)
def test_values_survive_json(value: Value) -> None:
    """from_jsonable(jsonable(v)) is v, and the canonical text is the same before and after."""
    assume("amount" not in str(value) or "currency" not in str(value))
    assert canonical_json(from_jsonable(jsonable(value))) == canonical_json(value)


def test_a_mapping_that_looks_like_money_is_not_mistaken_for_it() -> None:
    """A field with the parts `amount` and `currency` of other kinds survives JSON too."""
    for value in ({"amount": ["a"], "currency": ["b"]}, {"amount": "dużo", "currency": "PLN"}):
        assert from_jsonable(jsonable(value)) == value


@given(amount=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_money_has_one_text(amount: Any) -> None:
    """Amounts that are equal have one digest, and their text reads back."""
    money = Money(amount, "PLN")
    longer = Money(amount * 1 + 0, "PLN")
    assert digest(money) == digest(longer) == digest(Money.parse(str(money)))
    assert Money.parse(str(money)) == money


def _spelled(value: Value) -> Value:
    """Write amounts out as the canonical text has them."""
    if isinstance(value, Money):
        return {"amount": f"{value.amount.normalize():f}", "currency": value.currency}
    if isinstance(value, dict):
        return {name: _spelled(each) for name, each in value.items()}
    return [_spelled(each) for each in value] if isinstance(value, list) else value


@given(value=JSON)
@example(value={"\U0001f600": "\x7f\x1f\u2028", "\uffff": [10**30, -1]})
@example(value=["half a character", "\ud800"])
def test_the_canonical_text_is_that_of_sorted_json(value: Value) -> None:
    """However fast it is written: plans and ledgers of before hold digests of it."""
    text = json.dumps(_spelled(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert canonical_json(value) == text


@given(value=JSON)
def test_a_value_is_remembered_by_the_beginning_of_its_digest(value: Value) -> None:
    """However fast it is found: what older ledgers remember must go on being the same."""
    assert digest_of(value) == digest(value)[:16]


@pytest.mark.parametrize("value", [1.5, [0.1], {"a": {"b": 2.0}}])
def test_a_float_is_never_a_value(value: Value) -> None:
    """A float is refused wherever a value is written or digested."""
    for write in (jsonable, canonical_json, digest):
        with pytest.raises(TypeError):
            write(value)


DOCUMENTED: dict[str, st.SearchStrategy[Value]] = {
    "content.title": st.text(),
    "content.product": st.sampled_from([{"gtin": "5901234123457"}, {"id": 5}]),
    "content.parameters": st.dictionaries(
        st.text(min_size=1),
        st.one_of(
            st.none(),
            st.text(),
            st.booleans(),
            st.decimals(allow_nan=False, allow_infinity=False, places=2),
            st.lists(st.text()),
            st.fixed_dictionaries(
                {"from": st.integers(), "to": st.decimals(places=2, allow_nan=False, allow_infinity=False)}
            ),
        ),
    ),
    "content.description": st.lists(st.lists(st.builds(lambda t: {"text": t}, st.text()), max_size=2)),
    "delivery.prices": st.text() | st.builds(lambda i: {"id": i}, st.text()),
    "delivery.handling": st.builds(lambda d, h: f"P{d}DT{h}H", st.integers(0, 99), st.integers(0, 99))
    | st.just("PT0S"),
    "price.base": AMOUNTS.map(str),
    "settings.tax": st.dictionaries(
        st.sampled_from(["PL", "subject"]), st.sampled_from(["23.00", "7.50", "exempt"])
    ),
    "settings.tags": st.lists(st.text()),
    "settings.location": st.dictionaries(st.text(), st.decimals(places=1, allow_nan=False, allow_infinity=False)),
    "bundle.items": st.lists(st.builds(lambda q: {"product": {"id": "x"}, "quantity": q}, st.integers(1))),
    "settings.promotion": st.builds(lambda e: {"package": None, "extras": e}, st.lists(st.text())),
}


@pytest.mark.parametrize("path", DOCUMENTED)
@given(data=st.data())
def test_canonical_values_are_their_own_canonical_values(path: str, data: st.DataObject) -> None:
    """canonical(canonical(v)) = canonical(v), for every type of field."""
    field = OFFERS.field(path)
    once = canonical(field, data.draw(DOCUMENTED[path]))
    assert canonical(field, once) == once


RATES = st.dictionaries(
    st.text(min_size=1),
    st.fixed_dictionaries(
        {"first": AMOUNTS.map(str)},
        optional={
            "next": AMOUNTS.map(str),
            "max_quantity": st.integers(1, 9),
            "max_weight": st.sampled_from(["5.000", "0.5", None]),
            "time": st.sampled_from([None, {"from": "PT24H", "to": "P3D"}]),
        },
    ),
)


@given(value=RATES)
def test_canonical_rates_are_their_own_canonical_value(value: Value) -> None:
    """The same holds for the rates of a delivery price list."""
    field = SPEC.kinds["DeliveryPriceList"].fields["methods"]
    once = canonical(field, value)
    assert canonical(field, once) == once
