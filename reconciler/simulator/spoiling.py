"""What a request that trouble strikes is answered: something instead, or its reply in another form."""

from __future__ import annotations

from dataclasses import replace

import orjson

from reconciler.simulator import refused_rows
from reconciler.simulator.faults import NAMES, NOTICE, Trouble
from reconciler.simulator.http import PLAIN, Reply, Request, fault


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


def spoilt(trouble: Trouble, reply: Reply) -> Reply:
    """The reply in the form in which it goes out."""
    if trouble.do == "slow":
        return replace(reply, slow=float(trouble.get("seconds", 1.0)))
    if trouble.do == "lie":
        return _lie(trouble)
    half = len(reply.content) // 2
    if trouble.do == "truncate":
        return replace(reply, cut=half)
    if trouble.do == "garble" and half:
        return replace(reply, body=reply.content[:half])
    return reply


def _lie(trouble: Trouble) -> Reply:
    """An answer that has nothing to do with what was done."""
    text, headers = trouble.rule.more.get("text"), dict(trouble.get("headers", {}))
    body = trouble.rule.more.get("body") if text is None else str(text).encode()
    media = PLAIN if text is None else "text/html"
    content = orjson.dumps(body) if "body" in trouble.rule.more and text is None else body
    return Reply(int(trouble.get("status", 200)), content, headers, media)
