"""How many rows each item had in the good readings of a source: what the next one is held against."""

import orjson

from reconciler.engine.rules.torn import RowsByItem
from reconciler.runtime.ledger.database import Database


class RowCounts:
    """The rows by item, of the items that have several, by project and source."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, project: str, source: str) -> RowsByItem:
        """Return what is known of a source; nothing where it was never read."""
        row = self._db.row("select body from row_counts where project = ? and source = ?", (project, source))
        return orjson.loads(bytes(row[0])) if row else {}

    def keep(self, project: str, source: str, rows: RowsByItem) -> None:
        """Keep them in place of what was known."""
        self._db.run(
            "insert into row_counts values (?, ?, ?) on conflict (project, source) do update "
            "set body = excluded.body",
            (project, source, orjson.dumps(rows)),
        )
