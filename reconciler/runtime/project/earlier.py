"""What the documents of an earlier revision ask for, beside those of now."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.documents.kinds import OFFER, PROJECT_FILE, SOURCE
from reconciler.documents.load import load
from reconciler.engine.causes import with_causes
from reconciler.model.offers import Desired, Key
from reconciler.model.plan import Plan
from reconciler.model.tables import Readout, Source
from reconciler.runtime.errors import BadDocuments
from reconciler.runtime.git import GitSilent
from reconciler.runtime.ledger.place import Place
from reconciler.runtime.options import PlanOptions
from reconciler.runtime.project.changed import changed_since
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.resolve import ReadSources, Resolved, Wanted, resolve_project
from reconciler.runtime.project.workspace import Workspace

#: What a Source says of the use of its rows: which rows are read does not depend on it.
_OF_USE = frozenset({"available", "warehouses", "freshness", "missing", "orders", "map", "rows"})


class KeptReadings(Struct):
    """Reads sources, each once, and keeps what was read: two revisions are compared by the same rows, and so is
    what is looked at again.
    """

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
        new = {name: each for name, each in sources.items() if name not in self.kept}
        found = self.read(new, definitions, project) if new else {}
        self.kept |= {name: (definitions[name], each) for name, each in found.items()}
        return {name: self.kept[name][1] for name in sources if name in self.kept}

    def again(self, committed: "CommittedTables | None" = None) -> "_Again":
        """Return what was read, for a revision that declares the same sources.

        With `committed` a file of the revision counts as it was there: its rows are edited like documents.
        """
        return _Again(self.kept, self.show_private, committed)


class CommittedTables(Protocol):
    """How the tables of a revision are read."""

    def __call__(self, source: Source) -> Readout | None:
        """Return the rows that were committed; None for a source that is no file of the revision."""

    def reads_alike(self, source: Source) -> bool:
        """Tell whether what a source names (a query in a file) was the same there."""


class _Again(Struct, frozen=True):
    kept: Mapping[str, tuple[Mapping[str, Any], Readout]]
    show_private: bool
    committed: CommittedTables | None = None

    def __call__(
        self,
        sources: Mapping[str, Source],
        definitions: Mapping[str, Mapping[str, Any]],
        project: str,  # noqa: ARG002 - as `ReadSources` is called
    ) -> Mapping[str, Readout]:
        """Return the readings of sources that are read alike; of others nothing is known."""
        found: dict[str, Readout] = {}
        for name, source in sources.items():
            own = self.committed(source) if self.committed else None
            if own is not None:
                found[name] = own
            elif name in self.kept and self._alike(source, self.kept[name][0], definitions[name]):
                found[name] = self.kept[name][1]
        return found

    def _alike(self, source: Source, now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
        same = all(now.get(key) == then.get(key) for key in {*now, *then} - _OF_USE)
        return same and (self.committed is None or self.committed.reads_alike(source))


def resolved_at(
    there: Workspace,
    options: PlanOptions,
    read: ReadSources | None,
    images: Callable[[Place], Mapping[str, str]],
    files: Collection[str] | None = None,
) -> Resolved | None:
    """Resolve the documents of a revision with the prices of the same moment; None where there was no project.

    Of `files`, where these are named, and of nothing else, unless sources have a say in them.
    """
    if isinstance(there, Committed) and there.is_empty:
        return None
    some = None
    if files is not None and isinstance(there, Committed):
        found = load(there.documents(files))
        some = None if any(each.kind == SOURCE for each in found.documents) else lambda: found
    try:
        return resolve_project(there, images, options.accounts, read, options.at, some)
    except BadDocuments:
        if not isinstance(there, Committed):
            raise
        return resolve_project(
            there, images, (), read, options.at, some
        )  # an account that is asked for was not there


def files_of_changes(
    workspace: Workspace, plan: Plan, resolved: Iterable[Resolved], commit: str
) -> frozenset[str] | None:
    """Return the files that tell what the changes of a plan came from in a revision; None where all of them do.

    These are what differs from it, where the changes are declared, and all that is no offer. Where numbers follow
    a source, offers that are not among these have a share in them.
    """
    every = tuple(resolved)
    if any(each.sources for each in every):
        return None
    try:
        changed = changed_since(workspace.root, commit)
    except GitSilent:
        return None
    if changed.folders:
        return None
    documents = [each for part in every for each in part.documents.documents]
    others = {each.source.path for each in documents if each.kind != OFFER}
    declared = {each.mark.file for part in plan.accounts for each in part.changes if each.mark}
    return changed.files | others | declared | {PROJECT_FILE}


def caused(plan: Plan, wanted: Iterable[Wanted], before: Resolved | None, commit: str) -> Plan:
    """Return a plan that says of each change where it comes from. Its digest stays: this is only told."""
    now: dict[Key, Desired] = {each.key: each for part in wanted for each in part.desired}
    earlier = before.wanted if before else ()
    then: dict[Key, Desired] = {each.key: each for part in earlier for each in part.desired}
    accounts = tuple(replace(part, changes=with_causes(part.changes, now, then)) for part in plan.accounts)
    return replace(plan, accounts=accounts, base=commit)
