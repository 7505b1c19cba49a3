"""The cheap list: a thousand offers in one request."""

from collections.abc import Iterable

from msgspec import Struct, field

from reconciler.model.offers import OFFER, Live
from reconciler.providers.allegro.decoding import view
from reconciler.providers.allegro.offer_page import OfferPage, listing
from reconciler.providers.allegro.rows import identified, row
from reconciler.providers.base import Inventory, MarketplaceFault, Reading, RowsKnown
from reconciler.providers.conversation import Ahead, Conversation, Reached, Request
from reconciler.providers.faults import fetch, not_the_api
from reconciler.providers.views import View

#: An account has fewer offers than this; a list that says more is not followed to its end.
_MOST = 5_000_000


class _Found(Struct):
    """What the pages have shown so far; `read` counts rows, also those that came twice."""

    reading: Reading
    shown: View
    live: dict[str, Live] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    resting: dict[str, None] = field(default_factory=dict)
    stretches: dict[bytes, bytes] = field(default_factory=dict)
    totals: set[int] = field(default_factory=set)
    read: int = 0

    @property
    def different(self) -> int:
        """Return how many different offers there were."""
        return len(self.live) + len(self.resting)

    def take(self, page: OfferPage) -> None:
        """Take up a page. Of an offer that is in several, the last row counts."""
        self.totals.add(page.total)
        self.read += page.count
        self.resting.update(dict.fromkeys(page.resting))
        self.stretches.update(page.stretches)
        for remote_id in self.live.keys() & page.resting:
            del self.live[remote_id], self.digests[remote_id]
        for digest, body in page.rows:
            if identified(body):
                remote_id = body["id"]
                self.live[remote_id] = row(body, self.reading, self.shown)
                self.digests[remote_id] = digest
                self.resting.pop(remote_id, None)


def inventory(reading: Reading) -> Conversation[Inventory]:
    """Read all pages, and say whether they add up.

    The listing has no stable order by id and moves while it is read, so offset paging can skip and repeat
    rows: a pass is complete only when the number of different offers is the total that every page stated. A row
    that does not say which offer it is of is none.
    """
    found = _Found(reading, _shown(reading))
    yield from _pages(found, (), reading.resting)
    complete = found.totals == {found.different} and found.read == found.different
    return Inventory(
        tuple(found.live.values()),
        complete,
        resting=tuple(found.resting),
        digests=found.digests,
        stretches=found.stretches,
    )


def find(reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
    """Read the rows of the offers with these external ids: the way to an offer whose creation timed out."""
    wanted = list(dict.fromkeys(keys))
    live: dict[str, Live] = {}
    for start in range(0, len(wanted), 100):  # openapi searchOffersUsingGET, external.id
        chosen = tuple(("external.id", key) for key in wanted[start : start + 100])
        found = _Found(reading, _shown(reading), live)
        yield from _pages(found, chosen, None)
    return tuple(live.values())


def _shown(reading: Reading) -> View:
    return view(reading.spec.kinds[OFFER], "list")


def _pages(found: _Found, chosen: tuple[tuple[str, str], ...], resting: RowsKnown | None) -> Conversation[None]:
    """Read the pages of a choice. As soon as one is full, those after it are known, and told ahead."""
    pages = found.reading.spec.kinds[OFFER].views["list"]
    ahead: dict[int, Request] = {}

    def asking(offset: int) -> Request:
        return listing(pages, (*chosen, ("limit", str(pages.page)), ("offset", str(offset))), resting)

    while True:
        page: OfferPage = yield from fetch(ahead.get(found.read) or asking(found.read))
        if not 0 <= page.total <= _MOST:
            raise MarketplaceFault(not_the_api(f"it counts {page.total} offers"))
        known = found.different
        found.take(page)
        yield Reached(found.read, page.total)
        if not page.count or found.read >= page.total or found.different == known:
            return
        if not ahead and page.count == pages.page:
            ahead = {offset: asking(offset) for offset in range(found.read, page.total, pages.page)}
            yield Ahead(tuple(ahead.values()))
