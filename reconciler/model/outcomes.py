"""What became of an action. Outcomes speak in the past tense; a marketplace's refusal is data."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from reconciler.model.offers import Key
from reconciler.model.plan import Forecast, Target
from reconciler.model.timeline import Timeline
from reconciler.model.values import Value


class FaultKind(StrEnum):
    """Why a request failed, as far as the next step depends on it."""

    TRANSIENT = "transient"  # may go through later, nothing was done
    THROTTLED = "throttled"  # too fast: the whole client waits
    AUTH = "auth"  # the token, or a missing right: holds for the whole run
    REJECTED = "rejected"  # the marketplace said no to this content
    CONFLICT = "conflict"  # something else is being done to the same resource
    MISSING = "missing"  # the resource is not there
    SPENT = "spent"  # the changes of this resource that a day takes are used up
    UNKNOWN = "unknown"  # nobody knows whether it was done


class Complaint(Struct, frozen=True, kw_only=True):
    """One thing that the marketplace says is wrong, and what in the documents it speaks of.

    `pointer` is the place in the request, in its own words. `field` is the field that it means, `part` the way
    from there into its value, and `path` both as they are shown (`content.parameters.Stan`); all empty where it is
    not known. `declared` is the value there, `place` where it was written, `allowed` what is possible.
    """

    pointer: str
    message: str
    field: str = ""
    part: tuple[str, ...] = ()
    path: str = ""
    declared: Value = None
    place: str = ""
    allowed: tuple[str, ...] = ()


class Fault(Struct, frozen=True, kw_only=True):
    """A failure in the marketplace's own words, with the trace id that its support asks for.

    `ours`: it is we who say that this cannot be sent, and nothing was.
    """

    kind: FaultKind
    code: str
    message: str
    path: str = ""
    trace_id: str = ""
    complaints: tuple[Complaint, ...] = ()
    ours: bool = False


#: The code of the fault of what would cost more than was allowed.
NOT_ALLOWED = "FeeNotAllowed"


class Result(StrEnum):
    """`applied` has been read back. `unknown` was sent, and nobody could observe what became of it."""

    APPLIED = "applied"
    REFUSED = "refused"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


#: How the detail of a row begins that was too late for a window of prices.
LAPSED = "its price held until"


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one resource of one action.

    `stale` marks a skip because the live value had moved, or its price holds no more
    (`lapsed`); `settling` an unknown of which one thing is known: the marketplace accepted it, and does not show
    it yet. `unnamed` marks a refusal of the whole request, of which nothing was done, that does not name this
    row: it may be for another one, so this one may be sent apart.
    """

    action: str
    key: Key
    result: Result
    remote_id: str | None = None
    fault: Fault | None = None
    detail: str = ""
    stale: bool = False
    settling: bool = False
    unnamed: bool = False

    @property
    def lapsed(self) -> bool:
        """Tell whether it was left out because a window of prices, or the day of a rule, is over."""
        return self.stale and self.detail.startswith(LAPSED)


class Arrival(StrEnum):
    """What a stock number tells of a write to it, as buyers move it too."""

    COME = "come"  # no sales lead to it without the write
    UNSURE = "unsure"  # some do, with it and without it
    NOT_YET = "not_yet"  # no sales lead to it with the write
    STRANGE = "strange"  # none do at all: somebody else has moved it


class Accepted(Struct, frozen=True, kw_only=True):
    """A write that the marketplace accepted, as it is remembered: whose it was, what it wrote, and when.

    `target` has the id under which it can be read; `shown` tells that it has been read back since. `number` is
    what the stock tells, where the write is of a number that a person wrote.
    """

    run_id: str
    action: str
    operation: str
    target: Target
    at: datetime
    shown: bool
    number: Arrival | None = None


class StopReason(StrEnum):
    """Why a run went no further, where the next step depends on it."""

    AUTHENTICATION = "authentication"  # the token is refused, or lacks a right
    OVERTAKEN = "overtaken"  # another process has taken the run over
    INTERRUPTED = "interrupted"  # Ctrl-C or SIGTERM
    STALE = "stale"  # the plan was made for something else than what is there now
    LOCKED = "locked"  # somebody else is at work on the account
    GUARD = "guard"  # a guard refuses the account's part of the plan
    DOCUMENTS = "documents"  # its documents have mistakes that concern all of it
    FAILED = "failed"  # the marketplace or the ledger did not answer as it should


class Stop(Struct, frozen=True, kw_only=True):
    """The end of a run of one account before its last row: why, in one sentence, and what to do next."""

    account: str
    reason: StopReason
    summary: str
    hint: str


class Report(Struct, frozen=True, kw_only=True):
    """All outcomes of one run. The counts add up: applied + refused + skipped + unknown = planned.

    `stops` names the accounts whose run was stopped by somebody else; at most one for each account.
    `managed` counts what the removal of a document may end from now on, and could not before; `released` what it
    ended before, and does not any more, though the thing stays on the account.
    `held` are the declared resources that problems held back, with the reasons, and `unread` the files because of
    which nothing counted as removed: the plan has said so before.
    `earlier` are the accounts whose part an earlier apply of the same plan has done, each with that run: their
    rows are among the outcomes, and nothing was sent for them now.
    `seconds` are of the accounts' clocks: a practice marketplace's waits cost no real time, and are counted.
    `timelines` tell when the requests were sent, one for each account that sent any.
    """

    plan_id: str
    outcomes: tuple[Outcome, ...]
    started_at: str
    finished_at: str
    requests: Mapping[str, int] = field(default_factory=dict)
    seconds: int = 0
    forecast: Forecast = field(default_factory=Forecast)
    stops: tuple[Stop, ...] = ()
    managed: int = 0
    released: int = 0
    held: Mapping[Key, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    earlier: Mapping[str, str] = field(default_factory=dict)
    timelines: tuple[Timeline, ...] = ()

    def counts(self) -> dict[Result, int]:
        """Return how many ended in each way, every way named."""
        found = Counter(outcome.result for outcome in self.outcomes)
        return {result: found[result] for result in Result}

    def settling(self) -> int:
        """Return how many of the unknown ones were accepted and do not show yet."""
        return sum(outcome.settling for outcome in self.outcomes)
