"""Whose budget a request is counted in: the application's, also where only a ready token of it is known."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from cli.running import reconcile

from reconciler.providers.allegro.provider import ALLEGRO

from .conftest import CLIENT, LOGIN, SECRET, Market


def ready_token(market: Market, login: str) -> str:
    """A token of the application for a seller, as another program of the agency may hand it on."""
    application = (CLIENT, SECRET)
    code = httpx.post(f"{market.base}/auth/oauth/device", data={"client_id": CLIENT}, auth=application).json()
    market.approve(code["user_code"], login)
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code["device_code"]}
    return httpx.post(f"{market.base}/auth/oauth/token", data=form, auth=application).json()["access_token"]


def clients(shop: Path) -> set[str]:
    """The applications that the ledger keeps budgets for."""
    with closing(sqlite3.connect(shop / ".reconcile" / "ledger.db")) as ledger:
        tables = ("budgets", "usage")
        return {row[0] for table in tables for row in ledger.execute(f"select distinct client from {table}")}


def test_two_accounts_with_ready_tokens_of_one_application_share_its_budget(
    market: Market, tmp_path: Path
) -> None:
    """The limit is the application's (facts: #13034), whoever lent it the token."""
    hosts = {"api": market.base, "auth": market.base, "upload": f"{market.base}/upload"}
    common = {"marketplace": "allegro", "environment": hosts}
    accounts = {"main": {**common, "login": LOGIN}, "side": {**common, "login": "inny"}}
    shop = market.project(tmp_path / "shop", accounts=accounts)
    tokens = {
        "RECONCILE_MAIN_TOKEN": ready_token(market, LOGIN),
        "RECONCILE_SIDE_TOKEN": ready_token(market, "inny"),
    }
    done = reconcile("plan", cwd=shop, **tokens)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {each.rpartition("/")[2] for each in clients(shop)} == {CLIENT}
    said = done.stdout + done.stderr
    assert not any(token in said for token in tokens.values())


def test_a_token_that_tells_nothing_counts_as_an_application_of_its_own(market: Market, tmp_path: Path) -> None:
    """The ready tokens of a practice marketplace are mere words."""
    shop = market.project(tmp_path / "shop")
    done = reconcile("plan", cwd=shop, RECONCILE_MAIN_TOKEN=f"simulator-{LOGIN}")
    assert done.returncode == 0, done.stdout + done.stderr
    (client,) = clients(shop)
    assert client.startswith("allegro ")
    assert CLIENT not in client
    assert LOGIN not in client


def packed(payload: object) -> str:
    """A token with this payload."""
    text = json.dumps(payload).encode()
    return ".".join(("e30", base64.urlsafe_b64encode(text).decode().rstrip("="), "c2lnbmF0dXJl"))


@pytest.mark.parametrize(
    ("token", "client"),
    [
        (packed({"client_id": "app-1", "user_name": "1"}), "app-1"),
        (packed({"client_id": "ąę?>"}), "ąę?>"),
        (packed({"user_name": "1"}), ""),
        (packed({"client_id": 7}), ""),
        (packed(["client_id"]), ""),
        ("simulator-sklep", ""),
        ("a.b.c", ""),
        ("a.żółw.c", ""),
        ("a.////.c", ""),
        ("..", ""),
        ("", ""),
    ],
)
def test_what_a_token_says(token: str, client: str) -> None:
    """Whatever it is, it is read or it is not; nothing of it is an error."""
    assert ALLEGRO.client_of(token) == client
