"""From changes to actions: the fewest requests that say the same.

One function per shape of the spec. An offer's fields go to the first operation that can carry them; fields
that may `join` ride in the offer's single edit when there is one anyway; equal changes of many offers share a
command; what is left goes into keyed lists. Linear in changes.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import NoneType

from msgspec import Struct, field

from reconciler.engine.fewest import worth_a_command
from reconciler.engine.rereads import FULL_AT_ONCE, in_list
from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.plan import Action, Target
from reconciler.model.spec import FieldSpec, KindSpec, MarketplaceSpec, OperationSpec, Role, Shape
from reconciler.model.values import Gain, Money, canonical_json, text_around

#: The verbs that are one operation of their own.
_WHOLE = {Verb.CREATE: Role.CREATE, Verb.DELETE: Role.DELETE}
_STATUS = "stock.status"
#: Some operations take no null and no zero, and some no differences; these are none of it.
_NEVER_REFUSED = frozenset({str, Money})

#: A pair of a change and those of its fields that go together.
Part = tuple[Change, tuple[FieldChange, ...]]


class _Pool(Struct):
    """Parts that wait to be packed, by operation."""

    single: dict[str, list[Part]] = field(default_factory=lambda: defaultdict(list))
    shared: dict[str, dict[tuple[object, ...], list[Part]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )


def batch(changes: Iterable[Change], spec: MarketplaceSpec, plan_id: str) -> tuple[Action, ...]:
    """Pack all changes of one account into actions, ordered by wave. Held and reported changes carry nothing."""
    pools: dict[str, _Pool] = defaultdict(_Pool)
    for change in changes:
        fields = tuple(each for each in change.fields if not each.held)
        if change.verb is not Verb.REPORT and (fields or (change.verb in _WHOLE and not change.fields)):
            _sort(change, fields, spec.kinds[change.key.kind], pools[change.key.kind])
    actions = [action for kind, pool in pools.items() for action in _pack(spec.kinds[kind], pool, plan_id)]
    return tuple(sorted(actions, key=lambda action: action.wave))


def _sort(change: Change, fields: tuple[FieldChange, ...], kind: KindSpec, pool: _Pool) -> None:
    if change.verb in _WHOLE:
        _sort_whole(change, fields, kind, pool)
        return
    carriers = {each.path: _carriers(each, kind) for each in fields}
    edited = any(_is_single(ways[0], kind) for ways in carriers.values())
    groups: dict[str, list[FieldChange]] = defaultdict(list)
    for each in fields:
        ways = carriers[each.path]
        rides = edited and _may_join(each, kind) and _is_single(ways[-1], kind)
        groups[ways[-1] if rides else ways[0]].append(each)
    for operation, members in groups.items():
        if _is_single(operation, kind):
            pool.single[operation].append((change, tuple(members)))
            continue
        for part in _shareable(kind.operations[operation], members):
            pool.shared[operation][_signature(part)].append((change, part))


def _sort_whole(change: Change, fields: tuple[FieldChange, ...], kind: KindSpec, pool: _Pool) -> None:
    """A creation or a deletion is one request; what a creation cannot carry follows it."""
    pool.single[_WHOLE[change.verb]].append((change, _creatable(fields, kind)))
    if change.verb is Verb.CREATE:
        for each in fields:
            for operation in _after_creation(each, kind):
                pool.single[operation].append((change, (each,)))


def _creatable(fields: tuple[FieldChange, ...], kind: KindSpec) -> tuple[FieldChange, ...]:
    return tuple(each for each in fields if not _after_creation(each, kind))


def _after_creation(change: FieldChange, kind: KindSpec) -> tuple[str, ...]:
    """Name the operations that carry a field which a creation cannot."""
    spec = kind.field(change.path)
    last = kind.operations[spec.by[-1]] if spec is not None and spec.by else None
    return (last.name,) if last is not None and last.after_creation else ()


def _carriers(change: FieldChange, kind: KindSpec) -> tuple[str, ...]:
    """Name the operations that can carry this value, in the spec's order of preference."""
    spec = kind.field(change.path)
    if spec is None:
        return (kind.rename,)  # what the resource is known by is no field
    if change.path == _STATUS:
        return (Role.ACTIVATE,) if change.after == "active" else (Role.END,)
    if type(change.after) in _NEVER_REFUSED:
        return spec.by
    able = tuple(name for name in spec.by if not _refuses(kind.operations[name], change))
    if isinstance(change.after, Gain):
        able = tuple(name for name in able if kind.operations[name].differences)
    return able or spec.by[-1:]


def _refuses(operation: OperationSpec, change: FieldChange) -> bool:
    return ("null" in operation.refuses and change.after is None) or (
        "zero" in operation.refuses and change.after == 0 and change.after is not False
    )


def _is_single(operation: str, kind: KindSpec) -> bool:
    return kind.operations[operation].shape is Shape.SINGLE


def _may_join(change: FieldChange, kind: KindSpec) -> bool:
    spec: FieldSpec | None = kind.field(change.path)
    return spec is None or spec.join


def _shareable(operation: OperationSpec, members: list[FieldChange]) -> Iterator[tuple[FieldChange, ...]]:
    """A request carries one value, or all of an offer's fields at once."""
    if operation.several:
        yield tuple(members)
    else:
        yield from ((each,) for each in members)


def _signature(fields: tuple[FieldChange, ...]) -> tuple[object, ...]:
    """Return what is equal of equal changes: prices and numbers as they are, what has parts by its one text."""
    return tuple(
        (each.path, type(each.after), each.after)
        if type(each.after) in _SINGLE
        else (each.path, canonical_json(each.after))
        for each in fields
    )


#: What is compared as it is, with its type: `True` equals 1, and is another value.
_SINGLE = frozenset({str, int, bool, NoneType, Money, Gain})


def _pack(kind: KindSpec, pool: _Pool, plan_id: str) -> Iterator[Action]:
    left: dict[str, list[Part]] = defaultdict(list)
    rivals: dict[str, list[tuple[OperationSpec, list[Part]]]] = defaultdict(list)
    for name, groups in pool.shared.items():
        operation = kind.operations[name]
        for parts in groups.values():
            if operation.shape is Shape.KEYED_LIST:  # it says each value beside its key
                left[name].extend(parts)
                continue
            other = _other_way(kind, operation, parts)
            if other is not None and other.shape is Shape.KEYED_LIST:
                rivals[other.name].append((operation, parts))
            elif other is not None and len(parts) == 1:
                left[other.name].extend(parts)
            else:
                yield from _commands(kind, operation, parts, plan_id)
    for name, against in rivals.items():
        yield from _against_lists(kind, kind.operations[name], against, left[name], plan_id)
    for name, parts in left.items():
        yield from _leftovers(kind, kind.operations[name], parts, plan_id)
    for name, parts in pool.single.items():
        for part in parts:
            yield _action(kind, kind.operations[name], [part], plan_id)


def _against_lists(
    kind: KindSpec,
    keyed_list: OperationSpec,
    against: list[tuple[OperationSpec, list[Part]]],
    left: list[Part],
    plan_id: str,
) -> Iterator[Action]:
    """Send the groups that pay as commands, and leave the others to the keyed list."""
    sizes = [_size(kind, operation, parts) for operation, parts in against]
    keys = [[change.key for change, _ in parts] for _, parts in against]
    chosen = worth_a_command(keys, sizes, keyed_list.max)
    for index, (operation, parts) in enumerate(against):
        if index in chosen:
            yield from _commands(kind, operation, parts, plan_id)
        else:
            left.extend(parts)


def _commands(kind: KindSpec, operation: OperationSpec, parts: list[Part], plan_id: str) -> Iterator[Action]:
    size = _size(kind, operation, parts)
    for start in range(0, len(parts), size):
        yield _action(kind, operation, parts[start : start + size], plan_id)


def _size(kind: KindSpec, operation: OperationSpec, parts: list[Part]) -> int:
    """What becomes of each field has to be told, and all offers of a command are looked at before it leaves."""
    fields = parts[0][1]
    looked_at = operation.max if in_list((each.path for each in fields), kind) else FULL_AT_ONCE
    told = max(1, operation.report_rows // len(fields)) if operation.report_rows else operation.max
    return min(operation.max, looked_at, told)


def _other_way(kind: KindSpec, operation: OperationSpec, parts: list[Part]) -> OperationSpec | None:
    change = parts[0][1][0]
    able = _carriers(change, kind)
    later = able[able.index(operation.name) + 1 :]
    return kind.operations[later[0]] if later else None


def _leftovers(kind: KindSpec, operation: OperationSpec, parts: list[Part], plan_id: str) -> Iterator[Action]:
    """Everything that one resource has left rides together: keyed lists of resources, or one edit each."""
    by_key: dict[object, tuple[Change, list[FieldChange]]] = {}
    for change, fields in parts:
        by_key.setdefault(change.key, (change, []))[1].extend(fields)
    merged = [(change, tuple(fields)) for change, fields in by_key.values()]
    size = operation.max if operation.shape is Shape.KEYED_LIST else 1
    for start in range(0, len(merged), size):
        yield _action(kind, operation, merged[start : start + size], plan_id)


def _action(kind: KindSpec, operation: OperationSpec, parts: list[Part], plan_id: str) -> Action:
    targets = tuple(
        Target(
            key=change.key,
            remote_id=change.remote_id,
            before={each.path: each.before for each in fields},
            after={each.path: each.after for each in fields},
        )
        for change, fields in parts
    )
    written = [[str(each.key), each.after] for each in targets]
    values = (value for each in targets for value in each.after.values())
    content = text_around([kind.name, operation.name, written], values)
    action_id = str(uuid.uuid5(uuid.UUID(plan_id), f"{targets[0].key.account} {content}"))
    return Action(id=action_id, kind=kind.name, operation=operation.name, wave=operation.wave, targets=targets)
