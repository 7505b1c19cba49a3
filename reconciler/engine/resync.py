"""Every owned field again, whatever the difference: for the day on which nobody trusts what was observed. Pure.

Nothing else is different from a plan: toggles decide what is owned, frozen fields are left out, and each row
carries the value that was seen, so that nothing newer is overwritten.
"""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.engine.diff import Scope, diff, differing, left_alone
from reconciler.engine.frozen import frozen
from reconciler.engine.stock import QUANTITY, is_literal
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.offers import OFFER, Desired, Live
from reconciler.model.spec import KindSpec, MarketplaceSpec, Type
from reconciler.model.values import Value

#: Fields that are deeds rather than values: to activate twice is refused, and a promotion is paid for each time.
_DEEDS = frozenset({Type.STATUS, Type.PROMOTION})
#: Offers in one request of a resync. Limits count changed offers, and a thousand of them are seven seconds.
_MOST = 100


def resync(
    pairs: Iterable[tuple[Desired, Live | None]], spec: MarketplaceSpec, scope: Scope, *, images: bool
) -> tuple[tuple[Change, ...], tuple[Diagnostic, ...]]:
    """Make a change of every matched offer that is not ended. Equal images go only with `images`."""
    changes: list[Change] = []
    notes: list[Diagnostic] = []
    alone: dict[str, list[str]] = {}
    numbers = 0
    for desired, live in pairs:
        if desired.key.kind != OFFER:
            continue
        if why := _passed_over(live, desired):
            alone.setdefault(why, []).append(desired.key.name)
        elif live is not None:
            change, said = _again(desired, live, spec.kinds[OFFER], scope, images=images)
            changes.extend((change,) if change else ())
            notes.extend(said)
            numbers += is_literal(desired)
    told = (*notes, *(_told(why, names) for why, names in alone.items()), *_numbers(numbers))
    return tuple(changes), told


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
) -> tuple[Change | None, tuple[Diagnostic, ...]]:
    """Add what is equal to what differs. A frozen field would be refused, so it is not sent even when equal."""
    found = diff(replace(desired, unsynced={}, adopt=None), live, kind, scope)
    differ = {path for path, _ in differing(desired.fields, live.fields, kind)}
    if is_literal(desired):
        differ.add(QUANTITY)  # it would put what was sold on sale again
    equal = tuple(
        _same(desired, path, value, kind, scope)
        for path, value in desired.fields.items()
        if path not in differ and _is_resent(kind, path, images=images) and not _is_frozen(kind, path, live, scope)
    )
    return _change(desired, live, found.change, equal), found.notes


def _is_resent(kind: KindSpec, path: str, *, images: bool) -> bool:
    known = kind.field(path)
    if known is None or known.type in _DEEDS:
        return False
    return images or known.type is not Type.IMAGES


def _is_frozen(kind: KindSpec, path: str, live: Live, scope: Scope) -> bool:
    known = kind.field(path)
    return known is not None and bool(frozen(known, path, live, scope.now))


def _same(desired: Desired, path: str, value: Value, kind: KindSpec, scope: Scope) -> FieldChange:
    known = kind.field(path)
    module = known.module if known else None
    origin = desired.origin(path)
    return FieldChange(
        path=path,
        module=module,
        before=value,
        after=value,
        level=origin.level,
        mark=origin.mark,
        held=module in desired.held and module not in scope.only,
    )


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
