"""What the marketplace's events tell: of offers that its list does not show yet, and of those that have moved."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.offers import OFFER
from reconciler.providers.base import Activation
from reconciler.runtime.clock import is_within
from reconciler.runtime.connection.session import Session
from reconciler.runtime.observe.own_writes import follow_writes

_EVENTS = "events"
_EVENTS_KEPT = timedelta(hours=23)


def known_since(opened: Session) -> datetime | None:
    """Return since when this ledger has known the account: its first run, or the first time it saw all of it."""
    first = opened.ledger.runs.first_start(opened.place)
    reads = opened.ledger.prices.reads(opened.place)[:1]
    return min((*reads, *((datetime.fromisoformat(first),) if first else ())), default=None)


def may_lack_creations(opened: Session) -> bool:
    """Tell whether the ledger is too young to know everything that the list may not show."""
    since = known_since(opened)
    return since is None or opened.clock.now() - since < opened.spec.list_lag


async def lately_listed(opened: Session, names: Iterable[str]) -> dict[str, Activation]:
    """Ask the events which of these offers were listed within the grace: name -> the latest time."""
    wanted, since = set(names), opened.clock.now() - opened.spec.list_lag
    found = await opened.ask(opened.provider.activations())
    return {each.key: each for each in found if each.key in wanted and each.at > since}


class EventsFollowed(Struct, frozen=True, kw_only=True):
    """What tells which full reads that are kept are outdated: events since the last time, and whose turn it is.

    `gapless`: no event was missed. `noted` are the offers of which any look was told after a number that was
    named; `number` is the latest. `turn` are those that are read again whatever events say, and `paid` what `pay`
    is told of that. `besides` full reads are kept of what is none of this look.
    """

    moved: frozenset[str] = frozenset()
    gapless: bool = True
    noted: frozenset[str] = frozenset()
    number: int = 0
    turn: frozenset[str] = frozenset()
    paid: datetime | None = None
    besides: int = 0


async def follow_events(opened: Session, since: int | None = None) -> EventsFollowed:
    """Ask which offers had events since the last time, and remember where we are.

    With `since`, those are noted that this or another look was told of after that number: by events, or by the
    ledger of what was written.
    """
    if opened.spec.kinds[OFFER].trusted_by:
        return EventsFollowed()
    moved, gapless = await _moved_lately(opened)
    return replace(follow_notes(opened, since), moved=moved, gapless=gapless)


def follow_notes(opened: Session, since: int | None = None) -> EventsFollowed:
    """Return what is noted of what moved, and ask for no event: what the ledger knows of our writes is noted."""
    follow_writes(opened)
    number, noted = opened.cache.moved_after(str(opened.place.site), since)
    return EventsFollowed(noted=noted, number=number)


def latest_event(opened: Session) -> int:
    """Return the number of the latest event that any look was told of."""
    return opened.cache.moved_after(str(opened.place.site))[0]


async def _moved_lately(opened: Session) -> tuple[frozenset[str], bool]:
    """Ask which offers had events since the last time, and remember where we are."""
    now = opened.clock.now()
    kept = opened.cache.lookup(_EVENTS, str(opened.place.site))
    since = kept[1].decode() if kept else ""
    moved, last, follows = await opened.ask(opened.provider.moved(since))
    opened.cache.drop(str(opened.place.site), OFFER, moved, now)
    opened.cache.keep(_EVENTS, str(opened.place.site), now.isoformat(), last.encode())
    if kept is None:
        return moved, False
    # Events live for a day: all of them are a gapless record when we looked less than a day ago.
    recent = is_within(datetime.fromisoformat(kept[0]), _EVENTS_KEPT, now)
    return moved, recent and (follows or not since)
