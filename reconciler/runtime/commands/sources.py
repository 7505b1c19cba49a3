"""`sources`: which there are, what is in them, and whether a plan could use them."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from reconciler.connectors.base import SourceFault
from reconciler.connectors.registry import connector
from reconciler.connectors.tables.csv_writing import csv_of, ended
from reconciler.documents.near import did_you_mean
from reconciler.model.diagnostics import Diagnostic, in_reading_order
from reconciler.model.source_status import SourceRows, SourceState, SourceStatus
from reconciler.model.tables import MissingRow, ReadingState, Readout, Source
from reconciler.runtime.clock import WallClock
from reconciler.runtime.commands.sources_declared import DeclaredSources, declared_sources
from reconciler.runtime.errors import BadDocuments, RunStopped
from reconciler.runtime.ledger import Ledger
from reconciler.runtime.ledger.cache import Cache
from reconciler.runtime.progress import Progress, Silent
from reconciler.runtime.project.state import open_cache, read_ledger
from reconciler.runtime.project.tables import read_maps
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.sources.gather import SourceReader
from reconciler.runtime.sources.reading import Surroundings, kept_under, read_from
from reconciler.runtime.sources.staging import staged
from reconciler.runtime.writing import replace_file, set_time

_CSV = "csv"


class Checked(Struct, frozen=True, kw_only=True):
    """How sources stand, and what is wrong with documents and maps."""

    sources: tuple[SourceStatus, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


class ReadSource(Struct, frozen=True, kw_only=True):
    """A source that was read: what it is declared to be, the whole reading, and how it stands."""

    source: Source
    reading: Readout
    status: SourceStatus


def list_sources(workspace: Workspace) -> Checked:
    """Tell of all sources what was read of them last; nothing is read now."""
    declared, quiet = declared_sources(workspace), Silent().note
    with (
        closing(read_ledger(workspace.root, quiet)) as ledger,
        closing(open_cache(workspace.root, quiet)) as cache,
    ):
        around = Surroundings(workspace=workspace, clock=WallClock())
        found = tuple(_remembered(declared, name, ledger, cache, around) for name in declared.documents)
    return Checked(sources=found, diagnostics=declared.diagnostics)


def check_sources(
    workspace: Workspace, names: Sequence[str], instead: Mapping[str, str], progress: Progress
) -> Checked:
    """Read these sources, or all, and tell whether a plan could use them."""
    declared = declared_sources(workspace, names, instead)
    chosen = tuple(dict.fromkeys(names or declared.documents))
    readings = _readings(workspace, declared, chosen, instead, progress)
    _, unmapped = read_maps(workspace, (declared.usable[name] for name in readings))
    now = WallClock().now()
    return Checked(
        sources=tuple(
            declared.status_of(readings[name], now) if name in readings else declared.status(name)
            for name in chosen
        ),
        diagnostics=in_reading_order([*declared.diagnostics, *unmapped.values()]),
    )


def read_source(workspace: Workspace, name: str, instead: Mapping[str, str], progress: Progress) -> ReadSource:
    """Read a source now. BadDocuments when its document has mistakes."""
    declared = declared_sources(workspace, [name], instead)
    if name not in declared.usable:
        raise BadDocuments(declared.diagnostics)
    reading = _readings(workspace, declared, [name], instead, progress)[name]
    status = declared.status_of(reading, WallClock().now())
    return ReadSource(source=declared.usable[name], reading=reading, status=status)


def rows_of(found: ReadSource, item: str | None, *, show_private: bool) -> SourceRows:
    """Return what may be shown of a reading: of all articles, or of one. RunStopped when there is no row of it."""
    columns = found.source.columns
    shown = [at for at, each in enumerate(columns) if show_private or not each.private]
    key = next(at for at, each in enumerate(columns) if each.name == found.source.item)
    rows = [row for row in found.reading.rows if item is None or row[key] == item]
    if item is not None and not rows and found.reading.state is ReadingState.OK:
        near = did_you_mean(item, sorted({str(row[key]) for row in found.reading.rows}))
        raise RunStopped(f"{found.source.name} has no row of {item}", near)
    return SourceRows(
        status=found.status,
        columns=tuple(columns[at] for at in shown),
        rows=tuple(tuple(row[at] for at in shown) for row in rows),
        hidden=tuple(each.name for at, each in enumerate(columns) if at not in shown),
    )


def write_rows(found: ReadSource, file: Path, *, show_private: bool) -> None:
    """Make a CSV file of a reading that `--source` reads back as the same rows, of the same time.

    RunStopped for a reading that is not whole: in a file it would pass for one that is.
    """
    source, reading = found.source, found.reading
    private = [each.name for each in source.columns if each.private]
    if reading.state not in (ReadingState.OK, ReadingState.OLD):
        raise RunStopped(f"{source.name} is not written to {file}: {reading.why}", reading.hint)
    if reading.bad and source.missing is MissingRow.ZERO:
        summary = (
            f"{source.name} is not written to {file}: it has rows that cannot be used ({reading.bad[0].place})"
        )
        raise RunStopped(summary, "In a file they would be missing, and `missing: zero` takes that for sold out.")
    if private and not show_private:
        raise RunStopped(
            f"{source.name} has private columns: {', '.join(private)}", "--show-private writes them, too."
        )
    try:
        as_file = read_from(source, connector(_CSV))
        of_others = reading.whole and source.type != _CSV
        data = csv_of(ended(as_file) if of_others else as_file, reading.rows)
    except SourceFault as fault:
        raise RunStopped(f"{source.name} is not written to {file}: {fault.summary}", fault.hint) from fault
    try:
        replace_file(file, data, private=bool(private))
        set_time(file, reading.as_of)
    except OSError as wrong:
        raise RunStopped(f"{file} cannot be written: {wrong.strerror}") from wrong


def _readings(
    workspace: Workspace,
    declared: DeclaredSources,
    names: Sequence[str],
    instead: Mapping[str, str],
    progress: Progress,
) -> Mapping[str, Readout]:
    usable = {name: declared.usable[name] for name in names if name in declared.usable}
    reader = SourceReader(workspace=workspace, progress=progress, instead=instead, anew=True)
    return reader(usable, declared.definitions(usable), declared.project)


def _remembered(
    declared: DeclaredSources, name: str, ledger: Ledger, cache: Cache, around: Surroundings
) -> SourceStatus:
    """Return how a source stood when it was read last, and how old that is."""
    source = declared.usable.get(name)
    last = ledger.readings.last(declared.project, name) if source else None
    if source is None or last is None:
        return declared.status(name, state=SourceState.UNREAD)
    kept = staged(cache, kept_under(source, declared.documents[name].body, around, declared.project), source)
    now = around.clock.now()
    as_of = kept[1].as_of if kept and kept[1].digest == last.digest else last.at
    old = source.freshness is not None and now - as_of > source.freshness
    return declared.status(
        name,
        state=SourceState.OLD if old else SourceState.OK,
        rows=last.rows,
        as_of=as_of,
        age=now - as_of,
        digest=last.digest,
    )
