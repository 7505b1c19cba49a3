"""What the page sums up: what is alike, the matrix, and the lowest price beside a reduction."""

import re
from decimal import Decimal

from msgspec.structs import replace
from render import samples

from reconciler.model.prices import Lowest

SLIP = "kubek-acme-300"


def raised(account="main"):
    """Ten prices go up by 5 %, one by 3 PLN; five titles get one word for another."""
    for number in range(10):
        price = samples.field(
            "price.base", samples.pln(20 + number * 10), samples.pln(21 + number * Decimal("10.5"))
        )
        yield samples.change(f"{account}-{number}", samples.Verb.UPDATE, price)
    yield samples.change(
        "apart", samples.Verb.UPDATE, samples.field("price.base", samples.pln(50), samples.pln(53))
    )
    for number in range(5):
        titles = [f"Kubek {word} ACME {number} do kawy, herbaty i kakao" for word in ("ceramiczny", "porcelanowy")]
        yield samples.change(f"title-{number}", samples.Verb.UPDATE, samples.field("content.title", *titles))


def test_what_is_alike_filters_the_table(opened, written):
    lone = samples.change("lone", samples.Verb.UPDATE, samples.field("stock.quantity", 3, 4))
    plan = samples.plan(samples.account(lone, name="cz"), samples.account(*raised()))
    for language, said in (
        ("en", ["10 price +5 %", "5 title ceramiczny → porcelanowy", "1 price: exceptions"]),
        ("pl", ["10 cena +5 %", "5 tytuł ceramiczny → porcelanowy", "1 cena: wyjątki"]),
    ):
        one = opened(written(plan, language, name="alike"))
        chips = one.page.locator(".alike button")
        assert chips.all_inner_texts() == said
        chips.nth(2).focus()
        one.page.keyboard.press("Enter")
        assert [each.split()[0] for each in one.rows()] == ["apart"]
        assert chips.nth(2).get_attribute("aria-pressed") == "true"
        chips.nth(1).focus()
        one.page.keyboard.press("Space")
        assert sorted(each.split()[0] for each in one.rows()) == [f"title-{number}" for number in range(5)]
        assert one.page.locator(".tools .chips").inner_text().startswith(said[1][2:])
        one.page.keyboard.press("Space")
        assert len(one.rows()) == 17


def test_the_matrix_has_what_no_row_has(opened, written):
    counts = {"declared": 9, "live": 12, "equal.price": 7, "equal.stock": 8, "off.stock": 1}
    move = samples.change("k", samples.Verb.UPDATE, samples.field("price.base", samples.pln(10), samples.pln(11)))
    part = samples.account(move, counts=counts, unmanaged=("a", "b", "c"))
    for language, said in (
        ("en", ["equal changes switched off", "price 7 1 ·", "stock 8 · 1", "3 offers without a document"]),
        ("pl", ["bez różnic zmiany wyłączone", "cena 7 1 ·", "stan 8 · 1", "3 oferty bez dokumentu"]),
    ):
        one = opened(written(samples.plan(part), language, name="matrix"))
        lines = one.page.locator(".matrix tr, .matrix table + p").all_inner_texts()
        assert [" ".join(each.split()) for each in lines] == said
        one.page.click(".matrix td button")
        assert [each.split()[0] for each in one.rows()] == ["k"]


def test_a_reduction_tells_the_lowest_price_before_it(opened, written):
    whole = Lowest(price=samples.pln("44.99"), until="2026-11-29T07:00:00+00:00")
    known = {
        "known": whole,
        "new": replace(whole, since="2026-11-20T07:00:00+00:00"),
        "none": replace(whole, price=None),
    }
    falls = samples.field("price.base", samples.pln("49.99"), samples.pln("39.99"))
    changes = [
        samples.change(name, samples.Verb.UPDATE, replace(falls, lowest=each)) for name, each in known.items()
    ]
    plan = samples.plan(samples.account(*changes))
    for language, said in (
        (
            "en",
            [
                "Lowest price of the 30 days before: 44.99 PLN",
                "Lowest price seen: 44.99 PLN; known only since 2026-11-20",
                "The lowest price of the 30 days before is not known",
            ],
        ),
        (
            "pl",
            [
                "Najniższa cena z 30 dni przed obniżką: 44,99 PLN",
                "Najniższa zaobserwowana cena: 44,99 PLN; znana dopiero od 2026-11-20",
                "Najniższa cena z 30 dni przed obniżką nie jest znana",
            ],
        ),
    ):
        page = opened(written(plan, language, name="lowest")).page
        for number, each in enumerate(said):
            page.click(f".body .row >> nth={number}")
            assert re.sub(r"\s", " ", page.locator(".detail .lowest").inner_text()) == each
            page.keyboard.press("Escape")
