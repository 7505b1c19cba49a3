"""The schemas of documents: what `schemas/` says, and what the specs of installed marketplaces add to it.

`schemas/` holds the grammar of what marketplaces share, with words and examples of people. A field or a kind that
it does not have is described by its type in the spec, so that a marketplace brings its own without a change here.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from reconciler.documents.kinds import DEFAULTS, TEMPLATE, modules, schemas
from reconciler.documents.resources import schema_files, schema_text, spec_names
from reconciler.documents.specs import load_spec
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER
from reconciler.model.spec import FieldSpec, Type

COMMON = "common"
_PARTS = ("partial", "adapted")
Schema = dict[str, Any]


def composed(parse_float: Callable[[str], Any] | None = None) -> Mapping[str, Schema]:
    """Return the schema of every kind of document, and the common one, by the names of their files."""
    wanted, there = (COMMON, *schemas().values()), schema_files()
    found: dict[str, Schema] = {
        name: json.loads(schema_text(name), parse_float=parse_float) for name in wanted if name in there
    }
    for kind, name in schemas().items():
        schema = found[name] = found.get(name) or _skeleton(kind)
        for path, field in added(kind).items():
            _insert(schema, path, field)
    for kind in modules():
        if kind != TEMPLATE:
            found[schemas()[DEFAULTS]]["properties"][kind] = _defaults(kind)
    return found


@cache
def added(kind: str) -> Mapping[str, FieldSpec]:
    """Return the fields of a kind that marketplaces have and `schemas/` has not: each path, once."""
    base = json.loads(schema_text(schemas()[kind])) if schemas()[kind] in schema_files() else {}
    found: dict[str, FieldSpec] = {}
    for name in spec_names():
        spec = load_spec(name).kinds.get(OFFER if kind == TEMPLATE else kind)
        for path, field in spec.fields.items() if spec is not None else ():
            own = path.removeprefix(f"{Module.SETTINGS}.") if kind == TEMPLATE else path
            if "*" not in path and (kind != TEMPLATE or own != path) and not _knows(base, own):
                found.setdefault(own, field)
    return found


def _knows(schema: Schema, path: str) -> bool:
    """Tell whether a schema has a place for a field. What follows a step that it leaves open, it has."""
    for step in path.split("."):
        properties = schema.get("properties", {})
        if step not in properties:
            return isinstance(schema.get("additionalProperties"), dict)
        schema = properties[step]
        if "array" in schema.get("type", ()):
            return True
    return True


def _insert(schema: Schema, path: str, field: FieldSpec) -> None:
    section, _, key = path.partition(".")
    if not key:
        schema["properties"][section] = described(section, field)
        for part in _PARTS:
            schema["$defs"][part]["properties"][section] = {"$ref": f"#/properties/{section}"}
    elif section == Module.SETTINGS:
        there = {"$ref": f"{schemas()[TEMPLATE]}.schema.json#/properties/{key}"}
        schema["properties"][section]["properties"][key] = there
    else:
        schema["properties"][section].setdefault("properties", {})[key] = described(key, field)


def described(key: str, field: FieldSpec) -> Schema:
    """Return the grammar of one field, by its type."""
    about: Schema = {
        "title": key.replace("_", " ").capitalize(),
        "description": field.about or "A field of one marketplace.",
    }
    return about | deepcopy(dict(_GRAMMAR[field.type](field)))


def _enum(field: FieldSpec) -> Schema:
    words = list(field.values)
    return {"type": ["string", "null"], "enum": [*words, None], "examples": words[:1]}


def _texts(_field: FieldSpec) -> Schema:
    item = {"type": ["string", "integer"], "minLength": 1}
    return {"type": ["array", "null"], "uniqueItems": True, "items": item}


def _at(pointer: str) -> Callable[[FieldSpec], Schema]:
    return lambda _field: {"$ref": pointer}


def _of_type(*types: str, **limits: Any) -> Callable[[FieldSpec], Schema]:
    return lambda _field: {"type": [*types, "null"], **limits}


_SHARED = "common.schema.json#/$defs"
_OFFER, _LISTS, _BUNDLES = "offer.schema.json#", "delivery-price-list.schema.json#", "bundle.schema.json#"
_GRAMMAR: Mapping[Type, Callable[[FieldSpec], Schema]] = {
    Type.TEXT: _of_type("string", "integer", minLength=1),
    Type.PLAIN: _of_type("string", minLength=1),
    Type.INTEGER: _of_type("integer"),
    Type.BOOLEAN: _of_type("boolean"),
    Type.ENUM: _enum,
    Type.MONEY: _at(f"{_SHARED}/money_or_null"),
    Type.DURATION: _at(f"{_SHARED}/duration"),
    Type.REFERENCE: _at(f"{_SHARED}/reference"),
    Type.REFERENCES: _texts,
    Type.OBJECT: _of_type("object"),
    Type.LIST: _texts,
    Type.PRODUCT: _at(f"{_OFFER}/properties/content/properties/product"),
    Type.PRODUCTS: _at(f"{_OFFER}/properties/bundle"),
    Type.PARAMETERS: _at(f"{_OFFER}/properties/content/properties/parameters"),
    Type.SECTIONS: _at(f"{_OFFER}/properties/content/properties/description"),
    Type.IMAGES: _at(f"{_OFFER}/properties/content/properties/images"),
    Type.TAX: _at("settings-template.schema.json#/properties/tax"),
    Type.STATUS: _at(f"{_OFFER}/properties/stock/properties/status"),
    Type.RATES: _at(f"{_LISTS}/properties/methods"),
    Type.SLOTS: _at(f"{_BUNDLES}/properties/slots"),
    Type.DISCOUNT: _at(f"{_BUNDLES}/properties/discount"),
    Type.PROMOTION: _at("settings-template.schema.json#/properties/promotion"),
}


def _defaults(kind: str) -> Schema:
    return {
        "title": f"{kind} defaults",
        "description": f"What each {kind} inherits.",
        "$ref": f"{schemas()[kind]}.schema.json#/$defs/partial",
        "examples": [{}],
    }


def _skeleton(kind: str) -> Schema:
    """Return the schema of a kind that only its marketplace knows: what every named document has."""
    if kind not in modules():
        raise LookupError(f"schemas/ has no schema of {kind}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind,
        "description": f"Something of a marketplace that belongs to the module `{modules()[kind]}`.",
        "type": "object",
        "properties": _head(kind, modules()[kind]),
        "additionalProperties": False,
        "required": ["kind", "name"],
        "$defs": {
            "partial": {
                "title": f"Defaults for {kind}",
                "description": "Any part of the document; what a document says itself wins.",
                "type": "object",
                "properties": {"for": {"$ref": "#/properties/for"}},
                "additionalProperties": False,
            },
            "adapted": {
                "title": "In one account",
                "description": "What is different there; all else stays as it is.",
                "type": "object",
                "properties": {"without": {"$ref": f"{_SHARED}/without"}},
                "additionalProperties": False,
            },
        },
    }


def _head(kind: str, module: Module) -> Schema:
    return {
        "kind": {"title": "Kind", "description": "What this document describes.", "const": kind},
        "name": {
            "title": "Name",
            "description": "The name on the marketplace.",
            "type": ["string", "integer"],
            "minLength": 1,
            "maxLength": 200,
            "pattern": r"^\S(?:[^\n\r\t]*\S)?$",
            "patternErrorMessage": "one line without spaces at its ends",
        },
        **{word: {"$ref": f"{_SHARED}/{word}"} for word in ("account", "accounts", "protect", "moved")},
        "adopt": {"$ref": f"{_SHARED}/text_id"},
        "for": {
            "title": "For",
            "description": "What is different in one account, or in all accounts of a marketplace.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"$ref": "#/$defs/adapted"},
        },
        "sync": {
            "title": "Sync",
            "description": f"Whether this is written to the marketplace: it belongs to the module `{module}`.",
            "type": "object",
            "properties": {module.value: {"$ref": f"{_SHARED}/sync/properties/{module}"}},
            "additionalProperties": False,
        },
    }


def schema_json(name: str) -> str:
    """Return a schema as a text for editors and programs. LookupError when there is none of that name."""
    of_documents = _composed()
    if name not in of_documents:
        return schema_text(name)
    return json.dumps(of_documents[name], indent=2, ensure_ascii=False) + "\n"


@cache
def _composed() -> Mapping[str, Schema]:
    return composed()


def printed_names() -> tuple[str, ...]:
    """Return the names of all schemas, sorted: those of documents, and those of what we publish."""
    return tuple(sorted({*schema_files(), *schemas().values()}))
