"""Writes of one item and its offer. All answer at once; what they did is read back by whoever sent them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.spec import OperationSpec
from reconciler.providers.base import Context, MarketplaceFault
from reconciler.providers.conversation import Answer, Conversation, Request
from reconciler.providers.ebay import encoding, fees, offers
from reconciler.providers.ebay.answers import NEW_OFFER
from reconciler.providers.ebay.decoding import PUBLISHED, status_of
from reconciler.providers.ebay.faults import warned
from reconciler.providers.ebay.images import uploaded
from reconciler.providers.ebay.requests import writing
from reconciler.providers.ebay.sites import marketplace_id
from reconciler.providers.faults import not_paid, not_the_api, repeating
from reconciler.providers.outcomes import applied, failed, refused

Json = Mapping[str, Any]


def item(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write an item whole, over what it was judged by: its pieces are repeated.

    Whoever runs this looks again when that is too old by the time that it leaves, and begins anew if it differs.
    """
    images = yield from uploaded(target.after, context.images)
    judged = context.live.get(target.key)
    if judged is not None and judged.wire is not None:
        there = judged.wire.get("item")
    else:
        there = yield from offers.item_of(context.reading, sku_of(target))
    if there is None:
        raise MarketplaceFault(not_the_api("the item is not there", FaultKind.MISSING))
    with repeating():
        body = encoding.item(target.after, there, context, images)
    said: Answer = yield writing(_operation(context, "edit"), context.reading, sku=sku_of(target), json=body)
    return ended(action, target, said)


def offer(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write an offer whole, over what it was judged by; an item that has none on the site gets one."""
    judged = context.live.get(target.key)
    if judged is None or judged.wire is None:
        return (yield from put(action, target, context))
    return (yield from _laid_over(judged.wire["offer"] or None, action, target, context))


def put(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write what a target says of an offer over what is there now, or create it."""
    there = yield from offers.offer_of(context.reading, sku_of(target))
    return (yield from _laid_over(there, action, target, context))


def _laid_over(there: Json | None, action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    operation = _operation(context, "offer")
    if there is None:
        with repeating():
            body = encoding.offer(target.after, {}, context)
        said: Answer = yield _staged(operation, target, context, body)
        if said.fault is None:
            return ended(action, target, said)
        there = yield from offers.offer_of(context.reading, sku_of(target))  # an answer may have been lost
        if there is None:
            return failed(action, target, said.fault)
    with repeating():
        body = encoding.offer(target.after, there, context)
    said = yield writing(operation, context.reading, offer=there["offerId"], json=body)
    return ended(action, target, said)


def is_on_sale(offer: Json | None) -> bool:
    """Tell whether shoppers find an offer: one whose listing ended by itself may still be published."""
    with repeating():
        return status_of(offer) == "active"


def activate(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Put on sale. What is on sale already is left alone: it may have been published before an answer was lost."""
    there = yield from offers.offer_of(context.reading, sku_of(target))
    if there is None:
        raise MarketplaceFault(not_the_api("the item has no offer on this site", FaultKind.MISSING))
    if is_on_sale(there):
        return applied(action, target)
    if there["status"] == PUBLISHED:  # its listing ended by itself: what it costs is told of what is staged
        said = yield _withdrawal(there["offerId"], context)
        if said.fault:
            return failed(action, target, said.fault)
    cost = yield from fees.charged(context.reading, [there["offerId"]])
    if cost.amount and not context.pays(target.key, cost):
        return refused(action, target, not_paid(cost), sku_of(target))
    said = yield writing(_operation(context, "activate"), context.reading, offer=there["offerId"], safe=False)
    return ended(action, target, said)


def end(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Take off sale: the offer stays, unpublished."""
    there = yield from offers.offer_of(context.reading, sku_of(target))
    if there is None or there["status"] != PUBLISHED:
        return applied(action, target)
    said: Answer = yield _withdrawal(there["offerId"], context)
    return ended(action, target, said)


def _withdrawal(offer: str, context: Context) -> Request:
    return writing(_operation(context, "end"), context.reading, offer=offer)


def create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Create an item and its offer, and publish it. Each step may have been done, and does no harm again."""
    images = yield from uploaded(target.after, context.images)
    there = (yield from offers.item_of(context.reading, target.key.name)) if target.remote_id else None
    target = replace(target, remote_id=target.key.name)
    with repeating():
        body = encoding.item(target.after, there or {}, context, images)
    said: Answer = yield writing(_operation(context, "create"), context.reading, sku=sku_of(target), json=body)
    done = ended(action, target, said)
    if done.fault is not None:
        return done
    whole = replace(target, after={"settings.catalogue": False, **target.after})
    offered = yield from put(action, whole, context)
    if offered.fault is not None or target.after.get("stock.status") != "active":
        return _told(offered, done.detail)
    return _told((yield from activate(action, target, context)), done.detail, offered.detail)


def sku_of(target: Target) -> str:
    """Return the address of what is to be changed."""
    return target.remote_id or target.key.name


def ended(action: Action, target: Target, said: Answer) -> Outcome:
    """Say what became of a write, with what eBay warns of."""
    if said.fault:
        return failed(action, target, said.fault)
    return applied(action, target, sku_of(target), detail=warned(said.value))


def _staged(operation: OperationSpec, target: Target, context: Context, body: dict[str, Any]) -> Any:
    """Make the request that creates an offer: it is staged, and not on sale yet."""
    fixed = {
        "sku": sku_of(target),
        "marketplaceId": marketplace_id(context.reading.base_market),
        "format": "FIXED_PRICE",
        "listingDuration": "GTC",  # the only one of a fixed price (inventory EbayOfferDetailsWithKeys)
    }
    asked = writing(operation, context.reading, expects=NEW_OFFER, json={**fixed, **body})
    return dataclasses.replace(asked, method="POST", path="/sell/inventory/v1/offer")


def _told(outcome: Outcome, *details: str) -> Outcome:
    said = "; ".join(each for each in (*details, outcome.detail) if each)
    return replace(outcome, detail=said) if said else outcome


def _operation(context: Context, name: str) -> OperationSpec:
    return context.reading.spec.kinds[OFFER].operations[name]
