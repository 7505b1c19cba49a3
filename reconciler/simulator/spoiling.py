"""The reply to a request that trouble strikes, in another form than it was meant."""

from __future__ import annotations

from dataclasses import replace

import orjson

from reconciler.simulator.faults import Trouble
from reconciler.simulator.http import PLAIN, Reply


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
