"""Where an account's marketplace is: its addresses, clock, budgets and tokens."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reconciler.documents.document import Account
from reconciler.documents.sites import EMBEDDED
from reconciler.model.spec import MarketplaceSpec
from reconciler.providers.base import (
    Credentials,
    provider,
)
from reconciler.runtime.auth.credentials import remedy
from reconciler.runtime.auth.keys import Keys
from reconciler.runtime.auth.tokens import ReadyToken, StoredTokens, TokenSource
from reconciler.runtime.clock import Clock, VirtualClock, WallClock
from reconciler.runtime.connection.transport import Hosts
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import STATE
from reconciler.runtime.ratelimit.throttle import Throttle


def throttle_of(
    account: Account,
    spec: MarketplaceSpec,
    ledger: Ledger,
    known: Credentials,
    clock: Clock,
    note: Callable[[str], None],
) -> Throttle:
    """Return the budgets of an account and of the application that speaks for it.

    A marketplace limits an application with all its users. A ready token may say whose it is; one that does not
    counts as an application of its own.
    """
    issued_to = provider(account.marketplace).client_of(known.token) if known.token else ""
    return Throttle(
        spec.budgets,
        Budgets(
            ledger.pace,
            f"{account.marketplace} {place_of(account, spec).site.api}/{issued_to or known.client}",
            note,
        ),
        clock,
        user=account.login or account.name,
        virtual=isinstance(clock, VirtualClock),
        note=note,
    )


def token_source(
    account: Account,
    place: Place,
    known: Credentials,
    ledger: Ledger,
    hosts: Hosts,
    clock: Clock,
    refresh_life: int,
    note: Callable[[str], None],
) -> TokenSource:
    """Return where an account's tokens come from: a ready one of the environment, else the stored pair."""
    if known.token:
        return ReadyToken(account=account.name, credentials=known, remedy=remedy(account))
    return StoredTokens(
        account=account.name,
        slot=slot_of(place),
        credentials=known,
        hosts=f"{hosts.api} {hosts.auth}",
        ledger=ledger,
        keys=Keys(note=note),
        clock=clock,
        refresh_life=refresh_life,
        note=note,
    )


def slot_of(place: Place) -> str:
    """Return where the pair of tokens of an account is kept: each project has a login of its own."""
    return f"{place.site} {place.project}"


def environment_of(root: Path, account: Account, spec: MarketplaceSpec) -> tuple[Hosts, Clock]:
    """Return the addresses and the clock of an account's environment."""
    environment: Any = account.environment
    if environment == EMBEDDED:
        return _embedded(root)
    addresses: Mapping[str, str] = (
        environment if isinstance(environment, Mapping) else spec.environments[environment]
    )
    return Hosts(**{host: str(addresses[host]).rstrip("/") for host in ("api", "auth", "upload")}), WallClock()


def _embedded(root: Path) -> tuple[Hosts, Clock]:
    """Build the marketplace of the project's own file into this process; its waits cost no real time."""
    from reconciler.simulator.app import Simulator

    simulator = Simulator(root / STATE / "simulator.db")
    clock = VirtualClock(simulator.clock.now, simulator.clock.advance_to)
    base = "http://simulator"
    return Hosts(api=base, auth=base, upload=f"{base}/upload", app=_App(simulator)), clock


class _App:
    """The simulator as an ASGI application that can be closed."""

    def __init__(self, simulator: Any) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._simulator.app(scope, receive, send)

    def close(self) -> None:
        self._simulator.close()
