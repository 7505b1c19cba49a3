"""The ledger of a project: history, a crash journal, and memory. Never the truth."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from reconciler.runtime.errors import LedgerFailed, LedgerUnwritable
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.history import History
from reconciler.runtime.ledger.holders import Holders
from reconciler.runtime.ledger.leases import Leases
from reconciler.runtime.ledger.locks import Locks
from reconciler.runtime.ledger.memory import Memory
from reconciler.runtime.ledger.pending import PendingWrites
from reconciler.runtime.ledger.prices import SeenPrices
from reconciler.runtime.ledger.readings import Readings
from reconciler.runtime.ledger.row_counts import RowCounts
from reconciler.runtime.ledger.runs import Runs
from reconciler.runtime.ledger.schema import TABLES, VERSION
from reconciler.runtime.ledger.spent import SpentChanges


class Ledger(Memory):
    """One connection to the store of one project: SQLite by default, PostgreSQL by its address.

    `unwritable` is why it is a copy in memory only.
    """

    unwritable: LedgerUnwritable | None = None
    #: Whether a process may have done more than the ledger knows: it is published from time to time only.
    forgets = False

    def __init__(self, where: str | Path, *, copied: bool = False) -> None:
        self.database = Database(where, copied=copied)
        try:
            if not self.database.has("about"):  # only once: even an index that is there waits for every writer
                self.database.script(TABLES)
            _insist_on_version(self.database, where)
        except BaseException:
            self.database.close()
            raise
        super().__init__(self.database)
        self.runs = Runs(self.database)
        self.pending = PendingWrites(self.database)
        self.spent = SpentChanges(self.database)
        self.history = History(self.database)
        self.readings = Readings(self.database)
        self.prices = SeenPrices(self.database)
        self.row_counts = RowCounts(self.database)
        self.locks = Locks(self.database)
        self.holders = Holders(self.database)
        self.leases = Leases(self.database)
        # Budgets need no durability: after a crash a slot more or less is not history.
        has_one = self.database.is_postgresql or copied
        self.pace = self.database if has_one else Database(where, durable=False)

    @classmethod
    def copied(cls, unwritable: LedgerUnwritable) -> "Ledger":
        """Return a copy in memory of a ledger that cannot be written: for looking, and forgotten afterwards."""
        ledger = cls(unwritable.file, copied=True)
        ledger.unwritable = unwritable
        return ledger

    def insist_on_keeping(self) -> None:
        """Raise LedgerUnwritable where nothing that is written here would be there afterwards."""
        if self.unwritable is not None:
            raise self.unwritable

    def publish(self) -> None:
        """Have all that was written where others find it: here it is."""

    def publishing(self, note: Callable[[str], None]) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """Return what keeps on publishing while requests are sent."""
        return nullcontext()

    def close(self) -> None:
        """Close the connection."""
        if self.pace is not self.database:
            self.pace.close()
        self.database.close()


def _insist_on_version(database: Database, where: str | Path) -> None:
    """A ledger of other tables is not guessed at: it may be moved away, since it is never the truth."""
    row = database.row("select max(version) from about")
    if row is None or row[0] is None:
        database.run("insert into about values (?)", (VERSION,))
    elif row[0] != VERSION:
        shown = where if isinstance(where, Path) else "the database"
        raise LedgerFailed(
            f"the ledger ({shown}) has tables of version {row[0]}; this program knows version {VERSION}",
            "move it away: undo, history and drift labels of the past go with it, nothing else",
        )
