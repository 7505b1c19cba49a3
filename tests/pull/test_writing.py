"""What is written reads as the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.source import parse
from reconciler.documents.writing import scalar, to_yaml

CONTROL = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 133), *range(134, 160)]))
NASTY = [
    "", " ", "no", "Yes", "~", "null", "true", "FALSE", "0570", "12.90", "1e5", "+1", "-1", ".5", "-", "--", "---", "...",
    "--- a", "... b", "a: b", "a:", ":a", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "'a'", '"a"', "a'b\"c",
    "[a", "a]", "{a", "a, b", "? a", "?a", "- a", "-a", "<<", "=", "22:15", "2026-01-01", "a\tb", "\ta", "a\nb", "a\nb\n", "a\n\n",
    "\na", " a\nb", "a\n  b\n", "a\r\nb", "a\u0085b", "a\u2028b\n", "\ufeffa", "a\u00a0b", "żółć", "日本", "😀 a", "\\",
    "a\\nb", "https://a.example/x#y", "a ", " a", "1" * 60, "0x1F", "0o17", "1_000", ".inf", "nan", "<p>a: b</p>\n<p>c # d</p>\n",
    "a\n \nb", "a\n\tb", "# a\nb\n", "---\na\n", "...\na", "a\n---\nb\n", "\u200b", "a\u200eb", "\uffff", "\ue000", "\u3000a", "\u2000",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    # Control characters are refused on reading (D107), so nothing that came from documents or Allegro has them.
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters=CONTROL), max_size=40),
    st.text(alphabet=" \n\t:#-'\"[]{},&*!|>%@`?ab1.~\\", max_size=20),
)
SCALARS = st.one_of(
    TEXTS,
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9999, max_value=9999),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def read(text: str):
    found, faults = parse("x.yaml", text.encode())
    assert not faults, (text, faults)
    assert len(found) == 1, text
    return found[0].value


@settings(max_examples=1500, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written_reads_as_the_same(body):
    """parse(to_yaml(x)) == x, whatever the texts hold."""
    assert read(to_yaml({"kind": "Offer", **body})) == {"kind": "Offer", **body}


@pytest.mark.parametrize("text", NASTY)
def test_every_nasty_text_survives_in_every_place(text):
    """As a value, a key, in a short list and in a list of mappings."""
    body = {"kind": text, "list": [text, text], "deep": [{"a": text}, [{"b": text}, text]]}
    assert read(to_yaml(body)) == body
    if text:
        assert read(to_yaml({text: 1})) == {text: 1}
        assert read(to_yaml({"a": {text: {text: text}}})) == {"a": {text: {text: text}}}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Kubek ceramiczny 300 ml", "Kubek ceramiczny 300 ml"),
        ("257931", '"257931"'),
        ("no", "no"),
        ("0570", "0570"),
        ("49.99 PLN", "49.99 PLN"),
        ("https://a.example/x", "https://a.example/x"),
        ("60-166", "60-166"),
        ("a: b", '"a: b"'),
        ('12" x', '12" x'),
        ("true", '"true"'),
        (Decimal("7.50"), "7.50"),
        (None, "null"),
    ],
)
def test_quotes_only_where_they_are_needed(value, written):
    """A text that reads as itself stands bare."""
    assert scalar(value) == written


def test_a_document_looks_as_a_person_would_write_it():
    """Known keys first, blocks for texts of several lines, short lists on one line, the schema on top."""
    body = {
        "stock": {"quantity": 73, "status": "active"},
        "content": {
            "parameters": {"Kolor": ["biały", "niebieski"]},
            "description": [
                {"text": "<h1>Kubek</h1>\n<p>Do kawy.</p>\n"},
                [{"image": "a.jpg"}, {"text": "<p>x</p>"}],
            ],
        },
        "name": "kubek",
        "kind": "Offer",
    }
    assert to_yaml(body, schema="../s.json").splitlines() == [
        "# yaml-language-server: $schema=../s.json",
        "kind: Offer",
        "name: kubek",
        "content:",
        "  parameters:",
        "    Kolor: [biały, niebieski]",
        "  description:",
        "    - text: |",
        "        <h1>Kubek</h1>",
        "        <p>Do kawy.</p>",
        "    - - image: a.jpg",
        "      - text: <p>x</p>",
        "stock:",
        "  quantity: 73",
        "  status: active",
    ]


def test_a_float_is_refused():
    """Money never becomes binary."""
    with pytest.raises(TypeError):
        to_yaml({"a": 1.5})
