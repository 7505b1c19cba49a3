"""The schemas themselves, and that the fast and the explaining validator agree."""

import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from reconciler.documents.grammar import COMMON
from reconciler.documents.kinds import schemas
from reconciler.documents.resources import schema_text
from reconciler.documents.schema import explainer, schema_names, verdict
from reconciler.documents.source import parse
from tests.documents.projects import OFFER, ONE
from tests.documents.test_messages import CASES

GOOD = {
    "Offer": [OFFER, "kind: Offer\nname: 570\nstock: 5.0", "kind: Offer\nname: x\nbundle: null\nprice: 1 PLN\nstock: 0"],
    "Project": [
        ONE,
        ONE + "guards: {price_change: 30.5%, price_shift: off, price_floor: [5 PLN, 9 CZK], ends: off, zeros: {share: 5.5}}",
    ],
    "SettingsTemplate": [
        "kind: SettingsTemplate\nname: s\ntax: {PL: 8.5, CZ: exempt}\nreturn_policy: null\nproducer: {id: x}\nsafety: null",
        "kind: SettingsTemplate\nname: s\npromotion: {package: null, allow_paid: true}\nmessage_to_seller: hidden\nduration: unlimited",
    ],
    "DeliveryPriceList": ["kind: DeliveryPriceList\nname: d\nmethods: {A: 12.99 PLN, B: {first: 1 PLN, max_weight: 5.125, time: null}}"],
    "Bundle": ["kind: Bundle\nname: b\nslots: [{offers: [a]}, {offers: [b], quantity: 2}]\ndiscount: {whole: {minimum: 2, allegro-pl: 10}}"],
    "Defaults": ["kind: Defaults\nsync: {price: off}\nOffer: {settings: standard, content: {parameters: {Stan: Nowy}}}"],
    "ReturnPolicy": ["kind: ReturnPolicy\nname: r\navailability: {range: disabled, restriction_cause: {name: press}}\naddress: null"],
    "SizeTable": ["kind: SizeTable\nname: s\nheaders: [A]\nvalues: [[S, 5]]"],
}  # fmt: skip
BAD = [
    ("Offer", {"kind": "Offer", "name": "x\n"}),
    ("Offer", {"kind": "Offer", "name": "x", "price": "1 PLN\n"}),
    ("Offer", {"kind": "Offer", "name": "x", "stock": Decimal("1.5")}),
    ("Offer", {"kind": "Offer", "name": "x", "stock": True}),
    ("SettingsTemplate", {"kind": "SettingsTemplate", "name": "x", "tax": {"PL": Decimal("100.01")}}),
]


def _good():
    for kind, texts in GOOD.items():
        for text in texts:
            (raw,), faults = parse("x.yaml", text.encode())
            assert faults == []
            yield kind, raw.value


@pytest.mark.parametrize(("kind", "value"), list(_good()))
def test_good_documents(kind, value):
    assert list(explainer(kind).iter_errors(value)) == []
    assert verdict(kind)(value)


def _refused():
    for code, _, _, _, text in CASES:
        if code in {"D204", "D205", "D206", "D207", "D208"}:
            (raw,), _ = parse("x.yaml", text.encode())
            yield raw.value["kind"], raw.value
    yield from BAD


@pytest.mark.parametrize(("kind", "value"), list(_refused()))
def test_bad_documents(kind, value):
    assert list(explainer(kind).iter_errors(value))
    assert not verdict(kind)(value)


@pytest.mark.parametrize("name", [COMMON, *schema_names()])
def test_every_schema_is_valid_and_every_property_is_explained(name):
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    assert list(_unexplained(schema, name)) == []


def _unexplained(schema, path):
    if isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from _unexplained(inner, f"{path}/{index}")
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties", {})
    for key, inner in properties.items():
        if "$ref" not in inner and not {"title", "description", "examples"} <= inner.keys():
            yield f"{path}/{key}"
    if properties and "object" in str(schema.get("type")) and schema.get("additionalProperties") is None:
        yield f"{path} is open"
    for key, inner in schema.items():
        if key != "examples":
            yield from _unexplained(inner, f"{path}/{key}")


def test_examples_of_properties_are_valid():
    """An example that the schema refuses would teach a mistake."""
    for kind, name in schemas().items():
        schema = json.loads(schema_text(name))
        for key, inner in schema["properties"].items():
            for example in inner.get("examples", []):
                known = {"kind": kind, "name": "x", **({"accounts": {}} if kind == "Project" else {})}
                found = explainer(kind).iter_errors({**known, key: example})
                wrong = [error.message for error in found if list(error.absolute_path)[:1] == [key]]
                assert wrong == [], (kind, key, example)


def test_kinds_and_files_agree():
    for kind, name in schemas().items():
        assert json.loads(schema_text(name))["properties"]["kind"]["const"] == kind
