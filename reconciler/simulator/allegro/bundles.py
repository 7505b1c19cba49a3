"""Flexible bundles: slots of offers with a discount; no name and no id of the seller's own."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.simulator.allegro.defaults import MARKETS
from reconciler.simulator.allegro.offers import Offer, load
from reconciler.simulator.allegro.refusals import PUBLIC, Refusal, fault, refuse
from reconciler.simulator.allegro.seller_things import drop_thing, keep_thing, required_thing, thing
from reconciler.simulator.allegro.shapes import (
    Faults,
    boolean,
    items,
    nullable,
    one_of,
    record,
    require,
    text,
    whole,
)
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute
from reconciler.simulator.http import Reply
from reconciler.simulator.merge import dig, without_nulls
from reconciler.simulator.world import Json

KIND = "flexible_bundles"
MARKET = record({"marketplaceId": text(1), "percentage": whole(1, 99)}, "marketplaceId percentage")
WHOLE = record(
    {"minimumBoughtOffers": whole(2, 6), "discounts": items(MARKET, 1)}, "minimumBoughtOffers discounts"
)
SLOT_DISCOUNT = record({"order": whole(0, 5), "discounts": items(MARKET, 1)}, "order discounts")
DISCOUNT = record(
    {
        "type": one_of("WHOLE_BUNDLE_DISCOUNT", "SLOT_DISCOUNT"),
        "bundle": nullable(WHOLE),
        "slot": nullable(record({"slots": items(SLOT_DISCOUNT, 1, 6)}, "slots")),
    },
    "type",
)
OFFER = record({"id": text(1), "excludedFromDiscount": boolean}, "id excludedFromDiscount")
SLOT = record(
    {
        "id": nullable(text(1)),
        "order": whole(0, 5),
        "entryPoint": boolean,
        "requiredQuantity": whole(1),
        "offers": items(OFFER, 1, 30),
    },
    "order entryPoint requiredQuantity offers",
)
BUNDLE = record({"slots": items(SLOT, 2, 6), "discount": nullable(DISCOUNT)}, "slots")


def list_bundles(call: AllegroCall) -> Reply:
    """A page by cursor; a row is a summary with one offer of each slot."""
    limit = call.number("limit", 20, 1, 1000)
    after = call.number("page.id", 0, 0, 10**15)
    sql = "SELECT n, id FROM dictionaries WHERE seller = ? AND kind = ? AND n > ? ORDER BY n"
    rows: list[Json] = []
    last = 0
    wanted = call.arg("offer.id")
    for number, key in call.world.store.all(sql, call.seller, KIND, after):
        body = thing(call.world, call.seller, KIND, key) or {}
        if wanted and wanted not in _offer_ids(body):
            continue
        if len(rows) == limit:
            return Reply(200, {"bundles": rows, "nextPage": {"id": str(last)}})
        rows.append(_row(call, body))
        last = number
    return Reply(200, {"bundles": rows})


def _offer_ids(body: Json) -> list[str]:
    return [offer["id"] for slot in body["slots"] for offer in slot["offers"]]


def _row(call: AllegroCall, body: Json) -> Json:
    return {
        "id": body["id"],
        "createdBy": body.get("createdBy") or "USER",
        "createdAt": body.get("createdAt") or call.world.stamp,
        "slotsRepresentatives": [slot["offers"][0]["id"] for slot in body["slots"]],
        "discount": body.get("discount"),
    }


def read_bundle(call: AllegroCall) -> Reply:
    return Reply(200, _view(call, required_thing(call, KIND, call.params["bundleId"])))


def create_bundle(call: AllegroCall) -> Reply:
    sent = _sent(call)
    _check(call, sent)
    body: Json = {"id": call.world.uuid("bundle"), "createdBy": "USER", "createdAt": call.world.stamp}
    body |= {"slots": _with_ids(call, sent["slots"]), "discount": sent.get("discount")}
    keep_thing(call.world, call.seller, KIND, body)
    return Reply(201, _view(call, body))


def replace_bundle(call: AllegroCall) -> Reply:
    """Slot ids are to be sent back; an unknown one is refused."""
    old = _own(call)
    sent = _sent(call)
    known = {slot.get("id") for slot in old["slots"]} | {None}
    for number, slot in enumerate(sent["slots"]):
        if slot.get("id") not in known:
            raise refuse(422, "VALIDATION_ERROR", "The slot is not known.", f"slots[{number}].id")
    _check(call, sent)
    body = {**old, "slots": _with_ids(call, sent["slots"]), "discount": sent.get("discount")}
    keep_thing(call.world, call.seller, KIND, body)
    return Reply(200, _view(call, body))


def _sent(call: AllegroCall) -> Json:
    require(BUNDLE, call.body)
    sent: Json = without_nulls(call.body)
    return sent


def delete_bundle(call: AllegroCall) -> Reply:
    _own(call)
    drop_thing(call.world, call.seller, KIND, call.params["bundleId"])
    return Reply(204)


def _own(call: AllegroCall) -> Json:
    body = required_thing(call, KIND, call.params["bundleId"])
    if body.get("createdBy") == "ALLEGRO":
        raise refuse(403, "AccessDenied", "The bundle was made by the marketplace.")
    return body


def _with_ids(call: AllegroCall, slots: list[Json]) -> list[Json]:
    ordered = sorted(slots, key=lambda slot: int(slot["order"]))
    return [{**slot, "id": slot.get("id") or call.world.uuid("slot")} for slot in ordered]


def _check(call: AllegroCall, body: Json) -> None:
    """The rules of FlexibleBundleCreateDTO (announced in issue #12981)."""
    faults: Faults = []
    slots = body["slots"]
    orders = [slot["order"] for slot in slots]
    if len(set(orders)) != len(orders):
        faults.append(fault("VALIDATION_ERROR", "An order is used twice.", "slots"))
    if not any(slot["entryPoint"] for slot in slots):
        faults.append(fault("VALIDATION_ERROR", "A bundle needs an entry point.", "slots"))
    ids = _offer_ids(body)
    if len(set(ids)) != len(ids):
        faults.append(fault("VALIDATION_ERROR", "An offer stands in a bundle once.", "slots"))
    found = {key: load(call.world, call.seller, key) for key in ids}
    for number, slot in enumerate(slots):
        _check_slot([found[one["id"]] for one in slot["offers"]], f"slots[{number}].offers", faults)
    _check_together([one for one in found.values() if one], faults)
    _check_discount(body, faults)
    if faults:
        raise Refusal(422, *faults)


def _check_slot(offers: list[Offer | None], path: str, faults: Faults) -> None:
    for offer in offers:
        if offer is None or offer.status != "ACTIVE":
            faults.append(fault("OFFER_NOT_ACTIVE", "The offer is not listed.", path))
        elif dig(offer.body, "b2b", "buyableOnlyByBusiness"):
            faults.append(fault("OFFER_B2B", "The offer is for businesses only.", path))
    leaves = {dig(offer.body, "category", "id") for offer in offers if offer}
    if len(leaves) > 1:
        faults.append(fault("VALIDATION_ERROR", "The offers of a slot are of one category.", path))


def _check_together(offers: list[Offer], faults: Faults) -> None:
    products = [
        dig(element, "product", "id") for offer in offers for element in offer.body.get("productSet") or []
    ]
    if len(set(products)) != len(products):
        faults.append(fault("VALIDATION_ERROR", "Two offers are of the same product.", "slots"))
    if len({bool(offer.meta.get("fulfillment")) for offer in offers}) > 1:
        faults.append(fault("VALIDATION_ERROR", "Either all offers are of One Fulfillment or none.", "slots"))


def _check_discount(body: Json, faults: Faults) -> None:
    discount = body.get("discount")
    if discount is None:
        return
    part = "bundle" if discount["type"] == "WHOLE_BUNDLE_DISCOUNT" else "slot"
    other = "slot" if part == "bundle" else "bundle"
    if not discount.get(part) or discount.get(other):
        faults.append(fault("VALIDATION_ERROR", "The discount does not fit its type.", f"discount.{part}"))
    if discount.get("bundle") and discount["bundle"]["minimumBoughtOffers"] > len(body["slots"]):
        faults.append(fault("VALIDATION_ERROR", "There are not so many slots.", "discount.bundle"))
    for path, one in _discounts(discount):
        if one["marketplaceId"] not in MARKETS:
            faults.append(fault("VALIDATION_ERROR", "The marketplace is not known.", f"{path}.marketplaceId"))


def _discounts(discount: Json) -> Iterator[tuple[str, Json]]:
    """Yield what each marketplace is given, and its path."""
    for number, one in enumerate((discount.get("bundle") or {}).get("discounts") or []):
        yield f"discount.bundle.discounts[{number}]", one
    for place, slot in enumerate((discount.get("slot") or {}).get("slots") or []):
        for number, one in enumerate(slot["discounts"]):
            yield f"discount.slot.slots[{place}].discounts[{number}]", one


def _view(call: AllegroCall, body: Json) -> Json:
    shown = {**_row(call, body), "slots": [_slot(call, slot, body) for slot in body["slots"]]}
    del shown["slotsRepresentatives"]
    return shown


def _slot(call: AllegroCall, slot: Json, body: Json) -> Json:
    key = slot.get("id") or body["id"]
    offers = [_offer(call, one, entry=bool(slot["entryPoint"])) for one in slot["offers"]]
    shown: Json = {"id": key, "order": slot["order"], "entryPoint": slot["entryPoint"]}
    return shown | {"requiredQuantity": slot["requiredQuantity"], "offers": offers}


def _offer(call: AllegroCall, one: Json, *, entry: bool) -> Json:
    """Where the offer can be bought in the bundle follows from where it is seen."""
    offer = load(call.world, call.seller, one["id"])
    shown: Json = {
        "id": one["id"],
        "excludedFromDiscount": bool(one.get("excludedFromDiscount")),
        "entryPoint": entry,
    }
    markets = []
    if offer is not None:
        seen = offer.body["publication"]["marketplaces"]
        for market in [seen["base"], *seen["additional"]]:
            reasons = [] if offer.status == "ACTIVE" else ["OFFER_NOT_ACTIVE"]
            availability = {"available": not reasons, "reasons": reasons}
            markets.append({"id": market["id"], "availability": availability})
    return shown | {"marketplaces": markets}


def routes() -> list[AllegroRoute]:
    path, one = "/sale/flexible-bundles", "/sale/flexible-bundles/{bundleId}"
    return [
        AllegroRoute("GET", path, list_bundles),
        AllegroRoute("POST", path, create_bundle, content=PUBLIC),
        AllegroRoute("GET", one, read_bundle),
        AllegroRoute("PUT", one, replace_bundle, content=PUBLIC),
        AllegroRoute("DELETE", one, delete_bundle),
    ]
