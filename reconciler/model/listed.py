"""Everything that is declared or on sale, one row for each, with the state that it is in."""

from enum import StrEnum

from msgspec import Struct

from reconciler.model.marks import Mark
from reconciler.model.modules import Module
from reconciler.model.offers import Key


class ListedState(StrEnum):
    """The state of one resource. The first ones have a document, the last ones have none."""

    IN_SYNC = "in-sync"
    CHANGES = "changes"
    HELD = "held"
    FROZEN = "frozen"
    LEFT = "left-alone"
    MISSING = "not-on-account"
    AMBIGUOUS = "ambiguous"
    UNCLEAR = "unclear"
    UNSEEN = "not-seen-yet"
    UNMANAGED = "unmanaged"
    DRAFT = "draft"
    ENDED = "ended"
    REMOVED = "document-removed"
    RELEASED = "released"

    @property
    def words(self) -> str:
        """The state as a person says it."""
        return self.value.replace("-", " ")


class Listed(Struct, frozen=True, kw_only=True):
    """One resource: its modules are those of which the project owns a field. `mark` is where it is declared.

    `document` is the name of its document, empty where the key has it or there is none.
    """

    key: Key
    state: ListedState
    remote_id: str | None = None
    title: str = ""
    document: str = ""
    modules: tuple[Module, ...] = ()
    mark: Mark | None = None
