"""Return policies and processing profiles (readiness state definitions): known by their values, without names."""

from __future__ import annotations

from reconciler.simulator.etsy import things
from reconciler.simulator.etsy.forms import Field, Fields
from reconciler.simulator.etsy.listings import COLUMNS, of_row, using
from reconciler.simulator.etsy.refusals import Refusal
from reconciler.simulator.etsy.things import POLICY, READINESS, listed
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

DEADLINES = (7, 14, 21, 30, 45, 60, 90)
RETURNS: Fields = {
    "accepts_returns": Field("flag", required=True),
    "accepts_exchanges": Field("flag", required=True),
    "return_deadline": Field("whole", nullable=True),
}
TIME = Field("whole", required=True, low=1, high=10)
STATES = ("ready_to_ship", "made_to_order")
NEW_READINESS: Fields = {
    "readiness_state": Field(required=True, values=STATES),
    "min_processing_time": TIME,
    "max_processing_time": TIME,
    "processing_time_unit": Field(values=("days", "weeks")),
}
EDIT_READINESS: Fields = {
    "readiness_state": Field(values=STATES),
    "min_processing_time": Field("whole", low=1, high=10),
    "max_processing_time": Field("whole", low=1, high=10),
    "processing_time_unit": Field(values=("days", "weeks")),
}
WEEK = 5  # the days that a seller works in a week, unless the schedule says otherwise


def get_policies(call: EtsyCall) -> Reply:
    seller = things.owner(call.world, call.ids["shop_id"])
    return Reply(200, listed(things.every(call.world, POLICY, seller)))


def get_policy(call: EtsyCall) -> Reply:
    seller = things.owner(call.world, call.ids["shop_id"])
    return Reply(200, things.need(call.world, POLICY, seller, call.ids["return_policy_id"]))


def create_policy(call: EtsyCall) -> Reply:
    wanted = _policy(call.body)
    equal = _equal(call, POLICY, wanted)
    if equal is not None and not call.world.settings.equal_policies:
        return Reply(200, equal)
    body = {"return_policy_id": call.world.number(POLICY), "shop_id": call.ids["shop_id"], **wanted}
    things.keep(call.world, POLICY, call.seller, body["return_policy_id"], _name(wanted), body)
    return Reply(200, body)


def update_policy(call: EtsyCall) -> Reply:
    body = things.need(call.world, POLICY, call.seller, call.ids["return_policy_id"])
    wanted = _policy(call.body)
    if _equal(call, POLICY, wanted, besides=body) is not None:
        raise Refusal(409, "A return policy with these values already exists")
    body |= wanted
    things.keep(call.world, POLICY, call.seller, body["return_policy_id"], _name(wanted), body)
    return Reply(200, body)


def delete_policy(call: EtsyCall) -> Reply:
    number = call.ids["return_policy_id"]
    things.need(call.world, POLICY, call.seller, number)
    if using(call.world, call.seller, "return_policy_id", number):
        raise Refusal(400, f"The return policy {number} has listings")
    things.drop(call.world, POLICY, number)
    return Reply(204)


def _policy(form: Json) -> Json:
    deadline = form.get("return_deadline")
    accepts = form["accepts_returns"] or form["accepts_exchanges"]
    if accepts and deadline is None:
        raise Refusal(400, "Missing input parameter: [return_deadline]")
    if deadline is not None and deadline not in DEADLINES:
        raise Refusal(400, f"return_deadline must be one of: {', '.join(map(str, DEADLINES))}")
    return {
        "accepts_returns": form["accepts_returns"],
        "accepts_exchanges": form["accepts_exchanges"],
        "return_deadline": deadline if accepts else None,
    }


def _name(wanted: Json) -> str:
    """How the census tells equal ones: by their values."""
    return " ".join(str(value) for value in wanted.values())


def _equal(call: EtsyCall, kind: str, wanted: Json, besides: Json | None = None) -> Json | None:
    for one in things.every(call.world, kind, call.seller):
        if one != besides and all(one[name] == value for name, value in wanted.items()):
            return one
    return None


def get_definitions(call: EtsyCall) -> Reply:
    found = [shape(one) for one in things.every(call.world, READINESS, call.seller)]
    limit, offset = call.number("limit", 25, 1, 100), call.number("offset", 0, 0)
    return Reply(200, {"count": len(found), "results": found[offset : offset + limit]})


def get_definition(call: EtsyCall) -> Reply:
    return Reply(200, shape(_definition(call)))


def create_definition(call: EtsyCall) -> Reply:
    wanted = _times(call.body)
    _refuse_equal(call, wanted, None)
    body = {"shop_id": call.ids["shop_id"], "readiness_state_id": call.world.number(READINESS), **wanted}
    things.keep(call.world, READINESS, call.seller, body["readiness_state_id"], _name(wanted), body)
    return Reply(201, shape(body))


def update_definition(call: EtsyCall) -> Reply:
    body = _definition(call)
    before = {
        "readiness_state": body["readiness_state"],
        "min_processing_time": body["min_processing_days"],
        "max_processing_time": body["max_processing_days"],
    }
    if call.body.get("processing_time_unit") == "weeks" and len(call.body) < 4:
        raise Refusal(400, "processing_time_unit requires min_processing_time and max_processing_time")
    wanted = _times({**before, **call.body})
    _refuse_equal(call, wanted, body)
    body |= wanted
    things.keep(call.world, READINESS, call.seller, body["readiness_state_id"], _name(wanted), body)
    return Reply(200, shape(body))


def delete_definition(call: EtsyCall) -> Reply:
    number = _definition(call)["readiness_state_id"]
    if _is_offered(call.world, call.seller, number):
        raise Refusal(400, f"Active offerings are linked to the readiness state definition {number}")
    things.drop(call.world, READINESS, number)
    return Reply(204)


def shape(body: Json) -> Json:
    """ShopProcessingProfile."""
    low, high = body["min_processing_days"], body["max_processing_days"]
    label = f"{low} day{'s' if low > 1 else ''}" if low == high else f"{low} - {high} days"
    return {**body, "processing_days_display_label": label}


def _definition(call: EtsyCall) -> Json:
    return things.need(call.world, READINESS, call.seller, call.ids["readiness_state_definition_id"])


def _times(form: Json) -> Json:
    low, high = form["min_processing_time"], form["max_processing_time"]
    if low > high:
        raise Refusal(400, "min_processing_time must not be more than max_processing_time")
    unit = WEEK if form.get("processing_time_unit") == "weeks" else 1
    days = {"min_processing_days": low * unit, "max_processing_days": high * unit}
    return {"readiness_state": form["readiness_state"], **days}


def _refuse_equal(call: EtsyCall, wanted: Json, besides: Json | None) -> None:
    equal = _equal(call, READINESS, wanted, besides)
    if equal is not None:
        path = (
            f"/v3/application/shops/{equal['shop_id']}/readiness-state-definitions/{equal['readiness_state_id']}"
        )
        headers = {"Content-Location": f"{call.request.origin}{path}"}
        raise Refusal(409, "A readiness state definition with these values already exists", headers=headers)


def _is_offered(world: EtsyWorld, seller: str, number: int) -> bool:
    rows = world.store.all(f"SELECT {COLUMNS} FROM listings WHERE seller = ? AND state = 'active'", seller)
    return any(one["readiness_state_id"] == number for row in rows for one in of_row(row).offerings())
