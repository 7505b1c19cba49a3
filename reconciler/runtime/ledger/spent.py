"""How often a resource was written lately: what a marketplace lets change of it in a day is counted here."""

import json
from collections.abc import Iterable
from datetime import datetime

from reconciler.model.offers import Key
from reconciler.model.outcomes import FaultKind, Result
from reconciler.model.spent import Spent
from reconciler.runtime.ledger.database import Database
from reconciler.runtime.ledger.place import Place

#: Rows of runs that had not ended by then: of any project, since the marketplace counts for the seller. `cross
#: join` keeps SQLite to this order: from the few runs outwards, however long the history is.
_LATELY = (
    "from runs r cross join operations p cross join outcomes o "
    "where r.site = ? and (r.finished_at is null or r.finished_at > ?) and p.run_id = r.id "
    "and o.run_id = p.run_id and o.operation_id = p.id and o.at > ? and o.kind = ? and p.operation = ? "
)


class SpentChanges:
    """The writes of a ledger, counted by what they changed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def since(self, place: Place, moment: datetime, operations: Iterable[tuple[str, str]]) -> dict[Key, Spent]:
        """Count what was sent with these operations (kind, name) since a moment, by resource: done, or maybe."""
        at = moment.isoformat()
        times: dict[Key, int] = {}
        first: dict[Key, datetime] = {}
        refused: dict[Key, datetime] = {}
        for kind, operation in operations:
            where = (*place.of_site, at, at, kind, operation)
            for name, number, oldest in self._db.rows(
                f"select o.name, count(*), min(o.at) {_LATELY} and o.result in (?, ?) group by o.name",
                (*where, Result.APPLIED, Result.UNKNOWN),
            ):
                key, began = place.key(kind, name), datetime.fromisoformat(oldest)
                times[key] = times.get(key, 0) + number
                first[key] = min(began, first.get(key, began))
            for name, fault, said_at in self._db.rows(
                f"select o.name, o.fault, o.at {_LATELY} and o.result = ? and o.fault is not null",
                (*where, Result.REFUSED),
            ):
                if json.loads(fault)["kind"] == FaultKind.SPENT:
                    key, came = place.key(kind, name), datetime.fromisoformat(said_at)
                    refused[key] = max(came, refused.get(key, came))
        return {
            key: Spent(times.get(key, 0), first.get(key) or refused[key], refused.get(key))
            for key in {*times, *refused}
        }
