"""The report of everything that is listed: asked for, waited for, fetched as a file."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

import orjson

from reconciler.simulator.ebay import items, listings, offers
from reconciler.simulator.ebay.limits import admit_report
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.shapes import record, require, text
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

REPORT = "LMS_ACTIVE_INVENTORY_REPORT"
PATH = "/sell/feed/v1/task"
READY = "ebay-report"
BODY = record({"feedType": text(), "schemaVersion": text()}, "feedType schemaVersion")
ROW = """<SKUDetails>{sku}<Price currencyID="{currency}">{price}</Price><Quantity>{quantity}</Quantity>
<ItemID>{item}</ItemID></SKUDetails>
"""
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<BulkDataExchangeResponses xmlns="urn:ebay:apis:eBLBaseComponents"><ActiveInventoryReport>
<Timestamp>{at}</Timestamp><Ack>Success</Ack><Version>1355</Version><CorrelationID>{task}</CorrelationID>
{rows}</ActiveInventoryReport></BulkDataExchangeResponses>
"""


def create_task(call: EbayCall) -> Reply:
    """POST /task: the report of one site, 25 in 24 hours."""
    require(BODY, call.body, 160017)
    if call.body["feedType"] != REPORT:
        raise refuse(160017, feedType=call.body["feedType"])
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", call.body["schemaVersion"]):
        raise refuse(160018)
    site = call.request.headers.get("x-ebay-c-marketplace-id", call.home)
    if site not in SITES:
        raise refuse(160027)
    if not admit_report(call.world, call.client, call.seller):
        raise Refusal(409, error(160025))
    world = call.world
    number = f"task-{world.number('task', 10, 1)}-{int(world.moment)}"
    body = {"taskId": number, "feedType": REPORT, "schemaVersion": call.body["schemaVersion"]}
    body |= {"creationDate": world.stamp, "status": "CREATED"}
    sql = "INSERT INTO feed_tasks VALUES (?, ?, ?, NULL, ?, ?, NULL)"
    world.store.run(sql, number, call.seller, world.moment, site, orjson.dumps(body))
    schedule(world, world.span("report", world.settings.report_seconds), READY, task=number)
    return Reply(202, headers={"Location": f"https://api.ebay.com{PATH}/{number}"})


@job(READY)
def _ready(world: EbayWorld, body: Json) -> None:
    """The report is of the moment in which it is made."""
    sql = "SELECT seller, site, body FROM feed_tasks WHERE id = ?"
    row = world.store.one(sql, body["task"])
    if row is None:
        return
    told = orjson.loads(row[2]) | {"status": "COMPLETED", "completionDate": world.stamp}
    told["uploadSummary"] = {"successCount": 0, "failureCount": 0}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{body['task']}_report.xml", _file(world, row[0], row[1], body["task"]))
    sql = "UPDATE feed_tasks SET done = ?, body = ?, file = ? WHERE id = ?"
    world.store.run(sql, world.moment, orjson.dumps(told), packed.getvalue(), body["task"])


def _file(world: EbayWorld, seller: str, site: str, task: str) -> str:
    """SKU, price, quantity and item number of what is listed, also of what was made elsewhere."""
    rows = []
    for listing in listings.of_seller(world, seller, live=True):
        if listing.site != site:
            continue
        offer = offers.load(world, seller, listing.offer) if listing.offer else None
        body = offer.body if offer else listing.body["offer"]
        item = items.load(world, seller, offer.sku) if offer else listing.body["item"]
        sku = offer.sku if offer else listing.body.get("sku")
        price = dig(body, "pricingSummary", "price") or {}
        rows.append(
            ROW.format(
                sku=f"<SKU>{escape(sku)}</SKU>" if sku else "",
                currency=price.get("currency", SITES[site].currency),
                price=price.get("value", "0.00"),
                quantity=listings.shown_quantity(item, body),
                item=listing.id,
            )
        )
    return FILE.format(at=world.stamp, task=task, rows="".join(rows))


def read_task(call: EbayCall) -> Reply:
    """GET /task/{task_id}."""
    return Reply(200, _task(call)[0])


def list_tasks(call: EbayCall) -> Reply:
    """GET /task: those of one feed type, newest first."""
    if not call.arg("feed_type"):
        raise refuse(160004)
    limit, offset = call.page("limit", 10, 1, 500, 160012), call.page("offset", 0, 0, 10**9, 160012)
    sql = "SELECT body FROM feed_tasks WHERE seller = ? ORDER BY created DESC, id DESC"
    found = [one for (body,) in call.world.store.all(sql, call.seller) if (one := orjson.loads(body))]
    found = [one for one in found if one["feedType"] == call.arg("feed_type")]
    answer = {"href": PATH, "total": len(found), "limit": limit, "offset": offset}
    return Reply(200, {**answer, "tasks": found[offset : offset + limit]})


def result_file(call: EbayCall) -> Reply:
    """GET /task/{task_id}/download_result_file: XML in a ZIP."""
    body, content = _task(call)
    if content is None:
        raise Refusal(404, error(160014, body["taskId"]))
    name = f"{body['taskId']}_report.zip"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Reply(200, content, headers, "application/octet-stream")


def _task(call: EbayCall) -> tuple[Json, bytes | None]:
    sql = "SELECT body, file, created FROM feed_tasks WHERE seller = ? AND id = ?"
    row = call.world.store.one(sql, call.seller, call.params["task_id"])
    if row is None:
        raise Refusal(404, error(160003, call.params["task_id"]))
    body = orjson.loads(row[0])
    if row[1] is None and call.world.moment > row[2]:
        body["status"] = "IN_PROCESS"
    return body, row[1]
