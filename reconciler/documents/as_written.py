"""Text stays text: where the schema wants text, a scalar that reads as a number or a word is what was written.

YAML reads `1e5`, `+1` and `true` as values. As a name or a code they are texts, and turned back from values they
would be others (`1E+5`, `1`). The source still has them, and the schema says where text is meant.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace
from yaml.nodes import MappingNode, Node, SequenceNode

from reconciler.documents.kinds import schemas
from reconciler.documents.schema import schema_file
from reconciler.documents.source import RawDocument
from reconciler.model.texts import nfc

_SUFFIX = ".schema.json"
#: A schema with the name of the file that it stands in: what `#/…` means depends on it.
_Place = tuple[str, Mapping[str, Any]]


def as_written(raw: RawDocument, kind: str) -> RawDocument:
    """Return the document with the text of the source wherever its kind wants text and YAML read a value."""
    name = schemas()[kind]
    node = raw.source.root(raw.index)
    return raw if node is None else replace(raw, value=_value(raw.value, node, [(name, schema_file(name))]))


def _value(value: Any, node: Node, places: list[_Place]) -> Any:
    places = [part for place in places for part in _parts(place)]
    if isinstance(value, dict) and isinstance(node, MappingNode):
        nodes = {nfc(key.value): inner for key, inner in node.value if isinstance(key.value, str)}
        return {key: _value(each, nodes[key], _below(places, key)) for key, each in value.items()}
    if isinstance(value, list) and isinstance(node, SequenceNode):
        rows = [(name, schema["items"]) for name, schema in places if isinstance(schema.get("items"), dict)]
        return [_value(each, inner, rows) for each, inner in zip(value, node.value, strict=True)]
    if isinstance(value, bool | int | Decimal) and any(_takes(schema, node.value, value) for _, schema in places):
        return node.value
    return value


def _takes(schema: Mapping[str, Any], text: str, value: Any) -> bool:
    """Tell whether a place wants text here. Where numbers are meant, too, a text that makes no sense stays one."""
    types = schema.get("type", ())
    if "string" not in ([types] if isinstance(types, str) else types):
        return False
    if isinstance(value, bool) and "enum" in schema:
        return False
    pattern = schema.get("pattern")
    return "integer" in types or pattern is None or re.search(pattern, text) is not None


def _below(places: list[_Place], key: str) -> list[_Place]:
    """Return the schemas that hold for a key."""
    found: list[_Place] = []
    for name, schema in places:
        own = schema.get("properties", {}).get(key)
        matching = [each for words, each in schema.get("patternProperties", {}).items() if re.search(words, key)]
        told = [own] if own is not None else matching or [schema.get("additionalProperties")]
        found.extend((name, each) for each in told if isinstance(each, dict))
    return found


def _parts(place: _Place) -> Iterator[_Place]:
    """Yield a schema and those that it takes in."""
    name, schema = place
    yield place
    if "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#")
        file = file.removesuffix(_SUFFIX) or name
        target: Any = schema_file(file)
        for step in pointer.split("/")[1:]:
            target = target[step]
        yield from _parts((file, target))
    if "then" in schema:
        yield from _parts((name, schema["then"]))
