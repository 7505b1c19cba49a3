"""Text stays text: however a scalar is spelled, in a place for text it is what was written, composed."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents.load import load
from reconciler.documents.writing import to_yaml
from reconciler.model.texts import nfc
from tests.documents.projects import ONE, project

#: What YAML, some reader of it, or a person could take for something else than a text.
SPELLINGS = [
    "1e5", "12E2", "1e3", "+1", "-0", "+48600100200", "5.90123E+12", "1_000", "0x10", "0o17", ".5", "1.", "12.90",
    "0570", "007", "1.0", "-.5", "+.5", "1E5", "1e-2", "0.10", "100", "-7", "yes", "no", "on", "off", "y", "22:15",
    "2026-11-28", "true", "True", "TRUE", "false", "False", ".inf", ".nan", "1e", "e5", "00", "0", "-0.0",
    "9" * 30, "3.", "0.", "+0", "12e03", "1.50e1", "Żółty", "Z\u0307o\u0301\u0142ty", "\u212b", "cafe\u0301",
]  # fmt: skip
#: Where a document wants text, and how it is found in the long form.
PLACES = {
    "name": ("kind: Offer\nname: {}", lambda d: d.name),
    "label": ("kind: Offer\nname: x\nlabels: {{brand: {}}}", lambda d: d.body["labels"]["brand"]),
    "adopt": ("kind: Offer\nname: x\nadopt: {}", lambda d: d.body["adopt"]),
    "moved": ("kind: Offer\nname: x\nmoved: {{from: {}}}", lambda d: d.body["moved"]["from"]),
    "settings": ("kind: Offer\nname: x\nsettings: {}", lambda d: d.body["settings"]["template"]),
    "template": ("kind: Offer\nname: x\nsettings: {{template: {}}}", lambda d: d.body["settings"]["template"]),
    "delivery": ("kind: Offer\nname: x\ndelivery: {}", lambda d: d.body["delivery"]["prices"]),
    "reference": ("kind: Offer\nname: x\nsettings: {{warranty: {}}}", lambda d: d.body["settings"]["warranty"]),
    "id": ("kind: Offer\nname: x\nsettings: {{warranty: {{id: {}}}}}", lambda d: d.body["settings"]["warranty"]["id"]),
    "tag": ("kind: Offer\nname: x\nsettings: {{tags: [{}]}}", lambda d: d.body["settings"]["tags"][0]),
    "city": ("kind: Offer\nname: x\nsettings: {{location: {{city: {}}}}}", lambda d: d.body["settings"]["location"]["city"]),
    "safety": ("kind: Offer\nname: x\nsettings: {{safety: {}}}", lambda d: d.body["settings"]["safety"]),
    "title": ("kind: Offer\nname: x\ncontent: {{title: {}}}", lambda d: d.body["content"]["title"]),
    "category": ("kind: Offer\nname: x\ncontent: {{category: {}}}", lambda d: d.body["content"]["category"]),
    "product": ("kind: Offer\nname: x\ncontent: {{product: {{id: {}}}}}", lambda d: d.body["content"]["product"]["id"]),
    "parameter": ("kind: Offer\nname: x\ncontent: {{parameters: {{Kod: {}}}}}", lambda d: d.body["content"]["parameters"]["Kod"][0]),
    "parameters": ("kind: Offer\nname: x\ncontent: {{parameters: {{Kod: [{}]}}}}", lambda d: d.body["content"]["parameters"]["Kod"][0]),
    "range": ("kind: Offer\nname: x\ncontent: {{parameters: {{Kod: {{from: {}, to: 3}}}}}}", lambda d: d.body["content"]["parameters"]["Kod"]["from"]),
    "text": ("kind: Offer\nname: x\ncontent: {{description: [[{{text: {}}}]]}}", lambda d: d.body["content"]["description"][0][0]["text"]),
    "section": ("kind: Offer\nname: x\ncontent: {{description: [{{text: {}}}]}}", lambda d: d.body["content"]["description"][0][0]["text"]),
    "description": ("kind: Offer\nname: x\ncontent: {{description: {}}}", lambda d: d.body["content"]["description"][0][0]["text"]),
    "default": ("kind: Defaults\nOffer: {{content: {{parameters: {{Kod: {}}}}}}}", lambda d: d.body["Offer"]["content"]["parameters"]["Kod"][0]),
    "cell": ("kind: SizeTable\nname: x\ntemplate: {{id: 1}}\nheaders: [a]\nvalues: [[{}]]", lambda d: d.body["values"][0]["cells"][0]),
    "member": ("kind: Bundle\nname: x\nslots: [{{offers: [{}]}}, {{offers: [y]}}]", lambda d: d.body["slots"][0]["offers"][0]),
}  # fmt: skip
#: The widest place, and the one whose numbers YAML reads first.
SOME = ("name", "label", "parameter", "title", "product")


def read(place, scalar):
    """Return what a place holds when this is written there."""
    form, find = PLACES[place]
    found = project(a=form.format(scalar))
    wrong = [each for each in found.diagnostics if each.code not in ("D304", "D308")]
    assert wrong == []
    return find(next(each for each in found.documents if each.source.path == "a.yaml"))


@pytest.mark.parametrize("place", PLACES)
def test_a_scalar_in_a_place_for_text_is_what_was_written(place):
    numbers = [each for each in SPELLINGS if place != "cell" or each.lower() not in ("true", "false")]
    assert [read(place, each) for each in numbers] == [nfc(each) for each in numbers]


@given(
    st.sampled_from(SOME), st.from_regex(r"[-+]?[0-9]{1,9}(\.[0-9]{0,4})?([eE][-+]?[12]?[0-9])?", fullmatch=True)
)
def test_law_a_number_in_a_place_for_text_is_what_was_written(place, number):
    assert read(place, number) == number


@given(st.sampled_from(SOME), st.sampled_from(SPELLINGS))
def test_law_what_is_written_back_reads_as_the_same(place, spelled):
    text = read(place, spelled)
    body = {"kind": "Offer", "name": "x", "content": {"title": text, "parameters": {"Kod": [text], text: text}}}
    found = project(a=to_yaml(body))
    assert list(found.diagnostics) == []
    content = found.documents[-1].body["content"]
    assert content == {"title": text, "parameters": {"Kod": [text], text: [text]}}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("name: ~", "`name` must be text"),
        ("name:", "`name` must be text"),
        ("content: {product: {gtin: 5.90123E+12}}", "5.90123E+12"),
        ("content: {product: {gtin: .5}}", ".5"),
        ("price: 1e2", "the number 1E+2"),
        ("stock: 1_000", "the text `1_000`"),
        ("stock: 0x10", "the text `0x10`"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_text_as_it_stands(line, words):
    head = "kind: Offer\n" if line.startswith("name") else "kind: Offer\nname: x\n"
    (found,) = project(a=head + line).diagnostics
    assert words in found.summary
    assert found.mark.line == head.count("\n") + 1


def test_numbers_stay_numbers_where_numbers_are_meant():
    found = project(a="kind: Offer\nname: +1\nstock: +12\nsettings: {tax: {PL: 23.0}}")
    assert list(found.diagnostics) == []
    assert found.documents[-1].body["stock"] == {"quantity": 12}
    assert found.documents[-1].body["settings"]["tax"] == {"PL": "23.00"}
    limits = project(reconcile=f"{ONE}guards: {{price_change: 3e1, updates: {{share: .5, count: +7}}}}\n")
    assert list(limits.diagnostics) == []
    assert limits.project.guards == {"price_change": Decimal(30), "updates": {"share": Decimal("0.5"), "count": 7}}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_text_and_key_is_composed_and_its_place_is_found(form):
    written = unicodedata.normalize(form, "kind: Offer\nname: Żółć\ncontent:\n  parameters:\n    Wątek: gęsty\n")
    found = project(a=written)
    assert list(found.diagnostics) == []
    assert found.documents[-1].name == "Żółć"
    assert found.documents[-1].body["content"]["parameters"] == {"Wątek": ["gęsty"]}
    mark = found.documents[-1].mark("content", "parameters", "Wątek", 0)
    assert (mark.line, mark.column) == (5, len(unicodedata.normalize(form, "    Wątek: ")) + 1)


def test_escapes_are_composed_too():
    (document,) = (d for d in project(a='kind: Offer\nname: "Z\\u0307uk"').documents if d.kind == "Offer")
    assert document.name == "Żuk"


def test_two_spellings_of_one_key_are_one_key():
    text = unicodedata.normalize("NFD", "Żuk")
    found = load(
        [
            ("reconcile.yaml", ONE.encode()),
            ("a.yaml", f"kind: Offer\nname: x\nlabels: {{Żuk: a, {text}: b}}".encode()),
        ]
    )
    assert [each.code for each in found.diagnostics] == ["D109"]


def test_both_judges_of_documents_mean_the_same_by_a_space():
    for code in (*range(0x20, 0x100), *range(0x1680, 0x1681), *range(0x2000, 0x2070), 0x3000, 0xFEFF):
        for name in (chr(code), f"a{chr(code)}", f"{chr(code)}a"):
            found = project(a=to_yaml({"kind": "Offer", "name": name}))
            assert "D209" not in {each.code for each in found.diagnostics}, hex(code)
