"""One question to a source: asked again where that helps, and a fault in plain words where it does not."""

from dataclasses import replace

from msgspec import Struct

from reconciler.connectors.base import SourceFault
from reconciler.connectors.conversation import Ask, Asking, Lost
from reconciler.connectors.http.address import led, origin, shown
from reconciler.documents.near import listed
from reconciler.model.wire import Response, Sleep, retry_after

#: How often one question is asked at most, and the seconds between, where the source asks for no more.
TRIES = 3
_PAUSES = (1, 4)
_LONGEST_WAIT = 60
_GOOD = (200, 201, 203)
_MOVED = (301, 302, 303, 307, 308)
_BUSY = (429, 503)


class Desk(Struct, frozen=True, kw_only=True):
    """Where it is asked, for people, and with which environment variables. `refused` are the statuses that tell
    that these are wrong.
    """

    where: str
    variables: tuple[str, ...] = ()
    refused: tuple[int, ...] = (401, 403)


class ShutOut(SourceFault):
    """A source that does not take who asks."""


class NotThere(SourceFault):
    """A source that has nothing at an address."""


def asked(ask: Ask, desk: Desk) -> Asking:
    """Return a good answer. SourceFault where there is none after three tries."""
    moved = False
    tried = 0
    while True:
        tried += 1
        try:
            reply: Response = yield ask
        except Lost as lost:
            if tried == TRIES:
                raise SourceFault(f"{desk.where} gave no whole answer: {lost.why}", short=lost.cut) from lost
            yield Sleep(_PAUSES[tried - 1])
            continue
        if reply.status in _GOOD:
            return reply
        if reply.status in _MOVED and not moved:
            moved = True
            tried -= 1
            ask = _redirected(ask, reply, desk)
        elif tried < TRIES and (reply.status >= 500 or reply.status in _BUSY):
            yield Sleep(retry_after(reply.headers, _LONGEST_WAIT) or _PAUSES[tried - 1])
        else:
            raise _fault(reply, desk, tried)


def _redirected(ask: Ask, reply: Response, desk: Desk) -> Ask:
    target = led(ask.url, reply.headers.get("location", ""))
    if not target:
        raise SourceFault(f"{desk.where} sends elsewhere, and does not say where (status {reply.status})")
    if origin(target) != origin(ask.url):
        raise SourceFault(
            f"{desk.where} sends to another host: {shown(target)}",
            "What opens the one is not shown to the other: if it is right, write that address.",
        )
    query = ask.query if "?" not in target else ()  # it says the query again, as most do
    if reply.status == 303:
        return replace(ask, method="GET", url=target, query=query, json=None, form=None)
    return replace(ask, url=target, query=query)


def _fault(reply: Response, desk: Desk, tried: int) -> SourceFault:
    status = reply.status
    if status in desk.refused:
        names = f"Look at what {listed(desk.variables)} holds." if desk.variables else "It wants `auth`."
        return ShutOut(f"{desk.where} does not let us in (status {status})", names)
    if status == 404:
        return NotThere(f"{desk.where} has nothing there (status 404)", "Look at the address.")
    if status in _BUSY:
        return SourceFault(f"{desk.where} has no time for us, after {tried} tries (status {status})")
    if status >= 500:
        return SourceFault(f"{desk.where} is broken, after {tried} tries (status {status})")
    if status in _MOVED:
        return SourceFault(f"{desk.where} sends elsewhere twice (status {status})", "Write the last address.")
    if status == 204:
        return SourceFault(f"{desk.where} answers without anything (status 204)")
    return SourceFault(f"{desk.where} refuses the question (status {status})", "Look at `query` and `body`.")
