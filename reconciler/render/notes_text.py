"""What a reviewer should know beside the changes: drift, what settles, is not synced, not managed, or not read."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.model.changes import Change, FieldChange
from reconciler.model.offers import OFFER
from reconciler.model.plan import AccountPlan
from reconciler.render.cause_text import causes_told
from reconciler.render.cells import cells, in_the_middle, padded
from reconciler.render.change_text import called, name_of
from reconciler.render.difference import Pen, difference
from reconciler.render.history_text import moment
from reconciler.render.style import Style
from reconciler.render.words import counted, listed

_FIRST = 3


def account_notes(part: AccountPlan, style: Style, *, verbose: bool, show_unsynced: bool) -> Iterator[str]:
    """Yield the notes of one account, each a line or a short list."""
    if not part.complete:
        warned = style("warning", "Incomplete:")
        yield f"  {warned} the marketplace's list came out short: nothing is created, ended or missed."
    yield from _causes(part)
    yield from _drift(part)
    yield from _uncommitted(part)
    yield from _settling(part, style, verbose=verbose)
    yield from _unsynced(part, style, show=show_unsynced)
    yield from _released(part, style, verbose=verbose)
    yield from _unmanaged(part, style, verbose=verbose)


def _causes(part: AccountPlan) -> Iterator[str]:
    if any(change.cause for change in part.changes):
        yield f"  Changes by cause: {causes_told(part.changes, 'asked for since the base')}."


def _drift(part: AccountPlan) -> Iterator[str]:
    fields = sum(field.drift for change in part.changes for field in change.fields)
    if fields:
        moved = counted(fields, "field")
        yield f"  Drift: {moved} changed on the marketplace since the last apply, not in your documents."


def _uncommitted(part: AccountPlan) -> Iterator[str]:
    fields = sum(field.uncommitted for change in part.changes for field in change.fields)
    if fields:
        values = f"{counted(fields, 'value')} {'stands' if fields == 1 else 'stand'}"
        yield f"  Not committed: {values} on lines that differ from the last commit (dirty)."


def _settling(part: AccountPlan, style: Style, *, verbose: bool) -> Iterator[str]:
    """Say what was accepted and does not show yet, and since when: neither drift nor a change to make."""
    if not part.settling:
        return
    rows = [each.change for each in part.settling]
    fields = sum(len(each.fields) for each in rows)
    noun = "offer" if all(each.key.kind == OFFER for each in rows) else "document"
    what = counted(len({each.key for each in rows}), noun)
    what = f"{counted(fields, 'field')} of {what}" if fields else what
    was, shows = ("was", "does") if max(fields, len(rows)) == 1 else ("were", "do")
    times = sorted({moment(each.accepted_at) for each in part.settling})
    when = f"at {times[0]}" if len(times) == 1 else f"from {times[0]} to {times[-1]}"
    names = "" if verbose else style("dim", f": {listed([called(each) for each in rows], _FIRST)}")
    yield f"  Settling: {what} {was} accepted {when} and {shows} not show yet; nothing is sent for them{names}"
    if verbose:
        yield from _rows(rows, style)


def _unsynced(part: AccountPlan, style: Style, *, show: bool) -> Iterator[str]:
    fields = [field for change in part.unsynced for field in change.fields]
    if not fields:
        return
    by_module = Counter(str(field.module or "other") for field in fields)
    said = ", ".join(f"{module} {count:,}" for module, count in by_module.items())
    hint = "" if show else style("dim", " (--show-unsynced lists them)")
    yield f"  Not synced: {said}{hint}"
    for module in by_module:
        yield style("dim", f"      {module} is off: {_deciders(fields, module)}")
    if show:
        yield from _rows(part.unsynced, style)


def _deciders(fields: list[FieldChange], module: str) -> str:
    levels = Counter(
        field.level or "decided by default" for field in fields if str(field.module or "other") == module
    )
    if len(levels) == 1:
        return next(iter(levels))
    return listed([f"{level} ({count:,})" for level, count in levels.most_common()], 3)


def _rows(changes: Iterable[Change], style: Style) -> Iterator[str]:
    rows = [(called(change), field) for change in changes for field in change.fields]
    if not rows:
        return
    pen = Pen(style=style)
    name = min(max(cells(row[0]) for row in rows), style.width // 2)
    path = max(cells(row[1].path) for row in rows)
    for key, field in rows:
        label = f"      . {padded(in_the_middle(key, name), name)}  {padded(field.path, path)}"
        drawn = difference(field.before, field.after, pen, indent=12)
        yield f"{label}  {drawn.body}".rstrip(" ")
        yield from drawn.below


def _released(part: AccountPlan, style: Style, *, verbose: bool) -> Iterator[str]:
    """Say what is let go: nothing is sent for it, and an apply forgets it."""
    if part.released:
        names = [name_of(each) for each in part.released]
        shown = style("dim", f": {listed(names, len(names) if verbose else _FIRST)}")
        what = counted(len(names), "resource is kept", "resources are kept")
        yield f"  Released: {what} on the account and managed no longer{shown}"


def _unmanaged(part: AccountPlan, style: Style, *, verbose: bool) -> Iterator[str]:
    number = max(part.counts.get("unmanaged", 0), len(part.unmanaged))
    if not number:
        return
    shown = list(part.unmanaged) if verbose else list(part.unmanaged[:_FIRST])
    more = f" … and {number - len(shown):,} more" if number > len(shown) else ""
    said = counted(number, "live offer has no document", "live offers have no document")
    names = style("dim", f": {', '.join(shown)}{more}") if shown else ""
    yield f"  Unmanaged: {said} and will not be touched{names}"
