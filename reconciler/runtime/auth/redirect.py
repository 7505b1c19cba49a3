"""The address to which a marketplace sends a browser after a person has let the application in, and what it tells.

What it tells is good only with the `state` that this login has made. Where no address of this machine will do, a
person pastes the address that the browser was sent to; its page need not exist.
"""

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

#: An address that is longer was not made by a marketplace.
_LONGEST = 16_384


class NotTheAnswer(Exception):  # noqa: N818 - it names what happened
    """What came back is not the answer to this login; the text says what it is."""


def is_ours(told: Mapping[str, str], state: str) -> bool:
    """Tell whether what came back is of the login that made this state."""
    return hmac.compare_digest(told.get("state", "").encode(), state.encode())


def code_of(told: Mapping[str, str], state: str) -> str:
    """Return the code of what came back. NotTheAnswer says what came instead."""
    if not is_ours(told, state):
        raise NotTheAnswer("the browser came back with the state of another login")
    if not told.get("code"):
        said = " ".join(filter(None, (told.get("error"), told.get("error_description"))))
        raise NotTheAnswer(f"the marketplace gave no code: {said or 'without a reason'}")
    return told["code"]


def pasted(address: str, state: str) -> str:
    """Return the code of an address that was pasted. NotTheAnswer where it is none; it is never repeated."""
    said = address.strip().strip("<>\"'")
    if not said:
        raise NotTheAnswer("no address was pasted")
    try:
        told = dict(parse_qsl(urlsplit(said[:_LONGEST]).query))
    except ValueError:
        told = {}
    if not told:
        raise NotTheAnswer("what was pasted is no address that carries an answer")
    return code_of(told, state)


def wrong_name(name: str) -> str:
    """Say why a name cannot stand for an address; empty where it can."""
    return "it is no name, but an address" if "/" in name or ":" in name or " " in name else ""


def wrong_callback(address: str) -> str:
    """Say why a browser cannot be sent to an address; empty where it can."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "it is no https address"
    if not parts.hostname or parts.scheme != "https":
        return "it is no https address"
    return "it has a query or a fragment" if parts.query or parts.fragment else ""
