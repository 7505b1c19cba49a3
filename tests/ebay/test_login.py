"""Logging in to eBay: the way back is a RuName, and the address of the page behind it is pasted."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from reconciler.documents.document import Account
from reconciler.documents.specs import load_spec
from reconciler.runtime.auth.redirect import wrong_name
from reconciler.runtime.commands.login import Paste, log_in, standing
from reconciler.runtime.connection.environment import environment_of
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from reconciler.simulator.app import simulator_of

from .shop import LOGIN, SELLER, Shop

RU_NAME = "app-RuName"


@pytest.fixture(scope="module")
def ebay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a practice eBay that listens, with an application and its RuName."""
    simulator = simulator_of("ebay")(tmp_path_factory.mktemp("market") / "ebay.db")
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(simulator.app, log_level="error", access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    simulator.seed(SELLER)
    simulator.add_client("app", "hush")
    yield base
    server.should_exit = True
    thread.join(10)
    listener.close()
    simulator.close()


@pytest.fixture
def shop(ebay: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A project whose account is on it."""
    for name, value in {"CLIENT_ID": "app", "CLIENT_SECRET": "hush", "CALLBACK": RU_NAME}.items():
        monkeypatch.setenv(f"RECONCILE_SHOP_{name}", value)
    monkeypatch.setenv("RECONCILE_KEY", "c2VhbGluZyBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXQ=")
    hosts = dict.fromkeys(("api", "auth", "upload"), ebay)
    made = Shop.at(tmp_path / "shop")
    settings = {"marketplace": "ebay", "environment": hosts, "login": LOGIN}
    made.write("reconcile.yaml", {"kind": "Project", "name": "kubki", "accounts": {"shop": settings}})
    return made


def logged_in(shop: Shop, more: str = "", callback: str = "") -> list[str]:
    """Log in as somebody who confirms, and pastes where the browser was sent to; return the pages that were shown."""
    shown = []

    def person(page: str, _back: str) -> str:
        shown.append(page)
        return httpx.get(f"{page}&login={LOGIN}", follow_redirects=False).headers["location"] + more

    log_in(Workspace(shop.root), "shop", Paste(person, callback), Silent())
    return shown


def test_a_person_pastes_the_address_behind_the_ru_name(shop: Shop) -> None:
    (page,) = logged_in(shop)
    assert httpx.URL(page).params["redirect_uri"] == RU_NAME
    found: Any = standing(Workspace(shop.root), "shop", Silent())
    assert found.login == LOGIN


def test_an_address_in_the_place_of_the_name_is_refused_before_anything_is_asked(shop: Shop) -> None:
    with pytest.raises(AuthenticationFailed, match="it is no name, but an address") as refused:
        logged_in(shop, callback="https://shop.example/ebay")
    assert "RECONCILE_SHOP_CALLBACK" in refused.value.hint
    assert wrong_name(RU_NAME) == ""


def test_what_another_login_was_told_is_refused(shop: Shop) -> None:
    with pytest.raises(AuthenticationFailed, match="state of another login"):
        logged_in(shop, more="&state=other")


def test_whose_token_it_is_is_asked_at_an_address_of_its_own(tmp_path: Path) -> None:
    """apiz.ebay.com; on the sandbox its sibling."""
    for environment, host in {"production": "apiz.ebay.com", "sandbox": "apiz.sandbox.ebay.com"}.items():
        account = Account(name="shop", marketplace="ebay", environment=environment, login=LOGIN)
        assert environment_of(tmp_path, account, load_spec("ebay"))[0].identity == f"https://{host}"
