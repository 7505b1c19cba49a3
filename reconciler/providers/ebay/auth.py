"""Tokens and whose they are: OAuth with an authorisation code, whose way back is named by a RuName.

doc "Authorization code grant flow": the application is named by HTTP Basic; a code lasts minutes, an access token
two hours, a refresh token 18 months, and it stays the same.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.requests import Errand
from reconciler.providers.base import Credentials, Login, MarketplaceFault, Token
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.ebay.answers import TOKEN, USER
from reconciler.providers.ebay.sites import site_of
from reconciler.providers.faults import fetch

#: Seconds that a refresh token holds: 18 months, counted as 540 days to be on the safe side.
REFRESH_LIFE = 540 * 86_400
_SCOPE = "https://api.ebay.com/oauth/api_scope"
#: What the client asks to do (inventory and account securitySchemes; doc getUser, Taxonomy).
SCOPES = f"{_SCOPE} {_SCOPE}/sell.inventory {_SCOPE}/sell.account {_SCOPE}/commerce.identity.readonly"


def authorize(credentials: Credentials) -> Conversation[Token]:
    """Return the ready token, or ask for a new one with the refresh token, which stays."""
    if credentials.token:
        return Token(credentials.token)
    form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token, "scope": SCOPES}
    fresh = _token((yield from fetch(_post(form, credentials))))
    return Token(fresh.access, fresh.refresh or credentials.refresh_token, fresh.expires_in)


def no_device() -> MarketplaceFault:
    """Return the fault of a way to log in that eBay does not have."""
    said = "eBay has no login by a code on another screen"
    return MarketplaceFault(Fault(kind=FaultKind.AUTH, code="NoDeviceFlow", message=said, ours=True))


def authorization_url(base: str, credentials: Credentials, redirect: str, state: str) -> str:
    """Return the page on which a person lets the application in; `redirect` is a RuName, and no address."""
    asked = {
        "client_id": credentials.client_id,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": SCOPES,
        "state": state,
    }
    return f"{base}/oauth2/authorize?{urlencode(asked)}"


def exchange_code(credentials: Credentials, code: str, redirect: str) -> Conversation[Token]:
    """Exchange the code of the redirect for a pair."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    return _token((yield from fetch(_post(form, credentials))))


def identity() -> Conversation[Login]:
    """Ask whose token it is, and on which site the seller is registered."""
    me = yield from fetch(
        Request(
            method="GET",
            host="identity",
            path="/commerce/identity/v1/user/",
            expects=USER,
            name=Errand.IDENTITY,
            budgets=(),
        )
    )
    return Login(me["username"], me["userId"], site_of(me["registrationMarketplaceId"]))


def _post(form: Mapping[str, str], credentials: Credentials) -> Request:
    return Request(
        method="POST",
        host="auth",
        path="/identity/v1/oauth2/token",
        expects=TOKEN,
        form=form,
        basic=(credentials.client_id, credentials.client_secret),
        name=Errand.TOKEN,
        budgets=(),
    )


def _token(answer: Mapping[str, Any]) -> Token:
    return Token(answer["access_token"], answer.get("refresh_token") or "", answer.get("expires_in") or 0)
