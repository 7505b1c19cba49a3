"""Tokens: a fixed practice bearer, rotating refresh tokens, application tokens, the device flow."""

from __future__ import annotations

import base64
import binascii
import secrets
from urllib.parse import parse_qsl

import orjson

from reconciler.simulator.http import PLAIN, AuthRefusal, Call, Reply, Request
from reconciler.simulator.world import Json, World

ACCESS_LIFE = 43_199  # expires_in of a token answer (issues #1174, #7864)
REFRESH_LIFE = 90 * 86_400  # three months (issue #8321)
GRACE = 60  # a used refresh token goes on for so long (issues #8321, #9045)
DEVICE_LIFE, DEVICE_INTERVAL = 3600, 5  # issues #11017, #5140
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = " ".join(
    f"allegro:api:{scope}"
    for scope in (
        "profile:read",
        "sale:offers:read",
        "sale:offers:write",
        "sale:settings:read",
        "sale:settings:write",
    )
)


def identify(world: World, request: Request) -> tuple[str, str]:
    """The seller and the client of a bearer token; the seller is empty for an application's."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    row = world.store.one("SELECT kind, seller, client, expires FROM tokens WHERE token = ?", token)
    if kind.lower() != "bearer" or row is None or row[0] not in {"access", "practice"}:
        raise AuthRefusal("invalid_token", "The access token is not known.")
    if row[3] is not None and row[3] <= world.moment:
        raise AuthRefusal("invalid_token", "The access token has expired.")
    return row[1], row[2]


def token(call: Call) -> Reply:
    """POST /auth/oauth/token."""
    client = _client(call)
    form = _form(call)
    grant = form.get("grant_type")
    if grant == "refresh_token":
        return _json(_refresh(call.world, client, form.get("refresh_token", "")))
    if grant == "client_credentials":
        return _json(_issue_application(call.world, client))
    if grant == DEVICE_GRANT:
        return _json(_poll_device(call.world, client, form.get("device_code", "")))
    raise AuthRefusal("unsupported_grant_type", "The grant is not supported.", 400)


def device(call: Call) -> Reply:
    """POST /auth/oauth/device: a code that the seller approves on another screen."""
    client = _client(call)
    code = _secret()
    user_code = secrets.token_hex(4).upper()
    body = orjson.dumps({"user_code": user_code})
    expires = call.world.moment + DEVICE_LIFE
    _keep(call.world, code, "device", "", client, expires, body)
    where = f"{call.request.origin}/_sim/approve"
    answer = {
        "device_code": code,
        "user_code": user_code,
        "expires_in": DEVICE_LIFE,
        "interval": DEVICE_INTERVAL,
        "verification_uri": where,
        "verification_uri_complete": f"{where}?code={user_code}",
    }
    return _json(answer)


def approve(world: World, user_code: str, seller: str) -> None:
    """A person accepts the application on the verification page."""
    for code, body in world.store.all("SELECT token, successor FROM tokens WHERE kind = 'device'"):
        if orjson.loads(body)["user_code"] == user_code:
            world.store.run("UPDATE tokens SET seller = ? WHERE token = ?", seller, code)
            return
    raise ValueError(f"no device code {user_code}")


def _refresh(world: World, client: str, used: str) -> Json:
    row = world.store.one(
        "SELECT seller, client, expires, used, successor FROM tokens WHERE token = ? AND kind = 'refresh'",
        used,
    )
    if row is None or row[1] != client or (row[2] is not None and row[2] <= world.moment):
        raise AuthRefusal("invalid_grant", "The refresh token is not valid.", 400)
    seller, _, _, used_at, successor = row
    if used_at is not None:
        if world.moment - used_at > GRACE:
            raise AuthRefusal("invalid_grant", "The refresh token was used before.", 400)
        # A retry within the grace gets the same pair: two of them would shut each other out.
        answer: Json = orjson.loads(successor)
        return answer
    answer = _issue(world, client, seller)
    world.store.run(
        "UPDATE tokens SET used = ?, successor = ? WHERE token = ?", world.moment, orjson.dumps(answer), used
    )
    return answer


def _issue(world: World, client: str, seller: str) -> Json:
    """A new pair; every earlier access token of this client for this seller stops working (issue #9045)."""
    world.store.run("DELETE FROM tokens WHERE kind = 'access' AND seller = ? AND client = ?", seller, client)
    access, refresh = _secret(), _secret()
    _keep(world, access, "access", seller, client, world.moment + ACCESS_LIFE)
    _keep(world, refresh, "refresh", seller, client, world.moment + REFRESH_LIFE)
    return _answer(access) | {"refresh_token": refresh}


def _issue_application(world: World, client: str) -> Json:
    access = _secret()
    _keep(world, access, "access", "", client, world.moment + ACCESS_LIFE)
    return _answer(access)


def _answer(access: str) -> Json:
    return {
        "access_token": access,
        "token_type": "bearer",
        "expires_in": ACCESS_LIFE,
        "scope": SCOPES,
        "allegro_api": True,
        "iss": "https://allegro.pl",
        "jti": _secret()[:36],
    }


def _poll_device(world: World, client: str, code: str) -> Json:
    row = world.store.one("SELECT seller, client, expires FROM tokens WHERE token = ? AND kind = 'device'", code)
    if row is None or row[1] != client or row[2] <= world.moment:
        raise AuthRefusal("invalid_request", "The device code is not valid.", 400)
    if not row[0]:
        raise AuthRefusal("authorization_pending", "The seller has not answered yet.", 400)
    world.store.run("DELETE FROM tokens WHERE token = ?", code)
    return _issue(world, client, row[0])


def _client(call: Call) -> str:
    """The client named by HTTP Basic, after its secret is checked."""
    kind, _, packed = call.request.headers.get("authorization", "").partition(" ")
    try:
        name, _, secret = base64.b64decode(packed).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name = secret = ""
    row = call.world.store.one("SELECT secret FROM clients WHERE id = ?", name)
    if kind.lower() != "basic" or row is None or row[0] != secret:
        raise AuthRefusal("invalid_client", "The client is not known.")
    return name


def _form(call: Call) -> dict[str, str]:
    query = dict(parse_qsl(call.request.query_string))
    return query | dict(parse_qsl(call.request.content.decode("utf-8", "replace")))


def _keep(
    world: World, token: str, kind: str, seller: str, client: str, expires: float, body: bytes | None = None
) -> None:
    world.store.run(
        "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, NULL, ?)",
        token,
        kind,
        seller,
        client,
        expires,
        body,
    )


def _secret() -> str:
    return secrets.token_urlsafe(48)


def _json(body: Json) -> Reply:
    return Reply(200, body, media=PLAIN)
