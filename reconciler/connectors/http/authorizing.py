"""Who asks: `auth` of a source, as headers that name environment variables, or as a token that is asked for."""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from reconciler.connectors.base import Objection, SourceFault
from reconciler.connectors.conversation import Ask, BasicLogin, BearerToken, Header, Secret
from reconciler.connectors.http.address import VARIABLE, wrong_address
from reconciler.connectors.http.asking import Desk, asked
from reconciler.connectors.http.finding import unknown_keys
from reconciler.documents.near import listed
from reconciler.model.wire import Response, Sleep

_TOKEN = re.compile(r"[!-~]{1,16000}")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
#: The form's keys, those of them that name variables, and those that can be left out.
_FORMS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "basic": (("user", "password"), ("user", "password"), ()),
    "header": (("name", "value"), ("value",), ()),
    "client_credentials": (
        ("token_url", "client_id", "client_secret", "scope", "send"),
        ("client_id", "client_secret"),
        ("scope", "send"),
    ),
}
_HINT = "Write the name of an environment variable, in capitals: ERP_TOKEN."


def headers_of(auth: Mapping[str, Any]) -> Mapping[str, Header]:
    """Return the headers of `bearer`, `basic` and `header`; none for a token that must be asked for first."""
    if "bearer" in auth:
        return {"Authorization": Secret(auth["bearer"], "Bearer ")}
    if "basic" in auth:
        return {"Authorization": BasicLogin(auth["basic"]["user"], auth["basic"]["password"])}
    if "header" in auth:
        return {auth["header"]["name"]: Secret(auth["header"]["value"])}
    return {}


def variables(auth: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the environment variables that it takes."""
    if "bearer" in auth:
        return (auth["bearer"],)
    return tuple(auth[form][key] for form, (_, named, _) in _FORMS.items() if form in auth for key in named)


def token(said: Mapping[str, Any]) -> Generator[Ask | Sleep, Any, BearerToken]:
    """Ask for a token with client credentials (RFC 6749, 4.4)."""
    form: dict[str, str | Secret] = {"grant_type": "client_credentials"}
    if said.get("scope"):
        form["scope"] = said["scope"]
    headers: dict[str, Header] = {}
    if said.get("send") == "header":
        headers["Authorization"] = BasicLogin(said["client_id"], said["client_secret"])
    else:
        form |= {"client_id": Secret(said["client_id"]), "client_secret": Secret(said["client_secret"])}
    ask = Ask(method="POST", url=said["token_url"], headers=headers, form=form)
    desk = Desk(where="`token_url`", variables=(said["client_id"], said["client_secret"]), refused=(400, 401, 403))
    reply = yield from asked(ask, desk)
    return _token_of(reply)


def _token_of(reply: Response) -> BearerToken:
    try:
        found = json.loads(reply.body)["access_token"]
    except (ValueError, RecursionError, TypeError, KeyError):
        found = None
    if not isinstance(found, str) or not _TOKEN.fullmatch(found):
        raise SourceFault("`token_url` answers without an `access_token`", "Look whether it is the right address.")
    return BearerToken(found)


def auth_problems(auth: Any, *, plain: bool) -> Iterator[Objection]:
    """Yield what is wrong with `auth`."""
    forms = ("bearer", *_FORMS)
    if not isinstance(auth, Mapping) or len(auth) != 1:
        yield ("auth",), "is not one form of authorization", f"Write one of {listed(forms)}."
        return
    ((form, said),) = auth.items()
    if form == "bearer":
        yield from _variable(said, ("auth", form))
    elif form not in _FORMS:
        yield from unknown_keys(auth, forms, ("auth",))
    else:
        yield from _form_problems(form, said, plain=plain)


def _form_problems(form: str, said: Any, *, plain: bool) -> Iterator[Objection]:
    keys, named, free = _FORMS[form]
    where = ("auth", form)
    if not isinstance(said, Mapping):
        yield where, "is no object", f"It has {listed(keys)}."
        return
    yield from unknown_keys(said, keys, where)
    for key in keys:
        if key in named and key in said:
            yield from _variable(said[key], (*where, key))
        elif key not in said and key not in free:
            yield where, f"has no `{key}`", f"It has {listed(keys)}."
        elif key in said and not isinstance(said[key], str):
            yield (*where, key), "is no text", ""
    if form == "header" and isinstance(said.get("name"), str) and not _NAME.fullmatch(said["name"]):
        yield (*where, "name"), "cannot be the name of a header", "It is a word such as X-Api-Key."
    if isinstance(address := said.get("token_url"), str) and form == "client_credentials":
        wrong, hint = wrong_address(address, plain=plain)
        if wrong:
            yield (*where, "token_url"), wrong, hint
    if form == "client_credentials" and said.get("send", "body") not in ("body", "header"):
        yield (*where, "send"), "is neither `body` nor `header`", "Leave it out for `body`."


def _variable(said: Any, where: tuple[str, ...]) -> Iterator[Objection]:
    if not isinstance(said, str) or not VARIABLE.fullmatch(said):
        yield where, "is no name of an environment variable", _HINT
