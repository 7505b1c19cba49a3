"""`reconcile simulate`: applications, trouble and a log by options, and a port that is taken."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.simulator.allegro.simulator import AllegroSimulator

from .running import ROOT, reconcile


@contextmanager
def taken() -> Iterator[int]:
    """A port of this machine that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def free() -> int:
    with taken() as port:
        return port


def ask(url: str, data: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    asked = urllib.request.Request(url, data=data, headers={"User-Agent": "Tests/1.0", **headers})
    try:
        with urllib.request.urlopen(asked, timeout=20) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


@contextmanager
def running(folder: Path, *options: str) -> Iterator[tuple[str, list[str]]]:
    """The served marketplace: its address, and afterwards what it said."""
    port, said = free(), []
    command = [sys.executable, "-m", "reconciler.cli.main", "simulate", "--port", str(port), *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        for line in process.stdout:
            said.append(line.rstrip())
            if "Ctrl-C ends it." in line:
                break
        yield f"http://127.0.0.1:{port}", said
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        said.extend(rest.splitlines())


def test_applications_trouble_and_a_log(tmp_path: Path) -> None:
    """An application gets a token, the first request of the API meets the trouble, and each has its line."""
    basic = base64.b64encode(b"app:hush").decode()
    with running(tmp_path, "--client", "app:hush", "--fault", "503=1", "--log") as (base, said):
        told = ask(f"{base}/auth/oauth/token", b"grant_type=client_credentials", Authorization=f"Basic {basic}")
        assert told[0] == 200
        bearer = {"Authorization": f"Bearer {json.loads(told[1])['access_token']}"}
        bearer["Accept"] = "application/vnd.allegro.public.v1+json"
        assert [ask(f"{base}/sale/delivery-methods", **bearer)[0] for _ in range(2)] == [503, 200]
        assert ask(f"{base}/_sim/faults")[0] == 200
    log = [line.split()[:3] for line in said if line.startswith(("GET ", "POST "))]
    assert log == [
        ["POST", "/auth/oauth/token", "200"],
        ["GET", "/sale/delivery-methods", "503"],
        ["GET", "/sale/delivery-methods", "200"],
        ["GET", "/_sim/faults", "200"],
    ]
    assert all(line.endswith(" ms") for line in said if line.startswith(("GET ", "POST ")))
    after = AllegroSimulator(tmp_path / ".reconcile" / "simulator-allegro.db")
    assert after.settings.faults.schedule == ()
    after.close()


@pytest.mark.parametrize("options", [(), ("--store", "elsewhere.db")], ids=["its own file", "another file"])
def test_a_project_without_a_marketplace_gets_its_sellers(options: tuple[str, ...], tmp_path: Path) -> None:
    """What the documents name is there when the marketplace is served, and who sells is said."""
    account = {"marketplace": "allegro", "environment": "simulator", "login": "sklep"}
    (tmp_path / "reconcile.yaml").write_text(json.dumps({"accounts": {"main": account}}), "utf-8")
    with running(tmp_path, *options) as (base, said):
        headers = {"Authorization": "Bearer simulator-sklep", "Accept": "application/vnd.allegro.public.v1+json"}
        assert json.loads(ask(f"{base}/me", **headers)[1])["login"] == "sklep"
    assert "Its sellers: sklep. A token of theirs is `simulator-LOGIN`." in said


def test_a_marketplace_without_a_seller_says_so(tmp_path: Path) -> None:
    with running(tmp_path) as (_, said):
        pass
    assert any("has no seller" in line and "/_sim/seed" in line for line in said)


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    with taken() as port:
        done = reconcile("simulate", "--port", port, cwd=tmp_path)
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 is in use" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / ".reconcile").exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--fault", "truncat", "Did you mean `truncate`?"),
        ("--fault", "nonsense", "operation_hangs"),
        ("--fault", "503=many", "503=3"),
        ("--fault", "503=0", "503=3"),
        ("--client", "app", "a colon and its secret"),
    ],
)
def test_a_wrong_option_is_explained(option: str, value: str, said: str, tmp_path: Path) -> None:
    done = reconcile("simulate", option, value, cwd=tmp_path)
    assert done.returncode == 64
    assert said in " ".join(done.stderr.split())
