"""Prices and pieces of many offers in one request: 25 items, each with its offer.

inventory bulkUpdatePriceQuantity takes what is on sale only (25713), so what is not is written whole, by itself.
Both numbers of pieces are written: shoppers see the lesser.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.providers.base import Context, MarketplaceFault
from reconciler.providers.conversation import Answer, Conversation
from reconciler.providers.ebay import encoding, offers, operations
from reconciler.providers.ebay.answers import DONE_ROWS
from reconciler.providers.ebay.encoding import PIECES, PRICE
from reconciler.providers.ebay.faults import of_row, warned
from reconciler.providers.ebay.operations import sku_of
from reconciler.providers.ebay.requests import writing
from reconciler.providers.faults import not_the_api, repeating
from reconciler.providers.outcomes import applied, failed, refused, unknown

Json = dict[str, Any]


def perform(action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
    """Write them all: together what is on sale, by itself what is not. One outcome for each target."""
    outcomes: dict[str, Outcome] = {}
    together: dict[str, tuple[Target, Json]] = {}
    for target in action.targets:
        try:
            offer = yield from _offer(target, context)
            if offer is not None and operations.is_on_sale(offer):
                together[sku_of(target)] = (target, _request(target, offer["offerId"]))
            else:
                outcomes[sku_of(target)] = yield from _apart(action, target, context)
        except MarketplaceFault as refusal:
            outcomes[sku_of(target)] = refused(action, target, refusal.fault)
    if together:
        outcomes |= yield from _sent(action, together, context)
    return tuple(outcomes[sku_of(each)] for each in action.targets)


def _offer(target: Target, context: Context) -> Conversation[Mapping[str, Any] | None]:
    """Return the offer as it was read a moment ago; read it where nobody has."""
    live = context.live.get(target.key)
    if live is not None and live.wire is not None:
        return live.wire["offer"] or None
    return (yield from offers.offer_of(context.reading, sku_of(target)))


def _request(target: Target, offer: str) -> Json:
    row: Json = {"offerId": offer}
    if PRICE in target.after:
        row["price"] = encoding.price(target.after[PRICE])
    if PIECES not in target.after:
        return {"offers": [row]}
    row["availableQuantity"] = target.after[PIECES]
    there = {"quantity": target.after[PIECES]}
    return {"sku": sku_of(target), "shipToLocationAvailability": there, "offers": [row]}


def _sent(
    action: Action, together: Mapping[str, tuple[Target, Json]], context: Context
) -> Conversation[dict[str, Outcome]]:
    operation = context.reading.spec.kinds[OFFER].operations[action.operation]
    said: Answer = yield writing(
        operation,
        context.reading,
        expects=DONE_ROWS,
        json={"requests": [body for _, body in together.values()]},
        weight=len(together),
    )
    if said.fault:
        return {sku: failed(action, target, said.fault) for sku, (target, _) in together.items()}
    by_offer = {body["offers"][0]["offerId"]: sku for sku, (_, body) in together.items()}
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in said.value["responses"]:
        sku = by_offer.get(row.get("offerId") or "") or row.get("sku")
        if sku in together:
            found.setdefault(sku, []).append(row)
    return {sku: _became(action, target, found.get(sku, [])) for sku, (target, _) in together.items()}


def _became(action: Action, target: Target, rows: list[Mapping[str, Any]]) -> Outcome:
    """Say what became of one row: it may be told for its item and for its offer."""
    if not rows:
        return unknown(action, target, not_the_api("it does not say what became of it", FaultKind.UNKNOWN))
    bad = next((row for row in rows if not 200 <= row["statusCode"] < 300), None)
    if bad is not None:
        return failed(action, target, of_row(bad))
    return applied(action, target, detail="; ".join(filter(None, map(warned, rows))))


def _apart(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write what is not on sale: its item where its pieces change, and its offer."""
    if PIECES in target.after:
        there = yield from offers.item_of(context.reading, sku_of(target))
        if there is None:
            raise MarketplaceFault(not_the_api("the item is not there", FaultKind.MISSING))
        with repeating():
            body = encoding.item({PIECES: target.after[PIECES]}, there, context, {})
        written = context.reading.spec.kinds[OFFER].operations["edit"]
        said: Answer = yield writing(written, context.reading, sku=sku_of(target), json=body)
        if said.fault:
            return failed(action, target, said.fault)
    return (yield from operations.put(action, target, context))
