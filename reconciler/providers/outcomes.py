"""Outcomes, and the one rule which failures leave it open whether something was done."""

from collections.abc import Iterator

from msgspec.structs import replace

from reconciler.model.outcomes import Fault, FaultKind, Outcome, Result
from reconciler.model.plan import Action, Target

#: A failure of these kinds may have come after the marketplace had done its work.
_OPEN = frozenset({FaultKind.TRANSIENT, FaultKind.UNKNOWN})


class Unwritable(Exception):  # noqa: N818 - it is the document that asks too much, not our error
    """What a target asks for cannot be said to the marketplace; nothing was sent for it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def applied(action: Action, target: Target, remote_id: str | None = None, detail: str = "") -> Outcome:
    """Say that the marketplace calls it done."""
    return Outcome(
        action=action.id,
        key=target.key,
        result=Result.APPLIED,
        remote_id=remote_id or target.remote_id,
        detail=detail,
    )


def refused(action: Action, target: Target, fault: Fault, remote_id: str | None = None) -> Outcome:
    """Say that it was not done, and why."""
    return Outcome(
        action=action.id,
        key=target.key,
        result=Result.REFUSED,
        remote_id=remote_id or target.remote_id,
        fault=fault,
    )


def unknown(action: Action, target: Target, fault: Fault, remote_id: str | None = None) -> Outcome:
    """Say that nobody knows."""
    return Outcome(
        action=action.id,
        key=target.key,
        result=Result.UNKNOWN,
        remote_id=remote_id or target.remote_id,
        fault=fault,
    )


def accepted(action: Action, target: Target, fault: Fault, remote_id: str | None = None) -> Outcome:
    """Say that the marketplace accepted it, and that nobody knows yet how it ends."""
    return replace(unknown(action, target, fault, remote_id), settling=True)


def failed(action: Action, target: Target, fault: Fault, remote_id: str | None = None) -> Outcome:
    """Choose between refused and unknown for a write that was sent."""
    say = unknown if fault.kind in _OPEN else refused
    return say(action, target, fault, remote_id)


def timed_out(what: str) -> Fault:
    """Make the fault of something that we stopped waiting for."""
    return Fault(kind=FaultKind.UNKNOWN, code="StillProcessing", message=what)


def still_at_work(what: str, seconds: float) -> Fault:
    """Make the fault of accepted work that had not ended after so many seconds."""
    spent = f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
    return timed_out(f"{what} and is still at work after {spent}.")


def waits(first: float, most: float, total: float) -> Iterator[float]:
    """Give growing pauses from `first` to `most` seconds, `total` seconds in all."""
    pause, spent = first, 0.0
    while spent < total:
        yield min(pause, total - spent)
        spent += pause
        pause = min(most, max(1.0, pause * 1.5))
