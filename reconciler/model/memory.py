"""What is remembered of resources: where something was seen or done, what was last true, and whose it is."""

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.modules import Mode
from reconciler.model.offers import Key
from reconciler.model.values import Value


class Site(Struct, frozen=True, order=True):
    """Where something was seen or done: a marketplace, the address of its API, and the login there."""

    marketplace: str
    api: str
    login: str

    def __str__(self) -> str:
        return f"{self.marketplace} {self.api} {self.login}"


class Counted(Struct, frozen=True, kw_only=True):
    """A look at a stock: `left` pieces were there `at` that moment (ISO), and the marketplace counted `sold`.

    None where it did not say how many: not every view of an offer does. `gone` are pieces of an offer that follows
    a source: when they were seen to be missing (ISO), and how many, for as long as the source may not know it.
    `taken` are the moments within a day when all had gone and no buyer had them: somebody else has ended it so.
    `of` is what these pieces are of: source, article, and how many of it one piece takes.
    """

    left: int
    sold: int | None
    at: str
    gone: tuple[tuple[str, int], ...] = ()
    taken: tuple[str, ...] = ()
    of: tuple[tuple[str, str, int], ...] = ()


class Baseline(Struct, frozen=True, kw_only=True):
    """What was last compared and found equal, or written and read back, of one resource.

    `digests` maps field paths to the digest (`digest_of`) of the value that was desired then. `declared` keeps the
    stock number as it was declared then, under its path; `counted` is the look from which sales are reckoned, if
    there is one. `fingerprint` is that of all desired fields, where all of them were true at once: its first half
    of what is neither price nor stock, and this alone where only of that it can be said. `at` is when it was
    remembered (ISO): a plan that is older knows nothing better.
    """

    remote_id: str
    digests: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Value] = field(default_factory=dict)
    counted: Counted | None = None
    fingerprint: str = ""
    at: str = ""


class Managed(Struct, frozen=True, kw_only=True):
    """A resource that the removal of its document may end: of which project, since when and by which run.

    `stock` is the toggle of its stock module at its last apply, `protected` whether its document was protected
    then: what a removal does when no document says.
    """

    key: Key
    remote_id: str
    project: str
    since: str
    run_id: str
    stock: Mode = Mode.AUTO
    protected: bool = False


class StateRow(Struct, frozen=True, kw_only=True):
    """One managed resource, as it is told; `ours` tells whether this project manages it, or another one there."""

    managed: Managed
    site: str
    ours: bool = True
    baseline: Baseline | None = None


class Compared(Struct, frozen=True, kw_only=True):
    """What planning found out about one resource, as far as it is not remembered yet.

    `equal` maps the fields that were compared and found equal to the digest of what is desired, `differ` are the
    others that the project owns, and `whole` tells that all of these were compared. `rest_known`: what is neither
    price nor stock is equal and remembered so, as the first half of the `fingerprint` says, and not among `equal`.
    `fingerprint`, `declared`, `stock` and `protected` are as in `Baseline` and `Managed`; `counted` is the look
    from which sales are reckoned from here on, None where that stays as it was; `replaced` is the number that was
    declared before, where another one is now and anybody knows it. Without a remote id it is to be created.
    `takes_over` tells that its document adopts it, whosever it was; `moved_from` is the name that it had before.
    """

    key: Key
    remote_id: str | None
    equal: Mapping[str, str] = field(default_factory=dict)
    differ: tuple[str, ...] = ()
    whole: bool = True
    rest_known: bool = False
    fingerprint: str = ""
    takes_over: bool = False
    moved_from: str = ""
    declared: Mapping[str, Value] = field(default_factory=dict)
    counted: Counted | None = None
    replaced: int | None = None
    stock: Mode = Mode.AUTO
    protected: bool = False

    @property
    def follows_source(self) -> bool:
        """Tell whether its number comes from a source, or came from one until now: looked at, and not declared."""
        return self.counted is not None and self.declared.get("stock.quantity") is None

    @property
    def agrees(self) -> bool:
        """Tell whether all fields that the project owns were compared, and none differs."""
        return self.whole and not self.differ


class Written(Struct, frozen=True, kw_only=True):
    """What a run wrote to one resource and read back: values by field path, and its stock as it was seen then."""

    remote_id: str
    after: Mapping[str, Value] = field(default_factory=dict)
    counted: Counted | None = None


class Remembered(Struct, frozen=True, kw_only=True):
    """What is to be remembered, and of what a project lets go; `taken` it takes over from other projects.

    `forgotten` is off the account for good: what was true of it counts no more.
    """

    baselines: Mapping[Key, Baseline] = field(default_factory=dict)
    managed: tuple[Managed, ...] = ()
    released: tuple[Key, ...] = ()
    taken: tuple[Key, ...] = ()
    forgotten: tuple[Key, ...] = ()
