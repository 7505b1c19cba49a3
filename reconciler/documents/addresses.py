"""The addresses of an environment that a project writes out: what a token may be sent to."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from reconciler.documents.document import Project
from reconciler.model.diagnostics import Diagnostic, error

HOSTS = ("api", "auth", "upload")
ALLOW = "allow_plain_http"
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_HOST = 253
_HINT = "Write it as https://HOST, https://HOST:PORT or https://HOST/PATH."


def check_addresses(project: Project) -> Iterator[Diagnostic]:
    """Yield what is wrong with the addresses of each account. What an address holds of a login is not repeated."""
    for name, account in project.accounts.items():
        said = account.environment
        if project.document is None or not isinstance(said, Mapping):
            continue
        for host in HOSTS:
            mark = project.document.mark("accounts", name, "environment", host)
            where = f"`{host}` of account {name}"
            why, hint = _wrong(said[host])
            if why:
                yield error("D314", f"{where} {why}", mark=mark, hint=hint)
            elif not is_private(said[host]) and not said.get(ALLOW, False):
                yield error(
                    "D315",
                    f"{where} is plain http to another machine: whoever is in between can read the token",
                    mark=mark,
                    hint=f"Write https, or `{ALLOW}: true` beside it if the way there is private.",
                )


def is_private(address: str) -> bool:
    """Tell whether nobody on the way can read what is sent there: it is encrypted, or stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, whatever a name server says."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        name = host.lower().rstrip(".")
        return name == "localhost" or name.endswith(".localhost")


def _wrong(address: str) -> tuple[str, str]:
    """Return what is wrong with an address and what to do; nothing when it can be used."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return "has a host or a port that cannot be", f"{_HINT} A port is a number from 1 to 65535."
    if parts.username is not None:
        return "has a login in its address", "Take out all between `//` and `@`; `credentials` name the variables."
    if port == 0:
        return "has the port 0", "A port is a number from 1 to 65535."
    if not _is_host(host):
        return "has a host that cannot be", f"{_HINT} Other letters than a-z are written as punycode (xn--…)."
    return _beside(address, parts)


def _beside(address: str, parts: SplitResult) -> tuple[str, str]:
    if "?" in address or "#" in address:
        return "has a query or a fragment", "Take out all from the `?` or `#` on."
    if not re.fullmatch(r"[!-~]*", parts.path) or "\\" in parts.path:
        return "has a path that cannot be sent as it is", "Write other signs than ASCII with `%`."
    return "", ""


def _is_host(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        labels = host.removesuffix(".").split(".")
        return len(host) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, labels))
