"""Tokens and whose they are."""

from reconciler.providers.allegro.faults import fetch
from reconciler.providers.base import Credentials, Identity, Token
from reconciler.providers.conversation import Conversation, Request


def authorize(credentials: Credentials) -> Conversation[Token]:
    """Return the ready token, or spend the refresh token.

    A refresh token is good for one use and is answered by its successor (#8321, #9045), so the request is not
    to be repeated on a whim: the used one keeps working for about a minute only.
    """
    if credentials.token:
        return Token(credentials.token)
    answer = yield from fetch(
        Request(
            method="POST",
            host="auth",
            path="/auth/oauth/token",
            form=_grant(credentials),
            media="application/json",
            basic=(credentials.client_id, credentials.client_secret),
            name="token",
        )
    )
    return Token(answer["access_token"], answer.get("refresh_token") or "", int(answer.get("expires_in") or 0))


def _grant(credentials: Credentials) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}


def identity() -> Conversation[Identity]:
    """Ask whose token it is, and on which marketplace the account has its base (#6783)."""
    me = yield from fetch(Request(method="GET", path="/me", name="me"))
    return Identity(me["login"], str(me["id"]), (me.get("baseMarketplace") or {}).get("id") or "allegro-pl")
