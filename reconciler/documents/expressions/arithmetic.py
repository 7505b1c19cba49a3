"""`+ - * /`: what they come to, with currencies, and how it is had. What is missing makes the outcome missing."""

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from reconciler.documents.expressions.faults import ExpressionFault
from reconciler.documents.expressions.kinds import NUMBER, Typed, counts, is_money, words
from reconciler.documents.expressions.numbers import CONTEXT
from reconciler.documents.expressions.rates import Rates
from reconciler.documents.expressions.terms import Evaluate, Term, number, single, together
from reconciler.model.tables import Cell


class _Sign(NamedTuple):
    text: str
    done: str
    reckon: Callable[[Any, Any], Decimal]


_SIGNS: Mapping[type[ast.operator], _Sign] = {
    ast.Add: _Sign("+", "added", CONTEXT.add),
    ast.Sub: _Sign("-", "subtracted", CONTEXT.subtract),
    ast.Mult: _Sign("*", "multiplied", CONTEXT.multiply),
    ast.Div: _Sign("/", "divided", CONTEXT.divide),
}


def reckoned(op: ast.operator, left: Term, right: Term) -> Term:
    """Return `left op right`. Raise ExpressionFault."""
    sign = _SIGNS[type(op)]
    for term in (left, right):
        if not counts(single(term).type):
            summary = f"{words(left.type)} and {words(right.type)} cannot be {sign.done}"
            raise ExpressionFault(summary, f"`{sign.text}` takes numbers and money.", offset=left.offset)
    return Term(
        offset=left.offset,
        type=_type(op, sign.done, left, right),
        run=_run(sign.reckon, left, right),
    )


def _type(op: ast.operator, done: str, left: Term, right: Term) -> Typed | None:
    if isinstance(op, ast.Add | ast.Sub):
        return together((left, right), done, left.offset)
    if left.type is None and right.type is None:
        return None
    if isinstance(op, ast.Mult):
        if is_money(left.type) and is_money(right.type):
            hint = "One of them has to be a number."
            summary = f"{words(left.type)} and {words(right.type)} cannot be multiplied"
            raise ExpressionFault(summary, hint, offset=left.offset)
        return left.type if is_money(left.type) else right.type or NUMBER
    if not is_money(right.type):
        return left.type or NUMBER
    if left.type == NUMBER:
        raise ExpressionFault(f"a number cannot be divided by {words(right.type)}", offset=left.offset)
    together((left, right), done, left.offset)
    return NUMBER


def _run(reckon: Callable[[Any, Any], Decimal], left: Term, right: Term) -> Evaluate:
    """Return the closure; a number that was written costs no call."""
    first, second, written = left.run, right.run, right.literal

    def with_literal(values: Mapping[str, Cell], rates: Rates) -> Cell:
        one = first(values, rates)
        return None if one is None else reckon(one, written)

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        one = first(values, rates)
        if one is None:
            return None
        other = second(values, rates)
        return None if other is None else reckon(one, other)

    return run if written is None else with_literal


def negative(term: Term, offset: int) -> Term:
    """Return `-term`. Raise ExpressionFault."""
    inner = number(term, "`-`").run
    if isinstance(term.literal, Decimal):
        written = CONTEXT.minus(term.literal)
        return Term(offset=offset, type=term.type, run=lambda _values, _rates: written, literal=written)
    minus: Callable[[Any], Decimal] = CONTEXT.minus

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        value = inner(values, rates)
        return None if value is None else minus(value)

    return Term(offset=offset, type=term.type, run=run)
