"""Which token a command uses: a ready one, or the stored pair, which is renewed by one process at a time.

A refresh token is good for one use and its successor is all that is left, so a new pair is stored before it is
used. A process that dies in between is covered by the grace of the used token: whoever comes next spends it once
more. The number of tokens per user is capped too, so the access token is kept with its pair until it ends.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.typed import typed
from reconciler.providers.base import Credentials, MarketplaceFault, Token
from reconciler.runtime.auth.lease import LIFE, Lease
from reconciler.runtime.auth.sealing import NotOpened, TokenPair, seal, unseal
from reconciler.runtime.clock import Clock
from reconciler.runtime.errors import AuthenticationFailed
from reconciler.runtime.keys import VARIABLE, Keys, SealingKey
from reconciler.runtime.ledger import Ledger

Exchange = Callable[[Credentials], Awaitable[Token]]

#: An access token that ends within this is not worth starting with.
_MARGIN = timedelta(minutes=1)
#: A login that ends within this is worth a word.
WARN = timedelta(days=14)
_REMEMBERED = 5
#: How long an interrupted command goes on, so that a token that is being renewed is not lost with it.
_LAST_WORD = 20.0
#: OAuth's own words (RFC 6749, 5.2) for an application that is not let in, whatever its tokens are.
_CLIENT = frozenset({"invalid_client", "unauthorized_client"})


class TokenSource(Protocol):
    """Gives one account's tokens. `exchange` holds the marketplace's `authorize` conversation."""

    async def current(self, exchange: Exchange) -> Token:
        """Return a token to start with."""
        ...

    async def renewed(self, refused: Token, exchange: Exchange) -> Token:
        """Return another token than the one that was just refused."""
        ...


class ReadyToken(Struct, frozen=True, kw_only=True):
    """A token that somebody else has made; nothing can be exchanged for it. `remedy` says how to get another."""

    account: str
    credentials: Credentials
    remedy: str

    async def current(self, exchange: Exchange) -> Token:
        """Return the token."""
        return await exchange(self.credentials)

    async def renewed(self, refused: Token, exchange: Exchange) -> Token:  # noqa: ARG002 - the protocol's
        """AuthenticationFailed: there is no other."""
        raise AuthenticationFailed(
            f"account {self.account}: the marketplace does not accept the token", self.remedy
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTokens:
    """The pair in the ledger, and the refresh token of the environment that it may start from.

    `slot` is where the ledger keeps it; `credentials` is what the environment says; `hosts` are the addresses that
    tokens may be sent to.
    """

    account: str
    slot: str
    credentials: Credentials
    hosts: str
    ledger: Ledger
    keys: Keys
    clock: Clock
    refresh_life: int
    note: Callable[[str], None] = field(repr=False)
    lease_life: float = LIFE

    async def current(self, exchange: Exchange) -> Token:
        """Return the stored access token while it holds, else renew it."""
        pair, _ = self.stored()
        if pair and self._holds(pair) and not self._is_new_start(pair):
            self._warn(pair)
            return Token(pair.access, pair.refresh)
        return await self._renew("", exchange)

    async def renewed(self, refused: Token, exchange: Exchange) -> Token:
        """Renew the pair, unless another process has just done it."""
        return await self._renew(refused.access, exchange)

    def stored(self) -> tuple[TokenPair | None, str]:
        """Return the stored pair, or None and what is wrong with what is stored."""
        found = self.ledger.token(self.slot)
        if found is None:
            return None, ""
        try:
            pair = unseal(found[0], self.keys.known(), self.account)
        except NotOpened as why:
            return None, str(why)
        if pair.client != self.credentials.client_id:
            return None, "belongs to another application"
        if pair.hosts != self.hosts:
            return None, "was made for another environment of the account"
        return pair, ""

    def lease(self) -> Lease:
        """Return the right to change the stored pair: one process has it at a time."""
        return Lease(self.ledger.leases, f"the login of {self.slot}", self.note, life=self.lease_life)

    async def adopt(self, token: Token) -> TokenPair:
        """Store the pair of a new login in place of what was there."""
        given = self.credentials.refresh_token
        pair = self._pair(token, token.refresh, (_digest(given),) if given else ())
        key = self.keys.sealing()
        async with self.lease() as lease:
            while not self._keep(pair, key, lease):
                await lease.wait()
        self.ledger.publish()
        return pair

    async def _renew(self, refused: str, exchange: Exchange) -> Token:
        """Renew to the end even when the command is interrupted: the old token may be spent already."""
        task = asyncio.ensure_future(self._renew_alone(refused, exchange))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=_LAST_WORD)
            if task.done() and not task.cancelled():
                task.exception()  # looked at, so that nobody complains that it was not
            raise

    async def _renew_alone(self, refused: str, exchange: Exchange) -> Token:
        self.ledger.insist_on_keeping()  # a refresh token is spent once: its successor would be lost
        async with self.lease() as lease:
            pair, why = self.stored()
            while not self._is_settled(pair, refused):
                if not (pair or self.credentials.refresh_token):
                    raise self._not_logged_in(None, pair, why)
                before = self.ledger.token(self.slot)
                key = self.keys.sealing()  # before the token is spent: without a key its successor is lost
                fresh = await self._exchanged(pair, why, refused, exchange)
                if await self._placed(fresh, key, lease, before):
                    pair = fresh
                    break
                pair, why = self.stored()
        assert pair is not None
        self.ledger.publish()  # before it is used: the one before it is spent
        self._warn(pair)
        return Token(pair.access, pair.refresh)

    async def _placed(
        self, fresh: TokenPair, key: SealingKey, lease: Lease, before: tuple[bytes, str | None] | None
    ) -> bool:
        """Store a fresh pair; False when this process was held up and another one has stored its own since."""
        while not self._keep(fresh, key, lease):
            await lease.wait()
            if self.ledger.token(self.slot) != before:
                return False
        return True

    def _is_settled(self, pair: TokenPair | None, refused: str) -> bool:
        """Tell whether a pair is good as it is: another process may have renewed it while this one waited."""
        return bool(pair and pair.access != refused and self._holds(pair) and not self._is_new_start(pair))

    async def _exchanged(self, pair: TokenPair | None, why: str, refused: str, exchange: Exchange) -> TokenPair:
        """Spend the environment's refresh token where it was set anew, else the stored one."""
        given = self.credentials.refresh_token
        superseded = pair.superseded if pair else ()
        refusal: Fault | None = None
        if self._is_new_start(pair):
            superseded = (_digest(given), *superseded)[:_REMEMBERED]
            token, refusal = await self._spend(given, exchange)
            if token:
                return self._pair(token, given, superseded)
        if pair and not _is_of_client(refusal):
            if refusal:
                self.note(f"the refresh token in the environment is refused ({refusal.code}); the login goes on")
            if pair.access != refused and self._holds(pair):
                return replace(pair, superseded=superseded)
            token, refusal = await self._spend(pair.refresh, exchange)
            if token:
                return self._pair(token, pair.refresh, superseded)
        raise self._not_logged_in(refusal, pair, why)

    async def _spend(self, refresh: str, exchange: Exchange) -> tuple[Token | None, Fault | None]:
        """Spend a refresh token: the new pair, or why it is refused for good."""
        client, secret = self.credentials.client_id, self.credentials.client_secret
        spending = Credentials(client_id=client, client_secret=secret, refresh_token=refresh)
        try:
            return await exchange(spending), None
        except MarketplaceFault as refused:
            if refused.fault.kind is not FaultKind.AUTH:
                raise
            return None, refused.fault

    def _is_new_start(self, pair: TokenPair | None) -> bool:
        """Tell whether the environment has a refresh token that the stored pair knows nothing of."""
        given = self.credentials.refresh_token
        return bool(given) and (pair is None or _digest(given) not in pair.superseded)

    def _holds(self, pair: TokenPair) -> bool:
        return self.clock.now() + _MARGIN < pair.access_until

    def _warn(self, pair: TokenPair) -> None:
        left = pair.refresh_until - self.clock.now()
        if left < WARN:
            days = max(0, left.days)
            self.note(
                f"the login of {self.account} ends on {day(pair.refresh_until)} (in {days} days): "
                f"run `{typed('login', self.account)}`"
            )

    def _pair(self, token: Token, spent: str, superseded: tuple[str, ...]) -> TokenPair:
        now = self.clock.now()
        holds = min(max(token.expires_in, 0), self.refresh_life)  # it is the marketplace's word
        return TokenPair(
            access=token.access,
            refresh=token.refresh or spent,
            access_until=now + timedelta(seconds=holds),
            refresh_until=now + timedelta(seconds=self.refresh_life),
            client=self.credentials.client_id,
            hosts=self.hosts,
            superseded=superseded,
        )

    def _keep(self, pair: TokenPair, key: SealingKey, lease: Lease) -> bool:
        """Store a pair, if the lease is still ours; both are true together or not at all."""
        sealed = seal(pair, key, self.account)
        with self.ledger.database.transaction():
            if not lease.held():
                return False
            self.ledger.keep_token(self.slot, sealed, pair.refresh_until.isoformat(timespec="seconds"))
        return True

    def _not_logged_in(self, refusal: Fault | None, pair: TokenPair | None, why: str) -> AuthenticationFailed:
        again = f"run `{typed('login', self.account)}`"
        if refusal and _is_of_client(refusal):
            said = f"account {self.account}: the marketplace does not know the application ({refusal.code})"
            return AuthenticationFailed(said, "check the client id and secret in the environment")
        if refusal:
            told = f"; it was to hold until {day(pair.refresh_until)}" if pair else ""
            why = f"; the stored login {why}" if why else told
            return AuthenticationFailed(
                f"account {self.account}: the marketplace refuses the refresh token ({refusal.code}){why}", again
            )
        if "key" in why:
            again = f"set {VARIABLE} to the key that it was sealed with, or {again}"
        if why:
            return AuthenticationFailed(f"the stored login of account {self.account} {why}", again)
        return AuthenticationFailed(f"account {self.account} is not logged in", again)


def _is_of_client(refusal: Fault | None) -> bool:
    return refusal is not None and refusal.code in _CLIENT


def day(moment: datetime) -> str:
    """Write a moment as a day."""
    return moment.date().isoformat()


def _digest(token: str) -> str:
    """Tell one refresh token from another without keeping it."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]
