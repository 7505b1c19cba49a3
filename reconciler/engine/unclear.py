"""What was answered and cannot be understood: nothing is concluded from it, and it costs its own resource only."""

from msgspec.structs import replace

from reconciler.engine.match import Matched
from reconciler.model.diagnostics import Diagnostic, warning
from reconciler.model.marks import Mark
from reconciler.model.offers import Desired, Key, Live

_HINT = "plan again in a few minutes; if it stays, report it with the words above"


def without_unclear(matched: Matched) -> Matched:
    """Leave out the pairs of which something that is declared cannot be read on the marketplace, and say so."""
    judged = [(pair, _unclear(*pair)) for pair in matched.pairs]
    odd = tuple(said for _, said in judged if said)
    if not odd:
        return matched
    kept = tuple(pair for pair, said in judged if not said)
    return replace(matched, pairs=kept, diagnostics=(*matched.diagnostics, *odd))


def _unclear(desired: Desired, live: Live | None) -> Diagnostic | None:
    if live is None or not live.unreadable:
        return None
    odd = live.unclear((*desired.fields, *desired.unsynced))
    if not odd:
        return None
    return left_out(desired.key, live, odd, desired.origin("name").mark)


def left_out(key: Key, live: Live, odd: str, mark: Mark | None = None) -> Diagnostic:
    """Say that nothing is planned for a resource, whether it has a document or has lost it."""
    return warning(
        "P106",
        f"{key.name} ({live.remote_id}) is left out: what the marketplace answers for it cannot be read",
        mark=mark,
        detail=odd,
        hint=_HINT,
    )
