"""`convert(money, 'CZK')`: the only place where currencies meet."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconciler.documents.expressions.faults import ExpressionFault
from reconciler.documents.expressions.kinds import Kind, Typed, words
from reconciler.documents.expressions.numbers import CONTEXT
from reconciler.documents.expressions.rates import Rates
from reconciler.documents.expressions.terms import Compilation, Term
from reconciler.model.tables import Cell


def converted(compilation: Compilation, offset: int, terms: Sequence[Term]) -> Term:
    """Return money in the currency that is written. Raise ExpressionFault."""
    money, currency = terms[0], terms[1].literal
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        hint = "Write three capital letters in quotes: convert(net, 'CZK')."
        raise ExpressionFault("the currency of `convert` has to be written there", hint, offset=terms[1].offset)
    if money.type is None or not money.type.currency:
        hint = "A column says its currency: {type: money, currency: PLN}."
        raise ExpressionFault(f"`convert` takes money, and this is {words(money.type)}", hint, offset=money.offset)
    type_, source, inner = Typed(Kind.MONEY, currency), money.type.currency, money.run
    if source == currency:
        return Term(offset=offset, type=type_, run=inner)
    compilation.converts.update((source, currency))
    multiply: Callable[[Any, Any], Any] = CONTEXT.multiply
    divide: Callable[[Any, Any], Any] = CONTEXT.divide

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        value = inner(values, rates)
        if value is None:
            return None
        return divide(multiply(value, rates.unit(source)), rates.unit(currency))  # type: ignore[no-any-return]

    return Term(offset=offset, type=type_, run=run)
