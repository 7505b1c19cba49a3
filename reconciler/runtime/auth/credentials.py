"""What the environment says of an account: the variables that its document names, else those by its own name."""

import os
from collections.abc import Mapping

from reconciler.documents.document import Account
from reconciler.documents.specs import load_spec
from reconciler.model.typed import typed
from reconciler.providers.base import Credentials
from reconciler.runtime.auth.redirect import wrong_callback, wrong_name
from reconciler.runtime.errors import AuthenticationFailed

_NAMES = ("token", "client_id", "client_secret", "refresh_token")


def variables(account: Account) -> dict[str, str]:
    """Return the environment variable of each credential: as the document names it, else by the account's name."""
    prefix = _prefix(account)
    return {name: str(account.credentials.get(name) or f"{prefix}_{name.upper()}") for name in _NAMES}


def _prefix(account: Account) -> str:
    return "RECONCILE_" + "".join(c if c.isalnum() else "_" for c in account.name.upper())


def credentials(
    account: Account, environment: Mapping[str, str] = os.environ, *, api_key: bool = False
) -> Credentials:
    """Find what an account can start from. A ready token stands alone; else there must be a client at least.

    Where each request names the application (`api_key`), there must be one beside a ready token, too.

    AuthenticationFailed says which variables to set.
    """
    if account.environment == "simulator":
        key = {"client_id": "simulator", "client_secret": "simulator"} if api_key else {}
        return Credentials(token=f"simulator-{account.login}", **key)
    names = variables(account)
    token = environment.get(names["token"], "").strip()
    if not token:
        return application(account, environment)
    if not api_key:
        return Credentials(token=token)
    if not environment.get(names["client_id"], "").strip():
        raise AuthenticationFailed(
            f"account {account.name}: each request names the application, and {names['client_id']} is not set",
            f"set {names['client_id']} and {names['client_secret']} to its key and its secret, beside the token",
        )
    named = application(account, environment)
    return Credentials(token=token, client_id=named.client_id, client_secret=named.client_secret)


def remedy(account: Account, environment: Mapping[str, str] = os.environ) -> str:
    """Say what to do when an account's token is refused or lacks a right: that depends on where it is from."""
    if account.environment == "simulator":
        return (
            "see that `login` in reconcile.yaml is a seller of this project's practice marketplace, where nobody "
            "logs in, and that its settings neither refuse tokens (faults) nor hold back rights (withheld_scopes)"
        )
    names = variables(account)
    login, variable = f"run `{typed('login', account.name)}`", names["token"]
    if _nobody_logs_in(account):
        own = f"{names['client_id']} and {names['client_secret']}"
        login = f"see what the application may do, and that {own} are its own"
    if not environment.get(variable, "").strip():
        return login
    return f"put a new one into {variable}{_practice(account)}, or unset it and {login}"


def callback_of(
    account: Account, said: str = "", environment: Mapping[str, str] = os.environ, *, named: bool = False
) -> str:
    """Return the address to which the marketplace sends a browser back, or the name that stands for it there.

    As it was just said, else from the environment. AuthenticationFailed where there is none, or no browser can be
    sent there.
    """
    variable = f"{_prefix(account)}_CALLBACK"
    found = said or environment.get(variable, "").strip()
    what = (
        "name that the marketplace gives to the address of your application"
        if named
        else ("https address that your application is registered with")
    )
    hint = f"say the {what}: --callback, or {variable}"
    if not found:
        raise AuthenticationFailed(f"account {account.name}: nobody says where the browser is sent back to", hint)
    why = wrong_name(found) if named else wrong_callback(found)
    if why:
        raise AuthenticationFailed(f"account {account.name}: nobody can be sent back to {found}: {why}", hint)
    return found


def _practice(account: Account) -> str:
    """A marketplace at an address of one's own may be one of `reconcile simulate`: a token for each seller."""
    if isinstance(account.environment, str):
        return ""
    return f" (simulator-{account.login or 'LOGIN'} on a marketplace of `reconcile simulate`)"


def application(account: Account, environment: Mapping[str, str] = os.environ) -> Credentials:
    """Find the client of an account, and its refresh token where one is set. A public client has no secret."""
    names = variables(account)
    found = {name: environment.get(variable, "").strip() for name, variable in names.items() if name != "token"}
    if found["client_id"]:
        return Credentials(**found)
    then = "" if _nobody_logs_in(account) else f", then run `{typed('login', account.name)}`"
    raise AuthenticationFailed(
        f"account {account.name} has no credentials: {names['client_id']} is not set",
        f"set {names['client_id']} and {names['client_secret']} to those of your application{then}; "
        f"or set {names['token']} to a ready token{_practice(account)}",
    )


def _nobody_logs_in(account: Account) -> bool:
    return load_spec(account.marketplace).nobody_logs_in
