"""Checking values against the converted schemas, and saying in one line each what is wrong."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema_rs
import orjson

from contract.schemas import Converter, Direction, Schema

Json = Any
Kind = jsonschema_rs.ValidationErrorKind
Error = jsonschema_rs.ValidationError
DIRECTIONS: tuple[Direction, ...] = ("request", "response")

FORMATS = {
    "ISO 4217": lambda text: re.fullmatch(r"[A-Z]{3}", text) is not None,
    "BCP-47 language code": lambda text: re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", text) is not None,
    "decimal": lambda text: re.fullmatch(r"-?\d+(\.\d+)?", text) is not None,
}


class Shapes:
    """One validator per distinct schema and direction, compiled when first needed."""

    def __init__(self, components: dict[str, Schema]) -> None:
        self._sides = {direction: _Side(Converter(components, direction)) for direction in DIRECTIONS}

    def faults(self, value: Json, schema: Schema, direction: Direction) -> list[str]:
        """What keeps a value from being the schema's, as `<JSON path>: <message>`."""
        return self._sides[direction].faults(value, schema)


class _Side:
    """The schemas of one direction of travel."""

    def __init__(self, converter: Converter) -> None:
        self._converter = converter
        self._definitions = {"$defs": converter.definitions()}
        self._registry = jsonschema_rs.Registry([(converter.uri, self._definitions)])
        self._validators: dict[bytes, tuple[Schema, jsonschema_rs.Draft202012Validator]] = {}

    def faults(self, value: Json, schema: Schema) -> list[str]:
        converted, validator = self._validator(schema)
        if validator.is_valid(value):
            return []
        errors = list(validator.iter_errors(value))
        told = list(self._told(list(_deepest(errors)), converted))
        told = told or [(error, error.message) for error in errors]
        return sorted({f"{_path(error.instance_path)}: {_clip(message)}" for error, message in told})

    def _validator(self, schema: Schema) -> tuple[Schema, jsonschema_rs.Draft202012Validator]:
        key = orjson.dumps(schema)
        if key not in self._validators:
            converted = self._converter.reference(schema)
            validator = jsonschema_rs.Draft202012Validator(
                converted, registry=self._registry, validate_formats=True, formats=FORMATS
            )
            self._validators[key] = converted, validator
        return self._validators[key]

    def _told(self, errors: list[Error], root: Schema) -> Iterator[tuple[Error, str]]:
        """Errors worth telling. A branch that fails anywhere forgets which properties it knew, and the validator
        then calls all of them unknown; so a property that any branch names counts as unknown only when nothing
        else is wrong with its object or below it.
        """
        places = [tuple(error.instance_path) for error in errors]
        for error in errors:
            if not isinstance(error.kind, Kind.UnevaluatedProperties):
                yield error, error.message
                continue
            at = tuple(error.instance_path)
            names = set(error.kind.as_dict()["unexpected"])
            if sum(place[: len(at)] == at for place in places) > 1:
                names -= self._named(self._closed_at(error, root), set())
            if names:
                word = "property" if len(names) == 1 else "properties"
                yield error, f"unknown {word} {', '.join(sorted(names))}"

    def _closed_at(self, error: Error, root: Schema) -> Json:
        """The closed schema that an error speaks of."""
        above = error.schema_path[:-1]
        schema: Json = self._definitions if above[:1] == ["$defs"] else root
        for step in above:
            schema = schema[step]
        return schema

    def _named(self, schema: Schema, seen: set[str]) -> set[str]:
        """Every property that some branch of a schema names."""
        reference = schema.get("$ref", "").removeprefix(self._converter.base)
        names = set(schema.get("properties", ()))
        if reference and reference not in seen:
            seen.add(reference)
            names |= self._named(self._definitions["$defs"][reference], seen)
        parts = [part for keyword in ("allOf", "oneOf", "anyOf") for part in schema.get(keyword, ())]
        parts += [schema["then"]] if "then" in schema else []
        return names.union(*(self._named(part, seen) for part in parts))


def _deepest(errors: Iterable[Error]) -> Iterator[Error]:
    """Errors with the failure of an alternative replaced by the faults of its nearest branch."""
    for error in errors:
        branches: list[list[Error]] = getattr(error.kind, "context", None) or [[error]]
        nearest = min(branches, key=len)
        yield from [error] if nearest in ([], [error]) else _deepest(nearest)


def _path(parts: list[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _clip(message: str) -> str:
    return message if len(message) <= 240 else f"{message[:150]} … {message[-80:]}"
