"""Budgets from the spec: no request leaves before all of its budgets permit it.

The count is kept in the ledger, so that any number of processes of one client stay under the limit together.
In this process a few requests at a time hold a slot and wait for it; the others queue by lane. Among processes
the slots go round. Requests that have to wait for long mark their lane, and while the mark holds, requests of
lesser lanes stand aside, whichever process they are of. A resync stands behind all others: it takes no place in
the queue, but leaves when every limit is free.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from reconciler.model.spec import BudgetSpec
from reconciler.runtime.clock import Clock, rested
from reconciler.runtime.lanes import LANE, LaneQueue
from reconciler.runtime.ledger.budgets import Budgets, Claim

_HOUR = 3600
_SECOND = 1_000_000
#: How far from its slot a request may leave. The rate is lower by so much of a second, so that in no second more
#: than the limit leave. A request that is later still takes another slot.
_DISPLACED = 60_000
#: Requests leave on the beat: one waking of the process for several of them halves its processor time. Those that
#: are few have a finer one.
_BEAT, _FINE = 35_000, 8_000
#: Who waited so long and has others behind him says so; for how long that holds, if a slot is not longer.
_LONG_WAIT, _MARKED = _SECOND // 10, _SECOND // 2
#: A wait for a limit that is longer than this is said.
_WORTH_SAYING = 5 * _SECOND
#: How long a lesser lane stands aside before one of its requests goes all the same: nobody starves.
_LONGEST_ASIDE = 2 * _SECOND
_LOOK_EVERY = _SECOND // 8
#: A resync stays away until two seconds after the last normal request, and for half a minute at most.
_NORMAL, _QUIET, _LONGEST_YIELD = "normal", 2 * _SECOND, 30 * _SECOND


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to send a request at a moment, in microseconds of the account's clock."""

    slot: int


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
        self._budgets = budgets
        self._user = user
        self._rows = rows
        self._clock = clock
        self._virtual = virtual
        self._note = note
        self._said_until = 0
        self._yields = False
        self._turn = asyncio.Lock()
        self._blocked_until = 0
        self._claims: dict[tuple[tuple[str, ...], int], tuple[Claim, ...]] = {}
        self._queues: dict[str, LaneQueue] = {}
        self._ahead: defaultdict[Claim, deque[int]] = defaultdict(deque)
        self._asides: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._left: defaultdict[str, deque[tuple[int, int]]] = defaultdict(deque)
        self._taken: dict[Claim, int] = {}
        self._used: defaultdict[Claim, int] = defaultdict(int)
        self._looked: dict[tuple[str, int], tuple[int, bool]] = {}
        self._marked: dict[str, int] = {}

    def stand_back(self) -> None:
        """Give every other request of this client precedence from now on."""
        self._yields = True

    async def permit(self, budgets: tuple[str, ...], weight: int, stop: asyncio.Event) -> Permit:
        """Return when a request that changes `weight` offers may be sent. Interrupted, when `stop` comes first."""
        claims = self._claims_of(budgets, weight)
        if self._yields:
            return await self._permit_last(claims, stop)
        lane, began = LANE.get(), self._clock.microseconds()
        self._mark(_NORMAL, _QUIET, began)
        slot = now = began
        beat = _FINE if any(claim.step > _DISPLACED for claim in claims) else _BEAT
        for claim in claims:
            if lane:
                await self._stand_aside(claim, lane, now)
            slot, now = await self._wait(claim, lane, now, beat, stop)
        while crowded := max((self._crowded(claim, now) for claim in claims[:-1]), default=0):
            await self._clock.sleep(crowded / _SECOND)
            now = self._clock.microseconds()
            if now - slot > _DISPLACED:
                slot, now = await self._wait(claims[-1], lane, now, beat, stop)
        for claim in claims[:-1]:
            self._left[claim.name].append((now, claim.step))
        return Permit(slot)

    async def _wait(self, claim: Claim, lane: int, since: int, beat: int, stop: asyncio.Event) -> tuple[int, int]:
        """Queue for a limit, take its next slot and sleep until it has come; return it and the time now."""
        queue = self._queues.setdefault(claim.name, LaneQueue(room=_room(claim)))
        await queue.enter(lane)
        try:
            now = self._clock.microseconds()
            while True:
                slot = self._slot(claim, queue.waiting, now)
                self._say(claim, slot, now)
                while slot > now:  # to the first beat that is not before the slot
                    await rested(self._clock, (slot + -slot % beat - now) / _SECOND, stop)
                    now = self._clock.microseconds()
                if claim.limit or slot >= self._blocked_until:
                    break  # what was counted for an hour stays counted; a slot within a block is void
        finally:
            queue.leave()
        if queue.waiting and now - since > _LONG_WAIT:
            self._mark(_lane(claim, lane), _quiet(claim), now)
        return slot, now

    def _crowded(self, claim: Claim, now: int) -> int:
        """Return how long the last second still holds as much of this process as a limit lets in.

        It may, when the next limit has held up some requests longer than others. That second is a little longer,
        by what a request may need to arrive.
        """
        left, second = self._left[claim.name], _SECOND + _FINE
        while left and left[0][0] <= now - second:
            left.popleft()
        fits = not left or sum(step for _, step in left) + claim.step <= _SECOND + _DISPLACED
        return 0 if fits else left[0][0] + second - now

    def missed(self, permit: Permit, attempt: int) -> bool:
        """Tell whether the slot of a permit is over; each attempt may be twice as late."""
        return self._clock.microseconds() - permit.slot > _DISPLACED << attempt

    def block(self, seconds: float) -> None:
        """Stop every process of this client for a while: the marketplace said that it was too fast."""
        microseconds = int(seconds * _SECOND)
        self._blocked_until = self._clock.microseconds() + microseconds
        self._rows.block(microseconds, self._database_now())

    async def _permit_last(self, claims: tuple[Claim, ...], stop: asyncio.Event) -> Permit:
        """Wait until nobody else wants to send and every limit is free. One request asks at a time."""
        async with self._turn:
            waited = 0
            while wait := self._rows.take_if_free(
                claims, self._database_now(), yields_to=_NORMAL if waited < _LONGEST_YIELD else ""
            ):
                await rested(self._clock, wait / _SECOND, stop)
                waited += wait
        return Permit(self._clock.microseconds())

    async def _stand_aside(self, claim: Claim, lane: int, now: int) -> None:
        """While more urgent requests have to wait for this limit, go one at a time and seldom."""
        if not self._outranked(claim, lane, now):
            return
        async with self._asides[claim.name, lane]:
            now = self._clock.microseconds()
            patience = now + max(_LONGEST_ASIDE, 2 * _quiet(claim))
            while now < patience and self._outranked(claim, lane, now):
                await self._clock.sleep(_LOOK_EVERY / _SECOND)
                now = self._clock.microseconds()

    def _outranked(self, claim: Claim, lane: int, now: int) -> bool:
        """Tell whether a more urgent lane has had to wait for this limit lately; asked four times a second."""
        looked, found = self._looked.get((claim.name, lane), (0, False))
        if not 0 <= now - looked < _LOOK_EVERY:
            found = self._rows.marked([_lane(claim, each) for each in range(lane)], self._database_now())
            self._looked[claim.name, lane] = (now, found)
        return found

    def _slot(self, claim: Claim, waiting: int, now: int) -> int:
        """Return the next slot of a limit. One statement takes those of all requests that wait here."""
        ahead = self._ahead[claim]
        while ahead and (now - ahead[0] > _DISPLACED or ahead[0] < self._blocked_until):
            ahead.popleft()
        if not ahead:
            wanted = min(max(1 + waiting, self._lately(claim, now)), _room(claim))
            first = now + self._rows.take(claim, wanted, now if self._virtual else None)
            ahead.extend(first + claim.step * place for place in range(wanted))
            self._taken[claim] = now
            self._used[claim] = 0
        self._used[claim] += 1
        return ahead.popleft()

    def _say(self, claim: Claim, slot: int, now: int) -> None:
        """Say why nothing happens for long: the hour is used up, or an earlier command was told 429. Once."""
        known = max(self._said_until, self._blocked_until)
        if slot - now > max(_WORTH_SAYING, 3 * claim.step) and slot > known + _WORTH_SAYING:
            self._said_until = slot
            limit, _, seconds = claim.name.rpartition("/")
            why = f"{claim.limit:,} an hour are used up" if seconds == "hour" else "the marketplace said: too many"
            self._note(f"waiting {(slot - now) / _SECOND:.0f} s for the limit {limit}: {why}")

    def _lately(self, claim: Claim, now: int) -> int:
        """Return how many requests have used this limit in the last while: about so many will in the next."""
        passed = now - self._taken.get(claim, 0)
        return self._used[claim] * _DISPLACED // passed if passed > 0 else 0

    def _mark(self, name: str, microseconds: int, now: int) -> None:
        """Leave a mark, four times while it holds at the most."""
        if not 0 <= now - self._marked.get(name, -microseconds) < microseconds // 4:
            self._rows.mark(name, microseconds, self._database_now())
            self._marked[name] = now

    def _claims_of(self, budgets: tuple[str, ...], weight: int) -> tuple[Claim, ...]:
        """Return what a request takes, the scarcest first: it is the last slot that is kept to the moment."""
        found = self._claims.get((budgets, weight))
        if found is None:
            claims = [claim for name in budgets for claim in _claims(self._budgets[name], weight, self._user)]
            claims.sort(key=lambda claim: (not claim.limit, -claim.step))
            found = tuple(_spread(claim, waits_on=claim is not claims[-1]) for claim in claims)
            self._claims[budgets, weight] = found
        return found

    def _database_now(self) -> int | None:
        return self._clock.microseconds() if self._virtual else None


def _room(claim: Claim) -> int:
    """Return how many slots are taken ahead: enough to bridge a stir of this process, and no more."""
    return max(1, _DISPLACED // claim.step) if claim.step else 1


def _lane(claim: Claim, lane: int) -> str:
    return f"{claim.name} lane {lane}"


def _quiet(claim: Claim) -> int:
    return max(_MARKED, 2 * claim.step)


def _claims(budget: BudgetSpec, weight: int, user: str) -> list[Claim]:
    """Return what a request takes from each window of a limit, at an even rate."""
    cost = weight if budget.counts == "offers" else 1
    name = f"{budget.name} of {user}" if budget.scope == "user" else budget.name
    return [
        Claim(name=f"{name}/hour", cost=cost, limit=limit)
        if seconds >= _HOUR
        else Claim(name=f"{name}/{seconds}", step=seconds * _SECOND * cost // limit)
        for limit, seconds in budget.windows()
    ]


def _spread(claim: Claim, *, waits_on: bool) -> Claim:
    """Lengthen a step so that displaced requests, too, stay within the limit in any second.

    One that `waits_on` leaves a second beat later than its slot here: after that of the next limit.
    """
    displaced = 2 * _BEAT if waits_on and claim.step < _DISPLACED else _DISPLACED
    return replace(claim, step=claim.step + claim.step * displaced // max(claim.step, _SECOND))
