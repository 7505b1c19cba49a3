"""The third witness for eBay: says of a recorded exchange whether eBay's own descriptions allow it.

What no saved description has (pictures, identity, tokens) is judged by shapes that were written down from the pages
that `corrections` names: a weaker witness, and it is said so there.
"""

import functools
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import orjson

from contract.ebay.corrections import BY_HAND, GATEWAY, GRANTS, OAUTH_ERROR, TOKENS, TOLERATED
from contract.ebay.document import APIS, load, locate
from contract.operations import Operation, Operations, media_type
from contract.shapes import Shapes
from contract.witness import CONTROL, Exchange, is_deliberate

Json = Any
TOKEN_PATH = "/identity/v1/oauth2/token"
CONSENT = "/oauth2/authorize"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Error"}},
    },
}


class Api:
    """One description, its addresses without their beginning."""

    def __init__(self, prefix: str, document: Json) -> None:
        paths: dict[str, Json] = {}
        for path, item in document["paths"].items():  # one address is written with and without its last slash
            paths[path.rstrip("/")] = {**paths.get(path.rstrip("/"), {}), **item}
        document["paths"] = paths
        self.prefix, self.document = prefix, document
        self.operations = Operations(document)
        self.shapes = Shapes(document["components"]["schemas"])

    def find(self, method: str, path: str) -> Operation | None:
        match = self.operations.find(method, path.removeprefix(self.prefix).rstrip("/"))
        return match.operation if match else None


@functools.cache
def apis() -> dict[str, Api]:
    """All descriptions; DocumentMissingError without them."""
    folder = locate()
    return {prefix: Api(prefix, load(folder, name)) for prefix, name in APIS.items()}


def violations(exchange: Exchange) -> list[str]:
    """What eBay's descriptions forbid in an exchange; nothing for the simulator's own control plane."""
    known = apis()
    path = exchange["url"].partition("?")[0].removeprefix("/upload")
    if path.startswith((CONTROL, CONSENT)):
        return []
    api = next((one for prefix, one in known.items() if path.startswith(f"{prefix}/")), None)
    operation = api.find(exchange["method"], path) if api else None
    if path == TOKEN_PATH:
        found = list(_token(exchange))
    elif api is not None and operation is not None:
        found = [*_request(api, operation, exchange), *_response(api, operation, exchange)]
    else:
        found = list(_by_hand(exchange, path, known["/sell/inventory/v1"]))
    name = operation.id if operation else "by hand"
    return [f"{exchange['method']} {path} [{name}] {fault}" for fault in found]


def _headers(exchange: Exchange, side: str) -> dict[str, str]:
    return {name.lower(): value for name, value in exchange[f"{side}_headers"].items()}


def _request(api: Api, operation: Operation, exchange: Exchange) -> Iterator[str]:
    headers = _headers(exchange, "request")
    if is_deliberate({"request_headers": headers}):
        if not headers["x-deliberately-wrong"].strip():
            yield "header x-deliberately-wrong: says no reason"
        return
    query = dict(parse_qsl(exchange["url"].partition("?")[2], keep_blank_values=True))
    declared = operation.parameters("query")
    yield from (f"query parameter {name}: unknown" for name in query.keys() - declared.keys())
    for place, given in (("query", query), ("header", headers)):
        for name, parameter in operation.parameters(place).items():
            if parameter.get("required") and (name if place == "query" else name.lower()) not in given:
                yield f"{place} {name}: required and missing"
    accepted = {media_type(part) for part in headers.get("accept", "*/*").split(",")}
    statuses = [int(status) for status in operation.source["responses"] if status < "300"]
    offered = {kind for status in statuses for kind in operation.response_types(status)}
    if offered and not accepted & {"*/*", *offered}:
        yield f"header Accept: {headers['accept']}"
    yield from _request_body(api, operation, headers.get("content-type", ""), exchange["request_body"] or "")


def _request_body(api: Api, operation: Operation, kind: str, body: str) -> Iterator[str]:
    types = operation.request_types
    if not types:
        if body:
            yield "request body: the operation takes none"
    elif media_type(kind) not in types:
        yield f"request content type: {kind or 'none'}"
    else:
        yield from _fits(api, body, types[media_type(kind)], "request")


def _response(api: Api, operation: Operation, exchange: Exchange) -> Iterator[str]:
    status, body = exchange["status"], exchange["response_body"] or ""
    if not status or exchange.get("garbled") or exchange.get("fault") == "lie":
        return
    kind = media_type(_headers(exchange, "response").get("content-type", ""))
    declared = operation.response(status)
    types = operation.response_types(status)
    if status >= 400:
        yield from _refusal(api, status, kind, body)
    elif declared is None:
        yield f"response {status}: undeclared"
    elif not types:
        if body:
            yield f"response {status} body: none is declared"
    elif kind not in types:
        yield f"response {status} content type: {kind or 'none'}"
    elif not body:
        yield f"response {status} body: declared and missing"
    elif kind == JSON:
        yield from _fits(api, body, types[kind], "response")


def _refusal(api: Api, status: int, kind: str, body: str) -> Iterator[str]:
    if status in GATEWAY and (kind != JSON or not body):
        return
    if status not in TOLERATED and status not in GATEWAY:
        yield f"response {status}: is none that eBay answers"
    elif kind != JSON:
        yield f"response {status} content type: {kind or 'none'}"
    else:
        yield from _fits(api, body, ERRORS, "response")


def _fits(api: Api, body: str, schema: Json, side: str) -> Iterator[str]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        yield f"{side} body: not JSON ({error})"
        return
    yield from (f"{side} body {fault}" for fault in api.shapes.faults(value, schema, side))  # type: ignore[arg-type]


# What no description has.


def _by_hand(exchange: Exchange, path: str, errors: Api) -> Iterator[str]:
    """A 404 for what nobody knows, or an answer whose shape was written down from a page."""
    status, body = exchange["status"], exchange["response_body"] or ""
    if not status or exchange.get("garbled"):
        return
    kind = media_type(_headers(exchange, "response").get("content-type", ""))
    meant = [one for one in BY_HAND if one.method == exchange["method"] and path.startswith(one.path)]
    if status >= 400:
        yield from _refusal(errors, status, kind, body)
    elif not meant or status != meant[0].status or kind != JSON:
        yield f"response {status} {kind}: nobody has written down this answer"
    else:
        validator = jsonschema_rs.Draft202012Validator(meant[0].schema)
        yield from (f"response body: {error.message}" for error in validator.iter_errors(orjson.loads(body)))


def _token(exchange: Exchange) -> Iterator[str]:
    headers, status = _headers(exchange, "request"), exchange["status"]
    if not is_deliberate({"request_headers": headers}):
        given = dict(parse_qsl(exchange["request_body"] or "", keep_blank_values=True))
        required, optional = GRANTS.get(given.get("grant_type", ""), (set(), set()))
        if media_type(headers.get("content-type", "")) != FORM or "authorization" not in headers:
            yield "request: a form and Basic client_id:client_secret are needed"
        if not required:
            yield "request: unknown grant_type"
        yield from (f"request: {name} is missing" for name in required - given.keys())
        yield from (f"request: {name} is unknown" for name in given.keys() - required - optional - {"grant_type"})
    if not status or status >= 500 or status == 429 or exchange.get("garbled"):
        return
    validator = jsonschema_rs.Draft202012Validator(TOKENS if status == 200 else OAUTH_ERROR)
    found = orjson.loads(exchange["response_body"] or "null")
    yield from (f"response body: {error.message}" for error in validator.iter_errors(found))
