"""What is declared and stays undone, gathered from what planning found. Pure.

What a person has asked to wait for (a module in mode `manual`) and what is not synced (`off`) is not among it: the
documents say so themselves.
"""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, field

from reconciler.engine.diff import Difference
from reconciler.model.changes import Change, Settling, Verb
from reconciler.model.offers import Key
from reconciler.model.plan import Violation
from reconciler.model.undone import ByReason, Reason


class Tally(Struct, frozen=True):
    """Collects names by reason."""

    names: dict[Reason, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, reason: Reason, keys: Iterable[Key]) -> None:
        """Note resources."""
        self.names[reason].update(map(str, keys))

    def note(self, key: Key, found: Difference) -> None:
        """Note what the comparison of one pair left."""
        for reason, path in found.left:
            self.names[reason].add(f"{key}: {path}" if path else str(key))

    def settles(self, settling: Iterable[Settling]) -> None:
        """Note what was accepted and does not show yet, field by field where it has fields."""
        for each in settling:
            change = each.change
            paths = (
                [f"{change.key}: {one.path}" for one in change.fields] if change.verb is not Verb.CREATE else []
            )
            self.names[Reason.SETTLING].update(paths or [str(change.key)])

    def refuse(self, changes: Iterable[Change], violations: Iterable[Violation]) -> None:
        """Note what a guard keeps from being applied: the whole account, whichever rows it names."""
        if any(not each.allowed for each in violations):
            self.add(Reason.GUARD, (each.key for each in changes if _is_sent(each)))

    def told(self, *, unclear: Iterable[Key], held: Iterable[Key]) -> ByReason:
        """Return all of it in the order of the last lines; what is held back as a whole has no other reason."""
        self.add(Reason.UNCLEAR, unclear)
        self.add(Reason.HELD, held)
        whole = self.names[Reason.HELD]
        for reason in (each for each in Reason if each is not Reason.HELD):
            self.names[reason] = {each for each in self.names[reason] if each.partition(": ")[0] not in whole}
        return {reason: tuple(sorted(self.names[reason])) for reason in Reason if self.names[reason]}


def _is_sent(change: Change) -> bool:
    return change.verb is not Verb.REPORT and not (change.fields and all(each.held for each in change.fields))
