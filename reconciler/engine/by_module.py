"""How many offers a plan finds equal, and of how many a module is switched off: module by module. Pure, linear.

`equal.price` counts offers of which all declared prices stand on the account, `off.price` those that declare
prices which are not synced. What would change, waits, settles or cannot be changed is in neither: a plan lists it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from reconciler.model.changes import Change
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import KindSpec
from reconciler.model.undone import ByReason, Reason

#: What these name is among the changes, or held back as a whole.
_ELSEWHERE = frozenset({Reason.GUARD, Reason.HELD})
_NOWHERE: frozenset[Module | None] = frozenset()
#: What the names of these counts begin with.
_EQUAL, _OFF = "equal.", "off."


def by_module(
    pairs: Iterable[tuple[Desired, Live | None]],
    kind: KindSpec,
    changes: Iterable[Change],
    undone: ByReason,
    held: Collection[Key],
) -> dict[str, int]:
    """Count the offers of an account; `changes` are all that a plan lists, whether it sends them or not."""
    touched: dict[Key, frozenset[Module | None]] = {}
    for change in changes:
        listed = frozenset([field.module for field in change.fields])
        touched[change.key] = touched[change.key] | listed if change.key in touched else listed
    left = _left(undone, kind)
    alike: dict[_Likeness, int] = {}
    for desired, live in pairs:
        key = desired.key
        if key.kind != OFFER or key in held:
            continue
        here = left.get(str(key), _NOWHERE) if left else _NOWHERE
        equal = live is not None and None not in here
        said = tuple(desired.fields) if equal else (), tuple(desired.unsynced)
        besides = desired.besides.counts if desired.besides is not None else ()
        one = _Likeness(*said, besides, touched.get(key, _NOWHERE) | here, equal)
        alike[one] = alike.get(one, 0) + 1
    counts: Counter[str] = Counter()
    for one, times in alike.items():
        counts.update(dict.fromkeys(_counted(one, kind), times))
    return dict(counts)


class _Likeness(NamedTuple):
    """What is the same of offers that count alike, as most do: the fields of each, those that are not synced, what
    it counts as besides, in which modules it is listed or left, and whether the others are equal.
    """

    fields: tuple[str, ...]
    unsynced: tuple[str, ...]
    besides: tuple[str, ...]
    elsewhere: frozenset[Module | None]
    equal: bool


def _counted(one: _Likeness, kind: KindSpec) -> set[str]:
    """Return what an offer counts as; nothing of what it counts as besides can be listed, or left."""
    found = {f"{_OFF}{module}" for module in modules_of(one.unsynced, kind)}
    found.update(each for each in one.besides if each.startswith((_OFF, _EQUAL) if one.equal else _OFF))
    found.update(f"{_EQUAL}{module}" for module in modules_of(one.fields, kind) if module not in one.elsewhere)
    return found


def _left(undone: ByReason, kind: KindSpec) -> Mapping[str, AbstractSet[Module | None]]:
    """Return the modules in which something stays undone, by name; None where it is the whole offer."""
    found: dict[str, set[Module | None]] = defaultdict(set)
    for reason, names in undone.items():
        for each in names if reason not in _ELSEWHERE else ():
            name, _, path = each.partition(": ")
            found[name].update(modules_of((path,), kind) if path else (None,))
    return found


def modules_of(paths: Iterable[str], kind: KindSpec) -> Iterator[Module]:
    """Yield the module of each of these fields."""
    for path in paths:
        spec = kind.field(path)
        if spec and spec.module:
            yield spec.module
