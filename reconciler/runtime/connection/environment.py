"""Where an account's marketplace is: its addresses, clock, budgets and tokens."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from reconciler.documents.document import Account
from reconciler.documents.sites import EMBEDDED
from reconciler.model.spec import MarketplaceSpec
from reconciler.providers.base import (
    Credentials,
    provider,
)
from reconciler.runtime.auth.application import ApplicationToken
from reconciler.runtime.auth.credentials import remedy
from reconciler.runtime.auth.tokens import ReadyToken, StoredTokens, TokenSource
from reconciler.runtime.clock import Clock, VirtualClock, WallClock
from reconciler.runtime.connection.transport import Hosts
from reconciler.runtime.errors import MarketplaceFailed
from reconciler.runtime.keys import Keys
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets
from reconciler.runtime.ledger.copying import copied_into
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import STATE, practice_name, practice_store
from reconciler.runtime.ratelimit.throttle import Throttle
from reconciler.runtime.writing import NO_RIGHTS


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
    spec: MarketplaceSpec,
    place: Place,
    known: Credentials,
    ledger: Ledger,
    hosts: Hosts,
    clock: Clock,
    refresh_life: int,
    note: Callable[[str], None],
) -> TokenSource:
    """Return where an account's tokens come from: a ready one of the environment, else the stored pair.

    Where nobody logs in it is the application itself.
    """
    if known.token:
        return ReadyToken(account=account.name, credentials=known, remedy=remedy(account))
    if spec.nobody_logs_in:
        return ApplicationToken(account=account.name, credentials=known, remedy=remedy(account))
    return StoredTokens(
        account=account.name,
        slot=slot_of(place, known.client_id),
        credentials=known,
        hosts=f"{hosts.api} {hosts.auth}",
        ledger=ledger,
        keys=Keys(note=note),
        clock=clock,
        refresh_life=refresh_life,
        note=note,
    )


def slot_of(place: Place, client: str) -> str:
    """Return where the pair of tokens of an account is kept: each application of each project has its own.

    A pipeline may have one application that only reads, and one that writes.
    """
    return f"{place.site} {place.project} {client}"


def environment_of(root: Path, account: Account, spec: MarketplaceSpec) -> tuple[Hosts, Clock]:
    """Return the addresses and the clock of an account's environment."""
    environment: Any = account.environment
    if environment == EMBEDDED:
        return _embedded(root, account.marketplace, spec.signed_hosts)
    addresses: Mapping[str, str] = (
        environment if isinstance(environment, Mapping) else spec.environments[environment]
    )
    names = ("api", "auth", "upload", "page", "identity")
    known = {host: str(addresses[host]).rstrip("/") for host in names if host in addresses}
    return Hosts(**known, signed=spec.signed_hosts), WallClock()


def _embedded(root: Path, marketplace: str, signed: tuple[str, ...]) -> tuple[Hosts, Clock]:
    """Build the marketplace of the project's own file into this process; its waits cost no real time."""
    app = _App(root, marketplace)
    clock = VirtualClock(app.simulator.clock.now, app.simulator.clock.advance_to)
    base = "http://simulator"
    return Hosts(api=base, auth=base, upload=f"{base}/upload", signed=signed, app=app), clock


class _App:
    """The simulator as an ASGI application that can be closed; on a copy where its file cannot be written."""

    def __init__(self, root: Path, marketplace: str) -> None:
        from reconciler.simulator.app import simulator_of

        self._aside = ExitStack()
        self._marketplace = marketplace
        self._store = root / STATE / practice_name(marketplace)
        with self._said():
            self.simulator: Any = simulator_of(marketplace)(self._file(root))
            if not self.simulator.logins():
                self._fill(root)

    def _fill(self, root: Path) -> None:
        """A fresh clone has no practice marketplace: it gets one that has what the documents name."""
        from reconciler.runtime.project.practice import sellers

        for seller in sellers(root, self._marketplace):
            self.simulator.seed(seller)

    def _file(self, root: Path) -> Path:
        try:
            return practice_store(root, self._marketplace)
        except OSError as wrong:
            if wrong.errno not in NO_RIGHTS:
                raise
            folder = self._aside.enter_context(tempfile.TemporaryDirectory(prefix="reconcile-"))
            return copied_into(self._store, Path(folder))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with self._said():
            await self.simulator.app(scope, receive, send)

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except ConnectionError:
            raise  # it cuts connections as a marketplace does
        except (sqlite3.Error, OSError) as wrong:
            self._aside.close()
            why = getattr(wrong, "strerror", None) or wrong
            hint = "make room for it, or move a damaged one away and fill it again"
            raise MarketplaceFailed(
                f"the practice marketplace ({self._store}) failed: {why}", hint=hint
            ) from wrong

    def close(self) -> None:
        self.simulator.close()
        self._aside.close()
