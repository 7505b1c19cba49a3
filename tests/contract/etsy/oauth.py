"""The token endpoint and the page before it, which the OpenAPI document only mentions: from developers.etsy.com
(authentication), RFC 6749 and the refusals that issue #519 quotes."""

from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import orjson

Json = Any
TOKEN = "/v3/public/oauth/token"
PAGE = "/oauth/connect"
FORM = "application/x-www-form-urlencoded"
GRANTS = {
    "authorization_code": {"grant_type", "client_id", "redirect_uri", "code", "code_verifier"},
    "refresh_token": {"grant_type", "client_id", "refresh_token"},
}
ASKED = {"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"}
TEXT = {"type": "string", "minLength": 1}


def _closed(optional: tuple[str, ...] = (), **required: Json) -> Json:
    members = {**required, **dict.fromkeys(optional, TEXT)}
    return {"type": "object", "required": [*required], "properties": members, "additionalProperties": False}


PAIR = _closed(access_token=TEXT, token_type={"enum": ["Bearer"]}, expires_in={"const": 3600}, refresh_token=TEXT)
REFUSAL = _closed(("error_description",), error=TEXT)


def request_faults(method: str, path: str, query: str, kind: str, body: str) -> list[str]:
    pairs = parse_qsl(body if path == TOKEN else query, keep_blank_values=True)
    given = dict(pairs)
    faults = ["request: a parameter is given twice"] if len(given) < len(pairs) else []
    if (method, path) == ("GET", PAGE):
        return faults + _names(given, ASKED)
    if (method, path) != ("POST", TOKEN):
        return [f"no such endpoint: {method} {path}"]
    if not kind.startswith(FORM):
        faults.append(f"request content type: {kind or 'none'} instead of {FORM}")
    if given.get("grant_type") not in GRANTS:
        return [*faults, f"request: unknown grant_type {given.get('grant_type')}"]
    return faults + _names(given, GRANTS[given["grant_type"]])


def response_faults(path: str, status: int, kind: str, body: str) -> list[str]:
    if status >= 500 or (path == PAGE and status < 400):
        return []
    if not kind.startswith("application/json"):
        return [f"response content type: {kind or 'none'} instead of application/json"]
    validator = jsonschema_rs.Draft202012Validator(PAIR if status == 200 else REFUSAL)
    return [f"response body: {error.message}" for error in validator.iter_errors(orjson.loads(body))]


def _names(given: dict[str, str], wanted: set[str]) -> list[str]:
    missing = [f"request: {name} is missing" for name in sorted(wanted - given.keys())]
    return missing + [f"request: unknown parameter {name}" for name in sorted(given.keys() - wanted)]
