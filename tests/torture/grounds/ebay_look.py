"""The look at a shop on eBay, and at what was written to it: the product's planner has no say in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]
SHIPPING = {"Paket": "71", "Brief": "72"}


def twice(made: Any) -> list[str]:
    """What is there more than once: offers, listings of both worlds, policies."""
    return [f"twice: {kind} {names}" for kind, names in made.census()["duplicates"].items() if names]


def told(body: Json) -> Json:
    """What of an item and its offer no writing may change by itself."""
    item, offer = body["item"] or {}, body["offer"]
    return {
        "title": item["product"]["title"],
        "aspects": item["product"].get("aspects"),
        "pictures": item["product"].get("imageUrls"),
        "condition": item["condition"],
        "pieces of the item": item["availability"]["shipToLocationAvailability"]["quantity"],
        "pieces": offer["availableQuantity"],
        "price": offer["pricingSummary"]["price"]["value"],
        "text": offer["listingDescription"],
        "category": offer["categoryId"],
        "policies": {name: value for name, value in offer["listingPolicies"].items() if name.endswith("Id")},
        "place": offer["merchantLocationKey"],
        "status": offer["status"],
    }


def wrong(wish: Any, now: Json, before: Json | None) -> list[str]:
    """What is not as it was wished for, or was `before`."""
    then = told(before) if before else {}
    status = {"active": "PUBLISHED", "ended": "UNPUBLISHED"}.get(wish.status or "")
    declared = {
        "title": wish.title,
        "price": wish.price,
        "pieces": wish.pieces,
        "pieces of the item": wish.pieces,
        "status": status,
        "text": wish.text,
        "aspects": wish.colour and {"Farbe": [wish.colour]},
    }
    wanted = {**then, **{name: value for name, value in declared.items() if value is not None}}
    if wish.picture:
        del wanted["pictures"]
    if wish.shipping:
        wanted["policies"] = {**then["policies"], "fulfillmentPolicyId": SHIPPING[wish.shipping]}
    found = [f"{name} is {now[name]!r}, not {value!r}" for name, value in wanted.items() if now[name] != value]
    if wish.picture and not (len(now["pictures"]) == 1 and "i.ebayimg.com" in now["pictures"][0]):
        found.append(f"pictures are {now['pictures']}, not one that was uploaded")
    return found


def written(exchange: Json, skus: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The SKUs that a write names, and whether it sets a price; what is written whole repeats its own."""
    sent = exchange["request_body"] or ""
    body = json.loads(sent) if sent.startswith("{") else {}
    if "/bulk_update_price_quantity" in exchange["url"]:
        for each in body.get("requests", []):
            for offer in each["offers"]:
                yield skus[offer["offerId"]], "price" in offer
    elif "/inventory_item/" in exchange["url"]:
        yield exchange["url"].rpartition("/")[2], False
    elif "/offer" in exchange["url"]:
        number = exchange["url"].partition("/offer/")[2].partition("/")[0]
        if sku := body.get("sku") or skus.get(number):
            yield sku, False
