"""What a person is told to do when an account is not let in: another thing on each kind of marketplace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import world
from cli.running import reconcile
from world import World

from .conftest import LOGIN, VARIABLES, Market

PRACTICE = "seller of this project's practice marketplace"
TROUBLES = {
    "an unknown seller": ({}, "nobody"),
    "a refused token": ({"faults": {"schedule": [{"do": "401", "times": None}]}}, LOGIN),
    "a right that is held back": ({"withheld_scopes": ["sale:offers:read"]}, LOGIN),
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve"), ("login", "--check"), ("pull",)])
def test_nobody_logs_in_to_the_embedded_simulator(trouble: str, command: tuple[str, ...], tmp_path: Path) -> None:
    """No variable would help there, and no login: what is wrong is the name of the seller, or a knob."""
    knobs, login = TROUBLES[trouble]
    if trouble == "a right that is held back" and command[0] == "login":
        pytest.skip("whose token it is may be asked all the same")
    made = World.make(tmp_path, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")])
    made.project({"accounts": {"main": {"marketplace": "allegro", "environment": "simulator", "login": login}}})
    made.set(**knobs)
    done = reconcile(*command, cwd=tmp_path)
    assert done.returncode == 4, done.stdout + done.stderr
    assert PRACTICE in done.stderr
    assert "RECONCILE_" not in done.stderr
    assert "reconcile login" not in done.stderr


def test_a_run_on_the_embedded_simulator_that_is_stopped_says_the_same(tmp_path: Path) -> None:
    """Also in the report of a run, whether the token is refused or lacks a right."""
    for knobs in ({"withheld_scopes": ["sale:offers:write"]}, {"faults": _refused("PUT", "POST")}):
        root = tmp_path / str(len(knobs) + len(str(knobs)))
        made = World.make(root, world.seller([world.live_offer(1, "A")]), [world.offer("A", price="55 PLN")])
        made.set(**knobs)
        done = reconcile("apply", "--auto-approve", cwd=root)
        assert done.returncode == 4, done.stdout + done.stderr
        assert PRACTICE in done.stdout.splitlines()[-1]
        assert "RECONCILE_" not in done.stdout
        assert "reconcile login" not in done.stdout


def test_there_is_nothing_to_log_out_of_either(tmp_path: Path) -> None:
    """A token in the environment is no business of an account that takes none."""
    made = World.make(tmp_path, world.seller([]), [])
    done = reconcile("logout", "main", cwd=made.root, RECONCILE_MAIN_TOKEN="x")
    assert done.returncode == 0
    assert "RECONCILE_" not in done.stdout + done.stderr


def test_a_simulator_over_http_is_like_the_marketplace_and_names_its_own_token(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At an address of one's own both ways in work; for a practice marketplace the ready token is known."""
    shop = market.project(tmp_path / "shop")
    own = f"(simulator-{LOGIN} on a marketplace of `reconcile simulate`)"
    done = reconcile("plan", cwd=shop, RECONCILE_MAIN_TOKEN="simulator-nobody")
    assert done.returncode == 4
    assert f"put a new one into RECONCILE_MAIN_TOKEN {own}, or unset it" in done.stderr
    assert "`reconcile login main`" in done.stderr
    for name in VARIABLES:
        monkeypatch.delenv(name)
    done = reconcile("plan", cwd=shop)
    assert done.returncode == 4
    assert f"set RECONCILE_MAIN_TOKEN to a ready token {own}" in done.stderr


def test_a_run_that_is_stopped_names_the_variable_or_the_login(market: Market, tmp_path: Path) -> None:
    """A ready token comes from a variable, and a login would not be used beside it; a stored pair from a login."""
    shop = market.project(tmp_path / "shop", guards=dict.fromkeys(("price_change", "price_shift"), "off"))
    (shop / "offer.yaml").write_text(json.dumps({"kind": "Offer", "name": "SKU-1", "price": "55 PLN"}))
    market.simulator.change_settings({"faults": _refused("PUT", "POST")})
    ready = {"RECONCILE_MAIN_TOKEN": f"simulator-{LOGIN}"}
    done = reconcile("apply", "--auto-approve", cwd=shop, **ready)
    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("Next: put a new one into RECONCILE_MAIN_TOKEN")
    market.simulator.change_settings({"withheld_scopes": ["sale:offers:write"], "faults": {"schedule": []}})
    done = reconcile("apply", "--auto-approve", cwd=shop, **ready)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "put a new one into RECONCILE_MAIN_TOKEN" in done.stdout.splitlines()[-1]
    start = {"RECONCILE_MAIN_REFRESH_TOKEN": "first-refresh-token-of-the-environment"}
    done = reconcile("apply", "--auto-approve", cwd=shop, **start)
    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "Next: run `reconcile login main`; then run the same command again."


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_on_the_real_marketplace_no_word_of_practice(environment: str, tmp_path: Path) -> None:
    """Without credentials nothing is asked: the hint names the variables and the login."""
    main = {"marketplace": "allegro", "environment": environment, "login": LOGIN}
    (tmp_path / "reconcile.yaml").write_text(json.dumps({"accounts": {"main": main}}))
    empty = dict.fromkeys(VARIABLES, "")
    done = reconcile("plan", cwd=tmp_path, **empty)
    assert done.returncode == 4
    assert "RECONCILE_MAIN_CLIENT_ID" in done.stderr
    assert "`reconcile login main`" in done.stderr
    assert "simulat" not in done.stderr


def _refused(*methods: str) -> dict[str, object]:
    return {"schedule": [{"do": "401", "times": None, "when": {"method": methods}}]}
