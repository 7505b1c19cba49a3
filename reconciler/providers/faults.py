"""What failures have in common on every marketplace, and how a conversation asks for what it needs."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from reconciler.model.outcomes import NOT_ALLOWED, Complaint, Fault, FaultKind
from reconciler.model.paths import inside
from reconciler.model.values import Money
from reconciler.providers.base import MarketplaceFault
from reconciler.providers.conversation import Answer, Effect, Request
from reconciler.providers.forms import MALFORMED

#: What an HTTP status says by itself.
KINDS = {
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


def not_the_api(wrong: str, kind: FaultKind = FaultKind.TRANSIENT, trace_id: str = "") -> Fault:
    """Make the fault of an answer that is none: nobody can tell from it what is there, or was done."""
    message = f"The answer is not one that the marketplace's API gives: {wrong}."
    return Fault(kind=kind, code="NotTheApi", message=message, trace_id=trace_id)


def left_open(request: Request) -> FaultKind:
    """Say what an answer that cannot be understood leaves open: of a read nothing, of a write all."""
    return FaultKind.TRANSIENT if request.harmless else FaultKind.UNKNOWN


def not_paid(cost: Money) -> Fault:
    """Make the fault of what would cost more than may be paid: nothing was sent."""
    why = "which the plan has not shown and nobody has allowed"
    return refused(NOT_ALLOWED, f"To put it on sale would cost {cost} now, {why}: it stays staged.")


def refused(code: str, message: str, path: str = "", *part: str) -> Fault:
    """Make the fault of an action that we do not even send; `path` is our field, `part` the way into its value."""
    shown = inside(path, *part) if path else ""
    about = (Complaint(pointer="", message=message, field=path, part=part, path=shown),) if path else ()
    return Fault(kind=FaultKind.REJECTED, code=code, message=message, path=shown, complaints=about, ours=True)


@contextmanager
def repeating() -> Iterator[None]:
    """Repeat parts of what was read in what is written; nothing is sent where one is not what it has to be."""
    try:
        yield
    except MALFORMED as odd:
        fault = replace(not_the_api("what it says now cannot be repeated"), ours=True)
        raise MarketplaceFault(fault) from odd


def fetch(request: Request) -> Generator[Effect, Any, Any]:
    """Ask, and return what the answer says. Raise MarketplaceFault when it is refused, or is no answer."""
    said: Answer = yield request
    if said.fault:
        raise MarketplaceFault(said.fault, denied=said.status == 403)
    return said.value


def fetch_or_none(request: Request) -> Generator[Effect, Any, Any]:
    """Ask, and return what the answer says, or None when the resource is not there."""
    try:
        return (yield from fetch(request))
    except MarketplaceFault as refusal:
        if refusal.fault.kind is FaultKind.MISSING:
            return None
        raise
