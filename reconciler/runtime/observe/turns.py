"""Whose turn it is to be read again: what no event tells of is found within a day, and never all at once.

A full read that is kept is believed for 24 hours at most. Each look at an account reads the oldest of them again,
so large a share of all as the time since the look before is of these 24 hours. So one that is kept is read again
before it is too old however often the account is looked at, as many are read a day as there are offers, and a
shop that was read at once is spread over the day by the looks that follow. After a break of 24 hours all are
read.
"""

import heapq
from collections.abc import Mapping
from datetime import datetime, timedelta

from reconciler.runtime.clock import SAME_TIME
from reconciler.runtime.connection.session import Session

#: A stored read is not trusted for longer: some changes raise no event (facts: section 7.1).
OLDEST = timedelta(hours=24)
_TOPIC = "turns"


def due(kept: Mapping[str, str], paid: datetime, now: datetime) -> tuple[frozenset[str], datetime]:
    """Return which of these are read again now, and up to when that pays.

    `kept` is remote id -> when it was read in full (ISO, UTC), `paid` the moment up to which shares were read. A
    share is whole offers, and what is left of the time counts for the next one: however a day is cut, no more are
    read in it than there are.
    """
    # As texts: one format and one zone sort as moments do, and there may be very many.
    oldest, newest = (now - OLDEST).isoformat(), (now + SAME_TIME).isoformat()
    turn = {each for each, at in kept.items() if not oldest < at <= newest}
    if not kept:
        return frozenset(turn), now
    paid = max(min(paid, now), now - OLDEST)
    share = (now - paid) * len(kept) // OLDEST
    turn.update(heapq.nsmallest(share, kept, key=kept.__getitem__))
    return frozenset(turn), paid + OLDEST * share / len(kept)


def turn_of(opened: Session, kept: Mapping[str, str], every: int) -> tuple[frozenset[str], datetime | None]:
    """Return which of these full reads of an account are made again, and what `pay` is told when that was done.

    A look at less than half of the `every` that are kept takes no share, and pays none: only what is too old is
    read.
    """
    now, before = opened.clock.now(), opened.cache.lookup(_TOPIC, str(opened.place.site))
    turn, paid = due(kept, datetime.fromisoformat(before[0]) if before else now, now)
    if len(kept) * 2 >= every:
        return turn, paid
    return due(kept, now, now)[0], None


def pay(opened: Session, *moments: datetime | None) -> None:
    """Remember up to when shares were read: of all parts of a look."""
    paid = min((each for each in moments if each is not None), default=None)
    if paid is not None:
        opened.cache.keep(_TOPIC, str(opened.place.site), paid.isoformat(), b"")
