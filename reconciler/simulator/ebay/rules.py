"""What keeps an offer from being listed: all of it at once, each under its number."""

from __future__ import annotations

from decimal import Decimal

import orjson

from reconciler.simulator.ebay import items, listings, offers, regulatory
from reconciler.simulator.ebay.normal import PICTURES
from reconciler.simulator.ebay.offers import Offer
from reconciler.simulator.ebay.refusals import Refusal, error
from reconciler.simulator.ebay.shapes import Errors
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayWorld
from reconciler.simulator.merge import dig
from reconciler.simulator.world import Json

POLICIES = (
    ("fulfillment", "fulfillmentPolicyId", 25007),
    ("payment", "paymentPolicyId", 25008),
    ("return", "returnPolicyId", 25009),
)


def require_listable(world: EbayWorld, offer: Offer, item: Json | None, *, zero: bool) -> None:
    """Refuse what cannot be a listing; `zero` is whether it may be without stock for the time being."""
    errors: Errors = []
    if item is None:
        raise Refusal(400, error(25702, offer.sku))
    category = category_of(world, offer.site, offer.body.get("categoryId"))
    _check_product(world, offer, item, category, errors)
    _check_terms(world, offer, errors)
    regulatory.check(world, offer.seller, offer.body, category, errors)
    if category is None or not category["leaf"]:
        errors.append(
            error(25005, "The category is no leaf of this site.", categoryId=str(offer.body.get("categoryId")))
        )
    if not zero and listings.shown_quantity(item, offer.body) < 1:
        errors.append(error(25004, "The quantity must be greater than 0."))
    if errors:
        raise Refusal(400, *errors)


def category_of(world: EbayWorld, site: str, category_id: str | None) -> Json | None:
    row = world.store.one("SELECT body FROM categories WHERE site = ? AND id = ?", site, category_id)
    return None if row is None else orjson.loads(row[0])


def _check_product(world: EbayWorld, offer: Offer, item: Json, category: Json | None, errors: Errors) -> None:
    product = item.get("product") or {}
    if not product.get("title"):
        errors.append(error(25017, "product.title"))
    if not (offer.body.get("listingDescription") or product.get("description")):
        errors.append(error(25017, "listingDescription"))
    if not item.get("condition") and (category or {}).get("condition", True):
        errors.append(error(25021, "The category demands a condition."))
    elif item.get("condition") not in {None, *(category or {}).get("conditions", [item.get("condition")])}:
        errors.append(error(25021, "The condition is none of the category.", condition=item["condition"]))
    _check_pictures(world, offer.seller, product.get("imageUrls") or [], errors)
    mine = product.get("aspects") or {}
    for aspect in (category or {}).get("aspects", []):
        name = aspect["name"]
        if aspect.get("required") and not mine.get(name):
            errors.append(error(25002, f"The item specific {name} is missing.", aspect=name))
        if aspect.get("cardinality", "SINGLE") == "SINGLE" and len(mine.get(name, [])) > 1:
            errors.append(error(25002, f"The item specific {name} takes one value.", aspect=name))
        if aspect.get("mode") == "SELECTION_ONLY" and not set(mine.get(name, [])) <= set(aspect["values"]):
            errors.append(
                error(25002, f"The item specific {name} has a value that is none of its own.", aspect=name)
            )


def _check_pictures(world: EbayWorld, seller: str, urls: list[str], errors: Errors) -> None:
    if not urls:
        errors.append(error(25014, "At least one picture is needed."))
    for url in urls:
        if not url.startswith("https://"):
            errors.append(error(25015, "It must begin with https.", url=url))
        elif url.startswith(PICTURES):
            sql = "SELECT seller, expires FROM images WHERE url = ?"
            row = world.store.one(sql, url.partition("?")[0])
            if row is None or row[0] not in {"", seller} or (row[1] is not None and row[1] <= world.moment):
                errors.append(error(25014, "The picture is not known, or has expired.", url=url))


def keep_pictures(world: EbayWorld, item: Json) -> None:
    """What a listing shows does not expire any more."""
    for url in dig(item, "product", "imageUrls") or []:
        world.store.run("UPDATE images SET expires = NULL WHERE url = ?", url.partition("?")[0])


def _check_terms(world: EbayWorld, offer: Offer, errors: Errors) -> None:
    body, site = offer.body, SITES[offer.site]
    price = dig(body, "pricingSummary", "price")
    if price is None or Decimal(price["value"]) <= 0:
        errors.append(error(25003, "A price above 0 is needed."))
    elif price["currency"] != site.currency:
        errors.append(error(25003, f"The currency of the site is {site.currency}.", currency=price["currency"]))
    key = body.get("merchantLocationKey")
    row = world.store.one("SELECT body FROM locations WHERE seller = ? AND key = ?", offer.seller, key)
    if row is None or orjson.loads(row[0])["merchantLocationStatus"] != "ENABLED":
        errors.append(error(25012, "The location is not known, or is disabled.", merchantLocationKey=str(key)))
    for kind, name, number in POLICIES:
        chosen = dig(body, "listingPolicies", name)
        sql = "SELECT site FROM policies WHERE seller = ? AND kind = ? AND id = ?"
        row = world.store.one(sql, offer.seller, kind, int(chosen or 0))
        if row is None or row[0] != offer.site:
            errors.append(error(number, f"{name} is none of this site.", **{name: str(chosen)}))


def check_selling_limit(world: EbayWorld, offer: Offer, item: Json | None) -> None:
    """25026: as many pieces, and as much money, as the account may have on offer."""
    row = world.store.one("SELECT body FROM sellers WHERE id = ?", offer.seller)
    limit = orjson.loads(row[0]).get("sellingLimit") if row else None
    if not limit:
        return
    pieces, money = 0, Decimal(0)
    listed = [one for one in offers.of_seller(world, offer.seller) if offers.live_listing(world, one)]
    for one in [*(each for each in listed if each.id != offer.id), offer]:
        own = item if one.sku == offer.sku else items.load(world, one.seller, one.sku)
        number = listings.shown_quantity(own, one.body)
        pieces += number
        money += number * Decimal(dig(one.body, "pricingSummary", "price", "value") or 0)
    if pieces > limit.get("quantity", pieces) or money > Decimal(limit.get("amount", {}).get("value", money)):
        raise Refusal(400, error(25026, "Fewer pieces may be listed."))
