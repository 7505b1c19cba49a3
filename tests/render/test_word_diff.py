"""Excerpts of long texts: what changed, with a few words around it, bounded in size and in time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.style import PLAIN
from reconciler.render.word_diff import word_diff


def test_only_the_words_that_changed():
    text = word_diff("Kubek ceramiczny ACME 300 ml", "Kubek porcelanowy ACME 300 ml", PLAIN)
    assert text == "Kubek [-ceramiczny-] {+porcelanowy+} ACME 300 ml"


def test_long_texts_are_excerpts():
    before = " ".join(f"słowo{n}" for n in range(400))
    text = word_diff(before, before.replace("słowo200 ", "WYRAZ "), PLAIN)
    assert "[-słowo200-] {+WYRAZ+}" in text
    assert len(text) < 150
    assert text.startswith("…")


def test_many_places_are_counted():
    words = [f"s{n}" for n in range(300)]
    changed = [f"X{n}" if n % 20 == 0 else word for n, word in enumerate(words)]
    text = word_diff(" ".join(words), " ".join(changed), PLAIN, whole=False)
    assert "(and 9 more places, -v shows them)" in text
    assert word_diff(" ".join(words), " ".join(changed), PLAIN).count("[-") == 15


def test_texts_that_share_nothing_cost_no_minutes():
    """difflib is quadratic; past a bound the stretch is shown as replaced."""
    begun = time.process_time()
    text = word_diff(
        " ".join(f"a{n}" for n in range(20_000)), " ".join(f"b{n}" for n in range(20_000)), PLAIN, whole=False
    )
    assert time.process_time() - begun < 2
    assert len(text) < 400


@given(st.text(), st.text())
def test_any_two_texts(before, after):
    assert "\n" not in word_diff(before, after, PLAIN)
