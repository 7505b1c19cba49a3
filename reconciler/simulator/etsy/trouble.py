"""What a request that trouble strikes is answered by Etsy, and the sorts of trouble that only Etsy has.

409            the listing is being changed: PATCH of a listing and PUT of an inventory, `times` for each path
no_effect      PATCH of a listing answers 200 with the new values and changes nothing (issues #156, #897);
               fields: only these stay as they were ("state" is one)
renewal_fails  setting a sold-out or expired listing active answers 500 and does nothing (issue #247)
short_list     count is larger than what the pages give (missing: 1), `times` passes over the list
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.simulator.etsy.auth import TOKENS
from reconciler.simulator.faults import NOTICE, Sort, Trouble
from reconciler.simulator.http import PLAIN, Reply, Request

LISTING = re.compile(r"/v3/application/shops/\d+/listings/\d+")
INVENTORY = re.compile(r"/v3/application/listings/\d+/inventory")
LIST = re.compile(r"/v3/application/shops/\d+/listings")


def _edits(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method == "PATCH" and LISTING.fullmatch(request.path) is not None


def _writes(request: Request, more: Mapping[str, Any]) -> bool:
    return _edits(request, more) or (request.method == "PUT" and INVENTORY.fullmatch(request.path) is not None)


def _activates(request: Request, more: Mapping[str, Any]) -> bool:
    return _edits(request, more) and b"state=active" in request.content


def _lists(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method == "GET" and LIST.fullmatch(request.path) is not None


SORTS = {
    "409": Sort(_writes, answered=True, each="path"),
    "no_effect": Sort(_edits, frozenset({"fields"})),
    "renewal_fails": Sort(_activates),
    "short_list": Sort(_lists, frozenset({"missing"})),
}


def answer(trouble: Trouble, request: Request) -> Reply:
    """What is answered instead of serving."""
    if trouble.do == "refuse":
        status, message = int(trouble.get("status", 400)), trouble.get("message", "The request is refused.")
        if request.path.startswith(TOKENS):
            return Reply(status, {"error": trouble.get("code", "invalid_request"), "error_description": message})
        return Reply(status, {"error": message})
    status = int(trouble.do)
    if status == 409:
        return Reply(409, {"error": "The listing is being changed by another request."})
    wait = trouble.get("retry_after")
    headers = {} if wait is None else {"retry-after": str(wait)}
    form = trouble.get("body", "html" if status in {502, 504} else "json")
    if form == "html":
        return Reply(status, f"<html><h1>{status}</h1></html>".encode(), headers, "text/html")
    if form == "empty":
        return Reply(status, None, headers)
    text = {403: "Access denied.", 429: "Exceeded rate limit.", 500: "Server Error"}.get(status, NOTICE)
    return Reply(status, {"error": text}, headers, PLAIN)
