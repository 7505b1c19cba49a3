"""Closed vocabularies: each word has its function, its schema and its use."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from reconciler.documents.kinds import schemas
from reconciler.documents.resources import spec_names
from reconciler.documents.schema import schema_for, schema_names
from reconciler.documents.specs import load_spec
from reconciler.engine import canonical, equality, frozen, limits
from reconciler.engine.rules.stocks import STOCK_RULE
from reconciler.model.modules import Module, StockForm
from reconciler.model.spec import Completion, Equality, Freeze, Identity, Shape, Type
from reconciler.providers.allegro import decoding as allegro
from reconciler.providers.ebay import decoding as ebay
from reconciler.providers.etsy import decoding as etsy

from .sources import ROOT, files, strings

SPEC = load_spec("allegro")
SPECS = [load_spec(name) for name in spec_names()]
KINDS = [kind for spec in SPECS for kind in spec.kinds.values()]
FIELDS = [field for kind in KINDS for field in kind.fields.values()]
OPERATIONS = [operation for kind in KINDS for operation in kind.operations.values()]


def schema(name: str) -> Any:
    """One file of schemas/."""
    return json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())


MARKETPLACE = schema("marketplace")


@pytest.mark.parametrize(
    ("enum", "pointer"),
    [
        (Type, "$defs/field/properties/type/enum"),
        (Equality, "$defs/field/properties/equality/enum"),
        (Freeze, "$defs/field/properties/frozen/items/enum"),
        (Shape, "$defs/operation/properties/shape/enum"),
        (Completion, "$defs/operation/properties/completion/enum"),
        (Identity, "$defs/kind/properties/identity/enum"),
        (Module, "$defs/module/enum"),
    ],
)
def test_the_schema_knows_exactly_the_words_of_the_model(enum: Any, pointer: str) -> None:
    """A word that the reader takes and the code does not know, or the other way round, is a mistake."""
    found = MARKETPLACE
    for step in pointer.split("/"):
        found = found[step]
    assert set(found) == {each.value for each in enum}


def test_the_schema_knows_exactly_the_limits() -> None:
    """Each limit of the schema is a function, and each function a limit of the schema; four have their own."""
    words = set(MARKETPLACE["$defs"]["field"]["properties"]["limits"]["properties"])
    assert words == {*limits.LIMITS, "currency", "html", "max_escaped", "parts"}


def test_every_type_has_its_functions() -> None:
    """A type can be written by a person and read from the wire, each by one function."""
    assert set(canonical._BY_TYPE) == set(Type)
    chosen_by_the_field = {Type.REFERENCE, Type.REFERENCES, Type.ENUM, Type.OBJECT, Type.LIST}
    assert set(allegro._BY_TYPE) | set(ebay._BY_TYPE) | set(etsy._BY_TYPE) | chosen_by_the_field == set(Type)


def test_every_equality_and_freeze_has_its_function() -> None:
    """No word without meaning."""
    assert set(equality.EQUALITIES) == set(Equality)
    assert set(frozen._FREEZES) == set(Freeze)


@pytest.mark.parametrize(
    ("enum", "used"),
    [
        (Type, {field.type for field in FIELDS}),
        (Equality, {field.equality for field in FIELDS}),
        (Freeze, {word for field in FIELDS for word in field.frozen}),
        (Shape, {operation.shape for operation in OPERATIONS}),
        (Completion, {operation.completion for operation in OPERATIONS}),
        (Identity, {kind.identity for kind in KINDS}),
    ],
)
def test_every_word_is_used(enum: Any, used: set[Any]) -> None:
    """A word that no spec uses is not vocabulary but weight."""
    assert set(enum) == used


def test_every_fact_leads_somewhere() -> None:
    """Fields name operations, views, kinds and budgets that exist, and say what they are and who says so."""
    for spec, kind in ((each, kind) for each in SPECS for kind in each.kinds.values()):
        for field in kind.fields.values():
            assert set(field.by) <= set(kind.operations), field.path
            assert set(field.views) <= set(kind.views), field.path
            assert field.about, field.path
            assert field.source, field.path
            assert not field.refers or field.refers in {*spec.kinds, "DeliveryMethod"}, field.path
        for each in (*kind.operations.values(), *kind.views.values()):
            assert set(each.budgets) <= set(spec.budgets), each.name


def test_every_module_owns_fields() -> None:
    """Each of the six modules has fields on offers, and each such field is in the module that its section names."""
    assert {field.module for field in SPEC.kinds["Offer"].fields.values()} == set(Module)
    for spec in SPECS:
        for path, field in spec.kinds["Offer"].fields.items():
            assert path.partition(".")[0] == field.module


def test_every_field_of_a_document_is_a_field_of_the_spec() -> None:
    """What the grammar takes can be written: no key of a document is silently ignored."""
    offer = schema("offer")["properties"]
    template = schema("settings-template")["properties"]
    sections = {name: offer[name]["properties"] for name in ("delivery", "content", "stock")}
    sections["settings"] = {
        k: v
        for k, v in template.items()
        if k not in ("kind", "name", "account", "accounts", "for", "sync", "protect")
    }
    # other ways to say `quantity`: a number that follows a source is written as its rule
    forms = {each.value for each in StockForm} - {StockForm.BASELINE.value, StockForm.SOURCED.value}
    assert forms < sections["stock"].keys()
    assert set(STOCK_RULE) < sections["stock"].keys()
    sections["stock"] = {k: v for k, v in sections["stock"].items() if k not in {*forms, *STOCK_RULE}}
    for section, keys in sections.items():
        for key in keys:
            path = f"{section}.{key}"
            assert any(spec.kinds["Offer"].field(path) for spec in SPECS), path
    about = {"kind", "name", "account", "accounts", "for", "labels", "sync", "protect", "adopt", "moved"}
    for kind in SPEC.kinds.values():
        if kind.name != "Offer":
            file = re.sub(r"(?<!^)(?=[A-Z])", "-", kind.name).lower()
            assert set(schema(file)["properties"]) - about == set(kind.fields), kind.name


@pytest.mark.parametrize("file", sorted(each.name for each in (ROOT / "schemas").glob("*.json")))
def test_a_schema_is_a_schema(file: str) -> None:
    """Every published grammar is valid JSON Schema 2020-12, and all its references lead somewhere."""
    import jsonschema

    body = json.loads((ROOT / "schemas" / file).read_text())
    assert body["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(body)
    for reference in re.findall(r'"\$ref": "([^"]+)"', json.dumps(body)):
        other, _, pointer = reference.partition("#")
        found = json.loads((ROOT / "schemas" / other).read_text()) if other else body
        for step in pointer.strip("/").split("/") if pointer.strip("/") else ():
            found = found[step]


def test_every_kind_of_document_has_its_schema() -> None:
    """A schema can be printed for every kind that a project may hold."""
    assert set(schemas().values()) == set(schema_names())
    for kind in schemas():
        assert schema_for(kind)["properties"]


# --- diagnostics ---------------------------------------------------------------------------------------------

NO_CODES = {"S256"}  # a method of OAuth's PKCE
CODE = re.compile(r"[DPR]\d{3}|S1\d{2}")


def emitted() -> set[str]:
    """Every code that stands in the product's source."""
    pkce = {"S256"}  # RFC 7636's own word
    return (
        {text.value for file in files() for text in strings(file) if CODE.fullmatch(text.value)} - NO_CODES - pkce
    )


def test_every_code_is_explained() -> None:
    """Whoever meets a code in a message finds it in the documentation."""
    said = "\n".join(file.read_text() for file in (ROOT / "docs").glob("*.md"))
    assert not sorted(code for code in emitted() if code not in said)


def test_every_code_has_a_test() -> None:
    """No message without a case that brings it about."""
    tests = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    assert not sorted(code for code in emitted() if code not in tests)
