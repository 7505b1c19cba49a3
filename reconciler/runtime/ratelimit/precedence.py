"""Which process of a client goes first when there is not enough for all: marks in the ledger tell.

Requests that have to wait for long mark their lane, and while the mark holds, requests of lesser lanes stand
aside, whichever process they are of. Every normal request leaves a mark for a resync, which stands behind all.
"""

from reconciler.runtime.ledger.budgets import Budgets, Claim

#: A normal request marks this name; a resync stays away until so long after the last one.
NORMAL, _QUIET = "normal", 2_000_000
#: Who waits longer than for the next tick and has others behind him says so. How long that holds, if a slot is not
#: longer.
_LONG_WAIT, _MARKED = 100_000, 500_000
#: How long a lesser lane stands aside before one of its requests goes all the same: nobody starves.
_LONGEST_ASIDE = 2_000_000
#: How often the marks of others are looked at.
LOOK_EVERY = 125_000


class Precedence:
    """The marks that one process leaves and heeds. `virtual` tells that time is a simulator's."""

    def __init__(self, rows: Budgets, *, virtual: bool) -> None:
        self._rows = rows
        self._virtual = virtual
        self._marked: dict[str, int] = {}
        self._looked = -LOOK_EVERY
        self._marks: frozenset[str] = frozenset()
        self._outranking: dict[tuple[Claim, int], frozenset[str]] = {}
        self._outranked: dict[tuple[Claim, int], bool] = {}
        self._aside_since: dict[tuple[str, int], int] = {}

    def normal(self, now: int) -> None:
        """Say that a request which is no resync's was made."""
        self._mark(NORMAL, _QUIET, now)

    def waiting(self, claim: Claim, lane: int, since: int, now: int) -> None:
        """Say that a lane waits for a limit and has others behind it, when it does so for long."""
        if now - since > _LONG_WAIT:
            self._mark(_name(claim, lane), _quiet(claim), now)

    def outranked(self, claim: Claim, lane: int, now: int) -> bool:
        """Tell whether a more urgent lane has had to wait for this limit lately, in whichever process."""
        if not lane:
            return False
        if not 0 <= now - self._looked < LOOK_EVERY:
            self._marks = self._rows.marks(now if self._virtual else None)
            self._looked = now
            self._outranked.clear()
        found = self._outranked.get((claim, lane))
        return self._is_outranked(claim, lane) if found is None else found

    def _is_outranked(self, claim: Claim, lane: int) -> bool:
        """Look whether the marks of now outrank a lane; until the next look at them it is remembered."""
        key = (claim, lane)
        names = self._outranking.get(key)
        if names is None:
            names = self._outranking[key] = frozenset(_name(claim, each) for each in range(lane))
        found = self._outranked[key] = not names.isdisjoint(self._marks)
        if not found:
            self._aside_since.pop((claim.name, lane), None)
        return found

    def excuses(self, claim: Claim, lane: int, now: int) -> bool:
        """Tell whether one request of an outranked lane may go all the same: none has for long."""
        key = (claim.name, lane)
        if now - self._aside_since.setdefault(key, now) < max(_LONGEST_ASIDE, 2 * _quiet(claim)):
            return False
        self._aside_since[key] = now
        return True

    def _mark(self, name: str, microseconds: int, now: int) -> None:
        """Leave a mark, four times while it holds at the most."""
        if not 0 <= now - self._marked.get(name, -microseconds) < microseconds // 4:
            self._rows.mark(name, microseconds, now if self._virtual else None)
            self._marked[name] = now


def _name(claim: Claim, lane: int) -> str:
    return f"{claim.name} lane {lane}"


def _quiet(claim: Claim) -> int:
    return max(_MARKED, 2 * claim.step)
