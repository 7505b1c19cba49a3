"""Everything that one command needs of one account: the marketplace's address, clock, budgets, tokens, stores."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from reconciler.documents.document import Account
from reconciler.model.offers import WHOLE, Key, Live
from reconciler.model.outcomes import FaultKind
from reconciler.model.spec import MarketplaceSpec
from reconciler.providers.base import (
    Login,
    MarketplaceFault,
    Provider,
    Reading,
    RowsKnown,
    provider,
)
from reconciler.providers.conversation import Conversation, Remember
from reconciler.runtime.auth.credentials import credentials, remedy
from reconciler.runtime.clock import SAME_TIME, Clock
from reconciler.runtime.connection.agreeing import TheirTime
from reconciler.runtime.connection.environment import environment_of, throttle_of, token_source
from reconciler.runtime.connection.names import Names
from reconciler.runtime.connection.runner import FENCE, Runner, T, fault_text, first_of
from reconciler.runtime.connection.transport import Hosts, NoAnswer, Transport
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.images import image_identity
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import open_cache, read_ledger
from reconciler.runtime.project.workspace import Workspace

#: So many resources in a row that cannot be read are no matter of theirs.
_MOST_UNREAD = 10
#: An upload that no offer uses is deleted after some hours (four in 2021, facts: #5016).
UPLOADS_KEPT = timedelta(hours=1)


class Session(Struct, frozen=True, kw_only=True):
    """One account during one command. Nothing of it changes but what things are called (`names`).

    `seen_at` is a moment before anything was read, and after every run that the ledger had seen end by then.
    """

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
    names: Names
    seen_at: datetime

    def reading(self, resting: RowsKnown | None = None) -> Reading:
        """Return what decoding needs now; `resting` are rows of the list that need none."""
        return Reading(
            account=self.account.name,
            spec=self.spec,
            base_market=self.identity.base_market,
            labels=self.names.labels,
            seller=self.identity.user_id,
            resting=resting,
        )

    async def ask(self, conversation: Conversation[T]) -> T:
        """Hold a conversation that only reads; its faults end the run with a sentence."""
        return await _ask(self.account, self.runner, conversation)

    async def look(
        self, kind: str, remote_id: str, views: Iterable[str], key: Key | None, reading: Reading | None = None
    ) -> Live | None:
        """Read one resource; of one whose answer cannot be read, that is said in what is returned."""
        try:
            found = await self.ask(self.provider.read(reading or self.reading(), kind, remote_id, views))
        except MarketplaceFailed as failed:
            why = self.costs_one(failed, kind, remote_id)
            return Live(key=key, kind=kind, remote_id=remote_id, fields={}, unreadable={WHOLE: why})
        self.runner.unread.clear()
        return found

    def costs_one(self, failed: MarketplaceFailed, kind: str, remote_id: str) -> str:
        """Let a failed read cost its resource only, and return why it failed.

        After several others in a row it is not the resource: then the run ends with the sentence of the last one.
        """
        self.runner.unread.add((kind, remote_id))
        if not failed.lone or len(self.runner.unread) >= _MOST_UNREAD:
            raise failed
        return failed.summary


async def _ask(account: Account, runner: Runner, conversation: Conversation[T]) -> T:
    try:
        return await runner.run(conversation)
    except MarketplaceFault as refused:
        if refused.fault.kind is FaultKind.AUTH:
            raise AuthenticationFailed(
                f"account {account.name}: {fault_text(refused.fault)}",
                f"the token is expired or revoked, or lacks the right (scope) for this: {remedy(account)}",
                denied=refused.denied,
            ) from refused
        lone = refused.fault.kind is not FaultKind.THROTTLED
        raise MarketplaceFailed(fault_text(refused.fault), refused.fault, lone=lone) from refused
    except NoAnswer as nothing:
        raise MarketplaceFailed(
            f"no answer from the marketplace: {nothing}", hint="try again", lone=True
        ) from nothing


@asynccontextmanager
async def session(
    workspace: Workspace, account: Account, spec: MarketplaceSpec, progress: Progress
) -> AsyncIterator[Session]:
    """Open an account: find its credentials, ask whose token it is, and refuse any other login."""
    ledger = read_ledger(workspace.root, progress.note)
    # One line is enough where nothing can be written.
    cache = open_cache(workspace.root, Silent().note if ledger.unwritable else progress.note)
    hosts, clock = environment_of(workspace.root, account, spec)
    transport = Transport(hosts, provider(account.marketplace).media)
    try:
        yield await _open(workspace, account, spec, progress, ledger, cache, transport, clock, hosts)
    finally:
        await transport.close()
        if hosts.app is not None:
            hosts.app.close()
        ledger.close()
        cache.close()


async def _open(
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
    known, place = credentials(account, api_key=spec.api_key), place_of(account, spec)
    names = Names()
    their_time = TheirTime(clock)
    runner = Runner(
        provider=chosen,
        transport=transport,
        credentials=known,
        throttle=throttle_of(account, spec, ledger, known, clock, progress.note),
        clock=clock,
        tokens=token_source(account, spec, place, known, ledger, hosts, clock, chosen.refresh_life, progress.note),
        progress=progress,
        read_file=workspace.read_bytes,
        remember=_Memory(names, ledger, place, clock).remember,
        heed=their_time.heed,
    )
    identity = await _ask(account, runner, chosen.identity())
    check_login(account, identity)
    await their_time.agree(lambda: _ask(account, runner, chosen.identity()), progress.note)
    now = clock.now()  # uploads are noted by their time, so after that is agreed on: to the second, at best
    kept_since, until = (now - UPLOADS_KEPT).isoformat(), (now + SAME_TIME).isoformat()
    names.know_images(ledger.images(place, kept_since, until))
    return Session(
        account=account,
        place=place,
        spec=spec,
        provider=chosen,
        runner=runner,
        clock=clock,
        ledger=ledger,
        cache=cache,
        identity=identity,
        progress=progress,
        names=names,
        seen_at=_after_all_that_ended(ledger, place, clock.now()),
    )


def _after_all_that_ended(ledger: Ledger, place: Place, now: datetime) -> datetime:
    """Return the moment, or the end of a run that another machine's clock, some seconds ahead, put after it."""
    ended = ledger.runs.last_end(place, now, now + SAME_TIME)
    return datetime.fromisoformat(ended) if ended else now


class _Memory(Struct, frozen=True):
    """Where what a conversation learns is kept: here for this command, in the ledger for the next one."""

    names: Names
    ledger: Ledger
    place: Place
    clock: Clock

    def remember(self, fact: Remember) -> None:
        """Keep what a conversation learned, before it goes on."""
        if fact.topic == "image":
            identity = image_identity(fact.key)
            self.names.remember_image(identity, fact.value)
            self.ledger.remember_image(self.place, identity, fact.value, at=self.clock.now().isoformat())
        else:
            kind, _, name = fact.key.partition("/")
            self.names.remember_created(kind, name, fact.value)
            self.ledger.runs.remember_created(self.place, FENCE.get().run_id, kind, name, fact.value)


def check_login(account: Account, identity: Login) -> None:
    """Refuse the token of another login. AuthenticationFailed names both."""
    if account.login and account.login != identity.login:
        raise AuthenticationFailed(
            f"account {account.name} is declared as {account.login}, but the token is {identity.login}'s",
            "nothing was sent; use the token of that login, or correct `login` in reconcile.yaml",
        )
    if account.market and identity.base_market and account.market != identity.base_market:
        raise AuthenticationFailed(
            f"account {account.name} is declared on {account.market}, and sells on {identity.base_market}",
            "nothing was sent; correct `market` in reconcile.yaml",
        )


def run(main: Any) -> Any:
    """Run a coroutine to its end; a group of failures shows its first one.

    What it comes to is kept beside its task: on its way out, Python 3.11 writes the whole result of a finished
    task as a text (`signal.getsignal` of a handler that names it), which took half a minute for 500 offers.
    """
    found: list[Any] = []

    async def kept() -> None:
        found.append(await main)

    try:
        asyncio.run(kept())
    except asyncio.CancelledError as stopped:  # the second Ctrl-C or SIGTERM
        raise KeyboardInterrupt from stopped
    except BaseExceptionGroup as group:
        raise first_of(group) from group
    return found[0]
