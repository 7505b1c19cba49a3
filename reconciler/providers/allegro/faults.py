"""The one door of answers: each is read strictly, once, and failures are said in Allegro's own words.

Two bodies are met: `{"errors": [...]}` and, mostly with 401, OAuth's `{"error", "error_description"}`
(openapi ErrorsHolder, AuthError). Gateways answer in HTML.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.outcomes import Complaint, Fault, FaultKind
from reconciler.model.wire import Response
from reconciler.providers.conversation import Answer, Request
from reconciler.providers.faults import KINDS, left_open, not_the_api
from reconciler.providers.forms import decoded

_UNAVAILABLE = "feature unavailable"
#: So much of a page that is no API answer is shown.
_SHOWN = 200


def answer(request: Request, response: Response) -> Answer:
    """Say what a response means. A success that is not what its request expects is none.

    To a write it leaves open whether it was done; whatever changes nothing can be asked again.
    """
    decode = request.decode if 200 <= response.status < 300 else decoded
    value, unread = decode(response.body)
    fault = _fault(request, response, value, unread)
    return Answer(response.status, response.headers, value, fault)


def _fault(request: Request, response: Response, value: Any, unread: str) -> Fault | None:
    status = response.status
    if 200 <= status < 300:
        said = value.get("errors") if isinstance(value, dict) else None
        if said:
            return _successful_error(request, response, said)
        wrong = unread or request.expects(value)
        return _not_the_api(request, response, wrong) if wrong else None
    if status == 303 and request.elsewhere:
        return None
    if status < 400 and status != 0:
        return _not_the_api(request, response, f"the status is {status}")
    code, message, path = _words(response, value, unread)
    if status in {404, 410} and not (isinstance(value, dict) and (code or message)):
        return _not_the_api(request, response, f"{status} without a word")  # a gateway's, which knows of no offer
    return Fault(
        kind=_kind(status, code, message),
        code=code or f"HTTP{status}",
        message=message or f"The marketplace answered {status} without a reason.",
        path=path,
        trace_id=_trace(response),
        complaints=complaints_of(value.get("errors")) if isinstance(value, dict) else (),
    )


def _not_the_api(request: Request, response: Response, wrong: str) -> Fault:
    where = f"it{wrong}" if wrong.startswith(" ") else wrong
    return not_the_api(where, left_open(request), _trace(response))


def _successful_error(request: Request, response: Response, said: Any) -> Fault:
    code, message, path = of_errors(said)
    words = f"The marketplace answered {response.status}, and said: {message or 'an error without words'}"
    return Fault(
        kind=left_open(request), code=code or "ErrorInAnswer", message=words, path=path, trace_id=_trace(response)
    )


def _trace(response: Response) -> str:
    return response.headers.get("trace-id", "")[:_SHOWN]


def _kind(status: int, code: str, message: str) -> FaultKind:
    # A wrong media type and a retired address are answered as a missing resource (#11109, #11209): it is the
    # request that is wrong, and no offer may be called missing for it.
    if status == 404 and _UNAVAILABLE in message.lower():
        return FaultKind.REJECTED
    if status == 400 and code in {"invalid_grant", "invalid_client", "unauthorized_client"}:
        return FaultKind.AUTH
    if status in KINDS:
        return KINDS[status]
    return FaultKind.TRANSIENT if status >= 500 or status == 0 else FaultKind.REJECTED


def _words(response: Response, value: Any, unread: str) -> tuple[str, str, str]:
    if unread:
        return "", " ".join(response.body[:_SHOWN].decode("utf-8", "replace").split()), ""
    if not isinstance(value, dict):
        return "", "", ""
    if value.get("errors"):
        return of_errors(value["errors"])
    return _text(value.get("error")), _text(value.get("error_description") or value.get("message")), ""


def of_errors(errors: Any) -> tuple[str, str, str]:
    """Return code, message and path of a list of errors: the first one's code, everyone's message."""
    told = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    if not told:
        return "", _text(errors), ""
    return _text(told[0].get("code")), "; ".join(filter(None, map(_sentence, told))), _text(told[0].get("path"))


def complaints_of(errors: Any) -> tuple[Complaint, ...]:
    """Return each error with the place that it names, as the marketplace says it."""
    told = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    return tuple(Complaint(pointer=_text(each.get("path")), message=_sentence(each)) for each in told)


def _sentence(error: Mapping[str, Any]) -> str:
    """Prefer the words meant for the user; the details often name the value that is wrong."""
    said = next(filter(None, (_text(error.get(name)) for name in ("userMessage", "message", "code"))), "")
    details = _text(error.get("details"))
    return f"{said} ({details})" if details and details not in said else said


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
