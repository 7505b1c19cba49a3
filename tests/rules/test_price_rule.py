"""A rule for a price that cannot be meant is told at its place, with what to write."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reconciler.engine.rules.faults import RuleFault
from reconciler.engine.rules.price import PriceRule
from reconciler.engine.rules.price_rule import rule_of
from reconciler.engine.rules.rounding import Rounding
from reconciler.model.values import Money

from .prices import NAMES

WHOLE_BODY = {
    "formula": "erp.net * 1.23",
    "round": {"to": Decimal("0.99"), "how": "up"},
    "floor": "19.99 PLN",
    "ceiling": "99 PLN",
    "margin": {"cost": "erp.cost", "least": "12.5%"},
    "ignore_below": "0.05 PLN",
    "rates": "cnb",
}


def test_a_rule_with_every_word() -> None:
    found = rule_of(WHOLE_BODY, NAMES, "PLN", 2)
    assert isinstance(found, PriceRule)
    assert (found.round, found.rates) == (Rounding(to=Decimal("0.99"), how="up"), "cnb")
    assert (found.floor, found.ceiling) == (Money(Decimal("19.99"), "PLN"), Money(Decimal(99), "PLN"))
    assert found.margin is not None
    assert found.margin.least == Decimal("12.5")
    assert found.ignore_below == Money(Decimal("0.05"), "PLN")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("whole", Rounding(whole=True)),
        ({"step": Decimal("0.50")}, Rounding(step=Decimal("0.50"), how="nearest")),
        ({"to": 9, "how": "down"}, Rounding(to=Decimal(9), how="down")),
    ],
)
def test_the_ways_of_rounding(said: Any, expected: Rounding) -> None:
    assert rule_of({"formula": "erp.net", "round": said}, NAMES, "PLN", 2).round == expected


def test_an_amount_without_a_name_is_one_of_the_market() -> None:
    assert rule_of({"formula": "19.99 * 2"}, NAMES, "CZK", 0).currency == "CZK"


FAULTS = [
    ({"formula": None}, (), "a rule for a price needs its `formula`", "Write `formula: erp.net * 1.23`."),
    ({"formla": "1"}, ("formla",), "a rule for a price has no `formla`", "Did you mean `formula`?"),
    ({"formula": "shop.price"}, ("formula",), "`formula` comes to EUR, and the price here is in PLN",
     "Write `convert(…, 'PLN')`, and name the Source of `rates`."),
    ({"formula": "erp.factor * 2"}, ("formula",),
     "`formula` comes to a number without a currency, and a price is money",
     "Declare a column of amounts as `{type: money, currency: PLN}`."),
    ({"formula": "erp.name"}, ("formula",), "`formula` comes to text, and a price is money", ""),
    ({"formula": "convert(shop.price, 'PLN')"}, ("formula",), "`convert` needs the rates of EUR and PLN",
     "Name the Source that has them, such as `rates: cnb`."),
    ({"floor": "19.99 EUR"}, ("floor",), "`floor` is in EUR, and the price here is in PLN", ""),
    ({"floor": "19.999 PLN"}, ("floor",),
     "a floor of 19.999 PLN is no price on this marketplace: it has more decimals",
     "Prices in PLN are multiples of 0.01 here."),
    ({"floor": "0 PLN"}, ("floor",), "a floor of 0 PLN is none: a price is more than 0", ""),
    ({"floor": "20 PLN", "ceiling": "19 PLN"}, ("floor",), "the floor of 20 PLN is above the ceiling of 19 PLN", ""),
    ({"ceiling": "0.50 PLN", "round": {"to": Decimal("0.99")}}, ("ceiling",),
     "no price rounded to ending 0.99 nearest is as low as the ceiling of 0.50 PLN", ""),
    ({"ceiling": "much"}, ("ceiling",), "`much` is not an amount and a currency, such as `49.99 PLN`", ""),
    ({"round": "up"}, ("round",), "`up` is no way of rounding", "Write whole, {to: 0.99} or {step: 0.50}."),
    ({"round": {"to": 9, "step": 1}}, ("round",), "`round` has one of `to` (an ending) and `step`",
     "Write {to: 0.99, how: up}."),
    ({"round": {"how": "up"}}, ("round",), "`round` has one of `to` (an ending) and `step`",
     "Write {to: 0.99, how: up}."),
    ({"round": {"to": 9, "how": "upp"}}, ("round", "how"), "`upp` is no way of rounding", "Did you mean `up`?"),
    ({"round": {"too": 9}}, ("round", "too"), "a rule for a price has no `too`", "Did you mean `to`?"),
    ({"round": {"step": 0}}, ("round", "step"), "a step of 0 is none", ""),
    ({"round": {"to": Decimal(-1)}}, ("round", "to"), "`-1` is no number from 0 up", ""),
    ({"round": {"to": Decimal("0.995")}}, ("round", "to"),
     "an ending of 0.995 is no price on this marketplace: it has more decimals",
     "Prices in PLN are multiples of 0.01 here."),
    ({"margin": {"cost": "erp.cost"}}, ("margin",), "`margin` needs its `least`", "Write {cost: erp.cost, least: 12%}."),
    ({"margin": {"cost": "erp.cost", "least": "100%"}}, ("margin", "least"),
     "no price leaves a margin of 100%: it is a part of the price", ""),
    ({"margin": {"cost": "shop.price", "least": "5%"}}, ("margin", "cost"),
     "`cost` comes to EUR, and the price here is in PLN",
     "Write `convert(…, 'PLN')`, and name the Source of `rates`."),
    ({"ignore_below": "5 EUR"}, ("ignore_below",), "`ignore_below` is in EUR, and the price here is in PLN", ""),
    ({"ignore_below": "some%"}, ("ignore_below",), "`some` is no number from 0 up", ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path", "summary", "hint"), FAULTS)
def test_what_cannot_be_meant_is_told_at_its_place(
    body: dict[str, Any], path: tuple[str, ...], summary: str, hint: str
) -> None:
    whole = {key: said for key, said in {"formula": "erp.net", **body}.items() if said is not None}
    with pytest.raises(RuleFault) as told:
        rule_of(whole, NAMES, "PLN", 2)
    assert (told.value.path, told.value.summary, told.value.hint) == (path, summary, hint)


def test_an_ending_with_decimals_is_none_where_prices_are_whole() -> None:
    body = {"formula": "100", "round": {"to": Decimal("0.99"), "how": "up"}}
    with pytest.raises(RuleFault) as told:
        rule_of(body, NAMES, "CZK", 0)
    assert told.value.hint == "Prices in CZK are multiples of 1 here."


def test_a_mistake_in_a_formula_has_its_place_within_the_text() -> None:
    with pytest.raises(RuleFault) as told:
        rule_of({"formula": "1.23 * erp.nett"}, NAMES, "PLN", 2)
    assert (told.value.path, told.value.offset) == (("formula",), 7)
    assert "erp.nett" in told.value.summary
