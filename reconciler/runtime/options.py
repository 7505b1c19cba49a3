"""What a person asks for on the command line, as data."""

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.modules import Module
from reconciler.model.offers import Key


class PlanOptions(Struct, frozen=True, kw_only=True):
    """What to plan.

    `accounts`, `targets` (keys, `Kind/name` or offer names), `files` (of the project, or folders) and `select`
    (labels) narrow the documents, targets and files with shell wildcards; `only` narrows the modules and names
    `manual` ones; `refresh` is `auto`, `full`, `list` or `none`; `allow` maps a guard's rule to its lifted limit
    ("" lifts it wholly). `sources` maps sources to files that they are read from, whatever their documents say.
    `at` is the moment whose prices are meant, as it was written; empty for now. `base` is a revision: what its
    documents ask for tells where each change comes from. `changed_since` is a revision, too: only what differs
    from it is planned, and what it has a say in. `touched` is what that comes to, once documents are resolved;
    None: everything. Without `cached`, nothing is taken to be at rest. A plan that is `kept` says of which
    revision it is: for that, git looks at every file.
    """

    accounts: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    select: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[Module] = frozenset()
    refresh: str = "auto"
    allow: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    base: str = ""
    cached: bool = True
    changed_since: str = ""
    touched: frozenset[Key] | None = None
    kept: bool = False


class ApplyOptions(Struct, frozen=True, kw_only=True):
    """How to apply: requests in flight at once, guards lifted for this run, seconds to wait for the lock.

    `canary` offers are applied and looked at before the rest; `lane` overrides the priority of the operations.
    `wait` is for how many seconds, at most, the apply stays with what was accepted; None: the usual time.
    `approved_by` says who has approved the plan, for the history.
    """

    parallelism: int = 30
    allow: Mapping[str, str] = field(default_factory=dict)
    lock_timeout: float = 0.0
    canary: int = 0
    lane: int | None = None
    wait: float | None = None
    approved_by: str = ""
