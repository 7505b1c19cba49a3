"""The ledger of a project: history, a crash journal, and memory. Never the truth."""

from pathlib import Path

from reconciler.runtime.ledger.chronicle import Chronicle
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.leases import Leases
from reconciler.runtime.ledger.locks import Locks
from reconciler.runtime.ledger.memory import Memory
from reconciler.runtime.ledger.runs import Runs
from reconciler.runtime.ledger.schema import TABLES


class Ledger(Memory):
    """One connection to the store of one project: SQLite by default, PostgreSQL by its address."""

    def __init__(self, where: str | Path) -> None:
        self.database = Database(where)
        self.database.script(TABLES)
        super().__init__(self.database)
        self.runs = Runs(self.database)
        self.chronicle = Chronicle(self.database)
        self.locks = Locks(self.database)
        self.leases = Leases(self.database)
        # Budgets need no durability: after a crash a slot more or less is not history.
        self.pace = self.database if self.database.is_postgresql else Database(where, durable=False)

    def close(self) -> None:
        """Close the connection."""
        if self.pace is not self.database:
            self.pace.close()
        self.database.close()
