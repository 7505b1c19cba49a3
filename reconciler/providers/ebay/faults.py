"""The one door of answers: each is read strictly, once, and failures are said in eBay's own words.

Met are `{"errors": [{errorId, category, message, longMessage, parameters}]}` (inventory Error), OAuth's
`{"error", "error_description"}`, and what a gateway says.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.model.outcomes import Fault, FaultKind
from reconciler.model.wire import Response
from reconciler.providers.conversation import Answer, Request
from reconciler.providers.ebay import report
from reconciler.providers.faults import KINDS, left_open, not_the_api
from reconciler.providers.forms import decoded

_SHOWN = 200
#: A listing cannot be revised (doc Inventory error details); what says that it was revised too often.
_NOT_REVISED = 25019
_TOO_OFTEN = re.compile(
    r"revis.*\b(times|limit|exceeded|maximum|250)\b|\b(limit|maximum|250)\b.*revis", re.IGNORECASE
)
#: OAuth's words for a login that is no more (RFC 6749, 5.2).
_LOGIN = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_token", "invalid_scope"})
#: What a number says, whatever the status: "Any System error", after which the work may be done; somebody else is
#: at the same item; what is asked for is not there.
_BY_NUMBER = {
    25001: FaultKind.UNKNOWN,
    25025: FaultKind.CONFLICT,
    25702: FaultKind.MISSING,
    25710: FaultKind.MISSING,
    25713: FaultKind.MISSING,
    20404: FaultKind.MISSING,
    20409: FaultKind.REJECTED,  # a policy that a listing uses cannot be deleted; to wait does not help
    25805: FaultKind.MISSING,
    1001: FaultKind.AUTH,
    2001: FaultKind.THROTTLED,
}
#: What to do about a refusal, where eBay does not say it.
_REMEDIES = {
    25004: "Nothing in stock is taken with the preference for listings that stay without stock only: turn it on "
    "in the settings of eBay, or declare `status: ended`.",
    25019: "A listing takes 250 revisions a day; what has ended by eBay is not revived.",
}


def answer(request: Request, response: Response) -> Answer:
    """Say what a response means. A success that is not what its request expects is none."""
    if request.expects is report.FILE and 200 <= response.status < 300:
        return report.answer(response)
    value, unread = decoded(response.body)
    return Answer(response.status, response.headers, value, _fault(request, response, value, unread))


def of_row(row: Mapping[str, Any]) -> Fault:
    """Return the fault of one row of a call for many."""
    status = row["statusCode"]
    return _of_errors(row.get("errors") or (), status, FaultKind.UNKNOWN) or Fault(
        kind=_of_status(status),
        code=f"HTTP{status}",
        message=f"The marketplace answered {status} without a reason.",
    )


def warned(value: Any) -> str:
    """Return what an answer warns of: a value was dropped or written otherwise (25028, 25030, 25124)."""
    said = value.get("warnings") if isinstance(value, dict) else None
    return "; ".join(_sentence(each) for each in said or () if isinstance(each, dict))


def _fault(request: Request, response: Response, value: Any, unread: str) -> Fault | None:
    status = response.status
    if 200 <= status < 300:
        wrong = unread or request.expects(value)
        if not wrong:
            return None
        return not_the_api(f"it{wrong}" if wrong.startswith(" ") else wrong, left_open(request))
    if 0 < status < 400:
        return not_the_api(f"the status is {status}", left_open(request))
    if isinstance(value, dict) and (found := _of_errors(value.get("errors"), status, left_open(request))):
        return found
    if isinstance(value, dict) and isinstance(value.get("error"), str):
        kind = FaultKind.AUTH if value["error"] in _LOGIN else _of_status(status)
        return Fault(kind=kind, code=value["error"], message=str(value.get("error_description") or value["error"]))
    if status in {404, 410}:
        return not_the_api(f"{status} without a word", left_open(request))
    words = " ".join(response.body[:_SHOWN].decode("utf-8", "replace").split())
    said = words or f"The marketplace answered {status} without a reason."
    return Fault(kind=_of_status(status), code=f"HTTP{status}", message=said)


def _of_errors(errors: Any, status: int, doubt: FaultKind) -> Fault | None:
    found = [each for each in errors or () if isinstance(each, dict)] if isinstance(errors, list | tuple) else []
    if not found:
        return None
    numbers = [each.get("errorId") for each in found]
    known = [_BY_NUMBER[number] for number in numbers if number in _BY_NUMBER]
    kind = known[0] if known else FaultKind.SPENT if any(map(_is_spent, found)) else _of_status(status)
    kind = doubt if kind is FaultKind.UNKNOWN else kind
    words = [_sentence(each) for each in found] + [_REMEDIES[each] for each in numbers if each in _REMEDIES]
    return Fault(kind=kind, code=str(numbers[0] or f"HTTP{status}"), message=" ".join(_unique(words)))


def _is_spent(each: Mapping[str, Any]) -> bool:
    """Tell whether a listing was changed too often today: its number has several meanings, its words tell."""
    return each.get("errorId") == _NOT_REVISED and bool(_TOO_OFTEN.search(_sentence(each)))


def _of_status(status: int) -> FaultKind:
    if status in KINDS:
        return KINDS[status]
    return FaultKind.TRANSIENT if status >= 500 or status == 0 else FaultKind.REJECTED


def _sentence(each: Mapping[str, Any]) -> str:
    said = each.get("longMessage") or each.get("message") or f"error {each.get('errorId')}"
    return str(said)


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
