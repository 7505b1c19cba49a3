"""What publishing costs: told for what is staged, for all that is asked about together (inventory getListingFees).

Listings may be free up to a number a month. So what one costs depends on those before it: of several it is the sum
with it, less the sum without it.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.requests import called
from reconciler.model.spec import FEES
from reconciler.model.values import Money
from reconciler.providers.base import Reading
from reconciler.providers.codecs import amount
from reconciler.providers.conversation import Conversation, Request
from reconciler.providers.ebay import offers
from reconciler.providers.ebay.answers import LISTING_FEES
from reconciler.providers.ebay.decoding import UNPUBLISHED
from reconciler.providers.ebay.sites import marketplace_id
from reconciler.providers.faults import fetch

#: The sum of the other types is told as one of them (doc getListingFees).
_SUM = "ListingFee"


def fees(reading: Reading, skus: Sequence[str]) -> Conversation[Mapping[str, Money]]:
    """Return what each would cost, published in this order; what has no staged offer is left out."""
    staged: dict[str, str] = {}
    for sku in skus:
        offer = yield from offers.offer_of(reading, sku)
        if offer is not None and offer["status"] == UNPUBLISHED:
            staged[sku] = offer["offerId"]
    found: dict[str, Money] = {}
    most = reading.spec.kinds[OFFER].views[FEES].keys
    for start in range(0, len(staged), most):
        some = list(staged.items())[start : start + most]
        found |= yield from _of_each(reading, some)
    return found


def _of_each(reading: Reading, some: Sequence[tuple[str, str]]) -> Conversation[dict[str, Money]]:
    whole = yield from charged(reading, [number for _, number in some])
    if not whole.amount or len(some) == 1:
        return {sku: whole for sku, _ in some}
    found: dict[str, Money] = {}
    before = Decimal(0)
    for count, (sku, _) in enumerate(some, 1):
        told = (
            whole if count == len(some) else (yield from charged(reading, [number for _, number in some[:count]]))
        )
        found[sku] = Money(told.amount - before, told.currency)
        before = told.amount
    return found


def charged(reading: Reading, offer_ids: Sequence[str]) -> Conversation[Money]:
    """Return what it would cost to publish all of these on the account's site."""
    view = reading.spec.kinds[OFFER].views[FEES]
    method, path = view.request.split(" ", 1)
    body = yield from fetch(
        Request(
            method=method,
            path=path,
            expects=LISTING_FEES,
            json={"offers": [{"offerId": each} for each in offer_ids]},
            reads=True,
            name=called(OFFER, FEES),
            budgets=view.budgets,
        )
    )
    site = marketplace_id(reading.base_market)
    told = [
        fee for each in body.get("feeSummaries") or () if each.get("marketplaceId") == site for fee in _fees(each)
    ]
    sums = [each for kind, each in told if kind == _SUM]
    parts = [each for kind, each in told if kind != _SUM]
    home = reading.spec.marketplaces[reading.base_market].currency
    currency = next((each.currency for each in (*sums, *parts)), home)
    return Money(max(sum((each.amount for each in chosen), Decimal(0)) for chosen in (sums, parts)), currency)


def _fees(summary: Mapping[str, Any]) -> Iterator[tuple[str, Money]]:
    for each in summary.get("fees") or ():
        if (said := each.get("amount")) is not None:
            yield each.get("feeType") or "", Money(amount(said["value"]), said["currency"])
