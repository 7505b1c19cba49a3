"""Logging in and out: a person lets the application in, `/me` says who it was, the pair is sealed and stored."""

import base64
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from reconciler.documents.document import Account
from reconciler.model.outcomes import FaultKind
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.typed import typed
from reconciler.providers.base import (
    Credentials,
    DeviceCode,
    Login,
    MarketplaceFault,
    Provider,
    Token,
    provider,
)
from reconciler.providers.conversation import Conversation, Remember
from reconciler.runtime.auth.application import ApplicationToken
from reconciler.runtime.auth.credentials import application, callback_of, variables
from reconciler.runtime.auth.loopback import HOST, listening
from reconciler.runtime.auth.redirect import NotTheAnswer, pasted
from reconciler.runtime.auth.tokens import WARN, ReadyToken, StoredTokens
from reconciler.runtime.clock import Clock
from reconciler.runtime.connection.environment import environment_of, slot_of, throttle_of
from reconciler.runtime.connection.runner import Runner, T, fault_text
from reconciler.runtime.connection.session import check_login, run, session
from reconciler.runtime.connection.transport import Hosts, NoAnswer, Transport
from reconciler.runtime.errors import AuthenticationFailed, MarketplaceFailed
from reconciler.runtime.keys import Keys
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.progress import Progress
from reconciler.runtime.project.accounts import account_of, spec_of
from reconciler.runtime.project.place import place_of
from reconciler.runtime.project.state import open_ledger
from reconciler.runtime.project.workspace import Workspace

#: How long a person may take in the browser, in seconds.
PATIENCE = 600.0


class Device(Struct, frozen=True):
    """Log in by a code that is confirmed on any screen; `show` puts it before the person."""

    show: Callable[[DeviceCode], None]


class Browser(Struct, frozen=True):
    """Log in by a browser on this machine; `show` puts the address before the person. Port 0 takes a free one."""

    show: Callable[[str], None]
    port: int = 0


class Paste(Struct, frozen=True):
    """Log in by a browser anywhere: `ask` puts the page and where it leads before the person, and returns the
    address that the browser was sent to. `callback` is that address as the application is registered with it.
    """

    ask: Callable[[str, str], str]
    callback: str = ""


Way = Device | Browser | Paste


class Standing(Struct, frozen=True, kw_only=True):
    """Whose token an account has, where it comes from, and until when it holds; None where nobody can tell."""

    account: str
    login: str
    source: str
    access_until: datetime | None = None
    refresh_until: datetime | None = None
    ends_soon: bool = False


class LoggedOut(Struct, frozen=True, kw_only=True):
    """What logging out has done. `left` names an environment variable that still holds a token."""

    account: str
    was_stored: bool
    revoked: bool = False
    why_not: str = ""
    left: str = ""


def ways_of(workspace: Workspace, name: str) -> tuple[str, ...]:
    """Return the ways in which a person can log an account in (`logins` of its marketplace), the best first."""
    return spec_of(account_of(workspace, name)).logins


def log_in(workspace: Workspace, name: str, way: Way | None, progress: Progress) -> Standing:
    """Log an account in and store its pair. Nothing is stored for another login than the document's.

    `way` is None where nobody logs in: then nothing is asked but whose the application's token is.
    """
    found: Standing = run(_log_in(workspace, account_of(workspace, name), way, progress))
    return found


def standing(workspace: Workspace, name: str, progress: Progress) -> Standing:
    """Ask whose token an account has; it is renewed when it has ended, as any command would."""
    found: Standing = run(_standing(workspace, account_of(workspace, name), progress))
    return found


def log_out(workspace: Workspace, name: str, progress: Progress) -> LoggedOut:
    """Revoke the stored pair where that is possible, and forget it in any case."""
    found: LoggedOut = run(_log_out(workspace, account_of(workspace, name), progress))
    return found


@dataclass(slots=True, kw_only=True)
class _Line:
    """The way to one account's marketplace before there is a token."""

    account: Account
    spec: MarketplaceSpec
    provider: Provider
    credentials: Credentials
    hosts: Hosts
    clock: Clock
    ledger: Ledger
    transport: Transport
    progress: Progress
    read_file: Callable[[str], bytes] = field(repr=False)

    async def ask(self, conversation: Conversation[T], token: Token | None = None) -> T:
        """Hold a conversation, with a token where it needs one. A refusal ends the command with a sentence."""
        runner = self._runner(Credentials(token=token.access if token else ""))
        try:
            return await runner.run(conversation)
        except MarketplaceFault as refused:
            if refused.fault.kind in {FaultKind.AUTH, FaultKind.REJECTED}:
                raise self._not_let_in(refused) from refused
            raise MarketplaceFailed(fault_text(refused.fault), refused.fault, "try again later") from refused
        except NoAnswer as nothing:
            raise MarketplaceFailed(f"no answer from the marketplace: {nothing}", hint="try again") from nothing

    @property
    def slot(self) -> str:
        """Return where the ledger keeps the pair of the account."""
        return slot_of(place_of(self.account, self.spec), self.credentials.client_id)

    def stored(self) -> StoredTokens:
        """Return the stored pair of the account."""
        return StoredTokens(
            account=self.account.name,
            slot=self.slot,
            credentials=self.credentials,
            hosts=f"{self.hosts.api} {self.hosts.auth}",
            ledger=self.ledger,
            keys=Keys(note=self.progress.note),
            clock=self.clock,
            refresh_life=self.provider.refresh_life,
            note=self.progress.note,
        )

    def _runner(self, credentials: Credentials) -> Runner:
        return Runner(
            provider=self.provider,
            transport=self.transport,
            throttle=throttle_of(
                self.account, self.spec, self.ledger, self.credentials, self.clock, self.progress.note
            ),
            clock=self.clock,
            tokens=ReadyToken(
                account=self.account.name,
                credentials=credentials,
                remedy=f"run `{typed('login', self.account.name)}` again",
            ),
            credentials=self.credentials,
            progress=self.progress,
            read_file=self.read_file,
            remember=_nothing_to_remember,
        )

    def _not_let_in(self, refused: MarketplaceFault) -> AuthenticationFailed:
        names = variables(self.account)
        return AuthenticationFailed(
            f"account {self.account.name}: the marketplace does not let the application in: "
            f"{fault_text(refused.fault)}; nothing was stored",
            f"run `{typed('login', self.account.name)}` again; or check {names['client_id']} and "
            f"{names['client_secret']}",
        )


def _nothing_to_remember(fact: Remember) -> None:
    raise TypeError(f"a login has nothing to remember, but was told {fact!r}")


@asynccontextmanager
async def _line(
    workspace: Workspace, account: Account, known: Credentials, progress: Progress
) -> AsyncIterator[_Line]:
    chosen, spec = provider(account.marketplace), spec_of(account)
    hosts, clock = environment_of(workspace.root, account, spec)
    transport = Transport(hosts, chosen.media)
    ledger = open_ledger(workspace.root)
    try:
        yield _Line(
            account=account,
            spec=spec,
            provider=chosen,
            credentials=known,
            hosts=hosts,
            clock=clock,
            ledger=ledger,
            transport=transport,
            progress=progress,
            read_file=workspace.read_bytes,
        )
    finally:
        ledger.close()
        await transport.close()
        if hosts.app is not None:
            hosts.app.close()


async def _log_in(workspace: Workspace, account: Account, way: Way | None, progress: Progress) -> Standing:
    if account.environment == "simulator":
        progress.note(f"account {account.name} is on the simulator of this project: it needs no login")
        return await _standing(workspace, account, progress)
    if way is None:
        progress.note(f"nobody logs in to account {account.name}: its application stands for its seller")
        return await _standing(workspace, account, progress)
    async with _line(workspace, account, application(account), progress) as line:
        line.stored().keys.sealing()  # before anybody is asked: what cannot be kept is not begun
        token = await _let_in(line, way)
        if not token.refresh:
            raise AuthenticationFailed(f"account {account.name}: the marketplace gave no refresh token")
        identity = await line.ask(line.provider.identity(), token)
        check_login(account, identity)
        pair = await line.stored().adopt(token)
        return _stored_standing(account, identity, pair.access_until, pair.refresh_until, line.clock)


async def _let_in(line: _Line, way: Way) -> Token:
    match way:
        case Device():
            return await _by_device(line, way)
        case Browser():
            return await _by_browser(line, way)
        case Paste():
            return await _by_paste(line, way)


async def _by_device(line: _Line, way: Device) -> Token:
    code = await line.ask(line.provider.begin_device(line.credentials))
    way.show(code)
    return await line.ask(line.provider.poll_device(line.credentials, code))


async def _by_browser(line: _Line, way: Browser) -> Token:
    verifier, challenge, state = _proof()
    try:
        async with listening(state, way.port) as waiting:
            asked = line.provider.authorization_url(
                line.hosts.page or line.hosts.auth, line.credentials, waiting.address, state, challenge
            )
            way.show(asked)
            code = await waiting.code(PATIENCE)
    except NotTheAnswer as instead:
        raise AuthenticationFailed(
            f"account {line.account.name} is not logged in: {instead}; nothing was stored",
            f"run `{typed('login', line.account.name, '--browser')}` again, or without --browser",
        ) from instead
    except OSError as taken:
        raise AuthenticationFailed(
            f"nothing can listen on {HOST}, port {way.port}: {taken.strerror}", "choose another --port"
        ) from taken
    return await line.ask(line.provider.exchange_code(line.credentials, code, waiting.address, verifier))


async def _by_paste(line: _Line, way: Paste) -> Token:
    callback = callback_of(line.account, way.callback, named=line.spec.callback == "name")
    verifier, challenge, state = _proof()
    page = line.hosts.page or line.hosts.auth
    asked = line.provider.authorization_url(page, line.credentials, callback, state, challenge)
    try:
        code = pasted(way.ask(asked, callback), state)
    except NotTheAnswer as instead:
        raise AuthenticationFailed(
            f"account {line.account.name} is not logged in: {instead}; nothing was stored",
            f"run `{typed('login', line.account.name)}` again, and paste the whole address, from https:// on",
        ) from instead
    return await line.ask(line.provider.exchange_code(line.credentials, code, callback, verifier))


def _proof() -> tuple[str, str, str]:
    """Make up what proves that one login is all ours: a verifier, its challenge (RFC 7636, S256), and a state."""
    verifier = secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return verifier, challenge, secrets.token_urlsafe(32)


async def _standing(workspace: Workspace, account: Account, progress: Progress) -> Standing:
    async with session(workspace, account, spec_of(account), progress) as opened:
        identity, tokens = opened.identity, opened.runner.tokens
        if isinstance(tokens, StoredTokens):
            pair, _ = tokens.stored()
            if pair:
                return _stored_standing(account, identity, pair.access_until, pair.refresh_until, opened.clock)
        source = "the simulator" if account.environment == "simulator" else variables(account)["token"]
        if isinstance(tokens, ApplicationToken):
            source = variables(account)["client_id"]
        return Standing(account=account.name, login=identity.login, source=source)


def _stored_standing(
    account: Account, identity: Login, access_until: datetime, refresh_until: datetime, clock: Clock
) -> Standing:
    return Standing(
        account=account.name,
        login=identity.login,
        source="the ledger",
        access_until=access_until,
        refresh_until=refresh_until,
        ends_soon=_is_soon(refresh_until - clock.now()),
    )


def _is_soon(left: timedelta) -> bool:
    return left < WARN


async def _log_out(workspace: Workspace, account: Account, progress: Progress) -> LoggedOut:
    left = _left_in_environment(account)
    known, why_not = Credentials(), ""
    try:
        known = application(account)
    except AuthenticationFailed as missing:
        why_not = missing.summary
    async with _line(workspace, account, known, progress) as line, line.stored().lease():
        # Where nobody says of which application, each login is forgotten: the slot of none begins the others.
        slots = [slot for slot in line.ledger.slots(line.slot) if not known.client_id or slot == line.slot]
        if not slots:
            return LoggedOut(account=account.name, was_stored=False, left=left)
        why_not = why_not or await _revoked(line)
        for slot in slots:
            line.ledger.drop_token(slot)
        return LoggedOut(account=account.name, was_stored=True, revoked=not why_not, why_not=why_not, left=left)


async def _revoked(line: _Line) -> str:
    """Revoke the stored pair; return why it could not be done, else nothing."""
    try:
        pair, why = line.stored().stored()
        if pair is None:
            return f"what is stored {why}"
        await line.ask(line.provider.revoke(line.credentials, pair.refresh))
    except (AuthenticationFailed, MarketplaceFailed) as failed:
        return failed.summary
    return ""


def _left_in_environment(account: Account) -> str:
    if account.environment == "simulator":
        return ""
    names = variables(account)
    return next((names[name] for name in ("token", "refresh_token") if os.environ.get(names[name])), "")
