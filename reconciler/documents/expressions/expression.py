"""A text -> an Expression: checked, typed and compiled once, run on as many rows as there are."""

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from reconciler.documents.expressions.compiling import term_of
from reconciler.documents.expressions.faults import EvaluationFault, ExpressionFault
from reconciler.documents.expressions.kinds import Typed, counts, is_money, meet, words
from reconciler.documents.expressions.numbers import CONTEXT, why
from reconciler.documents.expressions.rates import Rates
from reconciler.documents.expressions.scanning import scan
from reconciler.documents.expressions.terms import Compilation, Evaluate, Term, single
from reconciler.model.tables import Cell

#: The most values, operators and calls that one expression has.
MAX_NODES = 100
_SMALLER = "Let the source work out a part of it in a column of its own."


class Expression(Struct, frozen=True, kw_only=True):
    """A compiled expression: its text, what it comes to, and what it needs for that.

    `names` are sorted. `converts` are the currencies that `Rates` have to know. `run` takes the values by name
    (money as a bare number, in the currency of its type) and returns a Decimal for numbers and money, None for
    what is missing. It raises EvaluationFault.
    """

    text: str
    type: Typed
    names: tuple[str, ...]
    converts: frozenset[str]
    run: Callable[[Mapping[str, Cell], Rates], Cell]


def compile_expression(text: str, names: Mapping[str, Typed], wants: Typed | None = None) -> Expression:
    """Compile an expression that may use `names`, and shall come to `wants`. Raise ExpressionFault."""
    compilation = Compilation(scan(text), names)
    try:
        term = single(term_of(_parsed(compilation), compilation))
    except RecursionError:
        raise ExpressionFault("too much stands in each other", _SMALLER, offset=0) from None
    type_ = _outcome(term, wants)
    return Expression(
        text=text,
        type=type_,
        names=tuple(sorted(compilation.used)),
        converts=frozenset(compilation.converts),
        run=_run(term.run, type_),
    )


def _parsed(compilation: Compilation) -> ast.expr:
    try:
        tree = ast.parse(compilation.source, mode="eval").body
    except SyntaxError as fault:
        at = min(max((fault.offset or 1) - 2, 0), len(compilation.text) - 1)
        raise ExpressionFault("this is no expression", "Put its parts in brackets.", offset=at) from None
    except MemoryError:
        raise ExpressionFault("too much stands in each other", _SMALLER, offset=0) from None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    count = len(nodes) - sum(isinstance(node, ast.Attribute) for node in nodes)
    if count > MAX_NODES:
        summary = f"an expression has at most {MAX_NODES} values and operators, this one {count}"
        raise ExpressionFault(summary, _SMALLER, offset=0)
    return tree


def _outcome(term: Term, wants: Typed | None) -> Typed:
    """Return what the expression comes to; a bare number is the money that is wanted."""
    type_ = wants if term.type is None else term.type
    if type_ is None:
        raise ExpressionFault("this is always missing", offset=term.offset)
    if wants is None or type_ == wants:
        return type_
    try:
        common = meet(type_, wants)
    except ValueError:
        common = None
    if common is None or not is_money(wants):
        summary = f"this comes to {words(type_)}, and {words(wants)} is wanted"
        hint = f"Convert it: convert(…, '{wants.currency}')." if is_money(type_) and wants.currency else ""
        raise ExpressionFault(summary, hint, offset=term.offset)
    return common


def _run(evaluate: Evaluate, type_: Typed) -> Evaluate:
    """Return the closure with its faults in words, and its numbers with at most 34 digits and without `-0`."""
    plus: Callable[[Any], Decimal] = CONTEXT.plus

    def run_number(values: Mapping[str, Cell], rates: Rates) -> Cell:
        try:
            found = evaluate(values, rates)
            if found is None:
                return None
            outcome = plus(found)
        except ArithmeticError as fault:
            raise EvaluationFault(why(fault)) from fault
        if not outcome.is_finite():
            raise EvaluationFault(f"{outcome} is no number")
        return outcome

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        try:
            return evaluate(values, rates)
        except ArithmeticError as fault:
            raise EvaluationFault(why(fault)) from fault

    return run_number if counts(type_) else run
