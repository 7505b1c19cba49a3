"""Sources that are files of the repository, as they were in a revision: their rows are edited like documents."""

from collections.abc import Mapping

from msgspec import Struct

from reconciler.connectors.base import SourceFault
from reconciler.model.tables import Readout, Source
from reconciler.runtime.clock import WallClock
from reconciler.runtime.project.committed import Committed
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.reading import Surroundings, query_of, read


class TablesOf(Struct, frozen=True, kw_only=True):
    """Reads the tables of a revision (`then`), beside the project as it lies here; `instead`: files, by source."""

    now: Workspace
    then: Committed
    instead: Mapping[str, str]

    def __call__(self, source: Source) -> Readout | None:
        """Return the rows that were committed; None where git has no such file: a feed belongs to no revision."""
        path = source.settings.get("path")
        if not isinstance(path, str) or source.name in self.instead:
            return None
        try:
            if not self.then.tables(path):
                return None
        except WorkspaceFault:
            return None
        return read(source, Surroundings(workspace=self.then, clock=WallClock()), None)

    def reads_alike(self, source: Source) -> bool:
        """Tell whether the query of a source was the same there, where it stands in a file."""
        if source.name in self.instead:
            return True
        try:
            return query_of(source, self.now) == query_of(source, self.then)
        except SourceFault:
            return False
