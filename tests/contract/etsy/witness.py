"""The third witness for Etsy: says of a recorded exchange whether Etsy's own OpenAPI document allows it."""

import base64
import binascii
import functools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import orjson

from contract import witness as base
from contract.etsy import oauth
from contract.etsy.corrections import TOLERATED
from contract.etsy.document import load, locate
from contract.operations import Match, Operation, media_type
from contract.schemas import Schema
from contract.witness import CONTROL, Exchange, Witness, is_deliberate

Json = Any
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
PARTS = re.compile(r'\bname="([^"]*)"')
DRAFT = "createDraftListing"
PLACE = {"path", "type", "message"}


@functools.cache
def witness() -> "EtsyWitness":
    """The witness on the document that `locate` finds; raises DocumentMissingError without one."""
    return EtsyWitness(load(locate()))


def violations(exchange: Exchange) -> list[str]:
    """What the document forbids in an exchange; nothing for the simulator's own control plane."""
    return witness().violations(exchange)


class EtsyWitness(Witness):
    """Judges by Etsy's manners: keys and scopes, forms with lists in one text, refusals with one member."""

    def violations(self, exchange: Exchange) -> list[str]:
        exchange = {
            **exchange,
            **{name: base._lower(exchange[name]) for name in ("request_headers", "response_headers")},
        }
        path, _, query = exchange["url"].partition("?")
        if path.startswith(CONTROL):
            return []
        if path in {oauth.TOKEN, oauth.PAGE}:
            return self._oauth(exchange, path, query)
        match = self.operations.find(exchange["method"], path)
        found = [*self._request(exchange, match, query), *self._response(exchange, match)]
        name = f"{match.operation.path} [{match.operation.id}]" if match else f"{path} [no operation]"
        return [f"{exchange['method']} {name} {fault}" for fault in found]

    def _oauth(self, exchange: Exchange, path: str, query: str) -> list[str]:
        method, body = exchange["method"], exchange["request_body"] or ""
        found = list(base._mark_faults(exchange))
        if not is_deliberate(exchange):
            kind = exchange["request_headers"].get("content-type", "")
            found += oauth.request_faults(method, path, query, kind, body)
        if exchange["status"]:
            kind = exchange["response_headers"].get("content-type", "")
            found += oauth.response_faults(path, exchange["status"], kind, exchange["response_body"] or "")
        return [f"{method} {path} [OAuth] {fault}" for fault in found]

    # The request

    def _request(self, exchange: Exchange, match: Match | None, query: str) -> Iterator[str]:
        yield from base._mark_faults(exchange)
        if is_deliberate(exchange):
            return
        if match is None:
            yield "path: the document has no such operation"
            return
        headers = exchange["request_headers"]
        yield from self._credentials(match.operation, headers)
        yield from self._path_parameters(match)
        yield from self._query(match.operation, query)
        yield from self._request_body(match.operation, headers.get("content-type", ""), exchange["request_body"])

    def _credentials(self, operation: Operation, headers: dict[str, str]) -> Iterator[str]:
        """A key always; a token where a scope is asked for."""
        needed = operation.source.get("security", self.document["security"])
        if "x-api-key" not in headers:
            yield "header x-api-key: required and missing"
        if any("oauth2" in one for one in needed) and "authorization" not in headers:
            yield "header Authorization: required and missing"

    def _parameter(self, place: str, name: str, values: list[str], schema: Schema) -> Iterator[str]:
        """A list is one text with commas; see LISTS in `corrections`."""
        if len(values) > 1:
            yield f"{place} {name}: given {len(values)} times"
            return
        value = _read_as(schema, values[0])
        yield from (f"{place} {name} {fault}" for fault in self.shapes.faults(value, schema, "request"))

    def _request_body(self, operation: Operation, kind: str, body: Json) -> Iterator[str]:
        declared, name = operation.request_types, media_type(kind)
        if not declared:
            if body:
                yield "request body: the operation takes none"
        elif name not in declared:
            yield f"request content type: {kind or 'none'} instead of {' or '.join(sorted(declared))}"
        elif name == FORM:
            yield from self._form(declared[name], body or "")
        elif name == MULTIPART:
            unknown = set(PARTS.findall(_binary(body))) - declared[name]["properties"].keys()
            yield from (f"request body: unknown parameter {one}" for one in sorted(unknown))
        else:
            yield from self._body(operation, "request body", declared[name], name, body)

    def _form(self, schema: Schema, body: str) -> Iterator[str]:
        """A form as the object that its fields make."""
        pairs = parse_qsl(body, keep_blank_values=True)
        if len(dict(pairs)) < len(pairs):
            yield "request body: a parameter is given twice"
        value: dict[str, Json] = {}
        for name, text in pairs:
            if name not in schema["properties"]:
                yield f"request body: unknown parameter {name}"
            else:
                value[name] = _read_as(schema["properties"][name], text)
        yield from (f"request body {fault}" for fault in self.shapes.faults(value, schema, "request"))

    # The response

    def _response(self, exchange: Exchange, match: Match | None) -> Iterator[str]:
        status, body = exchange["status"], exchange["response_body"]
        if not status:
            return  # the connection was dropped on purpose: nothing was answered
        kind = exchange["response_headers"].get("content-type", "")
        if match is None:
            if status < 400:
                yield f"response {status}: not an answer to an operation that does not exist"
            return
        operation = match.operation
        declared = operation.response_types(status)
        if operation.response(status) is None and status not in TOLERATED:
            yield f"response {status}: undeclared, the document has {', '.join(operation.source['responses'])}"
        elif status >= 400:
            yield from _refusal_faults(operation, status, kind, body)
        elif declared:
            yield from self._declared_body(operation, status, kind, declared, body)
        elif body:
            yield f"response {status} body: the document declares none"


def _refusal_faults(operation: Operation, status: int, kind: str, body: Json) -> Iterator[str]:
    """`{error}`; with a description for a token, as a list for a draft; a gateway says what it likes."""
    place = f"response {status} body"
    if media_type(kind) != JSON:
        if status < 500:
            yield f"{place} content type: {kind or 'none'} instead of {JSON}"
        return
    value = orjson.loads(body)
    if isinstance(value, list):
        if operation.id != DRAFT or not value or any(set(one) != PLACE for one in value):
            yield f"{place}: a list that is none of places"
        return
    known = {"error"} | ({"error_description"} if status in {401, 403} else set())
    if not isinstance(value, dict) or not isinstance(value.get("error"), str) or set(value) - known:
        yield f"{place}: {sorted(value)} instead of error"


def _binary(body: Json) -> str:
    """A body that is no text was recorded in base64."""
    text = body or ""
    if text.startswith("--"):
        return str(text)
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return str(text)


def _read_as(schema: Schema, text: str) -> Json:
    """A text as the value that it stands for; an empty one is null where that is allowed."""
    if schema.get("type") == "array":
        return [base._read_as(schema["items"], one) for one in text.split(",")] if text else []
    if text == "" and schema.get("nullable") and "" not in schema.get("enum", ()):
        return None
    return base._read_as(schema, text)
