"""Short exclusive rights that end by themselves: a row with its holder and until when, by the database's clock.

A lock of an account waits for a person when its holder is gone; a lease is for what must go on within seconds,
such as renewing a token, whichever host its last holder died on.
"""

from reconciler.runtime.ledger.database import Database

#: No lease is longer, in milliseconds: one that ends later was taken before the clock was set back.
LONGEST = 60_000


class Leases:
    """The leases of a ledger. Each call is one statement."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, name: str, holder: str, milliseconds: int) -> bool:
        """Take a lease that is free or has ended; tell whether it is the holder's now."""
        row = self._db.row(
            "insert into leases values (?, ?, {now} + ?) on conflict (name) do update "
            "set holder = excluded.holder, until = excluded.until "
            "where leases.until <= {now} or leases.until > {now} + ? returning holder",
            (name, holder, milliseconds, LONGEST),
        )
        return row is not None

    def prolong(self, name: str, holder: str, milliseconds: int) -> bool:
        """Prolong one's own lease; False when somebody else has had it since, even if it is free again."""
        sql = "update leases set until = {now} + ? where name = ? and holder = ?"
        return self._db.run(sql, (milliseconds, name, holder)) > 0

    def release(self, name: str, holder: str) -> None:
        """Give a lease back; only its holder can."""
        self._db.run("delete from leases where name = ? and holder = ?", (name, holder))
