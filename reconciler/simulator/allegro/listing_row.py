"""The row of one offer in GET /sale/offers: the cheap fields, kept ready beside the columns to filter by."""

from __future__ import annotations

from typing import Any

import orjson

from reconciler.simulator.allegro.sold import next_to_leave, sold_lately
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json


def index_of(seller: str, body: Json, meta: Json, moment: float) -> tuple[Any, ...]:
    """The columns of the `listing` table, as they are at a moment."""
    publication = body["publication"]
    markets = [publication["marketplaces"]["base"], *publication["marketplaces"]["additional"]]
    price = dig(body, "sellingMode", "price", "amount")
    return (
        int(body["id"]),
        seller,
        body.get("name"),
        publication["status"],
        dig(body, "sellingMode", "format"),
        None if price is None else float(price),  # only to sort and to filter by
        dig(body, "category", "id"),
        dig(body, "external", "id"),
        dig(body, "delivery", "shippingRates", "id"),
        dig(body, "afterSalesServices", "returnPolicy", "id"),
        dig(body, "fundraisingCampaign", "id"),
        " ".join(market["id"] for market in markets),
        int(dig(body, "stock", "available") or 0),
        sold_lately(meta, moment, markets[0]["id"]),
        int(bool(dig(body, "b2b", "buyableOnlyByBusiness"))),
        int(not body.get("productSet")),
        int(bool(meta.get("fulfillment"))),
        orjson.dumps(row_of(body, meta, moment)),
        next_to_leave(meta, moment),
    )


def row_of(body: Json, meta: Json, moment: float) -> Json:
    """OfferListingDto; what has no value is left out, for the schema allows few nulls."""
    base = body["publication"]["marketplaces"]["base"]["id"]
    row: Json = {
        "id": body["id"],
        "name": body.get("name") or "",
        "category": body.get("category"),
        "primaryImage": {"url": body["images"][0]} if body.get("images") else None,
        "sellingMode": _present({key: dig(body, "sellingMode", key) for key in SELLING}),
        "saleInfo": {"biddersCount": 0},
        "stock": {"available": dig(body, "stock", "available") or 0, "sold": sold_lately(meta, moment, base)},
        "stats": {"watchersCount": 0, "visitsCount": 0},
        "publication": _publication(body["publication"], meta),
        "afterSalesServices": _present(body.get("afterSalesServices") or {}),
        "additionalServices": body.get("additionalServices"),
        "external": body.get("external"),
        "delivery": _present({"shippingRates": dig(body, "delivery", "shippingRates")}),
        "b2b": body.get("b2b"),
        "fundraisingCampaign": body.get("fundraisingCampaign"),
        "isFulfillment": bool(meta.get("fulfillment")),
        "additionalMarketplaces": {
            key: _market(value, sold_lately(meta, moment, key))
            for key, value in (body.get("additionalMarketplaces") or {}).items()
        },
    }
    return _present(row)


SELLING = ("format", "price", "minimalPrice", "startingPrice")


def _publication(publication: Json, meta: Json) -> Json:
    times = {
        "startingAt": publication.get("startingAt"),
        "startedAt": meta.get("started_at"),
        "endingAt": publication.get("endingAt"),
        "endedAt": meta.get("ended_at"),
    }
    row = {"status": publication["status"], "marketplaces": publication["marketplaces"]}
    return row | _present(times)


def _market(value: Json, sold: int) -> Json:
    price = dig(value, "sellingMode", "price")
    return {
        "publication": {"state": value["publication"]["state"]},
        "sellingMode": {"price": price} if price else None,
        "stats": {"watchersCount": 0, "visitsCount": 0},
        "stock": {"sold": sold},
    }


def _present(values: Json) -> Json:
    return {key: value for key, value in values.items() if value is not None}
