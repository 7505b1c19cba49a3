"""What a price comes to by its rule: formula, rounding, floor and ceiling, the market's decimals, margin. Pure.

The words that tell how it came about are in `price_told.py`: most prices are never asked about.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from reconciler.documents.expressions import EvaluationFault, Expression, Rates
from reconciler.engine.rules.rounding import EXACT, Rounding, within
from reconciler.model.tables import Cell
from reconciler.model.values import Money, plain

#: No price has more digits before its point: what is as large as this is a mistake.
MOST = Decimal(10**12)
_HUNDRED = Decimal(100)
_minus, _times, _over, _quantized = EXACT.subtract, EXACT.multiply, EXACT.divide, EXACT.quantize


class Margin(NamedTuple):
    """The part of a price, in percent, that is to be left over its cost, at least."""

    cost: Expression
    least: Decimal


class PriceRule(Struct, frozen=True, kw_only=True):
    """One entry of an offer's `price`, typed once for each distinct text.

    `smallest` is the market's smallest amount: 0.01, or 1. `ignore_below` is a percentage or an amount. `rates` is
    the name of a Source, or empty.
    """

    formula: Expression
    currency: str
    decimals: int
    smallest: Decimal
    round: Rounding | None = None
    floor: Money | None = None
    ceiling: Money | None = None
    margin: Margin | None = None
    ignore_below: Decimal | Money | None = None
    rates: str = ""


class Priced(NamedTuple):
    """What a rule comes to. Without a price, `missing` says why; with one, `refused` may say why not to use it.

    `computed` is what the formula comes to, `rounded` that after rounding, before its bounds.
    """

    price: Money | None = None
    computed: Decimal | None = None
    rounded: Decimal | None = None
    missing: str = ""
    refused: str = ""


def priced(
    rule: PriceRule, values: Mapping[str, Cell], rates: Rates, private: frozenset[str] = frozenset()
) -> Priced:
    """Return the price of one offer: the value of every name that the rule uses is in `values`.

    What is said of a fault tells no value of `private` names, and none that follows from one.
    """
    try:
        found = rule.formula.run(values, rates)
    except EvaluationFault as fault:
        return Priced(missing=fault.summary)
    if found is None:
        return Priced(missing=_empty(rule.formula, values))
    computed = _number(found)
    if not 0 < computed < MOST:
        return Priced(computed=computed, missing=_no_price(computed, rule, private))
    floor, ceiling = rule.floor, rule.ceiling
    rounded, bounded = within(
        computed,
        rule.round,
        None if floor is None else floor.amount,
        None if ceiling is None else ceiling.amount,
    )
    amount = _quantized(bounded, rule.smallest)
    if amount <= 0:
        summary = f"the price is rounded to {plain(amount)} {rule.currency}, and a price is more than 0"
        return Priced(computed=computed, rounded=rounded, missing=summary)
    price = Money(amount, rule.currency)
    if rule.margin is None:
        return Priced(price=price, computed=computed, rounded=rounded)
    return _with_margin(price, computed, rounded, rule.margin, values, rates, private)


def _with_margin(
    price: Money,
    computed: Decimal,
    rounded: Decimal,
    margin: Margin,
    values: Mapping[str, Cell],
    rates: Rates,
    private: frozenset[str],
) -> Priced:
    """Judge the margin of a price: without a known cost there is no price, and with a high one it is refused."""
    missing = refused = ""
    try:
        cost = margin.cost.run(values, rates)
    except EvaluationFault as fault:
        cost, missing = None, f"the margin is not known: {fault.summary}"
    if cost is not None:
        refused = _refused(price, _number(cost), margin, private)
    elif not missing:
        missing = f"the margin is not known: {_empty(margin.cost, values)}"
    return Priced(
        price=None if missing else price, computed=computed, rounded=rounded, missing=missing, refused=refused
    )


def _refused(price: Money, cost: Decimal, margin: Margin, private: frozenset[str]) -> str:
    left = _times(_minus(price.amount, cost), _HUNDRED)
    if left >= _times(margin.least, price.amount):
        return ""
    if not private.isdisjoint(margin.cost.names):
        return f"at {price} the margin is under {margin.least}%"
    percent = _quantized(_over(left, price.amount), Decimal("0.01"))
    exact = percent if percent < margin.least else f"a little less than {percent}"
    return f"at {price} the margin is {exact}%, and has to be {margin.least}% at least"


def _number(found: Cell) -> Decimal:
    assert isinstance(found, Decimal), "what is money by its type is a Decimal"
    return found


def _empty(expression: Expression, values: Mapping[str, Cell]) -> str:
    names = [f"`{name}`" for name in expression.names if values[name] is None]
    if not names:
        return f"`{' '.join(expression.text.split())}` comes to nothing"
    return f"{' and '.join(names)} {'has' if len(names) == 1 else 'have'} no value"


def _no_price(computed: Decimal, rule: PriceRule, private: frozenset[str]) -> str:
    hidden = computed <= -MOST or not private.isdisjoint(rule.formula.names)
    if computed >= MOST:
        return f"the formula comes to {plain(MOST)} {rule.currency} or more, which is no price"
    said = "0 or less" if hidden else f"{brief_amount(computed)} {rule.currency}"
    return f"the formula comes to {said}, and a price is more than 0"


def brief_amount(value: Decimal, digits: int = 4) -> str:
    """Write an amount with so many digits after the point at most, and two at least unless it is whole.

    >>> brief_amount(Decimal("51.546730")), brief_amount(Decimal("51.990")), brief_amount(Decimal("12"))
    ('51.5467', '51.99', '12')
    """
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -digits:
        value = _quantized(value, Decimal((0, (1,), -digits)))
    whole, point, rest = f"{value:f}".partition(".")
    rest = rest.rstrip("0")
    return plain(Decimal(f"{whole}.{rest}" if point and rest else whole))


def ignored(rule: PriceRule, wanted: Money, live: Money) -> bool:
    """Tell whether a live price is near enough to be left, though it is not the wanted one.

    Never one that is outside of the rule's floor or ceiling: they hold for what is sold now, too.
    """
    least = rule.ignore_below
    if least is None or wanted == live or wanted.currency != live.currency or live.currency != rule.currency:
        return False
    if rule.floor is not None and live.amount < rule.floor.amount:
        return False
    if rule.ceiling is not None and live.amount > rule.ceiling.amount:
        return False
    apart = _minus(wanted.amount, live.amount).copy_abs()
    if isinstance(least, Money):
        return apart < least.amount
    return _times(apart, _HUNDRED) < _times(least, live.amount)
