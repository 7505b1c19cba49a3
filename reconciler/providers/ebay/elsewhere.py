"""Listings that were made by other means (the site, the Trading API): no item stands for them until migrated.

inventory bulkMigrateListing: five a call, each for itself; there is no way back. Needed are a SKU, policies, and a
fixed price; what the report does not tell of that, eBay says itself (25718).
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from reconciler.model.offers import OFFER, MadeElsewhere
from reconciler.model.outcomes import Fault, FaultKind, Outcome, Result
from reconciler.model.plan import Action, Target
from reconciler.providers.base import Context, MarketplaceFault, Reading
from reconciler.providers.conversation import Answer, Conversation
from reconciler.providers.ebay import offers
from reconciler.providers.ebay.answers import MIGRATED
from reconciler.providers.ebay.faults import of_row, warned
from reconciler.providers.ebay.report import OnSale
from reconciler.providers.ebay.requests import writing
from reconciler.providers.faults import not_the_api
from reconciler.providers.outcomes import applied, failed, refused, unknown

Json = Mapping[str, Any]
_NO_SKU, _VARIED = "it has no SKU", "it has variations"
_SHARED, _TAKEN = "another listing has its SKU", "there is an item of its SKU"


def made_elsewhere(
    rows: Iterable[OnSale], items: Container[str], reading: Reading
) -> Conversation[tuple[MadeElsewhere, ...]]:
    """Return the listings that no item stands for; of a SKU that several have, the item's own is asked for."""
    rows = tuple(rows)
    shared = Counter(each.sku for each in rows if each.sku)
    own: dict[str, str] = {}
    for sku in (sku for sku, count in shared.items() if count > 1 and sku in items):
        offer = yield from offers.offer_of(reading, sku)
        own[sku] = ((offer or {}).get("listing") or {}).get("listingId") or ""
    return tuple(
        _told(each, shared[each.sku], items)
        for each in rows
        if not each.sku or each.sku not in items or (each.sku in own and own[each.sku] != each.listing_id)
    )


def _told(row: OnSale, count: int, items: Container[str]) -> MadeElsewhere:
    if row.varied:
        stops = _VARIED
    elif not row.sku:
        stops = _NO_SKU
    elif row.sku in items:
        stops = _TAKEN
    else:
        stops = _SHARED if count > 1 else ""
    return MadeElsewhere(
        remote_id=row.listing_id,
        name=row.sku,
        price=f"{row.price} {row.currency}".strip(),
        pieces=row.quantity,
        stops=stops,
    )


def migrate(action: Action, context: Context) -> Conversation[tuple[Outcome, ...]]:
    """Migrate five. What is an item already was migrated by an earlier attempt, or is somebody else's."""
    outcomes: dict[str, Outcome] = {}
    left: dict[str, Target] = {}
    for target in action.targets:
        try:
            there = yield from _there(target, context)
        except MarketplaceFault as refusal:
            outcomes[target.key.name] = refused(action, target, refusal.fault)
            continue
        if there is None:
            left[target.remote_id or ""] = target
        else:
            outcomes[target.key.name] = _known(action, target, there)
    if left:
        outcomes |= yield from _sent(action, left, context)
    return tuple(outcomes[each.key.name] for each in action.targets)


def _there(target: Target, context: Context) -> Conversation[str | None]:
    """Return the listing of the item of this SKU (empty: it has none); None where there is no such item."""
    item = yield from offers.item_of(context.reading, target.key.name)
    if item is None:
        return None
    offer = yield from offers.offer_of(context.reading, target.key.name)
    return str(((offer or {}).get("listing") or {}).get("listingId") or "")


def _known(action: Action, target: Target, listing: str) -> Outcome:
    if listing == target.remote_id:
        return applied(action, target, target.key.name)
    return refused(action, target, not_the_api("there is an item of its SKU by now", FaultKind.REJECTED))


def _sent(action: Action, left: Mapping[str, Target], context: Context) -> Conversation[dict[str, Outcome]]:
    operation = context.reading.spec.kinds[OFFER].operations[action.operation]
    said: Answer = yield writing(
        operation,
        context.reading,
        expects=MIGRATED,
        json={"requests": [{"listingId": number} for number in left]},
        safe=False,  # what was done is looked for before it is sent again
        weight=len(left),
    )
    if said.fault:
        return {each.key.name: _failed(action, each, said.fault) for each in left.values()}
    rows = {row["listingId"]: row for row in said.value["responses"]}
    return {each.key.name: _became(action, each, rows.get(number)) for number, each in left.items()}


def _became(action: Action, target: Target, row: Json | None) -> Outcome:
    if row is None:
        nothing = not_the_api("it does not say what became of it", FaultKind.UNKNOWN)
        return unknown(action, target, nothing, target.key.name)
    if not 200 <= row["statusCode"] < 300:
        return _failed(action, target, of_row(row))
    return applied(action, target, target.key.name, detail=warned(row))


def _failed(action: Action, target: Target, fault: Fault) -> Outcome:
    """Say what became of one that was sent: what may be done is looked for under its SKU."""
    done = failed(action, target, fault)
    return replace(done, remote_id=target.key.name) if done.result is Result.UNKNOWN else done
