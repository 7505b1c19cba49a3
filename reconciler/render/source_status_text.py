"""Sources and their rows, as text and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import diagnostic_to_json, mark_to_json
from reconciler.model.source_status import SourceRows, SourceState, SourceStatus
from reconciler.model.tables import BadRow, Cell, Column, ColumnType
from reconciler.model.values import plain
from reconciler.render.cells import cells, padded, shortened
from reconciler.render.style import Style
from reconciler.render.words import counted

_WORDS = {
    SourceState.OK: "ok",
    SourceState.OLD: "too old",
    SourceState.SHORT: "short",
    SourceState.FAILED: "not readable",
    SourceState.UNREAD: "not read yet",
    SourceState.MISTAKES: "mistakes",
}
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_NUMBERS = (ColumnType.WHOLE, ColumnType.DECIMAL, ColumnType.MONEY)
#: Bad rows that are listed, and the widest cell of a table on a terminal.
_BAD, _WIDEST = 20, 60


def sources_list(found: Sequence[SourceStatus], style: Style) -> Iterator[str]:
    """Yield a line for each source: what was read of it last."""
    if not found:
        yield "There is no Source. Stock and prices from files and databases begin with one (docs/documents.md)."
        return
    table = [(each.name, each.type, each.place, _WORDS[each.state]) for each in found]
    widths = [max(cells(row[at]) for row in table) for at in range(4)]
    for each, row in zip(found, table, strict=True):
        name, kind, place, state = (padded(cell, width) for cell, width in zip(row, widths, strict=True))
        told = "  ".join(part for part in (_rows(each), _followers(each)) if part)
        yield f"{style('strong', name)}  {kind}  {place}  {style(_meaning(each), state)}  {told}".rstrip(" ")


def sources_checked(found: Sequence[SourceStatus], style: Style) -> Iterator[str]:
    """Yield how each source stands, what is wrong with it, and what to do."""
    width = max((cells(each.name) for each in found), default=0)
    for each in found:
        yield from _checked(each, width, style)
    bad = [each.name for each in found if each.state is not SourceState.OK]
    if not bad:
        what = "it" if len(found) == 1 else f"all {len(found)} sources"
        yield ""
        yield f"{style('added', 'Good.')} A plan can use {what}."
        return
    what = "1 source" if len(found) == 1 else f"{len(bad)} of {len(found)} sources"
    yield ""
    yield f"{style('error', 'Not good:')} {what}. A plan that needs it is refused."
    yield style("dim", f"Without what comes from there: reconcile plan --allow source={','.join(bad)}")


def source_rows(found: SourceRows, style: Style, most: int | None) -> Iterator[str]:
    """Yield the rows as a table, at most so many, and how the source stands."""
    shown = found.rows if most is None else found.rows[:most]
    yield from _table(found.columns, shown, style) if shown else ()
    if len(found.rows) > len(shown):
        yield style("dim", f"… and {len(found.rows) - len(shown):,} more: --limit N shows more, --limit 0 all.")
    if shown:
        yield ""
    yield from _checked(found.status, cells(found.status.name), style)
    if found.hidden:
        yield style("dim", f"Private, and not shown without --show-private: {', '.join(found.hidden)}")


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], style: Style) -> Iterator[str]:
    table = [[_heading(each) for each in columns], *([_cell(cell) for cell in row] for row in rows)]
    most = _WIDEST if style.limited else style.width  # in a pipe nothing is cut
    widths = [min(max(cells(row[at]) for row in table), most) for at in range(len(columns))]
    right = [each.type in _NUMBERS for each in columns]
    for number, row in enumerate(table):
        line = "  ".join(_aligned(*each) for each in zip(row, widths, right, strict=True)).rstrip(" ")
        yield line if number else style("strong", line)


def _aligned(cell: str, width: int, right: bool) -> str:
    fit = shortened(cell, width)
    return " " * (width - cells(fit)) + fit if right else padded(fit, width)


def _heading(column: Column) -> str:
    return f"{column.name} ({column.currency})" if column.currency else column.name


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return "-"
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return plain(cell)
        case str() | int():
            return str(cell)
    return cell.isoformat()


def _checked(each: SourceStatus, width: int, style: Style) -> Iterator[str]:
    state = style(_meaning(each), _WORDS[each.state])
    told = f": {each.why}" if each.why else f": {_rows(each)}"
    yield f"{style('strong', padded(each.name, width))}  {state}{told}"
    if each.why and each.as_of and each.rows:
        yield f"    {_rows(each)}"
    if each.hint:
        yield style("dim", f"    {each.hint}")
    if not all(f"{row.place}: {row.why}" in each.why for row in each.bad):  # a few are named there
        yield from _bad(each.bad)
    if followers := _followers(each):
        yield style("dim", f"    {followers}")


def _bad(rows: Sequence[BadRow]) -> Iterator[str]:
    for each in rows[:_BAD]:
        yield f"    {each.place}: {each.why}"
    if len(rows) > _BAD:
        yield f"    … and {counted(len(rows) - _BAD, 'row')} more that cannot be used: --json lists all"


def _meaning(each: SourceStatus) -> str:
    return {SourceState.OK: "added", SourceState.UNREAD: "dim"}.get(each.state, "error")


def _rows(each: SourceStatus) -> str:
    if each.as_of is None or each.age is None:
        return ""
    when = each.as_of.isoformat()[:16].replace("T", " ")
    most = f" (up to {_span(each.freshness)})" if each.freshness is not None else ""
    return f"{counted(each.rows, 'row')} as of {when} UTC, {_span(each.age)} old{most}"


def _followers(each: SourceStatus) -> str:
    if not each.offers:
        return "no offer follows it"
    return f"{counted(each.offers, 'offer follows', 'offers follow')} it"


def _span(time: timedelta) -> str:
    """Return a time in its largest unit that it has two of."""
    seconds = max(0, round(time.total_seconds()))
    size, unit = next((each for each in _UNITS if seconds >= 2 * each[0]), _UNITS[-1])
    return counted(seconds // size, unit)


def sources_to_json(found: Iterable[SourceStatus], diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """Turn sources into JSON's own types: `schemas/sources.schema.json`."""
    return {
        "format_version": FORMAT_VERSION,
        "sources": [_status(each) for each in found],
        "diagnostics": [diagnostic_to_json(each) for each in diagnostics],
    }


def rows_to_json(found: SourceRows, most: int | None) -> dict[str, Any]:
    """Turn the rows of a source into JSON's own types: `schemas/source-rows.schema.json`."""
    names = [each.name for each in found.columns]
    rows = found.rows if most is None else found.rows[:most]
    return {
        "format_version": FORMAT_VERSION,
        "source": _status(found.status),
        "columns": [
            {"name": each.name, "type": each.type.value, "currency": each.currency, "private": each.private}
            for each in found.columns
        ],
        "hidden": list(found.hidden),
        "total": len(found.rows),
        "rows": [dict(zip(names, map(_json_cell, row), strict=True)) for row in rows],
    }


def _json_cell(cell: Cell) -> str | int | bool | None:
    match cell:
        case None | bool() | int() | str():
            return cell
        case Decimal():
            return plain(cell)
    return cell.isoformat()


def _status(each: SourceStatus) -> dict[str, Any]:
    return {
        "name": each.name,
        "type": each.type,
        "place": each.place,
        "state": each.state.value,
        "offers": each.offers,
        "rows": each.rows,
        "as_of": each.as_of.isoformat(timespec="seconds") if each.as_of else None,
        "age": round(each.age.total_seconds()) if each.age is not None else None,
        "freshness": round(each.freshness.total_seconds()) if each.freshness is not None else None,
        "digest": each.digest,
        "why": each.why,
        "hint": each.hint,
        "bad": [{"place": row.place, "why": row.why} for row in each.bad],
        "mark": mark_to_json(each.mark),
    }
