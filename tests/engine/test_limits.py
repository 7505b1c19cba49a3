"""Limits of the spec, word by word, at their borders."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.engine.limits import LIMITS, check_limits
from reconciler.engine.summed import summed
from reconciler.model.html import canonical_html
from reconciler.model.html_rules import html_faults
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import OFFER
from reconciler.model.spec import FieldSpec
from reconciler.model.texts import invisible
from reconciler.model.values import Money
from reconciler.simulator.allegro.html import problems_of

from .build import AUTO, OFFERS, SPEC, desired


def limited(path: str, value: Any, limits: dict[str, Any], field: str = "content.title") -> list[str]:
    """Check one value under these limits, in place of the spec's own."""
    known: FieldSpec = replace(OFFERS.fields[field], path=path, limits=limits, values={})
    spec = replace(SPEC, kinds={**SPEC.kinds, OFFER: replace(OFFERS, fields={path: known})})
    return [each.code for each in check_limits([desired(fields={path: value})], spec)]


TEXT = [[{"text": "<p>ą</p>"}, {"image": "x"}], [{"text": "<b>b</b>"}]]
BORDERS: dict[str, tuple[Any, Any, Any]] = {
    "min_length": (3, "abc", "ab"),
    "max_length": (3, "abc", "abcd"),
    "min_words": (2, "a b", "a"),
    "longest_word": (3, "abc ab", "abcd a"),
    "max_items": (2, [1, 2], [1, 2, 3]),
    "min_items": (2, [1, 2], [1]),
    "max_bytes": (17, TEXT, [*TEXT, [{"text": "x"}]]),
    "minimum": (0, 0, -1),
    "maximum": (9, 9, 10),
    "above": (0, Money.parse("0.01 PLN"), Money.parse("0 PLN")),
    "cause": (True, {"range": "disabled", "restriction_cause": {"name": "press"}}, {"range": "disabled"}),
    "full_years": (True, {"period": "P2Y"}, {"period": "P18M"}),
    "spelled": ({"pattern": "[a-z]+", "as": "abc"}, "abc", "ABC"),
    "longest_item": (3, ["abc", "a"], ["a", "abcd"]),
    "once": ("%:", "a % b : c", "a : b : c"),
    "characters": (["L", "™"], "ab ™ ż", "ab 1"),
}


def test_every_limit_has_a_border() -> None:
    """The table of this file names every word that the spec may use."""
    assert set(BORDERS) == set(LIMITS)


@pytest.mark.parametrize("word", BORDERS)
def test_a_limit_holds_up_to_its_border(word: str) -> None:
    """A value at the border passes, one beyond it is an error."""
    limit, good, bad = BORDERS[word]
    assert limited("content.title", good, {word: limit}) == []
    assert limited("content.title", bad, {word: limit}) == ["D503"]


RULES = OFFERS.fields["content.description"].limits["html"]
GOOD_HTML = [
    "<p>a</p>", "<h1>a</h1><p>b <b>c</b> d</p>", "<ul><li>a</li><li><b>b</b></li></ul>", "<ol><li>a</li></ol>",
    "<p>a &amp; b &lt; c &gt; d</p>", "<p></p>", "", '<p>5 " x</p>', "<ul><li><p>a</p></li></ul>", "<h2>&#8364;</h2>",
    "<ul><li>a<ul><li>b</li></ul></li></ul>", "<p>żółć 😀</p>",
]  # fmt: skip
BAD_HTML = [
    ("a", "has text outside of any tag (`a`); write it in <p>…</p>"),
    ("<p>a</p>b", "has text outside of any tag (`b`); write it in <p>…</p>"),
    ("<p>a", "does not close <p>"),
    ("<p>a<b>b</p>", "does not close <b> before </p>"),
    ("<p>a</p></p>", "closes <p>, which is not open"),
    ("<p>a<p>b</p></p>", "has <p> in <p>; it may stand outside of other tags and in <li> only"),
    ("<h1><b>a</b></h1>", "has <b> in <h1>; it may stand in <p> and <li> only"),
    ("<p><b>a<b>b</b></b></p>", "has <b> in <b>"),
    ("<b>a</b>", "has <b> outside of any tag; it may stand in <p> and <li> only"),
    ("<li>a</li>", "has <li> outside of any tag; it may stand in <ul> and <ol> only"),
    ("<ul>a<li>b</li></ul>", "has text directly in <ul> (`a`); in it may stand <li> only"),
    ("<ul><p>a</p></ul>", "has <p> in <ul>"),
    ("<p><ul><li>a</li></ul></p>", "has <ul> in <p>"),
    ("<h1><p>a</p></h1>", "has <p> in <h1>"),
    ("<p>a & b</p>", "has a bare & (`a & b`); write &amp;"),
    ("<p>a &; b</p>", "has a bare &"),
    ("<p>5 < 6</p>", "has a bare <; write &lt;"),
    ("<p>6 > 5</p>", "has a bare > (`6 > 5`); write &gt;"),
    ("<p>a<br>b</p>", "has the tag <br>; allowed are h1, h2, p, ul, ol, li, b"),
    ("<p>a<br/>b</p>", "has the tag <br>"),
    ("<table><tr><td>a</td></tr></table>", "has the tag <table>"),
    ('<p class="x">a</p>', 'has the tag <p> with attributes (class="x"); attributes are not allowed'),
    ("<p><a href='x'>a</a></p>", "has the tag <a>"),
    ("<p>a</p><!-- b -->", "has a bare <"),
    ("<script>a</script>", "has the tag <script>"),
    ("<h3>a</h3>", "has the tag <h3>"),
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD_HTML)
def test_html_that_the_marketplace_takes(text: str) -> None:
    """Nothing is refused that it is known to take, and its practice twin is of the same opinion."""
    assert list(html_faults(canonical_html(text), RULES)) == []
    assert problems_of(text) == []


@pytest.mark.parametrize(("text", "said"), BAD_HTML)
def test_html_that_the_marketplace_refuses(text: str, said: str) -> None:
    """Each is named, with the text that it is about; the practice marketplace refuses it, too."""
    assert next(html_faults(canonical_html(text), RULES)).said.startswith(said)
    assert problems_of(text)


@given(
    st.lists(
        st.sampled_from([*RULES, "/p", "/b", "/li", "/ul", "/h1", "&", "&amp;", "<", ">", "a", " "]), max_size=12
    )
)
def test_law_what_validation_lets_pass_the_practice_marketplace_takes(pieces: list[str]) -> None:
    """Both were written by themselves; the one that asks first is no milder."""
    words = [f"<{each}>" if each.strip("/") in RULES else each for each in pieces if each != "top"]
    text = canonical_html("".join(words))
    if not list(html_faults(text, RULES)):
        assert problems_of(text) == []


@given(
    st.lists(
        st.sampled_from([*RULES, "/p", "/b", "/li", "/ul", "/ol", "/h1", "text", "&lt;", "&", ">", " "]),
        max_size=14,
    )
)
@example(["ul", "li", "text", "ol", "li", "b", "text", "/b", "/li", "/ol", "/li", "/ul"])
@example([*["ul", "li"] * 9, *["/li", "/ul"] * 9])
@example(["h1", "b", "text", "/b", "/h1"])
def test_law_one_search_sees_what_going_through_sees(pieces: list[str]) -> None:
    """Tags in capitals are the same to the marketplace, and nothing that the search takes: all is gone through."""
    told = []
    for said in (str.lower, str.upper):
        words = (f"<{said(each)}>" if each.strip("/") in RULES else each for each in pieces if each != "top")
        told.append(list(html_faults("".join(words), RULES)))
    assert told[0] == told[1]


def test_what_many_inherit_is_told_of_each() -> None:
    """What is inherited is one object for all; it is judged once where it is sound only."""
    short, fine = ["a"], ["a", "b"]
    offers = [
        desired(f"K{n}", {"content.images": each}) for n, each in enumerate([short, short, fine, short, fine])
    ]
    known = replace(OFFERS.fields["content.images"], limits={"min_items": 2})
    spec = replace(SPEC, kinds={**SPEC.kinds, OFFER: replace(OFFERS, fields={"content.images": known})})
    assert [each.about.name for each in check_limits(offers, spec)] == ["K0", "K1", "K3"]


@pytest.mark.parametrize(
    "number", [0xAD, 0x34F, 0x61C, 0x115F, 0x17B4, 0x180E, 0x200B, 0x202E, 0x2060, 0x3164, 0xFE0E]
)
def test_what_nobody_sees_is_seen_among_letters(number: int) -> None:
    """Whatever the quick look takes for letters, none of it is invisible."""
    assert invisible(f"ż–€{chr(number)}ó") == (f"U+{number:04X}",)
    assert invisible("zażółć – „€” ½ × 5 mm²") == ()


@pytest.mark.parametrize(
    ("path", "amount", "errors"),
    [
        ("price.base", "49.99 PLN", 0),
        ("price.base", "49.999 PLN", 1),
        ("price.base", "0 PLN", 1),
        ("price.base", "10 USD", 1),
        ("price.allegro-cz", "289 CZK", 0),
        ("price.allegro-cz", "289.00 CZK", 0),
        ("price.allegro-cz", "289.50 CZK", 1),
        ("price.allegro-cz", "289 PLN", 1),
        ("price.allegro-sk", "9.99 EUR", 0),
        ("price.allegro-mars", "9.99 EUR", 0),
    ],
)
def test_a_price_is_in_the_currency_and_precision_of_its_site(path: str, amount: str, errors: int) -> None:
    """Every site has a currency and a number of digits; a site that the spec does not know is not judged."""
    assert len(check_limits([desired(fields={path: Money.parse(amount)})], SPEC)) == errors


@pytest.mark.parametrize(
    ("path", "value", "errors"),
    [
        ("delivery.handling", "PT48H", 0),
        ("delivery.handling", "PT49H", 1),
        ("settings.duration", "unlimited", 0),
        ("settings.duration", "PT96H", 1),
        ("settings.invoice", "vat", 0),
        ("stock.status", "active", 0),
        ("content.title", None, 0),
    ],
)
def test_words_are_those_of_the_marketplace(path: str, value: Any, errors: int) -> None:
    """An enumeration or duration is one that the marketplace knows; null is none of the limits' business."""
    assert len(check_limits([desired(fields={path: value})], SPEC)) == errors


def codes(path: str, value: Any) -> list[str]:
    return [f"{each.code} {each.severity.value}" for each in check_limits([desired(fields={path: value})], SPEC)]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            "content.title",
            "Talerz A&B " + "x" * 30 + " " + "y" * 30,
            ["D535 warning"],
        ),  # 72 characters, 76 escaped
        ("content.title", "Talerz A&B " + "x" * 30 + " " + "y" * 29, []),
        ("content.title", "Talerz A+B " + "x" * 30 + " " + "y" * 30, []),
        ("content.title", "Talerz\u200b do kawy", ["D533 warning"]),
        ("content.title", "Talerz 👨\u200d👩 do kawy ❤\ufe0f", []),
        ("content.description", [[{"text": "<p>a\ufeffb</p>"}]], ["D533 warning"]),
        ("content.parameters", {"Stan": ["Nowy"], "STAN": ["Nowy"]}, ["D530 error"]),
        ("content.parameters", {"Stan": ["Nowy"], "Stan\u00a0": ["Nowy"]}, ["D530 error"]),
        ("content.parameters", {"Stan": ["Nowy"], "Stany": ["Nowy"]}, []),
        ("settings.location", {"city": "Poz\u200bnań"}, ["D533 warning"]),
        ("content.product", {"gtin": "5901234123464"}, []),
        ("content.product", {"gtin": "5901234123465"}, ["D536 error"]),
        ("content.product", {"gtin": "96385074"}, []),
        ("content.product", {"gtin": "96385075"}, ["D536 error"]),
        ("content.product", {"id": "5901234123465"}, []),
        ("bundle.items", [{"product": {"gtin": "036000291453"}, "quantity": 1}], ["D536 error"]),
        ("bundle.items", [{"product": {"gtin": "036000291452"}, "quantity": 1}], []),
        ("content.images", [], ["D503 error"]),
        ("content.images", None, ["D503 error"]),
        ("content.description", None, []),
    ],
)
def test_what_is_odd_is_said(path: str, value: Any, said: list[str]) -> None:
    """Invisible characters and long escaped titles are warned of; one thing under two names is refused."""
    assert codes(path, value) == said


def test_a_coupling_wants_both_toggles_alike() -> None:
    """Modules that a marketplace writes together have the same mode, and the message names both toggles."""
    coupled = replace(SPEC, couplings=((Module.PRICE, Module.STOCK),))
    modes = {**AUTO, Module.PRICE: (Mode.OFF, "offer")}
    [problem] = check_limits([desired(modes=modes)], coupled)
    assert problem.code == "D504"
    assert "sync.price: off" in problem.summary
    assert "sync.stock: auto" in problem.summary
    assert not check_limits([desired()], coupled)


def test_price_or_stock_off_is_a_warning_once_for_each_level() -> None:
    """Offers that may go stale are counted by the level that decided."""
    modes = {**AUTO, Module.PRICE: (Mode.OFF, "project")}
    said = summed(
        [
            desired("A", modes=modes),
            desired("B", modes=modes),
            desired("C"),
            desired("T", kind="OfferTag", modes=modes),
        ],
        SPEC,
    )
    assert [(each.code, each.severity.value) for each in said] == [("P201", "warning")]
    assert "2 offers" in said[0].summary
