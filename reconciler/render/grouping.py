"""Changes that are read together: those that say the same are said once, those of one field become a table.

An edited template may touch 800 offers with one difference; a price list, 800 offers with one price each. What
ends and what goes to zero is never folded: each has a line of its own.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import Enum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.changes import Change, FieldChange, Verb
from reconciler.model.values import Gain, Money, Value
from reconciler.render.inner_text import inner_changes
from reconciler.render.word_diff import Effort, replaced

#: Fewer than this are shown one by one: three lines are read faster than a summary of them.
FEWEST = 4
ENDS = frozenset({Verb.END, Verb.DELETE})
_ALONE = ENDS | {Verb.CREATE, Verb.ADOPT, Verb.RENAME}
_LONGEST = 40
_QUANTITY = "stock.quantity"

#: What two rows share that belong together; None for what stands alone.
Likeness = Hashable | None
Row = tuple[Change, FieldChange]
T = TypeVar("T")


class Drawing(Enum):
    """How the changes of a group are drawn."""

    ALONE = "alone"
    ALIKE = "alike"  # once, with the count and the first names
    TABLE = "table"  # a line for each, or for each rule
    ZEROS = "zeros"  # a line for each, however many
    ENDS = "ends"  # likewise


class Group(Struct, frozen=True):
    """Changes that are drawn together, where the first of them stands; most groups have one member.

    The members have only those of their fields that the group is about.
    """

    members: tuple[Change, ...]
    drawing: Drawing = Drawing.ALONE


def grouped(changes: Iterable[Change], effort: Effort) -> Iterator[Group]:
    """Yield the changes in their order, those that belong together at the place of the first."""
    every = list(changes)
    places = {each.key: place for place, each in enumerate(every)}
    alike = _Alikeness(effort)
    groups: list[Group] = []
    rest = every
    for drawing, likeness in ((Drawing.ENDS, _end), (Drawing.ALIKE, alike.of_change)):
        sets, rest = _gathered(rest, likeness)
        groups.extend(Group(tuple(members), drawing) for members in sets)
    by_field, rest = _by_field(rest, alike)
    groups.extend((*by_field, *(Group((each,)) for each in rest)))
    yield from sorted(groups, key=lambda group: places[group.members[0].key])


def _by_field(changes: list[Change], alike: "_Alikeness") -> tuple[list[Group], list[Change]]:
    """Take single fields out of changes that have several: first what is alike, then what makes a table."""
    groups: list[Group] = []
    for drawing, likeness in (
        (Drawing.ALIKE, alike.of_row),
        (Drawing.ZEROS, _zero),
        (Drawing.TABLE, _short_field),
    ):
        rows = [(change, field) for change in changes if _parts(change, drawing) for field in change.fields]
        sets, _ = _gathered(rows, likeness)
        of_sets = _of_the_same(sets) if drawing is Drawing.ALIKE else map(_with_its_field, sets)
        groups.extend(Group(members, drawing) for members in of_sets)
        taken = {(id(change), field.path) for rows in sets for change, field in rows}
        changes = [each for each in (_without(change, taken) for change in changes) if each is not None]
    return groups, changes


def _with_its_field(rows: list[Row]) -> tuple[Change, ...]:
    return tuple(change if len(change.fields) == 1 else replace(change, fields=(field,)) for change, field in rows)


def _of_the_same(sets: list[list[Row]]) -> Iterator[tuple[Change, ...]]:
    """Yield the changes of each set with its field; sets of the same changes are one, with all of their fields."""
    together: dict[tuple[int, ...], list[list[Row]]] = {}
    for rows in sets:
        together.setdefault(tuple(id(change) for change, _ in rows), []).append(rows)
    for alike in together.values():
        yield tuple(
            replace(row[0][0], fields=tuple(field for _, field in row)) for row in zip(*alike, strict=True)
        )


def _parts(change: Change, drawing: Drawing) -> bool:
    """Tell whether fields of a change may stand elsewhere: in a table only where all of them are short."""
    if change.verb is not Verb.UPDATE or change.reason:
        return False
    return drawing is not Drawing.TABLE or all(_short_field((change, field)) for field in change.fields)


def _without(change: Change, taken: set[tuple[int, str]]) -> Change | None:
    left = tuple(field for field in change.fields if (id(change), field.path) not in taken)
    if len(left) == len(change.fields):
        return change
    return replace(change, fields=left) if left else None


def _gathered(every: list[T], likeness: Callable[[T], Likeness]) -> tuple[list[list[T]], list[T]]:
    """Return the sets that are large enough, and what is in none of them."""
    keys = [likeness(each) for each in every]
    sets: dict[Likeness, list[T]] = {}
    for key, each in zip(keys, every, strict=True):
        if key is not None:
            sets.setdefault(key, []).append(each)
    large = {key for key, members in sets.items() if len(members) >= FEWEST}
    rest = [each for key, each in zip(keys, every, strict=True) if key not in large]
    return [members for key, members in sets.items() if key in large], rest


def common_fields(group: tuple[Change, ...]) -> tuple[FieldChange, ...]:
    """Return the fields of a group; a place is kept where it is the same for all (a template's line).

    So is the lowest price before a reduction.
    """
    first, *others = group
    return tuple(
        _common(field, [other.fields[index] for other in others]) for index, field in enumerate(first.fields)
    )


def _common(field: FieldChange, others: list[FieldChange]) -> FieldChange:
    if any(other.mark != field.mark for other in others):
        field = replace(field, mark=None, level="")
    if any(other.lowest != field.lowest for other in others):
        field = replace(field, lowest=None)
    return field


def is_zero(field: FieldChange) -> bool:
    """Tell whether a field is a stock number that comes to nothing."""
    if field.path != _QUANTITY:
        return False
    after = field.after
    return (field.before or 0) + after.amount <= 0 if isinstance(after, Gain) else after == 0


def _is_number(field: FieldChange) -> bool:
    """Tell whether a field is a price or a number of pieces: those are read in a table, and by the rules in it."""
    return isinstance(field.after, Money | Gain) or type(field.after) is int


def _end(change: Change) -> Likeness:
    return (change.key.kind, change.verb) if change.verb in ENDS else None


def _zero(row: Row) -> Likeness:
    change, field = row
    return (change.key.kind, field.held) if is_zero(field) else None


def _short_field(row: Row) -> Likeness:
    """Return the field of a change that is one short value for another."""
    change, field = row
    short = is_short(field.before) and is_short(field.after)
    return (change.key.kind, field.path, field.held, str(field.cost)) if short and not is_zero(field) else None


def is_short(value: Value) -> bool:
    """Tell whether a value is read at a glance: a number, a name, a few words."""
    if isinstance(value, str):
        return len(value) <= _LONGEST
    if isinstance(value, int | Money):
        return True
    return value is not None and not isinstance(value, Mapping | list | tuple)


class _Alikeness:
    """What changes share that say the same: of texts the words that are replaced, whatever stands around them."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._known: dict[int, Hashable] = {}

    def of_change(self, change: Change) -> Likeness:
        if change.verb in _ALONE or _parts(change, Drawing.ALIKE) or any(map(is_zero, change.fields)):
            return None
        return change.key.kind, change.verb, change.reason, tuple(map(self._of_field, change.fields))

    def of_row(self, row: Row) -> Likeness:
        change, field = row
        return None if _is_number(field) else (change.key.kind, self._of_field(field))

    def _of_field(self, field: FieldChange) -> Hashable:
        if id(field) not in self._known:
            said = self._of_values(field.before, field.after)
            self._known[id(field)] = field.path, said, field.drift, field.held, str(field.cost)
        return self._known[id(field)]

    def _of_values(self, before: Value, after: Value) -> Hashable:
        if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > _LONGEST:
            return replaced(before, after, self._effort) or (before, after)
        if isinstance(before, Mapping | list) and isinstance(after, Mapping | list):
            inner = inner_changes(before, after, self._effort)
            return tuple(
                (each.label, each.moved_from, repr(each.after))
                if each.moved_from
                else (each.label, self._of_parts(each.before, each.after))
                for each in inner
            )
        return _hashable(before), _hashable(after)

    def _of_parts(self, before: Value, after: Value) -> Hashable:
        if isinstance(before, str) and isinstance(after, str):
            return replaced(before, after, self._effort) or (before, after)
        return _hashable(before), _hashable(after)


def _hashable(value: Value) -> Hashable:
    if isinstance(value, Money):
        return value.amount, value.currency
    return repr(value) if isinstance(value, Mapping | list | tuple) else (type(value), value)
