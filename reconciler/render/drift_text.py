"""What has moved on the marketplace, as text, as Markdown and as JSON."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from reconciler.model.drift import Drifted, DriftSide
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import key_to_json, mark_to_json
from reconciler.model.values import jsonable
from reconciler.render.change_text import name_of
from reconciler.render.difference import Pen, difference
from reconciler.render.history_text import moment
from reconciler.render.markdown import code, table, text
from reconciler.render.style import Style
from reconciler.render.value_text import one_line
from reconciler.render.words import counted

_SAID = {
    DriftSide.LIVE: "changed on the marketplace",
    DriftSide.BOTH: "changed on both sides",
    DriftSide.GONE: "not on the account any more",
}
#: How many rows a comment has: 60,000 characters hold them.
_ROWS = 150
_CELL = 80


def drift_text(drift: Iterable[Drifted], pen: Pen) -> Iterator[str]:
    """Yield each resource with its fields: what is declared, what is there, where, and our last write."""
    found, style = list(drift), pen.style
    for _, of_one in groupby(found, key=lambda each: each.key):
        rows = list(of_one)
        number = f"  #{rows[0].remote_id}" if rows[0].remote_id else ""
        account = f"  {rows[0].key.account}"
        yield f"{style('strong', name_of(rows[0].key))}{style('dim', number + account)}"
        for each in rows:
            yield from _row(each, pen)
        yield ""
    yield _counts(found, style)


def _row(each: Drifted, pen: Pen) -> Iterator[str]:
    if each.field is None:
        yield f"  {pen.style('warning', _SAID[each.moved])}"
        return
    drawn = difference(each.field.after, each.field.before, pen)
    place = f", declared in {each.field.mark}" if each.field.mark else ""
    yield f"  {drawn.dressed(pen.style)} {each.field.path}  {drawn.body}"
    yield from drawn.below
    yield pen.style("dim", f"      {_SAID[each.moved]}{place}{_written(each)}")
    if each.event:
        by = f" by {each.event_by}" if each.event_by else ""
        yield pen.style("dim", f"      the marketplace tells of it: {each.event}{by} at {moment(each.event_at)}")


def _written(each: Drifted) -> str:
    if not each.written_by:
        return ""
    return f"; we wrote it last at {moment(each.written_at)} in run {each.written_by[:8]}"


def _counts(found: list[Drifted], style: Style) -> str:
    if not found:
        return f"{style('added', 'No drift.')} What was last true is what is live."
    things = len({each.key for each in found})
    both = sum(each.moved is DriftSide.BOTH for each in found)
    said = f"; {both:,} changed in the documents, too" if both else ""
    what = f"{counted(len(found), 'difference')} on {counted(things, 'resource')}"
    return f"{style('warning', 'Drift:')} {what}{said}."


def drift_markdown(drift: Iterable[Drifted]) -> Iterator[str]:
    """Yield a comment: the counts, and a table of what is declared and what is there."""
    found = list(drift)
    if not found:
        yield "### No drift"
        return
    things = len({each.key for each in found})
    yield f"### Drift: {counted(len(found), 'difference')} on {counted(things, 'resource')}"
    yield ""
    head = ("", "field", "declared", "is there", "", "declared in")
    yield from table(head, map(_cells, found[:_ROWS]))
    if len(found) > _ROWS:
        yield ""
        yield f"… and {len(found) - _ROWS:,} more: `reconcile drift` lists all."
    yield ""
    yield "Keep it: `reconcile adopt --drift`. Put it back: `reconcile revert`."


def _cells(each: Drifted) -> tuple[str, ...]:
    name = text(_cut(name_of(each.key)))
    if each.field is None:
        return name, "", "", "", _SAID[each.moved], ""
    declared, there = (text(_cut(one_line(value))) for value in (each.field.after, each.field.before))
    place = code(_cut(str(each.field.mark))) if each.field.mark else ""
    event = f" ({text(each.event)} {moment(each.event_at)})" if each.event else ""
    return name, code(_cut(each.field.path)), declared, there, _SAID[each.moved] + event, place


def _cut(said: str) -> str:
    return said if len(said) <= _CELL else f"{said[: _CELL - 1]}…"


def drift_to_json(drift: Iterable[Drifted]) -> dict[str, Any]:
    """Turn it into JSON's own types."""
    return {"format_version": FORMAT_VERSION, "drift": [_to_json(each) for each in drift]}


def _to_json(each: Drifted) -> dict[str, Any]:
    field = each.field
    return {
        "key": key_to_json(each.key),
        "remote_id": each.remote_id,
        "moved": each.moved.value,
        "path": field.path if field else None,
        "declared": jsonable(field.after) if field else None,
        "live": jsonable(field.before) if field else None,
        "mark": mark_to_json(field.mark) if field else None,
        "event": each.event or None,
        "event_at": each.event_at or None,
        "event_by": each.event_by or None,
        "written_by": each.written_by or None,
        "written_at": each.written_at or None,
    }
