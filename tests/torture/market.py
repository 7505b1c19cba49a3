"""The practice marketplace behind HTTP, in a process of its own, and the account that a project needs for it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import warm
from world import RECORD


class Market:
    """A running server and its control plane."""

    def __init__(self, address: str, marketplace: str = "allegro") -> None:
        self.address = address
        self.marketplace = marketplace

    def account(self, login: str) -> dict[str, Any]:
        """What an account in reconcile.yaml says to use it."""
        places = {"api": self.address, "auth": self.address, "upload": f"{self.address}/upload"}
        return {"marketplace": self.marketplace, "environment": places, "login": login}

    def ask(self, path: str, body: Any = None) -> Any:
        """Ask the control plane."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def token(login: str, account: str = "main") -> dict[str, str]:
    """The environment that lets a process in: a practice token, which never expires."""
    return {f"RECONCILE_{account.upper()}_TOKEN": f"simulator-{login}"}


def application(account: str, refresh_token: str) -> dict[str, str]:
    """The environment of an account of a seeded application: all accounts of one application share its limits."""
    prefix = f"RECONCILE_{account.upper()}"
    return {
        f"{prefix}_CLIENT_ID": "app",
        f"{prefix}_CLIENT_SECRET": "hush",
        f"{prefix}_REFRESH_TOKEN": refresh_token,
        "RECONCILE_KEY": "the key of a test, long enough",
    }


@contextmanager
def market(
    folder: Path, store: Path | None = None, record: Path | None = None, marketplace: str = "allegro"
) -> Iterator[Market]:
    """Run `reconcile simulate` until the end of the block; on this store, with its record there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        "simulate",
        "--marketplace",
        marketplace,
        "--port",
        str(port),
        "--store",
        str(store or folder / "market.db"),
    ]
    own = {RECORD: str(record)} if record else {}
    with open(os.devnull, "rb") as nothing, open(folder / "market.out", "wb") as out:
        server = warm.start(command, folder, {**os.environ, **own}, (nothing, out, out))
    made = Market(f"http://127.0.0.1:{port}", marketplace)
    try:
        _wait(made, server)
        yield made
    finally:
        server.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.send_signal(signal.SIGKILL)
        server.wait()


def _wait(made: Market, server: warm.Running) -> None:
    for _ in range(200):
        try:
            made.ask("/_sim/clock")
        except (urllib.error.URLError, ConnectionError):
            if server.poll() is not None:
                raise RuntimeError("the marketplace did not start") from None
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the marketplace did not answer")
