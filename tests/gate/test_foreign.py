"""The gate itself: which characters pass, and what becomes of the others."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.foreign import shown
from reconciler.model.report_json import to_text
from reconciler.render.gate import through
from reconciler.render.style import Style

from .attacks import ATTACKS, SEEN, harm, hidden

COLOUR = Style(colour=True)
ANY = st.text(st.characters(), max_size=20)  # with surrogates
HOSTILE = st.lists(st.sampled_from(sorted(ATTACKS.values())) | ANY, max_size=4).map("".join)


def test_nothing_that_steers_or_hides_passes_and_everything_that_is_read_does() -> None:
    """Each character of Unicode, as this Python knows them."""
    for number in range(sys.maxunicode + 1):
        char = chr(number)
        if hidden(char):
            assert shown(char).isprintable(), hex(number)
            assert shown(char).startswith("\\"), hex(number)
        elif unicodedata.category(char)[0] in "LNPS":
            assert shown(char) == char, hex(number)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Kubek żółty 300 ml ❤️ 茶", "Kubek żółty 300 ml ❤️ 茶"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[2J\x9b", r"\x1b[2J\x9b"),
        ("a\u202eb\ufeff", r"a\u202eb\ufeff"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("::error::x", r"\x3a:error::x"),
        ("  \u3000::error::x", "  \u3000" + r"\x3a:error::x"),
        ("a ::error::x", "a ::error::x"),
        ("path::name", "path::name"),
        ("##[error]", r"\x23#[error]"),
        ("### [a] ## b", "### [a] ## b"),
    ],
)
def test_how_it_is_shown(text: str, seen: str) -> None:
    assert shown(text) == seen


@given(st.lists(HOSTILE, max_size=5))
def test_any_lines_come_out_harmless_and_as_many(lines: list[str]) -> None:
    printed = through(lines)
    assert not harm(printed)
    assert printed.count("\n") == max(len(lines) - 1, 0)
    printed.encode()


@given(st.lists(st.tuples(HOSTILE, st.sampled_from(["dim", "error", "strong"]), HOSTILE), max_size=4))
def test_colours_are_ours_alone(parts: list[tuple[str, str, str]]) -> None:
    """A text can neither colour anything nor end a colour."""
    coloured = through(f"{COLOUR(how, text)}{rest}" for text, how, rest in parts)
    assert not harm(coloured, coloured=True)
    assert coloured.count("\x1b[") == 2 * sum(bool(text) for text, _, _ in parts)


VALUES = st.recursive(
    HOSTILE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3)
)


@given(st.dictionaries(HOSTILE, VALUES, max_size=3))
def test_any_json_is_harmless_and_the_same_document(body: dict[str, object]) -> None:
    """Escapes are another spelling: what is read back is what was written."""
    printed = to_text(body)
    assert not harm(printed.removesuffix("\n"))
    assert printed.count("\n") == 1
    printed.encode()
    assert json.loads(printed) == json.loads(json.dumps(body))


def test_in_json_each_character_passes_or_is_written_out() -> None:
    """Each of the first plane by itself, and behind a letter of ours."""
    for number in range(0x20, 0x10000):
        char = chr(number)
        for text in (char, f"ż{char}"):
            printed = to_text({"": text})
            assert json.loads(printed) == {"": text}, hex(number)
            if hidden(char):
                assert char not in printed, hex(number)
            elif unicodedata.category(char)[0] in "LNPS" and char not in '"\\':
                assert text in printed, hex(number)


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_harmful_without_the_gate_and_seen_with_it(attack: str) -> None:
    """Or the other tests would prove nothing."""
    if attack != "markup of rich":
        assert harm(ATTACKS[attack])
    assert SEEN in through([ATTACKS[attack]])
    assert not harm(through([ATTACKS[attack]]))
