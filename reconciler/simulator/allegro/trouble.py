"""What a request that trouble strikes is answered by Allegro, and the sorts of trouble that only Allegro has.

409             the offer is busy: PATCH only, `times` attempts for each offer
refuse_rows     a command is refused as a whole when it has one of `offers` (ids; any when left out), each
                time; named: "path", "json-path" or "pointer" to tell the places of these rows (first: of
                the first one only); status, code, message
operation_fails the write is answered 202 and its operation ends in a 422 (code, message, path)
operation_hangs the write is answered 202 and stays IN_PROGRESS (seconds: not for ever; locked: false)
tasks_fail      a share of the tasks of a command fails, each offer once (share: 0.3, code, message)
short_list      totalCount is larger than what the pages give (missing: 1), `times` passes over the list
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.simulator.allegro import refused_rows
from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.faults import NAMES, NOTICE, Sort, Trouble
from reconciler.simulator.http import PLAIN, Reply, Request

OFFERS = "/sale/product-offers"


def _edits(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method in {"POST", "PATCH"} and request.path.startswith(OFFERS)


def _patches(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method == "PATCH" and request.path.startswith(OFFERS)


def _commands(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method in {"POST", "PUT"} and "-commands" in request.path


def _lists(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method == "GET" and request.path == "/sale/offers"


def _has_rows(request: Request, more: Mapping[str, Any]) -> bool:
    return bool(refused_rows.rows(request, more))


SORTS = {
    "409": Sort(_patches, answered=True, each="path"),
    "refuse_rows": Sort(_has_rows, refused_rows.OWN, answered=True, times=None),
    "operation_fails": Sort(_edits, frozenset({"code", "message", "path"})),
    "operation_hangs": Sort(_edits, frozenset({"seconds", "locked"})),
    "tasks_fail": Sort(_commands, frozenset({"share", "code", "message"})),
    "short_list": Sort(_lists, frozenset({"missing"})),
}


def answer(trouble: Trouble, request: Request) -> Reply:
    """What is answered instead of serving."""
    if trouble.do == "refuse_rows":
        return refused_rows.refusal(request, trouble.rule.more)
    if trouble.do == "refuse":
        code, message = trouble.get("code", "VALIDATION_ERROR"), trouble.get("message", "The request is refused.")
        status = int(trouble.get("status", 422))
        if request.path.startswith("/auth"):
            return Reply(status, {"error": code, "error_description": message}, media=PLAIN)
        return Reply(status, {"errors": [fault(code, message, trouble.get("path"))]})
    status = int(trouble.do)
    wait = trouble.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    code = NAMES[status]
    if status == 409:
        message = "An earlier edit of the offer is still being processed."
        return Reply(409, {"errors": [fault(code, message, None, offerId=request.path.rpartition("/")[2])]})
    form = trouble.get("body", "html" if status in {502, 504} else "json")
    if form == "html":
        return Reply(status, f"<html><h1>{status} {code}</h1></html>".encode(), headers, "text/html")
    if form == "empty":
        return Reply(status, None, headers)
    if request.path.startswith("/auth"):
        return Reply(status, {"error": "temporarily_unavailable", "error_description": NOTICE}, headers, PLAIN)
    return Reply(status, {"errors": [fault(code, NOTICE)]}, headers)
