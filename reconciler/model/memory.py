"""What is remembered of resources: where something was seen or done, what was last true, and whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.modules import Mode
from reconciler.model.offers import Key
from reconciler.model.values import Value


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """Where something was seen or done: a marketplace, the address of its API, and the login there."""

    marketplace: str
    api: str
    login: str

    def __str__(self) -> str:
        return f"{self.marketplace} {self.api} {self.login}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What was last compared and found equal, or written and read back, of one resource.

    `digests` maps field paths to the digest (`digest_of`) of the value that was desired then. `declared` keeps the
    stock number as it was declared then, under its path; `sold` is how many had been sold by then, where the
    marketplace said so.
    """

    remote_id: str
    digests: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Value] = field(default_factory=dict)
    sold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """A resource that the removal of its document may end: of which project, since when and by which run.

    `stock` is the toggle of its stock module at its last apply: what a removal does when no document says.
    """

    key: Key
    remote_id: str
    project: str
    since: str
    run_id: str
    stock: Mode = Mode.AUTO
