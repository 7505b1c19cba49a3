"""Rate limits as rows: one cursor per client and limit, shared by every process that speaks for the client.

The cursor is where the next free slot begins, in microseconds. One statement moves it by the cost of a request
and returns the slot: virtual scheduling, so nobody starves and the rate holds in any second. A slot that was
missed is void, never caught up. A limit by the hour is counted by the minute instead, so that a burst within
the hour's allowance is not held up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.runtime.ledger.database import Database

_MINUTE = 60_000_000
_HOUR_MINUTES = 61  # the hour that ends now touches 61 minutes
BLOCKED = "blocked"


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

    def wait(self, claims: Sequence[Claim], now: int | None) -> int:
        """Take what a request needs from every limit and return the microseconds until it may leave."""
        with self._db.transaction():
            moment = now if now is not None else self._now()
            paced = [self._slot(claim, moment) for claim in claims if not claim.limit]
            counted = [self._count(claim, moment) for claim in claims if claim.limit]
            blocked = self._slot(Claim(name=BLOCKED), moment)
        return max([0, blocked, *paced, *counted])

    def block(self, microseconds: int, now: int | None) -> None:
        """Stop the whole client for a while: the marketplace said that it was too fast."""
        until = (now if now is not None else self._now()) + microseconds
        self._db.run(
            "insert into budgets values (?, ?, ?) on conflict (client, name) do update "
            "set cursor = case when budgets.cursor > excluded.cursor then budgets.cursor else excluded.cursor end",
            (self._client, BLOCKED, until),
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
