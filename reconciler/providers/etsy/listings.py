"""Reading listings: all of a shop, state by state, or one.

The list shows all that a document can say, so one is only read by itself where a write stands on it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.model.offers import EXTERNAL_ID, OFFER, WHOLE, Key, Live
from reconciler.model.spec import ViewSpec
from reconciler.model.texts import nfc
from reconciler.model.values import Value
from reconciler.providers.base import Inventory, MarketplaceFault, Reading
from reconciler.providers.conversation import Conversation
from reconciler.providers.etsy.answers import IMAGES, LISTED, LISTINGS, PROPERTIES, WITH_LISTING
from reconciler.providers.etsy.decoding import RENEWED, view
from reconciler.providers.etsy.requests import Query, pages, viewing
from reconciler.providers.faults import fetch, fetch_or_none, not_the_api
from reconciler.providers.forms import MALFORMED, checked, whole
from reconciler.providers.views import View, why_of

Json = Mapping[str, Any]
_WITH = ("includes", "Inventory,Images")
_NOTHING: Json = {}
_IMAGES, _PROPERTIES = "images", "properties"


def inventory(reading: Reading) -> Conversation[Inventory]:
    """Read all states, and say whether they add up.

    The first page of the first state is read last, and tells what that state counts then: into it listings come
    from all others, so a pass in which its number has changed is not complete. The others stand in an order in
    which a listing that changes its state meanwhile is shown twice, and not missed.
    """
    first, *others = reading.spec.kinds[OFFER].views["list"].states
    rows, counts = yield from _rest(reading, first)
    counted = 0
    for state in others:
        found, count = yield from pages(*_asked(reading, state))
        rows, counted = [*rows, *found], counted + count
    top = yield from _page(reading, first, 0)
    rows = [*top["results"], *rows]
    shown = view(reading.spec.kinds[OFFER], "list")
    each = [row(one, reading, shown) for one in rows if type(one.get("listing_id")) is int]
    live = {one.remote_id: one for one in each}
    adds_up = len(each) == len(live) == counted + top["count"]
    return Inventory(tuple(live.values()), adds_up and counts <= {top["count"]})


def find(reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
    """Read the listings that bear these keys: nothing can be asked by a sku, so all are read (#33)."""
    wanted = set(keys)
    found = yield from inventory(reading)
    return tuple(each for each in found.live if each.key is not None and each.key.name in wanted)


def read(reading: Reading, remote_id: str, views: Iterable[str] = ()) -> Conversation[Live | None]:
    """Read one listing with its inventory, in one request, and what is asked for besides: pictures, properties.

    Properties alone take one request only. None when it is not there.
    """
    kind, asked_for = reading.spec.kinds[OFFER], frozenset(views)
    if asked_for == {_PROPERTIES}:
        return (yield from _properties(reading, remote_id))
    asked = viewing(kind.views["detail"], reading, WITH_LISTING, remote_id, (("includes", "Listing"),))
    body = yield from fetch_or_none(asked)
    if body is None:
        return None
    listing = body["listing"]
    if str(listing["listing_id"]) != remote_id:
        raise MarketplaceFault(not_the_api(f"it is of listing {listing['listing_id']}"))
    whole = {**listing, "inventory": {name: each for name, each in body.items() if name != "listing"}}
    found = row(whole, reading, view(kind, "detail"), detailed=True)
    for name, expects in ((_IMAGES, IMAGES), (_PROPERTIES, PROPERTIES)):
        if name in asked_for:
            more = yield from fetch(viewing(kind.views[name], reading, expects, remote_id))
            found = _shown_too(found, *view(kind, name).read(more, reading))
    return found


def _properties(reading: Reading, remote_id: str) -> Conversation[Live | None]:
    kind = reading.spec.kinds[OFFER]
    body = yield from fetch_or_none(viewing(kind.views[_PROPERTIES], reading, PROPERTIES, remote_id))
    if body is None:
        return None
    fields, wrong = view(kind, _PROPERTIES).read(body, reading)
    return Live(key=None, kind=OFFER, remote_id=remote_id, fields=fields, unreadable=wrong)


def _shown_too(found: Live, fields: Mapping[str, Value], wrong: Mapping[str, str]) -> Live:
    return replace(found, fields={**found.fields, **fields}, unreadable={**found.unreadable, **wrong})


def _rest(reading: Reading, state: str) -> Conversation[tuple[list[Json], set[int]]]:
    """Read all pages of a state but the first; return what each of them counts besides."""
    size = reading.spec.kinds[OFFER].views["list"].page
    rows: list[Json] = []
    counts: set[int] = set()
    while True:
        body = yield from _page(reading, state, size + len(rows))
        counts.add(body["count"])
        rows += body["results"]
        if len(body["results"]) < size or size + len(rows) >= body["count"]:
            return rows, counts


def _page(reading: Reading, state: str, offset: int) -> Conversation[Json]:
    listing, _, query = _asked(reading, state)
    window = (("limit", str(listing.page)), ("offset", str(offset)))
    body: Json = yield from fetch(viewing(listing, reading, LISTINGS, query=query + window))
    return body


def _asked(reading: Reading, state: str) -> tuple[ViewSpec, Reading, Query]:
    return reading.spec.kinds[OFFER].views["list"], reading, (("state", state), _WITH)


def row(body: Json, reading: Reading, shown: View, *, detailed: bool = False) -> Live:
    """Decode a listing with its inventory. It bears a key where it has one product, with a sku."""
    remote_id = str(body["listing_id"])
    fields: Mapping[str, Value] = {}
    facts: dict[str, Value] = {EXTERNAL_ID: None}
    if odd := LISTED(body):
        wrong = {WHOLE: odd.strip()}
    else:
        fields, wrong = shown.read(body, reading)
        try:
            facts = _facts(body)
        except MALFORMED as why:
            wrong = {**wrong, WHOLE: why_of(why)}
    if body.get("state") == "sold_out":
        fields = {**fields, "stock.quantity": 0}
    return Live(
        key=Key(reading.account, OFFER, str(facts[EXTERNAL_ID] or remote_id)),
        kind=OFFER,
        remote_id=remote_id,
        fields=fields,
        facts=facts,
        detailed=detailed,
        wire=body if detailed else None,
        unreadable=wrong,
    )


def _facts(body: Json) -> dict[str, Value]:
    products = products_of(body)
    varied = len(products) > 1 or any(len(each["offerings"]) > 1 for each in products)
    sku = products[0].get("sku") if len(products) == 1 else None
    return {
        "format": "variations" if varied else None,
        EXTERNAL_ID: nfc(sku) if sku else None,
        "renews": _renews(body),
        "changed": body.get("last_modified_timestamp") or body.get("updated_timestamp"),
    }


def _renews(body: Json) -> bool | int:
    """Tell whether a return to sale is a renewal, or from when on: what is inactive runs out as well [?]."""
    if body["state"] == "inactive" and body.get("ending_timestamp"):
        runs_out: int = checked(whole, body["ending_timestamp"])
        return runs_out
    return body["state"] in RENEWED


def products_of(body: Json) -> list[Json]:
    """Return the products of a listing that nobody has deleted."""
    products = (body.get("inventory") or _NOTHING).get("products") or ()
    return [each for each in products if not each.get("is_deleted")]
