"""One source, read to its end: whatever happens, a Readout comes of it."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.connectors.base import Connector, Reads, Record, SourceFault
from reconciler.connectors.cells import Rows, rows_digest, typed_rows
from reconciler.connectors.registry import connector
from reconciler.connectors.tables.csv_writing import ended, says_end
from reconciler.engine.rules.judging import failed, judged
from reconciler.model.bounds import TABLE
from reconciler.model.tables import BadRow, Readout, Source
from reconciler.runtime.clock import Clock
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace
from reconciler.runtime.reading import read_file, reason
from reconciler.runtime.sources.staging import key_of

_UTC = UTC
_SHEETS = (".xlsx", ".ods")
_DECIMAL = "decimal"
_IN_THE_PROJECT = "paths start at the project's folder"
_WHERE_IT_RUNS = "the path of `--source` starts in the folder in which the command runs"
#: Settings that mean the same in every file.
_ANY_FILE = frozenset({_DECIMAL, "timezone"})


class Surroundings(Struct, frozen=True, kw_only=True):
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
        file = around.instead.get(source.name)
        as_of, found, whole = _in_place(source, file) if file is not None else _as_declared(source, around, began)
    except SourceFault as fault:
        return failed(source, fault.summary, fault.hint, began, short=fault.short)
    reading = judged(source, found.rows, found.bad, rows_digest(found.rows), as_of, around.clock.now(), last_good)
    return replace(reading, whole=whole)


def read_from(source: Source, chosen: Connector, data: bytes = b"") -> Source:
    """Return a source as a file in its place is read: a copy of its feed with its settings, another with none.

    Only what signs and moments mean in files stays, where the source is one of files itself. Of another source a
    file is known to be whole where it says that it ends.
    """
    if chosen.name == source.type:
        return source
    kept = _ANY_FILE if connector(source.type).reads is Reads.FILES else _ANY_FILE - {_DECIMAL}
    settings = {key: said for key, said in source.settings.items() if key in kept}
    return ended(replace(source, settings=settings)) if says_end(data) else replace(source, settings=settings)


def _in_place(source: Source, name: str) -> tuple[datetime, Rows, bool]:
    """Read a file in the place of a source: its name tells what reads it."""
    file = Path(name)
    chosen = connector("sheet" if file.suffix.lower() in _SHEETS else "csv")
    written, data = _content(file, name, _WHERE_IT_RUNS)
    meant = read_from(source, chosen, data)
    return written, _typed(meant, chosen, chosen.of_file(data, meant)), chosen.has_all(meant)


def _as_declared(source: Source, around: Surroundings, began: datetime) -> tuple[datetime, Rows, bool]:
    chosen = connector(source.type)
    as_of, records = _records(chosen, source, around, began)
    found = _typed(source, chosen, records)
    return as_of, found, chosen.has_all(source, twice=found.twice)


def _typed(source: Source, chosen: Connector, records: Iterator[Record]) -> Rows:
    return typed_rows(source, records, str(source.settings.get(_DECIMAL, ".")), floats=chosen.floats)


def _records(
    chosen: Connector, source: Source, around: Surroundings, began: datetime
) -> tuple[datetime, Iterator[Record]]:
    if chosen.reads is Reads.DATABASE:
        from reconciler.runtime.sources.sql import sql_records

        url = _variable(str(source.settings.get("url", "")), around, "url")
        return began, sql_records(url, query_of(source, around.workspace), source, around.workspace.root)
    if chosen.reads is Reads.CONVERSATION:
        return began, _conversation(source, chosen, around)
    if "url" in source.settings:
        from reconciler.runtime.sources.http import fetch

        plain = source.settings.get("allow_plain_http", False) is True
        url, auth = str(source.settings["url"]), source.settings.get("auth")
        data = fetch(url, around.environ, auth, clock=around.clock, allow_plain_http=plain)
        return began, chosen.of_file(data, source)
    return _of_files(chosen, source, around)


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


def query_of(source: Source, workspace: Workspace) -> str:
    """Return the query of a source, which may stand in a file; empty where it has none. Raise SourceFault."""
    said = source.settings.get("query")
    if not isinstance(said, str) or not said.endswith(".sql"):
        return said if isinstance(said, str) else ""
    try:
        return workspace.read_text(said)
    except WorkspaceFault as fault:
        raise SourceFault(str(fault), fault.hint) from fault


def kept_under(source: Source, definition: Mapping[str, Any], around: Surroundings, project: str) -> str:
    """Return the key of a source's readings: all that decides what is read goes into it."""
    try:
        query = query_of(source, around.workspace)
    except SourceFault:
        query = ""
    return key_of(project, source, definition, around.instead.get(source.name, ""), around.environ, query)


def _of_files(chosen: Connector, source: Source, around: Surroundings) -> tuple[datetime, Iterator[Record]]:
    """Read one file, or all that a pattern finds, in the order of their names."""
    path = str(source.settings["path"])
    if path.isupper() and "/" not in path:
        file = around.workspace.root / _variable(path, around, "path")
        written, data = _content(file, file.name, f"{_IN_THE_PROJECT}, that in {path} too")
        return written, chosen.of_file(data, source)
    try:
        files = around.workspace.tables(path)
    except WorkspaceFault as fault:
        raise SourceFault(str(fault), fault.hint) from fault
    if not files:
        raise SourceFault(f"there is no file {path}", _IN_THE_PROJECT)
    read_each = [_of_file(chosen, source, around.workspace, name, file) for name, file in files]
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


def _of_file(
    chosen: Connector, source: Source, workspace: Workspace, name: str, file: Path
) -> tuple[datetime, Iterator[Record]]:
    try:
        written, data = workspace.table(name, file)
    except WorkspaceFault as fault:
        raise SourceFault(str(fault), fault.hint) from fault
    except OSError as wrong:
        raise _unreadable(name, wrong, _IN_THE_PROJECT) from wrong
    return written, chosen.of_file(data, source)


def _content(file: Path, name: str, hint: str) -> tuple[datetime, bytes]:
    """Return when a file was written, and what is in it."""
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, _UTC), read_file(file, TABLE)
    except OSError as wrong:
        raise _unreadable(name, wrong, hint) from wrong


def _unreadable(name: str, wrong: OSError, hint: str) -> SourceFault:
    return SourceFault(f"{name}: {reason(wrong)}", hint)
