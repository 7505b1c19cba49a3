"""Inventory locations: where goods lie. Their key is the seller's, and stays."""

from __future__ import annotations

import orjson

from reconciler.simulator.ebay.bodies import KEY
from reconciler.simulator.ebay.location_bodies import LOCATION, NEW_LOCATION
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.shapes import require
from reconciler.simulator.ebay.world import EbayCall, EbayRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig, without_nulls
from reconciler.simulator.world import Json

PATH = "/sell/inventory/v1/location"
ONE = f"{PATH}/{{merchantLocationKey}}"
CENTER, TIMES = "FULFILLMENT_CENTER", "fulfillmentCenterSpecifications"


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
    """POST /location/{merchantLocationKey}: with an address that its kind needs."""
    require(KEY, call.params["merchantLocationKey"], 25800)
    require(NEW_LOCATION, call.body, 25800)
    body = without_nulls(call.body)
    body.setdefault("locationTypes", ["WAREHOUSE"])
    body.setdefault("merchantLocationStatus", "ENABLED")
    _check(body)
    sql = "SELECT 1 FROM locations WHERE seller = ? AND key = ?"
    if call.world.store.one(sql, call.seller, call.params["merchantLocationKey"]):
        raise Refusal(409, error(25803, "merchantLocationKey"))
    _keep(call, body)
    return Reply(204)


def _check(body: Json) -> None:
    """A warehouse has a country and a postal code, or a city with its state; the others have a whole address.

    A fulfillment center needs its times; of the other kinds they are dropped.
    """
    address, kinds = dig(body, "location", "address") or {}, body["locationTypes"]
    if not address.get("country"):
        raise refuse(25801, "country")
    if {CENTER, "STORE"} & set(kinds):
        for name in ("addressLine1", "city", "stateOrProvince", "postalCode"):
            if not address.get(name):
                raise refuse(25801, name)
    elif not (address.get("postalCode") or (address.get("city") and address.get("stateOrProvince"))):
        raise refuse(25801, "postalCode")
    if CENTER not in kinds:
        body.pop(TIMES, None)
    elif TIMES not in body:
        raise refuse(25801, TIMES)


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

    def href(place: int) -> str:
        return f"{PATH}?limit={limit}&offset={place}"

    answer: Json = {"href": href(offset), "total": total, "limit": limit, "offset": offset}
    if offset + limit < total:
        answer["next"] = href(offset + limit)
    if offset:
        answer["prev"] = href(max(0, offset - limit))
    return Reply(200, {**answer, "locations": found})


def update(call: EbayCall) -> Reply:
    """POST …/update_location_details: what is sent is set; hours of other days and dates stay.

    The address of a fulfillment center cannot be changed; what was left out of it can be added.
    """
    require(LOCATION, call.body, 25800)
    body, sent = _load(call), without_nulls(call.body)
    if "location" in sent:
        old, new = body["location"].get("address", {}), sent["location"].get("address", {})
        if CENTER in body["locationTypes"]:
            for name in [one for one in new if old.get(one, new[one]) != new[one]]:
                raise refuse(25800, f"{name}: the address of a fulfillment center stays")
        sent["location"] = {**body["location"], **sent["location"], "address": {**old, **new}}
    for name, key in (("operatingHours", "dayOfWeekEnum"), ("specialHours", "date")):
        if name in sent:
            days = {one[key]: one for one in [*body.get(name, []), *sent[name]]}
            sent[name] = list(days.values())
    changed = {**body, **sent}
    _check(changed)
    _keep(call, changed)
    return Reply(204)


def remove(call: EbayCall) -> Reply:
    """DELETE /location/{merchantLocationKey}."""
    if CENTER in _load(call)["locationTypes"]:
        raise refuse(25806)
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
