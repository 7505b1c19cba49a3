"""The one door of answers: each is read strictly, once, and failures are said in Etsy's own words.

Met are `{"error": "…"}` (openapi ErrorSchema), with `error_description` from the token endpoint, lists of such or
of places and messages (#622), and HTML from a gateway.
"""

from collections.abc import Iterator
from typing import Any

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.wire import Response
from reconciler.providers.conversation import Answer, Request
from reconciler.providers.faults import KINDS, left_open, not_the_api
from reconciler.providers.forms import decoded

_SHOWN = 200
#: OAuth's words for a login that is no more (RFC 6749, 5.2).
_LOGIN = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_token"})


def answer(request: Request, response: Response) -> Answer:
    """Say what a response means. A success that is not what its request expects is none."""
    value, unread = decoded(response.body)
    return Answer(response.status, response.headers, value, _fault(request, response, value, unread))


def _fault(request: Request, response: Response, value: Any, unread: str) -> Fault | None:
    status = response.status
    if 200 <= status < 300:
        wrong = unread or request.expects(value)
        if not wrong:
            return None
        return not_the_api(f"it{wrong}" if wrong.startswith(" ") else wrong, left_open(request))
    if 0 < status < 400:
        return not_the_api(f"the status is {status}", left_open(request))
    said = [] if unread else list(_said(value))
    if status in {404, 410} and not said:
        return not_the_api(f"{status} without a word", left_open(request))
    words = "; ".join(said) or _shown(response)
    code = value["error"] if isinstance(value, dict) and value.get("error") in _LOGIN else f"HTTP{status}"
    return Fault(
        kind=_kind(status, code),
        code=code,
        message=words or f"The marketplace answered {status} without a reason.",
    )


def _kind(status: int, code: str) -> FaultKind:
    if code in _LOGIN:
        return FaultKind.AUTH
    if status in KINDS:
        return KINDS[status]
    return FaultKind.TRANSIENT if status >= 500 or status == 0 else FaultKind.REJECTED


def _said(value: Any) -> Iterator[str]:
    """Yield the sentences of a refusal, whatever form it has."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _said(each)
    elif isinstance(value, dict):
        place = value.get("path") or value.get("field")
        told = [value.get(name) for name in ("error", "error_description", "message", "errors")]
        for each in told:
            for sentence in _said(each):
                yield f"{place}: {sentence}" if isinstance(place, str) else sentence


def _shown(response: Response) -> str:
    return " ".join(response.body[:_SHOWN].decode("utf-8", "replace").split())
