"""Where the changes of a plan come from, in words."""

from collections import Counter
from collections.abc import Iterable

from reconciler.model.changes import CausedBy, Change

_SAID = {CausedBy.OTHER: "asked for before", CausedBy.SOURCE: "from sources", CausedBy.DRIFT: "drift"}
#: What is told beside a field; that it is of these documents goes without saying, and drift is told in any plan.
ASIDE = {CausedBy.OTHER: "(asked for before)", CausedBy.SOURCE: "(from its source)"}


def causes_told(changes: Iterable[Change], this: str) -> str:
    """Say how many changes come from where; `this` is what those of the documents are called."""
    counts = Counter(each.cause for each in changes if each.cause is not None)
    said = [f"{counts[CausedBy.THIS]:,} {this}"]
    said += [f"{counts[cause]:,} {words}" for cause, words in _SAID.items() if counts[cause]]
    return ", ".join(said)
