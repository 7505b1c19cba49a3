"""Work that goes on after a 202: its resource, and what it does when its time has come."""

from __future__ import annotations

from typing import Any

import orjson

from reconciler.simulator.allegro.edit import commit, edited
from reconciler.simulator.allegro.lifecycle import begin_activation
from reconciler.simulator.allegro.offers import COLUMNS, Offer, of_row, save
from reconciler.simulator.allegro.refusals import Refusal, fault, refuse
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.clock import at, iso
from reconciler.simulator.http import Reply
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.world import Json

PATIENCE = 10 * 365 * 86_400.0  # what never ends has its end so far away
KEPT_SECONDS = 7 * 86_400  # an operation is gone after a week (issue #8997)


def is_accepted(call: AllegroCall) -> bool:
    """Whether this write is answered 202: by the seeded share, or because its operation is going to fail."""
    if call.is_troubled("operation_fails") or call.is_troubled("operation_hangs"):
        return True
    ratio = call.world.settings.accepted_ratio
    return ratio > 0 and call.world.dice("accepted").random() < ratio


def start(call: AllegroCall, offer: Offer, kind: str, patch: Json) -> Reply:
    """Lock the offer, plan the work, and answer 202 with the address of the operation."""
    world = call.world
    key = world.uuid("operation")
    wait = world.span("operation", world.settings.operation_seconds)
    due, errors = world.moment + wait, None
    offer.edit_until = due
    if call.is_troubled("operation_fails"):
        errors = orjson.dumps([_late_fault(call.trouble)])
    elif call.is_troubled("operation_hangs"):
        due = world.moment + float(call.trouble.get("seconds", PATIENCE))
        offer.edit_until = due if call.trouble.get("locked", True) else 0.0
    if errors is None and due < world.moment + PATIENCE:
        schedule(world, due - world.moment, kind, operation=key, offer=offer.id, patch=patch)
    save(world, offer, touch=False)
    world.store.run(
        "INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?)",
        key, int(offer.id), call.seller, world.moment, due, errors,
    )  # fmt: skip
    where = f"{call.request.origin}/sale/product-offers/{offer.id}/operations/{key}"
    headers = {"Location": where, "Retry-After": str(world.settings.retry_after_seconds)}
    return Reply(202, offer.body, headers)


def _late_fault(trouble: Any) -> Json:
    code = trouble.get("code", "ProductCreationException")
    return fault(
        code, trouble.get("message", "The product could not be created."), trouble.get("path", "productSet[0]")
    )


@job("publish")
def _publish(world: AllegroWorld, body: Json) -> None:
    """The end of a creation: a draft without faults is listed."""
    offer = _offer(world, body)
    if offer is not None and body["patch"]["wanted"] == "ACTIVE" and not offer.body["validation"]["errors"]:
        begin_activation(world, offer)
        save(world, offer)


@job("edit")
def _edit(world: AllegroWorld, body: Json) -> None:
    """The end of an edit: it is merged now, and may be refused now."""
    offer = _offer(world, body)
    if offer is None:
        return
    try:
        commit(world, offer, edited(world, offer, body["patch"]))
    except Refusal as refusal:
        errors = orjson.dumps(list(refusal.faults))
        world.store.run("UPDATE operations SET errors = ? WHERE id = ?", errors, body["operation"])


def _offer(world: AllegroWorld, body: Json) -> Offer | None:
    row = world.store.one(f"SELECT {COLUMNS} FROM offers WHERE id = ?", int(body["offer"]))
    return None if row is None else of_row(row)


def read_operation(call: AllegroCall) -> Reply:
    """GET .../operations/{id}: 202 while it runs, 303 to the offer when done, 422 when it failed."""
    offer_id, key = call.params["offerId"], call.params["operationId"]
    row = call.world.store.one(
        "SELECT started, due, errors, offer FROM operations WHERE id = ? AND seller = ?", key, call.seller
    )
    now = call.world.moment
    if row is None or str(row[3]) != offer_id or now - row[0] > KEPT_SECONDS:
        raise refuse(404, "NotFoundException", "The operation was not found.")
    started, due, errors, _ = row
    if now < due:
        operation = {"id": key, "status": "IN_PROGRESS", "startedAt": iso(at(started))}
        return Reply(202, {"offer": {"id": offer_id}, "operation": operation}, {"Retry-After": "1"})
    if errors is not None:
        return Reply(422, {"errors": orjson.loads(errors)})
    return Reply(303, None, {"Location": f"{call.request.origin}/sale/product-offers/{offer_id}"})
