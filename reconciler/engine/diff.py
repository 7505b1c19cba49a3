"""The difference between one desired resource and its live one, on owned fields only."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.engine import drafts, zero
from reconciler.engine.clearing import single_rates
from reconciler.engine.fees import charged
from reconciler.engine.following import follow, unknown
from reconciler.engine.from_sources import because, withheld, without_tolerated
from reconciler.engine.frozen import frozen
from reconciler.engine.lapsed import until
from reconciler.engine.of_kind import of_kind
from reconciler.engine.open_orders import Siblings
from reconciler.engine.places import places
from reconciler.engine.stock import QUANTITY, Stock, ended_by_sales, filled_up, is_literal, judged
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.diagnostics import Diagnostic, error, warning
from reconciler.model.exact import brief
from reconciler.model.memory import Baseline
from reconciler.model.modules import Mode, Module, StockForm
from reconciler.model.offers import EXTERNAL_ID, NAME, Desired, Key, Live
from reconciler.model.spec import Identity, KindSpec
from reconciler.model.undone import Reason
from reconciler.model.values import Value, digest

#: Ends that a seller does not undo by a program: the marketplace's own decision (facts: section 4).
NEVER_REVIVED = frozenset({"admin"})
_STATUS = "stock.status"
#: What is no single article at a fixed price.
_OTHER_FORMATS = {
    "auction": "it is an auction",
    "advertisement": "it is an advertisement",
    "variations": "it has variations",
}


class Scope(Struct, frozen=True, kw_only=True):
    """What a diff needs besides the two sides. `now` is told by a clock so far `ahead` of this machine's.

    `only` names modules that were asked for by name; `baseline` is what was last true of a resource: it tells
    drift from a change of this commit, and as what a stock number was declared. `start` writes a number of which
    nobody knows that. `siblings` is what is known of offers that sell the same pieces; `fights` tells how often an
    offer was resumed after a foreign end within the last day.
    """

    now: datetime
    ahead: timedelta = timedelta(0)
    only: frozenset[Module] = frozenset()
    baseline: Callable[[Key], Baseline | None] = lambda _key: None
    start: bool = False
    siblings: Siblings = field(default_factory=Siblings)
    fights: Callable[[Key], int] = lambda _key: 0


class Difference(Struct, frozen=True):
    """What a diff found: a change, what is not synced, and what cannot be changed.

    `left` is what stays undone and why: fields by their paths, the resource itself by an empty one.
    """

    change: Change | None
    unsynced: Change | None = None
    notes: tuple[Diagnostic, ...] = ()
    differs: frozenset[str] = frozenset()
    stock: Stock | None = None
    left: tuple[tuple[Reason, str], ...] = ()


def differing(fields: Mapping[str, Value], live: Mapping[str, Value], kind: KindSpec) -> list[tuple[str, Value]]:
    """List the fields that differ, as (path, live value seen through the desired one)."""
    found = []
    for path, wanted in fields.items():
        there = live.get(path)
        if wanted is there or wanted == there:  # what many say is one object
            continue
        seen = zero.same(kind.field(path), path, wanted, live)
        if seen != wanted:
            found.append((path, seen))
    return found


def diff(desired: Desired, live: Live, kind: KindSpec, scope: Scope) -> Difference:
    """Compare one pair. Cheap when nothing differs: one pass of comparisons, no allocation to speak of."""
    shown = live
    live = zero.as_wanted(desired, live, kind, scope.baseline(desired.key)) if zero.withdraws(kind) else live
    unsynced = differing(desired.unsynced, live.fields, kind) if desired.unsynced else []
    moved = drafts.without_ends(desired, live, differing(desired.fields, live.fields, kind))
    moved = without_tolerated(desired, moved) if desired.sourced else moved
    keyless = kind.key_given == "after" and live.facts.get(EXTERNAL_ID) is None
    keyless = keyless and desired.key.name != live.remote_id
    named = desired.adopt or desired.moved_from or keyless
    naming = _naming(desired, live, kind, scope) if named else None
    renamed = naming is not None and not is_off(desired, kind)
    stock = _stock(desired, live, moved, kind, scope)
    moved = stock.moved if stock else moved
    if carried := zero.carried_along(desired, live, moved, kind, renamed=renamed):
        moved = [*moved, *((path, None) for path in carried)]
    waiting = withheld(desired)
    if not moved and not unsynced and naming is None:
        left, notes = ((*stock.left, *waiting), stock.notes) if stock else (waiting, ())
        return Difference(None, None, notes, _undone(moved, stock), stock, left) if stock or left else _NOTHING
    differs = _undone(moved, stock)
    if moved and (alien := left_alone(live)):
        told = _report(desired, live, moved, kind, alien)
        apart = _unsynced(desired, live, unsynced, kind)
        return Difference(told, apart, differs=differs, stock=stock, left=((Reason.LEFT_ALONE, ""),))
    empty = zero.waiting(shown, moved, kind)
    moved = [each for each in moved if each[0] not in empty]
    moved, waits = drafts.set_apart(desired, live, moved, kind, scope.only)
    changes, notes, fixed = _changes(desired, live, moved, kind, scope, stock.after if stock else {})
    notes = (
        *notes,
        *(zero.told_of_waiting(desired, empty) if empty else ()),
        *zero.unsaid(desired, live, moved, kind, renamed=renamed),
        *(drafts.told_of_waiting(desired, waits) if waits else ()),
        *single_rates(desired, live.fields, kind),
        *(stock.notes if stock else ()),
    )
    if naming is not None:
        if not kind.rename:
            notes = (*notes, _keeps_its_name(desired, live, kind))
        elif is_off(desired, kind):
            unsynced.append((NAME, naming.before))
        else:
            changes = (naming, *changes)
    change = _change(desired, live, changes, verb_of(changes)) if changes else None
    if change and desired.moved_from and (naming or kind.identity is Identity.MEMBERS):
        change = replace(change, moved_from=desired.moved_from)
    left = (*((Reason.FROZEN, path) for path in fixed), *(stock.left if stock else ()), *waiting)
    return Difference(change, _unsynced(desired, live, unsynced, kind), notes, differs, stock, left)


_NOTHING = Difference(None)


def _stock(
    desired: Desired, live: Live, moved: list[tuple[str, Value]], kind: KindSpec, scope: Scope
) -> Stock | None:
    if desired.sourced and QUANTITY in desired.sourced.withheld:
        return unknown(desired, moved)
    if desired.stock_form is StockForm.SOURCED:
        known = scope.baseline(desired.key)
        return follow(
            desired, live, moved, known, scope.siblings, scope.now, scope.ahead, scope.fights(desired.key)
        )
    if not is_literal(desired):
        return filled_up(desired, live, moved, scope.baseline, scope.now)
    baseline = scope.baseline(desired.key)
    return judged(
        desired,
        live,
        moved,
        baseline,
        kind.sold_days,
        scope.now,
        start=scope.start,
        differences=takes_differences(kind),
    )


@of_kind
def takes_differences(kind: KindSpec) -> bool:
    """Tell whether pieces can be added to what is there: else a number is written."""
    pieces = kind.fields.get(QUANTITY)
    return pieces is not None and any(kind.operations[name].differences for name in pieces.by)


def _undone(moved: list[tuple[str, Value]], stock: Stock | None) -> frozenset[str]:
    """Return the fields that are not as declared: also a number that nobody may write."""
    paths = frozenset(path for path, _ in moved)
    return paths | {QUANTITY} if stock and stock.unknown else paths


def left_alone(live: Live) -> str:
    """Say why a live resource is read, shown and left alone."""
    if what := _OTHER_FORMATS.get(str(live.facts.get("format"))):
        return f"{what}: shown and left alone"
    if live.facts.get("read_only"):
        return f"the marketplace manages it ({live.facts['read_only']}): shown and left alone"
    return ""


def _changes(
    desired: Desired,
    live: Live,
    moved: list[tuple[str, Value]],
    kind: KindSpec,
    scope: Scope,
    instead: Mapping[str, Value],
) -> tuple[tuple[FieldChange, ...], tuple[Diagnostic, ...], tuple[str, ...]]:
    baseline = scope.baseline(desired.key)
    remembered = baseline.digests if baseline else {}
    changes, notes, left = [], [], []
    for path, seen in moved:
        wanted = instead[path] if path in instead else desired.fields[path]
        after, shown, fixed = _without_fixed_parts(path, wanted, seen, live)
        reason = fixed or refused(desired, live, path, kind, scope)
        if reason:
            notes.append(_frozen_note(desired, live, path, seen, reason))
            left.append(path)
        if not reason or (fixed and after != shown):
            told = ended_by_sales(path, live) or zero.hidden(kind.field(path), path, live.fields)
            made = field_change(desired, path, shown, kind, scope, {} if told else remembered, after)
            changes.append(charged(made, live, kind, scope.now))
    return tuple(changes), tuple(notes), tuple(left)


def _without_fixed_parts(path: str, wanted: Value, seen: Value, live: Live) -> tuple[Value, Value, str]:
    """Leave out the declared parameters that differ and that the catalogue's product fixes."""
    fixed = _catalogue_parameters(wanted, seen, live) if path == "content.parameters" else []
    if not fixed:
        return wanted, seen, ""
    free = {name: value for name, value in wanted.items() if name not in fixed}
    reason = f"{', '.join(fixed)}: fixed by the product in the marketplace's catalogue"
    return free, {name: seen[name] for name in free}, reason


def refused(desired: Desired, live: Live, path: str, kind: KindSpec, scope: Scope) -> str:
    """Say why a field that differs cannot be changed; nothing when it can."""
    spec = kind.field(path)
    if spec is None:
        return ""
    if spec.refilled and desired.fields.get(path) is None:
        return "the marketplace's catalogue fills it in again"
    if path == _STATUS:
        return _status_refused(desired.fields.get(path, "active"), live)  # only a receipt resumes unasked
    return frozen(spec, path, live, scope.now, kind)


def _status_refused(wanted: Value, live: Live) -> str:
    is_now = live.fields.get(_STATUS)
    if wanted == "active" and live.facts.get("ended_by") in NEVER_REVIVED:
        return f"the marketplace itself ended it ({live.facts['ended_by']}); it is never revived by a program"
    if wanted == "draft":
        return f"an {is_now} offer cannot become a draft again"
    return ""


def _catalogue_parameters(wanted: Value, seen: Value, live: Live) -> list[str]:
    there = (live.fields.get("content.parameters") or {}).values()
    fixed = {each["name"].casefold() for each in there if each.get("section") == "product"}
    fixed |= {each["id"] for each in there if each.get("section") == "product" and "id" in each}
    return [
        name for name, value in (wanted or {}).items() if seen[name] != value and {name, name.casefold()} & fixed
    ]


def _frozen_note(desired: Desired, live: Live, path: str, seen: Value, reason: str) -> Diagnostic:
    return warning(
        "P301",
        f"`{path}` of {desired.key.name} ({live.remote_id}) differs and cannot be changed: {reason}",
        mark=desired.origin(path).mark,
        detail=f"on the marketplace: {brief(seen)}",
        hint="declare what is there, or leave the field out",
        about=desired.key,
    )


def field_change(
    desired: Desired,
    path: str,
    seen: Value,
    kind: KindSpec,
    scope: Scope,
    remembered: Mapping[str, str],
    after: Value,
) -> FieldChange:
    """Return the change of one field, with all that tells where its value comes from."""
    spec = kind.field(path)
    module = spec.module if spec else None
    origin = desired.origin(path)
    sourced = desired.sourced
    return FieldChange(
        path=path,
        module=module,
        before=seen,
        after=after,
        level=origin.level,
        mark=origin.mark,
        drift=bool(remembered) and remembered.get(path) == digest(after)[:16],
        held=module in desired.held and module not in scope.only,
        places=places(desired, path, after, origin.mark),
        because=because(desired, path, after),
        rows=sourced.told.rows(path) if sourced else {},
        refused=sourced.refused.get(path, "") if sourced else "",
        until=until(desired, path, after),
    )


def _naming(desired: Desired, live: Live, kind: KindSpec, scope: Scope) -> FieldChange | None:
    """Plan that what was adopted or moved gets the name of its document, where it bears another one.

    An offer that has a key keeps it when it is adopted: the document says which offer it means, and no more.
    """
    if kind.identity is Identity.MEMBERS:
        return None
    offer = kind.identity is Identity.EXTERNAL_ID
    there = live.facts.get("external_id") if offer else live.key.name if live.key else None
    if there == desired.key.name or (offer and there and not desired.moved_from):
        return None
    origin = desired.origin("moved.from" if desired.moved_from else "adopt")
    return FieldChange(
        path=EXTERNAL_ID if offer else NAME,
        module=kind.module,
        before=there or None,
        after=desired.key.name,
        level=origin.level,
        mark=origin.mark,
        held=is_held(desired, kind, scope),
    )


def is_held(desired: Desired, kind: KindSpec, scope: Scope) -> bool:
    """Tell whether a resource as a whole waits for a person (`sync: manual`)."""
    return kind.module in desired.held - scope.only


def is_off(desired: Desired, kind: KindSpec) -> bool:
    """Tell whether the module of a resource as a whole is not synced."""
    return kind.module is not None and desired.modes.get(kind.module, (Mode.AUTO, ""))[0] is Mode.OFF


def _keeps_its_name(desired: Desired, live: Live, kind: KindSpec) -> Diagnostic:
    return error(
        "P404",
        f"{desired.key.name} ({live.remote_id}) cannot be renamed: there is no way to rename a {kind.label}",
        mark=desired.origin("moved.from" if desired.moved_from else "adopt").mark,
        hint="call the document what it is called there, and take `moved` away",
        about=desired.key,
    )


def verb_of(changes: tuple[FieldChange, ...]) -> Verb:
    """Name what changes of one live resource come to."""
    after = {each.path: each.after for each in changes}
    named = next((each for each in changes if each.path in (EXTERNAL_ID, NAME)), None)
    if named is not None and named.before is None:
        return Verb.ADOPT
    if named is not None and after.get(_STATUS) != "ended":
        return Verb.RENAME
    return {"ended": Verb.END, "active": Verb.ACTIVATE}.get(after.get(_STATUS), Verb.UPDATE)  # type: ignore[arg-type]


def _change(
    desired: Desired, live: Live, changes: tuple[FieldChange, ...], verb: Verb, reason: str = ""
) -> Change:
    return Change(
        key=desired.key,
        verb=verb,
        remote_id=live.remote_id,
        title=str(live.fields.get("content.title") or ""),
        fields=changes,
        reason=reason,
        mark=desired.origin("name").mark,
        document=desired.document,
    )


def _report(desired: Desired, live: Live, moved: list[tuple[str, Value]], kind: KindSpec, reason: str) -> Change:
    changes = tuple(plain_change(desired.fields, desired, path, seen, kind) for path, seen in moved)
    return _change(desired, live, changes, Verb.REPORT, reason)


def _unsynced(desired: Desired, live: Live, moved: list[tuple[str, Value]], kind: KindSpec) -> Change | None:
    if not moved:
        return None
    wanted = {**desired.unsynced, NAME: desired.key.name}
    changes = tuple(plain_change(wanted, desired, path, seen, kind) for path, seen in moved)
    return _change(desired, live, changes, Verb.REPORT, "not synced")


def plain_change(
    fields: Mapping[str, Value], desired: Desired, path: str, seen: Value, kind: KindSpec
) -> FieldChange:
    """Return a change that comes from no source and is compared with nothing remembered."""
    spec = kind.field(path)
    module = spec.module if spec else kind.module
    _, level = desired.modes.get(module, (Mode.AUTO, "")) if module else (Mode.AUTO, "")
    return FieldChange(
        path=path, module=module, before=seen, after=fields[path], level=level, mark=desired.origin(path).mark
    )
