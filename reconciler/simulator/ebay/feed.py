"""Tasks of the Feed API that make the report of what is listed: asked for, waited for, fetched as a file.

`inventory_task` is the way of the vendor's document; `task` takes the same feed type, as far as anybody knows (a
knob, `task_reports`). Both share their tasks and the file of a task.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode

import orjson

from reconciler.simulator.clock import moment_of
from reconciler.simulator.ebay import report
from reconciler.simulator.ebay.limits import admit_report
from reconciler.simulator.ebay.refusals import Refusal, error, refuse
from reconciler.simulator.ebay.shapes import Errors, Shape, anything, one_of, record, require, text
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.world import Json

REPORT = "LMS_ACTIVE_INVENTORY_REPORT"
PATH, INVENTORY_PATH = "/sell/feed/v1/task", "/sell/feed/v1/inventory_task"
HOST = "https://api.ebay.com"
READY = "ebay-report"
KEYS: dict[str, Shape] = {"feedType": text(), "schemaVersion": text()}
BODY = record(KEYS, "feedType schemaVersion")
FORMATS = record({"listingFormat": one_of("AUCTION", "FIXED_PRICE")})
INVENTORY_BODY = record({**KEYS, "filterCriteria": anything}, "feedType schemaVersion")
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
DEFAULT_DAYS, MOST_DAYS = 7, 90


def create_task(call: EbayCall) -> Reply:
    """POST /task: the report of one site, 25 in 24 hours."""
    require(BODY, call.body, 160017)
    if call.body["feedType"] == REPORT and not call.world.settings.task_reports:
        raise refuse(160030, REPORT)
    return _create(call, PATH)


def create_inventory_task(call: EbayCall) -> Reply:
    """POST /inventory_task: the same report, of one format where that is asked for."""
    require(INVENTORY_BODY, call.body, 160017)
    errors: Errors = []
    FORMATS(call.body.get("filterCriteria") or {}, "filterCriteria", errors)
    if errors:
        raise refuse(160019, "Its listingFormat is AUCTION or FIXED_PRICE.")
    return _create(call, INVENTORY_PATH)


def _create(call: EbayCall, path: str) -> Reply:
    """Keep a task that is done in a while; its address is in the header and nowhere else."""
    world, sent = call.world, call.body
    if sent["feedType"] != REPORT:
        raise refuse(160017, feedType=sent["feedType"])
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", sent["schemaVersion"]):
        raise refuse(160018)
    site = call.request.headers.get("x-ebay-c-marketplace-id", call.home)
    if site not in SITES:
        raise refuse(160027)
    waiting = world.store.one("SELECT COUNT(*) FROM feed_tasks WHERE seller = ? AND done IS NULL", call.seller)
    most = world.settings.limits.reports_at_once
    if world.settings.limits.enabled and most is not None and int((waiting or (0,))[0]) >= most:
        raise Refusal(409, error(160024))
    if not admit_report(world, call.client, call.seller):
        raise Refusal(409, error(160025))
    number = f"task-{world.number('task', 10, 1)}-{int(world.moment)}"
    body = {"taskId": number, "feedType": REPORT, "schemaVersion": sent["schemaVersion"]}
    body |= {"creationDate": world.stamp, "status": "CREATED"}
    if sent.get("filterCriteria"):
        body["filterCriteria"] = sent["filterCriteria"]
    sql = "INSERT INTO feed_tasks VALUES (?, ?, ?, NULL, ?, ?, NULL)"
    world.store.run(sql, number, call.seller, world.moment, site, orjson.dumps(body))
    schedule(world, world.span("report", world.settings.report_seconds), READY, task=number)
    return Reply(202, headers={"Location": f"{HOST}{path}/{number}"})


@job(READY)
def _ready(world: EbayWorld, body: Json) -> None:
    """The report is of the moment in which it is made. There are no auctions here, so none are in it."""
    sql = "SELECT seller, site, body FROM feed_tasks WHERE id = ?"
    row = world.store.one(sql, body["task"])
    if row is None:
        return
    told = orjson.loads(row[2]) | {"status": "COMPLETED", "completionDate": world.stamp}
    auctions = told.get("filterCriteria", {}).get("listingFormat") == "AUCTION"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        content = report.xml(world, row[0], "" if auctions else row[1], body["task"])
        archive.writestr(f"{body['task']}_report.xml", content)
    sql = "UPDATE feed_tasks SET done = ?, body = ?, file = ? WHERE id = ?"
    world.store.run(sql, world.moment, orjson.dumps(told), packed.getvalue(), body["task"])


def read_task(call: EbayCall) -> Reply:
    """GET /task/{task_id}."""
    return Reply(200, _of_task(_task(call).body))


def read_inventory_task(call: EbayCall) -> Reply:
    """GET /inventory_task/{task_id}."""
    return Reply(200, _of_inventory_task(_task(call).body))


def _of_task(body: Json) -> Json:
    """As /task tells it: without a filter, with the counts of uploads, which are nothing."""
    shown = {name: value for name, value in body.items() if name != "filterCriteria"}
    done = body["status"] == "COMPLETED"
    return shown | ({"uploadSummary": {"successCount": 0, "failureCount": 0}} if done else {})


def _of_inventory_task(body: Json) -> Json:
    """As /inventory_task tells it: with its own address."""
    return {**body, "detailHref": f"{HOST}{INVENTORY_PATH}/{body['taskId']}"}


def list_tasks(call: EbayCall) -> Reply:
    """GET /task: those of one feed type, newest first."""
    found, answer = _page(call, PATH)
    return Reply(200, {**answer, "tasks": [_of_task(one) for one in found]})


def list_inventory_tasks(call: EbayCall) -> Reply:
    """GET /inventory_task: those of one feed type, newest first."""
    found, answer = _page(call, INVENTORY_PATH)
    return Reply(200, {**answer, "tasks": [_of_inventory_task(one) for one in found]})


def _page(call: EbayCall, path: str) -> tuple[list[Json], Json]:
    """One page of the tasks that a query asks for, and what is told of the page."""
    _check_type(call)
    low, high = _between(call)
    limit = call.page("limit", 10, 1, 500, 160012)
    offset = call.page("offset", 0, 0, 10**9, 160013)
    if offset % limit:
        raise refuse(160029)
    where = "FROM feed_tasks WHERE seller = ? AND created BETWEEN ? AND ?"
    asked = (call.seller, low, high)
    total = int((call.world.store.one(f"SELECT COUNT(*) {where}", *asked) or (0,))[0])
    sql = f"SELECT body, file, created {where} ORDER BY created DESC, id DESC LIMIT ? OFFSET ?"
    found = [_found(call, row).body for row in call.world.store.all(sql, *asked, limit, offset)]
    kept = {name: call.arg(name) for name in ("feed_type", "look_back_days", "date_range") if call.arg(name)}

    def href(place: int) -> str:
        return f"{HOST}{path}?{urlencode({**kept, 'limit': limit, 'offset': place})}"

    answer: Json = {"href": href(offset), "total": total, "limit": limit, "offset": offset}
    if offset + limit < total:
        answer["next"] = href(offset + limit)
    if offset:
        answer["prev"] = href(offset - limit)
    return found, answer


def _check_type(call: EbayCall) -> None:
    """A feed type or a schedule; nobody has schedules here."""
    kind, plan = call.arg("feed_type"), call.arg("schedule_id")
    if kind and plan:
        raise refuse(160005)
    if plan:
        raise refuse(160007, plan)
    if not kind:
        raise refuse(160004)
    if kind != REPORT:
        raise refuse(160006, kind)


def _between(call: EbayCall) -> tuple[float, float]:
    """The first and the last moment of what is asked for: seven days back, unless told."""
    dates, days = call.arg("date_range"), call.arg("look_back_days")
    if dates and days:
        raise refuse(160008)
    if not dates:
        back = call.page("look_back_days", DEFAULT_DAYS, 1, MOST_DAYS, 160011)
        return call.world.moment - timedelta(days=back).total_seconds(), call.world.moment
    if not re.fullmatch(rf"{DATE}\.\.{DATE}", dates):
        raise refuse(160009)
    try:
        low, high = (moment_of(one) for one in dates.split(".."))
    except ValueError:
        raise refuse(160009) from None
    if high < low:
        raise refuse(160016)
    if high - low > timedelta(days=MOST_DAYS):
        raise refuse(160010)
    return low.timestamp(), high.timestamp() + 0.000_999  # a date is told with three digits of its second


def result_file(call: EbayCall) -> Reply:
    """GET /task/{task_id}/download_result_file: XML in a ZIP."""
    task = _task(call)
    if task.file is None:
        raise Refusal(404, error(160014, task.body["taskId"]))
    name = f"{task.body['taskId']}_report.zip"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Reply(200, task.file, headers, "application/octet-stream")


class _Task(NamedTuple):
    """What is told of a task, and its file as soon as it is there."""

    body: Json
    file: bytes | None


def _task(call: EbayCall) -> _Task:
    sql = "SELECT body, file, created FROM feed_tasks WHERE seller = ? AND id = ?"
    row = call.world.store.one(sql, call.seller, call.params["task_id"])
    if row is None:
        raise Refusal(404, error(160003, call.params["task_id"]))
    return _found(call, row)


def _found(call: EbayCall, row: tuple[bytes, bytes | None, float]) -> _Task:
    body = orjson.loads(row[0])
    if row[1] is None and call.world.moment > row[2]:
        body["status"] = "IN_PROCESS"
    return _Task(body, row[1])
