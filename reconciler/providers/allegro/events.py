"""The events of offers."""

from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reconciler.model.modules import Module
from reconciler.model.outcomes import FaultKind
from reconciler.model.requests import Errand
from reconciler.providers.allegro.answers import EVENTS
from reconciler.providers.base import Activation, Happening, MarketplaceFault
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.faults import fetch, not_the_api

_PAGE = 1000
#: What these tell of, each row of the list says: nothing else of an offer is another one for them.
_IN_THE_LIST = frozenset({"OFFER_PRICE_CHANGED", "OFFER_STOCK_CHANGED"})
#: What an event tells of (openapi getOfferEvents); OFFER_CHANGED is of all that has no event of its own.
_MODULES: Mapping[str, Module | None] = {
    "OFFER_PRICE_CHANGED": Module.PRICE,
    "OFFER_STOCK_CHANGED": Module.STOCK,
    "OFFER_ACTIVATED": Module.STOCK,
    "OFFER_ENDED": Module.STOCK,
    "OFFER_ARCHIVED": Module.STOCK,
    "OFFER_CHANGED": None,
}


def moved(since: str) -> Conversation[tuple[frozenset[str], str, bool]]:
    """Read which offers had events after `since`, but for prices and stock. The history holds 24 hours.

    "OFFER_STOCK_CHANGED - stock in an offer was changed either via purchase or by seller. OFFER_PRICE_CHANGED -
    occurs when price in an offer was changed"; of other fields tells OFFER_CHANGED (OpenAPI description,
    getOfferEvents, 2026-07-18).
    """
    gapless = bool(since) and (yield from _reaches_back(since))
    events = yield from _all_events(since if gapless else "")
    told = (event for event in events if event.get("offer") and event.get("type") not in _IN_THE_LIST)
    ids = frozenset(event["offer"]["id"] for event in told)
    return ids, events[-1]["id"] if events else since, gapless


def _all_events(after: str, kind: str = "") -> Conversation[list[Mapping[str, Any]]]:
    """Read the events after one, of one kind or all, to the last page."""
    found: list[Mapping[str, Any]] = []
    while True:
        page = yield from fetch(_events(after, _PAGE, kind))
        found += page["offerEvents"]
        if len(page["offerEvents"]) < _PAGE:
            return found
        if found[-1]["id"] == after:
            raise MarketplaceFault(not_the_api("the same page came twice"))
        after = found[-1]["id"]


def _events(after: str, limit: int, kind: str = "") -> Request:
    chosen = (*((("from", after),) if after else ()), *((("type", kind),) if kind else ()))
    query = (*chosen, ("limit", str(limit)))
    return Request(method="GET", path="/sale/offer-events", expects=EVENTS, query=query, name=Errand.EVENTS)


def _reaches_back(since: str) -> Conversation[bool]:
    """Tell whether the oldest event that is still there is not younger than `since`.

    Ids are numbers in base64. An id that is no such number, an empty history, or a refusal proves nothing.
    """
    said: Answer = yield _events("", 1)
    fault = said.fault
    if fault and fault.kind in {FaultKind.AUTH, FaultKind.TRANSIENT, FaultKind.THROTTLED}:
        raise MarketplaceFault(fault)
    events = [] if fault else said.value["offerEvents"]
    oldest, known = _position(events[0]["id"]) if events else None, _position(since)
    return oldest is not None and known is not None and oldest <= known


def _position(event: str) -> int | None:
    if event.isdigit():
        return int(event)
    try:
        text = urlsafe_b64decode(event + "=" * (-len(event) % 4)).decode("ascii")
    except (Error, UnicodeDecodeError, ValueError):
        return None
    return int(text) if text.isdigit() else None


def activations() -> Conversation[tuple[Activation, ...]]:
    """Read which offers were listed in the last 24 hours, oldest first, with their keys (openapi getOfferEvents).

    An offer that is created shows here when it goes from ACTIVATING to ACTIVE. Drafts raise no event, and events
    come late by hours at times (#3693).
    """
    events = yield from _all_events("", "OFFER_ACTIVATED")
    return tuple(filter(None, map(_activation, events)))


def _activation(event: Mapping[str, Any]) -> Activation | None:
    offer = event.get("offer") or {}
    key = (offer.get("external") or {}).get("id")
    return Activation(offer["id"], key, _moment(event["occurredAt"])) if key else None


def happenings() -> Conversation[tuple[Happening, ...]]:
    """Read what happened to live offers in the last 24 hours. Only an end says by whom (OfferEventEndedOffer)."""
    events = yield from _all_events("")
    return tuple(filter(None, map(_happening, events)))


def _happening(event: Mapping[str, Any]) -> Happening | None:
    offer, kind = event.get("offer") or {}, event.get("type", "")
    if kind not in _MODULES or "id" not in offer:
        return None
    by = (offer.get("publication") or {}).get("endedBy") or ""
    return Happening(offer["id"], _MODULES[kind], kind, _moment(event["occurredAt"]), by.lower())


def _moment(stated: str) -> datetime:
    """Read a moment; one that is none, or of no time zone, makes the whole answer unreadable."""
    try:
        moment = datetime.fromisoformat(stated)
        if moment.tzinfo is not None:
            return moment
    except ValueError:
        pass
    raise MarketplaceFault(not_the_api(f"`{stated!s:.60}` is no moment"))
