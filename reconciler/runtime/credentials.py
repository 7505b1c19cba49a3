"""Where tokens and keys come from: environment variables named by the account, and a sealed store for what rotates.

Allegro's refresh tokens are good for one use (facts: #8321): the successor is kept in the ledger, sealed with a
key derived from the client secret, so that nothing secret is stored in clear and the next run can go on.
"""

import hashlib
import os
from collections.abc import Mapping

from reconciler.documents.document import Account
from reconciler.providers.base import Credentials, Token
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.ledger import Ledger

_NAMES = ("token", "client_id", "client_secret", "refresh_token")
_NONCE = 12


def variables(account: Account) -> dict[str, str]:
    """Return the environment variable of each credential: as the document names it, else by the account's name."""
    prefix = "RECONCILE_" + "".join(c if c.isalnum() else "_" for c in account.name.upper())
    return {name: str(account.credentials.get(name) or f"{prefix}_{name.upper()}") for name in _NAMES}


def credentials(account: Account, ledger: Ledger, environment: Mapping[str, str] = os.environ) -> Credentials:
    """Find the credentials of an account. AuthenticationFailed says which variables to set."""
    if account.environment == "simulator":
        return Credentials(token=f"simulator-{account.login}")
    names = variables(account)
    found = {name: environment.get(variable, "") for name, variable in names.items()}
    if found["token"]:
        return Credentials(token=found["token"])
    if found["client_id"] and found["client_secret"]:
        kept = _kept(account.name, ledger, found["client_secret"])
        refresh = kept or found["refresh_token"]
        if refresh:
            return Credentials(
                client_id=found["client_id"], client_secret=found["client_secret"], refresh_token=refresh
            )
    raise AuthenticationFailed(
        f"account {account.name} has no credentials",
        f"set {names['token']} to a ready token, or {names['client_id']}, {names['client_secret']} and "
        f"{names['refresh_token']}",
    )


def keep(account: str, ledger: Ledger, secret: str, token: Token) -> None:
    """Store the successor of a refresh token, sealed, before anything is done with the new access token."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce = os.urandom(_NONCE)
    sealed = ChaCha20Poly1305(_key(account, secret)).encrypt(nonce, token.refresh.encode(), account.encode())
    ledger.keep_token(account, nonce + sealed)


def _kept(account: str, ledger: Ledger, secret: str) -> str:
    found = ledger.token(account)
    if found is None:
        return ""
    stored = found[0]
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    cipher = ChaCha20Poly1305(_key(account, secret))
    try:
        return cipher.decrypt(stored[:_NONCE], stored[_NONCE:], account.encode()).decode()
    except InvalidTag:
        return ""  # sealed for another client secret: of no use to this one


def _key(account: str, secret: str) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=account.encode(), n=2**14, r=8, p=1, dklen=32)
