"""Between the marketplace and ASGI: requests in, answers out, whole or not."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from reconciler.simulator.faults import Dropped
from reconciler.simulator.http import Refused, Reply, Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
LARGEST = 32 << 20  # more than a picture may have


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def read_request(scope: Scope, receive: Receive) -> Request:
    content = await _body(receive)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}"
    query = scope.get("query_string", b"").decode("latin-1")
    host, port = scope.get("client") or ("", 0)
    connection = f"{os.getpid()}/{host}:{port}"
    path = _path_as_sent(scope)
    return Request(scope["method"], path, query, headers, content, origin, connection)


async def _body(receive: Receive) -> bytes:
    """The whole body; one that is too large is listened to until its end and not kept."""
    chunks, size = [], 0
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST:
            chunks.append(chunk)
        if not message.get("more_body"):
            break
    if size > LARGEST:
        raise Refused(413, f"A body may have {LARGEST} bytes.")
    return b"".join(chunks)


def _path_as_sent(scope: Scope) -> str:
    """The path still encoded: `%2F` in an id is no boundary."""
    raw: bytes | None = scope.get("raw_path")
    return quote(scope["path"]) if raw is None else raw.partition(b"?")[0].decode("latin-1")


async def answer(reply: Reply, receive: Receive, send: Send) -> None:
    """Send a reply in the manner that its trouble asks for."""
    headers = reply.all_headers()
    content, transport = reply.content, _transport(receive)
    if reply.cut:
        content = content[: reply.cut]
        if transport is None:
            headers["content-length"] = str(len(content))
    packed = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": packed})
    if reply.slow:
        half = len(content) // 2
        await send({"type": "http.response.body", "body": content[:half], "more_body": True})
        await asyncio.sleep(reply.slow)
        content = content[half:]
    if reply.cut and transport is not None:
        await send({"type": "http.response.body", "body": content, "more_body": True})
        transport.close()
        await _gone(receive)
    else:
        await send({"type": "http.response.body", "body": content})


async def drop(dropped: Dropped, receive: Receive) -> None:
    """Reset the connection under a server; an embedded client gets the exception itself."""
    transport = _transport(receive)
    if transport is None:
        raise dropped
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # A closed connection that does not linger is a reset one.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed; otherwise it would try to answer by itself."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(receive: Receive) -> Any:
    """The connection below, where the server lets it be seen; uvicorn does."""
    return getattr(getattr(receive, "__self__", None), "transport", None)
