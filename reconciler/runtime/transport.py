"""The only place that speaks HTTP.

httpx's pool is linear in its connections, so there are several small ones (CHOICES: at most 8 each). Redirects
are never followed: 303 is an answer of its own on Allegro. An embedded simulator is reached through the same
client, by an ASGI transport.
"""

import itertools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from reconciler.providers.conversation import Request, Response

_POOLS = 4
_CONNECTIONS = 8
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


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
    app: Any = field(default=None, repr=False)


class Transport:
    """Sends requests to one environment."""

    def __init__(self, hosts: Hosts, default_media: str) -> None:
        self._hosts = {"api": hosts.api, "auth": hosts.auth, "upload": hosts.upload}
        self._default_media = default_media
        secure = any(address.startswith("https") for address in (hosts.api, hosts.auth, hosts.upload))
        verify = _certificates() if secure else False
        self._clients = [_client(hosts.app, verify) for _ in range(1 if hosts.app else _POOLS)]
        self._turn = itertools.cycle(self._clients)

    async def send(self, request: Request, headers: Mapping[str, str], body: bytes | None) -> Response:
        """Send one request. `body` replaces what the request says where a file is sent."""
        content, content_type = _content(request, body, self._default_media)
        sent = {"accept": request.media or self._default_media, **headers}
        if content is not None:
            sent["content-type"] = content_type
        try:
            answer = await next(self._turn).request(
                request.method,
                self._hosts[request.host] + request.path,
                params=httpx.QueryParams(list(request.query)) if request.query else None,
                headers=sent,
                content=content,
                auth=request.basic,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise NotSent(_said(failure)) from failure
        except (httpx.HTTPError, OSError) as failure:  # an embedded simulator drops connections as the system does
            raise NoAnswer(_said(failure)) from failure
        headers_read = {k.lower(): v for k, v in answer.headers.items()}
        if answer.is_success and "json" in headers_read.get("content-type", ""):
            _insist_on_whole(answer.content)
        return Response(answer.status_code, headers_read, answer.content)

    async def close(self) -> None:
        """Give all connections back."""
        for client in self._clients:
            await client.aclose()


def _certificates() -> ssl.SSLContext:
    """One context for all pools: loading the certificates takes 20 ms each time."""
    return httpx.create_ssl_context()


def _client(app: Any, verify: ssl.SSLContext | bool) -> httpx.AsyncClient:
    if app is not None:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), timeout=_TIMEOUT)
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    return httpx.AsyncClient(limits=limits, timeout=_TIMEOUT, follow_redirects=False, verify=verify)


def _content(request: Request, body: bytes | None, media: str) -> tuple[bytes | None, str]:
    if body is not None:
        return body, request.content_type
    if request.form is not None:
        return str(httpx.QueryParams(dict(request.form))).encode(), "application/x-www-form-urlencoded"
    if request.json is not None:
        return orjson.dumps(request.json), request.content_type or request.media or media
    return None, ""


def _insist_on_whole(body: bytes) -> None:
    """Half an answer is no answer: what it would have said is not known."""
    try:
        orjson.loads(body or b"null")
    except orjson.JSONDecodeError as cut:
        raise NoAnswer(f"the answer is cut off ({cut})") from cut


def _said(failure: Exception) -> str:
    return f"{type(failure).__name__}: {failure}" if str(failure) else type(failure).__name__
