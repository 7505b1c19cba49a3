"""Everything that one command needs of one account: the marketplace's address, clock, budgets, tokens, stores."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from reconciler.documents.document import Account
from reconciler.model.outcomes import FaultKind
from reconciler.model.spec import MarketplaceSpec
from reconciler.providers.base import (
    Login,
    MarketplaceFault,
    Provider,
    Reading,
    provider,
)
from reconciler.providers.conversation import Conversation, Remember
from reconciler.runtime.auth.credentials import credentials, remedy
from reconciler.runtime.clock import Clock
from reconciler.runtime.connection.environment import environment_of, throttle_of, token_source
from reconciler.runtime.connection.runner import Runner, T, fault_text, first_of
from reconciler.runtime.connection.transport import Hosts, NoAnswer, Transport
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.ledger.locks import Lock
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.images import image_identity
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import STATE, open_ledger
from reconciler.runtime.project.workspace import Workspace

#: An upload that no offer uses is deleted after some hours (four in 2021, facts: #5016).
UPLOADS_KEPT = timedelta(hours=1)


@dataclass(slots=True)
class Session:
    """One account during one command."""

    account: Account
    place: Place
    spec: MarketplaceSpec
    provider: Provider
    runner: Runner
    clock: Clock
    ledger: Ledger
    cache: Cache
    identity: Login
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
    known, place = credentials(account), place_of(account, spec)
    opened: Session
    runner = Runner(
        provider=chosen,
        transport=transport,
        throttle=throttle_of(account, spec, ledger, known, clock, progress.note),
        clock=clock,
        tokens=token_source(account, place, known, ledger, hosts, clock, chosen.refresh_life, progress.note),
        progress=progress,
        read_file=workspace.read_bytes,
        remember=lambda fact: _remember(opened, fact),
    )
    opened = Session(
        account=account,
        place=place,
        spec=spec,
        provider=chosen,
        runner=runner,
        clock=clock,
        ledger=ledger,
        cache=cache,
        identity=Login("", "", spec.base_market),
        progress=progress,
        images=ledger.images(place, (clock.now() - UPLOADS_KEPT).isoformat()),
    )
    return opened


def _remember(opened: Session, fact: Remember) -> None:
    """Keep what a conversation learned, before it goes on."""
    if fact.topic == "image":
        identity = image_identity(fact.key)
        opened.images[identity] = fact.value
        at = opened.clock.now().isoformat()
        opened.ledger.remember_image(opened.place, identity, fact.value, at=at)
    else:
        kind, _, name = fact.key.partition("/")
        opened.created[kind, name] = fact.value
        opened.labels.setdefault(kind, {})[fact.value] = name
        opened.ledger.runs.remember_created(opened.place, opened.run_id, kind, name, fact.value)


def check_login(account: Account, identity: Login) -> None:
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
