"""Tokens: a fixed practice bearer, rotating refresh tokens, application tokens, device and authorization codes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import NamedTuple
from urllib.parse import parse_qsl
from uuid import uuid4

import orjson

from reconciler.simulator.allegro.limits import admit_token
from reconciler.simulator.allegro.refusals import AuthRefusal, Refusal
from reconciler.simulator.allegro.scopes import KNOWN, PREFIX
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.http import PLAIN, Reply, Request
from reconciler.simulator.tokens import keep, secret
from reconciler.simulator.world import Json

ISSUER = "https://allegro.pl"
ACCESS_LIFE = 43_199  # expires_in of a token answer (issues #1174, #7864)
REFRESH_LIFE = 90 * 86_400  # three months (issue #8321)
GRACE = 60  # a used refresh token goes on for so long (issues #8321, #9045)
DEVICE_LIFE, DEVICE_INTERVAL = 3600, 5  # issues #11017, #5140
SLOWER = 5  # seconds more between the polls of who was told to slow down (RFC 8628)
EARLY = 0.5  # what a poll may come too early without being told so
CODE_LIFE = 600  # RFC 6749: ten minutes at most
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ALL = frozenset(KNOWN)


class Bearer(NamedTuple):
    """Whose token it is; no seller for an application's. Scopes only where some are missing."""

    seller: str
    client: str
    scopes: frozenset[str] | None


class OAuthRefusal(AuthRefusal):
    """The token endpoints' own refusals."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error, description, status)


def identify(world: AllegroWorld, request: Request) -> Bearer:
    """The bearer of the request's token, if it is good."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    row = world.store.one("SELECT kind, seller, client, expires, scopes FROM tokens WHERE token = ?", token)
    if kind.lower() != "bearer" or row is None or row[0] not in {"access", "practice"}:
        raise AuthRefusal("invalid_token", "The access token is not known.")
    if row[3] is not None and row[3] <= world.moment:
        raise AuthRefusal("invalid_token", "The access token has expired.")
    if row[0] == "practice" and world.settings.withheld_scopes:
        return Bearer(row[1], row[2], ALL - world.settings.withheld_scopes)
    return Bearer(row[1], row[2], None if row[4] is None else frozenset(row[4].split()))


def bearer_of(world: AllegroWorld, request: Request) -> tuple[str, str]:
    """The seller and the client of a token, good or not; the client alone at the token endpoints."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        return "", client_of(request)
    row = world.store.one("SELECT seller, client FROM tokens WHERE token = ?", token)
    return (row[0], row[1]) if row else ("", "")


def client_of(request: Request) -> str:
    """The client that a request of a token names, whether or not it is that client."""
    return _basic(request)[0] or (
        form_of(request).get("client_id", "") if request.path.startswith("/auth") else ""
    )


def expire(world: AllegroWorld, request: Request) -> bool:
    """Forget the access token of a request; False for one that cannot be forgotten."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    return world.store.run("DELETE FROM tokens WHERE token = ? AND kind = 'access'", token) > 0


def revoke_refresh(world: AllegroWorld, request: Request) -> None:
    """Make the refresh tokens worthless that belong to the token of a request or of a form."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    if request.path.startswith("/auth"):
        token = form_of(request).get("refresh_token", "")
    row = world.store.one("SELECT seller, client FROM tokens WHERE token = ?", token)
    if row:
        sql = "DELETE FROM tokens WHERE kind = 'refresh' AND seller = ? AND client = ?"
        world.store.run(sql, *row)


def token(call: AllegroCall) -> Reply:
    """POST /auth/oauth/token."""
    form = form_of(call.request)
    grant = form.get("grant_type")
    client = _client(call, form)
    try:
        match grant:
            case "refresh_token":
                return _json(_refresh(call.world, client, form.get("refresh_token", "")))
            case "client_credentials":
                return _json(_issue_application(call.world, client))
            case "authorization_code":
                return _json(_redeem(call.world, client, form))
            case _ if grant == DEVICE_GRANT:
                return _json(_poll_device(call.world, client, form.get("device_code", "")))
    except Refusal as refusal:
        if isinstance(refusal, AuthRefusal):
            raise
        body = {"error": "too_many_requests", "error_description": "Too many tokens were asked for."}
        return Reply(refusal.status, body, dict(refusal.headers), PLAIN)
    raise OAuthRefusal("unsupported_grant_type", "The grant is not supported.")


def revoke(call: AllegroCall) -> Reply:
    """POST /auth/oauth/revoke: the pair is gone, whichever of the two is sent (RFC 7009)."""
    form = form_of(call.request)
    client = _client(call, form)
    row = call.world.store.one(
        "SELECT seller FROM tokens WHERE token = ? AND client = ? AND kind IN ('access', 'refresh')",
        form.get("token", ""), client,
    )  # fmt: skip
    if row is not None:
        sql = "DELETE FROM tokens WHERE seller = ? AND client = ? AND kind IN ('access', 'refresh')"
        call.world.store.run(sql, row[0], client)
    return Reply(200, media=PLAIN)


def device(call: AllegroCall) -> Reply:
    """POST /auth/oauth/device: a code that the seller approves on another screen."""
    form = form_of(call.request)
    client = _client(call, form)
    code = secret()
    user_code = secrets.token_hex(4).upper()
    body = {"user_code": user_code, "interval": DEVICE_INTERVAL, "polled": None, "denied": False}
    expires = call.world.moment + DEVICE_LIFE
    keep(call.world, code, "device", "", client, expires, body, _scopes(call.world, form.get("scope", "")))
    where = f"{call.request.origin}/_sim/approve"
    answer = {
        "device_code": code,
        "user_code": user_code,
        "expires_in": DEVICE_LIFE,
        "interval": DEVICE_INTERVAL,
        "verification_uri": where,
        "verification_uri_complete": f"{where}?user_code={user_code}",
    }
    return _json(answer)


def decide(world: AllegroWorld, user_code: str, seller: str | None) -> None:
    """A person accepts the application on the verification page, or does not (no seller)."""
    for code, packed in world.store.all("SELECT token, successor FROM tokens WHERE kind = 'device'"):
        body = orjson.loads(packed)
        if body["user_code"] == user_code:
            body["denied"] = seller is None
            sql = "UPDATE tokens SET seller = ?, successor = ? WHERE token = ?"
            world.store.run(sql, seller or "", orjson.dumps(body), code)
            return
    raise ValueError(f"no device code {user_code}")


def issue_code(world: AllegroWorld, client: str, seller: str, asked: dict[str, str]) -> str:
    """A code of the authorization page, bound to its address and to the challenge."""
    code = secret()
    body = {"redirect_uri": asked.get("redirect_uri", ""), "challenge": asked.get("code_challenge", "")}
    body["method"] = asked.get("code_challenge_method", "plain")
    scopes = _scopes(world, asked.get("scope", ""))
    keep(world, code, "code", seller, client, world.moment + CODE_LIFE, body, scopes)
    return code


def form_of(request: Request) -> dict[str, str]:
    query = dict(parse_qsl(request.query_string))
    return query | dict(parse_qsl(request.content.decode("utf-8", "replace")))


def _refresh(world: AllegroWorld, client: str, used: str) -> Json:
    row = world.store.one(
        "SELECT seller, client, expires, used, successor, scopes FROM tokens WHERE token = ? AND kind = 'refresh'",
        used,
    )
    if row is None or row[1] != client or (row[2] is not None and row[2] <= world.moment):
        raise OAuthRefusal("invalid_grant", "The refresh token is not valid.")
    seller, _, _, used_at, successor, scopes = row
    if used_at is not None:
        if world.moment - used_at > GRACE:
            raise OAuthRefusal("invalid_grant", "The refresh token was used before.")
        # A retry within the grace gets the same pair: two of them would shut each other out.
        answer: Json = orjson.loads(successor)
        return answer
    answer = _issue(world, client, seller, scopes)
    world.store.run(
        "UPDATE tokens SET used = ?, successor = ? WHERE token = ?", world.moment, orjson.dumps(answer), used
    )
    return answer


def _issue(world: AllegroWorld, client: str, seller: str, scopes: str | None) -> Json:
    """A new pair; every earlier access token of this client for this seller stops working (issue #9045)."""
    admit_token(world, client, seller)
    world.store.run("DELETE FROM tokens WHERE kind = 'access' AND seller = ? AND client = ?", seller, client)
    given = _without_withheld(world, scopes)
    access, refresh = _signed(world, client, given, seller), secret()
    keep(world, access, "access", seller, client, world.moment + ACCESS_LIFE, scopes=given)
    # A scope that the application gets later does not extend what the seller has agreed to (issue #13160).
    keep(world, refresh, "refresh", seller, client, world.moment + REFRESH_LIFE, scopes=given)
    return _answer(access, given) | {"refresh_token": refresh}


def _issue_application(world: AllegroWorld, client: str) -> Json:
    access = _signed(world, client, None)
    keep(world, access, "access", "", client, world.moment + ACCESS_LIFE)
    return _answer(access, None)


def _signed(world: AllegroWorld, client: str, scopes: str | None, seller: str = "") -> str:
    """A JWT (issues #674, #698), whose payload names the user and the application (#1578). Nobody verifies it."""
    payload = {
        **({"user_name": seller} if seller else {}),
        "scope": _shown(scopes),
        "allegro_api": True,
        "iss": ISSUER,
        "exp": int(world.moment + ACCESS_LIFE),
        "jti": str(uuid4()),
        "client_id": client,
    }
    parts = (orjson.dumps({"alg": "RS256", "typ": "JWT"}), orjson.dumps(payload), secrets.token_bytes(48))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _answer(access: str, scopes: str | None) -> Json:
    return {
        "access_token": access,
        "token_type": "bearer",
        "expires_in": ACCESS_LIFE,
        "scope": " ".join(_shown(scopes)),
        "allegro_api": True,
        "iss": ISSUER,
        "jti": secret()[:36],
    }


def _shown(scopes: str | None) -> list[str]:
    return [f"{PREFIX}{scope}" for scope in (KNOWN if scopes is None else scopes.split())]


def _redeem(world: AllegroWorld, client: str, form: dict[str, str]) -> Json:
    """An authorization code for a pair: once, at its own address, by whoever knows the verifier."""
    code = form.get("code", "")
    row = world.store.one(
        "SELECT seller, client, expires, successor, scopes FROM tokens WHERE token = ? AND kind = 'code'", code
    )
    if row is None or row[1] != client or row[2] <= world.moment:
        raise OAuthRefusal("invalid_grant", "The authorization code is not valid.")
    body = orjson.loads(row[3])
    if body["redirect_uri"] != form.get("redirect_uri", ""):
        raise OAuthRefusal("invalid_grant", "The redirect_uri is not that of the code.")
    if not _is_verified(body, form.get("code_verifier", "")):
        raise OAuthRefusal("invalid_grant", "The code_verifier does not fit the challenge.")
    answer = _issue(world, client, row[0], row[4])
    world.store.run("DELETE FROM tokens WHERE token = ?", code)
    return answer


def _is_verified(body: Json, verifier: str) -> bool:
    if not body["challenge"]:
        return not verifier
    if body["method"] == "plain":
        return hmac.compare_digest(body["challenge"], verifier)
    digest = hashlib.sha256(verifier.encode()).digest()
    return hmac.compare_digest(body["challenge"], base64.urlsafe_b64encode(digest).decode().rstrip("="))


def _poll_device(world: AllegroWorld, client: str, code: str) -> Json:
    row = world.store.one(
        "SELECT seller, client, expires, successor, scopes FROM tokens WHERE token = ? AND kind = 'device'", code
    )
    if row is None or row[1] != client:
        raise OAuthRefusal("invalid_request", "The device code is not valid.")
    seller, _, expires, packed, scopes = row
    body = orjson.loads(packed)
    if body["denied"]:
        raise OAuthRefusal("access_denied", "The seller has refused.")
    if expires <= world.moment:
        raise OAuthRefusal("expired_token", "The device code has expired.")
    if seller:
        answer = _issue(world, client, seller, scopes)
        world.store.run("DELETE FROM tokens WHERE token = ?", code)
        return answer
    early = body["polled"] is not None and world.moment - body["polled"] < body["interval"] - EARLY
    body["polled"] = world.moment
    body["interval"] += SLOWER if early else 0
    raise Pending(code, body, early=early)


class Pending(OAuthRefusal):
    """Nothing is decided yet; how often it was asked is remembered although the request is refused."""

    def __init__(self, code: str, body: Json, *, early: bool) -> None:
        error = "slow_down" if early else "authorization_pending"
        super().__init__(error, "The seller has not answered yet.")
        self.code, self.state = code, body

    def remember(self, world: AllegroWorld) -> None:
        sql = "UPDATE tokens SET successor = ? WHERE token = ?"
        world.store.run(sql, orjson.dumps(self.state), self.code)


def _client(call: AllegroCall, form: dict[str, str]) -> str:
    """The client named by HTTP Basic, after its secret is checked; a public one proves itself by its verifier."""
    name, secret = _basic(call.request)
    if not name and "code_verifier" in form and "authorization" not in call.request.headers:
        name = form.get("client_id", "")
        if call.world.store.one("SELECT 1 FROM clients WHERE id = ?", name) is not None:
            return name
    row = call.world.store.one("SELECT secret FROM clients WHERE id = ?", name)
    if row is None or row[0] != secret:
        raise AuthRefusal("invalid_client", "The client is not known.")
    return name


def _basic(request: Request) -> tuple[str, str]:
    kind, _, packed = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(packed).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _scopes(world: AllegroWorld, asked: str) -> str | None:
    """What a token is issued with: all scopes, or those that were asked for, without the withheld ones."""
    wanted = [scope.removeprefix(PREFIX) for scope in asked.split()]
    if unknown := set(wanted) - ALL:
        raise OAuthRefusal("invalid_scope", f"The scope {min(unknown)} is not known.")
    return _without_withheld(world, " ".join(wanted) if wanted else None)


def _without_withheld(world: AllegroWorld, scopes: str | None) -> str | None:
    withheld = world.settings.withheld_scopes
    if not withheld:
        return scopes
    given = KNOWN if scopes is None else scopes.split()
    return " ".join(scope for scope in given if scope not in withheld)


def _json(body: Json) -> Reply:
    return Reply(200, body, media=PLAIN)
