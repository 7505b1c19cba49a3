"""Where parts lie: a list of immutable pieces under names, changed as a whole or not at all."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from reconciler.runtime.errors import LedgerFailed


class Outrun(Exception):  # noqa: N818 - it names what happened
    """Somebody else has changed the list since it was read."""


class Head(Struct, frozen=True):
    """What lies there: a version that no other state has, and the names of the parts, the oldest first."""

    version: str
    parts: tuple[str, ...]


class Remote(Protocol):
    """A place for parts. All of it raises `LedgerFailed` where the place does not answer."""

    def head(self) -> Head | None:
        """Return what lies there now; None before the first part."""

    def read(self, head: Head, names: Sequence[str]) -> Sequence[bytes]:
        """Return parts of a state that `head` returned."""

    def put(self, before: Head | None, parts: Sequence[str], added: Mapping[str, bytes]) -> Head:
        """Have exactly these parts; `added` were not there. Outrun where `before` is not the state any more."""


def damaged(where: str, why: str) -> LedgerFailed:
    """Return the failure of a ledger that holds something which is not ours."""
    return LedgerFailed(
        f"the ledger in {where} is damaged: {why}",
        "nothing was sent; move it away to begin anew: undo, history and drift labels of the past go with it",
    )
