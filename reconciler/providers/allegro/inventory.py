"""The cheap list: a thousand offers in one request."""

from collections.abc import Iterable

from reconciler.model.offers import OFFER, Live
from reconciler.providers.allegro.faults import fetch
from reconciler.providers.allegro.requests import viewing
from reconciler.providers.allegro.rows import row, view
from reconciler.providers.base import Inventory, Reading
from reconciler.providers.conversation import Conversation


def inventory(reading: Reading) -> Conversation[Inventory]:
    """Read all pages, and say whether they add up.

    The listing has no stable order by id and moves while it is read, so offset paging can skip and repeat
    rows: a pass is complete only when the number of different offers is the total that every page stated.
    """
    listing = reading.spec.kinds[OFFER].views["list"]
    shown = view(reading.spec.kinds[OFFER], "list")
    live: dict[str, Live] = {}
    totals: set[int] = set()
    read = 0
    while True:
        query = (("limit", str(listing.page)), ("offset", str(read)))
        body = yield from fetch(viewing(listing, query=query))
        page = body.get("offers") or []
        total = body.get("totalCount") or 0
        totals.add(total)
        read += len(page)
        for offer in page:
            live[offer["id"]] = row(offer, reading, shown)
        if not page or read >= total:
            break
    complete = totals == {len(live)} and read == len(live)
    return Inventory(tuple(live.values()), complete)


def find(reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
    """Read the rows of the offers with these external ids: the way to an offer whose creation timed out."""
    wanted = list(dict.fromkeys(keys))
    listing = reading.spec.kinds[OFFER].views["list"]
    shown = view(reading.spec.kinds[OFFER], "list")
    live: dict[str, Live] = {}
    for start in range(0, len(wanted), 100):  # openapi searchOffersUsingGET, external.id
        chosen = tuple(("external.id", key) for key in wanted[start : start + 100])
        read = 0
        while True:
            query = (*chosen, ("limit", str(listing.page)), ("offset", str(read)))
            body = yield from fetch(viewing(listing, query=query))
            page = body.get("offers") or []
            read += len(page)
            live.update((offer["id"], row(offer, reading, shown)) for offer in page)
            if not page or read >= (body.get("totalCount") or 0):
                break
    return tuple(live.values())
