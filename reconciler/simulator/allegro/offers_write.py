"""POST and PATCH /sale/product-offers, DELETE of a draft."""

from __future__ import annotations

from reconciler.simulator.allegro.edit import commit, edited
from reconciler.simulator.allegro.incoming import Incoming
from reconciler.simulator.allegro.lifecycle import begin_activation
from reconciler.simulator.allegro.offer_shape import CREATE, EDIT
from reconciler.simulator.allegro.offers import Offer, complete, new_offer, remove, required_offer, save
from reconciler.simulator.allegro.operations import is_accepted, start
from reconciler.simulator.allegro.refusals import refuse
from reconciler.simulator.allegro.rules import listing_faults
from reconciler.simulator.allegro.seller_things import ids_by_name
from reconciler.simulator.allegro.shapes import require
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import merged
from reconciler.simulator.world import Json


def create_offer(call: AllegroCall) -> Reply:
    """At least a draft comes of it, whatever keeps the offer from being listed (issue #9902)."""
    require(CREATE, call.body)
    wanted = (call.body.get("publication") or {}).get("status") or "ACTIVE"  # the default lists (issue #6533)
    if wanted not in {"ACTIVE", "INACTIVE"}:
        code = "IllegalOfferUpdateException.IllegalChangeOfferStatus"
        raise refuse(422, code, "A new offer is a draft or is listed.", "publication.status")
    _check_draft_cap(call)
    patch = Incoming(call.world, call.seller, call.base, call.body).patch()
    _choose_defaults(call, patch)
    offer = _draft(call.world, call.seller, call.base, patch)
    if is_accepted(call):
        return start(call, offer, "publish", {"wanted": wanted})
    if wanted == "ACTIVE" and not offer.body["validation"]["errors"]:
        begin_activation(call.world, offer)
    save(call.world, offer)
    return Reply(201, offer.body)


def _draft(world: AllegroWorld, seller: str, base: str, patch: Json) -> Offer:
    offer = new_offer(world, seller, merged({}, patch))
    complete(offer.body, base)
    offer.body["updatedAt"] = world.stamp
    errors = listing_faults(world, offer)
    offer.body["validation"] = {"errors": errors, "warnings": [], "validatedAt": world.stamp}
    offer.updated = world.moment
    return offer


def _check_draft_cap(call: AllegroCall) -> None:
    sql = "SELECT COUNT(*) FROM offers WHERE seller = ? AND status = 'INACTIVE'"
    row = call.world.store.one(sql, call.seller)
    if row and row[0] >= call.world.settings.caps.drafts:
        raise refuse(422, "MaxInactiveOffers", "There are too many drafts.")  # issue #9902


def _choose_defaults(call: AllegroCall, patch: Json) -> None:
    """What is left out is looked for under the name "default" (issues #8180, #7822); null is a choice."""
    after_sales = patch.setdefault("afterSalesServices", {}) or {}
    if "returnPolicy" not in after_sales:
        found = ids_by_name(call.world, call.seller, "return_policies", "default")
        if len(found) != 1:
            message = "No return policy was given, and none has the name default."
            path = "afterSalesServices.returnPolicy"
            raise refuse(422, "ReturnPolicyNotFoundException", message, path, defaultName="default")
        after_sales["returnPolicy"] = {"id": found[0]}
    patch["afterSalesServices"] = after_sales
    delivery = patch.setdefault("delivery", {}) or {}
    if "shippingRates" not in delivery:
        found = ids_by_name(call.world, call.seller, "shipping_rates", "default")
        delivery["shippingRates"] = {"id": found[0]} if len(found) == 1 else None
    patch["delivery"] = delivery


def edit_offer(call: AllegroCall) -> Reply:
    """A merge patch; one at a time for each offer (issues #9620, #9640)."""
    old = required_offer(call)
    if max(old.edit_until, old.command_until) > call.world.moment:
        message = "An earlier edit of the offer is still being processed."
        raise refuse(409, "OfferConflictException", message, None, offerId=old.id)
    require(EDIT, call.body)
    patch = Incoming(call.world, call.seller, call.base, call.body, old.body).patch()
    new = edited(call.world, old, patch)
    if is_accepted(call):
        return start(call, old, "edit", patch)
    return Reply(200, commit(call.world, old, new).body)


def delete_draft(call: AllegroCall) -> Reply:
    """DELETE /sale/offers/{id}: drafts only; a published offer can only be ended."""
    offer = required_offer(call)
    if offer.status != "INACTIVE":
        code, message = "AccessDenied", "Only drafts can be deleted."
        raise refuse(403, code, message)
    remove(call.world, offer)
    return Reply(204)
