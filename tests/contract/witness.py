"""The third witness: says of a recorded exchange whether Allegro's own OpenAPI document allows it.

Client and simulator are written by different hands and could still share a mistake. The document shares nothing with
either, so what it refuses is a fault of one of them (or of the document, and then `corrections` says so).
"""

import base64
import functools
import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import orjson

from contract import oauth
from contract.corrections import FREE_QUERY, MERGE_PATCHES, UNKNOWN_OPERATION, Body, tolerated
from contract.document import load, locate
from contract.operations import Match, Operation, Operations, media_type
from contract.schemas import Direction, Schema
from contract.shapes import Shapes

Json = Any
Exchange = dict[str, Any]

CONTROL = "/_sim"
DELIBERATE = "x-deliberately-wrong"
NEGOTIATED = frozenset({"accept", "content-type"})
ERRORS = {"$ref": "#/components/schemas/ErrorsHolder"}
AUTHORIZATION_ERROR = {"$ref": "#/components/schemas/AuthError"}
ERROR_TYPES = frozenset(
    {"application/vnd.allegro.public.v1+json", "application/vnd.allegro.beta.v1+json", "application/json"}
)


@functools.cache
def witness() -> "Witness":
    """The witness on the document that `locate` finds; raises DocumentMissingError without one."""
    return Witness(load(locate()))


def violations(exchange: Exchange) -> list[str]:
    """What the document forbids in an exchange; nothing for the simulator's own control plane."""
    return witness().violations(exchange)


class Witness:
    """Checks exchanges against one document, and each distinct body only once."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.operations = Operations(document)
        self.shapes = Shapes(document["components"]["schemas"])
        self._seen: dict[tuple[tuple[str, str, str], bytes], tuple[str, ...]] = {}

    def violations(self, exchange: Exchange) -> list[str]:
        """Each violation names method, path, operation, place and fault. A refusal provoked on purpose is marked by a
        header with the reason; then only the answer is judged.
        """
        exchange = {
            **exchange,
            **{name: _lower(exchange[name]) for name in ("request_headers", "response_headers")},
        }
        path, _, query = exchange["url"].partition("?")
        if path.startswith(CONTROL):
            return []
        if path.startswith(oauth.PREFIX):
            return self._oauth(exchange, path, query)
        match = self.operations.find(exchange["method"], path)
        found = [*self._request(exchange, match, query), *self._response(exchange, match)]
        name = f"{match.operation.path} [{match.operation.id}]" if match else f"{path} [no operation]"
        return [f"{exchange['method']} {name} {fault}" for fault in found]

    def _oauth(self, exchange: Exchange, path: str, query: str) -> list[str]:
        method, body = exchange["method"], _text(exchange["request_body"])
        found = list(_mark_faults(exchange))
        if not is_deliberate(exchange):
            found += oauth.request_faults(method, path, query, exchange["request_headers"], body)
        if exchange["status"]:
            kind = exchange["response_headers"].get("content-type", "")
            found += oauth.response_faults(path, exchange["status"], kind, _text(exchange["response_body"]))
        return [f"{method} {path} [OAuth] {fault}" for fault in found]

    # The request

    def _request(self, exchange: Exchange, match: Match | None, query: str) -> Iterator[str]:
        yield from _mark_faults(exchange)
        if is_deliberate(exchange):
            return
        if match is None:
            yield "path: the document has no such operation"
            return
        operation, headers = match.operation, exchange["request_headers"]
        yield from self._path_parameters(match)
        yield from self._query(operation, query)
        yield from self._headers(operation, headers)
        yield from _accept_faults(operation, headers.get("accept", ""))
        yield from self._request_body(operation, headers.get("content-type", ""), exchange["request_body"])

    def _path_parameters(self, match: Match) -> Iterator[str]:
        for name, declared in match.operation.parameters("path").items():
            yield from self._parameter("path parameter", name, [match.values[name]], declared["schema"])

    def _query(self, operation: Operation, query: str) -> Iterator[str]:
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            given.setdefault(name, []).append(value)
        declared = operation.parameters("query")
        for name, values in given.items():
            if name in declared:
                yield from self._parameter("query parameter", name, values, declared[name]["schema"])
            elif operation.id not in FREE_QUERY:
                yield f"query parameter {name}: unknown"
        for name, parameter in declared.items():
            if parameter.get("required") and name not in given:
                yield f"query parameter {name}: required and missing"

    def _headers(self, operation: Operation, headers: dict[str, str]) -> Iterator[str]:
        for name, declared in operation.parameters("header").items():
            value = headers.get(name.lower())
            if value is None and declared.get("required"):
                yield f"header {name}: required and missing"
            elif value is not None and name.lower() not in NEGOTIATED:
                yield from self._parameter("header", name, [value], declared["schema"])

    def _parameter(self, place: str, name: str, values: list[str], schema: Schema) -> Iterator[str]:
        """Text read as the type the schema asks for; an array is exploded, the default of OpenAPI for queries."""
        if schema.get("type") == "array":
            value: Json = [_read_as(schema["items"], text) for text in values]
        elif len(values) > 1:
            yield f"{place} {name}: given {len(values)} times but is no array"
            return
        else:
            value = _read_as(schema, values[0])
        yield from (f"{place} {name} {fault}" for fault in self.shapes.faults(value, schema, "request"))

    def _request_body(self, operation: Operation, kind: str, body: Json) -> Iterator[str]:
        declared = operation.request_types
        if not body:
            if operation.request_body and operation.request_body.get("required"):
                yield "request body: required and missing"
        elif operation.request_body is None:
            yield "request body: the operation takes none"
        elif media_type(kind) not in declared:
            yield f"request content type: {kind or 'none'} instead of {_either(declared)}"
        else:
            yield from self._body(operation, "request body", declared[media_type(kind)], media_type(kind), body)

    # The response

    def _response(self, exchange: Exchange, match: Match | None) -> Iterator[str]:
        status, body = exchange["status"], exchange["response_body"]
        if not status:
            return  # the connection was dropped on purpose: nothing was answered
        kind = exchange["response_headers"].get("content-type", "")
        if match is None:
            yield from self._answer_to_unknown(status, kind, body)
            return
        operation = match.operation
        if operation.response(status) is None:
            yield from self._undeclared(operation, status, kind, body)
            return
        yield from _location_faults(operation, status, exchange["response_headers"])
        declared = operation.response_types(status)
        if declared:
            yield from self._declared_body(operation, status, kind, declared, body)
        elif status >= 400:
            yield from self._error_body(f"response {status}", "either", kind, body)
        elif body:
            yield f"response {status} body: the document declares none"

    def _answer_to_unknown(self, status: int, kind: str, body: Json) -> Iterator[str]:
        if status in UNKNOWN_OPERATION:
            yield from self._error_body(f"response {status}", "errors", kind, body)
        elif (entry := tolerated(status, "post", "")) is None or status in {400, 409, 422}:
            yield f"response {status}: not an answer to an operation that does not exist"
        else:
            yield from self._error_body(f"response {status}", entry.body, kind, body)

    def _undeclared(self, operation: Operation, status: int, kind: str, body: Json) -> Iterator[str]:
        entry = tolerated(status, operation.method, operation.path)
        if entry is None:
            yield f"response {status}: undeclared, the document has {', '.join(operation.source['responses'])}"
        else:
            yield from self._error_body(f"response {status}", entry.body, kind, body)

    def _declared_body(
        self, operation: Operation, status: int, kind: str, declared: dict[str, Schema], body: Json
    ) -> Iterator[str]:
        name = media_type(kind)
        schema = declared.get(name, declared.get("*/*"))
        if schema is None:
            yield f"response {status} content type: {kind or 'none'} instead of {_either(declared)}"
            name, schema = next(iter(declared.items()))  # the body is judged all the same
        if not body:
            yield f"response {status} body: declared and missing"
        else:
            yield from self._body(operation, f"response {status} body", schema, name, body)

    def _error_body(self, place: str, allowed: Body, kind: str, body: Json) -> Iterator[str]:
        """An error without a declared body: empty, or one of the two error objects under a JSON media type."""
        name = media_type(kind)
        if not body or (allowed == "anything" and not name.endswith("json")):
            return
        if name not in ERROR_TYPES:
            yield f"{place} content type: {kind or 'none'} instead of {_either(ERROR_TYPES)}"
            return
        place = f"{place} body"
        yield from self._once((allowed, place, name), body, functools.partial(self._error_object, allowed, body))

    def _error_object(self, allowed: Body, body: Json) -> list[str]:
        value, fault = _parsed(body)
        if fault:
            return [fault]
        if allowed == "either" and isinstance(value, dict) and "error" in value:
            return self.shapes.faults(value, AUTHORIZATION_ERROR, "response")
        if not isinstance(value, dict) or not value.get("errors"):
            return ["$: no errors[]"]
        return self.shapes.faults(value, ERRORS, "response")

    # Bodies

    def _body(self, operation: Operation, place: str, schema: Schema, kind: str, body: Json) -> Iterator[str]:
        """A JSON body must fit its schema; a body of any other type is only there or not."""
        if not kind.endswith("json"):
            return
        direction: Direction = "request" if place.startswith("request") else "response"
        fit = self._fit_patch if direction == "request" and operation.id in MERGE_PATCHES else self._fit
        judge = functools.partial(fit, body, schema, direction)
        yield from self._once((operation.id, place, kind), body, judge)

    def _fit(self, body: Json, schema: Schema, direction: Direction) -> list[str]:
        value, fault = _parsed(body)
        return [fault] if fault else self.shapes.faults(value, schema, direction)

    def _fit_patch(self, body: Json, schema: Schema, direction: Direction) -> list[str]:
        """A merge patch fits when its values do, and when what it takes away has a name that the schema knows."""
        value, fault = _parsed(body)
        if fault:
            return [fault]
        unknown = [said for said in self.shapes.faults(value, schema, direction) if ": unknown " in said]
        return sorted({*self.shapes.faults(_without_nulls(value), schema, direction), *unknown})

    def _once(self, where: tuple[str, str, str], body: Json, judge: Callable[[], list[str]]) -> list[str]:
        """The verdict on a body, looked up when the same text stood at the same place before."""
        key = where, hashlib.blake2b(body.encode() if isinstance(body, str) else orjson.dumps(body)).digest()
        if key not in self._seen:
            self._seen[key] = tuple(judge())
        return [f"{where[1]} {fault}" for fault in self._seen[key]]


def _without_nulls(value: Json) -> Json:
    """What a merge patch sets, without what it takes away. Lists are values and stay as they are."""
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(member) for name, member in value.items() if member is not None}


def _lower(headers: dict[str, str] | None) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}


def is_deliberate(exchange: Exchange) -> bool:
    """Whether the test that sent the request says it is wrong on purpose."""
    return DELIBERATE in exchange["request_headers"]


def _mark_faults(exchange: Exchange) -> Iterator[str]:
    if is_deliberate(exchange) and not exchange["request_headers"][DELIBERATE].strip():
        yield f"header {DELIBERATE}: says no reason"


def _accept_faults(operation: Operation, accept: str) -> Iterator[str]:
    wanted = [media_type(part) for part in accept.split(",") if part.strip()]
    if "*/*" in operation.acceptable:
        return
    if not wanted or not operation.acceptable.issuperset(wanted):
        yield f"header Accept: {accept or 'none'} instead of {_either(operation.acceptable)}"


def _location_faults(operation: Operation, status: int, headers: dict[str, str]) -> Iterator[str]:
    """Location must be there wherever the document declares it, and with every redirection."""
    declared = {name.lower() for name in (operation.response(status) or {}).get("headers", {})}
    if ("location" in declared or status == 303) and not headers.get("location"):
        yield f"response {status} header Location: missing"


def _parsed(body: Json) -> tuple[Json, str]:
    try:
        return orjson.loads(_text(body)), ""
    except orjson.JSONDecodeError as error:
        return None, f"$: not JSON ({error})"


def _text(body: Json) -> str:
    if isinstance(body, dict):
        return base64.b64decode(body["base64"]).decode("utf-8", "replace")
    return body or ""


def _read_as(schema: Schema, text: str) -> Json:
    """A parameter's text as the value it stands for; text that stands for none is left for the schema to refuse."""
    try:
        match schema.get("type"):
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}.get(text, text)
    except ValueError:
        pass
    return text


def _either(names: Any) -> str:
    return " or ".join(sorted(names)) or "nothing"
