"""What is written reads as the same, whoever reads it: we, PyYAML, ruamel.yaml, or a parser of YAML 1.2's core."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reconciler.documents.source import parse
from reconciler.documents.writing import scalar, to_yaml
from reconciler.model.texts import nfc

CONTROL = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 133), *range(134, 160)]))
NASTY = [
    "", " ", "no", "Yes", "~", "null", "true", "FALSE", "0570", "12.90", "1e5", "+1", "-1", ".5", "-", "--", "---", "...",
    "--- a", "... b", "a: b", "a:", ":a", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "'a'", '"a"', "a'b\"c",
    "[a", "a]", "{a", "a, b", "? a", "?a", "- a", "-a", "<<", "=", "22:15", "2026-01-01", "a\tb", "\ta", "a\nb", "a\nb\n", "a\n\n",
    "y", "N", "on", "Off", "YES", "0b11", "0o17", "0O17", "0X1f", "1e3", "1E-3", "1_000", "_", "-_", "+_1", "-.inf", "+.INF", ".NaN", "-.nan",
    "12:30:45", "190:20:30.15", "1:2", "2026-1-2", "2026-11-28 10:00:00", "2026-11-28T10:00:00Z", "685.230_15e+03", "0.", "00", "08", "+08",
    "1.5.2", "60-166", "5901234123457", "x" * 3000, "a b " * 300, "\U0001f600", "\u2029a", "a\u0085", "\ufeff", "a\t", "\t", "'", "''", '"',
    "\na", " a\nb", "a\n  b\n", "a\r\nb", "a\u0085b", "a\u2028b\n", "\ufeffa", "a\u00a0b", "żółć", "日本", "😀 a", "\\",
    "a\\nb", "https://a.example/x#y", "a ", " a", "1" * 60, "0x1F", "0o17", "1_000", ".inf", "nan", "<p>a: b</p>\n<p>c # d</p>\n",
    "a\n \nb", "a\n\tb", "# a\nb\n", "---\na\n", "...\na", "a\n---\nb\n", "\u200b", "a\u200eb", "\uffff", "\ue000", "\u3000a", "\u2002",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    # Control characters are refused on reading (D107), so nothing that came from documents or Allegro has them.
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters=CONTROL), max_size=40),
    st.text(alphabet=" \n\t:#-'\"[]{},&*!|>%@`?ab1.~\\", max_size=20),
).map(nfc)  # as every text is, from documents or from the marketplace
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


class Core(yaml.SafeLoader):
    """A loader with the tags of YAML 1.2's core schema (10.3.2), and with no others."""

    yaml_implicit_resolvers: ClassVar[dict] = {}


for tag, pattern in (
    ("null", r"null|Null|NULL|~|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), None)
OTHERS = {
    "PyYAML": yaml.safe_load,
    "PyYAML with libyaml": lambda text: yaml.load(text, yaml.CSafeLoader),
    "ruamel.yaml": YAML(typ="safe", pure=True).load,
    "the core schema of YAML 1.2": lambda text: yaml.load(text, Core),
}


def alike(value):
    """A value with its kind, as far as a reader of numbers with a point in binary can tell it."""
    if isinstance(value, dict):
        return {key: alike(each) for key, each in value.items()}
    if isinstance(value, list):
        return [alike(each) for each in value]
    return ("float", float(value)) if isinstance(value, float | Decimal) else (type(value).__name__, value)


def assert_read_alike(body):
    text = to_yaml(body)
    assert read(text) == body
    for who, load in OTHERS.items():
        assert alike(load(text)) == alike(body), (who, text)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_every_other_reader_reads_the_same(body):
    """No text is a number, a date, a word or nothing to any of them."""
    assert_read_alike({"kind": "Offer", **body})


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="0123456789+-._:eExXoObBaAfFnNiItTyYzZ~=< ", max_size=12))
def test_what_looks_like_a_number_is_quoted_for_all(text):
    """As a value, as a key and in a short list."""
    assert_read_alike({"a": text, "b": [text], **({text: 1} if text not in ("a", "b") else {})})


@settings(max_examples=1500, deadline=None)
@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written_reads_as_the_same(body):
    """parse(to_yaml(x)) == x, whatever the texts hold."""
    assert read(to_yaml({"kind": "Offer", **body})) == {"kind": "Offer", **body}


@pytest.mark.parametrize("text", NASTY)
def test_every_nasty_text_survives_in_every_place(text):
    """As a value, a key, in a short list and in a list of mappings."""
    body = {"kind": text, "list": [text, text], "deep": [{"a": text}, [{"b": text}, text]]}
    assert_read_alike(body)
    if text:
        assert read(to_yaml({text: 1})) == {text: 1}
        assert read(to_yaml({"a": {text: {text: text}}})) == {"a": {text: {text: text}}}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Kubek ceramiczny 300 ml", "Kubek ceramiczny 300 ml"),
        ("257931", '"257931"'),
        ("no", '"no"'),
        ("0570", '"0570"'),
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
