"""Where trouble is decided. A fault strikes before the operation, or after its commit."""

from __future__ import annotations

from dataclasses import replace

from reconciler.simulator.http import Reply, Request, fault
from reconciler.simulator.settings import Faults

TEXTS = {429: "TooManyRequests", 500: "InternalServerError", 503: "ServiceUnavailable"}


class Dropped(ConnectionResetError):  # noqa: N818 - it is an event, told as an error
    """The connection was cut after the marketplace had done its work."""


def before(faults: Faults, request: Request) -> tuple[Reply | None, Faults]:
    """The answer to give instead of serving, if any, and what is left of the trouble."""
    if faults.force_status is None or faults.force_times <= 0 or not _meant(faults, request):
        return None, faults
    code = TEXTS.get(faults.force_status, "Error")
    reply = Reply(faults.force_status, {"errors": [fault(code, "The service is not available now.")]})
    return reply, replace(faults, force_times=faults.force_times - 1)


def after(faults: Faults, request: Request) -> tuple[bool, Faults]:
    """Whether to cut the connection although the write is committed."""
    if faults.drop_after_commit <= 0 or request.method == "GET" or not _meant(faults, request):
        return False, faults
    return True, replace(faults, drop_after_commit=faults.drop_after_commit - 1)


def _meant(faults: Faults, request: Request) -> bool:
    if faults.force_method and faults.force_method != request.method:
        return False
    return request.path.startswith(faults.force_path) and not request.path.startswith(("/_sim", "/auth"))
