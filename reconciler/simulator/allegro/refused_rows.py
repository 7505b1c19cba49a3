"""Commands that are refused as a whole for some of their offers, as a fault on demand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.http import Reply, Request
from reconciler.simulator.world import Json

#: How the refusal names a row, by `named`: a path, a JSON path, a JSON pointer, or not at all.
FORMS = {
    "path": ("modifications[{}].offerId", "offerCriteria[0].offers[{}].id"),
    "json-path": ("$.modifications[{}]", "$.offerCriteria[0].offers[{}]"),
    "pointer": ("/modifications/{}/offerId", "/offerCriteria/0/offers/{}/id"),
    "": (None, None),
}
OWN = frozenset({"offers", "named", "first", "status", "code", "message"})


def rows(request: Request, settings: Mapping[str, Any]) -> list[tuple[bool, int, str]]:
    """The rows of a command that the rule is about: whether it is a list of changes, the place, and the offer."""
    if request.method not in {"POST", "PUT"} or "-commands" not in request.path:
        return []
    try:
        body = orjson.loads(request.content)
        bulk, offers = "modifications" in body, _offers(body)
    except (ValueError, KeyError, TypeError):
        return []  # the operation itself says what is wrong with its form
    meant = settings.get("offers")
    return [(bulk, place, offer) for place, offer in enumerate(offers) if meant is None or offer in meant]


def _offers(body: Json) -> list[str]:
    if "modifications" in body:
        return [one["offerId"] for one in body["modifications"]]
    return [offer["id"] for criterion in body["offerCriteria"] for offer in criterion["offers"]]


def refusal(request: Request, settings: Mapping[str, Any]) -> Reply:
    """One error for each bad row, or for the first one only; a single one when no row is named."""
    found = rows(request, settings)
    form = FORMS[str(settings.get("named") or "")]
    if settings.get("first") or form[0] is None:
        found = found[:1]
    code = settings.get("code") or "OFFER_NOT_MODIFIABLE"
    message = settings.get("message") or "It cannot be changed."
    errors = []
    for bulk, place, _ in found:
        path = form[0 if bulk else 1]
        errors.append(fault(code, message, path.format(place) if path else None))
    return Reply(int(settings.get("status") or 422), {"errors": errors})
