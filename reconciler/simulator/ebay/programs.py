"""Seller programs of the Account API: opted in and out of by the seller, in force some time after.

OUT_OF_STOCK_CONTROL is the preference that hides a listing without stock, so that it stays; it is the one that My
eBay turns on and off, too. The other two are kept and told, and change nothing here.
"""

from __future__ import annotations

from typing import Any

import orjson

from reconciler.simulator.ebay.refusals import ACCOUNT, Refusal, error, refuse
from reconciler.simulator.ebay.shapes import one_of, record, require
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.jobs import job, schedule
from reconciler.simulator.world import Json

PATH = "/sell/account/v1/program"
OUT_OF_STOCK, POLICIES = "OUT_OF_STOCK_CONTROL", "SELLING_POLICY_MANAGEMENT"
KINDS = (OUT_OF_STOCK, POLICIES, "PARTNER_MOTORS_DEALER")
PROGRAM = record({"programType": one_of(*KINDS)})
IN_FORCE = "ebay-program"


def load(world: EbayWorld, seller: str) -> Json:
    """What is kept of a seller, the preferences among it."""
    row = world.store.one("SELECT body FROM sellers WHERE id = ?", seller)
    found: Json = orjson.loads(row[0]) if row else {}
    return found


def kept(body: Json) -> list[str]:
    """The programs in force; a store of before there were any has the preference alone."""
    found: list[str] = body.get("programs", of_seed(None, out_of_stock=bool(body.get("outOfStock"))))
    return found


def _save(world: EbayWorld, seller: str, body: Json) -> None:
    world.store.run("UPDATE sellers SET body = ? WHERE id = ?", orjson.dumps(body), seller)


def of_seed(programs: Any, *, out_of_stock: bool) -> list[str]:
    """The programs of a seed: those of business policies, unless told; ValueError for one that there is not."""
    found = [POLICIES] if programs is None else list(programs)
    if unknown := set(found) - set(KINDS):
        raise ValueError(f"programs: {', '.join(sorted(unknown))} is none of {', '.join(KINDS)}")
    return sorted({*found, *([OUT_OF_STOCK] if out_of_stock else [])})


def prefer(world: EbayWorld, seller: str, program: str, *, on: bool) -> None:
    """A program is in force from now on, or is not any more. In a transaction."""
    body = load(world, seller)
    chosen = {*kept(body), program} if on else set(kept(body)) - {program}
    asked = {name: value for name, value in body.get("asked", {}).items() if name != program}
    _save(world, seller, {**body, "programs": sorted(chosen), "asked": asked})


def opted_in(call: EbayCall) -> Reply:
    """GET /program/get_opted_in_programs: those in force."""
    found = kept(load(call.world, call.seller))
    return Reply(200, {"programs": [{"programType": name} for name in found]})


def opt_in(call: EbayCall) -> Reply:
    """POST /program/opt_in: it may take a day."""
    return _ask(call, on=True)


def opt_out(call: EbayCall) -> Reply:
    """POST /program/opt_out."""
    return _ask(call, on=False)


def _ask(call: EbayCall, *, on: bool) -> Reply:
    require(PROGRAM, call.body)
    program = call.body.get("programType")
    if program is None:
        raise refuse(20401, "programType")
    world, body = call.world, load(call.world, call.seller)
    if body.get("asked", {}).get(program, program in kept(body)) == on:
        if on:
            raise Refusal(409, {**error(25803, "programType"), "domain": ACCOUNT, "category": "BUSINESS"})
        raise refuse(25804, "programType")
    _save(world, call.seller, {**body, "asked": {**body.get("asked", {}), program: on}})
    delay = world.span("program", world.settings.program_seconds)
    schedule(world, delay, IN_FORCE, seller=call.seller, program=program, on=on)
    return Reply(200, {})


@job(IN_FORCE)
def _in_force(world: EbayWorld, body: Json) -> None:
    """What was asked for last is so, as long as the seller is there and it was not decided otherwise since."""
    found = load(world, body["seller"])
    if found.get("asked", {}).get(body["program"]) == body["on"]:
        prefer(world, body["seller"], body["program"], on=body["on"])
