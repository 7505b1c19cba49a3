"""Live values that go into documents: what was taken over, what was not and why, and the files as they become."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.marks import Mark
from reconciler.model.offers import Key
from reconciler.model.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """All of it. `files` maps a path to its text before and after."""

    taken: tuple[Taken, ...] = ()
    refused: tuple[Taken, ...] = ()
    files: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
