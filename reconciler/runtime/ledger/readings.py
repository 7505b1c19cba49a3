"""How many rows the last good reading of each source had: what the next one is held against."""

from datetime import datetime

from msgspec import Struct

from reconciler.runtime.ledger.database import Database


class LastReading(Struct, frozen=True):
    """A good reading: how many rows it had, their digest, and when it was made."""

    rows: int
    digest: str
    at: datetime


class Readings:
    """The last good readings that a ledger knows of."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def rows(self, project: str, source: str) -> int | None:
        """Return how many rows the last good reading had; None where there was none."""
        last = self.last(project, source)
        return last.rows if last else None

    def last(self, project: str, source: str) -> LastReading | None:
        """Return the last good reading; None where there was none."""
        sql = "select rows, digest, at from readings where project = ? and source = ?"
        row = self._db.row(sql, (project, source))
        return LastReading(int(row[0]), str(row[1]), datetime.fromisoformat(row[2])) if row else None

    def good(self, project: str, source: str, rows: int, digest: str, at: datetime) -> None:
        """Note a good reading."""
        self._db.run(
            "insert into readings values (?, ?, ?, ?, ?) on conflict (project, source) do update "
            "set rows = excluded.rows, digest = excluded.digest, at = excluded.at",
            (project, source, rows, digest, at.isoformat()),
        )
