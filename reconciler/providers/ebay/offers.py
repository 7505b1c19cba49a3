"""Reading what is sold: an item (the product and its pieces) and its offer on the account's site.

A SKU is the address of its item and the key of its offer. The list has items only; the report says which are on
sale, at what price and with how many pieces; all else of an offer is asked for by its SKU, one at a time.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.offers import EXTERNAL_ID, OFFER, WHOLE, Key, Live
from reconciler.model.outcomes import FaultKind
from reconciler.model.requests import called
from reconciler.model.texts import nfc
from reconciler.model.values import Value
from reconciler.providers.base import Inventory, MarketplaceFault, Reading
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.ebay import report
from reconciler.providers.ebay.answers import ITEM, ITEM_ROWS, ITEMS, OFFERS
from reconciler.providers.ebay.decoding import status_of, view
from reconciler.providers.ebay.report import OnSale
from reconciler.providers.ebay.requests import viewing
from reconciler.providers.ebay.sites import marketplace_id
from reconciler.providers.faults import fetch, fetch_or_none, not_the_api
from reconciler.providers.forms import MALFORMED, Unreadable
from reconciler.providers.views import why_of

Json = Mapping[str, Any]
#: What a row says only where the report has it.
OF_REPORT = ("price.base", "stock.quantity", "stock.status")
_MANY = "/sell/inventory/v1/bulk_get_inventory_item"


def inventory(reading: Reading) -> Conversation[tuple[Inventory, tuple[OnSale, ...] | None]]:
    """Read all items, page by page, and what the report says of those that are on sale."""
    items, complete = yield from _items(reading)
    listed = yield from report.listed(reading)
    on_sale = None if listed is None else report.by_sku(listed)
    live = tuple(_row(each, reading, on_sale) for each in items)
    return Inventory(live, complete), listed


def find(reading: Reading, keys: Iterable[str]) -> Conversation[tuple[Live, ...]]:
    """Read the items with these SKUs, 25 a request, and the offer of each."""
    listing = reading.spec.kinds[OFFER].views["list"]
    wanted = list(dict.fromkeys(keys))
    found: list[Live] = []
    for start in range(0, len(wanted), listing.keys):
        some = wanted[start : start + listing.keys]
        asked = Request(
            method="POST",
            path=_MANY,
            expects=ITEM_ROWS,
            json={"requests": [{"sku": sku} for sku in some]},
            reads=True,
            name=called(OFFER, "list"),
            budgets=listing.budgets,
        )
        answered = yield from fetch(asked)
        for row in answered["responses"]:
            if row["statusCode"] == 200 and row["sku"] in some and row.get("inventoryItem") is not None:
                offer = yield from offer_of(reading, row["sku"])
                found.append(whole(reading, row["sku"], row["inventoryItem"], offer))
            elif row["statusCode"] != 404 and row["sku"] in some:  # this one is asked for by itself
                alone = yield from read(reading, row["sku"], ("item", "detail"))
                found += [alone] if alone is not None else []
    return tuple(found)


def read(reading: Reading, sku: str, views: Iterable[str]) -> Conversation[Live | None]:
    """Read one: its item, its offer, or both; None when the item is not there."""
    asked = frozenset(views)
    item: Json | None = None
    if "item" in asked or "detail" not in asked:
        item = yield from item_of(reading, sku)
        if item is None:
            return None
    offer = (yield from offer_of(reading, sku)) if "detail" in asked or "item" not in asked else None
    if item is None:
        return _of_offer(reading, sku, offer)
    return whole(reading, sku, item, offer)


def item_of(reading: Reading, sku: str) -> Conversation[Json | None]:
    """Read an item; None when it is not there."""
    view_spec = reading.spec.kinds[OFFER].views["item"]
    body: Json | None = yield from fetch_or_none(viewing(view_spec, ITEM, sku=sku))
    if body is not None and body.get("sku", sku) != sku:
        raise MarketplaceFault(not_the_api(f"it is of {body['sku']!s:.50}"))
    return body


def offer_of(reading: Reading, sku: str) -> Conversation[Json | None]:
    """Read the offer of a SKU on the account's site, for a fixed price; None when it has none there."""
    site = marketplace_id(reading.base_market)
    view_spec = reading.spec.kinds[OFFER].views["detail"]
    query = (("sku", sku), ("marketplace_id", site), ("format", "FIXED_PRICE"))
    body = yield from fetch_or_none(viewing(view_spec, OFFERS, query=query))
    offers = [each for each in (body or {}).get("offers") or () if each["marketplaceId"] == site]
    mine = [each for each in offers if each.get("format", "FIXED_PRICE") == "FIXED_PRICE"]
    if any(each["sku"] != sku for each in mine):
        raise MarketplaceFault(not_the_api(f"it is not of {sku!s:.50}"))
    if len(mine) > 1:
        raise MarketplaceFault(not_the_api(f"{sku!s:.50} has several offers on one site", FaultKind.REJECTED))
    return mine[0] if mine else None


def _items(reading: Reading) -> Conversation[tuple[list[Json], bool]]:
    """Read all pages; `offset` is the number of a page (inventory getInventoryItems)."""
    listing = reading.spec.kinds[OFFER].views["list"]
    items: dict[str, Json] = {}
    read_rows, number = 0, 0
    while True:
        query = (("limit", str(listing.page)), ("offset", str(number)))
        body = yield from fetch(viewing(listing, ITEMS, query=query))
        page = [each for each in body.get("inventoryItems") or () if isinstance(each.get("sku"), str)]
        read_rows += len(page)
        before = len(items)
        items.update((each["sku"], each) for each in page)
        if page and len(items) == before:
            raise MarketplaceFault(not_the_api("the same page came twice"))
        number += 1
        if len(page) < listing.page or read_rows >= body["total"]:
            return list(items.values()), len(items) == read_rows == body["total"]


def _row(item: Json, reading: Reading, on_sale: Mapping[str, OnSale] | None) -> Live:
    """Decode a row of the list; what the report does not have of it stays unsaid.

    A sale moves the pieces of the item; an end takes it out of the report.
    """
    kind = reading.spec.kinds[OFFER]
    listed = (on_sale or {}).get(nfc(item["sku"]))
    off_sale = on_sale is not None and listed is None
    body: dict[str, Any] = {"item": item}
    if listed is not None:
        price = {"value": listed.price, "currency": listed.currency}
        body |= {"offer": {"pricingSummary": {"price": price}}, "quantity": listed.quantity, "status": "active"}
    odd = ITEM(item)
    fields, wrong = _decoded(body, reading, ("list",), odd)
    if listed is None:
        fields = {path: value for path, value in fields.items() if path not in OF_REPORT}
    facts: dict[str, Value] = {EXTERNAL_ID: nfc(item["sku"]), "moves": None if odd else [_pieces(item), off_sale]}
    return Live(
        key=Key(reading.account, kind.name, nfc(item["sku"])),
        kind=kind.name,
        remote_id=item["sku"],
        fields=fields,
        facts=facts,
        unreadable=wrong,
    )


def whole(reading: Reading, sku: str, item: Json, offer: Json | None) -> Live:
    """Decode an item with its offer on the site, or without one."""
    pieces = _pieces(item)
    if offer is not None and offer.get("availableQuantity") is not None:
        pieces = min(pieces, offer["availableQuantity"])  # shoppers see the lesser (inventory OfferPriceQuantity)
    return _live(reading, sku, {"item": item, "offer": offer or {}, "quantity": pieces}, offer, ("item", "detail"))


def _of_offer(reading: Reading, sku: str, offer: Json | None) -> Live:
    """Decode an offer alone: a list row has the rest."""
    body = {"offer": offer or {}, "quantity": (offer or {}).get("availableQuantity")}
    return _live(reading, sku, body, offer, ("detail",))


def _live(reading: Reading, sku: str, body: dict[str, Any], offer: Json | None, views: tuple[str, ...]) -> Live:
    facts: dict[str, Value] = {EXTERNAL_ID: nfc(sku)}
    odd = ""
    try:
        body["status"] = status_of(offer)
        facts |= _facts(offer)
    except MALFORMED as why:
        odd = why_of(why)
    fields, wrong = _decoded(body, reading, views, odd)
    return Live(
        key=Key(reading.account, OFFER, nfc(sku)),
        kind=OFFER,
        remote_id=sku,
        fields=fields,
        facts=facts,
        detailed=True,
        wire=body,
        unreadable=wrong,
    )


def _decoded(
    body: Json, reading: Reading, views: tuple[str, ...], odd: str
) -> tuple[dict[str, Value], dict[str, str]]:
    if odd:
        return {}, {WHOLE: odd.strip()}
    fields: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for name in views:
        found, misread = view(reading.spec.kinds[OFFER], name).read(body, reading)
        fields |= found
        wrong |= misread
    return fields, wrong


def _facts(offer: Json | None) -> dict[str, Value]:
    listing = (offer or {}).get("listing") or {}
    by_ebay = listing.get("listingStatus") == "EBAY_ENDED"
    return {
        "sold": listing.get("soldQuantity") or 0,
        "ended_by": "admin" if by_ebay else None,
        "on_hold": bool(listing.get("listingOnHold")),
    }


def _pieces(item: Json) -> int:
    there = ((item.get("availability") or {}).get("shipToLocationAvailability") or {}).get("quantity")
    if there is not None and type(there) is not int:
        raise Unreadable("its pieces are no number")
    return there or 0
