"""Tags: the seller's own, and those of one offer, which are always replaced together."""

from __future__ import annotations

from reconciler.simulator.allegro.offers import not_found, required_offer, save
from reconciler.simulator.allegro.refusals import PUBLIC, refuse
from reconciler.simulator.allegro.seller_things import (
    count_things,
    drop_thing,
    keep_thing,
    required_thing,
    thing,
    things,
)
from reconciler.simulator.allegro.shapes import JUST_ID, boolean, items, record, require, text
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

TAG = record({"name": text(1, 25), "hidden": boolean}, "name")
TAG_IDS = record({"tags": items(JUST_ID)}, "tags")


def list_tags(call: AllegroCall) -> Reply:
    offset, limit = call.number("offset", 0, 0, 1_000_000), call.number("limit", 1000, 1, 1000)
    found = things(call.world, call.seller, "tags")[offset : offset + limit]
    return Reply(200, {"tags": [_shown(one) for one in found]})


def create_tag(call: AllegroCall) -> Reply:
    require(TAG, call.body)
    cap = call.world.settings.caps.tags
    if count_things(call.world, call.seller, "tags") >= cap:
        raise refuse(422, "TagsLimitExceeded", f"There may be {cap} tags at most.")
    key = call.world.uuid("tags")
    keep_thing(call.world, call.seller, "tags", {"hidden": False, **call.body, "id": key})
    return Reply(200, {"id": key})


def replace_tag(call: AllegroCall) -> Reply:
    old = required_thing(call, "tags", call.params["tagId"])
    require(TAG, call.body)
    keep_thing(call.world, call.seller, "tags", {"hidden": False, **call.body, "id": old["id"]})
    return Reply(200)


def delete_tag(call: AllegroCall) -> Reply:
    required_thing(call, "tags", call.params["tagId"])
    drop_thing(call.world, call.seller, "tags", call.params["tagId"])
    return Reply(204)


def read_offer_tags(call: AllegroCall) -> Reply:
    offer = required_offer(call)
    found = [thing(call.world, call.seller, "tags", key) for key in offer.meta.get("tags") or []]
    return Reply(200, {"tags": [_shown(one) for one in found if one]})


def assign_tags(call: AllegroCall) -> Reply:
    """Replaces the whole list; a draft has no tags (issues #1045, #1354)."""
    offer = required_offer(call)
    if offer.status == "INACTIVE":
        raise not_found(offer.id)
    require(TAG_IDS, call.body)
    keys = [one["id"] for one in call.body["tags"]]
    for key in keys:
        if thing(call.world, call.seller, "tags", key) is None:
            raise refuse(422, "TagNotFound", "The tag is not known.", "tags")
    offer.meta["tags"] = list(dict.fromkeys(keys))
    save(call.world, offer, touch=False)
    return Reply(200)


def _shown(one: Json) -> Json:
    return {"id": one["id"], "name": one["name"], "hidden": bool(one.get("hidden"))}


def routes() -> list[AllegroRoute]:
    one, of_offer = "/sale/offer-tags/{tagId}", "/sale/offers/{offerId}/tags"
    return [
        AllegroRoute("GET", "/sale/offer-tags", list_tags),
        AllegroRoute("POST", "/sale/offer-tags", create_tag, content=PUBLIC),
        AllegroRoute("PUT", one, replace_tag, content=PUBLIC),
        AllegroRoute("DELETE", one, delete_tag),
        AllegroRoute("GET", of_offer, read_offer_tags),
        AllegroRoute("POST", of_offer, assign_tags, content=PUBLIC),
    ]
