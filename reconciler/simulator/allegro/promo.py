"""Emphasis that costs money: packages in cycles, changed at once or at the end of a cycle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson

from reconciler.simulator.allegro.defaults import BASE_PACKAGES, EXTRA_PACKAGES
from reconciler.simulator.allegro.durations import hours_of
from reconciler.simulator.allegro.offers import required_offer, save
from reconciler.simulator.allegro.refusals import PUBLIC, refuse
from reconciler.simulator.allegro.shapes import items, one_of, record, require, text
from reconciler.simulator.allegro.world import AllegroCall, AllegroRoute, AllegroWorld
from reconciler.simulator.clock import iso, moment_of
from reconciler.simulator.http import Reply
from reconciler.simulator.world import Json

CHANGE = record(
    {
        "modificationType": one_of("CHANGE", "REMOVE_WITH_END_OF_CYCLE", "REMOVE_NOW"),
        "packageType": one_of("BASE", "EXTRA"),
        "packageId": text(1),
    },
    "modificationType packageType",
)
MARKET = record({"marketplaceId": text(1), "modifications": items(CHANGE)}, "marketplaceId modifications")
CHANGES = record({"modifications": items(CHANGE), "additionalMarketplaces": items(MARKET)})
CYCLES = {package["id"]: hours_of(package["cycleDuration"]) or 24 for package in (*BASE_PACKAGES, *EXTRA_PACKAGES)}
KINDS = {"BASE": {one["id"] for one in BASE_PACKAGES}, "EXTRA": {one["id"] for one in EXTRA_PACKAGES}}


def list_packages(call: AllegroCall) -> Reply:
    """GET /sale/offer-promotion-packages."""
    row = call.world.store.one("SELECT base FROM sellers WHERE id = ?", call.seller)
    packages = {"basePackages": list(BASE_PACKAGES), "extraPackages": list(EXTRA_PACKAGES)}
    market = str(row[0]) if row else "allegro-pl"
    return Reply(200, {"marketplaceId": market, **packages, "additionalMarketplaces": []})


def list_options(call: AllegroCall) -> Reply:
    """GET /sale/offers/promo-options: only offers that have something."""
    limit = call.number("limit", 5000, 1, 5000)
    offset = call.number("offset", 0, 0, 10**9)
    # Most offers have none: their documents need not be read.
    sql = "SELECT id, meta FROM offers WHERE seller = ? AND instr(meta, ?) > 0 ORDER BY id"
    rows = call.world.store.all(sql, call.seller, b'"promo":{')
    found = [view(call.world, str(key), orjson.loads(meta)["promo"]) for key, meta in rows]
    found = [one for one in found if "basePackage" in one or one["extraPackages"]]
    page = found[offset : offset + limit]
    return Reply(200, {"promoOptions": page, "count": len(page), "totalCount": len(found)})


def read_options(call: AllegroCall) -> Reply:
    offer = required_offer(call)
    return Reply(200, view(call.world, offer.id, offer.meta.get("promo")))


def modify_options(call: AllegroCall) -> Reply:
    """POST .../promo-options-modification: a change is a purchase."""
    offer = required_offer(call)
    require(CHANGES, call.body)
    if offer.status == "INACTIVE":
        raise refuse(422, "VALIDATION_ERROR", "A draft cannot be promoted.")
    if call.body.get("additionalMarketplaces"):
        raise refuse(
            422, "VALIDATION_ERROR", "There are no packages on this marketplace.", "additionalMarketplaces"
        )
    promo = dict(offer.meta.get("promo") or {})
    for number, change in enumerate(call.body.get("modifications") or []):
        _apply(call.world, promo, change, f"modifications[{number}]")
    offer.meta["promo"] = promo
    save(call.world, offer, touch=False)
    return Reply(200, view(call.world, offer.id, promo))


def _apply(world: AllegroWorld, promo: Json, change: Json, path: str) -> None:
    kind, key = change["packageType"], change.get("packageId")
    if change["modificationType"] == "CHANGE":
        if key not in KINDS[kind]:
            raise refuse(422, "VALIDATION_ERROR", "The package is not known.", f"{path}.packageId")
        _buy(world, promo, kind, str(key))
    elif kind == "BASE":
        _remove_base(world, promo, now=change["modificationType"] == "REMOVE_NOW")
    elif change["modificationType"] == "REMOVE_NOW":  # issue #4430
        raise refuse(422, "VALIDATION_ERROR", "Extras end with their cycle.", f"{path}.modificationType")
    else:
        for extra in promo.get("extraPackages") or []:
            if extra["id"] == key:
                extra["validTo"] = _shown(world, extra)["nextCycleDate"]


def _buy(world: AllegroWorld, promo: Json, kind: str, key: str) -> None:
    option = {"id": key, "validFrom": world.stamp}
    if kind == "BASE":
        promo["basePackage"] = option
        promo.pop("pendingChanges", None)
    else:
        kept = [one for one in promo.get("extraPackages") or [] if one["id"] != key]
        promo["extraPackages"] = [*kept, option]


def _remove_base(world: AllegroWorld, promo: Json, *, now: bool) -> None:
    base = promo.get("basePackage")
    if base and now:
        promo["basePackage"] = None
    elif base:
        base["validTo"] = _shown(world, base)["nextCycleDate"]


def view(world: AllegroWorld, offer_id: str, promo: Json | None) -> Json:
    """OfferPromoOptions, with the dates as they stand now."""
    promo = promo or {}
    shown: Json = {"offerId": offer_id, "marketplaceId": "allegro-pl", "additionalMarketplaces": []}
    base = promo.get("basePackage")
    if base and not _over(world, base):
        shown["basePackage"] = _shown(world, base)
    extras: list[Any] = promo.get("extraPackages") or []
    shown["extraPackages"] = [_shown(world, one) for one in extras if not _over(world, one)]
    return shown


def _over(world: AllegroWorld, option: Json) -> bool:
    ends = option.get("validTo")
    return ends is not None and moment_of(ends) <= world.time


def _shown(world: AllegroWorld, option: Json) -> Json:
    """A package with its next cycle; cycles follow one another until it is removed."""
    start = moment_of(option.get("validFrom") or world.stamp)
    cycle = timedelta(hours=CYCLES.get(option["id"], 240))
    passed = max(0, int((world.time - start) / cycle))
    shown = {"id": option["id"], "validFrom": iso(start)}
    if option.get("validTo"):
        return shown | {"validTo": option["validTo"], "nextCycleDate": option["validTo"]}
    return shown | {"nextCycleDate": iso(start + (passed + 1) * cycle)}


def routes() -> list[AllegroRoute]:
    one = "/sale/offers/{offerId}/promo-options"
    return [
        AllegroRoute("GET", "/sale/offer-promotion-packages", list_packages, application=True),
        AllegroRoute("GET", "/sale/offers/promo-options", list_options),
        AllegroRoute("GET", one, read_options),
        AllegroRoute("POST", f"{one}-modification", modify_options, content=PUBLIC),
    ]
