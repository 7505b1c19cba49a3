"""Accepted is not done, and it is not drift either: what was written lately and does not show yet.

The marketplace works for hours at times, and its list trails (facts: #8966, #10367). While a field still has the
value from before an accepted write, and the document still asks for what was written, there is nothing to send.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from reconciler.engine.diff import verb_of
from reconciler.engine.stock import QUANTITY, arrival
from reconciler.engine.verify import missing
from reconciler.engine.zero import resumes
from reconciler.model.changes import Change, FieldChange, Settling, Verb
from reconciler.model.diagnostics import Diagnostic, warning
from reconciler.model.exact import brief
from reconciler.model.memory import Baseline, Compared
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.outcomes import Accepted, Arrival
from reconciler.model.spec import KindSpec, MarketplaceSpec, Role, Shape
from reconciler.model.values import Gain, Value

_STATUS = "stock.status"
#: One write of a whole resource: there is no telling its fields apart.
_WHOLE: Mapping[Verb, str] = {Verb.CREATE: Role.CREATE, Verb.DELETE: Role.DELETE}


def set_apart(
    changes: Iterable[Change], writes: Iterable[Accepted], since: datetime
) -> tuple[tuple[Change, ...], tuple[Settling, ...]]:
    """Take out of the changes what settles: accepted after `since`, and not shown yet. `writes`: oldest first.

    The newest write of a field decides. It is an ordinary change when the live value is neither what the write saw
    nor what it wrote, or when the document asks for something else by now. What is being created is created once,
    whatever the document says meanwhile.
    """
    writes = tuple(writes)
    by_field, by_resource = _newest(writes)
    if not by_resource:
        return tuple(changes), ()
    saw = _seen_by(write for write in writes if _open(write, since))
    left: list[Change] = []
    settling: list[Settling] = []
    for change in changes:
        if change.verb is Verb.REPORT or change.key not in by_resource:
            left.append(change)
        elif change.verb in _WHOLE:
            write = by_resource[change.key].get(_WHOLE[change.verb])
            if write is None or not _open(write, since):
                left.append(change)
            else:
                settling.append(_settling(change, change.fields, [write]))
        else:
            _divide(change, by_field, saw, since, left, settling)
    return tuple(left), tuple(settling)


class Behind(NamedTuple):
    """An offer whose row trails what was `written` to it last: path -> value."""

    remote_id: str
    written: Mapping[str, Value]


def outdated(rows: Mapping[str, Live], writes: Iterable[Accepted], kind: KindSpec) -> Mapping[Key, Behind]:
    """Return what shows a value that one of these writes has replaced, and not what the newest of its field wrote.

    `rows` are by remote id; of each that counts which the list shows. `writes` come oldest first: a row may be
    behind by several of them, and what the newest wrote may be what stood there before an older one. Where that is
    a write of many offers at once the list has shown it, and does not trail.
    """
    writes = tuple(writes)
    newest, _ = _newest(writes)
    replaced = _seen_by(writes)
    found: dict[Key, Behind] = {}
    for (key, path), write in newest.items():
        row, single = (
            rows.get(write.target.remote_id or ""),
            kind.operations[write.operation].shape is Shape.SINGLE,
        )
        if row is None or not single or path not in row.fields or not _is_as_listed(path, row, kind):
            continue
        if row.fields[path] in replaced[key, path] and path in missing(write.target, row, kind):
            written = found[key].written if key in found else {}
            found[key] = Behind(row.remote_id, {**written, path: write.target.after[path]})
    return found


def _is_as_listed(path: str, row: Live, kind: KindSpec) -> bool:
    """Tell whether a field may trail. Pieces of an offer that was read in full may as well have been sold."""
    field = kind.field(path)
    return field is not None and "list" in field.views and not (path == QUANTITY and row.detailed)


def overruled(
    desired: Iterable[Desired], changes: Iterable[Change], writes: Iterable[Accepted], since: datetime
) -> tuple[Diagnostic, ...]:
    """Warn of values that the documents have taken back, and that may come all the same: they were accepted."""
    by_field, by_resource = _newest(writes)
    if not by_resource:
        return ()
    planned = {(change.key, field.path) for change in changes for field in change.fields}
    return tuple(
        _may_come(each, path, write)
        for each in desired
        if each.key in by_resource
        for path, wanted in each.fields.items()
        if (write := by_field.get((each.key, path))) and (each.key, path) not in planned
        if _open(write, since) and not isinstance(write.target.after[path], Gain)
        if write.target.after[path] != wanted
    )


def _may_come(desired: Desired, path: str, write: Accepted) -> Diagnostic:
    accepted = brief(write.target.after[path])
    return warning(
        "P304",
        f"`{path}` of {desired.key.name} is as declared, and {accepted} was accepted for it",
        mark=desired.origin(path).mark,
        detail=f"the marketplace has been at work on it since {write.at.isoformat(sep=' ', timespec='minutes')}",
        hint="plan again when it has arrived: the documents win then",
    )


def weighed(
    writes: Iterable[Accepted],
    live: Iterable[Live],
    spec: MarketplaceSpec,
    planned: Callable[[Accepted], Compared | None],
    known: Callable[[Key], Baseline | None],
    now: datetime,
) -> tuple[Accepted, ...]:
    """Return the writes with what their stock numbers tell.

    `planned` is what the plan of a write saw, `known` what is remembered: what counts as declared has come.
    """
    there = {each.remote_id: each for each in live if each.kind == OFFER}
    found = []
    for write in writes:
        target, seen = write.target, there.get(write.target.remote_id or "")
        plan = planned(write) if seen and QUANTITY in target.after and not write.shown else None
        if seen is None or plan is None or plan.counted is None:
            found.append(write)
            continue
        before, written, baseline = target.before.get(QUANTITY), target.after[QUANTITY], known(target.key)
        number = arrival(before, written, plan.counted, seen, now, spec.kinds[OFFER].sold_days)
        if baseline and baseline.declared.get(QUANTITY) == plan.declared.get(QUANTITY):
            number = Arrival.COME
        found.append(replace(write, number=number))
    return tuple(found)


def arrived(
    writes: Iterable[Accepted], live: Iterable[Live], spec: MarketplaceSpec
) -> tuple[tuple[Accepted, Live], ...]:
    """Return the writes that had not been read back and that show wholly now, with what shows them.

    What is gone shows nowhere. Of a difference only sales tell that it has come: no number equals it.
    """
    there = {(each.kind, each.remote_id): each for each in live}
    found = []
    for write in writes:
        kind = spec.kinds[write.target.key.kind]
        seen = there.get((kind.name, write.target.remote_id or ""))
        after = write.target.after
        if not seen or write.shown or not after:
            continue
        lacking = missing(write.target, seen, kind).keys() | {
            p for p, value in after.items() if isinstance(value, Gain)
        }
        if not lacking or (lacking == {QUANTITY} and write.number is Arrival.COME):
            found.append((write, seen))
    return tuple(found)


def _newest(
    writes: Iterable[Accepted],
) -> tuple[Mapping[tuple[Key, str], Accepted], Mapping[Key, Mapping[str, Accepted]]]:
    """Index the newest write of each field, and the newest of each operation of a resource.

    A zero is not awaited any more when a later write has put on sale what it took off.
    """
    by_field: dict[tuple[Key, str], Accepted] = {}
    by_resource: dict[Key, dict[str, Accepted]] = {}
    for write in writes:
        key = write.target.key
        by_resource.setdefault(key, {})[write.operation] = write
        zero = by_field.get((key, QUANTITY)) if resumes(write.target.after) else None
        if zero and zero.target.after[QUANTITY] == 0:
            del by_field[key, QUANTITY]
        by_field.update({(key, path): write for path in write.target.after})
    return by_field, by_resource


def _seen_by(writes: Iterable[Accepted]) -> Mapping[tuple[Key, str], list[Value]]:
    """Return what stood in each field before these writes: where none shows yet, it may be that of the first."""
    saw = defaultdict[tuple[Key, str], list[Value]](list)
    for write in writes:
        for path in write.target.after:
            saw[write.target.key, path].append(write.target.before.get(path))
    return saw


def _open(write: Accepted, since: datetime) -> bool:
    return not write.shown and write.at > since


def _divide(
    change: Change,
    by_field: Mapping[tuple[Key, str], Accepted],
    saw: Mapping[tuple[Key, str], list[Value]],
    since: datetime,
    left: list[Change],
    settling: list[Settling],
) -> None:
    awaited = {
        each.path: write
        for each in change.fields
        if (write := by_field.get((change.key, each.path)))
        and _is_awaited(each, write, saw[change.key, each.path], since)
    }
    if not awaited:
        left.append(change)
        return
    fields = tuple(each for each in change.fields if each.path in awaited)
    settling.append(_settling(change, fields, awaited.values()))
    rest = tuple(each for each in change.fields if each.path not in awaited)
    if rest:
        left.append(_part(change, rest))


def _is_awaited(field: FieldChange, write: Accepted, saw: Collection[Value], since: datetime) -> bool:
    """Tell whether a field waits for a write. `saw` is what stood there before all that does not show yet.

    A stock number that may have come is never written again because time has passed: what was sold since would be
    on sale once more.
    """
    number = write.number if field.path == QUANTITY else None
    if number is Arrival.COME:
        return False
    if number is Arrival.UNSURE and not write.shown:
        return _asks_the_same(field, write)
    if number is Arrival.NOT_YET and _open(write, since):
        return _asks_the_same(field, write)
    return _open(write, since) and _as_written(field, write, saw)


def _asks_the_same(field: FieldChange, write: Accepted) -> bool:
    """A second difference would come on top of the first, and what is to be written as it is may always be."""
    after = write.target.after[field.path]
    return field.after == after or (isinstance(after, Gain) and isinstance(field.after, Gain))


def _as_written(field: FieldChange, write: Accepted, saw: Collection[Value]) -> bool:
    """Tell whether a field is still what the write saw, or one before it, and shall still be what it wrote.

    What is being created is a draft for as long as it is at work (facts: #9902).
    """
    if isinstance(write.target.after[field.path], Gain):
        return _asks_the_same(field, write)  # it may come yet
    if field.after != write.target.after[field.path]:
        return False
    drafted = write.operation == Role.CREATE and field.path == _STATUS and field.before == "draft"
    return drafted or field.before in saw


def _settling(change: Change, fields: tuple[FieldChange, ...], writes: Iterable[Accepted]) -> Settling:
    told = tuple(replace(each, drift=False) for each in fields)
    at = max(write.at for write in writes)
    return Settling(change=_part(change, told), accepted_at=at.isoformat(timespec="seconds"))


def _part(change: Change, fields: tuple[FieldChange, ...]) -> Change:
    """Return a change of some of its fields, under the verb that suits these."""
    if change.verb in _WHOLE or len(fields) == len(change.fields):
        return replace(change, fields=fields)
    return replace(change, fields=fields, verb=verb_of(fields))
