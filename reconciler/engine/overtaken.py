"""What a plan compared, held against what has been remembered since: an older plan knows nothing better. Pure.

Saved plans are applied in any order. What an older one compared was true when it was made, and another number may
have been declared since, and applied: taken for the last one it would be a delivery that nobody made.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from reconciler.engine.stock import QUANTITY
from reconciler.model.memory import Baseline, Compared, Managed
from reconciler.model.offers import Key

Recalled = Callable[[Key], Baseline | None]


def still_latest(
    compared: Iterable[Compared], known: Recalled, seen_at: datetime, latest: datetime
) -> list[Compared]:
    """Return what was compared of resources of which nothing was remembered after `seen_at`."""
    return [each for each in compared if not _overtaken(known(each.key), seen_at, latest)]


def as_far_as_latest(
    compared: Iterable[Compared],
    known: Recalled,
    managed: Callable[[], Mapping[Key, Managed]],
    seen_at: datetime,
    latest: datetime,
) -> list[Compared]:
    """Return all that was compared; what was equal counts no more where it was remembered anew after `seen_at`.

    Nor does what the removal of the document would do: that stays as it is `managed`, which is asked when needed.
    """
    compared = list(compared)
    older = {each.key for each in compared if _overtaken(known(each.key), seen_at, latest)}
    ours = managed() if older else {}
    return [_as_written(each, ours.get(each.key)) if each.key in older else each for each in compared]


def _as_written(each: Compared, mine: Managed | None) -> Compared:
    written = replace(each, equal={}, whole=False, fingerprint="")
    return replace(written, stock=mine.stock, protected=mine.protected) if mine else written


def reckons_from_another_number(each: Compared, baseline: Baseline | None) -> bool:
    """Tell whether a difference was reckoned from another declared number than the one that holds by now."""
    declared = baseline.declared.get(QUANTITY) if baseline else None
    return declared is not None and each.replaced is not None and declared != each.replaced


def _overtaken(baseline: Baseline | None, seen_at: datetime, latest: datetime) -> bool:
    """What was remembered in the future, by a clock that was wrong, is neither earlier nor later."""
    if baseline is None or not baseline.at:
        return False
    return seen_at < datetime.fromisoformat(baseline.at) <= latest
