"""Prices and stock that move by one rule: it is found, said once, and what keeps out of it is listed."""

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.changes import Verb
from reconciler.model.marks import Mark
from reconciler.model.values import Gain, Money
from reconciler.render.gate import through
from reconciler.render.grouping import FEWEST
from reconciler.render.plan_text import plan_text
from reconciler.render.rules import outside, rules
from reconciler.render.style import PLAIN

from . import samples


def raised(before, percent, unit="0.01"):
    return (before * (100 + Decimal(percent)) / 100).quantize(Decimal(unit), rounding=ROUND_HALF_UP)


def moves(befores, afters):
    return [(Money(one, "PLN"), Money(other, "PLN")) for one, other in zip(befores, afters, strict=True)]


@given(
    st.lists(st.decimals(1, 5000, places=2), min_size=30, max_size=60, unique=True),
    st.sampled_from(["5", "-10", "2.5", "12", "-0.5"]),
    st.integers(0, 4),
)
@settings(max_examples=200)
def test_a_raised_price_list_is_one_rule_and_its_exceptions(befores, percent, odd):
    afters = [raised(each, percent) for each in befores]
    for number in range(odd):
        afters[number] = befores[number] * 2 + number
    found = rules(moves(befores, afters))
    assert found[0].said == f"{Decimal(percent):+.1f} %"
    assert set(range(odd, len(befores))) <= set(found[0].members)
    assert set(outside(len(befores), found)) <= set(range(odd))


def test_rounded_to_an_ending():
    befores = [Decimal(n) + Decimal("0.99") for n in range(40, 140)]
    afters = [raised(each, 5, "1") - Decimal("0.01") for each in befores]
    (found,) = rules(moves(befores, afters))
    assert found.said == "+5.0 %, to .99"
    assert len(found.members) == 100


def test_by_one_amount():
    befores = [Decimal(n) for n in range(10, 40)]
    (found,) = rules(moves(befores, [each + Decimal("3.50") for each in befores]))
    assert found.said == "+3.50 PLN"
    assert len(found.members) == 30


def test_what_follows_no_rule_is_in_none():
    befores = [Decimal(100 + n) for n in range(30)]
    assert rules(moves(befores, [each * (2 + n) for n, each in enumerate(befores)])) == ()
    assert rules([(None, "a"), (1, "b")]) == ()
    assert rules([("a", 1)]) == ()


def test_another_currency_and_a_price_from_nothing_are_exceptions():
    odd = [
        (Money(Decimal(10), "PLN"), Money(Decimal(20), "CZK")),
        (Money(Decimal(0), "PLN"), Money(Decimal(5), "PLN")),
    ]
    befores = [Decimal(n) for n in range(10, 40)]
    found = rules([*odd, *moves(befores, [raised(each, 7) for each in befores])])
    assert [each.said for each in found] == ["+7.0 %"]
    assert {0, 1} <= set(outside(32, found))


def test_stock_by_equal_differences():
    found = rules([(n, Gain(50)) for n in range(30)] + [(n, n - 2) for n in range(10, 22)] + [(5, 70)])
    assert [(each.said, len(each.members)) for each in found] == [("+50", 30), ("-2", 12)]
    assert outside(43, found) == [42]


def offer(name, *fields, verb=Verb.UPDATE, **more):
    return samples.change(name, verb, *fields, title="Kubek ceramiczny", number="77", **more)


def price(before, after, line=1):
    return samples.field("price.base", Money(before, "PLN"), Money(after, "PLN"), at=Mark("offers/a.yaml", line))


def drawn(*changes, **more):
    return through(plan_text(samples.plan(samples.account(*changes)), PLAIN, **more))


def price_list():
    raised_ = [offer(f"k-{n:03}", price(Decimal(n), raised(Decimal(n), 5), n)) for n in range(100, 912)]
    return [*raised_, *(offer(f"x-{n}", price(Decimal(50), Decimal(n), n)) for n in (10, 80, 99))]


def test_a_price_list_in_one_glance():
    text = drawn(*price_list())
    assert "~ 815 offers: price.base" in text
    assert "+5.0 % on 812 offers, 3 exceptions" in text
    assert re.search(r"k-100 +100 PLN -> 105.00 PLN +\(\+5.0 %\)", text)
    assert re.search(r"k-911 +911 PLN -> 956.55 PLN", text)
    for number in (10, 80, 99):
        assert re.search(rf"x-{number} +50 PLN -> {number} PLN.*offers/a.yaml:{number}$", text, re.MULTILINE)
    assert len(text.splitlines()) < 40
    assert "k-500" in drawn(*price_list(), verbose=True)


@pytest.mark.parametrize("count", [1, 4, 300])
def test_ends_and_zeros_are_never_folded(count):
    zero = samples.field("stock.quantity", 12, 0, at=Mark("offers/z.yaml", 9))
    spent = samples.field("stock.quantity", 12, Gain(-12), at=Mark("offers/g.yaml", 8))
    status = samples.field("stock.status", "active", "ended", at=Mark("offers/e.yaml", 7))
    text = drawn(
        *(offer(f"e-{n:03}", status, verb=Verb.END, reason="its document was removed") for n in range(count)),
        *(offer(f"d-{n:03}", verb=Verb.DELETE, reason="its document was removed") for n in range(count)),
        *(offer(f"z-{n:03}", zero) for n in range(count)),
        *(offer(f"g-{n:03}", spent, price(Decimal(5), Decimal(6))) for n in range(count)),
        *(offer(f"y-{n:03}", samples.field("stock.quantity", 3, 53)) for n in range(count)),
    )
    for n in range(count):
        assert re.search(rf"e-{n:03}\b", text)
        assert re.search(rf"d-{n:03}\b", text)
        assert re.search(rf"z-{n:03}\b", text)
        assert re.search(rf"g-{n:03}\b", text)
    assert text.count("12 -> 0") == 2 * count
    assert text.count("stock.quantity to zero\n") == (count >= FEWEST)  # under one heading, however many lines
    assert text.count("offers/z.yaml:9") + text.count("line 9") == count
    assert text.count("e.yaml:7") == count


def test_one_template_edit_in_texts_that_differ_is_said_once():
    def text(n, word):
        return [
            [{"text": f"<h1>Kubek numer {n}</h1><p>Wysyłka w {word} godziny.</p><p>Zapraszamy, kubek {n}.</p>"}]
        ]

    said = drawn(
        *(offer(f"k-{n}", samples.field("content.description", text(n, "24"), text(n, "48"))) for n in range(50))
    )
    assert "50 offers, all alike" in said
    assert said.count("[-24-] {+48+}") == 1
    assert "the same words in each; shown as they stand in k-0" in said


def test_an_offer_with_a_change_of_its_own_is_said_with_the_others_where_it_says_the_same():
    same = samples.field("settings.invoice", "vat", "vat_margin")
    changes = [offer(f"k-{n}", same) for n in range(5)]
    own = offer("own", same, samples.field("content.category", "1", "2"))
    text = drawn(*changes, own)
    assert "6 offers, all alike" in text
    assert text.count("vat -> vat_margin") == 1
    assert "content.category  1 -> 2" in text


def test_two_numbers_of_many_offers_are_two_tables():
    text = drawn(
        *(
            offer(
                f"k-{n}",
                price(Decimal(n * n + 9), Decimal(3 * n + 11)),
                samples.field("stock.quantity", n, n * n + 7),
            )
            for n in range(6)
        )
    )
    assert "6 offers: price.base" in text
    assert "6 offers: stock.quantity" in text
    assert all(f"{n} -> {n * n + 7}" in text for n in range(6))
