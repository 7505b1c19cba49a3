"""What a draft is, and is not: it sells nothing, so it is as ended as can be, and some operations refuse it."""

from collections.abc import Collection, Iterable, Mapping

from reconciler.model.diagnostics import Diagnostic, Severity, warning
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.spec import KindSpec
from reconciler.model.values import Value

_STATUS, _QUANTITY = "stock.status", "stock.quantity"
_Moved = list[tuple[str, Value]]


def without_ends(desired: Desired, live: Live, moved: _Moved) -> _Moved:
    """A draft that shall be ended is what it shall be: not on sale."""
    if desired.fields.get(_STATUS) == "ended" and live.fields.get(_STATUS) == "draft":
        return [each for each in moved if each[0] != _STATUS]
    return moved


def made_as(desired: Desired) -> Mapping[str, Value]:
    """Return the fields of a creation: nothing is created as ended, and what is not on sale is a draft."""
    if desired.fields.get(_STATUS) == "ended":
        return {**desired.fields, _STATUS: "draft"}
    return desired.fields


def told_of_drafts(desired: Desired) -> tuple[Diagnostic, ...]:
    """Say why a new offer is made as a draft."""
    if desired.key.kind != OFFER:
        return ()
    mark = desired.origin("name").mark
    if _STATUS not in desired.fields:
        return (
            warning(
                "P303",
                f"{desired.key.name} will be created as a draft: its status is not managed",
                mark=mark,
                hint="declare `stock: {status: active}` to put it on sale",
                about=desired.key,
            ),
        )
    if desired.fields[_STATUS] != "ended":
        return ()
    empty = desired.fields.get(_QUANTITY) == 0
    until = "pieces are" if empty else "`status: active` is"
    return (
        Diagnostic(
            severity=Severity.NOTE,
            code="P510",
            summary=f"{desired.key.name} is made as a draft: "
            + ("nothing in stock" if empty else "it is declared as ended"),
            hint=f"it is listed when {until} declared",
            mark=mark,
            about=desired.key,
        ),
    )


def set_apart(
    desired: Desired, live: Live, moved: _Moved, kind: KindSpec, only: Collection[Module]
) -> tuple[_Moved, frozenset[str]]:
    """Take out what a draft that stays one does not take."""
    comes = any(path == _STATUS for path, _ in moved) and goes_on_sale(desired, kind, only)
    if live.fields.get(_STATUS) != "draft" or comes:
        return moved, frozenset()
    waits = waiting((path for path, _ in moved), kind)
    return [each for each in moved if each[0] not in waits], waits


def goes_on_sale(desired: Desired, kind: KindSpec, only: Collection[Module]) -> bool:
    """Tell whether an offer shall be on sale, and nothing holds it back; `only` are modules that are asked for."""
    status = kind.field(_STATUS)
    held = status is not None and status.module in desired.held and status.module not in only
    return desired.fields.get(_STATUS) == "active" and not held


def waiting(paths: Iterable[str], kind: KindSpec) -> frozenset[str]:
    """Return the fields whose operations refuse a draft."""
    return frozenset(path for path in paths if _needs_listing(path, kind))


def _needs_listing(path: str, kind: KindSpec) -> bool:
    known = kind.field(path)
    return known is not None and any("draft" in kind.operations[name].refuses for name in known.by)


def told_of_waiting(desired: Desired, paths: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Say which declared fields wait until a draft is listed."""
    return tuple(
        warning(
            "P511",
            f"`{path}` of {desired.key.name} waits: the marketplace takes none for a draft",
            mark=desired.origin(path).mark,
            hint="it is set by the first apply after the offer is on sale",
            about=desired.key,
        )
        for path in sorted(paths)
    )
