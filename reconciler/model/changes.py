"""A difference on one resource, as it is planned and reviewed."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Key
from reconciler.model.prices import Lowest
from reconciler.model.values import Money, Value


class Verb(StrEnum):
    """What is to be done. Plans speak imperatively."""

    CREATE = "create"
    UPDATE = "update"
    ACTIVATE = "activate"
    END = "end"
    ADOPT = "adopt"
    RENAME = "rename"
    DELETE = "delete"
    REPORT = "report"


class CausedBy(StrEnum):
    """Where a difference comes from, as seen from a revision that a plan is compared with."""

    THIS = "this"  # the documents say something else there: this pull request
    DRIFT = "drift"  # they say the same, and the marketplace has moved since the last apply
    SOURCE = "source"  # they say the same, and the value follows a source
    OTHER = "other"  # they say the same, and it was not applied yet: an earlier merge


class Lasting(StrEnum):
    """What of a change cannot be taken back, in the order in which it is told."""

    ARCHIVED = "archived"  # what has ended can be resumed for so many days, and is gone after that
    UNDELETABLE = "undeletable"  # what is created stays on the account
    AFTER_CREATION = "after_creation"  # some of its fields are fixed from then on
    AFTER_LISTING = "after_listing"  # some are fixed twelve hours after it went on sale
    AFTER_SALE = "after_sale"  # some are fixed from the first purchase
    PAID = "paid"  # it costs money
    CYCLE_END = "cycle_end"  # what is paid for runs until its cycle ends


#: Why a creation may be of something that is there: a list that came out empty looks like an empty account.
CREATED_AGAIN = "it is managed, and the account does not show it any more"


class FieldChange(Struct, frozen=True, kw_only=True):
    """One field: what the plan saw (`before`) and what it shall be (`after`).

    `drift`: our side did not move since the last apply, the live side did. `held`: the module is `manual` and
    was not named, so the change is shown and not applied. `uncommitted`: the lines on which it is declared differ
    from the last commit. `places` says where the parts of a value stand that has
    parts (`Stan`, `Kurier DPD.first`, `1.0.text`), as far as that is elsewhere than `mark`.
    Of what comes from sources, `because` says in a line how it came to be, `rows` which rows decided it
    (`erp/K-300` -> digest), and `refused` why its rule forbids to write it. `cause` is told by plans with a base,
    `lowest` beside the reduction of a price: what it was at least in the 30 days before. `until` is the moment
    (ISO, UTC) from which windows may say something else: from then on it is not sent. `cost` is what the
    marketplace charges for it at once.
    """

    path: str
    module: Module | None
    before: Value
    after: Value
    level: str = ""
    mark: Mark | None = None
    drift: bool = False
    held: bool = False
    uncommitted: bool = False
    places: Mapping[str, Mark] = field(default_factory=dict)
    because: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    cause: CausedBy | None = None
    lowest: Lowest | None = None
    until: str = ""
    cost: Money | None = None

    def place(self, part: str) -> Mark | None:
        """Return where a part of the value was written, or the nearest thing around it."""
        while part:
            if part in self.places:
                return self.places[part]
            part = part.rpartition(".")[0]
        return self.mark


class Change(Struct, frozen=True, kw_only=True):
    """All differences of one resource. `title` is its human name, `reason` one sentence where one is needed.

    `moved_from` is the name that it had before, where its document says that it moved: what is remembered of that
    name is this one's from then on. `document` is the name of its document, empty where the key has it. `labels`
    are those of its document: guards look at them. `lasting` is what of it cannot be taken back, with the fields
    that this is about, and `uses` how many offers use what is changed. `cause` is where it comes from, in plans
    with a base: `this` where any of its fields does. These three are only told.
    """

    key: Key
    verb: Verb
    remote_id: str | None
    title: str = ""
    fields: tuple[FieldChange, ...] = ()
    reason: str = ""
    moved_from: str = ""
    document: str = ""
    mark: Mark | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    lasting: Mapping[Lasting, tuple[str, ...]] = field(default_factory=dict)
    uses: int = 0
    cause: CausedBy | None = None


class Settling(Struct, frozen=True, kw_only=True):
    """A difference that is no change to make: what would remove it was accepted at `accepted_at` (ISO 8601)."""

    change: Change
    accepted_at: str
