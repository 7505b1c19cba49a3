"""After a write: is what was asked for there now?"""

from collections.abc import Mapping
from datetime import datetime

from reconciler.engine import zero
from reconciler.engine.stock import QUANTITY, arrival
from reconciler.model.memory import Counted
from reconciler.model.offers import EXTERNAL_ID, NAME, WHOLE, Live
from reconciler.model.outcomes import Arrival
from reconciler.model.plan import Target
from reconciler.model.spec import KindSpec, OperationSpec
from reconciler.model.values import Gain, Value


def missing(target: Target, live: Live | None, kind: KindSpec) -> dict[str, Value]:
    """Return the fields of a target that do not yet read back as asked, with what stands there."""
    if live is None:
        return dict.fromkeys(target.after)
    return _unequal(target.after, zero.as_planned(target, live, kind), kind)


def missing_but_sold(
    target: Target, live: Live | None, kind: KindSpec, then: Counted | None, now: datetime
) -> dict[str, Value]:
    """Return what is missing, but not a stock number that lacks only what was sold since the plan looked."""
    found = missing(target, live, kind)
    if live is None or then is None or QUANTITY not in found:
        return found
    before, written = target.before.get(QUANTITY), target.after[QUANTITY]
    if arrival(before, written, then, live, now, kind.sold_days) is Arrival.COME:
        del found[QUANTITY]
    return found


def carried(target: Target, live: Live, operation: OperationSpec, kind: KindSpec) -> dict[str, Value]:
    """Return the fields that an operation repeats as they were read, since it replaces the whole."""
    if not operation.replaces:
        return {}
    return {
        path: live.fields[path]
        for path, field in kind.fields.items()
        if operation.name in field.by and path not in target.after and live.fields.get(path) is not None
    }


def lost(repeated: Mapping[str, Value], live: Live | None, kind: KindSpec) -> dict[str, Value]:
    """Return the repeated fields that do not read back so. Pieces may be fewer: they are sold meanwhile."""
    if live is None:
        return {}
    found = _unequal(repeated, live, kind)
    there, had = found.get(QUANTITY), repeated.get(QUANTITY)
    if isinstance(there, int) and isinstance(had, int) and there < had:
        del found[QUANTITY]
    return found


def moved(target: Target, live: Live | None, kind: KindSpec) -> dict[str, Value]:
    """Return the fields whose live value is neither what the plan saw nor already what it asks for."""
    if live is None:
        return dict.fromkeys(target.before)
    wanting = _unequal(target.after, zero.as_planned(target, live, kind), kind)
    return {path: seen for path, seen in wanting.items() if seen != target.before.get(path)}


def stranger(target: Target, live: Live, known_as: str | None) -> str:
    """Say whose state this is if it is not the target's: an answer may show another offer under our id.

    `known_as` is the key under which the plan saw the offer. One that is adopted bears none, or another than its
    document's.
    """
    if EXTERNAL_ID not in live.facts:
        return ""
    bears = live.facts[EXTERNAL_ID]
    if bears is None:
        lost = known_as == target.key.name != target.remote_id
        return "it bears no key any more" if lost else ""
    return "" if bears in (target.key.name, known_as) else f"it bears the key {bears}"


def _unequal(after: Mapping[str, Value], live: Live, kind: KindSpec) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for path, wanted in after.items():
        if isinstance(wanted, Gain):
            continue  # a difference shows in no number: sales go on meanwhile
        if odd := live.unreadable.get(path) or live.unreadable.get(WHOLE):
            found[path] = f"something that cannot be read ({odd})"
            continue
        if path == EXTERNAL_ID:
            seen = live.facts.get(EXTERNAL_ID)
        elif path == NAME:
            seen = live.key.name if live.key else None
        else:
            seen = zero.same(kind.field(path), path, wanted, live.fields)
        if seen != wanted:
            found[path] = seen
    return found
