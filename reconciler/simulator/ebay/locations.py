"""Inventory locations: where goods lie. Their key is the seller's, and stays."""

from __future__ import annotations

import orjson

from reconciler.simulator.ebay.bodies import KEY, LOCATION, NEW_LOCATION
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.shapes import require
from reconciler.simulator.ebay.world import EbayCall, EbayRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig, without_nulls
from reconciler.simulator.world import Json

PATH = "/sell/inventory/v1/location"
ONE = f"{PATH}/{{merchantLocationKey}}"


def _load(call: EbayCall) -> Json:
    key = call.params["merchantLocationKey"]
    sql = "SELECT body FROM locations WHERE seller = ? AND key = ?"
    row = call.world.store.one(sql, call.seller, key)
    if row is None:
        raise Refusal(404, error(25805, "merchantLocationKey", merchantLocationKey=key))
    found: Json = orjson.loads(row[0])
    return found


def _keep(call: EbayCall, body: Json) -> None:
    key = call.params["merchantLocationKey"]
    call.world.store.run("INSERT OR REPLACE INTO locations VALUES (?, ?, ?)", call.seller, key, orjson.dumps(body))


def view(key: str, body: Json) -> Json:
    place = {**body["location"], "locationId": f"{key}-{len(key)}"}
    return {**body, "location": place, "merchantLocationKey": key}


def create(call: EbayCall) -> Reply:
    """POST /location/{merchantLocationKey}: with a country, and a postal code or a city with its state."""
    require(KEY, call.params["merchantLocationKey"], 25800)
    require(NEW_LOCATION, call.body, 25800)
    address = dig(call.body, "location", "address") or {}
    if not address.get("country"):
        raise refuse(25801, "country")
    if not (address.get("postalCode") or (address.get("city") and address.get("stateOrProvince"))):
        raise refuse(25801, "postalCode")
    sql = "SELECT 1 FROM locations WHERE seller = ? AND key = ?"
    if call.world.store.one(sql, call.seller, call.params["merchantLocationKey"]):
        raise Refusal(409, error(25803, "merchantLocationKey"))
    body = without_nulls(call.body)
    body.setdefault("locationTypes", ["WAREHOUSE"])
    body.setdefault("merchantLocationStatus", "ENABLED")
    _keep(call, body)
    return Reply(204)


def read(call: EbayCall) -> Reply:
    """GET /location/{merchantLocationKey}."""
    return Reply(200, view(call.params["merchantLocationKey"], _load(call)))


def rows(call: EbayCall) -> Reply:
    """GET /location: here `offset` counts locations."""
    limit, offset = call.page("limit", 100, 1, 100), call.page("offset", 0, 0, 10**9)
    where = "FROM locations WHERE seller = ?"
    total = int((call.world.store.one(f"SELECT COUNT(*) {where}", call.seller) or (0,))[0])
    sql = f"SELECT key, body {where} ORDER BY key LIMIT ? OFFSET ?"
    found = [view(key, orjson.loads(body)) for key, body in call.world.store.all(sql, call.seller, limit, offset)]
    href = f"{PATH}?limit={limit}&offset={offset}"
    return Reply(200, {"href": href, "total": total, "limit": limit, "offset": offset, "locations": found})


def update(call: EbayCall) -> Reply:
    """POST …/update_location_details: what is sent is set, the address only where there was none."""
    require(LOCATION, call.body, 25800)
    body, sent = _load(call), without_nulls(call.body)
    if "location" in sent:
        sent["location"] = {**body["location"], **sent["location"]}
    _keep(call, {**body, **sent})
    return Reply(204)


def remove(call: EbayCall) -> Reply:
    """DELETE /location/{merchantLocationKey}."""
    if "FULFILLMENT_CENTER" in _load(call)["locationTypes"]:
        raise refuse(25802, "A fulfillment center can only be disabled.")
    key = call.params["merchantLocationKey"]
    call.world.store.run("DELETE FROM locations WHERE seller = ? AND key = ?", call.seller, key)
    return Reply(204)


def enable(call: EbayCall) -> Reply:
    """POST …/enable."""
    _keep(call, {**_load(call), "merchantLocationStatus": "ENABLED"})
    return Reply(200, {})


def disable(call: EbayCall) -> Reply:
    """POST …/disable: what lies there cannot be listed."""
    _keep(call, {**_load(call), "merchantLocationStatus": "DISABLED"})
    return Reply(200, {})


def routes(read_scopes: tuple[str, ...], write_scopes: tuple[str, ...]) -> list[EbayRoute]:
    kind = "application/json"
    return [
        EbayRoute("GET", PATH, rows, scopes=read_scopes),
        EbayRoute("GET", ONE, read, scopes=read_scopes),
        EbayRoute("POST", ONE, create, content=kind, scopes=write_scopes),
        EbayRoute("DELETE", ONE, remove, scopes=write_scopes),
        EbayRoute("POST", f"{ONE}/enable", enable, scopes=write_scopes),
        EbayRoute("POST", f"{ONE}/disable", disable, scopes=write_scopes),
        EbayRoute("POST", f"{ONE}/update_location_details", update, content=kind, scopes=write_scopes),
    ]
