"""Changes that are read together: those that say the same are said once, those of one field become a table.

An edited template may touch 800 offers with one difference; a price list, 800 offers with one price each.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.values import Money, Value

#: Fewer than this are shown one by one: three lines are read faster than a summary of them.
FEWEST = 4
_ALONE = frozenset({Verb.CREATE, Verb.ADOPT, Verb.RENAME})
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that are drawn together, where the first of them stands; most groups have one member.

    `alike`: all members say the same. Otherwise several members differ in one field, which is the same for all.
    """

    members: tuple[Change, ...]
    alike: bool = False


def grouped(changes: Iterable[Change]) -> Iterator[Group]:
    """Yield the changes in their order, those that belong together at the place of the first."""
    every = list(changes)
    alike = _sizable(_gathered(every, _likeness))
    rest = [each for each in every if id(each) not in alike]
    tables = _sizable(_gathered(rest, _only_field))
    drawn: set[int] = set()
    for change in every:
        members = alike.get(id(change)) or tables.get(id(change)) or [change]
        if id(members[0]) not in drawn:
            drawn.add(id(members[0]))
            yield Group(tuple(members), alike=id(change) in alike)


def _gathered(changes: list[Change], likeness: Callable[[Change], object]) -> list[list[Change]]:
    groups: dict[object, list[Change]] = {}
    for change in changes:
        key = likeness(change)
        if key is not None:
            groups.setdefault(key, []).append(change)
    return list(groups.values())


def _sizable(groups: list[list[Change]]) -> dict[int, list[Change]]:
    return {id(change): members for members in groups if len(members) >= FEWEST for change in members}


def common_fields(group: tuple[Change, ...]) -> tuple[FieldChange, ...]:
    """Return the fields of a group; a place is kept where it is the same for all (a template's line)."""
    first, *others = group
    return tuple(
        field if all(other.fields[index].mark == field.mark for other in others) else _placeless(field)
        for index, field in enumerate(first.fields)
    )


def _placeless(field: FieldChange) -> FieldChange:
    return FieldChange(
        path=field.path,
        module=field.module,
        before=field.before,
        after=field.after,
        drift=field.drift,
        held=field.held,
    )


def _likeness(change: Change) -> object:
    """Return what two changes share that say the same; None for what always stands alone."""
    if change.verb in _ALONE:
        return None
    fields = tuple(
        (each.path, _hashable(each.before), _hashable(each.after), each.drift, each.held) for each in change.fields
    )
    return change.key.kind, change.verb, change.reason, fields


def _only_field(change: Change) -> object:
    """Return the field of a change that is nothing but one short value for another."""
    if change.verb is not Verb.UPDATE or len(change.fields) != 1 or change.reason:
        return None
    field = change.fields[0]
    short = _is_short(field.before) and _is_short(field.after)
    return (change.key.kind, field.path) if short else None


def _is_short(value: Value) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST
    return value is not None and not isinstance(value, Mapping | list | tuple)


def _hashable(value: Value) -> object:
    if isinstance(value, Money):
        return value.amount, value.currency
    return repr(value) if isinstance(value, Mapping | list | tuple) else value
