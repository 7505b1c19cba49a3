"""Budgets from the spec: no request leaves before all of its budgets permit it.

The count is kept in the ledger, so that any number of processes of one client stay under the limit together. The
slots that this process has taken are not any request's: when they have come, the most urgent requests leave that
find one of each of their limits. Among processes, `precedence` tells who stands aside.
"""

import asyncio
import random
from bisect import insort
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Protocol

from msgspec import Struct, field

from reconciler.model.budgets import BudgetSpec
from reconciler.providers.conversation import LONGEST_BLOCK
from reconciler.runtime.clock import SOON, Clock, Interrupted, rested
from reconciler.runtime.ledger.budgets import LATE, TICK, Budgets, Claim, Slot
from reconciler.runtime.ratelimit.claims import Limits
from reconciler.runtime.ratelimit.precedence import LOOK_EVERY, NORMAL, Precedence
from reconciler.runtime.ratelimit.priority import LANE
from reconciler.runtime.ratelimit.slots import Slots

_SECOND = 1_000_000
_NEVER = 1 << 62
#: A process wakes up to so late in a tick, by chance: else the same one were always the first to take new slots.
_STAGGERED = 10_000
#: A resync stays away from normal requests for half a minute at most.
_LONGEST_YIELD = 30 * _SECOND
#: Who has to prepare something before it leaves is told so long before its turn.
_NOTICE = 2 * _SECOND


class Turn(Protocol):
    """What a request does before it may leave. Its slots go to others while it is not ready: none is lost by it.

    All moments are microseconds of the account's clock.
    """

    def ready(self, now: int) -> bool:
        """Tell whether it may leave now."""
        ...

    def soon(self, at: int, again: Callable[[], None]) -> None:
        """Hear that its turn comes about then; `again` is called when it has become ready."""
        ...

    async def prepared(self) -> None:
        """Become ready."""
        ...


class _Waiting(Struct, eq=False):
    """A request that waits, and since when for the limit that holds it up now."""

    lane: int
    step: int
    order: int
    claims: tuple[Claim, ...]
    since: int
    leaves: asyncio.Future[Slot]
    stop: asyncio.Event
    turn: Turn | None = None
    held_up_by: Claim | None = None
    excused: bool = False

    def __lt__(self, other: "_Waiting") -> bool:
        """The most urgent lane comes first, in it the scarcest slot (it might be lost), then who came first."""
        return (self.lane, -self.step, self.order) < (other.lane, -other.step, other.order)

    @property
    def pace(self) -> Claim:
        """The limit that it waits for the longest."""
        return max(self.claims, key=lambda claim: claim.step)

    def lacks_first(self, claim: Claim) -> bool:
        """Tell whether a limit is the first of its own, or has only long ones before it."""
        place = self.claims.index(claim)
        return place == 0 or self.claims[place - 1].limit > 0

    def waits_for(self, claim: Claim, now: int) -> None:
        """Note what holds it up."""
        if self.held_up_by is not claim:
            self.held_up_by, self.since = claim, now


class _Look(Struct):
    """What a look at the queue found: who waits for a slot of which limit, and how many slots others hold.

    Who has a slot of one limit and not yet of the next holds it, so that nobody takes slots of the next for those
    who come after him.
    """

    held: dict[Claim, int] = field(default_factory=dict)
    waiting: dict[Claim, list[_Waiting]] = field(default_factory=dict)
    aside: bool = False


class Throttle:
    """All budgets of one client and user. `virtual` tells that time is a simulator's and not the database's."""

    def __init__(
        self,
        budgets: Mapping[str, BudgetSpec],
        rows: Budgets,
        clock: Clock,
        *,
        user: str,
        virtual: bool,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._limits = Limits(budgets, user)
        self._rows = rows
        self._clock = clock
        self._virtual = virtual
        self._precedence = Precedence(rows, virtual=virtual)
        self._slots = Slots(rows, note, virtual=virtual)
        self._yields = False
        self._random = random.Random(user)  # noqa: S311 - nothing is secret about it
        self._turn = asyncio.Lock()
        self._order = count()
        self._waiting: list[_Waiting] = []
        self._next = _NEVER
        self._came = False
        self._dispatcher: asyncio.Task[None] | None = None
        self._dozing: list[asyncio.Future[Any]] = []

    def stand_back(self) -> None:
        """Give every other request of this client precedence from now on."""
        self._yields = True

    async def permit(
        self, budgets: tuple[str, ...], weight: int, stop: asyncio.Event, turn: Turn | None = None
    ) -> Slot:
        """Return when a request that changes `weight` offers may be sent. Interrupted, when `stop` comes first.

        What is returned tells until when it may, in microseconds of the account's clock. A `turn` was ready at
        that moment.
        """
        claims = self._limits.claims(budgets, weight)
        now = self._clock.microseconds()
        while (left := self._slots.blocked_for(now)) and all(claim.limit for claim in claims):
            await rested(self._clock, left / _SECOND, stop)  # who has no slots, or old ones, is told by none
            now = self._clock.microseconds()
        if self._yields:
            return await self._permit_last(claims, stop, turn)
        self._precedence.normal(now)
        leaves: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        mine = _Waiting(LANE.get(), _scarcest(claims), next(self._order), claims, now, leaves, stop, turn)
        insort(self._waiting, mine)
        if len(self._waiting) > 1:
            self._attend_soon()
        else:  # nobody else waits: it may leave at once
            self._came = True
            self._attend()
        try:
            return await leaves
        finally:
            if (not leaves.done() or leaves.cancelled()) and mine in self._waiting:
                self._waiting.remove(mine)
            if not self._waiting:
                self._wake()

    def missed(self, permit: Slot, attempt: int) -> bool:
        """Tell whether the slot of a permit is over, or within a block; each attempt may be twice as late.

        Of those who are let go together, the first may be told that it was too fast before the last has left.
        """
        now = self._clock.microseconds()
        return self._slots.blocked_for(now) > 0 or now - permit.closes > (LATE << attempt) - LATE

    def block(self, seconds: float) -> None:
        """Stop every process of this client for a while: the marketplace said that it was too fast."""
        self._slots.block(int(min(seconds, LONGEST_BLOCK) * _SECOND), self._clock.microseconds())

    async def _permit_last(self, claims: tuple[Claim, ...], stop: asyncio.Event, turn: Turn | None) -> Slot:
        """Wait until nobody else wants to send and every limit is free. One request asks at a time.

        Who has waited for so long that it must prepare anew has waited enough: it stands back no longer.
        """
        waited = 0
        while True:
            if turn is not None and not turn.ready(self._clock.microseconds()):
                await turn.prepared()
            async with self._turn:
                while wait := self._rows.take_if_free(
                    claims,
                    self._clock.microseconds() if self._virtual else None,
                    yields_to=NORMAL if waited < _LONGEST_YIELD else "",
                ):
                    await rested(self._clock, wait / _SECOND, stop)
                    waited += wait
            now = self._clock.microseconds()
            if turn is None or turn.ready(now):
                return Slot(now, now + LATE)
            waited = _LONGEST_YIELD

    # --- when to look at the queue ----------------------------------------------------------------------------

    def _attend_soon(self) -> None:
        """Look at the queue before anything is waited for: once, however many come or become ready together."""
        if not self._came:
            self._came = True
            asyncio.get_running_loop().call_soon(self._attend)

    def _attend(self) -> None:
        """Look at the queue, unless that was done meanwhile, and see that it is when the next slot has come."""
        if not self._came or not self._waiting:
            self._came = False
            return
        planned = self._next
        try:
            self._let_go(self._clock.microseconds())
        except Exception as failure:  # noqa: BLE001 - each of those who wait raises it
            self._fail(failure)
        if not self._waiting:
            return
        if self._dispatcher is None or self._dispatcher.done():
            self._dispatcher = asyncio.create_task(self._dispatch())
        elif self._next < planned:
            self._wake()

    async def _dispatch(self) -> None:
        """Let the queue go, slot by slot, until nobody waits. What the ledger fails at is said to all of them."""
        try:
            while self._waiting:
                now = self._clock.microseconds()
                if now >= self._next:
                    self._look(now)
                    await asyncio.sleep(0)  # they leave before more slots are taken: the ledger may be busy
                    self._let_go(self._clock.microseconds())
                elif self._next - now <= SOON * _SECOND or not self._send_away():
                    await self._doze((self._next + self._random.randrange(_STAGGERED) - now) / _SECOND)
        except Exception as failure:  # noqa: BLE001 - each of those who wait raises it
            self._fail(failure)

    def _fail(self, failure: Exception) -> None:
        """Have all who wait raise this."""
        for each in self._waiting:
            if not each.leaves.done():
                each.leaves.set_exception(failure)
        self._waiting.clear()

    async def _doze(self, seconds: float) -> None:
        """Sleep so long, until somebody wakes this, or for a long time only until somebody stops.

        Where no slot is to come (those of a day never close, and who waits prepares something), no time ends it.
        """
        stops = {each.stop for each in self._waiting} if seconds > SOON else set()
        self._dozing = [asyncio.ensure_future(each.wait()) for each in stops]
        if self._next < _NEVER:
            self._dozing.append(asyncio.ensure_future(self._clock.sleep(seconds)))
        elif not stops:
            self._dozing.append(asyncio.get_running_loop().create_future())
        try:
            await asyncio.wait(self._dozing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._wake()

    def _wake(self) -> None:
        """End the dispatcher's sleep: a slot comes sooner, or nobody waits, and the clock may be closed."""
        for each in self._dozing:
            each.cancel()
        self._dozing = []

    def _send_away(self) -> bool:
        """Send those away who were told to stop; tell whether there were any."""
        stopped = [each for each in self._waiting if each.stop.is_set()]
        self._waiting = [each for each in self._waiting if not each.stop.is_set()]
        for each in stopped:
            if not each.leaves.done():
                each.leaves.set_exception(Interrupted())
        return bool(stopped)

    # --- who may leave ----------------------------------------------------------------------------------------

    def _let_go(self, now: int) -> None:
        """Let all leave whose slots have come, the most urgent first, and take slots for the others."""
        self._came = False
        while True:
            found = self._look(now)
            come, soonest = False, now + LOOK_EVERY if found.aside else _NEVER
            for claim, requests in found.waiting.items():
                slots, held = self._slots.of(claim), found.held[claim]
                come |= self._slots.take(claim, len(requests), len(slots) - held, now)
                if len(slots) > held:
                    slot = slots[held]
                    soonest = min(soonest, slot.opens if slot.opens > now else slot.closes + 1)
            if not come:
                break
        self._next = self._announce(found, now, soonest)
        for claim, (first, *behind) in found.waiting.items():
            if behind:
                self._precedence.waiting(claim, first.lane, first.since, now)

    def _announce(self, found: _Look, now: int, soonest: int) -> int:
        """Tell those who have to prepare something when their turn comes; return when to look at the queue again.

        Nobody is woken for it by himself when all are looked at soon enough anyway.
        """
        for claim, requests in found.waiting.items():
            for place, each in enumerate(requests, start=found.held[claim]):
                if each.turn is None:
                    continue
                at = max(now, self._slots.expected(claim, place, now))
                if at - now <= _NOTICE:
                    each.turn.soon(at, self._again)
                elif at - _NOTICE + TICK < soonest:
                    soonest = at - _NOTICE
        return soonest

    def _again(self) -> None:
        """Look at the queue: somebody in it has become ready."""
        self._attend_soon()

    def _look(self, now: int) -> _Look:
        """Let all leave who find an open slot of each of their limits.

        Who comes after one that has found no slot of its first limit, and wants the same, finds none either: of
        those who wait together, one is looked at.
        """
        found, stay = _Look(), []
        used: dict[Claim, int] = {}
        before: _Waiting | None = None
        waited: Claim | None = None
        behind: list[_Waiting] = []
        for each in self._waiting:
            if each.leaves.done():
                continue  # it was cancelled
            if each.turn is not None and not each.turn.ready(now):
                self._wait_unready(each, found, now)
                stay.append(each)
            elif (
                before
                and each.claims is before.claims
                and each.lane == before.lane
                and before.excused == each.excused
            ):
                if waited is not each.held_up_by:
                    each.held_up_by, each.since = waited, now
                behind.append(each)
                stay.append(each)
            elif (closes := self._hold(each, found, now)) is None:
                stay.append(each)
                waited = each.held_up_by
                before = each if waited and each.lacks_first(waited) and not found.aside else None
                behind = found.waiting[waited] if before and waited else []
            else:
                for claim in each.claims:
                    used[claim] = used.get(claim, 0) + 1
                each.leaves.set_result(Slot(now, closes))
        self._waiting = stay
        if used:
            self._slots.use(used)
            for claim, slots in used.items():
                found.held[claim] -= slots
        return found

    def _wait_unready(self, each: _Waiting, found: _Look, now: int) -> None:
        """Let a request wait for its scarcest limit while it is not ready; it holds no slot."""
        claim = each.pace
        if claim not in found.held:
            found.held[claim] = 0
            self._slots.drop_void(claim, now)
        each.waits_for(claim, now)
        found.waiting.setdefault(claim, []).append(each)

    def _hold(self, each: _Waiting, found: _Look, now: int) -> int | None:
        """Hold an open slot of each limit for a request and return when the first closes; None where one lacks."""
        closes = now + LATE
        for claim in each.claims:
            if claim not in found.held:
                found.held[claim] = 0
                self._slots.drop_void(claim, now)
            if self._stands_aside(each, claim, now):
                found.aside = True
                return None
            slots, held = self._slots.of(claim), found.held[claim]
            if claim.limit and len(slots) <= held:
                self._slots.take(claim, 1, 0, now)  # the ledger is asked seldom: they are counted in portions
            if len(slots) <= held or slots[held].opens > now:
                each.waits_for(claim, now)
                found.waiting.setdefault(claim, []).append(each)
                return None
            found.held[claim] += 1
            closes = min(closes, slots[held].closes)
        return closes

    def _stands_aside(self, each: _Waiting, claim: Claim, now: int) -> bool:
        """Tell whether more urgent requests go before this one. Once it has been excused, they do not."""
        if each.excused or not self._precedence.outranked(claim, each.lane, now):
            return False
        each.excused = self._precedence.excuses(claim, each.lane, now)
        return not each.excused


def _scarcest(claims: tuple[Claim, ...]) -> int:
    return max((claim.step for claim in claims), default=0)
