"""A pair of tokens as the ledger keeps it: sealed, bound to its account, and useless without the key.

Format: one byte of version, eight that name the key, twelve of nonce, ChaCha20-Poly1305. The account's name is
authenticated with it, so a row cannot be moved to another account.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from reconciler.runtime.keys import SealingKey

_VERSION = b"\x01"
_KEY, _NONCE = 8, 12
_HEAD = len(_VERSION) + _KEY + _NONCE


class NotOpened(Exception):  # noqa: N818 - it names what happened
    """What is stored cannot be opened; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """An access token and the refresh token that follows it, and until when each holds.

    `client` and `hosts` are what the pair belongs to: it is never sent anywhere else. `superseded` holds digests
    of refresh tokens from the environment that this pair descends from or has outlived.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_until: datetime
    refresh_until: datetime
    client: str
    hosts: str
    superseded: tuple[str, ...] = ()


def seal(pair: TokenPair, key: SealingKey, account: str) -> bytes:
    """Seal a pair."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(_NONCE)
    return _VERSION + key.mark + nonce + ChaCha20Poly1305(key.secret).encrypt(nonce, _text(pair), account.encode())


def unseal(sealed: bytes, keys: Sequence[SealingKey], account: str) -> TokenPair:
    """Open a sealed pair with the key that it was sealed with. NotOpened says why it cannot be."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    mark, nonce, rest = sealed[1:9], sealed[9:_HEAD], sealed[_HEAD:]
    if sealed[:1] != _VERSION or not rest:
        raise NotOpened("is damaged, or was stored by another version")
    key = next((each for each in keys if each.mark == mark), None)
    if key is None:
        raise NotOpened("was sealed with a key that is not here")
    try:
        return _pair(ChaCha20Poly1305(key.secret).decrypt(nonce, rest, account.encode()))
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise NotOpened("is damaged") from None


def _text(pair: TokenPair) -> bytes:
    names = ("access", "refresh", "client", "hosts", "superseded", "access_until", "refresh_until")
    return orjson.dumps({name: getattr(pair, name) for name in names})


def _pair(text: bytes) -> TokenPair:
    told = orjson.loads(text)
    moments = {name: datetime.fromisoformat(told[name]) for name in ("access_until", "refresh_until")}
    return TokenPair(**{**told, **moments, "superseded": tuple(told["superseded"])})
