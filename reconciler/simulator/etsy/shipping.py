"""Shipping profiles with their destinations and upgrades; costs are numbers when sent and Money when read."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.etsy import things
from reconciler.simulator.etsy.forms import Field, Fields
from reconciler.simulator.etsy.listings import using
from reconciler.simulator.etsy.refusals import Refusal, missing
from reconciler.simulator.etsy.things import PROFILE, listed
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld, divisor, money
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

COST = Field("number", low=0)
DAYS = Field("whole", low=1, high=45)
CARRIER: Fields = {
    "shipping_carrier_id": Field("whole", low=0),
    "mail_class": Field(nullable=True),
    "min_delivery_days": DAYS,
    "max_delivery_days": DAYS,
}
PLACE: Fields = {
    "destination_country_iso": Field(nullable=True),
    "destination_region": Field(values=("eu", "non_eu", "none")),
    **CARRIER,
}
PROCESSING: Fields = {
    "min_processing_time": Field("whole", low=1, high=10),
    "max_processing_time": Field("whole", low=1, high=10),
    "processing_time_unit": Field(values=("business_days", "weeks")),
    "origin_postal_code": Field(nullable=True),
}
NEEDED = Field("number", required=True, low=0)
CREATION: Fields = {
    "title": Field(required=True),
    "origin_country_iso": Field(required=True),
    "primary_cost": NEEDED,
    "secondary_cost": NEEDED,
    **PLACE,
    **PROCESSING,
}
EDIT: Fields = {"title": Field(), "origin_country_iso": Field(), **PROCESSING}
NEW_PLACE: Fields = {"primary_cost": NEEDED, "secondary_cost": NEEDED, **PLACE}
EDIT_PLACE: Fields = {"primary_cost": COST, "secondary_cost": COST, **PLACE}
TYPE = Field("whole", required=True, values=(0, 1))
NEW_UPGRADE: Fields = {
    "type": TYPE,
    "upgrade_name": Field(required=True),
    "price": NEEDED,
    "secondary_price": NEEDED,
    **CARRIER,
}
EDIT_UPGRADE: Fields = {
    "type": Field("whole", values=(0, 1)),
    "upgrade_name": Field(),
    "price": COST,
    "secondary_price": COST,
    **CARRIER,
}


def get_profiles(call: EtsyCall) -> Reply:
    return Reply(200, listed(things.every(call.world, PROFILE, call.seller)))


def get_profile(call: EtsyCall) -> Reply:
    return Reply(200, _profile(call))


def create_profile(call: EtsyCall) -> Reply:
    """POST shipping-profiles: with its first destination."""
    form, shop = call.body, call.world.shop(call.seller)
    _check_origin(call.world, form)
    body: Json = {
        "shipping_profile_id": call.world.number(PROFILE),
        "title": form["title"],
        "user_id": int(call.seller),
        "origin_country_iso": form["origin_country_iso"],
        "is_deleted": False,
        "shipping_profile_destinations": [],
        "shipping_profile_upgrades": [],
        "origin_postal_code": form.get("origin_postal_code"),
        "profile_type": "manual",
        "domestic_handling_fee": 0.0,
        "international_handling_fee": 0.0,
    }
    body["shipping_profile_destinations"] = [_destination(call.world, body, form, shop)]
    return _keep(call, body, 200, body)


def update_profile(call: EtsyCall) -> Reply:
    body = _editable(call)
    kept = {
        name: call.body[name]
        for name in ("title", "origin_country_iso", "origin_postal_code")
        if name in call.body
    }
    body |= kept
    _check_origin(call.world, body)
    for one in body["shipping_profile_destinations"]:
        one["origin_country_iso"] = body["origin_country_iso"]
    return _keep(call, body, 200, body)


def delete_profile(call: EtsyCall) -> Reply:
    body = _profile(call)
    number = body["shipping_profile_id"]
    if not call.world.settings.deletes_used_profiles and using(
        call.world, call.seller, "shipping_profile_id", number
    ):
        raise Refusal(400, f"The shipping profile {number} is used by listings")
    things.drop(call.world, PROFILE, number)
    return Reply(204)


def get_destinations(call: EtsyCall) -> Reply:
    found = _profile(call)["shipping_profile_destinations"]
    limit, offset = call.number("limit", 25, 1, 100), call.number("offset", 0, 0)
    return Reply(200, {"count": len(found), "results": found[offset : offset + limit]})


def create_destination(call: EtsyCall) -> Reply:
    body = _editable(call)
    new = _destination(call.world, body, call.body, call.world.shop(call.seller))
    body["shipping_profile_destinations"].append(new)
    return _keep(call, body, 201, new)


def update_destination(call: EtsyCall) -> Reply:
    body = _editable(call)
    found = body["shipping_profile_destinations"]
    place = _place(found, "shipping_profile_destination_id", call)
    old = found.pop(place)
    new = _destination(call.world, body, call.body, call.world.shop(call.seller), old)
    found.insert(place, new)
    return _keep(call, body, 200, new)


def delete_destination(call: EtsyCall) -> Reply:
    """The last one stays: a profile has at least one (OAS)."""
    body = _editable(call)
    found = body["shipping_profile_destinations"]
    place = _place(found, "shipping_profile_destination_id", call)
    if len(found) == 1:
        raise Refusal(400, "A shipping profile requires at least one shipping destination")
    del found[place]
    return _keep(call, body, 204, None)


def get_upgrades(call: EtsyCall) -> Reply:
    return Reply(200, listed(_profile(call)["shipping_profile_upgrades"]))


def create_upgrade(call: EtsyCall) -> Reply:
    body = _editable(call)
    new = _upgrade(call, body, None)
    body["shipping_profile_upgrades"].append(new)
    return _keep(call, body, 200, new)


def update_upgrade(call: EtsyCall) -> Reply:
    body = _editable(call)
    found = body["shipping_profile_upgrades"]
    place = _place(found, "upgrade_id", call)
    found[place] = _upgrade(call, body, found[place])
    return _keep(call, body, 200, found[place])


def delete_upgrade(call: EtsyCall) -> Reply:
    body = _editable(call)
    found = body["shipping_profile_upgrades"]
    del found[_place(found, "upgrade_id", call)]
    return _keep(call, body, 204, None)


def _profile(call: EtsyCall) -> Json:
    return things.need(call.world, PROFILE, call.seller, call.ids["shipping_profile_id"])


def _editable(call: EtsyCall) -> Json:
    """A profile that the API may write: none whose costs are calculated from weights, as it cannot make these."""
    found = _profile(call)
    if found["profile_type"] == "calculated" and not call.world.settings.edits_calculated:
        raise Refusal(400, "Calculated shipping profiles cannot be edited through the API")
    return found


def _keep(call: EtsyCall, body: Json, status: int, answer: Json | None) -> Reply:
    things.keep(call.world, PROFILE, call.seller, body["shipping_profile_id"], body["title"], body)
    return Reply(status, answer)


def _place(found: list[Json], name: str, call: EtsyCall) -> int:
    for place, one in enumerate(found):
        if one[name] == call.ids[name]:
            return place
    raise missing(f"{name} {call.ids[name]}")


def _check_origin(world: EtsyWorld, form: Json) -> None:
    _country(form["origin_country_iso"], "origin_country_iso")
    if form["origin_country_iso"] in world.settings.postal_countries and not form.get("origin_postal_code"):
        raise Refusal(400, f"origin_postal_code is required for {form['origin_country_iso']}")
    low, high = form.get("min_processing_time"), form.get("max_processing_time")
    if low is not None and high is not None and low > high:
        raise Refusal(400, "min_processing_time must not be more than max_processing_time")


def _country(text: str, name: str) -> None:
    if len(text) != 2 or not text.isascii() or not text.isupper():
        raise Refusal(400, f"Invalid value '{text}' for '{name}'.")


def _destination(world: EtsyWorld, profile: Json, form: Json, shop: Json, old: Json | None = None) -> Json:
    """A destination as it is read; on an edit `old` keeps what is not sent."""
    country, region = form.get("destination_country_iso"), form.get("destination_region", "none")
    if country and region != "none":
        raise Refusal(400, "destination_country_iso and destination_region are mutually exclusive")
    if country:
        _country(country, "destination_country_iso")
    if old and not country and region == "none":
        country, region = old["destination_country_iso"] or None, old["destination_region"]
    others = [
        (one["destination_country_iso"], one["destination_region"])
        for one in profile["shipping_profile_destinations"]
    ]
    if (country or "", region) in others:
        raise Refusal(400, "The shipping profile has this destination already")
    new: Json = {
        "shipping_profile_destination_id": old["shipping_profile_destination_id"]
        if old
        else world.number("destination"),
        "shipping_profile_id": profile["shipping_profile_id"],
        "origin_country_iso": profile["origin_country_iso"],
        "destination_country_iso": country or "",
        "destination_region": region,
        "primary_cost": _cost(form, "primary_cost", shop, old),
        "secondary_cost": _cost(form, "secondary_cost", shop, old),
        **_carriage(form, old),
    }
    return new


def _upgrade(call: EtsyCall, profile: Json, old: Json | None) -> Json:
    form, shop = call.body, call.world.shop(call.seller)
    before = old or {
        "upgrade_id": call.world.number("upgrade"),
        "rank": len(profile["shipping_profile_upgrades"]) + 1,
    }
    return {
        "shipping_profile_id": profile["shipping_profile_id"],
        "upgrade_id": before["upgrade_id"],
        "upgrade_name": form.get("upgrade_name", before.get("upgrade_name")),
        "type": form.get("type", before.get("type")),
        "rank": before["rank"],
        "language": shop["languages"][0],
        "price": _cost(form, "price", shop, old),
        "secondary_price": _cost(form, "secondary_price", shop, old),
        **_carriage(form, old),
    }


def _cost(form: Json, name: str, shop: Json, old: Json | None) -> Any:
    if old is not None and name not in form:
        return old[name]
    return money(round(form[name] * divisor(shop["currency_code"])), shop["currency_code"])


def _carriage(form: Json, old: Json | None) -> Json:
    """A carrier with its class, or the days of delivery: one of the two (OAS)."""
    if old is not None and not CARRIER.keys() & form.keys():
        return {name: old[name] for name in CARRIER}
    carrier, mail = form.get("shipping_carrier_id") or None, form.get("mail_class")
    low, high = form.get("min_delivery_days"), form.get("max_delivery_days")
    if (carrier is None) != (mail is None) or (low is None) != (high is None):
        raise Refusal(400, "Both of shipping_carrier_id and mail_class, or of min_ and max_delivery_days")
    if (carrier is None) == (low is None):
        raise Refusal(400, "Either shipping_carrier_id and mail_class, or min_ and max_delivery_days")
    if low is not None and high is not None and low > high:
        raise Refusal(400, "min_delivery_days must not be more than max_delivery_days")
    return {
        "shipping_carrier_id": carrier,
        "mail_class": mail,
        "min_delivery_days": low,
        "max_delivery_days": high,
    }
