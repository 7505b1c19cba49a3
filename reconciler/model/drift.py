"""What has moved on the marketplace since it was last as declared."""

from enum import StrEnum

from msgspec import Struct

from reconciler.model.changes import FieldChange
from reconciler.model.offers import Key


class DriftSide(StrEnum):
    """Which side has moved since both were the same."""

    LIVE = "live"  # the marketplace alone: drift
    BOTH = "both"  # the marketplace and the documents, each to another value
    GONE = "gone"  # the resource is not on the account any more


class Drifted(Struct, frozen=True, kw_only=True):
    """One field that has moved, or a resource that is gone (then without `field`).

    `event` is what the marketplace tells of it since then, by its own name, `event_at` (ISO) the moment, and
    `event_by` whose doing it was, where it says.
    `written_by` names the run that wrote the field last and `written_at` (ISO) when, where this ledger knows it.
    """

    key: Key
    remote_id: str | None
    moved: DriftSide
    title: str = ""
    field: FieldChange | None = None
    written_by: str = ""
    written_at: str = ""
    event: str = ""
    event_at: str = ""
    event_by: str = ""
