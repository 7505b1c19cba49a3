"""Tokens and whose they are: OAuth as Allegro speaks it. No step keeps anything; the caller does."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.requests import Errand
from reconciler.model.wire import Sleep
from reconciler.providers.allegro.answers import DEVICE_CODE, ME, REVOKED, TOKEN
from reconciler.providers.base import Credentials, DeviceCode, Login, MarketplaceFault, Token
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.faults import fetch
from reconciler.providers.forms import Form

#: Seconds that a refresh token holds: three months (#8321), counted as 90 days to be on the safe side.
REFRESH_LIFE = 90 * 86_400
#: Seconds between polls when nothing is said, and what `slow_down` adds to them (RFC 8628, 3.5).
_INTERVAL, _SLOWER = 5, 5
_DEVICE_LIFE = 3600
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def authorize(credentials: Credentials) -> Conversation[Token]:
    """Return the ready token, or spend the refresh token.

    A refresh token is good for one use and is answered by its successor (#8321, #9045); the used one keeps
    working for about a minute, so repeating the request within it loses nothing.
    """
    if credentials.token:
        return Token(credentials.token)
    form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
    return _token((yield from fetch(_post("token", TOKEN, form, credentials))))


def client_of(token: str) -> str:
    """Read which application a token was issued to; empty when it does not say.

    Access tokens are JWTs, which Allegro tells people to decode (#674, #698); the payload holds `client_id`
    (#1578). Nothing is verified: it only decides whose budget a request is counted in.
    """
    try:
        payload = token.split(".")[1]
        told = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return ""
    client = told.get("client_id") if isinstance(told, dict) else None
    return client if isinstance(client, str) else ""


def begin_device(credentials: Credentials) -> Conversation[DeviceCode]:
    """Ask for a code that a person confirms on any screen (#11017, #5140)."""
    told = yield from fetch(_post("device", DEVICE_CODE, {"client_id": credentials.client_id}, credentials))
    return DeviceCode(
        device_code=told["device_code"],
        user_code=told["user_code"],
        address=told["verification_uri"],
        address_with_code=told.get("verification_uri_complete") or "",
        expires_in=_seconds(told.get("expires_in"), _DEVICE_LIFE),
        interval=_seconds(told.get("interval"), _INTERVAL),
    )


def poll_device(credentials: Credentials, code: DeviceCode) -> Conversation[Token]:
    """Ask until the person has confirmed or refused the code, or it has expired.

    Not yet confirmed is a 400 `authorization_pending` (#2429). Whether Allegro ever says `slow_down` or
    `access_denied` is not documented; RFC 8628 does.
    """
    form = {"grant_type": _DEVICE_GRANT, "device_code": code.device_code}
    interval, waited = code.interval, 0
    while waited < code.expires_in:
        yield Sleep(interval)
        waited += interval
        said: Answer = yield _post("token", TOKEN, form, credentials)
        fault = said.fault
        if fault is None:
            return _token(said.value)
        if fault.code == "slow_down":
            interval += _SLOWER
        elif fault.code != "authorization_pending":
            raise MarketplaceFault(fault)
    late = "nobody confirmed the code in time"
    raise MarketplaceFault(Fault(kind=FaultKind.AUTH, code="expired_token", message=late))


def authorization_url(base: str, credentials: Credentials, redirect: str, state: str, challenge: str) -> str:
    """Return the page on which a person lets the application in; it leads back to `redirect` with a code."""
    asked = {
        "response_type": "code",
        "client_id": credentials.client_id,
        "redirect_uri": redirect,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{base}/auth/oauth/authorize?{urlencode(asked)}"


def exchange_code(credentials: Credentials, code: str, redirect: str, verifier: str) -> Conversation[Token]:
    """Exchange the code of the redirect for a pair; `verifier` proves who asked for it (RFC 7636)."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    return _token((yield from fetch(_post("token", TOKEN, form, credentials))))


def revoke(credentials: Credentials, token: str) -> Conversation[None]:
    """Make a refresh token worthless, and the access tokens that came of it (RFC 7009)."""
    form = {"token": token, "token_type_hint": "refresh_token"}
    yield from fetch(_post("revoke", REVOKED, form, credentials))


def identity() -> Conversation[Login]:
    """Ask whose token it is, and on which marketplace the account has its base (#6783)."""
    me = yield from fetch(Request(method="GET", path="/me", expects=ME, name=Errand.IDENTITY))
    return Login(me["login"], me["id"], (me.get("baseMarketplace") or {}).get("id") or "allegro-pl")


def _post(endpoint: str, expects: Form, form: Mapping[str, str], credentials: Credentials) -> Request:
    """Make a request of the token endpoints. A public client has no secret to prove, and names itself only."""
    client, secret = credentials.client_id, credentials.client_secret
    return Request(
        method="POST",
        host="auth",
        path=f"/auth/oauth/{endpoint}",
        expects=expects,
        form=form if secret else {**form, "client_id": client},
        media="application/json",
        basic=(client, secret) if secret else None,
        name=endpoint,
    )


def _token(answer: Mapping[str, Any]) -> Token:
    return Token(answer["access_token"], answer.get("refresh_token") or "", answer.get("expires_in") or 0)


def _seconds(stated: int | None, otherwise: int) -> int:
    """Read a span of a login that was stated; none is longer than a refresh token holds."""
    return min(max(0, stated), REFRESH_LIFE) if stated else otherwise
