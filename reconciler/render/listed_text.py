"""What there is, with its state, as a table and as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.listed import Listed, ListedState
from reconciler.model.plan import FORMAT_VERSION
from reconciler.model.report_json import diagnostic_to_json, key_to_json, mark_to_json
from reconciler.render.cells import shortened
from reconciler.render.change_text import called
from reconciler.render.style import Style
from reconciler.render.words import counted

_MEANINGS = {
    ListedState.CHANGES: "update",
    ListedState.HELD: "warning",
    ListedState.FROZEN: "warning",
    ListedState.MISSING: "create",
    ListedState.AMBIGUOUS: "error",
    ListedState.UNCLEAR: "error",
    ListedState.REMOVED: "end",
}


def listed_text(rows: Sequence[Listed], style: Style, *, width: int | None) -> Iterator[str]:
    """Yield a line for each row, within `width` columns where one is given, and how many are in which state."""
    if not rows:
        yield "Nothing to list."
        return
    state = max(len(each.state.words) for each in rows)
    name = max(len(called(each)) for each in rows)
    number = max(len(each.remote_id or "") for each in rows) + 1
    account = max(len(each.key.account) for each in rows) if len({each.key.account for each in rows}) > 1 else 0
    for each in rows:
        whose = f"{each.key.account:<{account}}  " if account else ""
        remote_id = f"#{each.remote_id}" if each.remote_id else ""
        rest = f"{whose}{called(each):<{name}}  {remote_id:<{number}}  {_about(each)}".rstrip(" ")
        label = f"{each.state.words:<{state}}"
        if width is not None:
            rest = shortened(rest, width - state - 2)
        yield f"{style(_MEANINGS[each.state], label) if each.state in _MEANINGS else label}  {rest}"
    yield ""
    found = Counter(each.state for each in rows)
    told = [f"{found[each]:,} {each.words}" for each in ListedState if found[each]]
    yield from _wrapped(f"{counted(len(rows), 'resource')}: ", told, width)


def _about(each: Listed) -> str:
    """Return what is managed of a resource and where, else what it is called."""
    if each.mark is None:
        return each.title
    return f"{each.mark.file}:{each.mark.line}  {', '.join(each.modules) or 'nothing owned'}"


def _wrapped(head: str, parts: Sequence[str], width: int | None) -> Iterator[str]:
    line = head
    for number, part in enumerate(parts):
        more = part if number == len(parts) - 1 else f"{part}, "
        if width is not None and len(line) + len(more.rstrip(" ")) > width:
            yield line.rstrip(" ")
            line = "  "
        line += more
    yield line


def listed_to_json(rows: Sequence[Listed], wrong: Sequence[Diagnostic] = ()) -> dict[str, Any]:
    """Turn rows, and what is wrong with documents, into JSON's own types."""
    return {
        "format_version": FORMAT_VERSION,
        "resources": [_row(each) for each in rows],
        "diagnostics": [diagnostic_to_json(each) for each in wrong],
    }


def _row(each: Listed) -> dict[str, Any]:
    return {
        "key": key_to_json(each.key),
        "remote_id": each.remote_id,
        "state": each.state.value,
        "declared": each.mark is not None,
        "modules": [module.value for module in each.modules],
        "mark": mark_to_json(each.mark),
        "title": each.title,
        **({"document": each.document} if each.document else {}),
    }
