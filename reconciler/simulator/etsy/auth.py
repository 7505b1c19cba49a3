"""Applications by their key and secret, sellers by their tokens: codes with PKCE, rotating refresh tokens.

developers.etsy.com (authentication): a token begins with the number of its user; there is no client secret in the
token request, the verifier proves who asks. `simulator-LOGIN` is a token that is ready, for any application.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import NamedTuple
from urllib.parse import parse_qsl

import orjson

from reconciler.simulator.etsy.refusals import AuthRefusal, Refusal
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.world import Json

SCOPES = (
    "address_r", "address_w", "email_r", "listings_d", "listings_r", "listings_w", "profile_r", "profile_w",
    "shops_r", "shops_w", "transactions_r", "transactions_w",
)  # fmt: skip
ALL = frozenset(SCOPES)
#: The application that a practice marketplace always has: `x-api-key: simulator:simulator`.
PRACTICE = "simulator"
TOKENS = "/v3/public/oauth"
ACCESS_LIFE = 3600
REFRESH_LIFE = 90 * 86_400
CODE_LIFE = 600  # unverified; RFC 6749 advises ten minutes at most
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Bearer(NamedTuple):
    """Whose token it is, and what it may be used for."""

    seller: str
    scopes: frozenset[str]


def application(world: EtsyWorld, request: Request) -> str:
    """The application that a request's key names, after its secret is checked (OAS, api_key)."""
    header = request.headers.get("x-api-key", "")
    if not header:
        raise Refusal(401, "Missing x-api-key header.")
    key, colon, secret = header.partition(":")
    if not colon or not secret:
        raise Refusal(403, "Shared secret is required in x-api-key header.")
    row = world.store.one("SELECT secret FROM clients WHERE id = ?", key)
    if row is None or not hmac.compare_digest(str(row[0]).encode(), secret.encode()):
        raise Refusal(401, "Invalid API key")
    return key


def identify(world: EtsyWorld, request: Request, client: str) -> Bearer:
    """The bearer of the request's token, if it is good and of this application."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    row = world.store.one("SELECT kind, seller, client, expires, scopes FROM tokens WHERE token = ?", token)
    if kind.lower() != "bearer" or row is None or row[0] not in {"access", "practice"}:
        raise AuthRefusal("invalid_token", "access token is not valid")
    if row[3] is not None and row[3] <= world.moment:
        raise AuthRefusal("invalid_token", "access token is expired")
    if row[0] == "access" and row[2] != client:
        raise AuthRefusal("invalid_token", "access token is of another application")
    scopes = ALL if row[4] is None else frozenset(row[4].split())
    return Bearer(row[1], scopes - world.settings.withheld_scopes)


def bearer_of(world: EtsyWorld, request: Request) -> tuple[str, str]:
    """The seller of a token and the application of a key, good or not; the latter alone for a token."""
    client = request.headers.get("x-api-key", "").partition(":")[0]
    if request.path.startswith(TOKENS):
        return "", form_of(request).get("client_id", "")
    token = request.headers.get("authorization", "").partition(" ")[2]
    row = world.store.one("SELECT seller FROM tokens WHERE token = ?", token)
    return (row[0] if row else ""), client


def expire(world: EtsyWorld, request: Request) -> bool:
    """Forget the access token of a request; False for one that cannot be forgotten."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    return world.store.run("DELETE FROM tokens WHERE token = ? AND kind = 'access'", token) > 0


def revoke_refresh(world: EtsyWorld, request: Request) -> None:
    """Make the refresh tokens worthless that belong to the token of a request or of a form."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    if request.path.startswith(TOKENS):
        token = form_of(request).get("refresh_token", "")
    row = world.store.one("SELECT seller, client FROM tokens WHERE token = ?", token)
    if row:
        sql = "DELETE FROM tokens WHERE kind = 'refresh' AND seller = ? AND client = ?"
        world.store.run(sql, *row)


def form_of(request: Request) -> dict[str, str]:
    query = dict(parse_qsl(request.query_string))
    return query | dict(parse_qsl(request.content.decode("utf-8", "replace")))


def token(call: EtsyCall) -> Reply:
    """POST /v3/public/oauth/token."""
    form = form_of(call.request)
    client = form.get("client_id", "")
    if call.world.store.one("SELECT 1 FROM clients WHERE id = ?", client) is None:
        raise AuthRefusal("invalid_client", "client_id is not known", 400)
    match form.get("grant_type"):
        case "authorization_code":
            return Reply(200, _redeem(call.world, client, form))
        case "refresh_token":
            return Reply(200, _refresh(call.world, client, form.get("refresh_token", "")))
    raise AuthRefusal("unsupported_grant_type", "grant_type is not supported", 400)


def issue_code(world: EtsyWorld, client: str, seller: str, asked: dict[str, str]) -> str:
    """A code of the authorization page, bound to its address and to the challenge."""
    code = _secret()
    body = {"redirect_uri": asked["redirect_uri"], "challenge": asked["code_challenge"]}
    _keep(world, code, "code", seller, client, world.moment + CODE_LIFE, body, asked["scope"])
    return code


def _redeem(world: EtsyWorld, client: str, form: dict[str, str]) -> Json:
    """An authorization code for a pair: once, at its own address, by whoever knows the verifier."""
    code = form.get("code", "")
    row = world.store.one(
        "SELECT seller, client, expires, successor, scopes FROM tokens WHERE token = ? AND kind = 'code'", code
    )
    if row is None or row[1] != client or row[2] <= world.moment:
        raise AuthRefusal("invalid_grant", "code is not valid", 400)
    body = orjson.loads(row[3])
    if body["redirect_uri"] != form.get("redirect_uri", ""):
        raise AuthRefusal("invalid_grant", "redirect_uri is not that of the code", 400)
    verifier = form.get("code_verifier", "")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    if not VERIFIER.fullmatch(verifier) or not hmac.compare_digest(digest.encode(), body["challenge"].encode()):
        raise AuthRefusal("invalid_grant", "code_verifier does not fit the code_challenge", 400)
    world.store.run("DELETE FROM tokens WHERE token = ?", code)
    return _issue(world, client, row[0], row[4])


def _refresh(world: EtsyWorld, client: str, used: str) -> Json:
    row = world.store.one(
        "SELECT seller, client, expires, used, successor, scopes FROM tokens WHERE token = ? AND kind = 'refresh'",
        used,
    )
    if row is None or row[1] != client:
        raise AuthRefusal("invalid_grant", "refresh_token is not valid", 400)
    seller, _, expires, used_at, successor, scopes = row
    if expires is not None and expires <= world.moment:
        raise AuthRefusal("invalid_grant", "refresh_token is expired", 400)
    if used_at is not None:
        if world.moment - used_at >= world.settings.refresh_grace_seconds:
            raise AuthRefusal("invalid_grant", "refresh_token is revoked", 400)  # issue #519
        again: Json = orjson.loads(successor)
        return again
    answer = _issue(world, client, seller, scopes)
    sql = "UPDATE tokens SET used = ?, successor = ? WHERE token = ?"
    world.store.run(sql, world.moment, orjson.dumps(answer), used)
    return answer


def _issue(world: EtsyWorld, client: str, seller: str, scopes: str | None) -> Json:
    access, refresh = f"{seller}.{_secret()}", f"{seller}.{_secret()}"
    _keep(world, access, "access", seller, client, world.moment + ACCESS_LIFE, scopes=scopes)
    _keep(world, refresh, "refresh", seller, client, world.moment + REFRESH_LIFE, scopes=scopes)
    pair = {"access_token": access, "token_type": "Bearer", "expires_in": ACCESS_LIFE}
    return {**pair, "refresh_token": refresh}


def _keep(
    world: EtsyWorld,
    token: str,
    kind: str,
    seller: str,
    client: str,
    expires: float,
    body: Json | None = None,
    scopes: str | None = None,
) -> None:
    packed = None if body is None else orjson.dumps(body)
    world.store.run(
        "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, NULL, ?, ?)",
        token, kind, seller, client, expires, packed, scopes,
    )  # fmt: skip


def _secret() -> str:
    return secrets.token_urlsafe(48)
