"""Where a browser comes back to after a person has let the application in: one request to this machine itself.

The listener is bound to 127.0.0.1, so nothing else on the network reaches it (RFC 8252, 7.3 and 8.3), and what it
is told is good only with the `state` that this login has made.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from reconciler.runtime.auth.redirect import NotTheAnswer, code_of, is_ours

HOST = "127.0.0.1"
PATH = "/callback"
_READ_WITHIN = 10.0
_LONGEST = 16_384
_DONE = "The browser's part is done: go back to the terminal."
_WRONG = "This is not the answer that the terminal waits for. Start the login again."


class Loopback(Struct, frozen=True):
    """A listener that waits for one redirect to `address`."""

    address: str
    state: str
    _told: asyncio.Future[Mapping[str, str]]

    async def code(self, seconds: float) -> str:
        """Wait for the redirect and return its code. NotTheAnswer says what came instead, or that nothing did."""
        try:
            told = await asyncio.wait_for(self._told, seconds)
        except TimeoutError:
            raise NotTheAnswer(f"the browser did not come back within {seconds:.0f} s") from None
        return code_of(told, self.state)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request. The first one to the redirect's path decides; everything else is not found."""
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _READ_WITHIN)
            method, target, *_ = [*head.split(b"\r\n", 1)[0].decode("latin-1").split(" "), "", ""]
            writer.write(self._answer(method, target))
            await writer.drain()
        writer.close()

    def _answer(self, method: str, target: str) -> bytes:
        asked = urlsplit(target)
        if method != "GET" or asked.path != PATH or self._told.done():
            return _page("404 Not Found", "There is nothing here.")
        told = dict(parse_qsl(asked.query))
        self._told.set_result(told)
        is_good = is_ours(told, self.state) and "code" in told
        return _page("200 OK", _DONE) if is_good else _page("400 Bad Request", _WRONG)


@asynccontextmanager
async def listening(state: str, port: int = 0) -> AsyncIterator[Loopback]:
    """Listen on a port of the loopback interface, a free one when none is asked for. OSError when it is taken."""
    told: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
    waiting: list[Loopback] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await waiting[0].serve(reader, writer)

    server = await asyncio.start_server(serve, HOST, port, limit=_LONGEST)
    async with server:
        waiting.append(Loopback(f"http://{HOST}:{server.sockets[0].getsockname()[1]}{PATH}", state, told))
        yield waiting[0]


def _page(status: str, text: str) -> bytes:
    body = f"<!doctype html><meta charset=utf-8><title>reconcile</title><p>{text}</p>".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return (
        f"{head}Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n".encode()
        + body
    )
