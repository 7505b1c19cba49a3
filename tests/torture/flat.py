"""A description without `allOf`, for generators that cannot put its halves together."""

from __future__ import annotations

from typing import Any

from contract.document import resolve

Json = dict[str, Any]


def flattened(document: Json) -> Json:
    """The same description, each `allOf` written out as one schema."""
    flat: Json = _flat(document, document)
    return flat


def _flat(value: Any, document: Json) -> Any:
    if isinstance(value, list):
        return [_flat(item, document) for item in value]
    if not isinstance(value, dict):
        return value
    if not isinstance(value.get("allOf"), list) or _is_mention(value, document):
        return _saying_null({name: _flat(item, document) for name, item in value.items()})
    found: Json = {}
    for half in (*value["allOf"], {name: item for name, item in value.items() if name != "allOf"}):
        found = _both(found, _opened(half, document), document)
    return _saying_null(found)


def _is_mention(value: Json, document: Json) -> bool:
    """One object by its name, with a remark: generators know that, and give it the same class everywhere."""
    halves = value["allOf"]
    if len(halves) > 1 or "$ref" not in halves[0] or value.keys() & {"properties", "required"}:
        return False
    return "properties" in resolve(document, halves[0]["$ref"])


def _saying_null(schema: Json) -> Json:
    """`nullable` said where a generator looks for it."""
    if schema.get("nullable") is not True:
        return schema
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema = {**schema, "enum": [*schema["enum"], None]}
    if isinstance(schema.get("oneOf"), list) and {"type": "null"} not in schema["oneOf"]:
        schema = {**schema, "oneOf": [*schema["oneOf"], {"type": "null"}]}
    return schema


def _opened(schema: Json, document: Json) -> Json:
    """A schema that is no reference and has no halves."""
    while "$ref" in schema:
        schema = resolve(document, schema["$ref"])
    opened: Json = _flat(schema, document)
    return opened


def _both(one: Json, other: Json, document: Json) -> Json:
    """What both say; where they differ in a word, the later has it."""
    found = {**one, **other}
    if "required" in one and "required" in other:
        found["required"] = sorted({*one["required"], *other["required"]})
    if "properties" in one and "properties" in other:
        mine, theirs = one["properties"], other["properties"]
        found["properties"] = {**mine, **theirs}
        for name in mine.keys() & theirs.keys():
            if mine[name] != theirs[name]:
                both = _both(_opened(mine[name], document), _opened(theirs[name], document), document)
                found["properties"][name] = both
    return found
