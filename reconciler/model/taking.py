"""Live values that go into documents: what was taken over, what was not and why, and the files as they become."""

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.marks import Mark
from reconciler.model.offers import Key
from reconciler.model.values import Value


class Taken(Struct, frozen=True, kw_only=True):
    """One field: what was declared and where, and what is live. Without a `reason` it goes into its document.

    `file` is that of its document.
    """

    key: Key
    path: str
    declared: Value
    live: Value
    level: str = ""
    mark: Mark | None = None
    file: str = ""
    reason: str = ""


class Taking(Struct, frozen=True, kw_only=True):
    """All of it. `files` maps a path to its text before and after."""

    taken: tuple[Taken, ...] = ()
    refused: tuple[Taken, ...] = ()
    files: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
