"""Rate limits as rows: one cursor per client and limit, shared by every process that speaks for the client.

The cursor is where the next free slot begins, in microseconds. One statement moves it by the cost of a request
and returns the slot: virtual scheduling, so nobody starves and the rate holds in any second. A slot that was
missed is void, never caught up. A limit by the hour is counted by the minute instead, so that a burst within
the hour's allowance is not held up.

A request of low priority (of a resync) takes no place in this queue. It looks whether every limit is free at this
moment and takes it only then, so at most one such request stands before the next one of a normal run. Besides, a
normal request marks the row `urgent` with its time, and a request of low priority stays away while that mark is
younger than two seconds: a resync stops beside a normal run, whichever process it is, and goes on after it. Of an
hour's limit it leaves a fifth to normal runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.runtime.ledger.database import Database

_MINUTE = 60_000_000
_HOUR_MINUTES = 61  # the hour that ends now touches 61 minutes
BLOCKED = "blocked"
URGENT = "urgent"
_QUIET = 2_000_000  # microseconds without a normal request before one of low priority may leave
_MARK_EVERY = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one request takes from one limit: `step` microseconds of its cursor, or `cost` of an hour's `limit`."""

    name: str
    step: int = 0
    cost: int = 0
    limit: int = 0


class Budgets:
    """The limits of one client. `now` is microseconds in a simulator's world; None is the database's own clock."""

    def __init__(self, database: Database, client: str) -> None:
        self._db = database
        self._client = client
        self._marked: int | None = None

    def wait(self, claims: Sequence[Claim], now: int | None) -> int:
        """Take what a request needs from every limit and return the microseconds until it may leave."""
        with self._db.transaction():
            moment = now if now is not None else self._now()
            paced = [self._slot(claim, moment) for claim in claims if not claim.limit]
            counted = [self._count(claim, moment) for claim in claims if claim.limit]
            blocked = self._slot(Claim(name=BLOCKED), moment)
            self._mark(moment)
        return max([0, blocked, *paced, *counted])

    def take_if_free(self, claims: Sequence[Claim], now: int | None, *, yielding: bool) -> int:
        """Take what a request of low priority needs if it may leave at once, else return when to ask again.

        `yielding` is false for a request that has given way for long enough: starving is not yielding.
        """
        with self._db.transaction():
            moment = now if now is not None else self._now()
            quiet = self._cursor(URGENT) + _QUIET if yielding else 0
            paced = [self._cursor(claim.name) for claim in claims if not claim.limit]
            wait = max([quiet, self._cursor(BLOCKED), *paced, *(self._room(c, moment) for c in claims)]) - moment
            if wait <= 0:
                for claim in claims:
                    self._count(claim, moment) if claim.limit else self._slot(claim, moment)
        return max(0, wait)

    def _mark(self, now: int) -> None:
        """Say that a normal request is on its way; twice a second is often enough."""
        if self._marked is None or not 0 <= now - self._marked < _MARK_EVERY:
            self._raise(URGENT, now)
            self._marked = now

    def _cursor(self, name: str) -> int:
        row = self._db.row("select cursor from budgets where client = ? and name = ?", (self._client, name))
        return int(row[0]) if row else 0

    def _room(self, claim: Claim, now: int) -> int:
        """Return when an hour's limit may have room again for a request of low priority; 0 when it has."""
        if not claim.limit:
            return 0
        minute = now // _MINUTE
        row = self._db.row(
            "select sum(used) from usage where client = ? and name = ? and minute > ?",
            (self._client, claim.name, minute - _HOUR_MINUTES),
        )
        used = int(row[0] or 0) if row else 0
        return (minute + 1) * _MINUTE if used and (used + claim.cost) * 5 > claim.limit * 4 else 0

    def block(self, microseconds: int, now: int | None) -> None:
        """Stop the whole client for a while: the marketplace said that it was too fast."""
        self._raise(BLOCKED, (now if now is not None else self._now()) + microseconds)

    def _raise(self, name: str, cursor: int) -> None:
        """Move a cursor forward; never back."""
        self._db.run(
            "insert into budgets values (?, ?, ?) on conflict (client, name) do update "
            "set cursor = case when budgets.cursor > excluded.cursor then budgets.cursor else excluded.cursor end",
            (self._client, name, cursor),
        )

    def _now(self) -> int:
        row = self._db.row("select {now}")
        assert row is not None
        return int(row[0]) * 1000

    def _slot(self, claim: Claim, now: int) -> int:
        row = self._db.row(
            "insert into budgets values (?, ?, ?) on conflict (client, name) do update set cursor = "
            "case when budgets.cursor > ? then budgets.cursor else ? end + ? returning cursor",
            (self._client, claim.name, now + claim.step, now, now, claim.step),
        )
        assert row is not None
        return max(0, int(row[0]) - claim.step - now)

    def _count(self, claim: Claim, now: int) -> int:
        """Count a request in its minute. Over the hour's limit it waits, and is counted where it will be sent."""
        minute = now // _MINUTE
        rows = self._db.rows(
            "select minute, used from usage where client = ? and name = ? and minute > ? order by minute",
            (self._client, claim.name, minute - _HOUR_MINUTES),
        )
        total = sum(int(used) for _, used in rows)
        for oldest, used in rows:
            if total + claim.cost <= claim.limit:
                break
            total -= int(used)
            minute = int(oldest) + _HOUR_MINUTES
        self._db.run(
            "insert into usage values (?, ?, ?, ?) on conflict (client, name, minute) "
            "do update set used = usage.used + excluded.used",
            (self._client, claim.name, minute, claim.cost),
        )
        return max(0, minute * _MINUTE - now)
