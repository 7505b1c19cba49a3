"""The only place that speaks HTTP with a marketplace.

Over the network that is aiohttp: at the pace that a marketplace permits it takes a third of httpx's processor
time (`make torture` prints both). An embedded simulator is an ASGI application, and is called as one: httpx took
half of our time for it. Redirects are never followed: 303 is an answer of its own on Allegro.
"""

import asyncio
import base64
import hashlib
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlencode, urlsplit

import orjson

from reconciler.documents.addresses import is_loopback
from reconciler.model.spec import within
from reconciler.model.wire import Response
from reconciler.providers.conversation import Request
from reconciler.runtime.connection.body import ACCEPTED, LARGEST, BadBody, Bodies
from reconciler.runtime.errors import MarketplaceFailed

#: A request that may leave never waits for a connection: its permit would age, and it would leave with others into
#: a later second. How many are in flight is bounded where they come from, by `--parallelism`.
_UNLIMITED = 0
_NO_PATH = re.compile(r"[^/]|//|/\\")
_CONNECT_SECONDS, _SILENT_SECONDS = 10.0, 60.0
#: A whole exchange: the largest honest answer (4 MB) on a line of 300 kbit/s. What is sent may take as long
#: again as its size takes on such a line, in bytes a second.
DEADLINE, _SLOWEST = 120.0, 40_000
#: Whom an embedded simulator hears: all that this process asks comes from one place.
_HERE = ("127.0.0.1", 0)
#: As much is said of a failure of the wire: its text may quote what came.
_SAID = 300


class NotSent(Exception):  # noqa: N818 - it names what happened
    """The request did not reach the marketplace: it may be sent again without harm."""


class NoAnswer(Exception):  # noqa: N818 - it names what happened
    """The request left and no whole answer came: nobody knows whether it was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The addresses of one environment; `app` is set for an embedded simulator."""

    api: str
    auth: str
    upload: str
    page: str = ""  # where a person logs in, if not at `auth`
    identity: str = ""  # where it is asked whose a token is, if not at `api`
    signed: tuple[str, ...] = ()  # domains of addresses that are given away for one use
    app: Any = field(default=None, repr=False)


class Transport:
    """Sends requests to one environment."""

    def __init__(
        self, hosts: Hosts, default_media: str, *, deadline: float = DEADLINE, largest: int = LARGEST
    ) -> None:
        self._hosts = {
            "api": hosts.api,
            "auth": hosts.auth,
            "upload": hosts.upload,
            "identity": hosts.identity or hosts.api,
        }
        self._signed = hosts.signed
        self._default_media = default_media
        self._wire: _Wire = _Embedded(hosts.app) if hosts.app else Network(deadline, Bodies(largest))

    async def send(self, request: Request, headers: Mapping[str, str], body: bytes | None) -> Response:
        """Send one request. `body` replaces what the request says where a file is sent."""
        content, content_type = _content(request, body, self._default_media)
        sent = {"Accept": request.media or self._default_media, **headers}
        if content is not None:
            sent["Content-Type"] = content_type
        if request.basic is not None:
            sent["Authorization"] = _basic(*request.basic)
        base, target = self._place(request)
        return await self._wire.exchange(request.method, base, target, sent, content)

    def trusts(self, address: str) -> bool:
        """Tell whether a signed address is the marketplace's: https on its domains, or on a host we ask anyway."""
        try:
            parts = urlsplit(address)
            parts.port  # noqa: B018 - it is looked at, and may be none
        except ValueError:
            return False
        if parts.username is not None or parts.fragment or not parts.hostname or _NO_PATH.match(parts.path):
            return False
        base = f"{parts.scheme}://{parts.netloc}"
        ours = any(each == base or each.startswith(f"{base}/") for each in self._hosts.values())
        return ours or (parts.scheme == "https" and not parts.port and within(parts.hostname, self._signed))

    def _place(self, request: Request) -> tuple[str, str]:
        if request.signed:
            if not self.trusts(request.signed):
                raise ValueError(f"{request.path} leads to a host that is not the marketplace's")
            parts = urlsplit(request.signed)
            return f"{parts.scheme}://{parts.netloc}", f"{parts.path}?{parts.query}" if parts.query else parts.path
        target = f"{request.path}?{urlencode(request.query, quote_via=quote)}" if request.query else request.path
        if _NO_PATH.match(target):  # it would name a host or a port of its own, and the token would go there
            raise ValueError(f"{target!r} is no path")
        return self._hosts[request.host], target

    async def close(self) -> None:
        """Give all connections back."""
        await self._wire.close()


class _Wire(Protocol):
    """One exchange of bytes: NotSent and NoAnswer are its only failures."""

    async def exchange(
        self, method: str, base: str, target: str, headers: Mapping[str, str], content: bytes | None
    ) -> Response: ...

    async def close(self) -> None: ...


class Network:
    """Exchanges with any host; whoever asks says which it may be."""

    def __init__(self, deadline: float, bodies: Bodies) -> None:
        import aiohttp
        from yarl import URL

        self._failures: Any = aiohttp
        self._deadline = deadline
        self._bodies = bodies
        self._proxies: dict[str, str | None] = {}
        self._url = URL
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_UNLIMITED),
            timeout=aiohttp.ClientTimeout(None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": ACCEPTED},
            auto_decompress=False,  # it unpacks without bounds, or by chunks: see `body`
        )
        # A PUT or DELETE that was cut off would be sent again unseen: past the budgets, the fence and the report.
        self._client._retry_connection = False  # noqa: SLF001 - there is no public word for it

    async def exchange(
        self, method: str, base: str, target: str, headers: Mapping[str, str], content: bytes | None
    ) -> Response:
        """Send and receive once. NotSent and NoAnswer are its only failures."""
        deadline = self._deadline + len(content or b"") / _SLOWEST
        limit = asyncio.timeout(deadline)
        try:
            async with limit:
                return await self._exchange(method, base, target, headers, content)
        except (self._failures.ClientConnectorError, self._failures.ConnectionTimeoutError) as failure:
            raise NotSent(_said(failure)) from failure
        except BadBody as bad:
            raise NoAnswer(str(bad)) from bad
        except (self._failures.ClientError, TimeoutError, OSError) as failure:
            late = f"no whole answer came within {deadline:.0f} s"
            raise NoAnswer(late if limit.expired() else _said(failure)) from failure

    async def _exchange(
        self, method: str, base: str, target: str, headers: Mapping[str, str], content: bytes | None
    ) -> Response:
        proxy = self._proxy(base)
        asked = self._client.request(
            method,
            self._url(base + target, encoded=True),
            headers=headers,
            data=content,
            proxy=proxy,
            ssl=_certificates() if proxy or base.startswith("https:") else True,
            allow_redirects=False,
        )
        async with asked as answer:
            told = {name.lower(): value for name, value in answer.headers.items()}
            if "link" in told:
                told["link"] = ", ".join(answer.headers.getall("link"))  # it may be said in several lines
            try:
                body = await self._bodies.read(told, answer.content.iter_any())
            except BaseException:
                answer.close()  # nobody reads what is left of it
                raise
            return Response(answer.status, told, body)

    async def close(self) -> None:
        """Give all connections back."""
        await self._client.close()

    def _proxy(self, base: str) -> str | None:
        """Return the proxy that the environment names for a host; looked up once. This machine needs none."""
        if base not in self._proxies:
            from urllib.request import getproxies, proxy_bypass  # 10 ms that practice does without

            parts = urlsplit(base)
            direct = is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc)
            self._proxies[base] = None if direct else getproxies().get(parts.scheme)
            _insist_on_proxy(self._proxies[base])
        return self._proxies[base]


class _Embedded:
    """Calls an ASGI application of this process: there is nothing to connect, to unpack or to wait for."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def exchange(
        self, method: str, base: str, target: str, headers: Mapping[str, str], content: bytes | None
    ) -> Response:
        asked = _Asked(content or b"")
        try:
            await self._app(_scope(method, base, target, headers, asked.content), asked.receive, asked.send)
        except OSError as failure:  # it drops connections as the system does
            raise NoAnswer(_said(failure)) from failure
        return Response(asked.status, asked.headers, b"".join(asked.parts))

    async def close(self) -> None:
        """Nothing is held."""


class _Asked:
    """One request as its application sees it, and what has come of it."""

    __slots__ = ("content", "headers", "parts", "status")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.status = 0
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []

    async def receive(self) -> Mapping[str, Any]:
        return {"type": "http.request", "body": self.content}

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            told = message["headers"]
            self.headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in told}
        else:
            self.parts.append(message.get("body", b""))


def _scope(method: str, base: str, target: str, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """Say a request as a server says it to its application (ASGI 3)."""
    scheme, _, place = base.partition("://")
    host, slash, before = place.partition("/")  # of uploads, the base has a path
    path, _, query = f"{slash}{before}{target}".partition("?")
    sent = [_header(*each) for each in headers.items()]
    sent.append((b"host", host.encode()))
    if content:
        sent.append((b"content-length", str(len(content)).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "headers": sent,
        "scheme": scheme,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "server": (host, None),
        "client": _HERE,
        "root_path": "",
    }


@lru_cache(maxsize=64)
def _header(name: str, value: str) -> tuple[bytes, bytes]:
    """Write a header as ASGI has it; most requests of a command say the same."""
    return name.lower().encode(), value.encode()


@cache
def _certificates() -> ssl.SSLContext | bool:
    """The system's certificates (`SSL_CERT_FILE` names others); those of certifi where the system has none.

    True where they are in a file: aiohttp reads that when it is imported, and it takes 25 ms each time.
    """
    file = ssl.get_default_verify_paths().cafile
    if file and os.path.getsize(file):  # noqa: PTH202 - it is a text of the system's
        return True
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _insist_on_proxy(address: str | None) -> None:
    """Say when the environment's proxy cannot be one; it may hold a password, so it is not repeated."""
    try:
        usable = address is None or (urlsplit(address).hostname and urlsplit(address).port != 0)
    except ValueError:
        usable = False
    if not usable:
        raise MarketplaceFailed(
            "the address of the proxy in the environment cannot be used",
            hint="correct http_proxy and https_proxy, or take them away",
        )


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _content(request: Request, body: bytes | None, media: str) -> tuple[bytes | None, str]:
    if body is not None and request.part:
        return _multipart(request, body)
    if body is not None:
        return body, request.content_type
    if request.form is not None:
        return urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    if request.json is not None:
        return orjson.dumps(request.json, default=_exact), request.content_type or request.media or media
    return None, ""


def _exact(value: Any) -> Any:
    """Write a decimal as the number that it is: no float comes in between."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    raise TypeError(f"{type(value).__name__} is no JSON")


def _multipart(request: Request, body: bytes) -> tuple[bytes, str]:
    """Write a form of parts (RFC 7578), the file last. Its boundary is of its content, so it is in none of it."""
    boundary = f"part-{hashlib.sha256(body).hexdigest()[:32]}"
    name = request.file.rpartition("/")[2].replace('"', "_")
    disposition = "Content-Disposition: form-data"
    parts = [f'{disposition}; name="{key}"\r\n\r\n{value}\r\n' for key, value in (request.form or {}).items()]
    kind = (
        f"Content-Type: {request.content_type}"
        if request.content_type
        else "Content-Type: application/octet-stream"
    )
    head = f'{disposition}; name="{request.part}"; filename="{name}"\r\n{kind}\r\n\r\n'
    before = "".join(f"--{boundary}\r\n{part}" for part in parts) + f"--{boundary}\r\n{head}"
    return b"".join((before.encode(), body, f"\r\n--{boundary}--\r\n".encode())), (
        f"multipart/form-data; boundary={boundary}"
    )


def _said(failure: Exception) -> str:
    """Say what broke, in words: those of the system where there are any, never the name of a class.

    The client's own text of a failure ends with the address that was asked, in which there may be a secret.
    """
    system = getattr(failure, "os_error", failure)
    if isinstance(system, OSError) and system.errno and (known := os.strerror(system.errno)):
        where = f"{failure.host}:{failure.port}: " if getattr(failure, "host", None) else ""  # type: ignore[attr-defined]
        return f"{where}{known}"
    if isinstance(failure, TimeoutError):
        return "no answer came in time"
    told = (getattr(each, "message", "") for each in (failure.__cause__, failure))
    words = " ".join(str(next(filter(None, told), failure)).split())
    return words[:_SAID] or "the connection broke"
