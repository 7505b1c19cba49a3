"""One value is changed in a text, and nothing else."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.editing import with_field, with_key
from reconciler.documents.source import parse
from reconciler.documents.writing import to_yaml

TEXT = """\
# Kubek: nie ruszać
kind: Offer   # zawsze
name: "KUBEK-1"

price:        # brutto
  base:   49.99 PLN   # stara cena
  allegro-cz: '289 CZK'
stock: 73 # sztuk
delivery: Standard
settings: standard
content:
  title: 'Kubek: "duży"'
  parameters:
    Stan: Nowy    # z listy
    # kolory
    Kolor: [biały, czarny]
    Rozmiary:
      - mały      # S
      - duży
  description: |
    <p>Stary</p>

    <p>opis</p>

  # koniec treści
  images:
    - https://example.com/a.jpg
    - https://example.com/b.jpg

# koniec
---
kind: Offer
name: DRUGI
price: 5.00 PLN
"""
FLOW = '{"kind": "Offer", "name": "A", "price": {"base": "5.00 PLN"}, "stock": {"count": 3, "status": "active"}}\n'

CASES = [
    ("price.base", "51.50 PLN", ["-  base:   49.99 PLN   # stara cena", "+  base:   51.50 PLN   # stara cena"]),
    ("price.allegro-cz", "300 CZK", ["-  allegro-cz: '289 CZK'", "+  allegro-cz: '300 CZK'"]),
    ("price.allegro-sk", "11.50 EUR", ["+  allegro-sk: 11.50 EUR"]),
    ("stock.quantity", 60, ["-stock: 73 # sztuk", "+stock: 60 # sztuk"]),
    ("stock.status", "ended", ["-stock: 73 # sztuk", "+stock: # sztuk", "+  quantity: 73", "+  status: ended"]),
    ("delivery.prices", "Inny: 2", ["-delivery: Standard", '+delivery: "Inny: 2"']),
    ("settings.invoice", "vat", ["-settings: standard", "+settings:", "+  template: standard", "+  invoice: vat"]),
    ("content.title", "It's", ["-  title: 'Kubek: \"duży\"'", "+  title: 'It''s'"]),
    (
        "content.parameters",
        {"Stan": "Używany", "Kolor": ["biały", "złoty"], "Rozmiary": ["mały", "wielki"]},
        [
            "-    Stan: Nowy    # z listy",
            "+    Stan: Używany    # z listy",
            "-    Kolor: [biały, czarny]",
            "+    Kolor: [biały, złoty]",
            "-      - duży",
            "+      - wielki",
        ],
    ),
    (
        "content.description",
        "<p>Nowy</p>\n",
        ["-    <p>Stary</p>", "-", "-    <p>opis</p>", "+    <p>Nowy</p>"],
    ),
    ("content.description", "<p>a</p>", ["-  description: |", "-    <p>Stary</p>", "-", "-    <p>opis</p>", "+  description: <p>a</p>"]),
    ("content.images", ["https://example.com/c.jpg"], ["-    - https://example.com/a.jpg", "-    - https://example.com/b.jpg", "-  images:", '+  images: ["https://example.com/c.jpg"]']),
    ("content.safety", None, ["+  safety: null"]),
    ("bundle.items", [{"product": {"gtin": "5901234123457"}}], ["+bundle:", "+  - product:", '+      gtin: "5901234123457"']),
]  # fmt: skip


def changed(before, after):
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def values(text):
    raws, problems = parse("a.yaml", text.encode())
    assert not problems, problems
    return [raw.value for raw in raws]


def at(body, path, kind="Offer"):
    section, _, key = path.partition(".")
    found = body.get(section)
    if path == "bundle.items" or not isinstance(found, dict):
        return found
    return found.get(key, found.get("count")) if path == "stock.quantity" else found.get(key)


@pytest.mark.parametrize(("path", "value", "lines"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_value_changes(path, value, lines, newline):
    text = TEXT.replace("\n", newline)
    after = with_field(text, 0, "Offer", path, value)
    assert sorted(changed(text, after)) == sorted(lines)
    first, second = values(after)
    assert at(first, path) == value
    assert second == values(text)[1]
    assert after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)


ENTRIES = """\
kind: Offer
name: A
content:
  parameters:
    Stan: Nowy      # z listy
    # barwa z katalogu
    Kolor: biały
    Wzór: [a, b]    # dwa
  images:
    - https://a.example/1   # przód
    # bok
    - https://a.example/2
    - https://a.example/3   # tył
"""
FIRST, SECOND, THIRD = (f"https://a.example/{n}" for n in (1, 2, 3))
ENTRY_CASES = [
    ("parameters", {"Stan": "Nowy", "Kolor": "biały"}, ["-    Wzór: [a, b]    # dwa"]),
    ("parameters", {"Kolor": "biały", "Wzór": ["a", "b"]}, ["-    Stan: Nowy      # z listy"]),
    ("parameters", {"Stan": "Nowy", "Kolor": "biały", "Wzór": ["a", "b"], "Waga": 2}, ["+    Waga: 2"]),
    (
        "parameters",
        {"Stan": "Używany", "Kolor": "biały", "Waga": "x"},
        ["-    Stan: Nowy      # z listy", "+    Stan: Używany      # z listy", "-    Wzór: [a, b]    # dwa", "+    Waga: x"],
    ),
    ("images", [FIRST, THIRD], [f"-    - {SECOND}"]),
    ("images", [SECOND, THIRD], [f"-    - {FIRST}   # przód"]),
    ("images", [FIRST, SECOND], [f"-    - {THIRD}   # tył"]),
    ("images", [FIRST, SECOND, THIRD, "https://a.example/4"], ["+    - https://a.example/4"]),
    ("images", ["https://a.example/0", FIRST, SECOND, THIRD], ["+    - https://a.example/0"]),
    (
        "images",
        [SECOND, THIRD, "https://a.example/4"],
        [f"-    - {FIRST}   # przód", "+    - https://a.example/4"],
    ),
    ("images", [FIRST, "https://a.example/x", SECOND, THIRD], ["+    - https://a.example/x"]),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "lines"), ENTRY_CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_what_comes_and_goes_in_a_list_leaves_the_others_as_they_are(key, value, lines, newline, end):
    """With their comments: one picture less is no reason to forget what is said of the rest."""
    text = ENTRIES.rstrip("\n").replace("\n", newline) + end.replace("\n", newline)
    after = with_field(text, 0, "Offer", f"content.{key}", value)
    assert sorted(changed(text, after)) == sorted(lines)
    assert values(after)[0]["content"][key] == value
    assert after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)


def test_what_stands_in_brackets_stays_in_brackets():
    """A document in JSON stays JSON."""
    import json

    after = with_field(FLOW, 0, "Offer", "price.base", "6.00 PLN")
    after = with_field(after, 0, "Offer", "stock.quantity", 7)
    after = with_field(after, 0, "Offer", "stock.status", "ended")
    after = with_field(after, 0, "Offer", "content.title", 'a "b", c: d')
    after = with_key(after, 0, "adopt", "17", after="name")
    assert json.loads(after) == {
        "kind": "Offer",
        "name": "A",
        "adopt": "17",
        "price": {"base": "6.00 PLN"},
        "stock": {"count": 7, "status": "ended"},
        "content": {"title": 'a "b", c: d'},
    }
    assert after.startswith('{"kind": "Offer", "name": "A", "adopt": "17", "price": {"base": "6.00 PLN"}, "stock"')


def test_a_key_comes_after_its_neighbour_and_is_replaced_where_it_is():
    after = with_key(TEXT, 0, "adopt", "17000000001", after="name")
    assert changed(TEXT, after) == ['+adopt: "17000000001"']
    assert after.index("adopt") > after.index("KUBEK-1")
    assert changed(after, with_key(after, 0, "adopt", "2", after="name")) == [
        '-adopt: "17000000001"',
        '+adopt: "2"',
    ]
    assert changed(TEXT, with_key(TEXT, 1, "adopt", "5", after="name")) == ['+adopt: "5"']


#: No digits: `5` and `"5"` are one value where a text is meant, and what stands there stays.
WORDS = st.characters(exclude_categories=["Nd", "Cs"])
SCALARS = st.one_of(st.text(WORDS, max_size=20), st.integers(), st.booleans(), st.none())
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(["title", "a", "b", "safety"]), VALUES, min_size=1, max_size=4)


def readable(value):
    """Whether `to_yaml` and the parser agree on it: control characters and the like are refused elsewhere."""
    raws, problems = parse("a.yaml", to_yaml({"kind": "Offer", "x": value}).encode("utf-8", "surrogatepass"))
    return not problems and raws[0].value["x"] == value


@settings(max_examples=150, deadline=None)
@given(BODIES, VALUES, st.sampled_from(["title", "a", "b", "new"]))
def test_whatever_stands_there_becomes_what_is_wanted(section, value, key):
    """The result reads as the value, and everything else reads as before."""
    body = {"kind": "Offer", "name": "A", "content": section, "price": "5 PLN"}
    if not all(map(readable, (section, value))):
        return
    after = with_field(to_yaml(body), 0, "Offer", f"content.{key}", value)
    assert values(after) == [{**body, "content": {**section, key: value}}]
