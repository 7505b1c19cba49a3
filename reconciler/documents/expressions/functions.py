"""The functions of the language: how many values each takes, what it comes to, and one line for people."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from reconciler.documents.expressions.converting import converted
from reconciler.documents.expressions.faults import ExpressionFault
from reconciler.documents.expressions.kinds import DATE, NUMBER, TEXT, YES_NO, Typed, words
from reconciler.documents.expressions.numbers import CONTEXT, ceil, floor
from reconciler.documents.expressions.rates import Rates
from reconciler.documents.expressions.terms import Compilation, Term, number, single, together
from reconciler.model.tables import Cell

MAX_DIGITS = 12
#: The name that holds the day of the reading, where it is given.
TODAY = "today"

Build = Callable[[Compilation, int, Sequence[Term]], Term]


class Callee(Struct, frozen=True):
    """A function: how it is written, what it does, and how many values it takes."""

    usage: str
    line: str
    least: int
    most: int
    build: Build


def called(name: str, compilation: Compilation, offset: int, terms: Sequence[Term]) -> Term:
    """Return a call of a known function. Raise ExpressionFault."""
    callee = CALLEES[name]
    if not callee.least <= len(terms) <= callee.most:
        count = f"{callee.least}" if callee.least == callee.most else f"{callee.least} or more"
        if callee.least != callee.most < MANY:
            count = f"{callee.least} to {callee.most}"
        summary = f"`{name}` takes {count} value{'s' if count != '1' else ''}, and gets {len(terms)}"
        raise ExpressionFault(summary, f"Write {callee.usage}.", offset=offset)
    return callee.build(compilation, offset, [single(each) for each in terms])


def _after(change: Callable[[Any], Cell], term: Term, type_: Typed | None, offset: int) -> Term:
    """Return a term after a change of its value; what is missing stays so."""
    inner = term.run

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        value = inner(values, rates)
        return None if value is None else change(value)

    return Term(offset=offset, type=type_, run=run)


def _round(_: Compilation, offset: int, terms: Sequence[Term]) -> Term:
    term = number(terms[0], "`round`")
    inner, step = term.run, Decimal((0, (1,), -_digits(terms[1]) if len(terms) == 2 else 0))
    quantize: Callable[[Any, Decimal], Decimal] = CONTEXT.quantize

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        value = inner(values, rates)
        return None if value is None else quantize(value, step)

    return Term(offset=offset, type=term.type, run=run)


def _digits(term: Term) -> int:
    written = term.literal
    if not isinstance(written, Decimal) or written not in range(MAX_DIGITS + 1):
        summary = f"`round` takes a written number of decimals, from 0 to {MAX_DIGITS}"
        raise ExpressionFault(summary, "Decimals of a number have a dot: 1.5.", offset=term.offset)
    return int(written)


def _whole(name: str, to_whole: Callable[[Decimal], Decimal]) -> Build:
    def build(_: Compilation, offset: int, terms: Sequence[Term]) -> Term:
        term = number(terms[0], f"`{name}`")
        return _after(lambda value: to_whole(CONTEXT.plus(value)), term, term.type, offset)

    return build


def _abs(_: Compilation, offset: int, terms: Sequence[Term]) -> Term:
    term = number(terms[0], "`abs`")
    return _after(CONTEXT.abs, term, term.type, offset)


def _extreme(name: str, better: Callable[[Decimal], bool]) -> Build:
    """Return `min` or `max`: the difference to the best so far is `better`."""
    compare: Callable[[Any, Any], Decimal] = CONTEXT.compare_signal

    def build(_: Compilation, offset: int, terms: Sequence[Term]) -> Term:
        runs = [number(each, f"`{name}`").run for each in terms]

        def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
            best: Cell = None
            for each in runs:
                value = each(values, rates)
                if value is None:
                    return None
                if best is None or better(compare(value, best)):
                    best = value
            return best

        return Term(offset=offset, type=together(terms, "compared", offset), run=run)

    return build


def _default(_: Compilation, offset: int, terms: Sequence[Term]) -> Term:
    first, second = terms[0].run, terms[1].run

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        value = first(values, rates)
        return second(values, rates) if value is None else value

    return Term(offset=offset, type=together(terms, "put one for the other", offset), run=run)


def _text(name: str, term: Term) -> Term:
    if term.type not in (TEXT, None):
        raise ExpressionFault(f"`{name}` takes a text, and this is {words(term.type)}", offset=term.offset)
    return term


def _lower(_: Compilation, offset: int, terms: Sequence[Term]) -> Term:
    return _after(str.lower, _text("lower", terms[0]), TEXT, offset)


def _asked(name: str, ask: Callable[[Any, Any], bool]) -> Build:
    """Return a question about a text and a part of it."""

    def build(_: Compilation, offset: int, terms: Sequence[Term]) -> Term:
        first, second = (_text(name, each).run for each in terms)

        def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
            text, part = first(values, rates), second(values, rates)
            return None if text is None or part is None else ask(text, part)

        return Term(offset=offset, type=YES_NO, run=run)

    return build


def _days_since(compilation: Compilation, offset: int, terms: Sequence[Term]) -> Term:
    term = terms[0]
    if term.type not in (DATE, None):
        raise ExpressionFault(f"`days_since` takes a date, and this is {words(term.type)}", offset=term.offset)
    if compilation.known.get(TODAY) != DATE:
        raise ExpressionFault(
            "`days_since` cannot be used here: what comes of it would change by itself", offset=offset
        )
    compilation.used.add(TODAY)
    inner: Callable[..., Any] = term.run

    def run(values: Mapping[str, Cell], rates: Rates) -> Cell:
        day, today = inner(values, rates), values[TODAY]
        return None if day is None or today is None else _days(today, day)

    return Term(offset=offset, type=NUMBER, run=run)


def _days(today: Any, day: Any) -> Decimal:
    return Decimal((today - day).days)


#: More values than an expression has.
MANY = 1_000

CALLEES: Mapping[str, Callee] = {
    "round": Callee(
        "round(x, 2)", "x with so many decimals, none unless said; a half goes away from zero", 1, 2, _round
    ),
    "floor": Callee("floor(x)", "the next whole number that is not above x", 1, 1, _whole("floor", floor)),
    "ceil": Callee("ceil(x)", "the next whole number that is not below x", 1, 1, _whole("ceil", ceil)),
    "min": Callee("min(x, y)", "the least of two or more", 2, MANY, _extreme("min", lambda sign: sign < 0)),
    "max": Callee("max(x, y)", "the greatest of two or more", 2, MANY, _extreme("max", lambda sign: sign > 0)),
    "abs": Callee("abs(x)", "x without its sign", 1, 1, _abs),
    "default": Callee("default(x, y)", "x, and y where x is missing", 2, 2, _default),
    "convert": Callee("convert(x, 'CZK')", "money in another currency, by the rates of the rule", 2, 2, converted),
    "lower": Callee("lower(text)", "a text in small letters", 1, 1, _lower),
    "contains": Callee(
        "contains(text, 'part')",
        "whether a part stands in a text, letter by letter",
        2,
        2,
        _asked("contains", lambda text, part: part in text),
    ),
    "starts_with": Callee(
        "starts_with(text, 'part')",
        "whether a text begins with a part, letter by letter",
        2,
        2,
        _asked("starts_with", str.startswith),
    ),
    "days_since": Callee(
        "days_since(date)", "how many days ago a day was; below zero for one to come", 1, 1, _days_since
    ),
}

#: The functions by their names, each in one line for people.
FUNCTIONS: Mapping[str, str] = {name: f"{each.usage}: {each.line}" for name, each in CALLEES.items()}
