"""What several tests of the runtime ask for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import world

from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

from .pacing import Client

SECRET, REFRESH = "hush-hush-7f3a9c", "first-refresh-5d1e"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path, 4)
    yield made
    made.close()


@pytest.fixture
def heard() -> dict[str, datetime]:
    """When each path was first asked for, at the `server`."""
    return {}


@pytest.fixture
def server(tmp_path: Path, heard: dict[str, datetime]) -> Iterator[str]:
    """A marketplace behind a socket, with an application that has a secret."""
    simulator = AllegroSimulator(tmp_path / "market.sqlite", settings=AllegroSettings.calm())
    clients = [{"client_id": "app", "client_secret": SECRET}]
    simulator.seed(world.seller([world.live_offer(1, "A")], clients=clients, refresh_token=REFRESH))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.setdefault(scope["path"], datetime.now(UTC))
        await simulator.app(scope, receive, send)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not running.started and time.monotonic() < until:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)
    simulator.close()


def hosts_of(address: str) -> dict[str, Any]:
    """A project with an account of the marketplace at an address."""
    hosts = {"api": address, "auth": address, "upload": f"{address}/upload"}
    return {"accounts": {"main": {"marketplace": "allegro", "environment": hosts, "login": "sklep"}}}
