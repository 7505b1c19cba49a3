"""What the marketplace does not show as it is: pieces of what was withdrawn, and fields of what is not on sale.

Where a marketplace takes no zero (`zero: withdraws`), an end of ours stands for it. What is withdrawn still shows
the pieces that it had; nobody can buy them, so it counts as having none where none were written, or are wanted.
"""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reconciler.engine.equality import seen_as
from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.memory import Baseline
from reconciler.model.offers import Desired, Live
from reconciler.model.plan import Target
from reconciler.model.spec import FieldSpec, KindSpec, Zero
from reconciler.model.values import Value, digest

_PIECES, _STATUS = "stock.quantity", "stock.status"
_OFF_SALE = frozenset({"ended", "draft"})
#: By what a stock of none is remembered.
NONE = digest(0)[:16]


def withdraws(kind: KindSpec) -> bool:
    """Tell whether an end of ours stands for zero."""
    pieces = kind.fields.get(_PIECES)
    return pieces is not None and pieces.zero is Zero.WITHDRAWS


def as_wanted(desired: Desired, live: Live, kind: KindSpec, baseline: Baseline | None) -> Live:
    """Return what is live as it counts for a document: what was withdrawn, or shall be, has no pieces."""
    if not withdraws(kind) or live.fields.get(_STATUS) not in _OFF_SALE:
        return live
    remembered = baseline is not None and (
        baseline.declared.get(_PIECES) == 0 or baseline.digests.get(_PIECES) == NONE
    )
    wanted = desired.fields.get(_PIECES, desired.unsynced.get(_PIECES))
    return _without_pieces(live) if wanted == 0 or remembered else live


def resumes(after: Mapping[str, Value]) -> bool:
    """Tell whether a write puts on sale without a number: what it had before the zero is there again."""
    return after.get(_STATUS) == "active" and _PIECES not in after


def as_planned(target: Target, live: Live, kind: KindSpec) -> Live:
    """Return what is live as it counted for a plan: see `as_wanted`."""
    if not withdraws(kind) or live.fields.get(_STATUS) not in _OFF_SALE:
        return live
    if target.after.get(_PIECES) == live.fields.get(_PIECES):
        return live
    none = 0 in (target.before.get(_PIECES), target.after.get(_PIECES))
    return _without_pieces(live) if none else live


def _without_pieces(live: Live) -> Live:
    return replace(live, fields={**live.fields, _PIECES: 0})


def hidden(field: FieldSpec | None, path: str, live: Mapping[str, Value]) -> bool:
    """Tell whether the marketplace says nothing of a field now, whatever it is."""
    if field is None or not field.shown or live.get(path) is not None:
        return False
    return live.get(_STATUS) != field.shown


def carried_along(
    desired: Desired, live: Live, moved: list[tuple[str, Value]], kind: KindSpec, *, renamed: bool
) -> list[str]:
    """Return the hidden fields that a write would lose: what replaces a whole has to say them, too."""
    return [path for path in _lost(desired, live, moved, kind, renamed=renamed) if path in desired.fields]


def unsaid(
    desired: Desired, live: Live, moved: list[tuple[str, Value]], kind: KindSpec, *, renamed: bool
) -> tuple[Diagnostic, ...]:
    """Warn of hidden fields that a write would lose and no document says."""
    return tuple(
        warning(
            "P306",
            f"`{path}` of {desired.key.name} ({live.remote_id}) is not shown while it is not on sale, and is "
            "written with what changes",
            mark=desired.origin("name").mark,
            detail="without it the marketplace may refuse the write, or forget it",
            hint=f"declare `{path}`",
            about=desired.key,
        )
        for path in _lost(desired, live, moved, kind, renamed=renamed)
        if path not in desired.fields
    )


def _lost(
    desired: Desired, live: Live, moved: list[tuple[str, Value]], kind: KindSpec, *, renamed: bool
) -> list[str]:
    """Return the hidden fields of what is written whole; `renamed` tells that the name is written, too."""
    changed = (field for path, _ in moved if desired.fields.get(path) != 0 and (field := kind.field(path)))
    by = {name for field in changed for name in field.by[:1]} | (
        {kind.rename} if renamed and kind.rename else set()
    )
    whole = {name for name in by if kind.operations[name].replaces}
    if not whole:
        return []
    return [
        path for path, field in kind.fields.items() if hidden(field, path, live.fields) and whole & {*field.by}
    ]


def waiting(live: Live, moved: list[tuple[str, Value]], kind: KindSpec) -> frozenset[str]:
    """Return the fields that can only be written with some pieces, of what has none and gets none."""
    if not withdraws(kind) or live.fields.get(_PIECES) != 0 or any(path == _PIECES for path, _ in moved):
        return frozenset()
    fields = ((path, kind.field(path)) for path, _ in moved)
    return frozenset(path for path, field in fields if field and field.by and _needs_pieces(field, kind))


def _needs_pieces(field: FieldSpec, kind: KindSpec) -> bool:
    ways = [kind.operations[name] for name in field.by]
    return all(each.replaces and "zero" in each.refuses for each in ways)


def told_of_waiting(desired: Desired, paths: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Say which declared fields wait until there are pieces."""
    return tuple(
        Diagnostic(
            severity=Severity.NOTE,
            code="P512",
            summary=f"`{path}` of {desired.key.name} waits: the marketplace takes none while nothing is in stock",
            mark=desired.origin(path).mark,
            hint="it is written with the next pieces",
            about=desired.key,
        )
        for path in sorted(paths)
    )


def same(field: FieldSpec | None, path: str, wanted: Value, live: Mapping[str, Value]) -> Value:
    """Return the live value of a field through the eyes of the wanted one; a hidden one is as wanted."""
    if hidden(field, path, live):
        return wanted
    there = live.get(path)
    if field and field.values and there is not None and field.values.get(wanted) == field.values.get(there):
        return wanted  # the marketplace has one word for both
    return seen_as(field.equality, wanted, there) if field else there
