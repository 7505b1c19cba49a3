"""What was found in the files, a bounded number of each: the rest is counted, and costs nothing to explain."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from reconciler.model.bounds import FINDINGS
from reconciler.model.diagnostics import Diagnostic, error, in_reading_order
from reconciler.model.marks import Mark
from reconciler.model.offers import Key

#: To find out how many more there are costs more than it tells.
_COUNTED = 10 * FINDINGS


def _nothing() -> None:
    """Findings are about no resource."""


class Findings:
    """Collects diagnostics. Of one file at most FINDINGS are kept.

    `about` tells the resource whose document is looked at just now, where it has one: what is added concerns it.
    It is asked where there is something to add only.
    """

    def __init__(self) -> None:
        self.about: Callable[[], Key | None] = _nothing
        self._kept: dict[str, list[Diagnostic]] = {}
        self._more: Counter[str] = Counter()
        self._uncounted: set[str] = set()

    def has_room(self, path: str) -> bool:
        """Tell whether one more of a file would be kept; if not, count it and leave it unexplained."""
        if len(self._kept.get(path, ())) < FINDINGS:
            return True
        self._more[path] += 1
        return False

    def is_enough(self, path: str) -> bool:
        """Tell whether so many are left unexplained that the others need not even be looked for."""
        if self._more[path] < _COUNTED:
            return False
        self._uncounted.add(path)
        return True

    def add(self, found: Diagnostic) -> None:
        """Keep a diagnostic, or count it."""
        path = found.mark.file if found.mark else ""
        if self.has_room(path):
            known = found if found.about or not (about := self.about()) else replace(found, about=about)
            self._kept.setdefault(path, []).append(known)

    def extend(self, found: Iterable[Diagnostic]) -> None:
        """Keep several."""
        for each in found:
            self.add(each)

    def about_nothing(self) -> None:
        """Leave open what the next findings are about."""
        self.about = _nothing

    def told(self) -> tuple[Diagnostic, ...]:
        """Return what was kept, in reading order; at the end of a file, how many more it has."""
        return in_reading_order((*(each for kept in self._kept.values() for each in kept), *self._rest()))

    def _rest(self) -> Iterator[Diagnostic]:
        for path, count in self._more.items():
            marks = [each.mark for each in self._kept[path] if each.mark]
            last = max(marks, key=lambda mark: (mark.line, mark.column), default=Mark(path))
            hint = "Mend these first: the others often go with them."
            least = "more than " if path in self._uncounted else ""
            summary = f"and {least}{count:,} more findings in this file"
            yield error("D122", summary, mark=last if path else None, hint=hint)
