"""What the documents of an earlier revision ask for, beside those of now."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.engine.causes import with_causes
from reconciler.model.offers import Desired, Key
from reconciler.model.plan import Plan
from reconciler.model.tables import Readout, Source
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.resolve import ReadSources, Wanted, resolve_project


@dataclass(slots=True)
class KeptReadings:
    """Reads sources, and keeps what was read: two revisions are compared by the same rows."""

    read: ReadSources
    kept: dict[str, tuple[Mapping[str, Any], Readout]] = field(default_factory=dict)

    @property
    def show_private(self) -> bool:
        """Tell whether what is private may be told."""
        return self.read.show_private

    def __call__(
        self, sources: Mapping[str, Source], definitions: Mapping[str, Mapping[str, Any]], project: str
    ) -> Mapping[str, Readout]:
        """Read these sources."""
        found = self.read(sources, definitions, project)
        self.kept |= {name: (definitions[name], each) for name, each in found.items()}
        return found

    def again(self) -> "_Again":
        """Return what was read, for a revision that declares the same sources."""
        return _Again(self.kept, self.show_private)


@dataclass(frozen=True, slots=True)
class _Again:
    kept: Mapping[str, tuple[Mapping[str, Any], Readout]]
    show_private: bool

    def __call__(
        self,
        sources: Mapping[str, Source],
        definitions: Mapping[str, Mapping[str, Any]],
        project: str,  # noqa: ARG002 - as `ReadSources` is called
    ) -> Mapping[str, Readout]:
        """Return the readings of sources that were declared alike; of others nothing is known."""
        same = (name for name in sources if name in self.kept and self.kept[name][0] == definitions[name])
        return {name: self.kept[name][1] for name in same}


def desired_at(
    committed: Committed,
    options: PlanOptions,
    read: ReadSources | None,
    images: Callable[[Place], Mapping[str, str]],
) -> tuple[Desired, ...]:
    """Return what the documents of a revision want, with the prices of the same moment."""
    if committed.is_empty:
        return ()
    try:
        found = resolve_project(committed, images, options.accounts, read, options.at)
    except BadDocuments:  # an account that is asked for was not there
        found = resolve_project(committed, images, (), read, options.at)
    return tuple(each for wanted in found.wanted for each in wanted.desired)


def caused(plan: Plan, wanted: Iterable[Wanted], before: Iterable[Desired], commit: str) -> Plan:
    """Return a plan that says of each change where it comes from. Its digest stays: this is only told."""
    now: dict[Key, Desired] = {each.key: each for part in wanted for each in part.desired}
    then: dict[Key, Desired] = {each.key: each for each in before}
    accounts = tuple(replace(part, changes=with_causes(part.changes, now, then)) for part in plan.accounts)
    return replace(plan, accounts=accounts, base=commit)
