"""What a request that trouble strikes is answered by eBay, and the sorts of trouble that only eBay has.

25025           Concurrent access: nothing is done (writes of items and offers)
system_error    the work is done, and the answer is a 500 with 25001 (writes of the Inventory API)
sale            somebody buys `quantity` (1) of `sku` a moment before the work (writes of the Inventory API)
rows_fail       of a call for many, the rows at `rows` ([0]) are refused: a 207
rows_unknown    they are done, and answer 500 with 25001: a 207
short_list      the list of items tells more of them than its pages give (missing: 1), `times` passes over it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.simulator.ebay.auth import TOKEN_PATH
from reconciler.simulator.ebay.refusals import error
from reconciler.simulator.faults import NOTICE, WRITES, Sort, Trouble
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.world import Json

INVENTORY = "/sell/inventory/v1/"


def _writes(request: Request, _more: Mapping[str, Any]) -> bool:
    reads = request.path.endswith(("bulk_get_inventory_item", "get_listing_fees"))
    return request.method in WRITES and request.path.startswith(INVENTORY) and not reads


def _many(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method == "POST" and request.path.startswith(f"{INVENTORY}bulk_")


def _lists(request: Request, _more: Mapping[str, Any]) -> bool:
    return request.method == "GET" and request.path.rstrip("/") == f"{INVENTORY}inventory_item"


SORTS = {
    "25025": Sort(_writes, answered=True),
    "system_error": Sort(_writes),
    "sale": Sort(_writes, frozenset({"sku", "quantity"})),
    "rows_fail": Sort(_many, frozenset({"rows"})),
    "rows_unknown": Sort(_many, frozenset({"rows"})),
    "short_list": Sort(_lists, frozenset({"missing"})),
}


def answer(trouble: Trouble, request: Request) -> Reply:
    """What is answered instead of serving."""
    if trouble.do == "25025":
        return Reply(500, {"errors": [error(25025)]})
    status = int(trouble.get("status", 400)) if trouble.do == "refuse" else int(trouble.do)
    wait = trouble.get("retry_after")
    headers = {} if wait is None else {"retry-after": str(wait)}
    form = trouble.get("body", "html" if status in {502, 504} else "json")
    if form == "html":
        return Reply(status, f"<html><h1>{status}</h1></html>".encode(), headers, "text/html")
    if form == "empty":
        return Reply(status, None, headers)
    if request.path.startswith(TOKEN_PATH):
        name = "invalid_grant" if trouble.do == "refuse" else "server_error"
        return Reply(status, {"error": name, "error_description": trouble.get("message", NOTICE)}, headers)
    return Reply(status, {"errors": [_error(trouble, status)]}, headers)


def _error(trouble: Trouble, status: int) -> Json:
    """A refusal of a rule has the number and the words of the rule."""
    given = str(trouble.get("code", "25002"))
    if trouble.do != "refuse" or not given.isdecimal():
        return error({403: 1100, 429: 2001}.get(status, 2003), NOTICE)
    number = int(given)
    message = str(trouble.get("message", "The request is refused."))
    return {**error(25002), "errorId": number, "message": message, "longMessage": message}
