"""Rate limits as rows: one cursor per client and limit, shared by every process that speaks for the client.

The cursor is where the next free slot begins, in microseconds. One statement moves it by the cost of a request
and returns the slot: virtual scheduling, so nobody starves and the rate holds in any second. A slot that was
missed is void, never caught up. A limit by the hour or the day is counted by the minute instead, so that a burst
within its allowance is not held up. Where the costs of requests vary, they are counted by the tick besides.

Requests leave in ticks of the database's clock, in which all processes agree: one waking for all slots of a tick
costs a process half the time of one for each. So a second never holds more slots than the ticks that touch it.

Marks are rows too: the last moment at which something was so, such as that requests of a lane had to wait. What
they are good for stands in `throttle`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import Struct

from reconciler.providers.conversation import LONGEST_BLOCK
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.watch import Watch

#: How long a tick is, and how late in it a request may still leave. A second and this lateness are eight ticks
#: just so: a second cannot touch more than eight, and nothing is lost by the length of a tick.
LATE = 60_000
TICK = (1_000_000 + LATE) // 8
#: Who comes later than this does not get a slot of the running tick any more: he might leave too late.
_IN_TIME = 45_000
_MINUTE = 60_000_000
#: What was counted for an hour or a day stays counted, whenever its request leaves.
_NEVER = 1 << 62
_BLOCKED = "blocked"
#: A long limit is counted in portions of this part of it, so that not every request is a write of its own.
_PORTION = 1000


class Claim(Struct, frozen=True, kw_only=True, eq=False):
    """What one request takes from one limit: `step` microseconds of its cursor, or `cost` of a long `limit`.

    A long limit is one of an hour or a day; it touches so many `minutes`, one more than it lasts.

    It may leave until `late` microseconds after its tick has begun. With `most`, no `ticks` in a row hold requests
    that cost more than that.

    Two of them are never equal: each is looked up several times for each request, and a name takes long to hash.
    """

    name: str
    step: int = 0
    late: int = LATE
    cost: int = 0
    limit: int = 0
    minutes: int = 0
    most: int = 0
    ticks: int = 0


class Slot(NamedTuple):
    """When a request may leave, in microseconds: not before it opens, and not after it has closed."""

    opens: int
    closes: int


class Budgets:
    """The limits of one client. `now` is microseconds in a simulator's world; None is the database's own clock.

    `note` is told what is void because a clock was wrong.
    """

    def __init__(self, database: Database, client: str, note: Callable[[str], None] = lambda _: None) -> None:
        self._db = database
        self._client = client
        self._watch = Watch(database, client, TICK, note)
        self._prepaid: dict[str, tuple[int, int]] = {}

    def take(self, claim: Claim, requests: int, now: int | None) -> list[Slot]:
        """Take what so many requests need from one limit; return when each may leave, in microseconds from now.

        What has begun already has opened at a negative moment. A long limit is counted for one at a time.
        """
        moment = self._moment(now)
        if claim.most:
            with self._db.transaction():
                return [self._counted_slot(claim, moment) for _ in range(requests)]
        if not claim.limit:
            return self._slots(claim, moment, requests)
        if self._prepaid_for(claim, moment):
            return [Slot(0, _NEVER)]
        with self._db.transaction():
            self._raise(claim.name, 0)  # it stays locked: nobody else counts before this is done
            wait = self._count(claim, moment, max(claim.cost, claim.limit // _PORTION))
        return [Slot(wait, _NEVER)]

    def take_if_free(self, claims: Sequence[Claim], now: int | None, *, yields_to: str) -> int:
        """Take what a request needs from all its limits if it may leave at once, else return when to ask again.

        It may when this tick has slots left; late in a tick, when it is the first to pay with the next one's.
        `yields_to` names a mark until whose moment it stays away. Of a long limit it leaves a fifth to others.
        """
        self._moment(now)
        with self._db.transaction():
            slot_at = max(self._locked([claim.name for claim in claims]), default=0)
            moment = self._moment(now)
            tick = moment - moment % TICK
            rooms = (self._room_at(claim, moment) for claim in claims if claim.limit)
            held_off = max(self._latest([_BLOCKED, *([yields_to] if yields_to else [])]), *rooms, 0)
            slot_at = max([slot_at, *(self._room_in(claim, tick) for claim in claims if claim.most)])
            if held_off > moment or slot_at >= tick + TICK:
                return max(tick + TICK, slot_at - slot_at % TICK, held_off) - moment
            for claim in claims:
                if claim.limit:
                    self._count(claim, moment, claim.cost)
                    continue
                self._cursor(claim, _earliest(moment), claim.step)
                if claim.most:
                    self._use(claim, tick // TICK, claim.cost, running=tick // TICK)
        return 0

    def block(self, microseconds: int, now: int | None) -> None:
        """Stop the whole client for a while: the marketplace said that it was too fast. No block is for ever."""
        end = self._moment(now) + min(microseconds, int(LONGEST_BLOCK * 1_000_000))
        self._raise(_BLOCKED, end + -end % TICK)

    def blocked(self, now: int | None) -> bool:
        """Tell whether the whole client is stopped."""
        return self._latest([_BLOCKED]) > self._moment(now)

    def mark(self, name: str, until: int, now: int | None) -> None:
        """Say for so many microseconds from now that something is so; every process of the client can see it."""
        self._raise(name, self._moment(now) + until)

    def marks(self, now: int | None) -> frozenset[str]:
        """Return the names whose marks still hold; limits whose cursors are ahead are among them."""
        rows = self._db.rows(
            "select name from budgets where client = ? and cursor > ?", (self._client, self._moment(now))
        )
        return frozenset(name for (name,) in rows)

    def _latest(self, names: Sequence[str]) -> int:
        """Return the latest of these cursors; 0 where there is none."""
        places = ", ".join("?" * len(names))
        row = self._db.row(
            f"select max(cursor) from budgets where client = ? and name in ({places})",  # noqa: S608 - only ?s
            (self._client, *names),
        )
        return int(row[0] or 0) if row else 0

    def _locked(self, names: Sequence[str]) -> list[int]:
        """Return these cursors; nobody else moves them until the transaction ends."""
        places = ", ".join("?" * len(names))
        rows = self._db.rows(
            f"select cursor from budgets where client = ? and name in ({places}) "  # noqa: S608 - only ?s
            "order by name{locked}",
            (self._client, *names),
        )
        return [int(cursor) for (cursor,) in rows]

    def _moment(self, now: int | None) -> int:
        moment = self._db.now() if now is None else now
        self._watch.sees(moment)
        return moment

    def _raise(self, name: str, cursor: int) -> None:
        """Move a cursor forward; never back."""
        self._db.run(
            "insert into budgets values (?, ?, ?) on conflict (client, name) do update "
            "set cursor = {greatest}(budgets.cursor, excluded.cursor)",
            (self._client, name, cursor),
        )

    def _slots(self, claim: Claim, now: int, requests: int) -> list[Slot]:
        """Take slots of this tick, or of the next one if this has run for too long or has none left.

        Where this tick has one left for which it is too late, the first request leaves all the same, at once: it
        holds a slot of each of the two ticks between which it does.
        """
        earliest = _earliest(now)
        first = self._cursor(claim, earliest, claim.step * requests)
        begins = [(first + claim.step * place) // TICK * TICK - now for place in range(requests)]
        slots = [Slot(begin, begin + claim.late) for begin in begins]
        return [Slot(0, slots[0].closes), *slots[1:]] if first == earliest > now else slots

    def _counted_slot(self, claim: Claim, now: int) -> Slot:
        """Take a slot that begins no sooner than it and the ticks before it have room for its cost.

        It never opens before the tick in which it is counted, and closes as late as counting allows for. The pace
        goes on as if there had been room: what the wait has cost is made up for, as far as there is room later.
        """
        begins = self._cursor(claim, _earliest(now), claim.step) // TICK * TICK
        room = self._room_in(claim, begins)
        if room > begins:
            self._raise(claim.name, room)
        self._use(claim, room // TICK, claim.cost, running=now // TICK)
        return Slot(room - now, room - now + claim.late)

    def _room_in(self, claim: Claim, begins: int) -> int:
        """Return from when on the ticks until then have room for a request, not before `begins`."""
        tick = begins // TICK
        total = self._sum_since(claim, tick - claim.ticks)
        if total + claim.cost <= claim.most:
            return begins
        for oldest, used in self._used_since(claim, tick - claim.ticks):
            if total + claim.cost <= claim.most:
                break
            total -= used
            tick = max(tick, oldest + claim.ticks)
        return max(begins, tick * TICK)

    def _cursor(self, claim: Claim, earliest: int, step: int) -> int:
        """Move a cursor on by `step`, from `earliest` or from the end of a block; return where it was then."""
        row = self._db.row(
            "insert into budgets values (?, ?, {greatest}(?, coalesce("
            "(select b.cursor from budgets b where b.client = ? and b.name = ?), 0)) + ?) "
            "on conflict (client, name) do update "
            "set cursor = {greatest}(budgets.cursor, excluded.cursor - ?) + ? returning cursor",
            (self._client, claim.name, earliest, self._client, _BLOCKED, step, step, step),
        )
        assert row is not None
        return int(row[0]) - step

    def _prepaid_for(self, claim: Claim, now: int) -> bool:
        """Take a request of a long limit from what this process has counted ahead in this minute."""
        minute, left = self._prepaid.get(claim.name, (0, 0))
        if minute != now // _MINUTE or left < claim.cost:
            return False
        self._prepaid[claim.name] = (minute, left - claim.cost)
        return True

    def _count(self, claim: Claim, now: int, amount: int) -> int:
        """Count in this minute; over the limit, in the next one that has room, for which it waits."""
        minute = now // _MINUTE
        rows = self._used_since(claim, minute - claim.minutes)
        total = sum(used for _, used in rows)
        for oldest, used in rows:
            if total + amount <= claim.limit:
                break
            total -= used
            minute = oldest + claim.minutes
        self._use(claim, minute, amount, running=now // _MINUTE)
        self._prepaid[claim.name] = (minute, amount - claim.cost)
        return max(0, minute * _MINUTE - now)

    def _use(self, claim: Claim, period: int, amount: int, *, running: int) -> None:
        """Count in a minute of a long limit, or in a tick of a shorter one's, and forget what counts no more.

        That goes by the period that is running: the one that is counted in may be far ahead of it.
        """
        self._db.run(
            "insert into usage values (?, ?, ?, ?) on conflict (client, name, period) "
            "do update set used = usage.used + excluded.used",
            (self._client, claim.name, period, amount),
        )
        self._db.run(
            "delete from usage where client = ? and name = ? and period <= ?",
            (self._client, claim.name, running - (claim.ticks or claim.minutes)),
        )

    def _used_since(self, claim: Claim, period: int) -> list[tuple[int, int]]:
        """Return what was counted after a period, from the oldest on."""
        rows = self._db.rows(
            "select period, used from usage where client = ? and name = ? and period > ? order by period",
            (self._client, claim.name, period),
        )
        return [(int(at), int(used)) for at, used in rows]

    def _sum_since(self, claim: Claim, period: int) -> int:
        """Return how much was counted after a period; the database adds faster than it tells hundreds of rows."""
        row = self._db.row(
            "select sum(used) from usage where client = ? and name = ? and period > ?",
            (self._client, claim.name, period),
        )
        return int(row[0] or 0) if row else 0

    def _room_at(self, claim: Claim, now: int) -> int:
        """Return when four fifths of a long limit may have room again; 0 when they have."""
        minute = now // _MINUTE
        used = self._sum_since(claim, minute - claim.minutes)
        return (minute + 1) * _MINUTE if used and (used + claim.cost) * 5 > claim.limit * 4 else 0


def _earliest(now: int) -> int:
    """Return when the tick begins whose slots can be taken now: this, or the next if this has run for too long."""
    return now - now % TICK + (TICK if now % TICK > _IN_TIME else 0)
