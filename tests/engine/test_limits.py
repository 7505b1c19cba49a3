"""Limits of the spec, word by word, at their borders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.engine.limits import LIMITS, check_limits, stale_modules
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import OFFER
from reconciler.model.spec import FieldSpec
from reconciler.model.values import Money

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
    "html_tags": (["p", "b"], TEXT, [[{"text": "<u>x</u>"}]]),
    "minimum": (0, 0, -1),
    "maximum": (9, 9, 10),
    "above": (0, Money.parse("0.01 PLN"), Money.parse("0 PLN")),
    "cause": (True, {"range": "disabled", "restriction_cause": {"name": "press"}}, {"range": "disabled"}),
    "full_years": (True, {"period": "P2Y"}, {"period": "P18M"}),
    "pattern": ("[a-z]+", "abc", "ABC"),
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


def test_attributes_of_tags_are_refused() -> None:
    """An allowed tag with an attribute is refused, for the marketplace refuses it."""
    assert limited("content.description", [[{"text": '<p class="x">a</p>'}]], {"html_tags": ["p"]}) == ["D503"]


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
    said = stale_modules(
        [
            desired("A", modes=modes),
            desired("B", modes=modes),
            desired("C"),
            desired("T", kind="OfferTag", modes=modes),
        ]
    )
    assert [(each.code, each.severity.value) for each in said] == [("P201", "warning")]
    assert "2 offers" in said[0].summary
