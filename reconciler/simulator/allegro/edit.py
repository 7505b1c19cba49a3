"""One edit of an offer: merge, check, keep, and tell. PATCH, commands and the web panel all end here."""

from __future__ import annotations

from reconciler.simulator.allegro.events import emit, tell_visibility
from reconciler.simulator.allegro.lifecycle import begin_activation, begin_end
from reconciler.simulator.allegro.offer_shape import is_price_or_stock_only
from reconciler.simulator.allegro.offers import LIVE, Offer, base_of, complete, save
from reconciler.simulator.allegro.pictures import urls_in
from reconciler.simulator.allegro.refusals import Refusal
from reconciler.simulator.allegro.rules import change_faults, listing_faults
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.merge import dig, merged
from reconciler.simulator.world import Json

# Changes of these alone raise no OFFER_CHANGED (getOfferEvents).
SILENT = frozenset({"shippingRates", "handlingTime", "shipmentDate", "additionalInfo"})
OWN = [
    "validation",
    "updatedAt",
    "publication",
    "additionalMarketplaces",
    "warnings",
    "stock",
    "sellingMode",
    "delivery",
]


def edited(world: AllegroWorld, old: Offer, patch: Json) -> Offer:
    """The offer as it would be; refuses what its state does not allow. Nothing is kept yet."""
    new = old.copy()
    new.body = merged(new.body, patch)
    new.body["id"] = old.id
    _drop_shown_pictures(old, new, patch)
    complete(new.body, base_of(world, old.seller))
    if faults := change_faults(world, old, new):
        raise Refusal(422, *faults)
    errors = listing_faults(world, new, spare_title=is_price_or_stock_only(patch))
    if old.live and new.status != "ENDED":
        # Everything is checked again, so an old fault stops a new change (issue #4830) ...
        blocking = [one for one in errors if one["path"] != "stock.available"]
        if blocking:
            raise Refusal(422, *blocking)
        errors = []  # ... but running out of stock is no fault of a listed offer.
    new.body["validation"] = {"errors": errors, "warnings": [], "validatedAt": world.stamp}
    return new


def _drop_shown_pictures(old: Offer, new: Offer, patch: Json) -> None:
    """A new description without `images` takes the pictures it shows out of the gallery (issue #4762)."""
    if "description" not in patch or "images" in patch:
        return
    shown = set(urls_in(old.body.get("description"))) | set(urls_in(patch["description"]))
    gallery = old.body.get("images") or []
    new.body["images"] = gallery[:1] + [url for url in gallery[1:] if url not in shown]


def commit(world: AllegroWorld, old: Offer, new: Offer) -> Offer:
    """Keep an edit, start what it asks for, and note the events."""
    wanted, available = new.status, new.available
    new.body["publication"]["status"] = old.status
    if wanted in LIVE and not old.live and not new.body["validation"]["errors"]:
        begin_activation(world, new)
    elif wanted == "ENDED" and old.live:
        begin_end(world, new, "USER")
    if old.live and available == 0 and old.available > 0:
        begin_end(world, new, "EMPTY_STOCK")
    if world.settings.edit_lock_seconds:
        new.edit_until = max(new.edit_until, world.moment + world.settings.edit_lock_seconds)
    save(world, new)
    if old.live:
        tell(world, old, new)
    return new


def tell(world: AllegroWorld, old: Offer, new: Offer, change: str = "MANUAL") -> None:
    """The events that follow from the difference of two states."""
    if old.available != new.available:
        emit(world, new, "OFFER_STOCK_CHANGED")
    priced = _priced_markets(old, new)
    if priced:
        emit(
            world,
            new,
            "OFFER_PRICE_CHANGED",
            marketplaces=[{"id": key, "changeType": change} for key in priced],
        )
    if _told_parts(old.body) != _told_parts(new.body):
        emit(world, new, "OFFER_CHANGED")
    tell_visibility(world, old.body, new)


def _told_parts(body: Json) -> Json:
    parts = {key: value for key, value in body.items() if key not in OWN}
    delivery = body.get("delivery") or {}
    parts["delivery"] = {key: value for key, value in delivery.items() if key not in SILENT}
    parts["duration"] = body["publication"].get("duration")
    return parts


def _priced_markets(old: Offer, new: Offer) -> list[str]:
    base = new.body["publication"]["marketplaces"]["base"]["id"]
    found = [base] if dig(old.body, "sellingMode", "price") != dig(new.body, "sellingMode", "price") else []
    for market, value in new.body["additionalMarketplaces"].items():
        before = dig(old.body, "additionalMarketplaces", market, "sellingMode", "price")
        if before != dig(value, "sellingMode", "price"):
            found.append(market)
    return found
