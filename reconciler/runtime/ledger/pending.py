"""What the marketplace accepted and does not show yet, as the ledger remembers it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from reconciler.model.offers import Key
from reconciler.model.outcomes import Accepted, Result
from reconciler.model.plan import Target
from reconciler.model.states import REOPENING, OperationState, RunPhase, came_from
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.ledger.rows import Operation, listed, read_operation

_LONG_AGO = "1970-01-01T00:00:00+00:00"
#: So many are asked for with one query: a ledger may be a network away.
_TOGETHER = 500
#: An operation, and its targets by kind and name.
_Indexed = tuple[Operation, dict[tuple[str, str], Target]]
_ARRIVED = "it was accepted, and arrived after the run"

#: Resources of an account with a row that settles; also those of a run that was cut off before it read back.
#: `cross join` keeps SQLite to this order: from the few rows outwards, however long the history is.
_AWAITED = f"""
  select o.kind, o.name from outcomes o cross join runs r
    where o.settling = 1 and o.at >= ? and r.id = o.run_id and r.site = ? and r.project = ?
  union
  select o.kind, o.name from runs r cross join operations p cross join outcomes o
    where r.site = ? and r.project = ? and r.state = '{RunPhase.OPEN}' and p.run_id = r.id
      and p.state = '{OperationState.ANSWERED}'
      and o.run_id = p.run_id and o.operation_id = p.id and o.result = 'applied'"""  # noqa: S608 - our own words


class PendingWrites:
    """The accepted writes of a ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def settling(self, place: Place) -> bool:
        """Tell whether any row settles, or did and was never seen."""
        found = self._db.row(
            "select 1 from outcomes o cross join runs r "
            "where o.settling = 1 and r.id = o.run_id and r.site = ? and r.project = ? limit 1",
            place.of_project,
        )
        return found is not None

    def writes(self, place: Place, since: datetime) -> list[Accepted]:
        """Return what was written since then to all that settles, oldest first; of the rest nothing."""
        mine = place.of_project
        rows = self._db.rows(
            f"with awaited as ({_AWAITED}) "  # noqa: S608 - our own words
            "select o.run_id, o.operation_id, o.kind, o.name, o.remote_id, o.settling, o.result, p.state "
            "from awaited a cross join outcomes o cross join runs r cross join operations p "
            "where o.kind = a.kind and o.name = a.name and o.at >= ? and r.id = o.run_id "
            "and r.site = ? and r.project = ? and p.run_id = o.run_id and p.id = o.operation_id "
            "and p.accepted_at is not null "
            "and (o.settling = 1 or o.result = 'applied') order by p.accepted_at, p.seq",
            (since.isoformat(), *mine, *mine, since.isoformat(), *mine),
        )
        operations = self._operations((row[0], row[1]) for row in rows)
        found = []
        for run_id, operation_id, kind, name, remote_id, settling, result, state in rows:
            operation, targets = operations[run_id, operation_id]
            target = targets[kind, name]
            found.append(
                Accepted(
                    run_id=run_id,
                    action=operation_id,
                    operation=operation.action.operation,
                    target=_of(place, target, remote_id),
                    at=datetime.fromisoformat(operation.accepted_at or ""),
                    shown=not settling and not (state == OperationState.ANSWERED and result == Result.APPLIED),
                )
            )
        return found

    def _operations(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], _Indexed]:
        """Read these operations (run, id), some hundreds with each query."""
        by_run: dict[str, set[str]] = defaultdict(set)
        for run_id, operation_id in wanted:
            by_run[run_id].add(operation_id)
        found = {}
        for run_id, ids in by_run.items():
            for some in _portions(sorted(ids)):
                rows = self._db.rows(
                    f"select * from operations where run_id = ? and id in ({_marks(some)})",  # noqa: S608 - only ?s
                    (run_id, *some),
                )
                for operation in map(read_operation, rows):
                    found[run_id, operation.action.id] = _indexed(operation)
        return found

    def applied(self, place: Place, kind: str, operations: Iterable[str], since: datetime) -> list[Accepted]:
        """Return what these operations wrote to one kind and what was read back since then, oldest first."""
        names = sorted(operations)
        rows = self._db.rows(
            "select o.name, o.remote_id, p.run_id, p.id from runs r cross join operations p "  # noqa: S608 - our own words
            "cross join outcomes o "
            "where r.site = ? and r.project = ? and (r.finished_at is null or r.finished_at >= ?) "
            f"and p.run_id = r.id and p.kind = ? and p.operation in ({_marks(names)}) "
            "and o.run_id = p.run_id "
            "and o.operation_id = p.id and o.result = 'applied' and o.at >= ? order by o.at, p.seq",
            (*place.of_project, since.isoformat(), kind, *names, since.isoformat()),
        )
        known = self._operations((run_id, operation_id) for *_, run_id, operation_id in rows)
        found = []
        for name, remote_id, run_id, operation_id in rows:
            operation, targets = known[run_id, operation_id]
            found.append(_accepted(place, operation, targets[kind, name], remote_id))
        return found

    def applied_to(self, place: Place, keys: Iterable[Key], since: datetime) -> list[Accepted]:
        """Return everything that was written to these and read back since then, each one's oldest first."""
        of_kind: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            of_kind[key.kind].append(key.name)
        rows = [
            (kind, *row)
            for kind, names in of_kind.items()
            for some in _portions(names)
            for row in self._db.rows(
                "select o.name, o.run_id, o.operation_id, o.remote_id from outcomes o cross join runs r "  # noqa: S608 - our own words
                f"where o.kind = ? and o.name in ({_marks(some)}) and o.at >= ? and o.result = 'applied' "
                "and r.id = o.run_id and r.site = ? and r.project = ? order by o.at",
                (kind, *some, since.isoformat(), *place.of_project),
            )
        ]
        operations = self._operations((run_id, operation_id) for _, _, run_id, operation_id, _ in rows)
        found = []
        for kind, name, run_id, operation_id, remote_id in rows:
            operation, targets = operations[run_id, operation_id]
            found.append(_accepted(place, operation, targets[kind, name], remote_id))
        return found

    def between(self, place: Place, earliest: datetime, latest: datetime) -> list[Accepted]:
        """Return what was or may have been written after a moment; what a resync sent again changed nothing."""
        rows = self._db.rows(
            "select o.kind, o.name, o.remote_id, p.* from outcomes o join runs r on r.id = o.run_id "
            "join operations p on p.run_id = o.run_id and p.id = o.operation_id "
            "where r.site = ? and o.at > ? and o.at <= ? and r.purpose <> 'resync' "
            "and o.result in ('applied', 'unknown')",
            (*place.of_site, earliest.isoformat(), latest.isoformat()),
        )
        operations: dict[tuple[str, str], _Indexed] = {}
        found = []
        for kind, name, remote_id, *row in rows:
            where = (row[0], row[1])
            if where not in operations:
                operations[where] = _indexed(read_operation(tuple(row)))
            operation, targets = operations[where]
            found.append(_accepted(place, operation, targets[kind, name], remote_id))
        return found

    def arrived(self, writes: Iterable[Accepted], at: str) -> None:
        """Record that these were seen to be true after their run had ended."""
        with self._db.transaction():
            self._db.many(
                "update outcomes set result = 'applied', settling = 0, fault = null, detail = ?, at = ? "
                "where run_id = ? and operation_id = ? and kind = ? and name = ? and settling = 1",
                [
                    (_ARRIVED, at, each.run_id, each.action, each.target.key.kind, each.target.key.name)
                    for each in writes
                ],
            )

    def reopen(self, place: Place, since: datetime) -> int:
        """Let finished runs be read back again where rows accepted since then settle; return how many runs.

        A resync is gone on with by itself only.
        """
        answered = OperationState.ANSWERED
        settling = "select o.run_id, o.operation_id from outcomes o where o.settling = 1"
        with self._db.transaction():
            self._db.run(
                f"update operations set state = '{answered}' where (run_id, id) in ({settling}) "  # noqa: S608 - our own words
                f"and state in ({listed(came_from(answered, REOPENING))}) and accepted_at >= ? and run_id in "
                f"(select id from runs where site = ? and project = ? and state = '{RunPhase.FINISHED}' "
                "and purpose <> 'resync')",
                (since.isoformat(), *place.of_project),
            )
            return self._db.run(
                f"update runs set state = '{RunPhase.OPEN}', finished_at = null where site = ? and project = ? "  # noqa: S608 - our own words
                f"and state = '{RunPhase.FINISHED}' and purpose <> 'resync' "
                "and id in (select o.run_id from outcomes o join operations p "
                "on p.run_id = o.run_id and p.id = o.operation_id where o.settling = 1 "
                f"and p.state = '{answered}')",
                place.of_project,
            )


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[first : first + _TOGETHER] for first in range(0, len(names), _TOGETHER))


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _indexed(operation: Operation) -> _Indexed:
    return operation, {(each.key.kind, each.key.name): each for each in operation.action.targets}


def _accepted(place: Place, operation: Operation, target: Target, remote_id: str | None) -> Accepted:
    return Accepted(
        run_id=operation.run_id,
        action=operation.action.id,
        operation=operation.action.operation,
        target=_of(place, target, remote_id),
        at=datetime.fromisoformat(operation.accepted_at or _LONG_AGO),
        shown=False,
    )


def _of(place: Place, target: Target, remote_id: str | None) -> Target:
    """Return a target under the key by which the project calls it now: its account may have another name since."""
    key = place.key(target.key.kind, target.key.name)
    return replace(target, key=key, remote_id=remote_id or target.remote_id)
