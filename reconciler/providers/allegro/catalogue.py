"""What Allegro itself keeps: products, the parameters of categories, the events of offers."""

from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from reconciler.model.outcomes import FaultKind
from reconciler.model.requests import Errand
from reconciler.providers.allegro.decoding import GTIN
from reconciler.providers.allegro.faults import classify, fetch
from reconciler.providers.base import Activation, MarketplaceFault, Parameter
from reconciler.providers.conversation import Conversation, Request, Response

_PAGE = 1000


def product(gtin: str) -> Conversation[str | None]:
    """Find the catalogue product of a bar code; among several, one that names the code itself."""
    query = (("phrase", gtin), ("mode", "GTIN"))
    answer = yield from fetch(Request(method="GET", path="/sale/products", query=query, name=Errand.PRODUCT))
    found = answer.get("products") or []
    exact = [p for p in found if gtin in _codes(p)]
    best = (exact or found)[:1]
    return str(best[0]["id"]) if best else None


def _codes(product: Mapping[str, Any]) -> list[str]:
    parameters = product.get("parameters") or ()
    ours = (p for p in parameters if p.get("id") == GTIN or (p.get("options") or {}).get("isGTIN"))
    return [code for p in ours for code in p.get("values") or ()]


def parameters(category: str) -> Conversation[tuple[Parameter, ...]]:
    """Read the parameters of a category; those that describe the product belong to its section (#7427)."""
    path = f"/sale/categories/{quote(category, safe='')}/parameters"
    answer = yield from fetch(Request(method="GET", path=path, name=Errand.PARAMETERS))
    return tuple(_parameter(wire) for wire in answer.get("parameters") or ())


def _parameter(wire: Mapping[str, Any]) -> Parameter:
    described = (wire.get("options") or {}).get("describesProduct")
    return Parameter(
        id=wire["id"],
        name=wire.get("name") or "",
        section="product" if described else "offer",
        required=bool(wire.get("required")),
        dictionary={entry["id"]: entry["value"] for entry in wire.get("dictionary") or ()},
    )


def moved(since: str) -> Conversation[tuple[frozenset[str], str, bool]]:
    """Read which offers had events after `since`. The history holds 24 hours (openapi getOfferEvents)."""
    gapless = bool(since) and (yield from _reaches_back(since))
    ids: set[str] = set()
    last = since if gapless else ""
    while True:
        page = yield from _events(last, _PAGE)
        ids.update(event["offer"]["id"] for event in page if event.get("offer"))
        last = page[-1]["id"] if page else last
        if len(page) < _PAGE:
            return frozenset(ids), last or since, gapless


def _events(after: str, limit: int) -> Conversation[list[Mapping[str, Any]]]:
    query = (*((("from", after),) if after else ()), ("limit", str(limit)))
    answer = yield from fetch(Request(method="GET", path="/sale/offer-events", query=query, name=Errand.EVENTS))
    return list(answer.get("offerEvents") or ())


def _reaches_back(since: str) -> Conversation[bool]:
    """Tell whether the oldest event that is still there is not younger than `since`.

    Ids are numbers in base64. An id that is no such number, an empty history, or a refusal proves nothing.
    """
    request = Request(method="GET", path="/sale/offer-events", query=(("limit", "1"),), name=Errand.EVENTS)
    response: Response = yield request
    fault = classify(response)
    if fault and fault.kind in {FaultKind.AUTH, FaultKind.TRANSIENT, FaultKind.THROTTLED}:
        raise MarketplaceFault(fault)
    events = [] if fault else response.json().get("offerEvents") or []
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
    found: list[Activation] = []
    last = ""
    while True:
        after = (("from", last),) if last else ()
        query = (*after, ("type", "OFFER_ACTIVATED"), ("limit", str(_PAGE)))
        answer = yield from fetch(
            Request(method="GET", path="/sale/offer-events", query=query, name=Errand.EVENTS)
        )
        page = list(answer.get("offerEvents") or ())
        found.extend(filter(None, map(_activation, page)))
        if len(page) < _PAGE:
            return tuple(found)
        last = page[-1]["id"]


def _activation(event: Mapping[str, Any]) -> Activation | None:
    offer = event.get("offer") or {}
    key = (offer.get("external") or {}).get("id")
    return Activation(offer["id"], key, datetime.fromisoformat(event["occurredAt"])) if key else None
