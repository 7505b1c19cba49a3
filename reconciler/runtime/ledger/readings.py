"""How many rows the last good reading of each source had: what the next one is held against."""

from datetime import datetime

from reconciler.runtime.ledger.database import Database


class Readings:
    """The last good readings that a ledger knows of."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def rows(self, project: str, source: str) -> int | None:
        """Return how many rows the last good reading had; None where there was none."""
        row = self._db.row("select rows from readings where project = ? and source = ?", (project, source))
        return int(row[0]) if row else None

    def good(self, project: str, source: str, rows: int, digest: str, at: datetime) -> None:
        """Note a good reading."""
        self._db.run(
            "insert into readings values (?, ?, ?, ?, ?) on conflict (project, source) do update "
            "set rows = excluded.rows, digest = excluded.digest, at = excluded.at",
            (project, source, rows, digest, at.isoformat()),
        )
