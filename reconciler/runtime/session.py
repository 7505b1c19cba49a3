"""Everything that one command needs of one account: the marketplace's address, clock, budgets, tokens, stores."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from reconciler.documents.document import Account
from reconciler.model.outcomes import FaultKind
from reconciler.model.spec import MarketplaceSpec
from reconciler.providers.base import (
    Credentials,
    Identity,
    MarketplaceFault,
    Provider,
    Reading,
    provider,
)
from reconciler.providers.conversation import Conversation, Remember
from reconciler.runtime.cache import Cache
from reconciler.runtime.clock import Clock, VirtualClock, WallClock
from reconciler.runtime.credentials import credentials, remedy
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed
from reconciler.runtime.images import image_identity
from reconciler.runtime.keys import Keys
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.budgets import Budgets
from reconciler.runtime.ledger.locks import Lock
from reconciler.runtime.progress import Progress
from reconciler.runtime.runner import Runner, T, fault_text, first_of
from reconciler.runtime.state import STATE, open_ledger
from reconciler.runtime.throttle import Throttle
from reconciler.runtime.tokens import ReadyToken, StoredTokens, TokenSource
from reconciler.runtime.transport import Hosts, NoAnswer, Transport
from reconciler.runtime.workspace import Workspace

#: An upload that no offer uses is deleted after some hours (four in 2021, facts: #5016).
UPLOADS_KEPT = timedelta(hours=1)


@dataclass(slots=True)
class Session:
    """One account during one command."""

    account: Account
    spec: MarketplaceSpec
    provider: Provider
    runner: Runner
    clock: Clock
    ledger: Ledger
    cache: Cache
    identity: Identity
    progress: Progress
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    created: dict[tuple[str, str], str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    run_id: str = ""
    lock: Lock | None = None
    wait: float | None = None  # seconds to stay with what was accepted; None: the usual time
    one_at_a_time: dict[tuple[str, str], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def reading(self) -> Reading:
        """Return what decoding needs now."""
        return Reading(
            account=self.account.name,
            spec=self.spec,
            base_market=self.identity.base_market,
            labels=self.labels,
        )

    async def ask(self, conversation: Conversation[T]) -> T:
        """Hold a conversation that only reads; its faults end the run with a sentence."""
        try:
            return await self.runner.run(conversation)
        except MarketplaceFault as refused:
            if refused.fault.kind is FaultKind.AUTH:
                raise AuthenticationFailed(
                    f"account {self.account.name}: {fault_text(refused.fault)}",
                    "the token is expired or revoked, or lacks the right (scope) for this: "
                    f"{remedy(self.account)}",
                ) from refused
            raise MarketplaceFailed(fault_text(refused.fault), refused.fault) from refused
        except NoAnswer as nothing:
            raise MarketplaceFailed(f"no answer from the marketplace: {nothing}", hint="try again") from nothing


@asynccontextmanager
async def session(
    workspace: Workspace, account: Account, spec: MarketplaceSpec, progress: Progress
) -> AsyncIterator[Session]:
    """Open an account: find its credentials, ask whose token it is, and refuse any other login."""
    ledger = open_ledger(workspace.root)
    cache = Cache(workspace.root / STATE / "cache.db")
    hosts, clock = environment_of(workspace.root, account, spec)
    transport = Transport(hosts, provider(account.marketplace).media)
    try:
        opened = _open(workspace, account, spec, progress, ledger, cache, transport, clock, hosts)
        opened.identity = await opened.ask(opened.provider.identity())
        check_login(account, opened.identity)
        yield opened
    finally:
        await transport.close()
        if hosts.app is not None:
            hosts.app.close()
        ledger.close()
        cache.close()


def _open(
    workspace: Workspace,
    account: Account,
    spec: MarketplaceSpec,
    progress: Progress,
    ledger: Ledger,
    cache: Cache,
    transport: Transport,
    clock: Clock,
    hosts: Hosts,
) -> Session:
    chosen = provider(account.marketplace)
    known = credentials(account)
    opened: Session
    runner = Runner(
        provider=chosen,
        transport=transport,
        throttle=throttle_of(account, spec, ledger, known, clock, progress.note),
        clock=clock,
        tokens=token_source(account, known, ledger, hosts, clock, chosen.refresh_life, progress.note),
        progress=progress,
        read_file=workspace.read_bytes,
        remember=lambda fact: _remember(opened, fact),
    )
    opened = Session(
        account=account,
        spec=spec,
        provider=chosen,
        runner=runner,
        clock=clock,
        ledger=ledger,
        cache=cache,
        identity=Identity("", "", spec.base_market),
        progress=progress,
        images=ledger.images(account.name, (clock.now() - UPLOADS_KEPT).isoformat()),
    )
    return opened


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
        Budgets(ledger.pace, f"{account.marketplace}/{issued_to or known.client}"),
        clock,
        user=account.login or account.name,
        virtual=isinstance(clock, VirtualClock),
        note=note,
    )


def token_source(
    account: Account,
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
        credentials=known,
        hosts=f"{hosts.api} {hosts.auth}",
        ledger=ledger,
        keys=Keys(note=note),
        clock=clock,
        refresh_life=refresh_life,
        note=note,
    )


def _remember(opened: Session, fact: Remember) -> None:
    """Keep what a conversation learned, before it goes on."""
    if fact.topic == "image":
        identity = image_identity(fact.key)
        opened.images[identity] = fact.value
        at = opened.clock.now().isoformat()
        opened.ledger.remember_image(opened.account.name, identity, fact.value, at=at)
    else:
        kind, _, name = fact.key.partition("/")
        opened.created[kind, name] = fact.value
        opened.labels.setdefault(kind, {})[fact.value] = name
        opened.ledger.runs.remember_created(opened.account.name, opened.run_id, kind, name, fact.value)


def environment_of(root: Path, account: Account, spec: MarketplaceSpec) -> tuple[Hosts, Clock]:
    """Return the addresses and the clock of an account's environment."""
    environment: Any = account.environment
    if environment == "simulator":
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


def check_login(account: Account, identity: Identity) -> None:
    """Refuse the token of another login. AuthenticationFailed names both."""
    if account.login and account.login != identity.login:
        raise AuthenticationFailed(
            f"account {account.name} is declared as {account.login}, but the token is {identity.login}'s",
            "nothing was sent; use the token of that login, or correct `login` in reconcile.yaml",
        )


def run(main: Any) -> Any:
    """Run a coroutine to its end; a group of failures shows its first one."""
    try:
        return asyncio.run(main)
    except asyncio.CancelledError as stopped:  # the second Ctrl-C or SIGTERM
        raise KeyboardInterrupt from stopped
    except BaseExceptionGroup as group:
        raise first_of(group) from group
