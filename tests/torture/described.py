"""Allegro's own description, cut down to what the practice marketplace has, for judges who know nothing else."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contract.corrections import TOLERATED, Tolerated
from contract.document import load, locate, resolve
from contract.operations import Operation, Operations

from reconciler.simulator.allegro.exchange import ROUTES

Json = dict[str, Any]
#: The form of an error, by what `Tolerated.body` says; nothing is said of `anything`.
_ERRORS = {"$ref": "#/components/schemas/ErrorsHolder"}
_FORMS = {
    "errors": _ERRORS,
    "either": {"anyOf": [_ERRORS, {"$ref": "#/components/schemas/AuthError"}]},
    "anything": {},
}
_TYPES = ("application/vnd.allegro.public.v1+json", "application/vnd.allegro.beta.v1+json", "application/json")
_REFERENCE = re.compile(r"#/components/(\w+)/([^\"]+)")


def described(ids: Mapping[str, list[str]]) -> Json:
    """The corrected description of the marketplace's operations, with the answers that it forgets to declare.

    `ids` are values for parameters of paths, by the last word before them: with them a judge finds things that exist.
    Raises DocumentMissingError where there is no description.
    """
    document = load(locate())
    paths: Json = {}
    for operation in Operations(document).all:
        path = f"/upload{operation.path}" if operation.on_upload_host else operation.path
        if ROUTES.find(operation.method.upper(), path) is None:
            continue
        source = copy.deepcopy({name: value for name, value in operation.source.items() if name != "servers"})
        source["responses"] = _forgotten(operation) | source["responses"]
        for parameter in source.get("parameters", ()):
            _name_ids(parameter, path, ids)
        paths.setdefault(path, {})[operation.method] = source
    kept = {"openapi": document["openapi"], "info": document["info"], "paths": paths}
    return kept | {"components": _used(document, kept)}


def operations(document: Json) -> int:
    return sum(len(item) for item in document["paths"].values())


def _forgotten(operation: Operation) -> Json:
    """The statuses that are tolerated, with their reasons."""
    found = [entry for entry in TOLERATED if entry.where(operation.method, operation.path)]
    return {str(entry.status): _declared(entry) for entry in found}


def _declared(entry: Tolerated) -> Json:
    content = {kind: {"schema": _FORMS[entry.body]} for kind in _TYPES}
    return {"description": entry.reason, "content": content}


def _name_ids(parameter: Json, path: str, ids: Mapping[str, list[str]]) -> None:
    before, found, _ = path.partition(f"/{{{parameter['name']}}}")
    known = ids.get(before.rpartition("/")[2])
    if parameter["in"] == "path" and found and known:
        parameter["schema"] = {"type": "string", "enum": known}


def _used(document: Json, kept: Json) -> Json:
    """The components that the operations lead to."""
    found: Json = {"securitySchemes": document["components"]["securitySchemes"]}
    ahead = list(_references(kept))
    while ahead:
        kind, name = ahead.pop()
        if name not in found.setdefault(kind, {}):
            found[kind][name] = resolve(document, f"#/components/{kind}/{name}")
            ahead += _references(found[kind][name])
    return found


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Also those of discriminators, which are texts."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
    elif isinstance(value, str) and (match := _REFERENCE.fullmatch(value)):
        yield match[1], match[2]
