"""Writes of one listing. All of them answer at once; what they did is read back by whoever sent them (#897)."""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offers import OFFER
from reconciler.model.outcomes import FaultKind, Outcome
from reconciler.model.plan import Action, Target
from reconciler.providers.base import Context, MarketplaceFault
from reconciler.providers.conversation import Answer, Conversation
from reconciler.providers.etsy import inventory_write, listings, properties
from reconciler.providers.etsy.answers import DONE, INVENTORY, LISTING
from reconciler.providers.etsy.decoding import RENEWED
from reconciler.providers.etsy.encoding import edited
from reconciler.providers.etsy.images import PICTURES, in_order
from reconciler.providers.etsy.requests import writing
from reconciler.providers.faults import not_the_api, repeating
from reconciler.providers.outcomes import applied, failed, unknown

Json = Mapping[str, Any]


def edit(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Change what the listing says."""
    wire = yield from fresh(target, context)
    with repeating():
        form = edited(target.after, wire, context)
    if PICTURES in target.after:
        form["image_ids"] = yield from in_order(target.after, context, known(target))
    return (yield from _patched(action, target, context, form))


def activate(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Put on sale. What was sold out is renewed with one piece, so its pieces are written again after that."""
    wire = yield from fresh(target, context)
    pieces = sum(each["quantity"] for product in listings.products_of(wire) for each in product["offerings"])
    renewed = wire.get("state") in RENEWED
    paid = renewed or wire.get("state") == "draft"  # not twice: it may have sold out again in between
    done = yield from _patched(action, target, context, {"state": "active"}, safe=not paid)
    if done.fault is not None or not renewed or not pieces:
        return done
    there = yield from listings.read(context.reading, known(target))  # it shows more now that it is on sale
    if there is None or there.wire is None:
        return unknown(action, target, not_the_api("the renewed listing is not there"))
    with repeating():
        body = inventory_write.whole({inventory_write.PIECES: pieces}, there.wire, context)
    return (yield from _put(action, target, context, body))


def end(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Take off sale. Pieces stay as they are: none at all is refused (#395)."""
    return (yield from _patched(action, target, context, {"state": "inactive"}))


def inventory(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write the inventory whole."""
    wire = yield from fresh(target, context)
    with repeating():
        body = inventory_write.whole(target.after, wire, context)
    return (yield from _put(action, target, context, body))


def change_properties(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Write the properties that differ, one by one; those that no document says stay as they are."""
    wire = yield from fresh(target, context)
    category = target.after.get("content.category") or str(wire.get("taxonomy_id"))
    before, after = target.before.get(properties.PATH) or {}, target.after.get(properties.PATH) or {}
    requests = tuple(properties.writes(before, after, category, context, known(target)))
    said = yield from properties.written(requests)
    return failed(action, target, said.fault) if said and said.fault else applied(action, target)


def delete(action: Action, target: Target, context: Context) -> Conversation[Outcome]:
    """Delete a draft. One that is not there any more is deleted."""
    operation = context.reading.spec.kinds[OFFER].operations["delete"]
    said: Answer = yield writing(operation, context.reading, expects=DONE, remote_id=known(target))
    if said.fault and said.fault.kind is not FaultKind.MISSING:
        return failed(action, target, said.fault)
    return applied(action, target)


def fresh(target: Target, context: Context) -> Conversation[Json]:
    """Return the listing as it was read a moment ago; read it where nobody has."""
    live = context.live.get(target.key)
    if live is None or live.wire is None:
        live = yield from listings.read(context.reading, known(target))
    if live is None or live.wire is None:
        raise MarketplaceFault(not_the_api("the listing is not there", FaultKind.MISSING))
    return live.wire


def known(target: Target) -> str:
    """Return the id of what is to be changed."""
    if target.remote_id is None:
        raise ValueError(f"{target.key} is to be changed and has no id")
    return target.remote_id


def _patched(
    action: Action, target: Target, context: Context, form: Mapping[str, str], *, safe: bool = True
) -> Conversation[Outcome]:
    operation = context.reading.spec.kinds[OFFER].operations[action.operation]
    request = writing(operation, context.reading, expects=LISTING, remote_id=known(target), form=form, safe=safe)
    said: Answer = yield request
    return failed(action, target, said.fault) if said.fault else applied(action, target)


def _put(action: Action, target: Target, context: Context, body: Any) -> Conversation[Outcome]:
    operation = context.reading.spec.kinds[OFFER].operations["inventory"]
    request = writing(operation, context.reading, expects=INVENTORY, remote_id=known(target), json=body)
    said: Answer = yield request
    return failed(action, target, said.fault) if said.fault else applied(action, target)
