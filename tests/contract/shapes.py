"""Checking values against the converted schemas, and saying in one line each what is wrong."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema_rs
import orjson
from contract.schemas import Converter, Direction, Schema

Json = Any
Kind = jsonschema_rs.ValidationErrorKind

FORMATS = {
    "ISO 4217": lambda text: re.fullmatch(r"[A-Z]{3}", text) is not None,
    "BCP-47 language code": lambda text: re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", text) is not None,
    "decimal": lambda text: re.fullmatch(r"-?\d+(\.\d+)?", text) is not None,
}


class Shapes:
    """One validator per distinct schema and direction, compiled when first needed."""

    def __init__(self, components: dict[str, Schema]) -> None:
        self._converters: dict[Direction, Converter] = {
            "request": Converter(components, "request"),
            "response": Converter(components, "response"),
        }
        resources = [(each.uri, {"$defs": each.definitions()}) for each in self._converters.values()]
        self._registry = jsonschema_rs.Registry(resources)
        self._validators: dict[tuple[Direction, bytes], jsonschema_rs.Draft202012Validator] = {}

    def faults(self, value: Json, schema: Schema, direction: Direction) -> list[str]:
        """What keeps a value from being the schema's, as `<JSON path>: <message>`."""
        validator = self._validator(schema, direction)
        if validator.is_valid(value):
            return []
        errors = list(validator.iter_errors(value))
        told = list(_told(list(_deepest(errors)))) or [(error, error.message) for error in errors]
        return sorted({f"{_path(error.instance_path)}: {_clip(message)}" for error, message in told})

    def _validator(self, schema: Schema, direction: Direction) -> jsonschema_rs.Draft202012Validator:
        key = direction, orjson.dumps(schema)
        if key not in self._validators:
            converted = self._converters[direction].reference(schema)
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                converted, registry=self._registry, validate_formats=True, formats=FORMATS
            )
        return self._validators[key]


def _deepest(errors: Iterable[jsonschema_rs.ValidationError]) -> Iterator[jsonschema_rs.ValidationError]:
    """Errors with the failure of an alternative replaced by the faults of its nearest branch."""
    for error in errors:
        branches: list[list[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", None) or [
            [error]
        ]
        nearest = min(branches, key=len)
        yield from [error] if nearest in ([], [error]) else _deepest(nearest)


def _told(errors: list[jsonschema_rs.ValidationError]) -> Iterator[tuple[jsonschema_rs.ValidationError, str]]:
    """Errors worth telling: a property is called unknown only when nothing else is wrong with it.

    A branch that fails forgets which properties it knew, so the validator calls them unknown as well.
    """
    known = [error for error in errors if not isinstance(error.kind, Kind.UnevaluatedProperties)]
    unknown = [error for error in errors if isinstance(error.kind, Kind.UnevaluatedProperties)]
    yield from ((error, error.message) for error in known)
    places = [tuple(error.instance_path) for error in errors]
    for error in unknown:
        at = tuple(error.instance_path)
        if any(tuple(other.instance_path) == at for other in known):
            continue
        names = [
            name
            for name in error.kind.as_dict()["unexpected"]
            if not any(p[: len(at) + 1] == (*at, name) for p in places)
        ]
        if names:
            yield (
                error,
                f"unknown {'property' if len(names) == 1 else 'properties'} {', '.join(sorted(names))}",
            )


def _path(parts: list[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _clip(message: str) -> str:
    return message if len(message) <= 240 else f"{message[:150]} … {message[-80:]}"
