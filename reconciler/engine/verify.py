"""After a write: is what was asked for there now?"""

from collections.abc import Mapping

from reconciler.engine.equality import seen_as
from reconciler.engine.stock import QUANTITY
from reconciler.model.offers import EXTERNAL_ID, NAME, Live
from reconciler.model.plan import Target
from reconciler.model.spec import KindSpec
from reconciler.model.values import Gain, Value


def missing(target: Target, live: Live | None, kind: KindSpec, sold: int | None = None) -> dict[str, Value]:
    """Return the fields of a target that do not yet read back as asked, with what stands there.

    `sold` is how many the marketplace counted as sold when the plan was made: a stock number is there, too, when
    just the pieces are missing that were sold since.
    """
    if live is None:
        return dict.fromkeys(target.after)
    lacking = _unequal(target.after, live, kind)
    if QUANTITY in lacking and _sold_since(target, live, sold):
        del lacking[QUANTITY]
    return lacking


def _sold_since(target: Target, live: Live, sold: int | None) -> bool:
    """Tell whether sales after the write explain what is there, and sales without it do not."""
    wanted, there, now = target.after[QUANTITY], live.fields.get(QUANTITY), live.facts.get("sold")
    if there is None or now is None or sold is None:
        return False
    since = max(0, now - sold)
    return bool(0 < wanted - there <= since and there != (target.before.get(QUANTITY) or 0) - since)


def moved(target: Target, live: Live | None, kind: KindSpec) -> dict[str, Value]:
    """Return the fields whose live value is neither what the plan saw nor already what it asks for."""
    if live is None:
        return dict.fromkeys(target.before)
    wanting = _unequal(target.after, live, kind)
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
    found = {}
    for path, wanted in after.items():
        if isinstance(wanted, Gain):
            continue  # a difference shows in no number: sales go on meanwhile
        spec = kind.field(path)
        if path == EXTERNAL_ID:
            seen = live.facts.get(EXTERNAL_ID)
        elif path == NAME:
            seen = live.key.name if live.key else None
        else:
            seen = seen_as(spec.equality, wanted, live.fields.get(path)) if spec else live.fields.get(path)
        if seen != wanted:
            found[path] = seen
    return found
