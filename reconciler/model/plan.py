"""A plan: pure data, the same whether it is shown, stored, reviewed or applied."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import chain

from msgspec import Struct, field

from reconciler.model.ages import Ages
from reconciler.model.changes import Change, Settling
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.marks import Mark
from reconciler.model.memory import Compared
from reconciler.model.offers import Key
from reconciler.model.tables import SourceRead
from reconciler.model.undone import ByReason
from reconciler.model.values import Value

FORMAT_VERSION = 1


class Target(Struct, frozen=True, kw_only=True):
    """One resource in an action, with the fields that it carries: path -> (before, after)."""

    key: Key
    remote_id: str | None
    before: Mapping[str, Value]
    after: Mapping[str, Value]


class Action(Struct, frozen=True, kw_only=True):
    """One request (with its completion) that carries changes.

    `id` derives from the plan's id, and is the marketplace's command id where it takes one: sending the same
    plan again is harmless. `kind` and `operation` name an operation of the spec.
    """

    id: str
    kind: str
    operation: str
    wave: int
    targets: tuple[Target, ...]


class Breach(Struct, frozen=True, kw_only=True):
    """One row that breaks a guard: what it is of, and where that was declared.

    `path` leads to the very number (`methods.Kurier.first`), and is empty where the whole resource counts.
    `percent` is by how much a buyer pays more or less.
    """

    key: Key
    path: str = ""
    before: Value = None
    after: Value = None
    percent: Decimal | None = None
    mark: Mark | None = None


class Violation(Struct, frozen=True, kw_only=True):
    """A guard's refusal: the rule, the limit, and the rows that break it."""

    rule: str
    message: str
    rows: tuple[Breach, ...] = ()
    allowed: bool = False


class Forecast(Struct, frozen=True, kw_only=True):
    """What an apply takes: requests by name (`model.requests`), and seconds at the permitted rate.

    `times` are the seconds that each kind of request would take alone, `seconds` those of all of them together:
    different limits run side by side, so it is less than their sum. `words` say what operations are for that have
    names of their own.
    """

    requests: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    words: Mapping[str, str] = field(default_factory=dict)


class Problem(Struct, frozen=True, kw_only=True):
    """What ended the planning of one account. `reason` is what such an end is called in `--json`."""

    reason: str
    summary: str
    hint: str = ""


class AccountPlan(Struct, frozen=True, kw_only=True):
    """The plan of one account.

    `site` is where that was seen, `seen_at` (ISO) the moment, by the account's clock, before anything was read.
    `references` maps kind -> label -> remote id for every reference that the actions use, as it was reviewed.
    `compared` is what an apply of this plan remembers besides what it writes. `released` are keys that we managed
    and let go: they stay on the account, and an apply forgets them.
    `counts`: offers declared, live, changed, unmanaged, unsynced fields by module, offers equal in a module
    (`equal.price`) and those of which it is off (`off.price`); in a narrowed plan offers chosen, other documents
    chosen, documents that come along and that are not selected.
    `archived_days`: what ends can be resumed for so long, `listing_hours`: what is frozen after listing can be
    changed for so long; 0 where the marketplace has no such term.
    `undone` is all that is declared and will not be so after an apply, by reason (`model.undone`).
    `settling` is told and sends nothing: the marketplace has accepted it already.
    `held` has every declared resource that a problem holds back, its own or that of something that it names, with
    the reason in a few words: nothing of it is among the changes, it is not ended and not remembered. An apply
    does the rest, says what was held back, and ends as partly applied. `unread` are files that may declare
    anything of the account: for as long as one cannot be read, nothing counts as removed. With a `problem`
    nothing of the account is planned, and the other accounts go on.
    `population` is how many of each kind are live, `base_market` the site of plain prices: guards are judged by
    them, when it is applied again. `limits` are what its guards allow: rule -> each limit that holds for a change,
    as `reconcile.yaml` would spell it; whoever draws a plan shows them, nobody judges by them. `ages` is how old
    the answers are by which all this was found.
    """

    account: str
    marketplace: str
    login: str
    site: str
    seen_at: str
    spec_revision: str
    complete: bool
    changes: tuple[Change, ...]
    actions: tuple[Action, ...]
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unsynced: tuple[Change, ...] = ()
    settling: tuple[Settling, ...] = ()
    compared: tuple[Compared, ...] = ()
    unmanaged: tuple[str, ...] = ()
    released: tuple[Key, ...] = ()
    undone: ByReason = field(default_factory=dict)
    held: Mapping[Key, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    problem: Problem | None = None
    violations: tuple[Violation, ...] = ()
    population: Mapping[str, int] = field(default_factory=dict)
    base_market: str = ""
    limits: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    reads: Mapping[str, int] = field(default_factory=dict)
    forecast: Forecast = field(default_factory=Forecast)
    archived_days: int = 0
    listing_hours: int = 0
    ages: Ages = field(default_factory=Ages)


class Plan(Struct, frozen=True, kw_only=True):
    """What shall be done in all accounts. `digest` is of the content only; `id` is fresh for each planning.

    `documents` is the digest of the files that it was made of, `sources` are those that it was filled in from.
    `purpose` is apply, undo, resync or migrate; `undoes` names the run whose values an undo puts back. `at` is the
    moment whose prices it has, where another than its own was asked for: it is not applied before. `commit` and
    `tree` are git's names of the revision and of the project's folder, whose tracked files were as committed; else
    empty. `base` is the commit whose documents say of each change where it comes from; empty where nobody asked.
    `refresh` is how much was read for it: a plan of `none` is for looking only, and never applied.
    """

    id: str
    digest: str
    created_at: str
    accounts: tuple[AccountPlan, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    purpose: str = "apply"
    undoes: str = ""
    at: str = ""
    documents: str = ""
    commit: str = ""
    tree: str = ""
    base: str = ""
    refresh: str = "auto"
    sources: tuple[SourceRead, ...] = ()
    format_version: int = FORMAT_VERSION

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes of all accounts."""
        return tuple(chain.from_iterable(part.changes for part in self.accounts))

    @property
    def actions(self) -> tuple[Action, ...]:
        """All actions of all accounts."""
        return tuple(chain.from_iterable(part.actions for part in self.accounts))

    @property
    def forecast(self) -> Forecast:
        """What all accounts take, one after the other."""
        requests: Counter[str] = Counter()
        times: dict[str, float] = {}
        for part in self.accounts:
            requests.update(part.forecast.requests)
            for name, seconds in part.forecast.times.items():
                times[name] = times.get(name, 0.0) + seconds
        words = {name: said for part in self.accounts for name, said in part.forecast.words.items()}
        seconds = sum(part.forecast.seconds for part in self.accounts)
        return Forecast(requests=dict(requests), times=times, seconds=seconds, words=words)

    @property
    def refused(self) -> tuple[Violation, ...]:
        """The guards' refusals that nobody has allowed."""
        return tuple(v for part in self.accounts for v in part.violations if not v.allowed)
