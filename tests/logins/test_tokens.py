"""Which token a command uses, in which order, and when it warns."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.documents.document import Account
from reconciler.model.outcomes import Fault, FaultKind
from reconciler.providers.base import Credentials, MarketplaceFault, Token
from reconciler.runtime.auth.credentials import credentials
from reconciler.runtime.auth.tokens import ReadyToken, StoredTokens
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.ledger import Ledger

from .build import stored
from .conftest import CLIENT, SECRET, Stepped

HALF_A_DAY = 43_199


class Marketplace:
    """Spends refresh tokens: each once. `refusing` are those that it does not know any more."""

    def __init__(self, *refusing: str, code: str = "invalid_grant", life: int = HALF_A_DAY) -> None:
        self.spent: list[str] = []
        self.refusing, self.code, self.life = set(refusing), code, life

    async def __call__(self, given: Credentials) -> Token:
        self.spent.append(given.refresh_token)
        if given.refresh_token in self.refusing:
            raise MarketplaceFault(Fault(kind=FaultKind.AUTH, code=self.code, message="no"))
        self.refusing.add(given.refresh_token)
        number = len(self.spent)
        return Token(f"access-{number}", f"refresh-{number}", self.life)


def use(tokens: StoredTokens, marketplace: Marketplace) -> str:
    """One command: the token that it starts with."""
    return asyncio.run(tokens.current(marketplace)).access


def test_the_access_token_is_used_until_it_ends(ledger: Ledger) -> None:
    """There is a cap on tokens: a command that finds one that holds asks for none."""
    clock, marketplace = Stepped(), Marketplace()
    for _ in range(5):
        assert use(stored(ledger, "first", clock=clock), marketplace) == "access-1"
        clock.step(hours=2)
    clock.step(hours=2)
    assert use(stored(ledger, "first", clock=clock), marketplace) == "access-2"
    assert marketplace.spent == ["first", "refresh-1"]


def test_the_successor_is_preferred_to_the_token_that_it_came_of(ledger: Ledger) -> None:
    """CI keeps the first refresh token in its settings for months: after the first run it is not used again."""
    clock, marketplace = Stepped(), Marketplace()
    for _ in range(3):
        use(stored(ledger, "first", clock=clock), marketplace)
        clock.step(days=1)
    assert marketplace.spent == ["first", "refresh-1", "refresh-2"]


def test_a_token_that_is_set_anew_wins(ledger: Ledger) -> None:
    """Somebody has put another refresh token into the environment: that is the one which is meant."""
    clock, marketplace = Stepped(), Marketplace()
    use(stored(ledger, "first", clock=clock), marketplace)
    assert use(stored(ledger, "second", clock=clock), marketplace) == "access-2"
    assert use(stored(ledger, "second", clock=clock), marketplace) == "access-2"
    clock.step(days=1)
    use(stored(ledger, "second", clock=clock), marketplace)
    assert marketplace.spent == ["first", "second", "refresh-2"]


def test_a_stale_token_in_the_environment_does_not_undo_a_login(ledger: Ledger) -> None:
    """After a login on another machine the environment's old token is tried once, refused, and left alone."""
    clock, marketplace, said = Stepped(), Marketplace("stale"), []
    asyncio.run(stored(ledger, clock=clock).adopt(Token("access-0", "refresh-0", HALF_A_DAY)))
    assert use(stored(ledger, "stale", clock=clock, note=said.append), marketplace) == "access-0"
    assert use(stored(ledger, "stale", clock=clock, note=said.append), marketplace) == "access-0"
    clock.step(days=1)
    use(stored(ledger, "stale", clock=clock), marketplace)
    assert marketplace.spent == ["stale", "refresh-0"]
    assert len(said) == 1


def test_a_login_outlives_the_token_that_was_set_then(ledger: Ledger) -> None:
    """Who logs in means to replace what the environment says."""
    marketplace = Marketplace()
    asyncio.run(stored(ledger, "old").adopt(Token("access-0", "refresh-0", HALF_A_DAY)))
    assert use(stored(ledger, "old"), marketplace) == "access-0"
    assert marketplace.spent == []


@pytest.mark.parametrize(
    ("refresh_token", "said"), [("", "is not logged in"), ("first", "refuses the refresh token (invalid_grant)")]
)
def test_nothing_that_works_is_an_ending_with_a_hint(ledger: Ledger, refresh_token: str, said: str) -> None:
    with pytest.raises(AuthenticationFailed) as told:
        use(stored(ledger, refresh_token), Marketplace("first"))
    assert said in told.value.summary
    assert "reconcile login main" in told.value.hint
    assert ledger.token("main") is None


def test_an_unknown_application_is_told_from_a_lost_login(ledger: Ledger) -> None:
    """Another login would not help: the pair is kept, and the secret is what to look at."""
    clock = Stepped()
    use(stored(ledger, "first", clock=clock), Marketplace())
    clock.step(days=1)
    before = ledger.token("main")
    with pytest.raises(AuthenticationFailed) as told:
        use(stored(ledger, "first", clock=clock), Marketplace("refresh-1", code="invalid_client"))
    assert "client id and secret" in told.value.hint
    assert ledger.token("main") == before


def test_a_pair_of_another_application_is_not_sent(ledger: Ledger) -> None:
    use(stored(ledger, "first"), Marketplace())
    other = stored(ledger, credentials=Credentials(client_id="other", client_secret=SECRET))
    with pytest.raises(AuthenticationFailed, match="another application"):
        use(other, Marketplace())


def test_a_pair_is_not_sent_to_another_address(ledger: Ledger) -> None:
    """A changed `environment` in a pull request does not carry the tokens away."""
    use(stored(ledger, "first"), Marketplace())
    with pytest.raises(AuthenticationFailed, match="another environment"):
        use(stored(ledger, hosts="https://elsewhere https://elsewhere"), Marketplace())


@pytest.mark.parametrize(("days", "warned"), [(0, False), (75, False), (77, True), (89, True)])
def test_an_end_that_is_near_is_told(ledger: Ledger, days: int, warned: bool) -> None:
    """A refresh token holds for ninety days; from the seventy-sixth on every command says so."""
    clock, said = Stepped(), []
    use(stored(ledger, "first", clock=clock), Marketplace(life=200 * 86_400))
    clock.step(days=days)
    use(stored(ledger, "first", clock=clock, note=said.append), Marketplace())
    assert bool(said) == warned
    if warned:
        assert f"in {89 - days + 1} days" in said[0] or f"in {90 - days} days" in said[0]
        assert "reconcile login main" in said[0]
        assert (clock.moment + timedelta(days=90 - days)).date().isoformat() in said[0]


def test_a_renewal_begins_the_time_anew(ledger: Ledger) -> None:
    clock, said = Stepped(), []
    use(stored(ledger, "first", clock=clock), Marketplace())
    clock.step(days=85)
    use(stored(ledger, "first", clock=clock, note=said.append), Marketplace())
    assert said == []


def test_a_pair_is_stored_before_it_is_used(ledger: Ledger) -> None:
    """A ledger that cannot be written loses no token silently: the command ends before anything is asked with it."""
    from reconciler.runtime.errors import LedgerFailed

    tokens = stored(ledger, "first")
    ledger.database.run("drop table tokens")
    with pytest.raises(LedgerFailed):
        use(tokens, Marketplace())


def test_an_interrupted_renewal_is_finished(ledger: Ledger) -> None:
    """Ctrl-C while a token is being renewed: what the marketplace has answered is stored all the same."""

    async def interrupted() -> None:
        async def slow(given: Credentials) -> Token:
            await asyncio.sleep(0.3)
            return Token("access-1", "refresh-1", HALF_A_DAY)

        task = asyncio.create_task(stored(ledger, "first").current(slow))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(interrupted())
    assert use(stored(ledger, "first"), Marketplace("first")) == "access-1"


def test_who_was_held_up_takes_what_the_next_one_has_stored(tmp_path: Path) -> None:
    """A process that lost its lease while it waited for an answer does not overwrite a newer pair."""

    async def overtaken() -> tuple[Token, Token]:
        ledger = Ledger(tmp_path / "ledger.db")
        marketplace = Marketplace()

        async def frozen(given: Credentials) -> Token:
            ledger.database.run("delete from leases")  # as if it had ended
            other = Ledger(tmp_path / "ledger.db")
            second = await stored(other, "first").current(marketplace)
            other.close()
            assert second.access == "access-1"
            return Token("late", "late-refresh", HALF_A_DAY)

        first = await stored(ledger, "first").current(frozen)
        again = await stored(ledger, "first").current(marketplace)
        ledger.close()
        return first, again

    first, again = asyncio.run(overtaken())
    assert (first.access, again.access) == ("access-1", "access-1")


def account(**changes: Any) -> Account:
    told = {"name": "main", "marketplace": "allegro", "environment": "production", "login": "sklep", **changes}
    return Account(**told)


def test_a_ready_token_comes_first() -> None:
    environment = {"RECONCILE_MAIN_TOKEN": " ready\n", "RECONCILE_MAIN_CLIENT_ID": CLIENT}
    assert credentials(account(), environment) == Credentials(token="ready")
    ready = ReadyToken(account="main", credentials=Credentials(token="x"), remedy="put a new one into V")
    with pytest.raises(AuthenticationFailed) as told:
        asyncio.run(ready.renewed(Token("x"), None))
    assert "account main" in told.value.summary
    assert told.value.hint == "put a new one into V"


def test_the_document_names_the_variables() -> None:
    named = account(credentials={"client_id": "ALLEGRO_ID", "client_secret": "ALLEGRO_SECRET"})
    assert credentials(named, {"ALLEGRO_ID": "a", "ALLEGRO_SECRET": "b"}) == Credentials(
        client_id="a", client_secret="b"
    )
    with pytest.raises(AuthenticationFailed) as told:
        credentials(named, {})
    assert "ALLEGRO_ID is not set" in told.value.summary
    assert "reconcile login main" in told.value.hint
