"""What people ask of the runs of a ledger: which there were, what they did, who wrote this value. Reads only."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from reconciler.model.outcomes import Outcome, Result
from reconciler.model.states import OperationState
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.rows import Operation, Run, read_operation, read_outcome, read_run
from reconciler.runtime.ledger.runs import OUTCOME_COLUMNS


class Act(Struct, frozen=True):
    """An operation with the outcome of one of its rows, and when that was recorded."""

    run: Run
    operation: Operation
    outcome: Outcome
    at: str


class History:
    """Questions about the runs of a ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def runs(self, project: str, account: str | None, limit: int) -> list[Run]:
        """Return the latest runs of a project, of one account or of all, newest first."""
        where, values = ("and account = ? ", [account]) if account else ("", [])
        rows = self._db.rows(
            f"select * from runs where project = ? {where}order by started_at desc, id limit ?",  # noqa: S608 - our own words
            [project, *values, limit],
        )
        return [read_run(row) for row in rows]

    def undos(self, run: Run) -> list[Run]:
        """Return the undos of a run, oldest first."""
        rows = self._db.rows(
            "select * from runs where site = ? and project = ? and purpose = 'undo' and started_at >= ? "
            "order by started_at, id",
            (run.site, run.project, run.started_at),
        )
        return [each for each in map(read_run, rows) if each.context["undoes"] == run.id]

    def beginning_with(self, project: str, run_id: str) -> list[Run]:
        """Return the runs of a project whose id begins so, two at most: one is an answer, two are a question."""
        rows = self._db.rows(
            "select * from runs where project = ? and id like ? order by id limit 2", (project, run_id + "%")
        )
        return [read_run(row) for row in rows]

    def counts(self, run_ids: Iterable[str]) -> dict[str, dict[Result, int]]:
        """Count the final outcomes of each run by result: without what was accepted and is not read back."""
        found: dict[str, dict[Result, int]] = defaultdict(dict)
        for run_id in run_ids:
            rows = self._db.rows(
                "select o.result, count(*) from outcomes o join operations p on p.run_id = o.run_id "
                "and p.id = o.operation_id where o.run_id = ? and p.state = ? group by o.result",
                (run_id, OperationState.DONE),
            )
            found[run_id] = {Result(result): int(number) for result, number in rows}
        return found

    def latest_resyncs(self, project: str, account: str | None) -> list[Run]:
        """Return the latest resync of each account, or of one."""
        rows = self._db.rows(
            "select * from runs where project = ? and purpose = 'resync' order by started_at, id", (project,)
        )
        latest = {found.account: found for found in map(read_run, rows)}
        return [each for each in latest.values() if account in (None, each.account)]

    def operation_states(self, run_id: str) -> dict[OperationState, int]:
        """Count the operations of a run by state."""
        rows = self._db.rows("select state, count(*) from operations where run_id = ? group by state", (run_id,))
        return {OperationState(state): int(number) for state, number in rows}

    def outcomes(self, run_id: str) -> dict[str, list[tuple[Outcome, str]]]:
        """Return the outcomes of a run by operation, each with the time of its recording."""
        rows = self._db.rows(
            f"select {OUTCOME_COLUMNS}, o.at from outcomes o join runs r on r.id = o.run_id where o.run_id = ?",  # noqa: S608 - our own words
            (run_id,),
        )
        found: dict[str, list[tuple[Outcome, str]]] = defaultdict(list)
        for *row, at in rows:
            outcome = read_outcome(tuple(row))
            found[outcome.action].append((outcome, at))
        return found

    def latest_times(self, run_id: str, limit: int) -> list[str]:
        """Return when the latest rows of a run were recorded, newest first."""
        rows = self._db.rows("select at from outcomes where run_id = ? order by at desc limit ?", (run_id, limit))
        return [row[0] for row in rows]

    def acts_on(self, kind: str, name: str, project: str, account: str | None) -> list[Act]:
        """Return everything that was done to one resource, newest first."""
        where, values = ("and r.account = ? ", [account]) if account else ("", [])
        rows = self._db.rows(
            f"select r.*, p.*, {OUTCOME_COLUMNS}, o.at from outcomes o "  # noqa: S608 - our own words
            "join runs r on r.id = o.run_id join operations p on p.run_id = o.run_id and p.id = o.operation_id "
            f"where o.kind = ? and o.name = ? and r.project = ? {where}order by r.started_at desc, p.seq desc",
            [kind, name, project, *values],
        )
        return [
            Act(read_run(row[:12]), read_operation(row[12:25]), read_outcome(row[25:35]), row[35]) for row in rows
        ]
