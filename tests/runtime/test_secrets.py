"""Nothing secret and no float is ever written down: a real server, real credentials, and a search through all."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import world
from e2e.shell import reconcile
from world import World

from reconciler.simulator.app import Simulator
from reconciler.simulator.settings import Settings

SECRET, REFRESH = "hush-hush-7f3a9c", "first-refresh-5d1e"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A marketplace behind a socket, with an application that has a secret."""
    simulator = Simulator(tmp_path / "market.sqlite", settings=Settings.calm())
    clients = [{"client_id": "app", "client_secret": SECRET}]
    simulator.seed(world.seller([world.live_offer(1, "A")], clients=clients, refresh_token=REFRESH))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(simulator.app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not running.started and time.monotonic() < until:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(10)
    simulator.close()


def test_no_secret_is_written_anywhere(tmp_path: Path, server: str) -> None:
    """Secret, refresh tokens and access tokens stand in no output, plan, ledger or cache, whatever happens."""
    made = World(tmp_path / "project")
    hosts = {"api": server, "auth": f"{server}/auth", "upload": f"{server}/upload"}
    hosts["auth"] = server
    made.project({"accounts": {"main": {"marketplace": "allegro", "environment": hosts, "login": "sklep"}}})
    made.documents(world.offer("A", price="55 PLN", content={"title": "Inny tytuł kubka"}), world.whole_offer("N"))
    named = {
        "RECONCILE_MAIN_CLIENT_ID": "app",
        "RECONCILE_MAIN_CLIENT_SECRET": SECRET,
        "RECONCILE_MAIN_REFRESH_TOKEN": REFRESH,
    }
    said = []
    for step in (
        ("plan", "--out", "plan.json"),
        ("apply", "plan.json", "--auto-approve"),
        ("plan", "--json"),
        ("plan",),
    ):
        done = reconcile(made.root, *step, **named)
        assert done.code == 0, done.said
        said.append(done.said)
    wrong = reconcile(made.root, "plan", **{**named, "RECONCILE_MAIN_CLIENT_SECRET": "wrong-secret-1"})
    said.append(wrong.said)
    tokens = _issued(tmp_path / "market.sqlite")
    assert len(tokens) >= 2
    written = "".join(said).encode() + b"".join(f.read_bytes() for f in made.root.rglob("*") if f.is_file())
    for secret in (SECRET, REFRESH, "wrong-secret-1", *tokens):
        assert secret.encode() not in written


def _issued(store: Path) -> list[str]:
    import sqlite3

    with sqlite3.connect(store) as database:
        rows = database.execute("SELECT token FROM tokens WHERE token NOT LIKE 'simulator-%'").fetchall()
    database.close()
    return [row[0] for row in rows]


def test_no_float_stands_in_a_plan_or_a_report(tmp_path: Path) -> None:
    """Amounts are text in everything that is published; only seconds of waiting may have a fraction."""
    documents = [
        world.offer("A", price={"base": "55.10 PLN", "allegro-cz": "300 CZK"}, settings={"tax": {"PL": 7.5}})
    ]
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), documents)
    plan = reconcile(made.root, "plan", "--json").json
    report = reconcile(made.root, "apply", "--auto-approve", "--json").json
    assert not [path for path in (*_floats(plan), *_floats(report)) if "/forecast/" not in path]
    assert not [json.loads(w["request_body"]) for w in made.writes() if _floats(json.loads(w["request_body"]))]


def _floats(value: Any, path: str = "") -> list[str]:
    if isinstance(value, float):
        return [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, each in inner for found in _floats(each, f"{path}/{name}")]
