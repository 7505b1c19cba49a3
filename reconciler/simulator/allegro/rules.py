"""What makes an offer fit to be listed, and which changes of a listed one are refused."""

from __future__ import annotations

import re

from reconciler.simulator.allegro.catalogue import category, parameters_of
from reconciler.simulator.allegro.durations import DURATION_DAYS, hours_of
from reconciler.simulator.allegro.offers import LIVE, Offer
from reconciler.simulator.allegro.refusals import fault
from reconciler.simulator.allegro.world import AllegroWorld
from reconciler.simulator.clock import moment_of
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

CATEGORY_FREEZE = 12 * 3600  # after listing (issues #5870, #4044)
PROVINCES = frozenset(
    [
        "DOLNOSLASKIE",
        "KUJAWSKO_POMORSKIE",
        "LUBELSKIE",
        "LUBUSKIE",
        "LODZKIE",
        "MALOPOLSKIE",
        "MAZOWIECKIE",
        "OPOLSKIE",
        "PODKARPACKIE",
        "PODLASKIE",
        "POMORSKIE",
        "SLASKIE",
        "SWIETOKRZYSKIE",
        "WARMINSKO_MAZURSKIE",
        "WIELKOPOLSKIE",
        "ZACHODNIOPOMORSKIE",
    ]
)


def listing_faults(world: AllegroWorld, offer: Offer, *, spare_title: bool = False) -> list[Json]:
    """Why the offer could not be listed as it is; goes to `validation.errors` (issue #9902)."""
    body = offer.body
    found = [] if spare_title else _title(body)
    found += _category(world, body) + _selling(body) + _gallery(world, body) + _delivery(body)
    return found + _place(body) + _duration(body) + _message(body)


def _title(body: Json) -> list[Json]:
    """12 to 75 characters in three words or more, since 2025-05 (issue #11354)."""
    name = body.get("name") or ""
    found = []
    if not 12 <= len(name) <= 75:
        found.append(_missing("NameLengthException", "The title must have 12 to 75 characters.", "name"))
    if len(name.split()) < 3:
        found.append(_missing("NameWordsException", "The title must have at least three words.", "name"))
    if any(len(word) > 30 for word in name.split()):  # issue #10008
        found.append(_missing("NameWordLengthException", "A word of the title is too long.", "name"))
    return found


def _category(world: AllegroWorld, body: Json) -> list[Json]:
    key = dig(body, "category", "id")
    if key is None:
        return [_missing("CategoryMissing", "The category is missing.", "category.id")]
    found = category(world, key)
    if found is None:
        return [fault("CATEGORY_NOT_EXISTS", "The category is not known.", "category.id", categoryId=key)]
    if not found.get("leaf"):
        return [fault("INVALID_CATEGORY_ID", "The category has subcategories.", "category.id", categoryId=key)]
    return _required_parameters(world, key, body)


def _required_parameters(world: AllegroWorld, key: str, body: Json) -> list[Json]:
    filled = {one["id"] for one in body.get("parameters") or []}
    for element in body.get("productSet") or []:
        filled |= {one["id"] for one in dig(element, "product", "parameters") or []}
    wanted = [one for one in parameters_of(world, key).values() if one.get("required")]
    return [
        fault("REQUIRED_PARAMETER", "A required parameter is missing.", "parameters", parameterId=one["id"])
        for one in wanted
        if one["id"] not in filled
    ]


def _selling(body: Json) -> list[Json]:
    found = []
    kind = dig(body, "sellingMode", "format") or "BUY_NOW"
    needed = "startingPrice" if kind == "AUCTION" else "price"
    if kind != "ADVERTISEMENT" and not dig(body, "sellingMode", needed):
        found.append(_missing("PriceMissing", "The price is missing.", f"sellingMode.{needed}"))
    if kind != "ADVERTISEMENT" and not dig(body, "stock", "available"):
        found.append(_missing("InvalidStock", "There is nothing in stock.", "stock.available"))
    return found


def _gallery(world: AllegroWorld, body: Json) -> list[Json]:
    count, limit = len(body.get("images") or []), world.settings.caps.images
    if count == 0:
        return [_missing("ImagesMissing", "There are no pictures.", "images")]
    if count > limit:
        message = f"There are more than {limit} pictures."
        return [fault("GallerySizeException", message, "images", gallerySizeLimit=str(limit))]
    return []


def _delivery(body: Json) -> list[Json]:
    if dig(body, "sellingMode", "format") == "ADVERTISEMENT":
        return []
    found = []
    if not dig(body, "delivery", "shippingRates"):
        found.append(_missing("ShippingRatesMissing", "The price list is missing.", "delivery.shippingRates"))
    if not dig(body, "delivery", "handlingTime"):
        found.append(_missing("HandlingTimeMissing", "The handling time is missing.", "delivery.handlingTime"))
    if not dig(body, "afterSalesServices", "returnPolicy"):
        path = "afterSalesServices.returnPolicy"
        found.append(_missing("ReturnPolicyMissing", "The return policy is missing.", path))
    return found


def _place(body: Json) -> list[Json]:
    """A Polish place needs province and post code in their forms (Location)."""
    place = body.get("location") or {}
    if not place.get("city") or not place.get("countryCode"):
        return [_missing("LocationMissing", "The location is not complete.", "location")]
    found = []
    if place["countryCode"] == "PL":
        if place.get("province") not in PROVINCES:
            found.append(_missing("ProvinceInvalid", "The province is not known.", "location.province"))
        if not re.fullmatch(r"\d{2}-\d{3}", place.get("postCode") or ""):
            found.append(
                _missing("PostCodeInvalid", "The post code is not of the form 00-000.", "location.postCode")
            )
    return found


def _duration(body: Json) -> list[Json]:
    period = dig(body, "publication", "duration")
    kind = dig(body, "sellingMode", "format") or "BUY_NOW"
    if period is None or hours_of(period) in {days * 24 for days in DURATION_DAYS[kind]}:
        return []
    return [_missing("InvalidDuration", "The duration is not one of the list.", "publication.duration")]


def _message(body: Json) -> list[Json]:
    settings = body.get("messageToSellerSettings") or {}
    if settings.get("hint") and settings.get("mode") != "REQUIRED":
        path = "messageToSellerSettings.hint"
        return [_missing("HintNotAllowed", "A hint goes with the mode REQUIRED.", path)]
    return []


def _missing(code: str, message: str, path: str) -> Json:
    return fault(code, message, path)


def change_faults(world: AllegroWorld, old: Offer, new: Offer) -> list[Json]:
    """Changes that a listed or sold offer does not take."""
    found = []
    if old.body.get("name") != new.body.get("name") and old.sold > 0 and world.settings.title_lock:
        # Also on ended offers (issues #4960, #3268).
        code = "IllegalOfferUpdateException.IllegalChangeOfferName"
        found.append(fault(code, "The title cannot change after a purchase.", "name"))
    if dig(old.body, "category", "id") != dig(new.body, "category", "id") and _frozen(world, old):
        code = "IllegalOfferUpdateException.IllegalChangeOfferCategory"
        found.append(fault(code, "The category cannot change any more.", "category.id"))
    started, planned = (one.body["publication"].get("startingAt") for one in (old, new))
    if old.status != "INACTIVE" and started != planned:
        code = "IllegalOfferUpdateException.IllegalChangeStartingAt"
        found.append(fault(code, "The start cannot change any more.", "publication.startingAt"))
    return found + status_faults(old, new)


def _frozen(world: AllegroWorld, offer: Offer) -> bool:
    listed = offer.meta.get("first_listed_at")
    late = listed is not None and world.moment - moment_of(listed).timestamp() > CATEGORY_FREEZE
    return offer.sold > 0 or late


def status_faults(old: Offer, new: Offer) -> list[Json]:
    """Which publication statuses can be asked for from which."""
    path, wanted = "publication.status", new.status
    code = "IllegalOfferUpdateException.IllegalChangeOfferStatus"
    if wanted == old.status or (wanted in LIVE and old.live):
        return []
    if wanted == "INACTIVE":  # a listed offer can only be ended (issue #6280)
        return [fault(code, "A listed offer does not become a draft again.", path)]
    if wanted == "ENDED":
        return [] if old.live else [fault(code, "The offer is not listed.", path)]
    return activation_faults(old, new)


def activation_faults(old: Offer, new: Offer) -> list[Json]:
    """Why a draft or an ended offer must not be listed again, whatever its content."""
    if old.status == "ENDED" and old.body["publication"].get("endedBy") == "ADMIN":
        code, message = "OfferEndedByAdminException", "The offer was ended by the administration."
        return [fault(code, message, "publication.status")]
    if new.available == 0:
        code, message = "INVALID_OFFER_QUANTITY", "An offer with nothing in stock is not listed."
        return [fault(code, message, "stock.available")]
    return []
