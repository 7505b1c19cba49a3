"""Changes that say the same, said once: an edited template may touch 800 offers with one difference."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.values import Money, Value

#: Fewer than this are shown one by one: three lines are read faster than a summary of them.
FEWEST = 4
_ALONE = frozenset({Verb.CREATE, Verb.ADOPT})


def grouped(changes: Iterable[Change]) -> Iterator[tuple[Change, ...]]:
    """Yield groups of changes that are alike, each where its first member stands; most have one member."""
    groups: dict[object, list[Change]] = {}
    for position, change in enumerate(changes):
        likeness: object = position if change.verb in _ALONE else _likeness(change)
        groups.setdefault(likeness, []).append(change)
    for members in groups.values():
        if len(members) >= FEWEST:
            yield tuple(members)
        else:
            yield from ((each,) for each in members)


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
    fields = tuple(
        (each.path, _hashable(each.before), _hashable(each.after), each.drift, each.held) for each in change.fields
    )
    return (change.key.kind, change.verb, change.reason, fields)


def _hashable(value: Value) -> object:
    if isinstance(value, Money):
        return value.amount, value.currency
    return repr(value) if isinstance(value, Mapping | list | tuple) else value
