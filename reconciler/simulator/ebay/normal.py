"""How what is sent reads back: each way is a row of the knob `normalise`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from reconciler.simulator.ebay.conditions import NEW
from reconciler.simulator.ebay.html import cleaned
from reconciler.simulator.ebay.refusals import error
from reconciler.simulator.ebay.sites import SITES
from reconciler.simulator.ebay.world import EbayCall, EbayWorld
from reconciler.simulator.merge import without_nulls
from reconciler.simulator.world import Json

PICTURES = "https://i.ebayimg.com/"
LIFTED = {"EAN": "ean", "ISBN": "isbn", "UPC": "upc"}
SINGLE = {"Brand": "brand", "Marke": "brand", "MPN": "mpn", "Herstellernummer": "mpn"}
#: Which sites know a part of an offer; on the others it is dropped with 25028.
ONLY_ON = {
    ("extendedProducerResponsibility",): {"EBAY_FR"},
    ("listingPolicies", "eBayPlusIfEligible"): {"EBAY_DE", "EBAY_AU"},
    ("regulatory", "repairScore"): {"EBAY_FR"},
    ("tax", "applyTax"): {"EBAY_US"},
    ("tax", "vatPercentage"): set(SITES) - {"EBAY_US", "EBAY_AU"},  # VAT-enabled sites (?)
}
CENTS, THOUSANDTHS = Decimal("0.01"), Decimal("0.001")


def item(call: EbayCall, sent: Json, locale: str) -> Json:
    """An item as it is kept; what is dropped becomes a warning."""
    world = call.world
    body: Json = without_nulls(sent)
    body["locale"] = locale if world.normalises("locale") else locale.replace("_", "-")
    product = body.get("product")
    if product:
        body["product"] = _product(world, call.seller, product)
    if world.normalises("dropped") and body.get("conditionDescription") and body.get("condition") in NEW:
        del body["conditionDescription"]
        call.warnings.append(error(25401, "conditionDescription does not apply to a new item."))
    return body


def _product(world: EbayWorld, seller: str, sent: Json) -> Json:
    product = dict(sent)
    if world.normalises("spaces") and "title" in product:
        product["title"] = " ".join(product["title"].split())
    if world.normalises("html") and "description" in product:
        product["description"] = cleaned(product["description"])
    if "imageUrls" in product:
        product["imageUrls"] = [_picture(world, seller, url) for url in product["imageUrls"]]
    aspects = product.get("aspects") or {}
    if world.normalises("aspects"):
        aspects = {name.strip(): list(dict.fromkeys(values)) for name, values in sorted(aspects.items())}
    if world.normalises("identifiers"):
        for name, values in aspects.items():
            if name in LIFTED:
                product.setdefault(LIFTED[name], values)
            elif name in SINGLE:
                product.setdefault(SINGLE[name], values[0])
    if "aspects" in product:
        product["aspects"] = aspects
    return product


def _picture(world: EbayWorld, seller: str, url: str) -> str:
    if url.startswith(PICTURES):
        return url.partition("?")[0] if world.normalises("set_id") else url
    if not world.normalises("pictures"):
        return url
    sql = "SELECT url FROM pictures WHERE seller = ? AND id = ?"
    row = world.store.one(sql, seller, url)  # the address of elsewhere stands for its copy
    if row is None:
        copy = world.picture(url)
        world.store.run("INSERT INTO pictures VALUES (?, ?, ?)", url, seller, copy)
        world.store.run("INSERT OR REPLACE INTO images VALUES (?, ?, NULL)", copy, seller)
        return copy
    return str(row[0])


def offer(call: EbayCall, sent: Json, site: str) -> Json:
    """An offer as it is kept: with what is assumed where nothing was said."""
    world = call.world
    body: Json = without_nulls(sent)
    if world.normalises("money"):
        body = money(body)
    if world.normalises("html") and "listingDescription" in body:
        body["listingDescription"] = cleaned(body["listingDescription"])
    if world.normalises("dropped"):
        _drop(call, body, site)
    body.setdefault("includeCatalogProductDetails", True)
    body.setdefault("hideBuyerDetails", False)
    body["listingDuration"] = "GTC"
    body["tax"] = {"applyTax": False, **body.get("tax", {})}
    rate = body["tax"].get("vatPercentage")
    if rate is not None and world.normalises("vat"):
        body["tax"]["vatPercentage"] = _number(Decimal(str(rate)).quantize(THOUSANDTHS, ROUND_HALF_UP))
    policies = body.get("listingPolicies")
    if policies is not None and site in ONLY_ON["listingPolicies", "eBayPlusIfEligible"]:
        policies.setdefault("eBayPlusIfEligible", False)
    return body


def _number(value: Decimal) -> int | float:
    """A number as JSON has it."""
    found: int | float = orjson.loads(f"{value.normalize():f}")
    return found


def _drop(call: EbayCall, body: Json, site: str) -> None:
    for path, sites in ONLY_ON.items():
        holder: Any = body
        for step in path[:-1]:
            holder = holder.get(step) or {}
        if path[-1] in holder and site not in sites:
            if holder.pop(path[-1]):
                call.warnings.append(error(25028, path[-1]))
            if not holder and len(path) > 1:
                del body[path[0]]


def money(value: Any) -> Any:
    """The same document with the decimals of each amount written out."""
    if isinstance(value, list):
        return [money(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"currency", "value"}:
        amount = Decimal(value["value"]).quantize(CENTS, ROUND_HALF_UP)
        return {**value, "value": str(amount)}
    return {name: money(one) for name, one in value.items()}
