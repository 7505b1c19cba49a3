"""All sources that a command needs, each read once: a young reading is shared, and one process reads at a time."""

import asyncio
import os
import socket
import uuid
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from reconciler.engine.rules.judging import failed
from reconciler.engine.rules.torn import kept, without_torn
from reconciler.engine.source_guards import SHRINK
from reconciler.model.tables import ReadingState, Readout, Source
from reconciler.runtime.clock import WallClock
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.state import open_cache, read_ledger
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.reading import Surroundings, kept_under, read
from reconciler.runtime.sources.staging import stage, staged

#: A reading that is younger is as good as a new one.
SHARED = timedelta(seconds=60)
#: Milliseconds. Whoever reads prolongs nothing: a reading takes longer only where a source is in trouble.
_LEASE = 60_000
#: Seconds between two looks whether the other one is done; they last until a lease has ended.
_A_MOMENT = 0.2
_LOOKS = round(_LEASE / 1000 / _A_MOMENT) + 5


class SourceReader(Struct, frozen=True, kw_only=True):
    """How a command reads sources: `instead` names files to read them from, `allow` the lifted guards.

    `near`: only files are read, and of all others what was read last is taken. `anew`: what was read before
    the command began does not do. `show_private` lets what is private be told.
    """

    workspace: Workspace
    progress: Progress
    instead: Mapping[str, str] = field(default_factory=dict)
    allow: Mapping[str, str] = field(default_factory=dict)
    near: bool = False
    anew: bool = False
    show_private: bool = False

    def __call__(
        self, sources: Mapping[str, Source], definitions: Mapping[str, Mapping[str, Any]], project: str
    ) -> Mapping[str, Readout]:
        """Read these sources."""
        around = Surroundings(workspace=self.workspace, clock=WallClock(), instead=self.instead)
        root, quiet = self.workspace.root, Silent().note
        with closing(read_ledger(root, quiet)) as ledger, closing(open_cache(root, quiet)) as cache:
            return _Gathering(self, around, ledger, cache, project).all(sources, definitions)


class _Gathering(Struct, frozen=True):
    reader: SourceReader
    around: Surroundings
    ledger: Ledger
    cache: Cache
    project: str

    def all(
        self, sources: Mapping[str, Source], definitions: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Readout]:
        found: dict[str, Readout] = {}
        for name, source in sources.items():
            found[name] = self._one(source, kept_under(source, definitions[name], self.around, self.project))
        return found

    def _one(self, source: Source, key: str) -> Readout:
        """Return the reading of a source, and what it is held against: what was known of each article before."""
        reading = self._found(source, key)
        if reading.state is not ReadingState.OK:
            return reading
        before, may_shrink = self.ledger.row_counts.of(self.project, source.name), self._may_shrink(source)
        now = kept(source, reading, before, fewer=may_shrink)
        if now != before and source.name not in self.around.instead:
            self.ledger.row_counts.keep(self.project, source.name, now)
        return reading if may_shrink else without_torn(source, reading, before)

    def _found(self, source: Source, key: str) -> Readout:
        """Take a young reading, or read while nobody else does. A file is nobody's burden: everybody reads it."""
        if "path" in source.settings or source.name in self.around.instead:
            return self._read(source, key)
        if self.reader.near:
            last = staged(self.cache, key, source)
            now = self.around.clock.now()
            return last[1] if last else failed(source, "it was not read before", "", now, short=False)
        return self._alone(source, key)

    def _alone(self, source: Source, key: str) -> Readout:
        began = self.around.clock.now()
        lease, me = f"source {self.project} {source.name}", f"{socket.gethostname()} {os.getpid()} {uuid.uuid4()}"
        for look in range(_LOOKS):
            young = self._young(source, key, began)
            if young is not None:
                return young
            if self.ledger.leases.take(lease, me, _LEASE):
                break
            if look == 1:
                self.reader.progress.note(f"waiting: somebody else reads {source.name}")
            asyncio.run(self.around.clock.sleep(_A_MOMENT))
        try:
            return self._read(source, key)
        finally:
            self.ledger.leases.release(lease, me)

    def _young(self, source: Source, key: str, began: datetime) -> Readout | None:
        """Return a reading that somebody made just now, with numbers as young as the source wants them."""
        now = self.around.clock.now()
        last = staged(self.cache, key, source, after=began if self.reader.anew else now - SHARED)
        if last is None or last[0] > now:
            return None
        reading = last[1]
        too_old = source.freshness is not None and now - reading.as_of > source.freshness
        return None if too_old else reading

    def _may_shrink(self, source: Source) -> bool:
        lifted = self.reader.allow.get(SHRINK)
        return lifted is not None and (not lifted or source.name in lifted.split(","))

    def _read(self, source: Source, key: str) -> Readout:
        last_good = None if self._may_shrink(source) else self.ledger.readings.rows(self.project, source.name)
        self.reader.progress.start(f"reading {source.name}")
        try:
            reading = read(source, self.around, last_good)
        finally:
            self.reader.progress.finish()
        now = self.around.clock.now()
        stage(self.cache, key, reading, now)
        if reading.state is ReadingState.OK and source.name not in self.around.instead:
            self.ledger.readings.good(self.project, source.name, len(reading.rows), reading.digest, now)
        return reading
