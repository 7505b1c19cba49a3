"""One source, read to its end: whatever happens, a Readout comes of it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from reconciler.connectors.base import Connector, Reads, Record, SourceFault
from reconciler.connectors.cells import rows_digest, typed_rows
from reconciler.connectors.registry import connector
from reconciler.engine.rules.judging import failed, judged
from reconciler.model.bounds import TABLE
from reconciler.model.tables import BadRow, Readout, Source
from reconciler.runtime.clock import Clock
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.reading import read_file

_UTC = UTC
_SHEETS = (".xlsx", ".ods")
_DECIMAL = "decimal"
#: Settings that mean the same in every file.
_ANY_FILE = frozenset({_DECIMAL, "timezone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where sources are read: the project, the environment's variables, and what time it is.

    `instead` names files to read sources from, whatever their documents say.
    """

    workspace: Workspace
    clock: Clock
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    instead: Mapping[str, str] = field(default_factory=dict)


def read(source: Source, around: Surroundings, last_good: int | None) -> Readout:
    """Read a source; what is wrong with it is in the reading."""
    began = around.clock.now()
    try:
        chosen, meant = _chosen(source, around)
        as_of, records, decimal = _records(chosen, meant, around, began)
        found = typed_rows(meant, records, decimal, floats=chosen.floats)
    except SourceFault as fault:
        return failed(source, fault.summary, fault.hint, began, short=fault.short)
    reading = judged(source, found.rows, found.bad, rows_digest(found.rows), as_of, around.clock.now(), last_good)
    return replace(reading, whole=chosen.proves(meant))


def connector_of(file: Path) -> Connector:
    """Return what reads a file that stands in the place of a source: its name tells."""
    return connector("sheet" if file.suffix.lower() in _SHEETS else "csv")


def read_from(source: Source, chosen: Connector) -> Source:
    """Return a source as a file in its place is read: a copy of its feed with its settings, another with none.

    Only what signs and moments mean in files stays, where the source is one of files itself.
    """
    if chosen.name == source.type:
        return source
    kept = _ANY_FILE if connector(source.type).reads is Reads.FILES else _ANY_FILE - {_DECIMAL}
    return replace(source, settings={key: said for key, said in source.settings.items() if key in kept})


def _chosen(source: Source, around: Surroundings) -> tuple[Connector, Source]:
    file = around.instead.get(source.name)
    if file is None:
        return connector(source.type), source
    chosen = connector_of(Path(file))
    return chosen, read_from(source, chosen)


def _records(
    chosen: Connector, source: Source, around: Surroundings, began: datetime
) -> tuple[datetime, Iterator[Record], str]:
    decimal = str(source.settings.get(_DECIMAL, "."))
    if source.name in around.instead:
        file = around.instead[source.name]
        return (*_of_file(chosen, source, Path(file), file), decimal)
    if chosen.reads is Reads.DATABASE:
        from reconciler.runtime.sources.sql import sql_records

        url = _variable(str(source.settings.get("url", "")), around, "url")
        query = _query(str(source.settings["query"]), around.workspace)
        return began, sql_records(url, query, source, around.workspace.root), "."
    if chosen.reads is Reads.CONVERSATION:
        return began, _conversation(source, chosen, around), decimal
    if "url" in source.settings:
        from reconciler.runtime.sources.http import fetch

        plain = source.settings.get("allow_plain_http", False) is True
        url, auth = str(source.settings["url"]), source.settings.get("auth")
        data = fetch(url, around.environ, auth, clock=around.clock, allow_plain_http=plain)
        return began, chosen.of_file(data, source), decimal
    as_of, records = _of_files(chosen, source, around)
    return as_of, records, decimal


def _conversation(source: Source, chosen: Connector, around: Surroundings) -> Iterator[Record]:
    from reconciler.runtime.sources.http import http_records

    assert chosen.converse is not None
    return http_records(source, around.environ, around.clock, chosen.converse)


def _variable(name: str, around: Surroundings, setting: str) -> str:
    if not name.isupper():
        return name
    value = around.environ.get(name, "")
    if not value:
        raise SourceFault(f"the environment variable {name} is not set", f"`{setting}` of the source names it")
    return value


def _query(said: str, workspace: Workspace) -> str:
    if not said.endswith(".sql"):
        return said
    try:
        return workspace.read_text(said)
    except WorkspaceFault as fault:
        raise SourceFault(str(fault), fault.hint) from fault


def _of_files(chosen: Connector, source: Source, around: Surroundings) -> tuple[datetime, Iterator[Record]]:
    """Read one file, or all that a pattern finds, in the order of their names."""
    path = str(source.settings["path"])
    if path.isupper() and "/" not in path:
        file = Path(_variable(path, around, "path"))
        return _of_file(chosen, source, file, file.name)
    try:
        files = around.workspace.tables(path)
    except WorkspaceFault as fault:
        raise SourceFault(str(fault), fault.hint) from fault
    if not files:
        raise SourceFault(f"there is no file {path}", "paths start at the project's folder")
    read_each = [_of_file(chosen, source, file, name) for name, file in files]
    oldest = min(as_of for as_of, _ in read_each)
    return oldest, _in_turn(read_each, [name for name, _ in files])


def _in_turn(read_each: list[tuple[datetime, Iterator[Record]]], names: list[str]) -> Iterator[Record]:
    for (_, records), name in zip(read_each, names, strict=True):
        for each in records:
            if len(names) == 1:
                yield each
            elif isinstance(each, BadRow):
                yield replace(each, place=f"{name}, {each.place}")
            else:
                yield f"{name}, {each[0]}", each[1]


def _of_file(chosen: Connector, source: Source, file: Path, name: str) -> tuple[datetime, Iterator[Record]]:
    try:
        written = datetime.fromtimestamp(file.stat().st_mtime, _UTC)
        data = read_file(file, TABLE)
    except OSError as wrong:
        why = (wrong.strerror or str(wrong)).lower()
        raise SourceFault(f"{name}: {why}", "paths start at the project's folder") from wrong
    return written, chosen.of_file(data, source)
