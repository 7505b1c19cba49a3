"""The cheap list: a thousand offers in one request."""

from collections.abc import Iterable

from reconciler.model.offers import OFFER, Live
from reconciler.providers.allegro.decoding import view
from reconciler.providers.allegro.requests import viewing
from reconciler.providers.allegro.rows import identified, row
from reconciler.providers.base import Inventory, MarketplaceFault, Reading
from reconciler.providers.conversation import Conversation
from reconciler.providers.faults import fetch, not_the_api

#: An account has fewer offers than this; a list that says more is not followed to its end.
_MOST = 5_000_000


def inventory(reading: Reading) -> Conversation[Inventory]:
    """Read all pages, and say whether they add up.

    The listing has no stable order by id and moves while it is read, so offset paging can skip and repeat
    rows: a pass is complete only when the number of different offers is the total that every page stated. A row
    that does not say which offer it is of is none.
    """
    live: dict[str, Live] = {}
    totals: set[int] = set()
    read = yield from _pages(reading, (), live, totals)
    complete = totals == {len(live)} and read == len(live)
    return Inventory(tuple(live.values()), complete)


def find(reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
    """Read the rows of the offers with these external ids: the way to an offer whose creation timed out."""
    wanted = list(dict.fromkeys(keys))
    live: dict[str, Live] = {}
    for start in range(0, len(wanted), 100):  # openapi searchOffersUsingGET, external.id
        chosen = tuple(("external.id", key) for key in wanted[start : start + 100])
        yield from _pages(reading, chosen, live, set())
    return tuple(live.values())


def _pages(
    reading: Reading, chosen: tuple[tuple[str, str], ...], live: dict[str, Live], totals: set[int]
) -> Conversation[int]:
    """Read the pages of a choice into `live`, and what each states as their number; return how many rows came."""
    listing = reading.spec.kinds[OFFER].views["list"]
    shown = view(reading.spec.kinds[OFFER], "list")
    read = 0
    while True:
        query = (*chosen, ("limit", str(listing.page)), ("offset", str(read)))
        body = yield from fetch(viewing(listing, query=query))
        page, total = body["offers"], body["totalCount"]
        if not 0 <= total <= _MOST:
            raise MarketplaceFault(not_the_api(f"it counts {total} offers"))
        totals.add(total)
        read += len(page)
        known = len(live)
        live.update((offer["id"], row(offer, reading, shown)) for offer in page if identified(offer))
        if not page or read >= total or len(live) == known:
            return read
