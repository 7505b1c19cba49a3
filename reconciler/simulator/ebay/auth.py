"""Tokens: a practice bearer, codes bound to a RuName, refresh tokens that stay, tokens of the application."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import NamedTuple
from urllib.parse import parse_qsl

from reconciler.simulator.ebay.limits import admit_token
from reconciler.simulator.ebay.refusals import OAuthRefusal, refuse
from reconciler.simulator.ebay.scopes import ALL, PUBLIC, names_of
from reconciler.simulator.ebay.world import JSON, EbayCall, EbayWorld
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.world import Json

ACCESS_LIFE = 7200  # two hours
REFRESH_LIFE = 47_304_000  # 18 months
CODE_LIFE = 299
TOKEN_PATH = "/identity"  # noqa: S105 - a path
USER, APPLICATION = "User Access Token", "Application Access Token"


class Bearer(NamedTuple):
    """Whose token it is, and what it may do; no seller for an application's."""

    seller: str
    client: str
    scopes: frozenset[str]


def identify(world: EbayWorld, request: Request) -> Bearer:
    """The bearer of the request's token, if it is good."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    row = world.store.one("SELECT kind, seller, client, expires, scopes FROM tokens WHERE token = ?", token)
    good = kind.lower() == "bearer" and row is not None and row[0] in {"access", "practice"}
    if row is None or not good or (row[3] is not None and row[3] <= world.moment):
        raise refuse(1001, "Check the value of the Authorization HTTP request header.", 401)
    scopes = ALL if row[4] is None else frozenset(row[4].split())
    return Bearer(row[1], row[2], scopes - world.settings.withheld_scopes)


def bearer_of(world: EbayWorld, request: Request) -> tuple[str, str]:
    """The seller and the client of a token, good or not; the client alone where tokens are issued."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        return "", basic_of(request)[0]
    row = world.store.one("SELECT seller, client FROM tokens WHERE token = ?", token)
    return (row[0], row[1]) if row else ("", "")


def expire(world: EbayWorld, request: Request) -> bool:
    """Forget the access token of a request; False for one that cannot be forgotten."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    return world.store.run("DELETE FROM tokens WHERE token = ? AND kind = 'access'", token) > 0


def revoke_refresh(world: EbayWorld, request: Request) -> None:
    """Make the refresh tokens worthless that belong to the token of a request or of a form."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    if request.path.startswith(TOKEN_PATH):
        token = form_of(request).get("refresh_token", "")
    row = world.store.one("SELECT seller, client FROM tokens WHERE token = ?", token)
    if row:
        world.store.run("DELETE FROM tokens WHERE kind = 'refresh' AND seller = ? AND client = ?", *row)


def token(call: EbayCall) -> Reply:
    """POST /identity/v1/oauth2/token."""
    form = form_of(call.request)
    client = _client(call)
    match form.get("grant_type"):
        case "authorization_code":
            admit_token(call.world, client, "codes")
            return _json(_redeem(call.world, client, form))
        case "refresh_token":
            admit_token(call.world, client, "refreshes")
            return _json(_refresh(call.world, client, form))
        case "client_credentials":
            admit_token(call.world, client, "applications")
            return _json(_application(call.world, client, form))
    raise OAuthRefusal(
        "unsupported_grant_type", "grant type in request is not supported by the authorization server"
    )


def issue_code(world: EbayWorld, client: str, seller: str, ru_name: str, scopes: frozenset[str]) -> str:
    """A code of the page of consent, bound to its RuName; it has signs that an address must have encoded."""
    code = f"v^1.1#i^1#f^0#p^3#I^3#r^1#t^{secrets.token_urlsafe(24)}"
    expires = world.moment + CODE_LIFE
    _keep(world, code, "code", seller, client, expires, " ".join(sorted(scopes)), ru_name)
    return code


def form_of(request: Request) -> dict[str, str]:
    """The members of a form or, where there is none, of the address."""
    query = dict(parse_qsl(request.query_string, keep_blank_values=True))
    return query | dict(parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True))


def basic_of(request: Request) -> tuple[str, str]:
    """The id and the secret of the Authorization header."""
    kind, _, packed = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(packed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def keep_practice(world: EbayWorld, seller: str, login: str, client: str) -> None:
    """The token that every login has without logging in."""
    _keep(world, f"simulator-{login}", "practice", seller, client, None, None)


def keep_refresh(world: EbayWorld, seller: str, client: str, refresh: str) -> None:
    _keep(world, refresh, "refresh", seller, client, world.moment + REFRESH_LIFE, " ".join(sorted(ALL)))


def _client(call: EbayCall) -> str:
    """The client of HTTP Basic: eBay takes it in no other way."""
    name, secret = basic_of(call.request)
    row = call.world.store.one("SELECT secret FROM clients WHERE id = ?", name)
    if row is None or not secrets.compare_digest(row[0].encode(), secret.encode()):
        raise OAuthRefusal("invalid_client", "client authentication failed", 401)
    return name


def _redeem(world: EbayWorld, client: str, form: dict[str, str]) -> Json:
    """A code for a pair of tokens: once, and with the RuName that it was asked for under."""
    sql = "SELECT seller, client, expires, successor, scopes FROM tokens WHERE token = ? AND kind = 'code'"
    row = world.store.one(sql, form.get("code", ""))
    wrong = "the provided authorization grant code is invalid or was issued to another client"
    if row is None or row[1] != client or row[2] <= world.moment or row[3] != form.get("redirect_uri", ""):
        raise OAuthRefusal("invalid_grant", wrong)
    world.store.run("DELETE FROM tokens WHERE token = ?", form["code"])
    refresh = _token()
    _keep(world, refresh, "refresh", row[0], client, world.moment + REFRESH_LIFE, row[4])
    answer = _access(world, row[0], client, row[4], USER)
    return answer | {"refresh_token": refresh, "refresh_token_expires_in": REFRESH_LIFE}


def _refresh(world: EbayWorld, client: str, form: dict[str, str]) -> Json:
    """A further access token; the refresh token stays what it is, and is not told again."""
    sql = "SELECT seller, client, expires, scopes FROM tokens WHERE token = ? AND kind = 'refresh'"
    row = world.store.one(sql, form.get("refresh_token", ""))
    if row is None or row[1] != client or row[2] <= world.moment:
        raise OAuthRefusal("invalid_grant", "the provided authorization refresh token is invalid or was revoked")
    granted = frozenset(row[3].split())
    asked = names_of(form.get("scope", "")) or granted
    if not asked <= granted:
        raise OAuthRefusal("invalid_scope", "The requested scope exceeds the scope granted by the resource owner")
    return _access(world, row[0], client, " ".join(sorted(asked)), USER)


def _application(world: EbayWorld, client: str, form: dict[str, str]) -> Json:
    if names_of(form.get("scope", "")) != {PUBLIC}:
        raise OAuthRefusal("invalid_scope", "The requested scope exceeds the scope granted to the client")
    return _access(world, "", client, PUBLIC, APPLICATION)


def _access(world: EbayWorld, seller: str, client: str, scopes: str, kind: str) -> Json:
    access = _token()
    _keep(world, access, "access", seller, client, world.moment + ACCESS_LIFE, scopes)
    return {"access_token": access, "expires_in": ACCESS_LIFE, "token_type": kind}


def _token() -> str:
    return f"v^1.1#i^1#r^0#p^3#f^0#I^3#t^{secrets.token_urlsafe(48)}"


def _keep(
    world: EbayWorld,
    token: str,
    kind: str,
    seller: str,
    client: str,
    expires: float | None,
    scopes: str | None,
    ru_name: str | None = None,
) -> None:
    world.store.run(
        "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, NULL, ?, ?)",
        token, kind, seller, client, expires, ru_name, scopes,
    )  # fmt: skip


def _json(body: Json) -> Reply:
    return Reply(200, body, media=JSON)
