"""What a failed response means, in Allegro's own words.

Two bodies are met: `{"errors": [...]}` and, mostly with 401, OAuth's `{"error", "error_description"}`
(openapi ErrorsHolder, AuthError). Gateways answer in HTML.
"""

from collections.abc import Generator, Mapping
from typing import Any

import orjson

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.providers.base import MarketplaceFault
from reconciler.providers.conversation import Effect, Request, Response

_KINDS = {
    400: FaultKind.REJECTED,
    401: FaultKind.AUTH,
    403: FaultKind.AUTH,
    404: FaultKind.MISSING,
    405: FaultKind.REJECTED,
    406: FaultKind.REJECTED,
    408: FaultKind.TRANSIENT,
    409: FaultKind.CONFLICT,
    410: FaultKind.MISSING,
    412: FaultKind.CONFLICT,
    413: FaultKind.REJECTED,
    415: FaultKind.REJECTED,
    422: FaultKind.REJECTED,
    423: FaultKind.CONFLICT,
    429: FaultKind.THROTTLED,
}
#: An answer that says nothing of what became of its request.
NOT_THE_API = Fault(
    kind=FaultKind.UNKNOWN, code="NotTheApi", message="The answer is not one that the marketplace's API gives."
)
_UNAVAILABLE = "feature unavailable"


def classify(response: Response) -> Fault | None:
    """Say what a response means when it is a failure. A success that is not JSON is not the API's word."""
    if response.ok:
        return None if _is_json(response) else NOT_THE_API
    code, message, path = _words(response)
    return Fault(
        kind=_kind(response.status, code, message),
        code=code or f"HTTP{response.status}",
        message=message or f"The marketplace answered {response.status} without a reason.",
        path=path,
        trace_id=response.headers.get("trace-id", ""),
    )


def _is_json(response: Response) -> bool:
    """Tell whether a body, if there is one, is JSON: a page of somebody in between is not."""
    try:
        response.json()
    except orjson.JSONDecodeError:
        return False
    return True


def said(response: Response) -> Mapping[str, Any]:
    """Return the object that a successful answer is; nothing where it is none."""
    body = response.json()
    return body if isinstance(body, Mapping) else {}


def _kind(status: int, code: str, message: str) -> FaultKind:
    # A wrong media type and a retired address are answered as a missing resource (#11109, #11209): it is the
    # request that is wrong, and no offer may be called missing for it.
    if status == 404 and _UNAVAILABLE in message.lower():
        return FaultKind.REJECTED
    if status == 400 and code in {"invalid_grant", "invalid_client", "unauthorized_client"}:
        return FaultKind.AUTH
    if status in _KINDS:
        return _KINDS[status]
    return FaultKind.TRANSIENT if status >= 500 or status == 0 else FaultKind.REJECTED


def _words(response: Response) -> tuple[str, str, str]:
    try:
        body = response.json()
    except orjson.JSONDecodeError:
        return "", " ".join(response.body[:200].decode("utf-8", "replace").split()), ""
    if not isinstance(body, Mapping):
        return "", "", ""
    if body.get("errors"):
        return of_errors(body["errors"])
    return str(body.get("error") or ""), str(body.get("error_description") or body.get("message") or ""), ""


def of_errors(errors: list[Mapping[str, Any]]) -> tuple[str, str, str]:
    """Return code, message and path of a list of errors: the first one's code, everyone's message."""
    first = errors[0]
    return str(first.get("code") or ""), "; ".join(map(_sentence, errors)), str(first.get("path") or "")


def _sentence(error: Mapping[str, Any]) -> str:
    """Prefer the words meant for the user; the details often name the value that is wrong."""
    text = str(error.get("userMessage") or error.get("message") or error.get("code") or "")
    details = error.get("details")
    return f"{text} ({details})" if details and str(details) not in text else text


def refused(code: str, message: str, path: str = "") -> Fault:
    """Make the fault of an action that we do not even send."""
    return Fault(kind=FaultKind.REJECTED, code=code, message=message, path=path)


def fetch(request: Request) -> Generator[Effect, Any, Any]:
    """Ask, and return the decoded answer. Raise MarketplaceFault when it is refused."""
    response: Response = yield request
    fault = classify(response)
    if fault:
        raise MarketplaceFault(fault)
    return response.json()


def fetch_or_none(request: Request) -> Generator[Effect, Any, Any]:
    """Ask, and return the decoded answer, or None when the resource is not there."""
    try:
        return (yield from fetch(request))
    except MarketplaceFault as refusal:
        if refusal.fault.kind is FaultKind.MISSING:
            return None
        raise
