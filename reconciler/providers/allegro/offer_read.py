"""One offer through the views that its declared fields need."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.model.offers import OFFER, Key, Live
from reconciler.model.values import Value
from reconciler.providers.allegro.decoding import view
from reconciler.providers.allegro.offer_page import OfferPage, listing
from reconciler.providers.allegro.requests import viewing
from reconciler.providers.allegro.rows import detail, identified, row
from reconciler.providers.base import MarketplaceFault, Reading
from reconciler.providers.conversation import Conversation
from reconciler.providers.faults import fetch, fetch_or_none, not_the_api
from reconciler.providers.forms import Unreadable
from reconciler.providers.views import View


def read_offer(reading: Reading, remote_id: str, views: Iterable[str]) -> Conversation[Live | None]:
    """Merge what the views show; None when the offer is not there.

    Archived offers and those of other sellers are answered as missing too (#10274, #11959).
    """
    kind = reading.spec.kinds[OFFER]
    found: Live | None = None
    for name in sorted(set(views), key=_DETAIL_FIRST.index):
        if name == "list":
            found = _merged(found, (yield from _listed(reading, remote_id)))
            continue
        body = yield from fetch_or_none(viewing(kind.views[name], remote_id))
        if name == "detail":
            if body is None:
                return None
            found = _detail(body, reading, view(kind, "detail"))
        elif body is not None:
            found = _with(found, reading, remote_id, *view(kind, name).read(body, reading))
    return found


def _detail(body: Mapping[str, Any], reading: Reading, shown: View) -> Live:
    try:
        return detail(body, reading, shown)
    except Unreadable as odd:
        raise MarketplaceFault(not_the_api(str(odd).strip())) from odd


_DETAIL_FIRST = ("detail", "list", "tags", "promotion")


def _listed(reading: Reading, remote_id: str) -> Conversation[Live | None]:
    kind = reading.spec.kinds[OFFER]
    page: OfferPage = yield from fetch(listing(kind.views["list"], (("offer.id", remote_id), ("limit", "1"))))
    rows = [offer for _, offer in page.rows if identified(offer) and offer["id"] == remote_id]
    return row(rows[0], reading, view(kind, "list")) if rows else None


def _merged(full: Live | None, listed: Live | None) -> Live | None:
    """Let the full body win: the list trails writes by seconds (#10367)."""
    if full is None or listed is None:
        return full or listed
    fields, facts = {**listed.fields, **full.fields}, {**listed.facts, **full.facts}
    odd = {path: wrong for path, wrong in listed.unreadable.items() if path not in full.fields}
    return replace(full, fields=fields, facts=facts, unreadable={**odd, **full.unreadable})


def _with(
    found: Live | None, reading: Reading, remote_id: str, fields: dict[str, Value], wrong: dict[str, str]
) -> Live:
    if found is None:
        key = Key(reading.account, OFFER, remote_id)
        return Live(key=key, kind=OFFER, remote_id=remote_id, fields=fields, unreadable=wrong)
    return replace(found, fields={**found.fields, **fields}, unreadable={**found.unreadable, **wrong})
