"""The lying proxy: between the command line and `reconcile simulate`, with real sockets, for all three hosts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from world import LOGIN

from lying import wire
from lying.liar import Asked, Liar, call_of
from lying.lies import LIES, Answer

#: Hop by hop: the proxy says these itself.
_OWN = frozenset({"content-length", "connection", "transfer-encoding", "keep-alive"})


@dataclass
class Proxy:
    """Forwards to one marketplace; `liar` may be changed between two commands."""

    upstream: tuple[str, int]
    liar: Liar = field(default_factory=Liar)
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it ends, or is ended by a lie."""
        line = wire.Line(writer)
        try:
            while (asked := await _read(reader)) is not None:
                if not await self._answer(line, *asked):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the campaign is over
        finally:
            writer.close()

    async def _answer(self, line: wire.Line, method: str, target: str, headers: bytes, body: bytes) -> bool:
        """Answer one request; False when the connection ends with it."""
        path = target.partition("?")[0]
        call, liar = call_of(method, path), self.liar
        lied = liar.lies_now(call)
        if lied and liar.writes_before is None:
            liar.writes_before = liar.writes
        if not lied or liar.tale is None:
            liar.writes += method != "GET" and "/auth/" not in path
            answer = await self._forward(method, target, headers, body)
            liar.passes(call, path, answer)
            await wire.honest(line, answer, Random(0))
            return True
        random = Random(f"{liar.tale.seed}/{len(liar.told)}")
        instead = (
            LIES[liar.tale.lie].instead
            if liar.tale.lie in LIES
            else liar.tale.lie in wire.OPEN and random.random() < 0.5
        )
        true = Answer(200, {"content-type": "application/json"})
        if not instead:
            true = await self._forward(method, target, headers, body)
        said = liar.lie(call, path, true) if liar.tale.lie in LIES else true
        liar.told.append(Asked(call, path, target.partition("?")[2], body, not instead, true, said))
        if said.drop:
            line.reset()
        elif liar.tale.lie in LIES:
            await wire.honest(line, said, random)
            return True
        else:
            await wire.WIRE[liar.tale.lie](line, said, random)
        return liar.tale.lie not in LIES and liar.tale.lie in _GOES_ON

    async def _forward(self, method: str, target: str, headers: bytes, body: bytes) -> Answer:
        """Bring a request to the marketplace; a person confirms every code at once."""
        answer = await self._ask(method, target, headers, body)
        if target == "/auth/oauth/device" and (code := (answer.json() or {}).get("user_code")):
            approved = json.dumps({"user_code": code, "login": LOGIN}).encode()
            await self._ask("POST", "/_sim/approve", b"host: m\r\ncontent-type: application/json\r\n", approved)
        return answer

    async def _ask(self, method: str, target: str, headers: bytes, body: bytes) -> Answer:
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            asked = f"{method} {target} HTTP/1.1\r\n".encode() + headers
            writer.write(asked + b"connection: close\r\n" + f"content-length: {len(body)}\r\n\r\n".encode() + body)
            told = await reader.read()
        finally:
            writer.close()
        first, _, said = told.partition(b"\r\n\r\n")
        lines = first.decode("latin-1").split("\r\n")
        pairs = (line.partition(":")[::2] for line in lines[1:])
        found = {name.strip().lower(): value.strip() for name, value in pairs}
        return Answer(int(lines[0].split()[1]), {k: v for k, v in found.items() if k not in _OWN}, said)


#: After these the connection is still in order.
_GOES_ON = frozenset({"gzip", "two answers", "a longer body than said", "a thousand times 100", "odd headers"})


async def _read(reader: asyncio.StreamReader) -> tuple[str, str, bytes, bytes] | None:
    """Read one request: method, target, the headers that are passed on, body."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head[:-4].split(b"\r\n")
    method, target, _ = first.decode("latin-1").split(" ")
    length, kept = 0, b""
    for line in lines:
        name = line.partition(b":")[0].strip().lower().decode("latin-1")
        if name == "content-length":
            length = int(line.partition(b":")[2])
        elif name not in _OWN and name != "accept-encoding":
            kept += line + b"\r\n"
    return method, target, kept, await reader.readexactly(length) if length else b""


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """Run a proxy before the marketplace at a port until the end of the block, in a thread of its own."""
    made = Proxy(("127.0.0.1", port))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(made.serve, "127.0.0.1", 0), loop).result(10)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(server.close)
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_ended(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _ended() -> None:
    """Cancel whoever still talks."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
