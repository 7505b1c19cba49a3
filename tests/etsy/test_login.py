"""Logging in to Etsy: PKCE, and an https callback whose address a person pastes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from reconciler.runtime.commands.login import Paste, log_in, standing
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.app import simulator_of

from .shop import LOGIN, SELLER, Shop

CALLBACK = "https://pottery.example/etsy"
SECRET = "hush-hush-application-secret"


class Etsy:
    """The practice Etsy over HTTP."""

    def __init__(self, base: str) -> None:
        self.base = base

    def control(self, what: str, body: dict[str, Any]) -> Any:
        """Ask its control."""
        return httpx.post(f"{self.base}/_sim/{what}", json=body).raise_for_status().json()

    def sent_to(self, address: str, login: str = LOGIN) -> str:
        """A person grants access in a browser: the address that it is sent to; no login is a no."""
        assert httpx.get(address).status_code == 200
        asked = {**httpx.URL(address).params, "login": login}
        return httpx.post(f"{self.base}/_sim/authorize", data=asked).headers["location"]

    def grants(self) -> int:
        """How often a token was asked for."""
        asked = {"path": "/v3/public/oauth/token"}
        return len(httpx.get(f"{self.base}/_sim/history", params=asked).raise_for_status().json()["requests"])


@pytest.fixture(scope="module")
def etsy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Etsy]:
    """A marketplace that listens, with two sellers."""
    simulator = simulator_of("etsy")(tmp_path_factory.mktemp("market") / "etsy.db")
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(simulator.app, log_level="error", access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    found = Etsy(f"http://127.0.0.1:{listener.getsockname()[1]}")
    found.control("seed", {**SELLER, "clients": [{"client_id": "app", "client_secret": SECRET}]})
    found.control("seed", {"login": "other", "user_id": 5, "shop_id": 6})
    yield found
    server.should_exit = True
    thread.join(10)
    listener.close()
    simulator.close()


@pytest.fixture
def shop(etsy: Etsy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A project whose account is on it."""
    told = {"CLIENT_ID": "app", "CLIENT_SECRET": SECRET, "CALLBACK": CALLBACK}
    for name, value in told.items():
        monkeypatch.setenv(f"RECONCILE_SHOP_{name}", value)
    monkeypatch.setenv("RECONCILE_KEY", "c2VhbGluZyBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXQ=")
    hosts = dict.fromkeys(("api", "auth", "upload"), etsy.base)
    return Shop(tmp_path / "shop", environment=hosts)


def logged_in(shop: Shop, person: Callable[[str], str]) -> Any:
    """Log in; `person` makes the address to paste of the page that it is shown."""
    return log_in(Workspace(shop.root), "shop", Paste(lambda page, _back: person(page)), Silent())


def is_stored(shop: Shop) -> bool:
    """Whether the ledger keeps a pair."""
    ledger = Ledger(shop.root / ".reconcile/ledger.db")
    try:
        return bool(ledger.slots("shop") or ledger.slots(""))
    finally:
        ledger.close()


def test_a_person_pastes_where_the_browser_was_sent_to(etsy: Etsy, shop: Shop) -> None:
    """By the command itself, as a person meets it; the next command needs nobody."""
    command = [
        sys.executable,
        "-c",
        "from reconciler.cli.main import main; main()",
        "-C",
        str(shop.root),
        "login",
        "shop",
    ]
    env = {**os.environ, "NO_COLOR": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=env) as login:
        said = [login.stderr.readline() for _ in range(4)]
        assert "Open" in said[0], said
        page = said[1].strip()
        asked = httpx.URL(page).params
        assert (asked["redirect_uri"], asked["code_challenge_method"]) == (CALLBACK, "S256")
        assert CALLBACK in said[2]
        out, err = login.communicate(etsy.sent_to(page) + "\n")
    assert (login.returncode, err.replace("> ", "").strip()) == (0, "")
    assert "Account shop is potter; token from the ledger." in out
    assert SECRET not in out + "".join(said)
    before = etsy.grants()
    assert "No changes" in shop.ask("plan")
    assert etsy.grants() == before


def test_a_pair_is_renewed_each_hour_and_its_refresh_token_is_another_then(etsy: Etsy, shop: Shop) -> None:
    """A refresh token works once: a second renewal stands on what the first one gave."""
    logged_in(shop, etsy.sent_to)
    before = etsy.grants()
    for number in (1, 2):
        etsy.control("clock", {"advance_seconds": 7_200})
        assert standing(Workspace(shop.root), "shop", Silent()).login == LOGIN
        assert etsy.grants() == before + number


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (lambda address: address.replace("state=", "state=x"), "the state of another login"),
        (lambda _: "", "no address was pasted"),
        (lambda _: "hunter2", "no address that carries an answer"),
        (lambda address: address.partition("?")[0], "no address that carries an answer"),
    ],
)
def test_what_is_not_the_answer_is_refused_before_anything_is_sent(
    etsy: Etsy, shop: Shop, altered: Callable[[str], str], said: str
) -> None:
    before = etsy.grants()
    with pytest.raises(AuthenticationFailed, match=said) as told:
        logged_in(shop, lambda page: altered(etsy.sent_to(page)))
    assert "hunter2" not in f"{told.value.summary}{told.value.hint}"
    assert etsy.grants() == before
    assert not is_stored(shop)


def test_a_no_and_a_code_that_is_too_old_or_was_used_are_told(etsy: Etsy, shop: Shop) -> None:
    with pytest.raises(AuthenticationFailed, match="access_denied"):
        logged_in(shop, lambda page: etsy.sent_to(page, ""))

    def slowly(page: str) -> str:
        found = etsy.sent_to(page)
        etsy.control("clock", {"advance_seconds": 3_600})
        return found

    with pytest.raises(AuthenticationFailed, match="invalid_grant") as told:
        logged_in(shop, slowly)
    assert "nothing was stored" in told.value.summary
    assert "reconcile login shop" in told.value.hint
    assert not is_stored(shop)


def test_another_seller_is_refused_and_nothing_is_stored(etsy: Etsy, shop: Shop) -> None:
    with pytest.raises(AuthenticationFailed, match="other"):
        logged_in(shop, lambda page: etsy.sent_to(page, "other"))
    assert not is_stored(shop)


def test_a_callback_is_an_https_address(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It must be what the application is registered with: nothing is made up."""
    monkeypatch.delenv("RECONCILE_SHOP_CALLBACK")
    assert "RECONCILE_SHOP_CALLBACK" in failed(shop)
    assert "it is no https address" in failed(shop, "--callback", "http://127.0.0.1:80/x")
    assert "leave --browser out" in failed(shop, "--browser")


def failed(shop: Shop, *more: str) -> str:
    """What `login` says when it ends before anybody is asked."""
    from click.testing import CliRunner

    from reconciler.cli.main import cli

    done = CliRunner().invoke(cli, ["-C", str(shop.root), "login", "shop", *more])
    assert done.exit_code != 0
    return f"{done.output}{done.exception or ''}{getattr(done.exception, 'hint', '')}"
