"""The named objects of an account, listed to turn names into ids and back.

Names may repeat (#1520); which of them can be used is decided by whoever asks.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.spec import ViewSpec
from reconciler.model.texts import nfc
from reconciler.providers.allegro.requests import by_cursor, by_offset
from reconciler.providers.base import Reading
from reconciler.providers.conversation import Conversation

DELIVERY_METHOD = "DeliveryMethod"
BUNDLE = "Bundle"

#: Allegro's own dictionary: read, never written, and not a kind of document.
_METHODS = ViewSpec(
    kind=DELIVERY_METHOD, name="list", request="GET /sale/delivery-methods", items="/deliveryMethods"
)

#: How far the offset may go (openapi, parameters of the list operations).
_LAST_OFFSET = {
    "ReturnPolicy": 59,
    "ImpliedWarranty": 59,
    "Warranty": 59,
    "ResponsiblePerson": 16_000,
    "ResponsibleProducer": 50_000,
}
_FAR = 1_000_000


def rows(reading: Reading, kind: str) -> Conversation[list[Mapping[str, Any]]]:
    """Read all rows of a kind's list."""
    if kind == DELIVERY_METHOD:
        return (yield from by_offset(_METHODS, 0))
    listing = reading.spec.kinds[kind].views["list"]
    if kind == BUNDLE:
        return (yield from by_cursor(listing))
    return (yield from by_offset(listing, _LAST_OFFSET.get(kind, _FAR)))


def objects(reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
    """List the objects of a kind as (remote id, name). A bundle has no name."""
    found = yield from rows(reading, kind)
    named = {item["id"]: nfc(item.get("name") or "") for item in found}
    return tuple(named.items())
