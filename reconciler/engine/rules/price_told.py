"""How a price came about, in words: one line for the plan, several for `explain`. Made only when asked for.

Values of private names are written as `…`, and so is what a formula comes to that uses one.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from reconciler.documents.expressions import Expression
from reconciler.engine.rules.price import MOST, Priced, PriceRule, brief_amount
from reconciler.engine.rules.rounding import EXACT
from reconciler.model.exact import brief
from reconciler.model.marks import Mark
from reconciler.model.tables import Cell
from reconciler.model.trace import TraceStep
from reconciler.model.values import plain

HIDDEN = "…"
_NONE: frozenset[str] = frozenset()
#: A text in quotes, or a name with its column; what is in quotes is no name.
_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\W\d]\w*(?:\.\w+)?")
_LONGEST, _LONGEST_VALUE = 160, 40
_CENT = Decimal("0.01")
_quantized = EXACT.quantize


def because(rule: PriceRule, values: Mapping[str, Cell], found: Priced, private: frozenset[str] = _NONE) -> str:
    """Return one line: the formula with its values, what it comes to, and what became of that.

    `erp.net 34.10 * 1.23 * 1.11 + 4.99 = 51.55 -> 51.99 (ending 0.99 up)`
    """
    line = _with_values(rule.formula, values, private)
    if found.computed is None:
        return line
    line = f"{line} = {_computed(rule, found, private)}"
    if found.rounded is None:
        return line
    last = _two_digits(rule, found.computed)
    if rule.round is not None:
        last = _quantized(found.rounded, rule.smallest)
        line = f"{line} -> {plain(last)} ({rule.round})"
    if found.price is None or found.price.amount == last:
        return line
    return f"{line} -> {plain(found.price.amount)}{_by_a_bound(rule, found.rounded)}"


def steps(
    rule: PriceRule,
    values: Mapping[str, Cell],
    found: Priced,
    marks: Mapping[str, Mark],
    private: frozenset[str] = _NONE,
) -> tuple[TraceStep, ...]:
    """Return the lines of `explain`; `marks` tells where each key of the rule is written."""
    lines = [*_formula(rule, values, found, marks, private), *_after_it(rule, found, marks)]
    if rule.margin is not None and found.rounded is not None:
        cost = rule.margin.cost
        said = f"margin of {rule.margin.least}% at least over {_with_values(cost, values, private)}"
        lines.append(TraceStep(said, marks.get("margin"), not private.isdisjoint(cost.names)))
    if found.missing or found.refused:
        lines.append(TraceStep(found.missing or found.refused, marks.get("margin") if found.refused else None))
    return tuple(lines)


def _formula(
    rule: PriceRule, values: Mapping[str, Cell], found: Priced, marks: Mapping[str, Mark], private: frozenset[str]
) -> Iterator[TraceStep]:
    hidden = not private.isdisjoint(rule.formula.names)
    if rule.formula.names:
        said = ", ".join(f"{name} {_value(name, values, private)}" for name in rule.formula.names)
        yield TraceStep(said, private=hidden)
    text = _cut(_one_line(rule.formula))
    if found.computed is None:
        yield TraceStep(text, marks.get("formula"))
    else:
        yield TraceStep(f"{text} = {_computed(rule, found, private)}", marks.get("formula"), hidden)


def _after_it(rule: PriceRule, found: Priced, marks: Mapping[str, Mark]) -> Iterator[TraceStep]:
    if found.rounded is None:
        return
    if rule.round is not None:
        yield TraceStep(f"{rule.round} -> {plain(_quantized(found.rounded, rule.smallest))}", marks.get("round"))
    for word, bound in (("floor", rule.floor), ("ceiling", rule.ceiling)):
        if bound is not None and found.price is not None:
            yield TraceStep(f"{word} {bound} -> {plain(found.price.amount)}", marks.get(word))


def _computed(rule: PriceRule, found: Priced, private: frozenset[str]) -> str:
    """Say what the formula comes to, with no more digits than it takes to see why it was rounded as it was."""
    assert found.computed is not None
    if not private.isdisjoint(rule.formula.names):
        return HIDDEN
    short = _two_digits(rule, found.computed)
    same = rule.round is None or found.rounded is None or rule.round.of(short) == found.rounded
    return plain(short) if same else brief_amount(found.computed, 12)


def _two_digits(rule: PriceRule, amount: Decimal) -> Decimal:
    """Return an amount with the market's decimals, and two at least; what is out of reach as it is."""
    if amount.copy_abs() >= MOST:
        return amount
    return _quantized(amount, min(rule.smallest, _CENT))


def _by_a_bound(rule: PriceRule, rounded: Decimal) -> str:
    if rule.floor is not None and rounded < rule.floor.amount:
        return f" (floor {plain(rule.floor.amount)})"
    if rule.ceiling is not None and rounded > rule.ceiling.amount:
        return f" (ceiling {plain(rule.ceiling.amount)})"
    return ""


def _with_values(expression: Expression, values: Mapping[str, Cell], private: frozenset[str]) -> str:
    """Write an expression with the value of each name behind it."""
    names = frozenset(expression.names)

    def with_value(found: re.Match[str]) -> str:
        name = found[0]
        return f"{name} {_value(name, values, private)}" if name in names else name

    return _cut(_TOKEN.sub(with_value, _one_line(expression)))


def _one_line(expression: Expression) -> str:
    return " ".join(expression.text.split())


def _value(name: str, values: Mapping[str, Cell], private: frozenset[str]) -> str:
    value = values[name]
    if name in private:
        return HIDDEN
    if value is None:
        return "(no value)"
    return plain(value) if isinstance(value, Decimal) else brief(value, _LONGEST_VALUE)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2].rstrip()} …"
