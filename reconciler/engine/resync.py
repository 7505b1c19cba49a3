"""Every owned field again, whatever the difference: for the day on which nobody trusts what was observed. Pure.

Nothing else is different from a plan: toggles decide what is owned, frozen fields are left out, and each row
carries the value that was seen, so that nothing newer is overwritten.
"""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec.structs import replace

from reconciler.engine.diff import Difference, Scope, diff, differing, field_change, left_alone
from reconciler.engine.frozen import frozen
from reconciler.engine.stock import QUANTITY, is_literal
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.memory import Compared
from reconciler.model.modules import StockForm
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.spec import KindSpec, MarketplaceSpec, Type

#: Fields that are deeds rather than values: to activate twice is refused, and a promotion is paid for each time.
_DEEDS = frozenset({Type.STATUS, Type.PROMOTION})
#: Offers in one request of a resync. Limits count changed offers, and a thousand of them are seven seconds.
_MOST = 100


class Again(NamedTuple):
    """What is sent again, what is said, and the looks at numbers that follow a source: open orders stay open."""

    changes: tuple[Change, ...]
    notes: tuple[Diagnostic, ...]
    compared: tuple[Compared, ...]


def resync(
    pairs: Iterable[tuple[Desired, Live | None]], spec: MarketplaceSpec, scope: Scope, *, images: bool
) -> Again:
    """Make a change of every matched offer that is not ended. Equal images go only with `images`."""
    changes: list[Change] = []
    compared: list[Compared] = []
    notes: list[Diagnostic] = []
    alone: dict[str, list[str]] = {}
    numbers = 0
    for desired, live in pairs:
        if desired.key.kind != OFFER:
            continue
        if why := _passed_over(live, desired):
            alone.setdefault(why, []).append(desired.key.name)
        elif live is not None:
            change, found = _again(desired, live, spec.kinds[OFFER], scope, images=images)
            changes.extend((change,) if change else ())
            compared.extend(_looked(desired, live, found))
            notes.extend(found.notes)
            numbers += is_literal(desired)
    told = (*notes, *(_told(why, names) for why, names in alone.items()), *_numbers(numbers))
    return Again(tuple(changes), told, tuple(compared))


def _looked(desired: Desired, live: Live, found: Difference) -> Iterable[Compared]:
    counted = found.stock.counted if found.stock and desired.stock_form is StockForm.SOURCED else None
    if counted is not None:
        yield Compared(
            key=desired.key,
            remote_id=live.remote_id,
            whole=False,
            declared={QUANTITY: None},
            counted=counted,
        )


def _numbers(count: int) -> Iterable[Diagnostic]:
    if count:
        many = f"{count:,} stock number{'s are' if count != 1 else ' is'}"
        said = f"{many} not sent again: what was sold since would be on sale twice"
        yield Diagnostic(severity=Severity.NOTE, code="P702", summary=said, hint="`stock: {always: N}` is sent")


def everything(desired: Desired) -> Desired:
    """Take the modules that are off and manual into a desired offer, as if its toggles were all on."""
    return replace(desired, fields={**desired.unsynced, **desired.fields}, unsynced={}, held=frozenset())


def _passed_over(live: Live | None, desired: Desired) -> str:
    if live is None:
        return "not on the marketplace"
    if odd := live.unclear((*desired.fields, *desired.unsynced)):
        return f"cannot be read: {odd}"
    if live.fields.get("stock.status") == "ended":
        return "ended"
    return left_alone(live)


def _told(why: str, names: list[str]) -> Diagnostic:
    shown = ", ".join(names[:5]) + (f" … and {len(names) - 5:,} more" if len(names) > 5 else "")
    many = f"{len(names):,} offer{'s are' if len(names) != 1 else ' is'}"
    return Diagnostic(severity=Severity.NOTE, code="P701", summary=f"{many} left alone ({why}): {shown}")


def _again(
    desired: Desired, live: Live, kind: KindSpec, scope: Scope, *, images: bool
) -> tuple[Change | None, Difference]:
    """Add what is equal to what differs. A frozen field would be refused, so it is not sent even when equal."""
    found = diff(replace(desired, unsynced={}, adopt=None), live, kind, scope)
    differ = {path for path, _ in differing(desired.fields, live.fields, kind)}
    fields = desired.fields
    if is_literal(desired):
        differ.add(QUANTITY)  # it would put what was sold on sale again
    elif desired.stock_form is StockForm.SOURCED:
        number = found.stock.after.get(QUANTITY) if found.stock else None
        fields = {**fields, QUANTITY: number}  # less what was sold since the source was lowered
        stands = number is not None and number == live.fields.get(QUANTITY)
        differ = differ - {QUANTITY} if stands else differ | {QUANTITY}
    equal = tuple(
        field_change(desired, path, value, kind, scope, {}, value)
        for path, value in fields.items()
        if path not in differ and _is_resent(kind, path, images=images) and not _is_frozen(kind, path, live, scope)
    )
    return _change(desired, live, found.change, equal), found


def _is_resent(kind: KindSpec, path: str, *, images: bool) -> bool:
    known = kind.field(path)
    if known is None or known.type in _DEEDS:
        return False
    return images or known.type is not Type.IMAGES


def _is_frozen(kind: KindSpec, path: str, live: Live, scope: Scope) -> bool:
    known = kind.field(path)
    return known is not None and bool(frozen(known, path, live, scope.now, kind))


def _change(desired: Desired, live: Live, found: Change | None, equal: tuple[FieldChange, ...]) -> Change | None:
    if found is not None:
        return replace(found, fields=(*found.fields, *equal))
    if not equal:
        return None
    return Change(
        key=desired.key,
        verb=Verb.UPDATE,
        remote_id=live.remote_id,
        title=str(live.fields.get("content.title") or ""),
        fields=equal,
        mark=desired.origin("name").mark,
        document=desired.document,
    )


def differences(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return what guards judge in a resync: only what differs, since the same value again hurts nobody."""
    moved = (
        replace(each, fields=tuple(field for field in each.fields if field.before != field.after))
        for each in changes
    )
    return tuple(each for each in moved if each.fields)


def gentle(spec: MarketplaceSpec) -> MarketplaceSpec:
    """Return the spec with smaller requests: one of them never holds up a normal run for longer than a second."""
    offers = spec.kinds[OFFER]
    smaller = {name: replace(each, max=min(each.max, _MOST)) for name, each in offers.operations.items()}
    return replace(spec, kinds={**spec.kinds, OFFER: replace(offers, operations=smaller)})
