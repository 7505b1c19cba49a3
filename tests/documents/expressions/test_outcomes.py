"""What expressions come to, and of what type it is."""

import re
from decimal import Decimal, DivisionByZero, Inexact, localcontext

import pytest

from reconciler.documents.expressions import (
    FUNCTIONS,
    EvaluationFault,
    Kind,
    Rates,
    Typed,
    compile_expression,
    type_of,
)
from reconciler.model.tables import Column, ColumnType

from .names import ANY, DATE, EUR, NAMES, NUMBER, PLN, RATES, TEXT, VALUES, YES_NO, compiled, outcome

#: An expression, its type, and its outcome as it is written out; None is missing.
GOOD = [
    ("round(net * 1.23 * 1.11 + fee, 2)", PLN, "141.66"),
    ("quantity - reserved", NUMBER, "3"),
    ("quantity", NUMBER, "5"),
    ("  \n quantity\n\t- 1 ", NUMBER, "4"),
    ("0.1 + 0.2", NUMBER, "0.3"),
    ("1234567890123456789012345678901234 + 0", NUMBER, "1234567890123456789012345678901234"),
    (".5 + 1.", NUMBER, "1.5"),
    ("2 + 3 * 4 - 6 / 4", NUMBER, "12.5"),
    ("-(2 + 3) * -2", NUMBER, "10"),
    ("- - 2", NUMBER, "2"),
    ("0 * -1", NUMBER, "0"),
    ("round(-0.4)", NUMBER, "0"),
    ("1 / 3", NUMBER, "0." + "3" * 34),
    ("2 / 3", NUMBER, "0." + "6" * 33 + "7"),
    ("net + 10", PLN, "110.10"),
    ("10 + net", PLN, "110.10"),
    ("10 - net", PLN, "-90.10"),
    ("raw + net", PLN, "107.10"),
    ("raw * 2", ANY, "14"),
    ("2 * net", PLN, "200.20"),
    ("net / 2", PLN, "50.05"),
    ("net / erp.cost", NUMBER, "2.5025"),
    ("erp . cost", PLN, "40"),
    ("net / raw", NUMBER, "14.30"),
    ("-net", PLN, "-100.10"),
    ("convert(net, 'EUR')", EUR, "23.2232"),
    ("convert(net, 'CZK')", Typed(Kind.MONEY, "CZK"), "580.5800"),
    ("convert(net, 'PLN')", PLN, "100.10"),
    ("convert(net, 'EUR') + shop.price", EUR, "33.2232"),
    ("round(2.5)", NUMBER, "3"),
    ("round(-2.5)", NUMBER, "-3"),
    ("round(quantity, 2)", NUMBER, "5.00"),
    ("round(1.005, 2)", NUMBER, "1.01"),
    ("floor(2.7) + floor(-2.1)", NUMBER, "-1"),
    ("ceil(2.1) + ceil(-2.7)", NUMBER, "1"),
    ("floor(quantity / 2)", NUMBER, "2"),
    ("min(3, 1, 2)", NUMBER, "1"),
    ("max(net, 200, fee)", PLN, "200"),
    ("abs(-net)", PLN, "100.10"),
    ("default(nothing, 7)", NUMBER, "7"),
    ("default(quantity, 1 / 0)", NUMBER, "5"),
    ("default(None, fee)", PLN, "4.99"),
    ("net if quantity > 3 else 0", PLN, "100.10"),
    ("1 if nothing > 3 else 2", NUMBER, "2"),
    ("1 if False else 2 if False else 3", NUMBER, "3"),
    ("net if active else None", PLN, "100.10"),
    ("net > 100", YES_NO, True),
    ("net == 100.1", YES_NO, True),
    ("net != fee", YES_NO, True),
    ("0 < reserved <= 2 < quantity", YES_NO, True),
    ("0 < reserved < 2 < 1 / 0", YES_NO, False),
    ("category == 'Filiżanki'", YES_NO, True),
    ('category != "it\'s"', YES_NO, True),
    ("category in ['Kubki', 'Filiżanki']", YES_NO, True),
    ("category not  in ['Kubki', 'Filiżanki']", YES_NO, False),
    ("quantity in [1, 5.0, -2]", YES_NO, True),
    ("reserved - 4 in [1, 5.0, -2]", YES_NO, True),
    ("net in [100.10]", YES_NO, True),
    ("'sale' in labels", YES_NO, True),
    ("category not in labels", YES_NO, True),
    ("active in [True]", YES_NO, True),
    ("active == (quantity > 3)", YES_NO, True),
    ("valid_on < today", YES_NO, True),
    ("changed_at == changed_at", YES_NO, True),
    ("days_since(valid_on)", NUMBER, "8"),
    ("not active or quantity > 3 and reserved > 1", YES_NO, True),
    ("lower('ŻÓŁTY')", TEXT, "żółty"),
    ("contains(category, 'żan')", YES_NO, True),
    ("contains(category, 'ŻAN')", YES_NO, False),
    ("starts_with(lower(category), 'fil')", YES_NO, True),
    ("'a # % ** // = text' if active else ''", TEXT, "a # % ** // = text"),
    ("today", DATE, VALUES["today"]),
]
MISSING = [
    "nothing", "nothing + 1", "1 + nothing", "1 / 0 if active and False else nothing", "nothing / 0", "net * nothing",
    "-nothing", "nothing < 1", "1 < nothing", "nothing == nothing", "0 < nothing < 9", "quantity == None",
    "no_text == 'a'", "no_text in ['a']", "no_text not in ['a']", "quantity in [1] and unsure if False else unsure",
    "not unsure", "unsure and True", "True and unsure", "unsure or False", "False or unsure", "round(nothing, 2)",
    "floor(nothing)", "ceil(nothing)", "abs(nothing)", "min(1, nothing)", "max(nothing, 1)", "lower(no_text)",
    "contains(no_text, 'a')", "contains('a', no_text)", "starts_with(no_text, 'a')", "default(nothing, nothing)",
    "None + 1", "net - None", "days_since(None)", "convert(net * nothing, 'EUR')",
]  # fmt: skip


@pytest.mark.parametrize(("text", "type_", "expected"), GOOD)
def test_an_expression_comes_to_its_value(text: str, type_: Typed, expected: object) -> None:
    """A number is a Decimal, written out to its last digit."""
    assert compiled(text).type == type_
    found = outcome(text)
    if type_.kind in (Kind.NUMBER, Kind.MONEY):
        assert type(found) is Decimal
        assert f"{found:f}" == expected
    else:
        assert found == expected


@pytest.mark.parametrize("text", MISSING)
def test_what_is_reckoned_from_something_missing_is_missing(text: str) -> None:
    assert outcome(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unsure and False", False),
        ("False and unsure", False),
        ("unsure or True", True),
        ("True or unsure", True),
        ("2 < 1 < nothing", False),
        ("nothing < 2 < 1", False),
        ("False and 1 / 0 > 1", False),
        ("True or 1 / 0 > 1", True),
    ],
)
def test_what_is_decided_without_the_missing_is_decided(text: str, expected: bool) -> None:
    assert outcome(text) is expected


def test_an_expression_says_what_it_uses() -> None:
    """Names sorted; `days_since` uses `today`; only a conversion between two currencies needs rates."""
    found = compiled("convert(erp.cost + net, 'EUR') > 2 and days_since(valid_on) < 3 and convert(net, 'PLN') > 0")
    assert found.names == ("erp.cost", "net", "today", "valid_on")
    assert found.converts == {"PLN", "EUR"}
    assert compiled("net + 1").converts == frozenset()


@pytest.mark.parametrize(
    ("text", "wants", "type_"),
    [
        ("19.99", PLN, PLN),
        ("net", PLN, PLN),
        ("raw", PLN, PLN),
        ("net", ANY, PLN),
        ("quantity", ANY, ANY),
        ("None", PLN, PLN),
        ("quantity > 1", YES_NO, YES_NO),
    ],
)
def test_a_bare_number_is_the_money_that_is_wanted(text: str, wants: Typed, type_: Typed) -> None:
    assert compiled(text, wants).type == type_


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 / 0", "it divides by zero"),
        ("0 / (quantity - 5)", "it divides by zero"),
        ("round(9999999999999999999999999999999999, 2)", "a number in it has more than 34 digits"),
        ("1 / 0 > 1", "it divides by zero"),
        ("convert(net, 'USD')", "there is no rate of USD"),
    ],
)
def test_what_has_no_outcome_says_why(text: str, why: str) -> None:
    with pytest.raises(EvaluationFault, match=re.escape(why)) as caught:
        outcome(text)
    assert caught.value.summary == why


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity"])
@pytest.mark.parametrize("text", ["factor", "factor + 1", "factor * 0 > 1", "min(factor, 1) + 0 * factor"])
def test_what_is_no_number_never_comes_out(text: str, value: str) -> None:
    """However a value came in that is none, and whatever the caller's context makes of it."""
    found = compiled(text)
    with localcontext(traps=[]), pytest.raises(EvaluationFault):
        found.run({"factor": Decimal(value)}, RATES)


def test_a_float_is_a_mistake_of_ours_and_loud() -> None:
    for text in ("factor", "factor + 1", "factor > 1", "round(factor)", "min(factor, 1)"):
        with pytest.raises(TypeError):
            compiled(text).run({"factor": 0.5}, RATES)  # type: ignore[dict-item]


def test_the_context_of_the_caller_is_neither_asked_nor_changed() -> None:
    """Two digits, and traps for all that happens: nothing of that reaches an expression."""
    texts = [text for text, _, _ in GOOD]
    expected = [outcome(text) for text in texts]
    with localcontext() as context:
        context.prec = 2
        context.Emax, context.Emin = 3, -3
        context.traps[Inexact] = True
        context.traps[DivisionByZero] = False
        before = repr(context)
        assert [outcome(text) for text in texts] == expected
        with pytest.raises(EvaluationFault):
            outcome("1 / 0")
        assert repr(context) == before


def test_a_unit_of_the_base_currency_is_one() -> None:
    run = compile_expression("convert(net, 'EUR')", NAMES).run
    assert run(VALUES, Rates({"EUR": Decimal("4.55")}, base="PLN")) == Decimal(22)


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        (ColumnType.TEXT, TEXT),
        (ColumnType.WHOLE, NUMBER),
        (ColumnType.DECIMAL, NUMBER),
        (ColumnType.YES_NO, YES_NO),
        (ColumnType.DATE, DATE),
        (ColumnType.TIME, Typed(Kind.TIME)),
    ],
)
def test_columns_have_their_types(column: ColumnType, type_: Typed) -> None:
    assert type_of(Column(name="x", type=column, place="x")) == type_


def test_a_column_of_money_has_its_currency() -> None:
    assert type_of(Column(name="x", type=ColumnType.MONEY, place="x", currency="PLN")) == PLN


def test_each_function_is_told_in_a_line_that_begins_with_a_call_of_it() -> None:
    examples = {"x": NUMBER, "y": NUMBER, "text": TEXT, "date": DATE, "today": DATE}
    texts, days = {"lower", "contains", "starts_with"}, {"days_since"}
    assert set(FUNCTIONS) == {"round", "floor", "ceil", "min", "max", "abs", "default", "convert"} | texts | days
    for name, line in FUNCTIONS.items():
        usage, _, meaning = line.partition(": ")
        assert usage.startswith(f"{name}(")
        assert meaning
        compile_expression(usage, examples | ({"x": PLN} if name == "convert" else {}))
