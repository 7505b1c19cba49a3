"""`login`, `logout` and `unlock` as a shell runs them; and that no secret is in anything that was written."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import uuid
from pathlib import Path

import httpx
import pytest
from cli.running import ROOT, reconcile
from msgspec.structs import replace

from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.locks import this_process
from tests.places import place

from .conftest import KEY, LOGIN, SECRET, Market


@pytest.fixture
def shop(market: Market, tmp_path: Path) -> Path:
    """A project with one document."""
    root = market.project(tmp_path / "shop", guards=dict.fromkeys(("price_change", "price_shift"), "off"))
    (root / "offer.yaml").write_text(json.dumps({"kind": "Offer", "name": "SKU-1", "price": "55 PLN"}))
    return root


def logged_in(market: Market, shop: Path, *options: str, login: str = LOGIN) -> tuple[int, str, str]:
    """Run `reconcile login` and do what it says: read the code, and confirm it."""
    command = [sys.executable, "-m", "reconciler.cli.main", "login", "main", *options]
    told = {"env": {**os.environ, "PYTHONPATH": str(ROOT)}, "cwd": shop, "text": True, "stdin": subprocess.DEVNULL}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **told) as running:
        said = ""
        for line in running.stderr:
            said += line
            if code := re.search(r"enter the code (\w+)", line):
                market.approve(code[1], login)
            if address := re.search(r"http\S+authorize\S+", line):
                market.enter(address[0], login)
        out = running.stdout.read()
    return running.returncode, out, said


def test_a_login_by_code(market: Market, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.simulator.allegro.auth.DEVICE_INTERVAL", 1)
    code, out, said = logged_in(market, shop)
    assert code == 0, said
    assert out.startswith(f"Account main is {LOGIN}; token from the ledger.\nAccess token: until 20")
    assert f"Open {market.base}/_sim/approve\n" in said
    assert "60 minutes at most" in said


def test_a_login_by_browser_as_somebody_else(market: Market, shop: Path) -> None:
    code, out, said = logged_in(market, shop, "--browser", login="inny")
    assert (code, out) == (4, "")
    assert "declared as sklep, but the token is inny's" in said


def test_check_as_json(market: Market, shop: Path) -> None:
    assert logged_in(market, shop, "--browser")[0] == 0
    done = reconcile("login", "main", "--check", "--json", cwd=shop)
    found = json.loads(done.stdout)
    assert (done.returncode, found["login"], found["source"], found["ends_soon"]) == (
        0,
        LOGIN,
        "the ledger",
        False,
    )
    assert found["access_until"] < found["refresh_until"]


def test_check_without_a_login(shop: Path) -> None:
    done = reconcile("login", "--check", cwd=shop)
    assert done.returncode == 4
    assert "account main is not logged in" in done.stderr
    assert "run `reconcile login main`" in done.stderr


def test_the_simplest_ci_has_a_token_in_the_environment(market: Market, shop: Path) -> None:
    done = reconcile("login", "--check", cwd=shop, RECONCILE_MAIN_TOKEN=f"simulator-{LOGIN}")
    assert (done.returncode, "token from RECONCILE_MAIN_TOKEN" in done.stdout) == (0, True)
    done = reconcile("plan", cwd=shop, RECONCILE_MAIN_TOKEN="not-a-token-at-all")
    assert done.returncode == 4
    assert "RECONCILE_MAIN_TOKEN" in done.stderr
    assert "not-a-token-at-all" not in done.stdout + done.stderr


@pytest.mark.parametrize("options", [["--check", "--browser"], ["--port", "8000"]])
def test_wrong_usage(shop: Path, options: list[str]) -> None:
    assert reconcile("login", "main", *options, cwd=shop).returncode == 64


def texts(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_no_secret_is_in_anything_that_was_written(market: Market, shop: Path) -> None:
    """A whole life: login, check, plan, apply, renewals, refusals, logout. Every token that ever was is looked for."""
    written = [*logged_in(market, shop, "--browser")[1:]]
    market.tokens()

    def run(*arguments: str, code: int = 0, **environment: str) -> None:
        done = reconcile(*arguments, cwd=shop, **environment)
        assert done.returncode == code, done.stderr
        written.extend((done.stdout, done.stderr))
        market.tokens()

    run("login", "main", "--check", "--json")
    run("plan", "--out", "plan.json")
    market.forget_access()
    run("apply", "plan.json")
    run("plan", "--json")
    market.forget_access()
    market.simulator.clock.advance(100)
    run("login", "--check", RECONCILE_MAIN_REFRESH_TOKEN="first-refresh-token-of-the-environment")
    httpx.post(f"{market.base}/_sim/revoke", json={"login": LOGIN})
    run("plan", code=4)
    run("plan", code=4, RECONCILE_MAIN_REFRESH_TOKEN="a-refresh-token-that-nobody-knows")
    run("plan", code=4, RECONCILE_MAIN_CLIENT_SECRET="a-secret-that-nobody-knows")
    run("plan", code=4, RECONCILE_KEY="a-key-that-nobody-knows")
    run("logout", "main")
    secrets = market.seen | {SECRET, KEY, f"simulator-{LOGIN}"}
    secrets |= {f"a-{word}-that-nobody-knows" for word in ("refresh-token", "secret", "key")}
    assert len(market.seen) >= 7
    places = {**texts(shop), "output": "\n".join(written).encode()}
    assert any(name.endswith("ledger.db") for name in places)
    found = [name for name, text in places.items() for secret in secrets if secret.encode() in text]
    assert found == []


# --- unlock --------------------------------------------------------------------------------------------------


def lock(shop: Path, **changes: object) -> None:
    """Somebody holds the account."""
    ledger = Ledger(shop / ".reconcile" / "ledger.db")
    mine = this_process(
        str(place(shop).site), "main", uuid.uuid4().hex, "reconcile apply plan.json", "2026-11-23T08:00:00+00:00"
    )
    ledger.locks.take(replace(mine, **changes))
    ledger.close()


def test_nothing_to_unlock(shop: Path) -> None:
    done = reconcile("unlock", "main", cwd=shop)
    assert (done.returncode, done.stdout) == (0, "Account main is not locked.\n")
    assert reconcile("unlock", "mian", cwd=shop).returncode == 1


def test_the_lock_of_another_host_is_broken_by_a_yes(shop: Path) -> None:
    for stdin, code, said in (("", 1, "Not unlocked"), ("no\n", 1, "Not unlocked"), ("yes\n", 0, "is broken")):
        lock(shop, host="elsewhere")
        done = reconcile("unlock", "main", cwd=shop, stdin=stdin)
        assert done.returncode == code
        assert said in done.stdout + done.stderr
        for shown in ("elsewhere", str(os.getpid()), "reconcile apply plan.json", "2026-11-23T08:00:00"):
            assert shown in done.stdout
    assert "not locked" in reconcile("unlock", "main", cwd=shop).stdout


def test_a_holder_that_is_alive_here_is_not_disturbed(shop: Path) -> None:
    lock(shop)
    done = reconcile("unlock", "main", "--yes", cwd=shop)
    assert done.returncode == 7
    assert f"process {os.getpid()} is alive" in done.stderr
    assert reconcile("unlock", "main", "--yes", "--force", cwd=shop).returncode == 0


def test_the_lock_of_a_process_that_is_gone_is_broken(shop: Path) -> None:
    lock(shop, host=socket.gethostname(), pid=2**22 + 1)
    assert reconcile("unlock", "main", "--yes", cwd=shop).returncode == 0
