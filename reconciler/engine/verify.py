"""After a write: is what was asked for there now?"""

from collections.abc import Mapping

from reconciler.engine.equality import seen_as
from reconciler.model.offers import EXTERNAL_ID, NAME, Live
from reconciler.model.plan import Target
from reconciler.model.spec import KindSpec
from reconciler.model.values import Gain, Value


def missing(target: Target, live: Live | None, kind: KindSpec) -> dict[str, Value]:
    """Return the fields of a target that do not yet read back as asked, with what stands there."""
    if live is None:
        return dict.fromkeys(target.after)
    return _unequal(target.after, live, kind)


def moved(target: Target, live: Live | None, kind: KindSpec) -> dict[str, Value]:
    """Return the fields whose live value is neither what the plan saw nor already what it asks for."""
    if live is None:
        return dict.fromkeys(target.before)
    wanting = _unequal(target.after, live, kind)
    return {path: seen for path, seen in wanting.items() if seen != target.before.get(path)}


def _unequal(after: Mapping[str, Value], live: Live, kind: KindSpec) -> dict[str, Value]:
    found = {}
    for path, wanted in after.items():
        if isinstance(wanted, Gain):
            continue  # a difference shows in no number: sales go on meanwhile
        spec = kind.field(path)
        if path == EXTERNAL_ID:
            seen = live.facts.get("external_id")
        elif path == NAME:
            seen = live.key.name if live.key else None
        else:
            seen = seen_as(spec.equality, wanted, live.fields.get(path)) if spec else live.fields.get(path)
        if seen != wanted:
            found[path] = seen
    return found
