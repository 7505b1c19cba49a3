"""How far the resyncs are, from the ledger alone: done, left, refused, and the rate at which it goes."""

from datetime import datetime

from reconciler.model.history import ResyncStatus
from reconciler.model.states import SENT
from reconciler.runtime.commands.history import reading, told
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.rows import Run
from reconciler.runtime.project.accounts import project_of
from reconciler.runtime.project.workspace import Workspace

#: The rate is that of the latest rows: a resync of yesterday that goes on today was not slow at night.
_LATEST = 2000


def resync_statuses(workspace: Workspace, account: str | None) -> tuple[ResyncStatus, ...]:
    """Return the latest resync of each account, or of one."""
    with reading(workspace) as ledger:
        return tuple(
            status_of(ledger, each) for each in ledger.history.latest_resyncs(project_of(workspace).name, account)
        )


def status_of(ledger: Ledger, run: Run) -> ResyncStatus:
    """Measure one resync."""
    counts = ledger.history.counts([run.id])[run.id]
    operations = ledger.history.operation_states(run.id)
    return ResyncStatus(
        run=told(run, counts),
        rows=int(run.context.get("rows", 0)),
        operations=sum(operations.values()),
        operations_sent=sum(operations.get(each, 0) for each in SENT),
        rate=_rate(ledger, run),
    )


def _rate(ledger: Ledger, run: Run) -> float:
    """Return rows per second among the latest. Rows come in slices: those of the first moment count not."""
    times = [datetime.fromisoformat(each) for each in ledger.history.latest_times(run.id, _LATEST)]
    if not times:
        return 0.0
    first = min(times)
    later = sum(1 for each in times if each > first)
    since, rows = (first, later) if later else (datetime.fromisoformat(run.started_at), len(times))
    seconds = (max(times) - since).total_seconds()
    return rows / seconds if seconds > 0 else 0.0
