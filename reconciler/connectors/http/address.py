"""Addresses of sources: what can be one, and whether two are of the same host."""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from reconciler.documents.addresses import ALLOW, is_private

#: A url of a source that names the environment variable which holds it.
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_PORTS = {"https": 443, "http": 80}
_SENDABLE = re.compile(r"[!-~]+")
_LONGEST = 8_000


def wrong_address(address: str, *, plain: bool) -> tuple[str, str]:
    """Return what is wrong with an address, and what to do; nothing when it can be asked.

    `plain` allows http to another machine. What the address holds is not repeated.
    """
    parts = _parts(address)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        return "is no address", "Write https://HOST/PATH, or the name of an environment variable in capitals."
    if parts.username is not None:
        return "has a login in its address", "Take out all between `//` and `@`; `auth` names the variables."
    if not _SENDABLE.fullmatch(address) or "\\" in address or len(address) > _LONGEST:
        return "cannot be sent as it is", "Write other signs than ASCII with `%`, and a host as punycode (xn--…)."
    if parts.fragment:
        return "has a fragment", "Take out all from the `#` on."
    if not plain and not is_private(address):
        return (
            "is plain http to another machine: whoever is in between can read it",
            f"Write https, or `{ALLOW}: true` beside it if the way there is private.",
        )
    return "", ""


def origin(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address: what a token may be sent to. None where it is none."""
    parts = _parts(address)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname.rstrip("."), parts.port or _PORTS[parts.scheme]


def led(base: str, target: str) -> str:
    """Return where a link within an answer of `base` leads; empty where that is no address.

    A source behind a proxy often takes itself for plain http: its own host is asked over https all the same.

    >>> led("https://shop.example/stock", "http://shop.example/stock?page=2")
    'https://shop.example/stock?page=2'
    """
    try:
        found = urljoin(base, target.strip()).partition("#")[0]
        asked, said = urlsplit(base), urlsplit(found)
    except ValueError:
        return ""
    if (asked.scheme, said.scheme) == ("https", "http") and asked.netloc == said.netloc:
        found = f"https{found.removeprefix('http')}"
    sendable = bool(_SENDABLE.fullmatch(found)) and "\\" not in found and len(found) <= _LONGEST
    return found if sendable and origin(found) else ""


def shown(address: str) -> str:
    """Say an address without what may be a secret in it."""
    parts = _parts(address)
    return f"{parts.hostname or ''}{parts.path}" if parts else "an address that cannot be read"


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        usable = parts.port != 0
    except ValueError:
        return None
    return parts if usable else None
