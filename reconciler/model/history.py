"""What has been done, as it is told: runs, their rows, who wrote a value, and how far a resync is."""

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.offers import Key
from reconciler.model.outcomes import Fault, Result
from reconciler.model.states import RunPhase
from reconciler.model.values import Value

#: Ends a place of which the lines were not committed when the run was planned.
DIRTY = " (dirty)"


class RunTold(Struct, frozen=True, kw_only=True):
    """A run: what it was for, whose it was, and how many rows ended in each way. `left` rows are not finished."""

    id: str
    account: str
    purpose: str
    state: RunPhase
    started_at: str
    finished_at: str | None
    who: Mapping[str, str]
    undoes: str = ""
    counts: Mapping[Result, int] = field(default_factory=dict)
    left: int = 0


class FieldTold(Struct, frozen=True, kw_only=True):
    """One field of one row: the value before, the value that was asked for, and where that was declared."""

    path: str
    before: Value
    after: Value
    place: str = ""


class RowTold(Struct, frozen=True, kw_only=True):
    """One resource in one operation of a run. Without a result it was not finished; `tried`: maybe it was sent.

    What was accepted and not read back is not finished.
    """

    key: Key
    remote_id: str | None
    operation: str
    result: Result | None
    fault: Fault | None = None
    detail: str = ""
    at: str = ""
    tried: bool = False
    fields: tuple[FieldTold, ...] = ()


class Blamed(Struct, frozen=True, kw_only=True):
    """Who wrote the value of a field: the run, the place where it was declared, and how it came from a source."""

    key: Key
    path: str
    value: Value
    before: Value
    run: RunTold
    place: str
    at: str
    result: Result
    because: str = ""


class ResyncStatus(Struct, frozen=True, kw_only=True):
    """How far a resync is: operations are sent, and then their rows are read back and done.

    `rate` is in rows per second, measured; 0 where nothing was measured yet.
    """

    run: RunTold
    rows: int
    operations: int
    operations_sent: int
    rate: float = 0.0

    @property
    def done(self) -> int:
        """The rows that have an outcome."""
        return sum(self.run.counts.values())

    @property
    def seconds_left(self) -> float:
        """The time that the rest takes at the measured rate; 0 where nobody knows."""
        return self.run.left / self.rate if self.rate else 0.0
