"""Runners that are lost in the middle, two at once, and what a login needs to outlive them: by the command line."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import warm
import world
from logins.conftest import KEY, LOGIN, VARIABLES, Market, market  # noqa: F401 - a fixture
from torture import market as apart
from torture import runners, shop
from torture.grounds.allegro import ALLEGRO
from torture.killing import Process, run
from world import World

RUN = {
    "GITHUB_RUN_ID": "77",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/sklep",
}


@pytest.mark.parametrize("seed", [0])
def test_killed_runners_leave_nothing_twice_and_nothing_undone(seed: int, tmp_path: Path) -> None:
    tally = runners.one_round(tmp_path / "shop", seed, kills=4, offers=16)
    assert tally.faults == []
    assert tally.kills > 1


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[World, Path, dict[str, str]]]:
    """A shop on a marketplace of its own, checked out twice: the first as a world, the second as a folder."""
    made = shop.build(tmp_path / "one", 5, offers=5, creations=1, settings=ALLEGRO.brisk).world
    runners.with_a_remote(made.root)
    with apart.market(
        tmp_path / "market", made.root / ".reconcile" / "simulator-allegro.db", tmp_path / "record"
    ) as running:
        project = {"name": "shop", "ledger": "git", "guards": world.SWITCH_OFF_GUARDS}
        made.project({**project, "accounts": {"main": running.account(made.login)}})
        running.ask("/_sim/settings", {"faults": {"schedule": [{"do": "slow", "times": None, "seconds": 0.1}]}})
        other = tmp_path / "other"
        shutil.copytree(made.root, other, ignore=shutil.ignore_patterns(".reconcile"))
        yield made, other, apart.token(made.login)


def test_of_two_runners_one_goes_on_and_the_other_is_told_whose_turn_it_is(two) -> None:
    made, other, token = two
    first = Process(made.root, "apply", "--auto-approve", **token, **RUN)
    until = time.monotonic() + 30
    while not _is_locked(other, token) and time.monotonic() < until:
        time.sleep(0.05)
    code, told = run(other, **token)
    assert code == 7, told
    assert "is locked by `reconcile apply --auto-approve` on" in told
    assert "https://github.com/acme/sklep/actions/runs/77" in told
    assert "nothing was sent" in told
    assert first.end() == 0, first.told()
    assert run(other, **token)[0] == 0


def _is_locked(folder: Path, token: dict[str, str]) -> bool:
    _, out, _ = warm.run(["unlock", "main"], folder, {**os.environ, **token})
    return b"reconcile apply" in out


def test_without_a_key_nothing_is_asked(two, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _, token = two
    monkeypatch.delenv("RECONCILE_KEY")
    code, told = run(made.root, "plan", **token)
    assert code == 1, told
    assert "`ledger: git` needs RECONCILE_LEDGER_KEY" in told  # not the one that is another for each who logs in
    assert "openssl rand -base64 32" in told


# --- logins ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def seller(market: Market, tmp_path: Path) -> tuple[Path, dict[str, str]]:  # noqa: F811
    """A project with a ledger on a branch, and the secrets of its pipeline, which nobody ever renews."""
    root = market.project(tmp_path / "shop", name="shop", ledger="git", guards={"price_change": "off"})
    (root / ".reconcile").mkdir(exist_ok=True)
    runners.with_a_remote(root)
    secrets = {
        **VARIABLES,
        "RECONCILE_MAIN_REFRESH_TOKEN": "first-refresh-token-of-the-environment",
        "RECONCILE_KEY": KEY,
    }
    return root, secrets


def test_a_login_outlives_its_runners(seller, market: Market) -> None:  # noqa: F811
    """The secret of the pipeline is spent by the first run. Each later one begins with what the one before got."""
    root, secrets = seller
    for number in range(1, 4):
        code, told = run(root, "plan", **secrets)
        assert code == 0, told
        assert market.grants() == number
        runners.new_runner(root)
        market.forget_access()
        market.simulator.clock.advance(61)  # beyond the grace of a used token
    code, told = run(root, "plan", **secrets)
    assert code == 0, told


def test_an_application_that_reads_and_one_that_writes_keep_their_logins_apart(
    seller: tuple[Path, dict[str, str]],
    market: Market,  # noqa: F811
) -> None:
    """The job of a pull request has another application than that of a merge; both logins lie in one ledger, each
    sealed with a key of its own, and neither is lost to the other."""
    root, writer = seller
    market.simulator.add_client("reader", "its secret")
    asked = (market, "reader", "its secret")
    reader = {
        **writer,
        "RECONCILE_MAIN_CLIENT_ID": "reader",
        "RECONCILE_MAIN_CLIENT_SECRET": "its secret",
        "RECONCILE_MAIN_REFRESH_TOKEN": _logged_in(*asked),
        "RECONCILE_KEY": "the key of those that only read",
    }
    both = [{**each, "RECONCILE_LEDGER_KEY": "the key that seals the branch"} for each in (writer, reader)]
    for _ in range(3):
        for secrets in both:
            code, told = run(root, "plan", **secrets)
            assert code == 0, told
            runners.new_runner(root)
        market.forget_access()
        market.simulator.clock.advance(61)


def _logged_in(market: Market, client: str, secret: str) -> str:  # noqa: F811
    """The refresh token that a person has got for an application."""
    application = (client, secret)
    code = httpx.post(f"{market.base}/auth/oauth/device", data={"client_id": client}, auth=application).json()
    market.approve(code["user_code"])
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": code["device_code"]}
    token = httpx.post(f"{market.base}/auth/oauth/token", data=form, auth=application).json()
    return str(token["refresh_token"])
