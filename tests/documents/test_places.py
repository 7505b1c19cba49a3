"""Every field leads to the line on which it is declared, whichever form it is written in."""

import pytest

from reconciler.documents.specs import load_spec
from reconciler.engine.limits import check_limits
from reconciler.engine.resolve import resolve
from tests.documents.projects import offers, project

HEAD = "kind: Offer\nname: x\n\n# a comment\n"
#: What is written from line 5 on, and the line of each field.
FORMS = [
    ("stock: 20", {"stock.quantity": 5}),
    ("stock: {always: 20}", {"stock.quantity": 5}),
    ("stock:\n  status: active\n  quantity: 20", {"stock.quantity": 7, "stock.status": 6}),
    ("stock:\n  status: active\n  count: 20", {"stock.quantity": 7, "stock.status": 6}),
    ("stock:\n  status: ended\n  always: 3", {"stock.quantity": 7, "stock.status": 6}),
    ("delivery: paczkomaty", {"delivery.prices": 5}),
    ("delivery:\n  handling: PT24H\n  prices: {id: a}", {"delivery.prices": 7, "delivery.handling": 6}),
    ("price: 49.99 PLN", {"price.base": 5}),
    ("price:\n  base: 49.99 PLN\n  allegro-cz: 289 CZK", {"price.base": 6, "price.allegro-cz": 7}),
    ('bundle: [{product: {gtin: "5901234123464"}}]', {"bundle.items": 5}),
    ('bundle:\n  - product: {gtin: "5901234123464"}\n    quantity: 2', {"bundle.items": 6}),
    ("bundle: []", {"bundle.items": 5}),
    ("settings:\n  invoice: vat\n  message_to_seller: hidden\n  tax: {PL: 23}", {"settings.invoice": 6, "settings.message_to_seller": 7, "settings.tax": 8}),
    ("content:\n  description: <p>a</p>", {"content.description": 6, "content.description.0.0.text": 6}),
    ("content:\n  description:\n    - text: <p>a</p>\n    - text: <p>b</p>", {"content.description.0.0.text": 7, "content.description.1.0.text": 8}),
    ("content:\n  description:\n    - - text: <p>a</p>\n      - text: <p>b</p>", {"content.description.0.1.text": 8}),
    ("content:\n  parameters:\n    Stan: Nowy\n    Kolor:\n      - biały\n      - czarny", {"content.parameters.Stan": 7, "content.parameters.Kolor.1": 10, "content.parameters.Stan.0": 7}),
    ("content:\n  images:\n    - https://a.example/a.jpg\n    - https://a.example/b.jpg", {"content.images": 7, "content.images.1": 8}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), FORMS)
def test_a_field_leads_to_its_line(text, lines):
    found = offers(project(a=HEAD + text))["x"]
    (desired,), problems = resolve([found], load_spec("allegro"), str)
    assert problems == ()
    assert {path: desired.origin(path).mark.line for path in lines} == lines
    assert all(desired.origin(path).mark.line >= 5 for path in {**desired.fields, **desired.unsynced})


def test_a_field_that_is_inherited_leads_to_where_it_is_written():
    defaults = "kind: Defaults\nOffer:\n  delivery: paczkomaty\n  stock: 5\n  bundle: []\n"
    found = offers(project(d=defaults, a=HEAD + "price: 1.00 PLN"))["x"]
    marks = {path: str(found.origin(path).mark) for path in ("delivery.prices", "stock.quantity", "bundle.items")}
    assert marks == {
        "delivery.prices": "d.yaml:3:13",
        "stock.quantity": "d.yaml:4:10",
        "bundle.items": "d.yaml:5:11",
    }


#: How a description is written from line 6 on, and where its mistakes stand.
TEXTS = [
    ("content:\n  description: |\n    <h1>A</h1>\n\n    <p>b <i>c</i></p>", ["9:10"]),
    ("content:\n  description: >-\n    <p>a\n    b</p> c\n    <p>d & e</p>", ["8:11", "9:10"]),
    ("content:\n  description:\n    - text: |-\n        <p>a</p>\n        <p>b &amp; c > d</p>\n        <p>e", ["9:22", "10:9"]),
    ("content:\n  description: <h1>A\n    <u>b</u></h1>", ["7:5"]),
    ('content:\n  description: "<p>A</p>\n    <p>b</u></p> c"', ["7:18"]),
    ("content:\n  description: '<p>A</p> x'", ["6:26"]),
    ("content:\n  description:\n    - [{text: <p>a</p>}, {text: <p>b <p>c</p></p>}]", ["7:38"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places"), TEXTS)
def test_a_mistake_in_a_text_leads_to_its_own_line(text, places):
    """Of a description of forty lines the one that is wrong is told, however it is folded."""
    spec = load_spec("allegro")
    desired, problems = resolve([offers(project(a=HEAD + text))["x"]], spec, str)
    assert problems == ()
    assert [str(each.mark) for each in check_limits(desired, spec)] == [f"a.yaml:{place}" for place in places]
