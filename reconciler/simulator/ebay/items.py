"""Inventory items: what is kept, how it reads, and the two ways to read many."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import orjson

from reconciler.simulator.ebay.bodies import SKU_ROW
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.rows import AT_ONCE, rows_of
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

LATER = "ebay-list"


def load(world: EbayWorld, seller: str, sku: str) -> Json | None:
    row = world.store.one("SELECT body FROM items WHERE seller = ? AND sku = ?", seller, sku)
    return None if row is None else orjson.loads(row[0])


def save(world: EbayWorld, seller: str, sku: str, body: Json) -> None:
    """Keep an item; the list of all learns of it at once or, with a lag, later."""
    packed = orjson.dumps(body)
    sql = "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?)"
    world.store.run(sql, seller, sku, packed, world.moment)
    _show(world, seller, sku)


def remove(world: EbayWorld, seller: str, sku: str) -> None:
    world.store.run("DELETE FROM items WHERE seller = ? AND sku = ?", seller, sku)
    _show(world, seller, sku)


def _show(world: EbayWorld, seller: str, sku: str) -> None:
    if world.settings.list_lag_seconds > 0:
        schedule(world, world.settings.list_lag_seconds, LATER, seller=seller, sku=sku)
    else:
        _list(world, {"seller": seller, "sku": sku})


@job(LATER)
def _list(world: EbayWorld, body: Json) -> None:
    seller, sku = body["seller"], body["sku"]
    world.store.run("DELETE FROM listed_items WHERE seller = ? AND sku = ?", seller, sku)
    sql = "INSERT INTO listed_items SELECT seller, sku, body FROM items WHERE seller = ? AND sku = ?"
    world.store.run(sql, seller, sku)


def quantity(body: Json | None) -> int | None:
    """How many there are; None where that was lost or never said."""
    found = dig(body, "availability", "shipToLocationAvailability", "quantity")
    return None if found is None else int(found)


def with_quantity(body: Json, number: int) -> Json:
    """The item with another number of pieces."""
    availability = dict(body.get("availability") or {})
    place = {**(availability.get("shipToLocationAvailability") or {}), "quantity": number}
    return {**body, "availability": {**availability, "shipToLocationAvailability": place}}


def check_sku(world: EbayWorld, sku: str) -> None:
    """25707: letters, digits and a few signs, 50 at most."""
    if not re.fullmatch(rf"[A-Za-z0-9{re.escape(world.settings.sku_signs)}]{{1,50}}", sku):
        raise refuse(25707, sku=sku)


def view(sku: str, body: Json) -> Json:
    """An item as it reads: with its SKU, and its quantity shared among the formats."""
    number = quantity(body)
    shown = {"sku": sku, **body}
    if number is not None:
        place = dig(body, "availability", "shipToLocationAvailability")
        shared = {**place, "allocationByFormat": {"auction": 0, "fixedPrice": number}}
        shown["availability"] = {**body["availability"], "shipToLocationAvailability": shared}
    return shown


def read_item(call: EbayCall) -> Reply:
    """GET /inventory_item/{sku}."""
    sku = call.params["sku"]
    check_sku(call.world, sku)
    body = load(call.world, call.seller, sku)
    if body is None:
        raise refuse(25710, status=404)
    return Reply(200, view(sku, body))


def list_items(call: EbayCall) -> Reply:
    """GET /inventory_item: `offset` is the number of a page, and not of an item."""
    limit, page = call.page("limit", 25, 1, 200), call.page("offset", 0, 0, 10**9)
    where = "FROM listed_items WHERE seller = ?"
    total = int((call.world.store.one(f"SELECT COUNT(*) {where}", call.seller) or (0,))[0])
    sql = f"SELECT sku, body {where} ORDER BY sku LIMIT ? OFFSET ?"
    rows = call.world.store.all(sql, call.seller, limit, page * limit)
    if call.is_troubled("short_list"):
        total += int(call.trouble.get("missing", 1))
    pages = -(-total // limit)
    answer: Json = {"href": _href(limit, page), "total": total, "size": pages, "limit": limit}
    if page + 1 < pages:
        answer["next"] = _href(limit, page + 1)
    if page:
        answer["prev"] = _href(limit, page - 1)
    return Reply(200, {**answer, "inventoryItems": [view(sku, orjson.loads(body)) for sku, body in rows]})


def _href(limit: int, page: int) -> str:
    return f"/sell/inventory/v1/inventory_item?{urlencode({'limit': limit, 'offset': page})}"


def bulk_get(call: EbayCall) -> Reply:
    """POST /bulk_get_inventory_item: up to 25 SKUs, each with a status of its own."""
    rows = rows_of(call, SKU_ROW)
    skus = rows.members("sku")
    if len(rows.requests) > AT_ONCE:
        raise refuse(25727, str(AT_ONCE))
    if len(set(skus)) < len(skus):
        raise refuse(25734)

    def one(row: Json) -> Json:
        check_sku(call.world, row["sku"])
        body = load(call.world, call.seller, row["sku"])
        if body is None:
            raise Refusal(404, error(25702, row["sku"]))
        return {"statusCode": 200, "inventoryItem": view(row["sku"], body)}

    return rows.each(one, "sku")
