"""The token endpoints, which the OpenAPI document only mentions: their shapes, written down by hand from RFC 6749,
RFC 8628 and the answers that Allegro's developers quote in its public issue tracker.
"""

from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import orjson

Json = Any

PREFIX = "/auth/"
TOKEN = "/auth/oauth/token"
HIDDEN = "***"
FORM = "application/x-www-form-urlencoded"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

# What a request must and may say, by endpoint and grant.
GRANTS: dict[str, tuple[set[str], set[str]]] = {
    "authorization_code": ({"code", "redirect_uri"}, {"code_verifier", "client_id"}),
    "client_credentials": (set(), {"scope"}),
    "refresh_token": ({"refresh_token"}, {"redirect_uri", "client_id", "scope"}),
    DEVICE_GRANT: ({"device_code"}, {"client_id"}),
}
ENDPOINTS: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("POST", "/auth/oauth/device"): ({"client_id"}, {"scope"}),
    ("POST", "/auth/oauth/revoke"): ({"token"}, {"token_type_hint"}),
    ("GET", "/auth/oauth/authorize"): (
        {"response_type", "client_id", "redirect_uri"},
        {"scope", "state", "code_challenge", "code_challenge_method", "prompt"},
    ),
}

TEXT = {"type": "string", "minLength": 1}
SECONDS = {"type": "integer", "minimum": 1}


def _closed(required: dict[str, Json], optional: dict[str, Json] | None = None) -> Json:
    properties = {**required, **(optional or {})}
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


TOKENS = _closed(
    {"access_token": TEXT, "token_type": {"enum": ["bearer", "Bearer"]}, "expires_in": SECONDS},
    {
        "refresh_token": TEXT,
        "scope": {"type": "string"},
        "allegro_api": {"type": "boolean"},
        "iss": TEXT,
        "jti": TEXT,
    },
)
DEVICE = _closed(
    {
        "device_code": TEXT,
        "user_code": TEXT,
        "verification_uri": TEXT,
        "expires_in": SECONDS,
        "interval": SECONDS,
    },
    {"verification_uri_complete": TEXT},
)
REFUSAL = _closed({"error": TEXT}, {"error_description": {"type": "string"}})
ANSWERS = {
    name: jsonschema_rs.Draft202012Validator(schema)
    for name, schema in {TOKEN: TOKENS, "/auth/oauth/device": DEVICE, "refusal": REFUSAL}.items()
}


def request_faults(method: str, path: str, query: str, headers: dict[str, str], body: str) -> list[str]:
    """Wrong endpoint, wrong form, or a parameter too few, too many or given twice."""
    kind = headers.get("content-type", "").split(";")[0].strip()
    faults = [f"request content type: {kind or 'none'} instead of {FORM}"] if body and kind != FORM else []
    pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True)
    given = dict(pairs)
    if len(given) < len(pairs):
        faults.append("request: a parameter is given twice")
    if (method, path) == ("POST", TOKEN):
        return [*faults, *_grant_faults(given), *_client_faults(headers, given)]
    if (method, path) not in ENDPOINTS:
        return [f"no such endpoint: {method} {path}"]
    return [*faults, *_parameter_faults(given, *ENDPOINTS[method, path])]


def response_faults(path: str, status: int, kind: str, body: str) -> list[str]:
    """A token, a device code or a refusal, each with the members it must have and no others."""
    if path not in ANSWERS and status < 400:
        return []  # revocation has nothing to say, and the authorization page is for people
    if status >= 500 or (status == 429 and not body):
        return []
    if not kind.startswith("application/json"):
        return [f"response content type: {kind or 'none'} instead of application/json"]
    if status != 200 and not 400 <= status < 500:
        return [f"response status {status} is none that OAuth knows here"]
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ["response body: not JSON"]
    validator = ANSWERS[path if status == 200 else "refusal"]
    return [f"response body: {error.message}" for error in validator.iter_errors(value)]


def _grant_faults(given: dict[str, str]) -> list[str]:
    grant = given.get("grant_type")
    if grant not in GRANTS:
        return [f"request: unknown grant_type {grant}"]
    required, optional = GRANTS[grant]
    return _parameter_faults(given, required | {"grant_type"}, optional)


def _parameter_faults(given: dict[str, str], required: set[str], optional: set[str]) -> list[str]:
    missing = [f"request: {name} is missing" for name in sorted(required - given.keys())]
    return missing + [f"request: unknown parameter {name}" for name in sorted(given.keys() - required - optional)]


def _client_faults(headers: dict[str, str], given: dict[str, str]) -> list[str]:
    """The client proves who it is by Basic, except a public one with a code verifier. Records hide the secret."""
    credentials = headers.get("authorization", "")
    if credentials == HIDDEN or credentials.startswith("Basic ") or (not credentials and "code_verifier" in given):
        return []
    return ["request: no Basic client_id:client_secret"]
