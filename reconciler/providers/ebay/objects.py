"""The named objects of an account on its site, listed to turn names into ids and back.

Policies belong to a site each, and their names are unique there (account createFulfillmentPolicy). A place is
called by its key, which cannot be changed.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from reconciler.model.texts import nfc
from reconciler.providers.base import MarketplaceFault, Reading
from reconciler.providers.conversation import Conversation
from reconciler.providers.ebay.requests import Pairs, viewing
from reconciler.providers.ebay.sites import marketplace_id
from reconciler.providers.faults import fetch_or_none, not_the_api
from reconciler.providers.forms import parts, record, rows

PLACE = "StockLocation"


class RowsOf(Struct, frozen=True):
    """How a kind is told: the member of its list that has the rows; in a row the id, and the name."""

    member: str
    number: str
    name: str


KINDS: Mapping[str, RowsOf] = {
    "DeliveryPriceList": RowsOf("fulfillmentPolicies", "fulfillmentPolicyId", "name"),
    "ReturnPolicy": RowsOf("returnPolicies", "returnPolicyId", "name"),
    "PaymentPolicy": RowsOf("paymentPolicies", "paymentPolicyId", "name"),
    PLACE: RowsOf("locations", "merchantLocationKey", "merchantLocationKey"),
}


def objects(reading: Reading, kind: str) -> Conversation[tuple[tuple[str, str], ...]]:
    """List the objects of a kind as (remote id, name)."""
    told = KINDS[kind]
    found = yield from _all(reading, kind, told.member)
    if any(type(each.get(told.number)) is not str or type(each.get(told.name)) is not str for each in found):
        raise MarketplaceFault(not_the_api(f"a {kind} says no {told.number} or {told.name}"))
    return tuple((each[told.number], nfc(each[told.name])) for each in found)


def _all(reading: Reading, kind: str, member: str) -> Conversation[list[dict[str, Any]]]:
    view = reading.spec.kinds[kind].views["list"]
    form = parts({}, {member: rows(record)})
    found: list[dict[str, Any]] = []
    while True:
        query: Pairs = (("marketplace_id", marketplace_id(reading.base_market)),)
        if view.page > 1:  # places are of all sites, and come in pages
            query = (("limit", str(view.page)), ("offset", str(len(found))))
        body = yield from fetch_or_none(viewing(view, form, query=query))
        page = (body or {}).get(member) or []
        found += page
        if view.page <= 1 or len(page) < view.page:
            return found
