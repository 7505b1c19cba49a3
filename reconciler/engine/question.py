"""What is asked of the planner for one account, besides desired and live."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from reconciler.documents.document import Unusable
from reconciler.engine.diff import Scope
from reconciler.engine.forecast import Known
from reconciler.engine.memory import Recollection
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.marks import Mark
from reconciler.model.memory import Baseline, Managed
from reconciler.model.modules import Mode, Module
from reconciler.model.offers import Desired, Key, Origin
from reconciler.model.outcomes import Accepted
from reconciler.model.resting import AtRest
from reconciler.model.spent import Spent
from reconciler.model.tables import SourceRead


class Question(Struct, frozen=True, kw_only=True):
    """What is asked for one account, besides desired and live.

    `seen_at` is a moment before anything of live was read; None where reading took no time. `managed` is what
    this project manages at the site: the only reason to end what has no document. `foreign` is what other
    projects on the same ledger manage there. `released` are the keys that documents let go, with their places.
    `levels` are the toggles that the project and the account say themselves: they hold for what has no document
    any more. `protected` is who of these two forbids to end anything. `whole` tells that no target, file or
    label narrowed the documents; `others` are those that were not chosen, and `along` the keys of what comes
    along with the chosen. `findings` is the door for what was found out about documents elsewhere: an error
    about a resource holds that back, one about none stops the account. `unusable` are documents that are there
    and have no desired state, `chosen` those of them that a narrowed plan is about; `unread` the places of what
    may declare anything. `references` is the label -> id index. `remembered` is what need not be remembered
    again; None where the plan is none of documents. `accepted` is what was written lately to resources that do
    not show all of it yet, oldest first. `base_market` is the site of the account's plain prices, where it is
    known. `sources` are those that fields were filled in from, and `elsewhere` knows what is remembered of
    offers of other accounts. `begun` tells of a creation that was sent and may bear no key yet. `spent` is what
    was written lately where a marketplace counts the changes. `at_rest` is what is neither desired nor live here,
    and counted all the same. `known` and `slice_of` are for the forecast, and explained there.
    `counted` yields the steps of what takes long to whoever counts them, under the word for it.
    """

    plan_id: str
    login: str
    scope: Scope
    site: str = ""
    seen_at: datetime | None = None
    base_market: str = ""
    project: str = ""
    guards: Mapping[str, Any] = field(default_factory=dict)
    allow: Mapping[str, str] = field(default_factory=dict)
    managed: Mapping[Key, Managed] = field(default_factory=dict)
    foreign: Mapping[Key, Managed] = field(default_factory=dict)
    released: Mapping[Key, Mark | None] = field(default_factory=dict)
    levels: Mapping[Module, Mode] = field(default_factory=dict)
    protected: Origin | None = None
    whole: bool = True
    others: tuple[Desired, ...] = ()
    along: frozenset[Key] = frozenset()
    findings: tuple[Diagnostic, ...] = ()
    unusable: tuple[Unusable, ...] = ()
    chosen: frozenset[Key] = frozenset()
    unread: tuple[Mark, ...] = ()
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remembered: Recollection | None = None
    accepted: tuple[Accepted, ...] = ()
    known: Known = field(default_factory=Known)
    sources: Mapping[str, SourceRead] = field(default_factory=dict)
    elsewhere: Mapping[Key, Baseline] = field(default_factory=dict)
    begun: Callable[[Key], bool] = lambda _key: False
    spent: Mapping[Key, Spent] = field(default_factory=dict)
    slice_of: int = 0
    at_rest: AtRest = field(default_factory=AtRest)
    counted: Callable[[Collection[Any], str], Iterable[Any]] = lambda steps, _task: steps

    @property
    def narrowed(self) -> bool:
        """Tell whether less was asked for than all that is declared."""
        return not self.whole or bool(self.scope.only)
