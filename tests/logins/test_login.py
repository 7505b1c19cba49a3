"""Logging in, checking and logging out, against the marketplace over HTTP."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from reconciler.runtime.commands.login import Browser, Device, log_in, log_out, standing
from reconciler.runtime.errors import AuthenticationFailed, BadDocuments
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.progress import Silent
from reconciler.runtime.project.workspace import Workspace
from tests.places import slot

from .conftest import CLIENT, LOGIN, Market


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The marketplace asks for a poll every second, not every five."""
    monkeypatch.setattr("reconciler.simulator.allegro.auth.DEVICE_INTERVAL", 1)


def device(market: Market, login: str = LOGIN) -> Device:
    """A person who confirms the code at once, as this seller."""
    return Device(lambda code: market.approve(code.user_code, login))


def browser(market: Market, login: str = LOGIN) -> Browser:
    """A person at a browser."""
    return Browser(lambda address: threading.Thread(target=market.enter, args=(address, login)).start())


def stored(root: Path) -> bytes | None:
    """The row of account main."""
    ledger = Ledger(root / ".reconcile" / "ledger.db")
    found = ledger.token(slot(root, CLIENT))
    ledger.close()
    return found[0] if found else None


@pytest.mark.parametrize("way", [device, browser])
def test_a_login_is_stored_and_used(market: Market, tmp_path: Path, way) -> None:
    """Both ways end with a sealed pair that the next command uses without asking for another."""
    here = Workspace(market.project(tmp_path / "shop"))
    found = log_in(here, "main", way(market), Silent())
    assert (found.account, found.login, found.source) == ("main", LOGIN, "the ledger")
    assert (found.refresh_until - found.access_until).days == 89
    assert not found.ends_soon
    sealed, asked = stored(here.root), market.grants()
    assert all(token.encode() not in sealed for kind in ("access", "refresh") for token in market.tokens()[kind])
    assert standing(here, "", Silent()) == found
    assert market.grants() == asked


@pytest.mark.parametrize("way", [device, browser])
def test_another_login_is_refused_and_nothing_is_stored(market: Market, tmp_path: Path, way) -> None:
    """`/me` is not the account's login: the person was logged in as somebody else."""
    here = Workspace(market.project(tmp_path / "shop"))
    with pytest.raises(AuthenticationFailed) as told:
        log_in(here, "main", way(market, "inny"), Silent())
    assert "inny" in told.value.summary
    assert LOGIN in told.value.summary
    assert stored(here.root) is None


def test_a_wrong_login_leaves_the_stored_one_alone(market: Market, tmp_path: Path) -> None:
    here = Workspace(market.project(tmp_path / "shop"))
    log_in(here, "main", device(market), Silent())
    before = stored(here.root)
    with pytest.raises(AuthenticationFailed):
        log_in(here, "main", device(market, "inny"), Silent())
    assert stored(here.root) == before
    assert standing(here, "main", Silent()).login == LOGIN


def test_a_refusal_ends_the_login(market: Market, tmp_path: Path) -> None:
    """The person says no, by a code or in the browser."""
    here = Workspace(market.project(tmp_path / "shop"))
    no = Device(lambda code: httpx.post(f"{market.base}/_sim/deny", json={"user_code": code.user_code}))
    for way in (no, browser(market, "")):
        with pytest.raises(AuthenticationFailed) as told:
            log_in(here, "main", way, Silent())
        assert "access_denied" in told.value.summary
        assert "reconcile login main" in told.value.hint
        assert stored(here.root) is None


def test_the_state_of_another_login_is_refused(market: Market, tmp_path: Path) -> None:
    """A page that somebody else has put before the browser cannot log this project in to their account."""
    here = Workspace(market.project(tmp_path / "shop"))
    answers = []

    def forged(address: str) -> None:
        back = httpx.URL(address).params["redirect_uri"]
        answers.append(httpx.get(back.replace("/callback", "/favicon.ico")).status_code)
        answers.append(httpx.get(back, params={"code": "theirs", "state": "theirs"}).status_code)

    threads = []

    def open_page(address: str) -> None:
        threads.append(threading.Thread(target=forged, args=(address,)))
        threads[-1].start()

    with pytest.raises(AuthenticationFailed, match="state of another login"):
        log_in(here, "main", Browser(open_page), Silent())
    for thread in threads:  # the page has its answer a moment after the login has given up
        thread.join(10)
    assert answers == [404, 400]
    assert market.grants() == 0


def test_the_browser_is_waited_for_no_longer_than_said(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.runtime.commands.login.PATIENCE", 0.2)
    here = Workspace(market.project(tmp_path / "shop"))
    with pytest.raises(AuthenticationFailed, match="did not come back"):
        log_in(here, "main", Browser(lambda _address: None), Silent())


def test_a_public_application_has_no_secret(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With PKCE the verifier is the proof, where the marketplace takes it."""
    monkeypatch.delenv("RECONCILE_MAIN_CLIENT_SECRET")
    here = Workspace(market.project(tmp_path / "shop"))
    assert log_in(here, "main", browser(market), Silent()).login == LOGIN


def test_an_application_is_needed(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECONCILE_MAIN_CLIENT_ID")
    here = Workspace(market.project(tmp_path / "shop"))
    with pytest.raises(AuthenticationFailed, match="RECONCILE_MAIN_CLIENT_ID is not set"):
        log_in(here, "main", device(market), Silent())


def test_a_wrong_secret_is_told(market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_MAIN_CLIENT_SECRET", "not the secret of this application")
    here = Workspace(market.project(tmp_path / "shop"))
    with pytest.raises(AuthenticationFailed) as told:
        log_in(here, "main", device(market), Silent())
    assert "RECONCILE_MAIN_CLIENT_SECRET" in told.value.hint
    assert "not the secret" not in told.value.summary + told.value.hint


def test_a_key_that_cannot_be_had_is_told_before_anybody_is_asked(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILE_KEY", "short")
    here = Workspace(market.project(tmp_path / "shop"))
    with pytest.raises(AuthenticationFailed, match="RECONCILE_KEY"):
        log_in(here, "main", device(market), Silent())
    assert list(market.simulator.requests(path="/auth")) == []


def test_another_key_is_told_and_a_new_login_helps(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Workspace(market.project(tmp_path / "shop"))
    log_in(here, "main", device(market), Silent())
    monkeypatch.setenv("RECONCILE_KEY", "another key than the one before")
    with pytest.raises(AuthenticationFailed) as told:
        standing(here, "main", Silent())
    assert "key that is not here" in told.value.summary
    assert "RECONCILE_KEY" in told.value.hint
    log_in(here, "main", device(market), Silent())
    assert standing(here, "main", Silent()).login == LOGIN


def test_a_revoked_login_ends_with_the_way_back(market: Market, tmp_path: Path) -> None:
    """The seller has removed the application's access: exit code 4, and a login helps."""
    here = Workspace(market.project(tmp_path / "shop"))
    log_in(here, "main", device(market), Silent())
    httpx.post(f"{market.base}/_sim/revoke", json={"login": LOGIN}).raise_for_status()
    with pytest.raises(AuthenticationFailed) as told:
        standing(here, "main", Silent())
    assert "reconcile login main" in told.value.hint


def test_a_logout_revokes_and_forgets(market: Market, tmp_path: Path) -> None:
    here = Workspace(market.project(tmp_path / "shop"))
    log_in(here, "main", device(market), Silent())
    done = log_out(here, "main", Silent())
    assert (done.was_stored, done.revoked, done.why_not) == (True, True, "")
    assert stored(here.root) is None
    assert market.tokens()["access"] == market.tokens()["refresh"] == []
    with pytest.raises(AuthenticationFailed, match="is not logged in"):
        standing(here, "main", Silent())
    assert not log_out(here, "main", Silent()).was_stored


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("RECONCILE_MAIN_CLIENT_ID", "", "RECONCILE_MAIN_CLIENT_ID is not set"),
        ("RECONCILE_KEY", "another key than the one before", "key that is not here"),
        ("RECONCILE_MAIN_CLIENT_SECRET", "wrong", "invalid_client"),
    ],
)
def test_a_logout_forgets_also_what_it_cannot_revoke(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, why: str
) -> None:
    here = Workspace(market.project(tmp_path / "shop"))
    log_in(here, "main", device(market), Silent())
    monkeypatch.setenv(variable, value)
    done = log_out(here, "main", Silent())
    assert (done.was_stored, done.revoked) == (True, False)
    assert why in done.why_not
    assert stored(here.root) is None


def test_a_project_on_the_simulator_needs_no_login(market: Market, tmp_path: Path) -> None:
    from world import World, seller

    made = World.make(tmp_path / "shop", seller([]), [])
    found = log_in(Workspace(made.root), "main", device(market), Silent())
    assert (found.login, found.source, found.refresh_until) == ("sklep", "the simulator", None)


@pytest.mark.parametrize("name", ["mian", "other"])
def test_an_unknown_account_is_told(market: Market, tmp_path: Path, name: str) -> None:
    here = Workspace(market.project(tmp_path / "shop"))
    with pytest.raises(BadDocuments) as told:
        log_in(here, name, device(market), Silent())
    assert "main" in told.value.diagnostics[0].hint
