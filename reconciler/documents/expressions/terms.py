"""Parts of an expression on their way to a closure, and what they have in common while it is compiled."""

import ast
from collections.abc import Callable, Collection, Mapping

from msgspec import Struct, field

from reconciler.documents.expressions.faults import ExpressionFault
from reconciler.documents.expressions.kinds import YES_NO, Typed, counts, is_money, meet, words
from reconciler.documents.expressions.rates import Rates
from reconciler.model.tables import Cell

Evaluate = Callable[[Mapping[str, Cell], Rates], Cell]


class Term(Struct, frozen=True, kw_only=True):
    """A part that is compiled: where it begins, what it is, and how it is had.

    `type` is None where it is always missing. `literal` is a value that was written there. `many` are the values
    of a list that was written, and a `listed` name holds several texts: then `type` is that of each.
    """

    offset: int
    type: Typed | None
    run: Evaluate
    literal: Cell = None
    many: Collection[Cell] | None = None
    listed: bool = False


class Compilation(Struct):
    """What is known of one expression: which names it may use, which it does, and between what it converts."""

    text: str
    known: Mapping[str, Typed]
    used: set[str] = field(default_factory=set)
    converts: set[str] = field(default_factory=set)

    @property
    def source(self) -> str:
        """What Python parses: in brackets, so that it may begin with blanks."""
        return f"({self.text})"

    def offset(self, node: ast.expr) -> int:
        """Return the character that a node begins with: Python counts bytes."""
        return max(0, len(self.source.encode()[: node.col_offset].decode()) - 1)

    def written(self, node: ast.expr) -> str:
        """Return a node as it was written."""
        return self.source.encode()[node.col_offset : node.end_col_offset].decode()


def single(term: Term) -> Term:
    """Return a term that is one value. Raise ExpressionFault for a list."""
    if term.many is not None or term.listed:
        hint = "Lists stand after `in`: category in ['Kubki', 'Talerze']."
        raise ExpressionFault("a list cannot stand here", hint, offset=term.offset)
    return term


def number(term: Term, what: str) -> Term:
    """Return a term that one can reckon with. Raise ExpressionFault, which says what takes it."""
    if not counts(single(term).type):
        raise ExpressionFault(f"{what} takes a number, and this is {words(term.type)}", offset=term.offset)
    return term


def condition(term: Term, what: str) -> Term:
    """Return a term that is yes or no. Raise ExpressionFault, which says what takes it."""
    if single(term).type not in (YES_NO, None):
        hint = "Compare it with something: quantity > 0."
        raise ExpressionFault(f"{what} takes yes or no, and this is {words(term.type)}", hint, offset=term.offset)
    return term


def together(terms: Collection[Term], done: str, offset: int) -> Typed | None:
    """Return the type that all terms can be. Raise ExpressionFault: `text and number cannot be compared`."""
    common: Typed | None = None
    for term in terms:
        try:
            common = meet(common, term.type)
        except ValueError:
            hint = ""
            if is_money(common) and is_money(term.type):
                hint = f"Convert one of them: convert(…, '{common.currency if common else ''}')."
            summary = f"{words(common)} and {words(term.type)} cannot be {done}"
            raise ExpressionFault(summary, hint, offset=offset) from None
    return common
