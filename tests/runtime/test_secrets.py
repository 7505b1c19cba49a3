"""Nothing secret and no float is ever written down: a real server, real credentials, and a search through all."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import world
from e2e.shell import reconcile
from world import World

from .conftest import REFRESH, SECRET, hosts_of


def test_no_secret_is_written_anywhere(tmp_path: Path, server: str) -> None:
    """Secret, refresh tokens and access tokens stand in no output, plan, ledger or cache, whatever happens."""
    made = World(tmp_path / "project")
    made.project(hosts_of(server))
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


@contextmanager
def _gateway(say: bytes) -> Iterator[str]:
    """Something in between that answers everything so, with what it was sent quoted in place of `{}`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                with caller:
                    head = caller.recv(65536)
                    quoted = b"; ".join(line for line in head.split(b"\r\n") if b"uthorization" in line)
                    caller.sendall(say.replace(b"{}", quoted))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@pytest.mark.parametrize(
    "say",
    [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<p>You sent: {}</p>",
        b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n" + b'{"errors": [{"code": "X", "message": "{}"}]}',
    ],
)
@pytest.mark.parametrize("ready", [True, False])
def test_what_a_gateway_quotes_is_masked(tmp_path: Path, say: bytes, ready: bool) -> None:
    """Its words are printed, or at least stored."""
    made, token = World(tmp_path), "a-ready-token-3c1f"
    basic = base64.b64encode(f"app:{SECRET}".encode()).decode()
    named = {"RECONCILE_MAIN_CLIENT_ID": "app", "RECONCILE_MAIN_CLIENT_SECRET": SECRET}
    named |= {"RECONCILE_MAIN_TOKEN": token} if ready else {"RECONCILE_MAIN_REFRESH_TOKEN": REFRESH}
    with _gateway(say) as gateway:
        made.project(hosts_of(gateway))
        made.documents(world.offer("A"))
        done = reconcile(made.root, "plan", **named)
    assert done.code not in (0, 2)
    written = done.said.encode() + b"".join(f.read_bytes() for f in made.root.rglob("*") if f.is_file())
    assert not [each for each in (SECRET, REFRESH, token, basic) if each.encode() in written], done.said
