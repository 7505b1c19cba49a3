"""What a clock that was set leaves in the rows of a client's limits: slots and blocks that lie too far ahead.

A cursor holds until its moment has come. One that was written before the clock was set back would hold for as long
again, and one further ahead than any block or queue can be was written by a clock that was wrong.
"""

from collections.abc import Callable
from datetime import timedelta

from reconciler.providers.conversation import LONGEST_BLOCK
from reconciler.runtime.clock import span
from reconciler.runtime.ledger.database import Database

_SECOND, _MINUTE = 1_000_000, 60_000_000
#: A queue for a limit is no longer than this, behind a block: 500 processes with a slot of seven seconds each,
#: which is the longest that there is. Of an hour's limit no minute is counted that is further ahead; of a day's
#: limit, none that is a day further.
FURTHEST = (int(LONGEST_BLOCK) + 3600) * _SECOND
_DAY = 86_400 * _SECOND
#: Where it stands when it was last looked at; written so often.
_SEEN, _EVERY = "clock", 10 * _SECOND
#: Nobody sets a clock back by less, and it would cost no more.
_SET_BACK = _SECOND


class Watch:
    """Looks at each moment that one process takes from the clock of a client's rows; `note` says what is void."""

    def __init__(self, database: Database, client: str, tick: int, note: Callable[[str], None]) -> None:
        self._db = database
        self._client = client
        self._tick = tick
        self._note = note
        self._last: int | None = None
        self._written = 0

    def sees(self, now: int) -> None:
        """Heed a moment: when it is the first, or earlier than the one before it, the rows may be void."""
        if self._last is None or now < self._last - _SET_BACK:
            self._mend(now)
            self._written = 0
        self._last = now
        if now - self._written >= _EVERY:
            self._written = now
            self._db.run(
                "insert into budgets values (?, ?, ?) on conflict (client, name) do update "
                "set cursor = {greatest}(budgets.cursor, excluded.cursor)",
                (self._client, _SEEN, now),
            )

    def _mend(self, now: int) -> None:
        row = self._db.row("select cursor from budgets where client = ? and name = ?", (self._client, _SEEN))
        back = max(int(row[0]) if row else 0, self._last or 0) - now
        if back > _SET_BACK:
            self._forget(now)
            since = span(timedelta(microseconds=back))
            self._note(f"the clock was set back by {since} or more: what was counted as later counts no more")
        elif self._forget(now + FURTHEST, days=_DAY):
            longest = span(timedelta(microseconds=FURTHEST))
            self._note(
                f"the ledger says that a limit is used up for more than {longest}: no block or queue is "
                "that long, so it counts as free"
            )

    def _forget(self, until: int, days: int = 0) -> int:
        """Drop what holds or is counted after a moment (by the day, `days` later); return how much that was."""
        cursors = self._db.run("delete from budgets where client = ? and cursor > ?", (self._client, until))
        minutes = "delete from usage where client = ? and name like ? and period > ?"
        ticks = "delete from usage where client = ? and name not like ? and name not like ? and period > ?"
        return (
            cursors
            + self._db.run(minutes, (self._client, "%/hour", until // _MINUTE))
            + self._db.run(minutes, (self._client, "%/day", (until + days) // _MINUTE))
            + self._db.run(ticks, (self._client, "%/hour", "%/day", until // self._tick))
        )
