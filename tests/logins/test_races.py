"""Several processes with one login: the pair is never lost, and never spent twice."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from reconciler.providers.allegro.provider import ALLEGRO
from reconciler.runtime.connection.runner import gather
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.ledger import Ledger

from .build import runner_of, stored
from .conftest import Market

FIRST = "first-refresh-token-of-the-environment"
RACES = int(os.environ.get("RECONCILE_RACES", "40"))
RACERS = 3
RACING = Path(__file__).with_name("racing.py")


def started(what: str, market: Market, where: str) -> subprocess.Popen[str]:
    """Another process of the same project."""
    command = [sys.executable, str(RACING), what, market.base, where, FIRST]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def asked(racer: subprocess.Popen[str]) -> str:
    racer.stdin.write("\n")
    racer.stdin.flush()
    return racer.stdout.readline().strip()


def test_the_pair_survives_every_race(market: Market, where: str) -> None:
    """All processes lose their token at once: one of them renews it, all of them go on with what it got."""
    Ledger(where).close()
    racers = [started("race", market, where) for _ in range(RACERS)]
    try:
        for race in range(RACES):
            answers: list[str] = []
            threads = [threading.Thread(target=lambda r=r, a=answers: a.append(asked(r))) for r in racers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            if answers != ["sklep"] * RACERS:
                for racer in racers:
                    racer.kill()
                pytest.fail(f"race {race}: {answers}, {[racer.communicate()[1] for racer in racers]}")
            assert market.grants() == race + 1
            market.forget_access()
            market.simulator.clock.advance(61)  # beyond the grace: a pair that was lost would be lost for good
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()


def test_one_process_renews_once_for_all_its_requests(market: Market, ledger: Ledger) -> None:
    """Thirty requests are refused together: the token is renewed once."""

    async def ask() -> None:
        async with runner_of(market.base, ledger, stored(ledger, FIRST)) as runner:
            await runner.run(ALLEGRO.identity())
            market.forget_access()
            found = await gather([lambda: runner.run(ALLEGRO.identity())] * 30, 30)
            assert {each.login for each in found} == {"sklep"}

    asyncio.run(ask())
    assert market.grants() == 2


def test_who_is_killed_with_the_pair_in_hand_costs_nothing(market: Market, where: str, ledger: Ledger) -> None:
    """The old refresh token works for a minute after its use: whoever comes next gets the pair."""
    killed = started("die", market, where)
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    assert ledger.token("main") is None
    assert identity_of(market, ledger) == "sklep"
    assert market.me(market.tokens()["access"][0]) == 200


def test_a_stored_pair_survives_a_killed_renewal(market: Market, where: str, ledger: Ledger) -> None:
    """The same with a pair in the ledger, whose refresh token was spent by the killed process."""
    assert identity_of(market, ledger) == "sklep"
    market.forget_access()
    killed = started("die", market, where)
    killed.communicate(timeout=60)
    assert killed.returncode == -9
    assert identity_of(market, ledger) == "sklep"


def test_after_the_grace_a_lost_pair_is_said_to_be_lost(market: Market, where: str, ledger: Ledger) -> None:
    """Nobody came within the minute: exit code 4 and what to do."""
    identity_of(market, ledger)
    market.forget_access()
    started("die", market, where).communicate(timeout=60)
    market.simulator.clock.advance(61)
    with pytest.raises(AuthenticationFailed) as told:
        identity_of(market, ledger)
    assert "invalid_grant" in told.value.summary
    assert "reconcile login main" in told.value.hint


def test_an_answer_that_is_lost_is_asked_for_again(market: Market, ledger: Ledger) -> None:
    """The marketplace has spent the token and the answer never came: the same request brings the same pair."""
    market.simulator.change_settings({"faults": {"drop_after_commit": 1, "force_path": "/auth/oauth/token"}})
    assert identity_of(market, ledger) == "sklep"
    assert ledger.token("main") is not None


def identity_of(market: Market, ledger: Ledger) -> str:
    """Whose token this ledger's is, asked by a new command."""

    async def ask() -> str:
        async with runner_of(market.base, ledger, stored(ledger, FIRST)) as runner:
            return (await runner.run(ALLEGRO.identity())).login

    return asyncio.run(ask())
