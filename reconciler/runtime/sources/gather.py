"""All sources that a command needs, each read once: a young reading is shared, and one process reads at a time."""

import asyncio
import os
import socket
import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from reconciler.engine.source_guards import SHRINK
from reconciler.model.tables import ReadingState, Readout, Source
from reconciler.runtime.clock import WallClock
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.resolve import ReadSources
from reconciler.runtime.project.state import open_cache, read_ledger
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.reading import Surroundings, read
from reconciler.runtime.sources.staging import key_of, stage, staged

#: A reading that is younger is as good as a new one.
SHARED = timedelta(seconds=60)
#: Whoever reads prolongs nothing: a reading takes longer than a lease only where a source is in trouble.
_LEASE = 60_000
_PATIENCE = 50
_A_MOMENT = 0.2


def reader(
    workspace: Workspace,
    progress: Progress,
    *,
    instead: Mapping[str, str] | None = None,
    allow: Mapping[str, str] | None = None,
) -> ReadSources:
    """Return how a command reads sources: `instead` names files to read them from, `allow` the lifted guards."""

    def read(
        sources: Mapping[str, Source], definitions: Mapping[str, Mapping[str, Any]], project: str
    ) -> Mapping[str, Readout]:
        around = Surroundings(workspace=workspace, clock=WallClock(), instead=instead or {})
        lifted = (allow or {}).get(SHRINK)
        shrink = frozenset(lifted.split(",")) if lifted is not None else frozenset()
        ledger, cache = read_ledger(workspace.root, Silent().note), open_cache(workspace.root, Silent().note)
        try:
            return gather(sources.values(), definitions, around, ledger, cache, project, progress, shrink=shrink)
        finally:
            ledger.close()
            cache.close()

    return read


def gather(
    sources: Iterable[Source],
    definitions: Mapping[str, Mapping[str, Any]],
    around: Surroundings,
    ledger: Ledger,
    cache: Cache,
    project: str,
    progress: Progress,
    *,
    shrink: frozenset[str] = frozenset(),
) -> dict[str, Readout]:
    """Read these sources; what is wrong with one is in its reading. `shrink` names those that may have shrunk."""
    found: dict[str, Readout] = {}
    for source in sources:
        named = around.instead.get(source.name, "")
        key = key_of(project, source, definitions[source.name], named)
        found[source.name] = _gathered(source, key, around, ledger, cache, project, progress, shrink)
    return found


def _gathered(
    source: Source,
    key: str,
    around: Surroundings,
    ledger: Ledger,
    cache: Cache,
    project: str,
    progress: Progress,
    shrink: frozenset[str],
) -> Readout:
    lease, me = f"source {project} {source.name}", f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex[:8]}"
    for _ in range(_PATIENCE):
        young = _young(source, key, around, cache)
        if young is not None:
            return young
        if ledger.leases.take(lease, me, _LEASE):
            break
        asyncio.run(around.clock.sleep(_A_MOMENT))
    try:
        progress.note(f"reading {source.name}")
        last_good = None if source.name in shrink or "" in shrink else ledger.readings.rows(project, source.name)
        reading = read(source, around, last_good)
        now = around.clock.now()
        stage(cache, key, reading, now)
        if reading.state is ReadingState.OK and not around.instead:
            ledger.readings.good(project, source.name, len(reading.rows), reading.digest, now)
        return reading
    finally:
        ledger.leases.release(lease, me)


def _young(source: Source, key: str, around: Surroundings, cache: Cache) -> Readout | None:
    """Return a shared reading of a database or an address; a file is read again, for it costs little."""
    if "path" in source.settings or source.name in around.instead:
        return None
    kept = staged(cache, key, source)
    if kept is None:
        return None
    read_at, reading = kept
    return reading if timedelta(0) <= around.clock.now() - read_at < SHARED else None
