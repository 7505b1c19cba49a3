"""Where nobody logs in, the id and the secret of an application are all that it takes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from conformance.stalls.base import ACCOUNT, Ware
from conformance.stalls.toy import LOGIN, ToyStall

from reconciler.simulator.app import simulator_of

from .installed import toy  # noqa: F401 - a fixture

SECRET = "RECONCILE_MAIN_CLIENT_SECRET"


@pytest.fixture
def base(toy: None, tmp_path: Path) -> Iterator[str]:  # noqa: F811
    """Where a toy listens on this machine."""
    seller = ToyStall(tmp_path / "seed", Ware("A")).seed(Ware("A"))
    simulator = simulator_of("toy")(tmp_path / "toy.db")
    simulator.seed(seller)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(simulator.app, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()
    simulator.close()


@pytest.fixture
def shop(base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ToyStall:
    """A project on it, with the application of its seller in the environment."""
    monkeypatch.setenv("RECONCILE_MAIN_CLIENT_ID", f"app-{LOGIN}")
    monkeypatch.setenv(SECRET, "hush")
    account = {"marketplace": "toy", "login": LOGIN, "environment": dict.fromkeys(("api", "auth", "upload"), base)}
    shop = ToyStall(tmp_path / "shop", accounts={ACCOUNT: account})
    shop.declare(Ware("A", title="Tall blue mug"))
    return shop


def test_an_application_stands_for_its_seller(shop: ToyStall) -> None:
    assert shop.changes() == {"A": {"content.title"}}
    shop.apply()
    shop.settled()


def test_a_token_that_has_ended_is_made_again(shop: ToyStall, base: str) -> None:
    once = {"do": "expire_token", "times": 1, "when": {"path": "/wares"}}
    httpx.post(f"{base}/_sim/settings", json={"faults": {"schedule": [once]}}).raise_for_status()
    assert shop.changes() == {"A": {"content.title"}}
    asked = httpx.get(f"{base}/_sim/history", params={"path": "/token"}).json()["requests"]
    assert len(asked) == 2


def test_login_says_that_nobody_does(shop: ToyStall) -> None:
    said = shop.ask("login", ACCOUNT)
    assert "nobody logs in to account main: its application stands for its seller" in said
    assert f"Account main is {LOGIN}; token from RECONCILE_MAIN_CLIENT_ID." in said
    assert "Nobody logs in there" in shop.ask("login", ACCOUNT, "--browser", code=64)


def test_an_application_that_is_not_let_in_is_said(shop: ToyStall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "loud-and-wrong")
    said = shop.ask("plan", code=-1)
    assert "account main: the marketplace does not let the application in (HTTP401)" in said
    assert "RECONCILE_MAIN_CLIENT_ID and RECONCILE_MAIN_CLIENT_SECRET are its own" in said
    assert "loud-and-wrong" not in said
    monkeypatch.delenv("RECONCILE_MAIN_CLIENT_ID")
    said = shop.ask("plan", code=-1)
    assert "RECONCILE_MAIN_CLIENT_ID is not set" in said
    assert "reconcile login" not in said
