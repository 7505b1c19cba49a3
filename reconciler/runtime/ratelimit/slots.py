"""The slots that one process has taken of its limits and not used yet.

They are taken ahead, so that one statement serves several requests and each process has its turn, and no further
than processes need to share evenly: a slot that is not used is lost.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping

from reconciler.runtime.ledger.budgets import TICK, Budgets, Claim, Slot

_SECOND = 1_000_000
#: A wait for a limit that is longer than this is said, and one soon after it is not said again.
_WORTH_SAYING, _SAID = 5 * _SECOND, 60 * _SECOND
_LONG = {"hour": "an hour", "day": "a day"}


class Slots:
    """Slots by limit, in microseconds of the account's clock. `virtual` tells that the database has no other."""

    def __init__(self, rows: Budgets, note: Callable[[str], None], *, virtual: bool) -> None:
        self._rows = rows
        self._note = note
        self._virtual = virtual
        self._ahead: defaultdict[Claim, deque[Slot]] = defaultdict(deque)
        self._taken: dict[Claim, int] = {}
        self._used: Counter[Claim] = Counter()
        self._said_until = 0
        self._blocked_until = 0

    def of(self, claim: Claim) -> deque[Slot]:
        """Return the slots of a limit, the earliest first."""
        return self._ahead[claim]

    def drop_void(self, claim: Claim, now: int) -> None:
        """Drop the slots that were missed or lie within a block; not what was counted for an hour or a day."""
        ahead = self._ahead[claim]
        while ahead and not claim.limit and (now > ahead[0].closes or ahead[0].opens < self._blocked_until):
            ahead.popleft()

    def use(self, used: Mapping[Claim, int]) -> None:
        """Take away the earliest slots of each limit, as many as requests have left."""
        for claim, slots in used.items():
            self._used[claim] += slots
            for _ in range(slots):
                self._ahead[claim].popleft()

    def take(self, claim: Claim, requests: int, free: int, now: int) -> bool:
        """Take slots for requests that wait, of which `free` have one; tell whether the first has come.

        A process with much to do always has as many before it as any other has: so they share evenly.
        """
        wanted = min(requests if free else max(requests, self._lately(claim, now)), _window(claim)) - free
        if wanted <= 0:
            return False
        taken = self._rows.take(claim, wanted, now if self._virtual else None)
        self._ahead[claim].extend(Slot(now + opens, now + closes) for opens, closes in taken)
        self._taken[claim] = now
        self._used[claim] = 0
        first = now + taken[0].opens
        self._say(claim, first, now)
        return first <= now

    def expected(self, claim: Claim, place: int, now: int) -> int:
        """Return about when the slot opens that is so far behind the first, as if nobody else took any."""
        ahead = self._ahead[claim]
        if place < len(ahead):
            return ahead[place].opens
        last = ahead[-1].opens if ahead else max(now, self._blocked_until)
        return last + (place + 1 - len(ahead)) * claim.step

    def block(self, microseconds: int, now: int) -> None:
        """Stop every process of this client for so long."""
        self._blocked_until = now + microseconds
        self._rows.block(microseconds, now if self._virtual else None)

    def blocked_for(self, now: int) -> int:
        """Return how long the block lasts that this process knows of; 0 where there is none."""
        return max(0, self._blocked_until - now)

    def _lately(self, claim: Claim, now: int) -> int:
        """Return how many requests have used this limit in the last tick: about so many will in the next."""
        passed = now - self._taken.get(claim, 0)
        return self._used[claim] * TICK // passed if passed > 0 else 0

    def _say(self, claim: Claim, slot: int, now: int) -> None:
        """Say why nothing happens for long: an hour or a day is used up, or an earlier command was told 429. Once.

        Who waits for nothing but the commands before it has nothing to say.
        """
        known = max(self._said_until, self._blocked_until)
        if slot - now <= max(_WORTH_SAYING, 3 * claim.step) or slot <= known + _SAID:
            return
        limit, _, window = claim.name.rpartition("/")
        if claim.limit:
            why = f"{claim.limit:,} {_LONG[window]} are used up"
        elif self._rows.blocked(now if self._virtual else None):
            why = "the marketplace said: too many"
        else:
            return
        self._said_until = slot
        self._note(f"waiting {(slot - now) / _SECOND:.0f} s for the limit {limit}: {why}")


def _window(claim: Claim) -> int:
    """Return how many slots a process may have before it: half of a tick's.

    Those of two processes fill a tick: nothing is left for whoever wakes first to take more than his share.
    """
    return TICK // claim.step // 2 + 1 if claim.step else 1
