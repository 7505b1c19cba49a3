"""The shop, its owner, and its sections."""

from __future__ import annotations

import orjson

from reconciler.simulator.etsy import things
from reconciler.simulator.etsy.forms import Field, Fields
from reconciler.simulator.etsy.listings import count, save, using
from reconciler.simulator.etsy.refusals import Refusal, missing
from reconciler.simulator.etsy.things import SECTION, listed
from reconciler.simulator.etsy.world import EtsyCall, EtsyWorld
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

TEXTS = (
    "title", "announcement", "vacation_message", "sale_message", "digital_sale_message", "policy_welcome",
    "policy_payment", "policy_shipping", "policy_refunds", "policy_additional", "policy_seller_info",
    "policy_privacy", "vacation_autoreply", "image_url_760x100", "icon_url_fullxfull",
)  # fmt: skip
FLAGS = (
    "is_vacation", "policy_has_private_receipt_info", "has_unstructured_policies", "include_dispute_form_link",
    "is_calculated_eligible", "is_opted_in_to_buyer_promise",
)  # fmt: skip
SECTION_FORM: Fields = {"title": Field(required=True)}


def shop_of(world: EtsyWorld, kept: Json) -> Json:
    """Shop."""
    began = kept["created"]
    return {
        "shop_id": kept["shop_id"],
        "user_id": kept["user_id"],
        "shop_name": kept["shop_name"],
        "create_date": began,
        "created_timestamp": began,
        "update_date": began,
        "updated_timestamp": began,
        "currency_code": kept["currency_code"],
        "listing_active_count": count(world, str(kept["user_id"]), "active"),
        "digital_listing_count": 0,
        "login_name": kept["login"],
        "accepts_custom_requests": True,
        "policy_update_date": 0,
        "url": f"https://www.etsy.com/shop/{kept['shop_name']}",
        "num_favorers": 0,
        "languages": kept["languages"],
        "is_using_structured_policies": True,
        "has_onboarded_structured_policies": True,
        "is_direct_checkout_onboarded": True,
        "is_etsy_payments_onboarded": True,
        "is_shop_us_based": kept["country"] == "US",
        "transaction_sold_count": 0,
        "shipping_from_country_iso": kept["country"],
        "shop_location_country_iso": kept["country"],
        "review_count": None,
        "review_average": None,
        **dict.fromkeys(TEXTS),
        **dict.fromkeys(FLAGS, False),
    }


def user_of(kept: Json, *, owned: bool) -> Json:
    """User; the address only for its owner."""
    return {
        "user_id": kept["user_id"],
        "primary_email": kept["email"] if owned else None,
        "first_name": kept["first_name"],
        "last_name": kept["last_name"],
        "image_url_75x75": None,
    }


def get_shop(call: EtsyCall) -> Reply:
    return Reply(200, shop_of(call.world, call.world.shop(things.owner(call.world, call.ids["shop_id"]))))


def get_shop_of_user(call: EtsyCall) -> Reply:
    row = call.world.store.one("SELECT body FROM sellers WHERE id = ?", str(call.ids["user_id"]))
    if row is None:
        raise missing(f"user {call.ids['user_id']}")
    return Reply(200, shop_of(call.world, orjson.loads(row[0])))


def get_me(call: EtsyCall) -> Reply:
    kept = call.world.shop(call.seller)
    return Reply(200, {"user_id": kept["user_id"], "shop_id": kept["shop_id"]})


def get_user(call: EtsyCall) -> Reply:
    if str(call.ids["user_id"]) != call.seller:
        raise missing(f"user {call.ids['user_id']}")
    return Reply(200, user_of(call.world.shop(call.seller), owned=True))


def ping(_call: EtsyCall) -> Reply:
    return Reply(200, {"application_id": 1})


def get_sections(call: EtsyCall) -> Reply:
    seller = things.owner(call.world, call.ids["shop_id"])
    counts = _counts(call.world, seller)
    found = things.every(call.world, SECTION, seller)
    return Reply(
        200, listed([{**one, "active_listing_count": counts.get(one["shop_section_id"], 0)} for one in found])
    )


def get_section(call: EtsyCall) -> Reply:
    seller = things.owner(call.world, call.ids["shop_id"])
    found = things.need(call.world, SECTION, seller, call.ids["shop_section_id"])
    return Reply(200, _section(call.world, seller, found))


def create_section(call: EtsyCall) -> Reply:
    own = things.every(call.world, SECTION, call.seller)
    if len(own) >= call.world.settings.caps.sections:
        raise Refusal(400, f"A shop may have up to {call.world.settings.caps.sections} sections")
    body = {"shop_section_id": call.world.number(SECTION), "rank": len(own) + 1, "user_id": int(call.seller)}
    return _keep(call, body, own)


def update_section(call: EtsyCall) -> Reply:
    own = things.every(call.world, SECTION, call.seller)
    body = things.need(call.world, SECTION, call.seller, call.ids["shop_section_id"])
    return _keep(call, body, [one for one in own if one["shop_section_id"] != body["shop_section_id"]])


def delete_section(call: EtsyCall) -> Reply:
    """Its listings are then in no section."""
    number = call.ids["shop_section_id"]
    things.need(call.world, SECTION, call.seller, number)
    things.drop(call.world, SECTION, number)
    for listing in using(call.world, call.seller, "shop_section_id", number):
        listing.body["shop_section_id"] = None
        save(call.world, listing)
    return Reply(204)


def _keep(call: EtsyCall, body: Json, others: list[Json]) -> Reply:
    title = call.body["title"].strip()
    if len(title) > call.world.settings.caps.section_title:
        raise Refusal(400, f"Section title must be {call.world.settings.caps.section_title} characters or less")
    if title.lower() in {one["title"].lower() for one in others}:
        raise Refusal(400, "A section with this title already exists")
    body["title"] = title
    things.keep(call.world, SECTION, call.seller, body["shop_section_id"], title, body)
    return Reply(200, _section(call.world, call.seller, body))


def _section(world: EtsyWorld, seller: str, body: Json) -> Json:
    number = body["shop_section_id"]
    return {**body, "active_listing_count": _counts(world, seller).get(number, 0)}


def _counts(world: EtsyWorld, seller: str) -> dict[int, int]:
    """How many active listings each section has."""
    sql = """SELECT json_extract(CAST(body AS TEXT), '$.shop_section_id'), COUNT(*) FROM listings
        WHERE seller = ? AND state = 'active' GROUP BY 1"""
    return dict(world.store.all(sql, seller))
