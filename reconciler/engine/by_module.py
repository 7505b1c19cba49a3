"""How many offers a plan finds equal, and of how many a module is switched off: module by module. Pure, linear.

`equal.price` counts offers of which all declared prices stand on the account, `off.price` those that declare
prices which are not synced. What would change, waits, settles or cannot be changed is in neither: a plan lists it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from reconciler.model.changes import Change
from reconciler.model.modules import Module
from reconciler.model.offers import OFFER, Desired, Key, Live
from reconciler.model.spec import KindSpec
from reconciler.model.undone import ByReason, Reason

#: What these name is among the changes, or held back as a whole.
_ELSEWHERE = frozenset({Reason.GUARD, Reason.HELD})
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
    touched: dict[Key, Collection[Module | None]] = {}
    for change in changes:
        touched[change.key] = {*touched.get(change.key, ()), *(field.module for field in change.fields)}
    left = _left(undone, kind)
    known: dict[tuple[str, ...], frozenset[Module]] = {}

    def modules(paths: tuple[str, ...]) -> frozenset[Module]:
        if paths not in known:  # most offers say the same fields
            known[paths] = frozenset(modules_of(paths, kind))
        return known[paths]

    counts: Counter[str] = Counter()
    for desired, live in pairs:
        key = desired.key
        if key.kind != OFFER or key in held:
            continue
        if desired.unsynced:
            counts.update(f"{_OFF}{module}" for module in modules(tuple(desired.unsynced)))
        if desired.besides is not None:
            counts.update(each for each in desired.besides.counts if each.startswith(_OFF))
        here = left.get(str(key), frozenset()) if left else frozenset()
        if live is not None and None not in here:
            listed = touched.get(key, frozenset())
            counts.update(
                f"{_EQUAL}{module}"
                for module in modules(tuple(desired.fields))
                if module not in listed and module not in here
            )
            if desired.besides is not None:  # nothing of it can be listed, or left
                counts.update(each for each in desired.besides.counts if each.startswith(_EQUAL))
    return dict(counts)


def _left(undone: ByReason, kind: KindSpec) -> Mapping[str, Collection[Module | None]]:
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
