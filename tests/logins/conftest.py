"""The practice marketplace over HTTP, and a project whose account logs in to it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from simulator import example

from reconciler.runtime.ledger import Ledger
from reconciler.simulator.allegro.settings import AllegroSettings
from reconciler.simulator.allegro.simulator import AllegroSimulator

CLIENT, SECRET, LOGIN = "app", "hush-hush-application-secret", "sklep"
KEY = "c2VhbGluZyBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXQ="
VARIABLES = {"RECONCILE_MAIN_CLIENT_ID": CLIENT, "RECONCILE_MAIN_CLIENT_SECRET": SECRET}


@dataclass
class Market:
    """A marketplace that listens; its clock and its knobs are at hand."""

    simulator: AllegroSimulator
    base: str
    seen: set[str] = field(default_factory=set)

    def approve(self, user_code: str, login: str = LOGIN) -> None:
        """A person confirms a device code."""
        httpx.post(f"{self.base}/_sim/approve", json={"user_code": user_code, "login": login}).raise_for_status()

    def enter(self, address: str, login: str = LOGIN) -> None:
        """A person answers the authorization page in a browser, and it follows the redirect; no login is a no."""
        asked = {**httpx.URL(address).params, "login": login}
        httpx.post(f"{self.base}/_sim/authorize", data=asked, follow_redirects=True)

    def me(self, token: str) -> int:
        """What `/me` answers to a token."""
        headers = {
            "Accept": "application/vnd.allegro.public.v1+json",
            "User-Agent": "Tests/1.0 (+https://example.com)",
        }
        return httpx.get(f"{self.base}/me", headers={**headers, "Authorization": f"Bearer {token}"}).status_code

    def grants(self) -> int:
        """How often a token was asked for."""
        return len(list(self.simulator.requests(path="/auth/oauth/token")))

    def tokens(self) -> dict[str, list[str]]:
        """The seller's tokens by kind, practice token aside; they are remembered in `seen`."""
        rows = self.simulator._store.all("SELECT kind, token FROM tokens WHERE kind != 'practice'")
        found: dict[str, list[str]] = {"access": [], "refresh": [], "device": [], "code": []}
        for kind, token in rows:
            found[kind].append(token)
        self.seen |= {token for _, token in rows}
        return found

    def forget_access(self) -> None:
        """Every access token is refused from now on, as if its time had come."""
        self.simulator._store.run("DELETE FROM tokens WHERE kind = 'access'")

    def project(self, root: Path, **changes: Any) -> Path:
        """Write a project whose account `main` lives on this marketplace."""
        root.mkdir(parents=True, exist_ok=True)
        hosts = {"api": self.base, "auth": self.base, "upload": f"{self.base}/upload"}
        main = {"marketplace": "allegro", "environment": hosts, "login": LOGIN, **changes.pop("main", {})}
        body = {"accounts": {"main": main}, **changes}
        (root / "reconcile.yaml").write_text(json.dumps(body, indent=1), encoding="utf-8")
        return root


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    """One small seller, and another one who could log in by mistake."""
    simulator = AllegroSimulator(tmp_path / "market.sqlite", settings=AllegroSettings.calm())
    clients = [{"client_id": CLIENT, "client_secret": SECRET}]
    simulator.seed(example.account(clients=clients, refresh_token="first-refresh-token-of-the-environment"))
    simulator.seed(example.account(login="inny", user_id="2", offers=[], clients=[], refresh_token=None))
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(simulator.app, log_level="error", access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Market(simulator, f"http://127.0.0.1:{listener.getsockname()[1]}")
    server.should_exit = True
    thread.join(10)
    listener.close()
    simulator.close()


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An application in the environment, a key, and a home of one's own."""
    told = {**VARIABLES, "RECONCILE_KEY": KEY, "XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for name in ("RECONCILE_MAIN_TOKEN", "RECONCILE_MAIN_REFRESH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return told


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger, of either kind."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.db")
    try:
        return str(request.getfixturevalue("postgresql_url"))
    except pytest.FixtureLookupError:
        pytest.skip("no PostgreSQL: tests/conftest.py has no fixture `postgresql_url`")


@pytest.fixture
def ledger(where: str) -> Iterator[Ledger]:
    """An empty ledger."""
    found = Ledger(where)
    yield found
    found.close()


@dataclass
class Stepped:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def microseconds(self) -> int:
        return round(self.moment.timestamp() * 1_000_000)

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def step(self, **time: float) -> None:
        self.moment += timedelta(**time)
