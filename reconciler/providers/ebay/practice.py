"""A seller of the practice eBay who has what documents name, and no item."""

import zlib
from collections.abc import Container, Iterable, Mapping
from typing import Any

from reconciler.model.offers import OFFER, Desired
from reconciler.model.spec import MarketplaceSpec
from reconciler.model.values import Money
from reconciler.providers.ebay.sites import marketplace_id

Json = dict[str, Any]


def seller(login: str, desired: Iterable[Desired], spec: MarketplaceSpec) -> Json:
    """Describe a seller who has what documents name, as the simulator takes it."""
    desired = tuple(desired)
    own = {kind: {each.key.name for each in desired if each.key.kind == kind} for kind in spec.kinds}
    offers = [{**each.unsynced, **each.fields} for each in desired if each.key.kind == OFFER]
    site = marketplace_id(_site(offers, spec))
    of_site = {"marketplaceId": site, "categoryTypes": [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}]}
    return {
        "login": login,
        "user_id": str(40_000_000 + zlib.crc32(login.encode()) % 10_000_000),
        "site": site,
        "out_of_stock": True,
        "categories": [
            {
                "id": each,
                "name": f"Category {each}",
                "parent": None,
                "leaf": True,
                "site": site,
                "aspects": [{"name": name, "cardinality": "MULTI"} for name in _aspects(offers, each)],
            }
            for each in _named(offers, "content.category")
        ],
        "documents": [
            {"documentId": each, "documentStatus": "ACCEPTED"}
            for each in dict.fromkeys(each for fields in offers for each in fields.get("settings.documents") or ())
        ],
        "pictures": [each for fields in offers for each in _labels(fields) if spec.has_image(each)],
        "locations": [
            {"merchantLocationKey": each, "name": each, "merchantLocationStatus": "ENABLED", "location": _PLACE}
            for each in _named(offers, "settings.ships_from", own["StockLocation"])
        ],
        "fulfillment_policies": [
            {
                "fulfillmentPolicyId": _number(each),
                "name": each.removeprefix("#"),
                **of_site,
                "shippingOptions": [],
            }
            for each in _named(offers, "delivery.prices", own["DeliveryPriceList"])
        ],
        "payment_policies": [
            {"paymentPolicyId": _number(each), "name": each.removeprefix("#"), **of_site}
            for each in _named(offers, "settings.payment_policy", own["PaymentPolicy"])
        ],
        "return_policies": [
            {"returnPolicyId": _number(each), "name": each.removeprefix("#"), **of_site, "returnsAccepted": False}
            for each in _named(offers, "settings.return_policy", own["ReturnPolicy"])
        ],
    }


_PLACE: Json = {"address": {"country": "DE", "postalCode": "10115", "city": "Berlin"}}


def _site(offers: Iterable[Mapping[str, Any]], spec: MarketplaceSpec) -> str:
    """Return the first site that sells in the currency of the first price."""
    prices = (each.get("price.base") for each in offers)
    currency = next((each.currency for each in prices if isinstance(each, Money)), "")
    return next((name for name, each in spec.marketplaces.items() if each.currency == currency), spec.base_market)


def _labels(fields: Mapping[str, Any]) -> list[str]:
    """Return the addresses of pictures that an energy label has."""
    label = fields.get("settings.energy_label") or {}
    return [label[part] for part in ("picture", "sheet") if label.get(part)]


def _named(offers: Iterable[Mapping[str, Any]], path: str, but: Container[str] = ()) -> list[str]:
    """Return what offers name; not what has a document, and is made."""
    found = dict.fromkeys(fields.get(path) for fields in offers)
    return [str(each) for each in found if each and each not in but]


def _aspects(offers: Iterable[Mapping[str, Any]], category: str) -> list[str]:
    """Return the item specifics that offers of a category fill in."""
    said = (each.get("content.parameters") or {} for each in offers if each.get("content.category") == category)
    return list(dict.fromkeys(name for each in said for name in each))


def _number(label: str) -> str:
    """Make up the number of what a document names; an explicit one stays."""
    return label[1:] if label[:1] == "#" else str(1 + zlib.crc32(label.encode()))
