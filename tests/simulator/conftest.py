"""The marketplace embedded in the test, spoken to in raw HTTP."""

from __future__ import annotations

import asyncio
import sqlite3

import httpx
import pytest

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

from . import example

PUBLIC = "application/vnd.allegro.public.v1+json"
WRONG = {"X-Deliberately-Wrong": "the refusal is what is tested"}
HEADERS = {"Accept": PUBLIC, "User-Agent": "Tests/1.0 (+https://example.com)"}


class Bridge(httpx.BaseTransport):
    """Lets a synchronous client speak to an ASGI application without a server."""

    def __init__(self, app) -> None:
        self._inner = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def exchange() -> httpx.Response:
            stream = httpx.ByteStream(request.read())
            asked = httpx.Request(request.method, request.url, headers=request.headers, stream=stream)
            reply = await self._inner.handle_async_request(asked)
            content = await reply.aread()
            return httpx.Response(reply.status_code, headers=reply.headers, content=content)

        return asyncio.run(exchange())


class Shop:
    """A simulator and a client with the seller's practice token."""

    def __init__(self, simulator: AllegroSimulator, login: str = "sklep") -> None:
        self.simulator = simulator
        self.login = login
        headers = {**HEADERS, "Authorization": f"Bearer simulator-{login}"}
        self.client = httpx.Client(transport=Bridge(simulator.app), base_url="http://api", headers=headers)

    def get(self, path: str, **kw) -> httpx.Response:
        return self.client.get(path, **kw)

    def send(self, method: str, path: str, body: object, **headers: str) -> httpx.Response:
        kind = headers.pop("kind", PUBLIC)
        return self.client.request(method, path, json=body, headers={"Content-Type": kind, **headers})

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.send("PUT", path, body, **headers)

    def patch(self, offer_id: str, body: object, **headers: str) -> httpx.Response:
        return self.send("PATCH", f"/sale/product-offers/{offer_id}", body, **headers)

    def offer(self, offer_id: str = example.OFFER) -> dict:
        reply = self.get(f"/sale/product-offers/{offer_id}")
        assert reply.status_code == 200, reply.text
        return reply.json()

    def wait(self, seconds: float = 10) -> None:
        self.simulator.clock.advance(seconds)

    def set(self, **knobs) -> None:
        self.simulator.change_settings(knobs)


@pytest.fixture
def statements(monkeypatch):
    """Every statement that SQLite is told, in order."""
    told: list[str] = []
    connect = sqlite3.connect

    def listening(*given, **named):
        connection = connect(*given, **named)
        connection.set_trace_callback(told.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", listening)
    return told


@pytest.fixture
def shop(tmp_path):
    """One small seller on a marketplace without waiting and without limits."""
    simulator = AllegroSimulator(tmp_path / "market.sqlite", settings=AllegroSettings.calm())
    simulator.seed(example.account())
    shop = Shop(simulator)
    yield shop
    shop.client.close()
    simulator.close()


@pytest.fixture
def open_shop(tmp_path):
    """Make a shop with other settings or another account."""
    made = []

    def make(settings: AllegroSettings | None = None, account: dict | None = None, **kw) -> Shop:
        simulator = AllegroSimulator(
            tmp_path / f"market{len(made)}.sqlite", settings=settings or AllegroSettings.calm(), **kw
        )
        simulator.seed(account or example.account())
        made.append(Shop(simulator, (account or example.account())["login"]))
        return made[-1]

    yield make
    for shop in made:
        shop.client.close()
        shop.simulator.close()
