"""Runs a provider's conversations: token, budgets, retries, waits, and memory. The only event loop logic."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from msgspec import Struct

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.wire import Response, Sleep, retry_after
from reconciler.providers.base import Credentials, Provider, Token
from reconciler.providers.conversation import (
    LONGEST_BLOCK,
    Ahead,
    Answer,
    Conversation,
    Reached,
    Remember,
    Request,
)
from reconciler.runtime.auth.tokens import TokenSource
from reconciler.runtime.clock import Clock, Interrupted, rested, slept
from reconciler.runtime.connection.ahead import ReadsAhead
from reconciler.runtime.connection.freshness import Freshness, Moved
from reconciler.runtime.connection.masking import mask_of
from reconciler.runtime.connection.recorder import Recorder
from reconciler.runtime.connection.transport import NoAnswer, NotSent, Transport
from reconciler.runtime.errors import MarketplaceFailed
from reconciler.runtime.ledger.budgets import Slot
from reconciler.runtime.progress import Progress
from reconciler.runtime.ratelimit.priority import LANE
from reconciler.runtime.ratelimit.throttle import Throttle

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


class Fence(Struct):
    """What stands around one operation: whether it may still write, and whether it has written.

    `held` tells whether it may; `leaving` is asked for what cannot be repeated, and may note that it leaves now.
    `written` becomes true with the first write that was let in, or may have been; `in_doubt` when nobody knows
    whether one was. `freshness` is of what the write was made from. `run_id` is the run that the operation is of:
    what is created within it is remembered as that run's.
    """

    held: Callable[[], bool] = lambda: True
    leaving: Callable[[], bool] = lambda: True
    written: bool = False
    in_doubt: bool = False
    freshness: Freshness | None = None
    run_id: str = ""

    def lets_out(self, request: Request) -> bool:
        """Tell whether a request may leave now; a read always may."""
        return not _writes(request) or (self.held() if request.safe else self.leaving())

    def turn(self, request: Request) -> Freshness | None:
        """Return what a request has to see to before it leaves; one that sends an image changes no offer."""
        return self.freshness if _writes(request) and request.host == "api" else None

    def waited(self) -> None:
        """Note that something was waited for: what was seen before is no base any more."""
        if self.freshness is not None:
            self.freshness.expire()


#: The fence of the operation that is being executed.
FENCE: ContextVar[Fence] = ContextVar("FENCE", default=Fence())  # noqa: B039 - nobody reads what stands around nothing


def _writes(request: Request) -> bool:
    return request.method != "GET" and not request.reads and request.host != "auth"


class Overtaken(Exception):  # noqa: N818 - it names what happened
    """Another process has taken this run over; nothing more may be sent for it."""


#: A request that may be sent again is tried so often; waits double from the first one, in seconds.
_TRIES = 6
_FIRST_WAIT = 1.0
#: What a 429 without Retry-After costs at first (facts: calling on prolongs the block, #3454).
_BLOCK = 60.0
_MOST_BLOCKS = 4
#: Seconds that a token request may take: it must be repeated while a used refresh token still works (60 s, #8321).
_TOKEN_PATIENCE = 15.0
#: Answers after which nothing was done.
_NOT_DONE = frozenset({FaultKind.AUTH, FaultKind.THROTTLED})
#: Answers after which nobody knows whether anything was.
_IN_DOUBT = frozenset({FaultKind.TRANSIENT, FaultKind.UNKNOWN})


@dataclass(slots=True)
class Runner:
    """One account's way to its marketplace."""

    provider: Provider
    transport: Transport
    throttle: Throttle
    clock: Clock
    tokens: TokenSource
    progress: Progress
    read_file: Callable[[str], bytes]
    remember: Callable[[Remember], None]
    credentials: Credentials = field(default_factory=Credentials)
    requests: Counter[str] = field(default_factory=Counter)
    recorder: Recorder = field(default_factory=Recorder)
    #: The resources that could not be read since one could.
    unread: set[tuple[str, str]] = field(default_factory=set)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    heed: Callable[[Response], None] = lambda _: None
    _reached: Callable[[Reached], None] = lambda _: None
    _token: Token | None = field(default=None, repr=False)
    _token_lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @property
    def stopping(self) -> bool:
        """Tell whether this command was told to stop: nothing new is begun, and nobody waits any more."""
        return self.stop.is_set()

    @contextmanager
    def heard_by(self, heard: Callable[[Reached], None]) -> Iterator[None]:
        """Tell somebody meanwhile how far long reads are."""
        before, self._reached = self._reached, heard
        try:
            yield
        finally:
            self._reached = before

    async def run(self, conversation: Conversation[T]) -> T:
        """Hold a conversation to its end and return its value. NoAnswer is thrown into it first."""
        ahead = ReadsAhead(self._request)
        step: Callable[[], object] = lambda: next(conversation)  # noqa: E731
        try:
            while True:
                try:
                    effect = step()
                except StopIteration as end:
                    value: T = end.value
                    return value
                try:
                    step = await self._answer(effect, conversation, ahead)
                except Moved:
                    conversation.close()
                    raise
        finally:
            await ahead.close()

    async def _answer(
        self, effect: object, conversation: Conversation[T], ahead: ReadsAhead
    ) -> Callable[[], object]:
        match effect:
            case Request():
                try:
                    answer = await ahead.answer(effect)
                except NoAnswer as nothing:
                    failure = nothing
                    return lambda: conversation.throw(failure)
                return lambda: conversation.send(answer)
            case Sleep():
                if not await slept(self.clock, effect.seconds, self.stop):
                    raise Interrupted
                FENCE.get().waited()
            case Remember():
                self.remember(effect)
            case Ahead():
                ahead.told(effect.requests)
            case Reached():
                self._reached(effect)
            case _:
                raise TypeError(f"a conversation yielded {effect!r}")
        return lambda: conversation.send(None)

    async def _request(self, request: Request) -> Answer:
        if request.signed and not self.transport.trusts(request.signed):
            return _led_away(request)
        body = self._file(request) if request.file else None
        wait, blocks, refreshed = _FIRST_WAIT, 0, False
        fence, writes = FENCE.get(), _writes(request)
        for attempt in range(1, _TRIES + _MOST_BLOCKS + 2):
            try:
                token = await self._token_for(request)
                answer = self.provider.answer(request, await self._send(request, token, body, again=attempt > 1))
            except (NotSent, NoAnswer) as failure:
                fence.written |= writes and isinstance(failure, NoAnswer)
                fence.in_doubt |= writes and isinstance(failure, NoAnswer)
                if attempt >= _TRIES or (isinstance(failure, NoAnswer) and not request.safe):
                    raise self._gave_up(failure) from failure
                await self._pause(wait, f"{failure}; trying again")
                wait *= 2
                continue
            fault = answer.fault
            fence.written |= writes and (fault is None or fault.kind not in _NOT_DONE)
            fence.in_doubt |= writes and fault is not None and fault.kind in _IN_DOUBT
            if fault is None:
                return answer
            if answer.status == 401 and not (request.host == "auth" or request.signed or refreshed):
                await self._renew(token)
                refreshed = True
            elif fault.kind is FaultKind.THROTTLED and blocks < _MOST_BLOCKS:
                self._hold(answer, blocks)
                blocks += 1
            elif fault.kind is FaultKind.TRANSIENT and request.safe and attempt < _TRIES:
                await self._pause(wait, f"HTTP {answer.status}, {fault.code}; trying again")
                wait *= 2
            else:
                return answer
        raise MarketplaceFailed(f"{request.method} {request.path} was tried too often", hint="try again later")

    async def _send(self, request: Request, token: Token, body: bytes | None, *, again: bool = False) -> Response:
        came = self.clock.microseconds()
        try:
            await self._permit(request)
        finally:
            self.recorder.waits(came, left := self.clock.microseconds())
        self.recorder.sent(left, LANE.get(), request.budgets, again=again)
        headers = {} if request.signed else dict(self.provider.bearer(token, self.credentials, request))
        self.requests[request.name or f"{request.method} {request.path}"] += 1
        mask = mask_of(request, token.access, self.credentials.client_secret)
        try:
            async with asyncio.timeout(_TOKEN_PATIENCE) if request.host == "auth" else nullcontext():
                response = await self.transport.send(request, headers, body)
        except (NotSent, NoAnswer) as failure:
            raise type(failure)(mask.text(str(failure))) from None  # what it came from may quote the request
        except TimeoutError as late:
            raise NoAnswer(f"nothing came within {_TOKEN_PATIENCE:.0f} s") from late
        self.heed(response)
        return mask.response(response)

    async def _permit(self, request: Request) -> None:
        """Return at the moment for a request. One that has missed its slot by then waits for another.

        A write whose base would be too old then has looked again; if it moved, it is made anew with this permit.
        """
        turn = FENCE.get().turn(request)
        for attempt in count():
            permit = await self._permit_of(request, turn)
            if turn is not None:
                turn.check(permit)
            if not FENCE.get().lets_out(request):
                raise Overtaken(f"{request.method} {request.path}")
            if self.throttle.missed(permit, attempt):
                continue
            if turn is None:
                return
            if turn.ready(self.clock.microseconds()):
                turn.looks = 0
                return
            await turn.prepared()

    async def _permit_of(self, request: Request, turn: Freshness | None) -> Slot:
        """Take the permit that is in hand, or wait for one."""
        if turn is None:
            return await self.throttle.permit(request.budgets, request.weight, self.stop)
        if turn.permit is not None:
            permit, turn.permit = turn.permit, None
            return permit
        return await self.throttle.permit(request.budgets, request.weight, self.stop, turn)

    def _hold(self, answer: Answer, blocks: int) -> None:
        seconds = retry_after(answer.headers, LONGEST_BLOCK) or _BLOCK * 2**blocks
        self.throttle.block(seconds)
        self.recorder.throttled(self.clock.microseconds())
        FENCE.get().waited()
        self.progress.note(f"the marketplace says: too many requests; waiting {seconds:.0f} s")

    async def _pause(self, seconds: float, why: str) -> None:
        self.progress.note(f"{why} in {seconds:.0f} s")
        await rested(self.clock, seconds, self.stop)
        FENCE.get().waited()

    def _gave_up(self, failure: Exception) -> Exception:
        if isinstance(failure, NoAnswer):
            return failure
        return MarketplaceFailed(
            f"the marketplace cannot be reached: {failure}", hint="check the network and try again"
        )

    def _file(self, request: Request) -> bytes:
        body = self.read_file(request.file)
        if request.sha256 and hashlib.sha256(body).hexdigest() != request.sha256:
            raise MarketplaceFailed(
                f"{request.file} is not the file that was planned: its content has changed", hint="plan again"
            )
        return body

    async def _token_for(self, request: Request) -> Token:
        """Return the token that a request carries; the token endpoints, and signed addresses, take none."""
        if request.host == "auth" or request.signed:
            return _NO_TOKEN
        async with self._token_lock:
            if self._token is None:
                self._token = await self.tokens.current(self._exchange)
            return self._token

    async def _renew(self, refused: Token) -> None:
        """Get a new token after a 401, once for all requests that were refused with the same one."""
        async with self._token_lock:
            if self._token is refused:
                self._token = await self.tokens.renewed(refused, self._exchange)

    async def _exchange(self, credentials: Credentials) -> Token:
        """Hold the conversation that gives a token. No answer to it says nothing of the request that needs it."""
        try:
            return await self.run(self.provider.authorize(credentials))
        except NoAnswer as nothing:
            raise MarketplaceFailed(
                f"no answer to the request for a token: {nothing}",
                hint="run the same command again within a minute",
            ) from nothing


_NO_TOKEN = Token("")


def _led_away(request: Request) -> Answer:
    """Refuse an address that is none of the marketplace's: what would go there is not for everybody."""
    said = f"{request.method} {request.path} would go to a host that is not among those of the marketplace"
    return Answer(0, {}, fault=Fault(kind=FaultKind.REJECTED, code="ForeignAddress", message=said))


async def gather(tasks: list[Callable[[], Awaitable[T]]], parallelism: int) -> list[T]:
    """Run tasks, so many at once, and return their values in order. The first exception stops the rest."""
    if len(tasks) == 1:  # as most of an apply's are
        return [await tasks[0]()]
    results: dict[int, T] = {}
    pending = iter(enumerate(tasks))

    async def worker() -> None:
        for index, task in pending:
            results[index] = await task()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(parallelism, len(tasks))):
                group.create_task(worker())
    except BaseExceptionGroup as failures:
        raise first_of(failures) from failures
    return [results[index] for index in range(len(tasks))]


def first_of(group: BaseExceptionGroup[E]) -> E:
    """Return the first failure of a group, however deep it lies."""
    first: BaseExceptionGroup[E] | E = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


def fault_text(fault: Fault) -> str:
    """Say a fault in one line."""
    trace = f" (trace {fault.trace_id})" if fault.trace_id else ""
    return f"{fault.code}: {fault.message}{trace}"
