"""Comparisons, `in`, and/or/not and `if`. What is compared with something missing is neither yes nor no."""

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from reconciler.documents.expressions.faults import ExpressionFault
from reconciler.documents.expressions.kinds import YES_NO, Kind, Typed, counts, words
from reconciler.documents.expressions.numbers import CONTEXT, ZERO
from reconciler.documents.expressions.rates import Rates
from reconciler.documents.expressions.terms import Evaluate, Term, condition, single, together
from reconciler.model.tables import Cell

Test = Callable[[Any, Any], bool]

#: By the sign of the difference for what one reckons with, and by themselves for all other values.
_OF_SIGNS: Mapping[type[ast.cmpop], Callable[[Decimal], bool]] = {
    ast.Eq: ZERO.__eq__,
    ast.NotEq: ZERO.__ne__,
    ast.Lt: ZERO.__gt__,
    ast.LtE: ZERO.__ge__,
    ast.Gt: ZERO.__lt__,
    ast.GtE: ZERO.__le__,
}
_OF_VALUES: Mapping[type[ast.cmpop], Test] = {
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
}
_WITHOUT_ORDER = (Kind.TEXT, Kind.YES_NO)


def compared(ops: Sequence[ast.cmpop], terms: Sequence[Term]) -> Term:
    """Return `a < b <= c`, or `a in list`. Raise ExpressionFault."""
    first = terms[0]
    if any(isinstance(op, ast.In | ast.NotIn) for op in ops):
        if len(ops) > 1:
            hint = "Join two comparisons by `and`."
            raise ExpressionFault("`in` cannot stand in a chain of comparisons", hint, offset=first.offset)
        return _among(ops[0], first, terms[1])
    common = together([single(term) for term in terms], "compared", first.offset)
    unordered = common is not None and common.kind in _WITHOUT_ORDER
    if unordered and not all(isinstance(op, ast.Eq | ast.NotEq) for op in ops):
        hint = "They can be compared by `==`, `!=` and `in`."
        raise ExpressionFault(f"values that are {words(common)} have no order", hint, offset=first.offset)
    links = [
        _link(_test(op, common), one.run, other.run) for op, (one, other) in zip(ops, pairwise(terms), strict=True)
    ]
    return Term(offset=first.offset, type=YES_NO, run=links[0] if len(links) == 1 else _and(links))


def _test(op: ast.cmpop, common: Typed | None) -> Test:
    if not counts(common):
        return _OF_VALUES[type(op)]
    of_sign, compare = _OF_SIGNS[type(op)], CONTEXT.compare_signal
    return lambda one, other: of_sign(compare(one, other))


def _link(test: Test, first: Evaluate, second: Evaluate) -> Evaluate:
    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        one = first(values, rates)
        if one is None:
            return None
        other = second(values, rates)
        return None if other is None else test(one, other)

    return run


def _among(op: ast.cmpop, term: Term, group: Term) -> Term:
    word = "in" if isinstance(op, ast.In) else "not in"
    if group.many is None and not group.listed:
        hint = "Write a list: category in ['Kubki', 'Talerze']."
        if group.type == Typed(Kind.TEXT):
            hint += " A part of a text is found by contains(text, part)."
        summary = f"`{word}` takes a list, and this is {words(group.type)}"
        raise ExpressionFault(summary, hint, offset=group.offset)
    together((single(term), group), "compared", term.offset)
    wanted, first, second = isinstance(op, ast.In), term.run, group.run
    many = None if group.many is None else frozenset(group.many)

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        one = first(values, rates)
        among: Collection[Cell] | None = second(values, rates) if many is None else many  # type: ignore[assignment]
        return None if one is None or among is None else (one in among) is wanted

    return Term(offset=term.offset, type=YES_NO, run=run)


def joined(op: ast.boolop, terms: Sequence[Term]) -> Term:
    """Return `a and b` or `a or b`, of three values. Raise ExpressionFault."""
    word, join = ("`and`", _and) if isinstance(op, ast.And) else ("`or`", _or)
    links = [condition(term, word).run for term in terms]
    return Term(offset=terms[0].offset, type=YES_NO, run=join(links))


def _and(links: Sequence[Evaluate]) -> Evaluate:
    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        outcome: bool | None = True
        for link in links:
            found = link(values, rates)
            if found is False:
                return False
            if found is None:
                outcome = None
        return outcome

    return run


def _or(links: Sequence[Evaluate]) -> Evaluate:
    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        outcome: bool | None = False
        for link in links:
            found = link(values, rates)
            if found is True:
                return True
            if found is None:
                outcome = None
        return outcome

    return run


def opposite(term: Term, offset: int) -> Term:
    """Return `not term`. Raise ExpressionFault."""
    inner = condition(term, "`not`").run

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        found = inner(values, rates)
        return None if found is None else not found

    return Term(offset=offset, type=YES_NO, run=run)


def chosen(test: Term, body: Term, otherwise: Term) -> Term:
    """Return `body if test else otherwise`; a test that is missing is no. Raise ExpressionFault."""
    type_ = together((single(body), single(otherwise)), "the outcomes of one `if`", body.offset)
    asked, first, second = condition(test, "`if`").run, body.run, otherwise.run

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        return first(values, rates) if asked(values, rates) else second(values, rates)

    return Term(offset=body.offset, type=type_, run=run)
