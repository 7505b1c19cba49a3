"""Laws of the language, over texts and expressions that nobody thought of."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.expressions import EvaluationFault, Expression, ExpressionFault, compile_expression

from .names import NAMES, NUMBER, PLN, RATES, VALUES, YES_NO

#: Texts in general, and such as are made of what expressions are made of.
PIECES = st.sampled_from(
    [*NAMES, *"()[],.+-*/<>=!%'\" \n", "==", "<=", "!=", " in ", " not in ", " and ", " or ", " not ", " if ", " else ",
     "'a'", "1", "2.5", "0", "None", "True", "round(", "max(", "convert(", "'EUR'", "default(", "lower(", "days_since(",
     "lambda ", " for ", " is ", "ż", "{", ":=", "#", "\\", "1e9", "f'{net}'"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.text(st.characters()), st.lists(PIECES, max_size=40).map("".join))


def _tried(text: str) -> Expression | ExpressionFault:
    try:
        return compile_expression(text, NAMES)
    except ExpressionFault as fault:
        return fault


def _run(found: Expression) -> object:
    try:
        return found.run(VALUES, RATES)
    except EvaluationFault as fault:
        return fault


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_any_text_is_an_expression_or_a_fault(text: str) -> None:
    """A fault lies within the text; what is compiled has an outcome or says why not, and no float."""
    found = _tried(text)
    if isinstance(found, ExpressionFault):
        assert found.summary
        assert 0 <= found.offset <= len(text)
    else:
        assert not isinstance(_run(found), float)


#: What can stand in itself, or before itself.
DEEP = [
    "(",
    "-",
    "not ",
    "max(",
    "[",
    "1 if ",
    "1 if active else ",
    "1+",
    "a.",
    "-(",
    "net if active else (",
    "1<",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DEEP), st.integers(1, 1200))
def test_no_depth_is_too_deep_to_be_told(piece: str, times: int) -> None:
    for text in (piece * times, piece * times + "1", piece * times + "1" + ")" * times):
        found = _tried(text)
        if isinstance(found, ExpressionFault):
            assert 0 <= found.offset <= len(text)
        else:
            _run(found)


class Made:
    """An expression that is well typed, with what it comes to by fractions; None is missing."""

    def __init__(self, text: str, value: Fraction | bool | None) -> None:
        self.text = text
        self.value = value


CELLS = st.none() | st.decimals(-99, 99, places=1) | st.integers(-99, 99)
WORLD = st.fixed_dictionaries(
    {
        "a": CELLS,
        "b": CELLS,
        "m": CELLS.map(lambda c: None if c is None else Decimal(c)),
        "yes": st.none() | st.booleans(),
    }
)
TYPES = {"a": NUMBER, "b": NUMBER, "m": PLN, "yes": YES_NO}


def _reckon(sign: str, one: Fraction, other: Fraction) -> Fraction:
    return {"+": one + other, "-": one - other, "*": one * other}[sign]


def _both(one: Made, other: Made, reckon) -> Fraction | bool | None:
    return None if one.value is None or other.value is None else reckon(one.value, other.value)


def number(draw, world, depth: int, *, money: bool = False) -> Made:
    """A number, or money where one is asked for."""
    form = draw(st.sampled_from("nnlbbvidx" if depth else "nl"))
    if form == "l" and not money:
        written = draw(st.decimals(0, 99, places=1))
        return Made(str(written), Fraction(written))
    if not depth or form in "nl":
        name = "m" if money else draw(st.sampled_from("ab"))
        return Made(name, None if world[name] is None else Fraction(world[name]))
    if form == "v":
        inner = number(draw, world, depth - 1, money=money)
        return Made(f"-({inner.text})", None if inner.value is None else -inner.value)
    if form == "i":
        test = yes_no(draw, world, depth - 1)
        one, other = (number(draw, world, depth - 1, money=money) for _ in range(2))
        return Made(f"({one.text} if {test.text} else {other.text})", one.value if test.value else other.value)
    if form == "b":
        sign = draw(st.sampled_from("+-*"))
        one = number(draw, world, depth - 1, money=money)
        other = number(draw, world, depth - 1, money=money and sign != "*" and draw(st.booleans()))
        return Made(f"({one.text} {sign} {other.text})", _both(one, other, lambda x, y: _reckon(sign, x, y)))
    one, other = (number(draw, world, depth - 1, money=money) for _ in range(2))
    if form == "d":
        return Made(f"default({one.text}, {other.text})", other.value if one.value is None else one.value)
    name, pick = draw(st.sampled_from([("min", min), ("max", max)]))
    return Made(f"{name}({one.text}, {other.text})", _both(one, other, pick))


def yes_no(draw, world, depth: int) -> Made:
    """A yes or no, of three values."""
    form = draw(st.sampled_from("yccano" if depth else "y"))
    if form == "y":
        return Made("yes", world["yes"])
    if form == "c":
        money = draw(st.booleans())
        one, other = number(draw, world, depth - 1, money=money), number(draw, world, depth - 1)
        sign, ask = draw(
            st.sampled_from(
                [
                    ("<", lambda x, y: x < y),
                    ("<=", lambda x, y: x <= y),
                    ("==", lambda x, y: x == y),
                    ("!=", lambda x, y: x != y),
                    (">", lambda x, y: x > y),
                    (">=", lambda x, y: x >= y),
                ]
            )
        )
        return Made(f"({one.text} {sign} {other.text})", _both(one, other, ask))
    one = yes_no(draw, world, depth - 1)
    if form == "n":
        return Made(f"(not {one.text})", None if one.value is None else not one.value)
    other = yes_no(draw, world, depth - 1)
    word, decides = ("and", False) if form == "a" else ("or", True)
    values = (one.value, other.value)
    value = decides if decides in values else None if None in values else not decides
    return Made(f"({one.text} {word} {other.text})", value)


@st.composite
def made(draw) -> tuple[Made, dict]:
    world = draw(WORLD)
    kind = draw(st.sampled_from(["number", "money", "yes_no"]))
    if kind == "yes_no":
        return yes_no(draw, world, 3), world
    return number(draw, world, 3, money=kind == "money"), world


@settings(max_examples=300, deadline=None)
@given(made())
def test_an_expression_comes_to_what_fractions_come_to(pair: tuple[Made, dict]) -> None:
    """Exactly, with what is missing, whatever is nested in what."""
    expected, world = pair
    found = compile_expression(expected.text, TYPES).run(world, RATES)
    if expected.value is None or isinstance(expected.value, bool):
        assert found is expected.value
    else:
        assert isinstance(found, Decimal)
        assert Fraction(found) == expected.value


@settings(max_examples=100, deadline=None)
@given(st.decimals(0, 10**12, places=6), st.integers(0, 6))
def test_a_number_that_is_written_and_one_that_is_given_are_the_same(value: Decimal, digits: int) -> None:
    """Read from the text, never by way of a float; a half goes away from zero."""
    written = compile_expression(f"round({value:f}, {digits})", {}).run({}, RATES)
    assert written == compile_expression(f"round(a, {digits})", TYPES).run({"a": value}, RATES)
    assert isinstance(written, Decimal)
    unit = Fraction(1, 10**digits)
    assert Fraction(written) == (Fraction(value) + unit / 2) // unit * unit
