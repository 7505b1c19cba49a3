"""What of a Source document needs the installed connectors or the project's files: settings, maps."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.connectors.base import Connector, Record, SourceFault
from reconciler.connectors.cells import typed_rows
from reconciler.connectors.registry import connector, connectors
from reconciler.connectors.tables.csv import csv_records
from reconciler.documents.document import Document
from reconciler.documents.kinds import PROJECT_FILE, SOURCE
from reconciler.documents.load import load
from reconciler.documents.near import did_you_mean, listed
from reconciler.model.diagnostics import Diagnostic, error
from reconciler.model.tables import BadRow, Column, ColumnType, MissingRow, Source, is_pattern
from reconciler.runtime.project.named import WorkspaceFault
from reconciler.runtime.project.workspace import Workspace

#: What makes a reading known to be whole.
_PROOF = {
    "csv": "Have a last line written, and say what it says: `end: END`; or write `missing: keep`.",
    "http": "Say where the number of all records is: `total: meta.total`; or write `missing: keep`.",
}
_ONE_FILE = "Let one file hold all rows: nothing tells when one of several is away; or write `missing: keep`."
_MAP = Source(
    name="map",
    type="csv",
    item="offer",
    columns=tuple(Column(name=each, type=ColumnType.TEXT, place=each) for each in ("offer", "item")),
)


def connector_problems(
    declared: Iterable[Document], known: Mapping[str, Source]
) -> tuple[frozenset[str], list[Diagnostic]]:
    """Return the sources of which their connectors cannot make anything, and what is wrong with their settings."""
    wrong: list[Diagnostic] = []
    broken = set()
    for document in declared:
        source = known.get(document.name)
        found = list(_problems(document, source)) if source else []
        wrong += found
        broken |= {document.name} if found else set()
    return frozenset(broken), wrong


def _problems(document: Document, source: Source) -> Iterator[Diagnostic]:
    try:
        chosen = connector(source.type)
    except LookupError:
        hint = did_you_mean(source.type, connectors(), otherwise=f"There is {listed(connectors())}.")
        summary = f"no connector `{source.type}` is installed"
        yield error("D605", summary, mark=document.mark("type"), hint=hint)
        return
    yield from _wrong_settings(document, source, chosen)


def source_definitions(workspace: Workspace) -> Mapping[str, Mapping[str, Any]]:
    """Return what the project's Source documents say in long form, by name. No other document is parsed."""
    files = ((path, data) for path, data in workspace.files() if path == PROJECT_FILE or SOURCE.encode() in data)
    return {each.name: each.body for each in load(files).of(SOURCE)}


def unknown_sources(declared: Iterable[Document], names: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with names that a command gives: there is no such Source."""
    known = [each.name for each in declared]
    there = f"There is {listed(known)}." if known else "Write a document of `kind: Source`."
    return tuple(
        error("D621", f"there is no Source `{name}`", hint=did_you_mean(name, known, otherwise=there))
        for name in names
        if name not in known
    )


def _wrong_settings(document: Document, source: Source, chosen: Connector) -> Iterator[Diagnostic]:
    for key in source.settings:
        if key not in chosen.settings:
            hint = did_you_mean(key, chosen.settings, otherwise=f"It has {listed(chosen.settings)}.")
            summary = f"a source of type {chosen.name} has no `{key}`"
            yield error("D606", summary, mark=document.mark(key), hint=hint)
    for options in chosen.needs:
        if not any(each in source.settings for each in options):
            summary = f"a source of type {chosen.name} needs {listed(options)}"
            yield error("D606", summary, mark=document.mark("type"))
    if source.missing is MissingRow.ZERO and not chosen.has_all(source):
        summary = "nothing proves that a reading is whole, so a missing row is not known to mean none in stock"
        several = is_pattern(str(source.settings.get("path", "")))
        hint = _ONE_FILE if several else _PROOF.get(chosen.name, "Write `missing: keep`.")
        yield error("D631", summary, mark=document.mark("missing"), hint=hint)
    for path, summary, hint in chosen.problems(source):
        yield error("D606", summary, mark=document.mark(*path), hint=hint)


def read_maps(
    workspace: Workspace, sources: Iterable[Source]
) -> tuple[dict[str, dict[str, str]], dict[str, Diagnostic]]:
    """Return, by source, the tables from offer keys to items, and of the others what is wrong with them."""
    found: dict[str, dict[str, str]] = {}
    wrong: dict[str, Diagnostic] = {}
    for source in sources:
        if not source.map:
            continue
        try:
            found[source.name] = _map(workspace.read_text(source.map))
        except (WorkspaceFault, SourceFault) as fault:
            hint = getattr(fault, "hint", "") or "It is a CSV file with the columns `offer` and `item`."
            summary = f"the map of {source.name}: {fault}"
            wrong[source.name] = error("D607", summary, mark=source.mark, hint=hint)
    return found, wrong


def _map(text: str) -> dict[str, str]:
    """Return what a map says, read as strictly as a feed: a line that was cut off may name another article."""
    found = typed_rows(_MAP, _lines(text))
    for each in found.bad:
        raise SourceFault(f"{each.place}: {each.why}")
    return {str(offer): str(item) for offer, item in found.rows}


def _lines(text: str) -> Iterator[Record]:
    """Yield the lines of a map; one that stands there twice says the same."""
    said = set()
    for record in csv_records(text.encode(), _MAP):
        if isinstance(record, BadRow):
            yield record
            continue
        line = tuple(str(each).strip() for each in record[1])
        if not all(line):
            yield BadRow(place=record[0], why="it lacks an offer or an item")
        elif line not in said:
            said.add(line)
            yield record
