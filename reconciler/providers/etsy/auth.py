"""Tokens and whose they are: OAuth with an authorisation code and PKCE (openapi securitySchemes)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.requests import Errand
from reconciler.providers.base import Credentials, Login, MarketplaceFault, Token
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.etsy.answers import SELF, SHOP, TOKEN
from reconciler.providers.faults import fetch

#: Seconds that a refresh token holds: 90 days.
REFRESH_LIFE = 90 * 86_400
#: What the client asks to do (openapi securitySchemes.oauth2.scopes).
SCOPES = "listings_r listings_w listings_d shops_r shops_w"


def authorize(credentials: Credentials) -> Conversation[Token]:
    """Return the ready token, or spend the refresh token."""
    if credentials.token:
        return Token(credentials.token)
    form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
    return _token((yield from fetch(_post(form, credentials))))


def no_device() -> MarketplaceFault:
    """Return the fault of a way to log in that Etsy does not have."""
    said = "Etsy has no login by a code on another screen"
    return MarketplaceFault(Fault(kind=FaultKind.AUTH, code="NoDeviceFlow", message=said, ours=True))


def authorization_url(base: str, credentials: Credentials, redirect: str, state: str, challenge: str) -> str:
    """Return the page on which a person lets the application in; it leads back to `redirect` with a code."""
    asked = {
        "response_type": "code",
        "client_id": credentials.client_id,
        "redirect_uri": redirect,
        "scope": SCOPES,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{base}/oauth/connect?{urlencode(asked)}"


def exchange_code(credentials: Credentials, code: str, redirect: str, verifier: str) -> Conversation[Token]:
    """Exchange the code of the redirect for a pair; `verifier` proves who asked for it (RFC 7636)."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    return _token((yield from fetch(_post(form, credentials))))


def identity() -> Conversation[Login]:
    """Ask whose token it is, and in which currency the shop sells. The shop's number stands for the seller."""
    me = yield from fetch(
        Request(method="GET", path="/v3/application/users/me", expects=SELF, name=Errand.IDENTITY)
    )
    path = f"/v3/application/shops/{me['shop_id']}"
    shop = yield from fetch(Request(method="GET", path=path, expects=SHOP, name=Errand.IDENTITY))
    return Login(shop["login_name"], str(shop["shop_id"]), f"etsy-{shop['currency_code'].lower()}")


def _post(form: Mapping[str, str], credentials: Credentials) -> Request:
    return Request(
        method="POST",
        host="auth",
        path="/v3/public/oauth/token",
        expects=TOKEN,
        form={**form, "client_id": credentials.client_id},
        name=Errand.TOKEN,
    )


def _token(answer: Mapping[str, Any]) -> Token:
    return Token(answer["access_token"], answer.get("refresh_token") or "", answer.get("expires_in") or 0)
