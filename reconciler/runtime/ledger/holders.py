"""Who executes a run: one process at a time, the one that took it last under the lock of its account.

A lock can be broken by hand while its process is frozen, not dead. What comes next takes over the run, and from
that moment the old process can claim nothing and send nothing for it, whenever it wakes up.
"""

from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.locks import Lock


class Holders:
    """The holders of the runs of a ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, run_id: str, lock: Lock) -> bool:
        """Become the holder of a run, before it is begun too; False when the lock is not held any more."""
        return (
            self._db.run(
                "insert into holders (run_id, holder, said) select ?, ?, ? "
                "where exists (select 1 from locks where name = ? and holder = ?) "
                "on conflict (run_id) do update set holder = excluded.holder, said = excluded.said",
                (run_id, lock.holder, str(lock), lock.name, lock.holder),
            )
            > 0
        )

    def successor(self, run_id: str, holder: str) -> str | None:
        """Say who has taken a run from a holder; None while it is the holder's own."""
        row = self._db.row("select said from holders where run_id = ? and holder <> ?", (run_id, holder))
        return str(row[0]) if row else None
