"""Batch commands: accepted at once with zero counters, carried out later, partial failures and all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from reconciler.simulator.allegro import command_changes as changes
from reconciler.simulator.allegro import command_values as values
from reconciler.simulator.allegro.limits import admit_changes
from reconciler.simulator.allegro.offers import COLUMNS, OFFER_ID, Offer, of_row
from reconciler.simulator.allegro.refusals import Refusal, fault, refuse
from reconciler.simulator.allegro.shapes import Shape, items, one_of, record, require, text
from reconciler.simulator.allegro.world import AllegroCall, AllegroWorld
from reconciler.simulator.clock import at, iso
from reconciler.simulator.http import Reply
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

MAX_OFFERS = 1000  # OfferCriterium
CRITERIA = items(
    record(
        {"type": one_of("CONTAINS_OFFERS"), "offers": items(record({"id": text(1)}, "id"), 1, MAX_OFFERS)},
        "type offers",
    ),
    1,
    1,
)
# one change of one offer: (field of the task, what to do to the offer)
Step = tuple[str, Callable[[AllegroWorld, Offer], None]]


@dataclass(frozen=True)
class Family:
    """One kind of command with offer criteria."""

    name: str
    shape: Shape
    steps: Callable[[Json], list[Step]]  # from the command's body


FAMILIES = {
    "publication": Family(
        "publication",
        record({"offerCriteria": CRITERIA, "publication": values.PUBLICATION}, "offerCriteria publication"),
        changes.publication_steps,
    ),
    "price": Family(
        "price",
        record({"offerCriteria": CRITERIA, "modification": values.PRICE}, "offerCriteria modification"),
        changes.price_steps,
    ),
    "quantity": Family(
        "quantity",
        record({"offerCriteria": CRITERIA, "modification": values.QUANTITY}, "offerCriteria modification"),
        changes.quantity_steps,
    ),
    "modification": Family(
        "modification",
        record({"offerCriteria": CRITERIA, "modification": values.MODIFICATION}, "offerCriteria modification"),
        changes.modification_steps,
    ),
}


def put_command(name: str) -> Callable[[AllegroCall], Reply]:
    """PUT /sale/offer-{name}-commands/{commandId}."""
    family = FAMILIES[name]

    def handler(call: AllegroCall) -> Reply:
        require(family.shape, call.body)
        offers = [str(one["id"]) for one in dig(call.body["offerCriteria"][0], "offers")]
        if len(set(offers)) != len(offers):
            raise refuse(422, "VALIDATION_ERROR", "An offer is named twice.", "offerCriteria[0].offers")
        # The whole command is refused for what is wrong with its value; a bad offer fails its own task.
        values.check_value(call.world, call.seller, name, call.body)
        return accept(call, name, call.params["commandId"], call.body, offers)

    return handler


def accept(call: AllegroCall, family: str, key: str, body: Json, offers: list[str]) -> Reply:
    """Keep a command for later; an id that was used is refused whatever its body (issue #4985)."""
    world = call.world
    known = world.store.one("SELECT 1 FROM commands WHERE seller = ? AND id = ?", call.seller, key)
    if known is not None:
        raise refuse(409, "CommandIdAlreadyUsed", "The command id was used before.", "commandId")
    admit_changes(call, family, len(offers))
    busy = _busy_with_edits(world, call.seller, offers)
    wait = world.span("command", world.settings.command_seconds)
    due = schedule(world, wait, "command", seller=call.seller, command=key)
    completed = due + world.settings.completed_late_seconds
    failing = _failing(call, offers)
    packed = orjson.dumps({"body": body, "offers": offers, "busy": busy, "failing": failing})
    world.store.run(
        "INSERT INTO commands VALUES (?, ?, ?, ?, ?, 0, ?)",
        key, call.seller, family, world.moment, completed, packed,
    )  # fmt: skip
    ids = _numbers(offers)
    world.store.run(
        f"UPDATE offers SET command_until = MAX(command_until, ?) WHERE seller = ? AND id IN ({_marks(ids)})",
        due, call.seller, *ids,
    )  # fmt: skip
    return Reply(201, _report(world, call.seller, key))


def _failing(call: AllegroCall, offers: list[str]) -> dict[str, Json]:
    """The offers whose tasks are going to fail for no fault of theirs; a new command has better luck with them."""
    trouble = call.trouble
    if not call.is_troubled("tasks_fail"):
        return {}
    share, fresh = float(trouble.get("share", 0.3)), [one for one in offers if trouble.is_new(one)]
    dice = trouble.dice("tasks")
    drawn = [one for one in fresh if dice.random() < share] or fresh[:1]
    code = trouble.get("code", "ServiceTimeoutException")
    failure = fault(code, trouble.get("message", "The offer could not be changed now."))
    return {one: failure for one in drawn if trouble.once(one)}


def _numbers(offers: list[str]) -> list[int]:
    return [int(one) for one in offers if OFFER_ID.fullmatch(one)]


def _marks(values: list[int]) -> str:
    return ",".join("?" * len(values))


def _busy_with_edits(world: AllegroWorld, seller: str, offers: list[str]) -> list[str]:
    ids = _numbers(offers)
    sql = f"SELECT id FROM offers WHERE seller = ? AND edit_until > ? AND id IN ({_marks(ids)})"
    return [str(row[0]) for row in world.store.all(sql, seller, world.moment, *ids)]


def _report(world: AllegroWorld, seller: str, key: str) -> Json:
    """GeneralReport: zeros until the work is done, and completedAt later still (issue #6260)."""
    row = world.store.one(
        "SELECT created, completed, ready, family, body FROM commands WHERE seller = ? AND id = ?", seller, key
    )
    if row is None:
        raise refuse(404, "NotFoundException", "The command was not found.")
    sql = "SELECT status, COUNT(*) FROM tasks WHERE seller = ? AND command = ? GROUP BY status"
    counts: dict[str, int] = dict(world.store.all(sql, seller, key))
    good, bad = counts.get("SUCCESS", 0), counts.get("FAIL", 0)
    total = sum(counts.values())
    if not row[2] and not world.settings.zero_counters:
        total = sum(len(steps) for _, steps in _plan(row[3], orjson.loads(row[4])))
    done = row[2] and row[1] <= world.moment
    return {
        "id": key,
        "createdAt": iso(at(row[0])),
        "completedAt": iso(at(row[1])) if done else None,
        "taskCount": {"total": total, "success": good, "failed": bad},
    }


def read_report(family: str) -> Callable[[AllegroCall], Reply]:
    def handler(call: AllegroCall) -> Reply:
        _required(call, family)
        return Reply(200, _report(call.world, call.seller, call.params["commandId"]))

    return handler


def read_tasks(family: str) -> Callable[[AllegroCall], Reply]:
    """GET .../tasks: limit and offset reach only the first rows (getTasksUsingGET)."""

    def handler(call: AllegroCall) -> Reply:
        _required(call, family)
        limit = call.number("limit", 100, 1, 1000, 422)
        offset = call.number("offset", 0, 0, 999, 422)
        rows = call.world.store.all(
            "SELECT row FROM tasks WHERE seller = ? AND command = ? ORDER BY n LIMIT ? OFFSET ?",
            call.seller, call.params["commandId"], limit, offset,
        )  # fmt: skip
        return Reply(200, b'{"tasks":[' + b",".join(row[0] for row in rows) + b"]}")

    return handler


def _required(call: AllegroCall, family: str) -> None:
    row = call.world.store.one(
        "SELECT family FROM commands WHERE seller = ? AND id = ?", call.seller, call.params["commandId"]
    )
    if row is None or row[0] != family:
        raise refuse(404, "NotFoundException", "The command was not found.")


@job("command")
def _carry_out(world: AllegroWorld, body: Json) -> None:
    """Do every task; one that fails leaves the others alone, nothing is rolled back."""
    seller, key = body["seller"], body["command"]
    row = world.store.one("SELECT family, body FROM commands WHERE seller = ? AND id = ?", seller, key)
    if row is None:
        return
    family, packed = row[0], orjson.loads(row[1])
    world.store.run("UPDATE commands SET ready = 1 WHERE seller = ? AND id = ?", seller, key)
    rows: list[tuple[Any, ...]] = []
    for offer_id, steps in _plan(family, packed):
        for field, step in steps:
            failure = packed.get("failing", {}).get(offer_id)
            if failure is not None:
                errors = [failure]
            else:
                errors = _try(world, seller, offer_id, step, busy=offer_id in packed["busy"])
            task = _task(family, offer_id, field, errors)
            rows.append((seller, key, len(rows), task["status"], orjson.dumps(task)))
    world.store.many("INSERT INTO tasks VALUES (?, ?, ?, ?, ?)", rows)


def _plan(family: str, packed: Json) -> list[tuple[str, list[Step]]]:
    if family == "bulk":
        return changes.bulk_steps(packed["body"])
    steps = FAMILIES[family].steps(packed["body"])
    return [(offer_id, steps) for offer_id in packed["offers"]]


def _try(
    world: AllegroWorld, seller: str, offer_id: str, step: Callable[[AllegroWorld, Offer], None], *, busy: bool
) -> list[Json]:
    if busy:
        code, message = "ERR_YOU_CANT_CHANGE_ITEM_EDIT_IN_PROGRESS", "The offer is being edited."
        return [fault(code, message, None)]  # issue #9640
    row = None
    if OFFER_ID.fullmatch(offer_id):
        sql = f"SELECT {COLUMNS} FROM offers WHERE id = ? AND seller = ?"
        row = world.store.one(sql, int(offer_id), seller)
    if row is None:
        return [fault("OfferNotFoundException", "The offer was not found.", None, offerId=offer_id)]
    try:
        step(world, of_row(row))
    except Refusal as refusal:
        return list(refusal.faults)
    return []


def _task(family: str, offer_id: str, field: str, errors: list[Json]) -> Json:
    task: Json = {"status": "FAIL" if errors else "SUCCESS", "errors": errors}
    task["message"] = errors[0]["message"] if errors else ""
    if family == "bulk":
        return task | {"subject": {"offerId": offer_id, "field": field}}
    return task | {"offer": {"id": offer_id}, "field": field}
