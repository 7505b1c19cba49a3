"""An entry of `price` as a person writes it -> PriceRule, with what is wrong with it at its place."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.documents.expressions import Expression, ExpressionFault, Kind, Typed, compile_expression
from reconciler.documents.near import did_you_mean, listed
from reconciler.engine.rules.faults import RuleFault
from reconciler.engine.rules.price import Margin, PriceRule
from reconciler.engine.rules.rounding import DOWN, EXACT, NEAREST, UP, Rounding
from reconciler.model.values import Money, plain

_KEYS = ("formula", "round", "floor", "ceiling", "margin", "ignore_below", "rates")
_HOW = (UP, DOWN, NEAREST)
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
_HUNDRED = Decimal(100)


def rule_of(body: Mapping[str, Any], names: Mapping[str, Typed], currency: str, decimals: int) -> PriceRule:
    """Return the typed rule for a price in `currency` with so many decimals; `names` is what its formulas may use.

    Raise RuleFault for the first thing that is wrong with it.
    """
    for key in body:
        _known(key, _KEYS, (key,))
    if "formula" not in body:
        raise RuleFault((), "a rule for a price needs its `formula`", "Write `formula: erp.net * 1.23`.")
    formula = _money(body["formula"], names, currency, ("formula",))
    smallest = Decimal((0, (1,), -decimals))
    rates = str(body.get("rates", ""))
    _has_rates(formula, rates, ("formula",))
    floor = _bound(body.get("floor"), currency, smallest, "floor")
    ceiling = _bound(body.get("ceiling"), currency, smallest, "ceiling")
    if floor is not None and ceiling is not None and floor.amount > ceiling.amount:
        raise RuleFault(("floor",), f"the floor of {floor} is above the ceiling of {ceiling}")
    rounding = _rounding(body.get("round"), smallest, currency)
    if rounding is not None and floor is None and ceiling is not None and ceiling.amount < rounding.lowest:
        raise RuleFault(("ceiling",), f"no price rounded to {rounding} is as low as the ceiling of {ceiling}")
    return PriceRule(
        formula=formula,
        currency=currency,
        decimals=decimals,
        smallest=smallest,
        round=rounding,
        floor=floor,
        ceiling=ceiling,
        margin=_margin(body.get("margin"), names, currency, rates),
        ignore_below=_ignored(body.get("ignore_below"), currency),
        rates=rates,
    )


def _known(word: str, words: tuple[str, ...], path: tuple[str, ...]) -> None:
    if word not in words:
        hint = did_you_mean(word, words, otherwise=f"There is {', '.join(f'`{each}`' for each in words)}.")
        raise RuleFault(path, f"a rule for a price has no `{word}`", hint)


def _money(text: Any, names: Mapping[str, Typed], currency: str, path: tuple[str, ...]) -> Expression:
    """Compile what comes to money of the market's currency; an amount without a name in it is that, too."""
    try:
        found = compile_expression(str(text), names)
    except ExpressionFault as fault:
        raise RuleFault(path, fault.summary, fault.hint, fault.offset) from fault
    kind, of = found.type.kind, found.type.currency
    if kind is Kind.MONEY and of in ("", currency):
        return found
    if kind is Kind.MONEY:
        summary = f"`{path[-1]}` comes to {of}, and the price here is in {currency}"
        raise RuleFault(path, summary, f"Write `convert(…, '{currency}')`, and name the Source of `rates`.")
    if kind is not Kind.NUMBER:
        raise RuleFault(path, f"`{path[-1]}` comes to {_SAID[kind]}, and a price is money")
    if found.names:
        hint = f"Declare a column of amounts as `{{type: money, currency: {currency}}}`."
        raise RuleFault(path, f"`{path[-1]}` comes to a number without a currency, and a price is money", hint)
    return found


_SAID: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.YES_NO: "yes or no",
    Kind.DATE: "a date",
    Kind.TIME: "a time",
    Kind.TEXTS: "a list",
}


def _has_rates(expression: Expression, rates: str, path: tuple[str, ...]) -> None:
    if expression.converts and not rates:
        summary = f"`convert` needs the rates of {' and '.join(sorted(expression.converts))}"
        offset = max(expression.text.find("convert"), 0)
        raise RuleFault(path, summary, "Name the Source that has them, such as `rates: cnb`.", offset)


def _bound(said: Any, currency: str, smallest: Decimal, word: str) -> Money | None:
    if said is None:
        return None
    bound = _amount(said, currency, (word,))
    if bound.amount <= 0:
        raise RuleFault((word,), f"a {word} of {bound} is none: a price is more than 0")
    _of_the_market(bound.amount, smallest, currency, f"a {word} of {bound}", (word,))
    return bound


def _amount(said: Any, currency: str, path: tuple[str, ...]) -> Money:
    try:
        found = Money.parse(str(said))
    except ValueError as wrong:
        raise RuleFault(path, str(wrong)) from wrong
    if found.currency != currency:
        raise RuleFault(path, f"`{path[-1]}` is in {found.currency}, and the price here is in {currency}")
    return found


def _of_the_market(amount: Decimal, smallest: Decimal, currency: str, what: str, path: tuple[str, ...]) -> None:
    if EXACT.remainder(amount, smallest):
        hint = f"Prices in {currency} are multiples of {plain(smallest)} here."
        raise RuleFault(path, f"{what} is no price on this marketplace: it has more decimals", hint)


def _rounding(said: Any, smallest: Decimal, currency: str) -> Rounding | None:
    if said is None:
        return None
    if said == "whole":
        return Rounding(whole=True)
    if not isinstance(said, Mapping):
        raise RuleFault(("round",), f"`{said}` is no way of rounding", "Write whole, {to: 0.99} or {step: 0.50}.")
    for key in said:
        _known(key, ("to", "step", "how"), ("round", key))
    how = str(said.get("how", NEAREST))
    if how not in _HOW:
        hint = did_you_mean(how, _HOW, otherwise=f"Write {listed(_HOW)}.")
        raise RuleFault(("round", "how"), f"`{how}` is no way of rounding", hint)
    forms = [each for each in ("to", "step") if said.get(each) is not None]
    if len(forms) != 1:
        raise RuleFault(("round",), "`round` has one of `to` (an ending) and `step`", "Write {to: 0.99, how: up}.")
    word = forms[0]
    path = ("round", word)
    number = _number(said[word], path)
    if word == "step" and not number:
        raise RuleFault(path, "a step of 0 is none")
    what = f"an ending of {number}" if word == "to" else f"a step of {number}"
    _of_the_market(number, smallest, currency, what, path)
    return Rounding(to=number, how=how) if word == "to" else Rounding(step=number, how=how)


def _number(said: Any, path: tuple[str, ...]) -> Decimal:
    text = f"{said:f}" if isinstance(said, Decimal) else str(said)
    if not _NUMBER.fullmatch(text):
        raise RuleFault(path, f"`{said}` is no number from 0 up")
    return Decimal(text)


def _percent(said: Any, path: tuple[str, ...]) -> Decimal:
    return _number(said.removesuffix("%") if isinstance(said, str) else said, path)


def _margin(said: Any, names: Mapping[str, Typed], currency: str, rates: str) -> Margin | None:
    if said is None:
        return None
    lacking = [key for key in ("cost", "least") if key not in said]
    if lacking:
        raise RuleFault(("margin",), f"`margin` needs its `{lacking[0]}`", "Write {cost: erp.cost, least: 12%}.")
    path = ("margin", "least")
    least = _percent(said["least"], path)
    if least >= _HUNDRED:
        raise RuleFault(path, f"no price leaves a margin of {least}%: it is a part of the price")
    cost = _money(said["cost"], names, currency, ("margin", "cost"))
    _has_rates(cost, rates, ("margin", "cost"))
    return Margin(cost=cost, least=least)


def _ignored(said: Any, currency: str) -> Decimal | Money | None:
    if said is None:
        return None
    if isinstance(said, str) and not said.endswith("%"):
        return _amount(said, currency, ("ignore_below",))
    return _percent(said, ("ignore_below",))
