"""How a source stands: what was read of it last, or just now, and who follows it."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from reconciler.model.marks import Mark
from reconciler.model.tables import BadRow, Column, TableRow


class SourceState(StrEnum):
    """The states of a reading, and those of a source of which there is none."""

    OK = "ok"
    OLD = "old"
    SHORT = "short"
    FAILED = "failed"
    UNREAD = "unread"  # nothing is known of an earlier reading
    MISTAKES = "mistakes"  # its document cannot be used


class SourceStatus(Struct, frozen=True, kw_only=True):
    """One Source document, where its rows come from, and a reading of it.

    `place` has no secret in it. `offers` is how many offers follow it. `as_of` (aware) is the moment that its
    numbers are of, `age` how long ago that was, and `freshness` how long that may be.
    """

    name: str
    type: str
    place: str
    state: SourceState
    offers: int = 0
    rows: int = 0
    as_of: datetime | None = None
    age: timedelta | None = None
    freshness: timedelta | None = None
    digest: str = ""
    why: str = ""
    hint: str = ""
    bad: tuple[BadRow, ...] = ()
    mark: Mark | None = None


class SourceRows(Struct, frozen=True, kw_only=True):
    """What was read of a source: the columns that may be shown with their cells, and the names of the others."""

    status: SourceStatus
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    hidden: tuple[str, ...] = ()
