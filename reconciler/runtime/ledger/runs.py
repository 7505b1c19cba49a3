"""Runs, their operations as rows, and what became of them: the crash journal and the history.

An operation moves as `model.states` says. `claim` raises its epoch and commits before any request
leaves; every later write names that epoch, so whoever was overtaken can write nothing more.

Only the holder of a run (see `holders`) claims and sends.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from reconciler.model.memory import Compared
from reconciler.model.offers import Key
from reconciler.model.outcomes import Outcome, Result
from reconciler.model.spec import Role
from reconciler.model.states import LEFT_TO_SEND, OperationState, RunPhase, came_from
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import (
    Attempt,
    Ended,
    Operation,
    Record,
    Run,
    _outcome_row,
    _row,
    action_text,
    compared_body,
    listed,
    read_compared,
    read_operation,
    read_outcome,
    read_run,
)

#: Operations whose outcomes are written in one transaction: others wait for it to end.
_TOGETHER = 500
#: The states from which an operation gets into each, as SQL.
_CAME_FROM = {state: listed(came_from(state)) for state in OperationState}
#: What may be asked of an operation only while the run is open and in the hands of `holder`.
_HELD = (
    "exists (select 1 from holders h join runs r on r.id = h.run_id "  # noqa: S608 - our own words
    f"where h.run_id = operations.run_id and h.holder = ? and r.state = '{RunPhase.OPEN}')"
)


class Runs:
    """All runs of a ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, run: Run, operations: Iterable[Operation], compared: Iterable[Compared] = ()) -> None:
        """Record a run with everything that it will do, in one transaction, before anything is sent.

        `compared` is what its plan saw of the resources that it writes to: whoever finishes it remembers by that.
        """
        with self._db.transaction():
            self._db.run(
                "insert into runs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run.id,
                    run.site,
                    run.project,
                    run.account,
                    run.purpose,
                    run.plan_id,
                    run.digest,
                    run.state,
                    run.started_at,
                    run.finished_at,
                    json.dumps(dict(run.who)),
                    json.dumps(dict(run.context)),
                ),
            )
            self._db.many(_OPERATION, map(_row, operations))
            self._db.many(
                "insert into compared values (?, ?, ?, ?)",
                ((run.id, each.key.kind, each.key.name, compared_body(each)) for each in compared),
            )

    def by_id(self, run_id: str) -> Run:
        """Return a run that is there."""
        (row,) = self._db.rows("select * from runs where id = ?", (run_id,))
        return read_run(row)

    def find(self, place: Place, run_id: str) -> Run | None:
        """Return a run of a project at a site, if it is there."""
        row = self._db.row(
            "select * from runs where site = ? and project = ? and id = ?", (*place.of_project, run_id)
        )
        return read_run(row) if row else None

    def compared(self, run_id: str) -> list[Compared]:
        """Return what the plan of a run saw of the resources that the run writes to."""
        rows = self._db.rows(
            "select r.account, c.kind, c.name, c.body from compared c join runs r on r.id = c.run_id "
            "where c.run_id = ? order by c.kind, c.name",
            (run_id,),
        )
        return [read_compared(Key(account, kind, name), bytes(body)) for account, kind, name, body in rows]

    def unfinished(self, place: Place) -> Run | None:
        """Return the latest run of an account that still has open rows; a resync is nobody's else to finish."""
        return self._open(place, "purpose <> 'resync'")

    def unfinished_resync(self, place: Place) -> Run | None:
        """Return the resync of an account that still has open rows."""
        return self._open(place, "purpose = 'resync'")

    def _open(self, place: Place, which: str) -> Run | None:
        row = self._db.row(
            f"select * from runs where site = ? and project = ? and state = '{RunPhase.OPEN}' and {which} "  # noqa: S608 - our own words
            "order by started_at desc, id limit 1",
            place.of_project,
        )
        return read_run(row) if row else None

    def first_start(self, place: Place) -> str | None:
        """Return when the oldest run of an account began (ISO)."""
        row = self._db.row("select min(started_at) from runs where site = ?", place.of_site)
        return row[0] if row else None

    def last_end(self, place: Place, after: datetime, until: datetime) -> str | None:
        """Return when the last run at a site ended (ISO) within these moments, if one did."""
        row = self._db.row(
            "select max(finished_at) from runs where site = ? and finished_at > ? and finished_at <= ?",
            (*place.of_site, after.isoformat(), until.isoformat()),
        )
        return row[0] if row else None

    def lately(self, place: Place, since: datetime) -> list[tuple[str, str]]:
        """Return id and end (ISO, or empty) of the runs at a site that had not ended by then."""
        rows = self._db.rows(
            "select id, finished_at from runs where site = ? and (finished_at is null or finished_at >= ?)",
            (*place.of_site, since.isoformat()),
        )
        return [(run_id, ended or "") for run_id, ended in rows]

    def sent(self, run_id: str) -> list[tuple[Operation, str]]:
        """Return what a run has or may have sent, and when the latest of it was recorded (ISO, or empty)."""
        rows = self._db.rows(
            "select p.*, (select max(o.at) from outcomes o where o.run_id = p.run_id and o.operation_id = p.id) "  # noqa: S608 - our own words
            f"from operations p where p.run_id = ? and p.state <> '{OperationState.OPEN}'",
            (run_id,),
        )
        return [(read_operation(tuple(row)), at or "") for *row, at in rows]

    def of_plan(self, place: Place, plan_id: str) -> Run | None:
        """Return the run of this plan, whatever its state."""
        row = self._db.row(
            "select * from runs where site = ? and project = ? and plan_id = ?", (*place.of_project, plan_id)
        )
        return read_run(row) if row else None

    def finish(self, run_id: str, holder: str, state: RunPhase, at: str) -> bool:
        """Record that a run has no open row any more, or was given up; False when it is in other hands."""
        sql = (
            "update runs set state = ?, finished_at = ? where id = ? "
            "and exists (select 1 from holders where run_id = ? and holder = ?)"
        )
        return self._db.run(sql, (state, at, run_id, run_id, holder)) > 0

    def operations(self, run_id: str, state: OperationState | None = None) -> list[Operation]:
        """Return the operations of a run in their order: all of them, or those in one state."""
        rows = self._db.rows(
            "select * from operations where run_id = ? and state like ? order by seq, id", (run_id, state or "%")
        )
        return [read_operation(row) for row in rows]

    def states(self, run_id: str) -> dict[str, OperationState]:
        """Return the state of each operation of a run; what they carry is not read."""
        rows = self._db.rows("select id, state from operations where run_id = ?", (run_id,))
        return {row_id: OperationState(state) for row_id, state in rows}

    def answered(self, run_id: str) -> dict[str, int]:
        """Return the epochs of the operations that have been answered, and not yet read back."""
        rows = self._db.rows(
            f"select id, epoch from operations where run_id = ? and state = '{OperationState.ANSWERED}' "  # noqa: S608 - our own words
            "order by seq, id",
            (run_id,),
        )
        return {row_id: int(epoch) for row_id, epoch in rows}

    def claim(self, run_id: str, operation_id: str, holder: str) -> Attempt | None:
        """Take an operation: epoch + 1, committed before any request. None when it is done or not ours."""
        row = self._db.row(
            f"update operations set state = '{OperationState.CLAIMED}', epoch = epoch + 1 "  # noqa: S608 - our own words
            f"where run_id = ? and id = ? and state in ({_CAME_FROM[OperationState.CLAIMED]}) "
            f"and {_HELD} returning epoch, sent_at",
            (run_id, operation_id, holder),
        )
        return Attempt(int(row[0]), row[1]) if row else None

    def record_and_claim(
        self, run_id: str, steps: Iterable[tuple[Ended | None, str]], holder: str
    ) -> list[tuple[bool, Attempt | None]]:
        """Write what became of operations and take the next ones, in one transaction: as `record` and `claim` do.

        Each step is what its worker has ended, if anything, and the id of what it takes, if it takes any; for each
        is returned whether the record was written, and the claim.
        """
        with self._db.transaction():
            return [
                (
                    ended is not None and self._record(ended.record, run_id, ended.at, ended.accepted_at),
                    self.claim(run_id, operation_id, holder) if operation_id else None,
                )
                for ended, operation_id in steps
            ]

    def presume_sent(self, run_id: str, at: str) -> None:
        """Count everything that is open as sent until now: its holder is gone, and may have published less."""
        self._db.run(
            f"update operations set state = '{OperationState.CLAIMED}', sent_at = ? "  # noqa: S608 - our own words
            f"where run_id = ? and state in ({listed(LEFT_TO_SEND)})",
            (at, run_id),
        )

    def sending(self, run_id: str, operation_id: str, epoch: int, holder: str, at: str) -> bool:
        """Record that a creation leaves now; False when somebody has taken the run over.

        The latest of these moments is what a later attempt counts the grace of a lagging list from.
        """
        return (
            self._db.run(
                "update operations set sent_at = ? "  # noqa: S608 - our own words
                f"where run_id = ? and id = ? and epoch = ? and {_HELD}",
                (at, run_id, operation_id, epoch, holder),
            )
            > 0
        )

    def holds(self, run_id: str, operation_id: str, epoch: int, holder: str) -> bool:
        """Tell whether an operation is still in the hands that claimed it."""
        sql = f"select 1 from operations where run_id = ? and id = ? and epoch = ? and {_HELD}"  # noqa: S608 - our own words
        return self._db.row(sql, (run_id, operation_id, epoch, holder)) is not None

    def record(
        self,
        run_id: str,
        operation_id: str,
        epoch: int,
        outcomes: Iterable[Outcome],
        *,
        state: OperationState,
        at: str,
        accepted_at: str | None = None,
    ) -> bool:
        """Write what became of an operation, guarded by its epoch; False when somebody has taken it over."""
        with self._db.transaction():
            return self._record(Record(operation_id, epoch, state, tuple(outcomes)), run_id, at, accepted_at)

    def record_all(self, run_id: str, records: Sequence[Record], at: str) -> None:
        """Write what became of many operations; those that somebody has taken over are left alone."""
        for first in range(0, len(records), _TOGETHER):
            with self._db.transaction():
                for each in records[first : first + _TOGETHER]:
                    self._record(each, run_id, at)

    def _record(self, record: Record, run_id: str, at: str, accepted_at: str | None = None) -> bool:
        where = (run_id, record.operation_id, record.epoch)
        held = self._db.run(
            "update operations set state = ?, accepted_at = coalesce(?, accepted_at) "  # noqa: S608 - our own words
            f"where run_id = ? and id = ? and epoch = ? and state in ({_CAME_FROM[record.state]})",
            (record.state, accepted_at, *where),
        )
        if held:
            self._db.many(_OUTCOME, [_outcome_row(*where, each, at) for each in record.outcomes])
        return held > 0

    def split(self, record: Record, rest: Operation, parts: Sequence[Operation], holder: str, at: str) -> bool:
        """Leave to an operation the rows that have an outcome, and give the others to new ones, all or nothing.

        False when somebody has taken the run over: the operation is as it was, and theirs.
        """
        where = (rest.run_id, record.operation_id, record.epoch)
        with self._db.transaction():
            held = self._db.run(
                "update operations set body = ?, digest = ? "  # noqa: S608 - our own words
                f"where run_id = ? and id = ? and epoch = ? and state = '{OperationState.CLAIMED}' and {_HELD}",
                (action_text(rest.action), rest.digest, *where, holder),
            )
            if held:
                self._record(record, rest.run_id, at, rest.accepted_at)
                self._db.many(_OPERATION, map(_row, parts))
        return held > 0

    def outcomes_answered(self, run_id: str) -> list[Outcome]:
        """Return the outcomes of operations that have been answered, and not yet read back."""
        rows = self._db.rows(
            f"select {OUTCOME_COLUMNS} "  # noqa: S608 - our own words
            "from operations p join outcomes o on o.run_id = p.run_id and o.operation_id = p.id "
            f"join runs r on r.id = o.run_id where p.run_id = ? and p.state = '{OperationState.ANSWERED}'",
            (run_id,),
        )
        return [read_outcome(row) for row in rows]

    def outcomes(self, run_id: str) -> list[Outcome]:
        """Return every recorded outcome of a run."""
        rows = self._db.rows(
            f"select {OUTCOME_COLUMNS} "  # noqa: S608 - our own words
            "from outcomes o join runs r on r.id = o.run_id where o.run_id = ?",
            (run_id,),
        )
        return [read_outcome(row) for row in rows]

    def created(self, place: Place, run_id: str) -> dict[tuple[str, str], str]:
        """Return the ids of what a run has created so far."""
        rows = self._db.rows(
            "select kind, name, remote_id from created where site = ? and run_id = ?", (*place.of_site, run_id)
        )
        return {(kind, name): remote_id for kind, name, remote_id in rows}

    def ever_created(self, place: Place) -> dict[tuple[str, str], str]:
        """Return the newest id of everything that any run has created."""
        rows = self._db.rows(
            "select c.kind, c.name, c.remote_id from created c left join runs r on r.id = c.run_id "
            "where c.site = ? order by r.started_at",
            place.of_site,
        )
        return {(kind, name): remote_id for kind, name, remote_id in rows}

    def newest_created(self, place: Place, kind: str, name: str) -> str | None:
        """Return the newest id of one thing that any run has created: one look into an index."""
        row = self._db.row(
            "select c.remote_id from created c left join runs r on r.id = c.run_id "
            "where c.site = ? and c.kind = ? and c.name = ? order by coalesce(r.started_at, '') desc limit 1",
            (*place.of_site, kind, name),
        )
        return row[0] if row else None

    def left_open(self, place: Place, kind: str, name: str) -> str | None:
        """Return when a creation was sent first of which nobody knows what became, and no later one does."""
        row = self._db.row(
            "select min(p.sent_at) from outcomes o join runs r on r.id = o.run_id "  # noqa: S608 - our own words
            "join operations p on p.run_id = o.run_id and p.id = o.operation_id "
            f"where o.kind = ? and o.name = ? and r.site = ? and p.operation = '{Role.CREATE}' "
            f"and o.result = '{Result.UNKNOWN}' and o.remote_id is null and not exists "
            "(select 1 from created c where c.site = r.site and c.kind = o.kind and c.name = o.name)",
            (kind, name, *place.of_site),
        )
        return row[0] if row else None

    def remember_created(self, place: Place, run_id: str, kind: str, name: str, remote_id: str) -> None:
        """Record the id of something new at once: it is what keeps a second one from being created."""
        self._db.run(
            "insert into created values (?, ?, ?, ?, ?) on conflict (site, kind, name, run_id) "
            "do update set remote_id = excluded.remote_id",
            (*place.of_site, run_id, kind, name, remote_id),
        )


#: What `read_outcome` reads, of outcomes `o` and their runs `r`.
OUTCOME_COLUMNS = (
    "r.account, o.operation_id, o.kind, o.name, o.result, o.remote_id, o.detail, o.fault, o.stale, o.settling"
)
_OPERATION = "insert into operations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OUTCOME = (
    "insert into outcomes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "on conflict (run_id, operation_id, kind, name) do update set result = excluded.result, "
    "remote_id = excluded.remote_id, detail = excluded.detail, fault = excluded.fault, "
    "trace_id = excluded.trace_id, stale = excluded.stale, settling = excluded.settling, "
    "epoch = excluded.epoch, at = excluded.at"
)
