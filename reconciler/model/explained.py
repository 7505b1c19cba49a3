"""Why a field is as it is: who declares it, who decides about its toggle, what is live, and what comes next."""

from enum import StrEnum

from msgspec import Struct, field

from reconciler.model.history import Blamed
from reconciler.model.marks import Mark
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Key
from reconciler.model.trace import TraceStep
from reconciler.model.values import Value


class Step(StrEnum):
    """What the next apply does with a field."""

    EQUAL = "equal"
    CHANGE = "change"
    CREATE = "create"
    HELD = "held"  # its module is manual
    OFF = "off"  # its module is off
    FROZEN = "frozen"  # it differs, and cannot be changed any more
    LEFT = "left"  # it differs, and is not written: what was sold stays sold
    UNCLEAR = "unclear"  # what the marketplace answers cannot be read
    UNDECLARED = "undeclared"
    UNASKED = "unasked"  # the marketplace was not asked


class Said(Struct, frozen=True, kw_only=True):
    """What one level says: in a document a value, of a toggle its mode. `wins`: the nearest one decides."""

    level: str
    value: Value
    mark: Mark | None = None
    wins: bool = False


class ExplainedField(Struct, frozen=True, kw_only=True):
    """One field. `said` and `toggles` are the levels that speak of it, the farthest first.

    `live` is what the marketplace has, where `seen` tells that it was asked. `as_remembered` tells whether what is
    declared is what was last true; None where nothing is remembered. `elsewhere`: what our last write put there is
    there no more, so somebody else has written since. `trace` is how a value that comes from a source came to be.
    """

    path: str
    value: Value
    said: tuple[Said, ...]
    module: Module | None
    mode: Mode
    decided: str
    toggles: tuple[Said, ...] = ()
    live: Value = None
    seen: bool = False
    step: Step = Step.UNASKED
    why: str = ""
    as_remembered: bool | None = None
    writer: Blamed | None = None
    elsewhere: bool = False
    trace: tuple[TraceStep, ...] = ()

    @property
    def mark(self) -> Mark | None:
        """Where the value that holds is written."""
        return next((each.mark for each in self.said if each.wins), None)


class Explained(Struct, frozen=True, kw_only=True):
    """One resource with its fields. `there` tells whether it is on the account; None where nobody asked.

    `document` is the name of its document, empty where the key has it.
    """

    key: Key
    mark: Mark | None
    remote_id: str | None = None
    title: str = ""
    document: str = ""
    there: bool | None = None
    fields: tuple[ExplainedField, ...] = field(default=())
