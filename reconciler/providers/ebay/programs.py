"""Programs that a seller has opted in to (account getOptedInPrograms).

OUT_OF_STOCK_CONTROL keeps a listing that has no pieces, hidden from buyers (doc ProgramTypeEnum).
"""

from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.ebay.answers import PROGRAMS
from reconciler.providers.faults import fetch

_KEEPS_EMPTY = "OUT_OF_STOCK_CONTROL"


def keeps_empty() -> Conversation[bool | None]:
    """Read whether the seller's listings without stock stay."""
    body = yield from fetch(
        Request(
            method="GET",
            path="/sell/account/v1/program/get_opted_in_programs",
            expects=PROGRAMS,
            name="programs",
            budgets=("account",),
        )
    )
    return any(each.get("programType") == _KEEPS_EMPTY for each in body.get("programs") or ())
