"""Creating a listing: a draft, its inventory with the key, and the shelf.

A draft is made without a sku, so it bears our key only when its inventory is written. What was begun is gone on
with under its id, and what a lost answer may have left is known by its title and its time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reconciler.model.offers import EXTERNAL_ID, OFFER
from reconciler.model.outcomes import Outcome
from reconciler.model.plan import Action, Target
from reconciler.model.values import Value
from reconciler.providers.base import Context, MarketplaceFault, Reading
from reconciler.providers.conversation import Answer, Conversation, Remember
from reconciler.providers.etsy import inventory_write, listings, properties
from reconciler.providers.etsy.answers import INVENTORY, LISTING
from reconciler.providers.etsy.decoding import plain
from reconciler.providers.etsy.encoding import edited, identified
from reconciler.providers.etsy.images import PICTURES, in_order, insist_on_files
from reconciler.providers.etsy.inventory_write import PIECES, PRICE, PROCESSING
from reconciler.providers.etsy.requests import pages, writing
from reconciler.providers.faults import not_the_api, repeating
from reconciler.providers.outcomes import applied, failed, unknown


def create(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Create a listing, or go on with one that was begun."""
    remote_id = target.remote_id
    if remote_id is None:
        insist_on_files(target.after)
        operation = context.reading.spec.kinds[OFFER].operations["create"]
        form = _draft(target.after, context)
        said: Answer = yield writing(operation, context.reading, expects=LISTING, form=form, safe=False)
        if said.fault:
            return failed(action, target, said.fault)
        remote_id = str(said.value["listing_id"])
        yield Remember("created", str(target.key), remote_id)
    return (yield from _completed(action, target, context, remote_id))


def begun(reading: Reading, target: Target, since: datetime) -> Conversation[tuple[str, ...]]:
    """Return the drafts without a key that have the title of a creation and were made since."""
    listing = reading.spec.kinds[OFFER].views["list"]
    rows, _ = yield from pages(listing, reading, (("state", "draft"), ("includes", "Inventory")))
    title = str(target.after.get("content.title") or "").split()
    return tuple(str(each["listing_id"]) for each in rows if _is_one(each, title, since))


def _is_one(row: Mapping[str, Any], title: list[str], since: datetime) -> bool:
    made = row.get("original_creation_timestamp") or row.get("created_timestamp") or 0
    skus = [each.get("sku") for each in listings.products_of(row)]
    return plain(row.get("title") or "").split() == title and made >= int(since.timestamp()) and not any(skus)


def _completed(action: Action, target: Target, context: Context, remote_id: str) -> Conversation[Outcome]:
    """Give a draft what it cannot be made with, and put it on sale. Each step may have been done before."""
    operations = context.reading.spec.kinds[OFFER].operations
    live = yield from listings.read(context.reading, remote_id)
    if live is None or live.wire is None:
        return unknown(action, target, not_the_api("the new listing is not there"), remote_id)
    form: dict[str, str] = {}
    if target.after.get(PICTURES):
        try:
            form["image_ids"] = yield from in_order(target.after, context, remote_id)
        except MarketplaceFault as without:
            return failed(action, target, without.fault, remote_id)
    with repeating():
        body = inventory_write.whole(_of_inventory(target), live.wire, context)
    put = writing(operations["inventory"], context.reading, expects=INVENTORY, remote_id=remote_id, json=body)
    said: Answer = yield put
    if said.fault:
        return failed(action, target, said.fault, remote_id)
    declared = target.after.get(properties.PATH) or {}
    category = str(target.after.get("content.category"))
    refusal = yield from properties.written(tuple(properties.writes({}, declared, category, context, remote_id)))
    if refusal and refusal.fault:
        return failed(action, target, refusal.fault, remote_id)
    if target.after.get("stock.status") == "active" and live.fields.get("stock.status") == "draft":
        form["state"] = "active"
    if form:
        shelf = operations["activate"]
        said = yield writing(shelf, context.reading, expects=LISTING, remote_id=remote_id, form=form)
        if said.fault:
            return failed(action, target, said.fault, remote_id)
    return applied(action, target, remote_id)


def _of_inventory(target: Target) -> dict[str, Value]:
    """Return what the inventory of a new listing says; none in stock is one in a draft, which nobody can buy."""
    found: dict[str, Value] = {EXTERNAL_ID: target.key.name}
    found |= {
        path: target.after[path] for path in (PRICE, PIECES, PROCESSING) if target.after.get(path) is not None
    }
    return {**found, PIECES: found.get(PIECES) or 1}


def _draft(after: Mapping[str, Value], context: Context) -> dict[str, str]:
    form = {
        "quantity": str(after.get(PIECES) or 1),
        "price": f"{after[PRICE].amount:f}",
        **edited(after, {}, context),
    }
    if after.get(PROCESSING):
        form["readiness_state_id"] = identified(context, "Processing", after[PROCESSING], PROCESSING)
    return form
