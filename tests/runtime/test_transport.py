"""What the network does to a request, and what is said of it: not sent, no answer, or the answer."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from reconciler.model.wire import Response
from reconciler.providers.conversation import Request
from reconciler.providers.forms import anything
from reconciler.runtime.connection.transport import Hosts, NoAnswer, NotSent, Transport
from reconciler.runtime.errors import MarketplaceFailed

Serve = Callable[[bytes, asyncio.StreamWriter], None]


class Network:
    """A server that answers as it is told, and what came there: request line and headers, as text."""

    def __init__(self, serve: Serve) -> None:
        self.came: list[str] = []
        self.base = ""
        self._serve = serve

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof() and not writer.is_closing():
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            self.came.append(head.decode())
            self._serve(head, writer)
        writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Transport]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        transport = Transport(Hosts(api=self.base, auth=self.base, upload=self.base), "application/json")
        try:
            yield transport
        finally:
            await transport.close()
            server.close()


def told(serve: Serve, *requests: Request) -> tuple[Network, list[Response | Exception]]:
    """Send these one after the other; what came there, and what was said of each."""
    network, said = Network(serve), []

    async def story() -> None:
        async with network.open() as transport:
            for request in requests:
                try:
                    said.append(await transport.send(request, {}, None))
                except (NotSent, NoAnswer) as failure:
                    said.append(failure)

    run(story())
    return network, said


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def answer(writer: asyncio.StreamWriter, body: bytes, *headers: bytes, length: int = -1) -> None:
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % (len(body) if length < 0 else length), *headers]
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def dropping_the_second(method: bytes) -> Serve:
    """Answer what comes first, and close the connection on the next one, as if it had been lost on its way."""

    def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
        if head.startswith(method):
            writer.close()
        else:
            answer(writer, b"{}", b"Content-Type: application/json")

    return serve


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST", "PATCH"])
def test_what_was_cut_off_is_never_sent_again_by_itself(method: str) -> None:
    """Only the runner may repeat: it asks the budgets and the fence, and knows what is safe."""
    network, said = told(
        dropping_the_second(f"{method} /second".encode()),
        Request(expects=anything, method="GET", path="/first"),
        Request(expects=anything, method=method, path="/second"),
    )
    assert isinstance(said[1], NoAnswer), said
    assert len(network.came) == 2, network.came


def test_nobody_listens() -> None:
    async def story() -> None:
        network = Network(lambda *_: None)
        async with network.open():
            pass
        transport = Transport(Hosts(api=network.base, auth="", upload=""), "application/json")
        with pytest.raises(NotSent, match="refused"):
            await transport.send(Request(expects=anything, method="POST", path="/"), {}, None)
        await transport.close()

    run(story())


def test_half_a_body_is_no_answer() -> None:
    def serve(_: bytes, writer: asyncio.StreamWriter) -> None:
        answer(writer, b'{"a": ', length=40)
        writer.close()

    _, said = told(serve, Request(expects=anything, method="GET", path="/"))
    assert isinstance(said[0], NoAnswer)


def test_a_packed_answer_is_unpacked_and_a_redirect_is_an_answer() -> None:
    def serve(head: bytes, writer: asyncio.StreamWriter) -> None:
        if b"/packed" in head:
            answer(
                writer, gzip.compress(b'{"a": 1}'), b"Content-Encoding: gzip", b"Content-Type: application/json"
            )
        else:
            writer.write(b"HTTP/1.1 303 See Other\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")

    _, said = told(
        serve,
        Request(expects=anything, method="GET", path="/packed"),
        Request(expects=anything, method="GET", path="/moved"),
    )
    assert [each.body for each in said if isinstance(each, Response)] == [b'{"a": 1}', b""]
    assert isinstance(said[1], Response)
    assert (said[1].status, said[1].headers["location"]) == (303, "/elsewhere")


def test_a_query_arrives_as_it_was_meant() -> None:
    query = (("since", "2026-11-23T10:00:00+01:00"), ("name", "półka & kubek"), ("name", "2"))
    network, _ = told(
        lambda _, writer: answer(writer, b""),
        Request(expects=anything, method="GET", path="/offers/a%2Fb", query=query),
    )
    assert network.came[0].startswith(
        "GET /offers/a%2Fb?since=2026-11-23T10%3A00%3A00%2B01%3A00&name=p%C3%B3%C5%82ka%20%26%20kubek&name=2 "
    )


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    network = Network(lambda _, writer: answer(writer, b""))

    async def story() -> None:
        async with network.open():
            monkeypatch.setenv("http_proxy", network.base)
            transport = Transport(Hosts(api="http://marketplace.invalid", auth="", upload=""), "application/json")
            assert (
                await transport.send(Request(expects=anything, method="GET", path="/me"), {}, None)
            ).status == 200
            await transport.close()

    run(story())
    assert network.came[0].startswith("GET http://marketplace.invalid/me ")


@pytest.mark.parametrize("proxy", ["http://user:hush@proxy:99999", "http://", "http://proxy:0", "http://[::1"])
def test_a_proxy_that_cannot_be_one_is_a_sentence(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)

    async def story() -> None:
        transport = Transport(Hosts(api="http://marketplace.invalid", auth="", upload=""), "application/json")
        with pytest.raises(MarketplaceFailed, match="proxy in the environment cannot be used") as failure:
            await transport.send(Request(expects=anything, method="GET", path="/me"), {}, None)
        assert "hush" not in str(failure.value)
        await transport.close()

    run(story())


def test_this_machine_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http is allowed to this machine, and would go over the network to a proxy."""
    monkeypatch.setenv("http_proxy", "http://proxy.invalid:1")
    _, said = told(lambda _, writer: answer(writer, b""), Request(expects=anything, method="GET", path="/me"))
    assert isinstance(said[0], Response), said
