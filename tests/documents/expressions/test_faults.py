"""What cannot be an expression: what is wrong, at which character, and what to do."""

import pytest

from reconciler.documents.expressions import ExpressionFault, Typed, compile_expression

from .names import ANY, DATE, EUR, NUMBER, PLN, TEXT, YES_NO, compiled

#: A text in which « stands before the character of the fault, words of what is wrong, and words of the hint.
BAD = [
    ("«", "is empty", ""),
    ("« ", "is empty", ""),
    # Names
    ("1 + «nett", "no `nett`", "`net`"),
    ("'żółw' == «categry", "no `categry`", "`category`"),
    ("«erp.costs", "no `erp.costs`", "`erp.cost`"),
    ("1 + «cost", "no `cost`", "`erp.cost`"),
    ("«null", "no `null`", "`None`"),
    ("«true", "no `true`", "`True`"),
    ("«a.b.c", "more than one dot", "source.column"),
    ("«round + 1", "no `round`", "round(x, 2)"),
    ("«from", "`from`", "another name"),
    ("net > 1 and «erp.from > 1", "`from`", "another name"),
    ("net «is None", "`is`", "`==`"),
    ("«żółw + 1", "`ż`", "small letters"),
    # What is foreign
    ("net «% 2", "`%`", "net * 0.23"),
    ("net «** 2", "`**`", "x * x"),
    ("net «// 2", "`//`", "floor"),
    ("quantity «= 5", "`=`", "`==`"),
    ("round(net, digits«=2)", "`=`", "no names"),
    ("active «&& active", "`&&`", "`and`"),
    ("active «| active", "`|`", "`or`"),
    ("«!active", "`!`", "`not`"),
    ("active «? 1 : 2", "`?`", "if"),
    ("category == «‘Kubki’", "`‘`", "straight"),
    ("category == «„Kubki”", "`„`", "straight"),
    ("category == «'Kubki", "not closed", "quote"),
    ("category == «'a\nb'", "not closed", "one line"),
    ("category == «'a\\'b'", "not closed", "backslash"),
    ("«\x00", r"\x00", ""),
    ("«\ud800", r"\ud800", ""),
    ("net «# net", "`#`", ""),
    ("f«'x'", "operator is missing before `'x'`", ""),
    ("b«'x'", "operator is missing", ""),
    ("'a' «'b'", "operator is missing", ""),
    ("net«[0]", "picked out", ""),
    ("'abc'«[0]", "picked out", ""),
    ("«lambda: 1", "`lambda`", ""),
    ("[net «for net in labels]", "`for`", ""),
    ("(net «:= 1)", "`:`", ""),
    ("«{1}", "`{`", ""),
    ("max(«*labels)", "value is missing before `*`", ""),
    ("«(net)(1)", "no function", "operator"),
    ("«2(3)", "no function", "operator"),
    ("«erp.cost(3)", "no function", ""),
    ("«__import__('os')", "no function `__import__`", ""),
    ("''«.join", "`.`", ""),
    ("lower('A')«.x", "`.`", ""),
    # Numbers
    ("1 + «1e400", "`1e400`", "all its digits"),
    ("«1_000", "`1_000`", ""),
    ("«0x10", "`0x10`", ""),
    ("«1if active else 2", "`1if`", ""),
    ("«0123", "begins with a zero", "'0123'"),
    ("1.2«.3", "operator is missing", ""),
    ("«" + "9" * 900, "at most 34 digits", ""),
    ("net * 1«,23", "commas", "dot"),
    ("round(net * 1,«23)", "decimals", "dot"),
    # Order
    ("1 +«", "missing after `+`", ""),
    ("1 + «* 2", "missing before `*`", ""),
    ("«+1", "missing before `+`", ""),
    ("net «5", "missing before `5`", ""),
    ("net «not 5", "missing before `not`", ""),
    ("«(1", "not closed", ""),
    ("1«)", "closes nothing", ""),
    ("(1«]", "closes nothing", ""),
    ("max(1, «)", "missing before `)`", ""),
    ("1 «if active", "no `else`", "else b"),
    ("1 «else 2", "no `if`", ""),
    ("(«)", "value is missing before `)`", ""),
    ("(1 «if active) else 2", "no `else`", "else b"),
    ("max(1 «if active, 2)", "no `else`", ""),
    ("1 if (1 «else 2)", "no `if`", ""),
    ("(1«, 2)", "commas", ""),
    ("active in «not active", "this is no expression", "brackets"),
    # Types
    ("quantity > 1 and «category + 1 > 2", "text and number cannot be added", "numbers and money"),
    ("«category - 1", "text and number cannot be subtracted", ""),
    ("«active * 1", "yes or no and number cannot be multiplied", ""),
    ("«valid_on - today", "date and date cannot be subtracted", ""),
    ("«net + shop.price", "money in PLN and money in EUR cannot be added", "convert(…, 'PLN')"),
    ("«net - shop.price", "money in PLN and money in EUR cannot be subtracted", "convert"),
    ("«net > shop.price", "money in PLN and money in EUR cannot be compared", "convert"),
    ("«net < 5 < shop.price", "money in PLN and money in EUR", "convert"),
    ("«net / shop.price", "money in PLN and money in EUR cannot be divided", "convert"),
    ("«max(net, shop.price)", "money in PLN and money in EUR", "convert"),
    ("«net if active else shop.price", "money in PLN and money in EUR", "convert"),
    ("«default(net, shop.price)", "money in PLN and money in EUR", "convert"),
    ("«net * fee", "money in PLN and money in PLN cannot be multiplied", "number"),
    ("«1 / net", "number cannot be divided by money in PLN", ""),
    ("«category == 5", "text and number cannot be compared", ""),
    ("«valid_on < changed_at", "date and time cannot be compared", ""),
    ("«category < 'a'", "text have no order", "`==`"),
    ("«active > False", "yes or no have no order", ""),
    ("-«category", "takes a number, and this is text", ""),
    ("not «quantity", "`not` takes yes or no, and this is number", "quantity > 0"),
    ("active and «quantity", "`and` takes yes or no", "quantity > 0"),
    ("«category or active", "`or` takes yes or no", ""),
    ("1 if «net else 2", "`if` takes yes or no, and this is money in PLN", ""),
    ("«1 if active else 'a'", "number and text cannot be", ""),
    ("«default(category, 1)", "text and number cannot be", ""),
    # Lists
    ("category in «'Kubki'", "takes a list, and this is text", "contains"),
    ("quantity in «5", "takes a list, and this is number", "Write a list"),
    ("«category in [1, 2]", "text and number cannot be compared", ""),
    ("category in «['a', 1]", "text and number cannot be in one list", ""),
    ("category in ['a', «category]", "written there", "`or`"),
    ("category in ['a', «None]", "written there", ""),
    ("category in «[]", "empty", ""),
    ("category in [«['a']]", "a list cannot stand here", ""),
    ("«category in ['a'] == True", "chain", "`and`"),
    ("1 + «[1]", "a list cannot stand here", "after `in`"),
    ("«labels", "a list cannot stand here", ""),
    ("«labels == labels", "a list cannot stand here", ""),
    ("max(1, «[1])", "a list cannot stand here", ""),
    ("«['a'] in ['a']", "a list cannot stand here", ""),
    # Functions
    ("«rond(net)", "no function `rond`", "`round`"),
    ("«net (1)", "no function `net`", "operator is missing"),
    ("1 + «round()", "1 to 2 values, and gets 0", "round(x, 2)"),
    ("«abs(1, 2)", "takes 1 value, and gets 2", ""),
    ("«max(1)", "2 or more values", ""),
    ("round(net, «reserved)", "written number of decimals", ""),
    ("round(net, «-1)", "written number of decimals", ""),
    ("round(net, «1.5)", "written number of decimals", ""),
    ("round(«category)", "`round` takes a number, and this is text", ""),
    ("min(1, «category)", "`min` takes a number, and this is text", ""),
    ("floor(«active)", "`floor` takes a number", ""),
    ("convert(«5, 'EUR')", "takes money, and this is number", ""),
    ("convert(«raw, 'EUR')", "takes money, and this is money", "currency"),
    ("convert(net, «category)", "has to be written", "'CZK'"),
    ("convert(net, «'euro')", "has to be written", "three capital letters"),
    ("lower(«5)", "takes a text, and this is number", ""),
    ("contains(category, «5)", "takes a text, and this is number", ""),
    ("days_since(«changed_at)", "takes a date, and this is time", ""),
    # Bounds
    ("«" + "+".join(["net"] * 51), "at most 100", ""),
    ("«" + "-" * 900 + "1", "at most 100", ""),
    ("«" + "not " * 200 + "active", "at most 100", ""),
    ("«" + "1 if active else " * 50 + "1", "at most 100", ""),
    ("(" * 30 + "«" + "(" * 200 + "1" + ")" * 230, "brackets", ""),
    ("1 " + " " * 998 + "«+ 1", "at most 1,000 characters", ""),
    ("«None", "always missing", ""),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "summary", "hint"), BAD)
def test_a_mistake_is_told_at_its_character(marked: str, summary: str, hint: str) -> None:
    with pytest.raises(ExpressionFault) as caught:
        compiled(marked.replace("«", ""))
    fault = caught.value
    assert summary in fault.summary
    assert hint in fault.hint
    assert fault.offset == marked.index("«"), fault.summary


@pytest.mark.parametrize(
    ("text", "wants", "summary"),
    [
        ("net", NUMBER, "this comes to money in PLN, and number is wanted"),
        ("net", EUR, "this comes to money in PLN, and money in EUR is wanted"),
        ("category", PLN, "this comes to text, and money in PLN is wanted"),
        ("quantity", YES_NO, "this comes to number, and yes or no is wanted"),
        ("active", ANY, "this comes to yes or no, and money is wanted"),
        ("quantity", TEXT, "this comes to number, and text is wanted"),
    ],
)
def test_another_outcome_than_is_wanted_is_an_error(text: str, wants: Typed, summary: str) -> None:
    with pytest.raises(ExpressionFault) as caught:
        compiled(f"  {text}", wants)
    assert caught.value.summary == summary
    assert caught.value.offset == 2


def test_days_are_counted_only_where_today_is_known() -> None:
    with pytest.raises(ExpressionFault, match="cannot be used here"):
        compile_expression("days_since(valid_on)", {"valid_on": DATE})


def test_the_most_that_is_allowed_is_compiled() -> None:
    """100 values and operators, 30 brackets, 1,000 characters."""
    assert compiled("+".join(["net"] * 50) + " " * 801)
    assert compiled("-" * 99 + "net")
    assert compiled("(" * 30 + "net" + ")" * 30)
    assert compiled("+".join(["erp.cost"] * 50))
